"""Word files as Word insists on them: properties in the order of the standard, and nothing that leads nowhere.

The rules that Word refuses a file for, in our own words and in a second: the sequences of ECMA-376 part 1, ids of their
own, relations that lead somewhere, a content type for every part. `test_word_valid.py` holds the whole schemas.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter

import pytest
from lxml import etree

from outputs.schedule import build_schedule, load_template
from tests.builders_schedule import a_line, a_schedule

pytestmark = pytest.mark.pure
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
SEQUENCES = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs"
    " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd"
    " snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment"
    " textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid"
    " vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em"
    " lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing"
    " tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType"
    " pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
}


@pytest.fixture(scope="module")
def package() -> dict[str, bytes]:
    schedule = a_schedule(a_line(), roles=(a_line(),), competences=(), introduction="One\nTwo", note="Three")
    with zipfile.ZipFile(io.BytesIO(build_schedule(schedule, load_template()))) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def parsed(package: dict[str, bytes], name: str) -> etree._Element:
    return etree.fromstring(package[name])


@pytest.mark.parametrize("name", ["word/document.xml", "word/styles.xml"])
@pytest.mark.parametrize("parent", sorted(SEQUENCES))
def test_properties_stand_in_the_order_of_the_standard(package: dict[str, bytes], name: str, parent: str) -> None:
    order = SEQUENCES[parent].split()
    wrong = []
    for properties in parsed(package, name).iter(f"{W}{parent}"):
        found = [child.tag.removeprefix(W) for child in properties]
        if [order.index(child) for child in found] != sorted(order.index(child) for child in found):
            wrong.append(found)
    assert wrong == []


def test_every_cell_ends_with_a_paragraph_and_every_row_fits_the_grid(package: dict[str, bytes]) -> None:
    for table in parsed(package, "word/document.xml").iter(f"{W}tbl"):
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        for row in table.findall(f"{W}tr"):
            cells = row.findall(f"{W}tc")
            assert len(cells) == columns
            assert all(cell[-1].tag == f"{W}p" for cell in cells)


def test_bookmarks_and_drawings_have_ids_of_their_own_and_fields_are_closed(package: dict[str, bytes]) -> None:
    body = parsed(package, "word/document.xml")
    for tag in ("bookmarkStart", "bookmarkEnd"):
        assert max(Counter(mark.get(f"{W}id") for mark in body.iter(f"{W}{tag}")).values()) == 1
    drawn = [mark.get("id") for mark in body.iter("{*}docPr")]
    assert len(drawn) == len(set(drawn)) == 1
    marks = Counter(mark.get(f"{W}fldCharType") for mark in body.iter(f"{W}fldChar"))
    assert marks["begin"] == marks["separate"] == marks["end"] > 0


def test_every_relation_leads_to_a_part_that_has_a_content_type(package: dict[str, bytes]) -> None:
    types = etree.fromstring(package["[Content_Types].xml"])
    known = {part.get("PartName") for part in types.findall("{*}Override")}
    endings = {part.get("Extension") for part in types.findall("{*}Default")}
    for name, data in package.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        for relation in etree.fromstring(data):
            assert relation.get("TargetMode") is None
            target = posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", "")))
            assert target.lstrip("/") in package
            assert target in known or target.rpartition(".")[2] in endings
    used = {tag.get(f"{R}id") for tag in parsed(package, "word/document.xml").iter() if tag.get(f"{R}id")}
    given = {relation.get("Id") for relation in etree.fromstring(package["word/_rels/document.xml.rels"])}
    assert used <= given


def test_every_style_that_is_used_is_there_and_every_paragraph_has_a_language(package: dict[str, bytes]) -> None:
    styles = parsed(package, "word/styles.xml")
    known = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    body = parsed(package, "word/document.xml")
    used = {tag.get(f"{W}val") for name in ("pStyle", "rStyle", "tblStyle") for tag in body.iter(f"{W}{name}")}
    assert used - known == set()
    assert {tag.get(f"{W}val") for tag in styles.iter(f"{W}lang")} == {"en-GB"}
