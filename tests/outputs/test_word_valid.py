"""Every kind of Word file that we make, held against the schemas of ECMA-376 and the rules that Word adds to them.

`openxml-audit` carries the schemas as data (docs/decisions/0016). It has to find what is planted, or it proves nothing.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import pytest

from casework.advice import AdviceItem, AdvicePack
from casework.form import FormLibrary
from casework.lifecycle import Decision
from casework.mend import Remark, what_to_mend
from extract.read import read
from outputs.advice_pack import build_advice_pack
from outputs.annotated import annotate
from outputs.blank import build_blank, fill_blank
from outputs.cover import build_cover_letter
from outputs.issue.returned import answers_to_fill
from outputs.letter import build_decision
from outputs.our_templates import WORD_TEMPLATES
from outputs.schedule import build_schedule, load_template
from outputs.word_letter import build_word_letter, load_letter_template
from tests.builders_schedule import a_line, a_schedule

audit = pytest.importorskip("openxml_audit")
ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 23)
THIN = ROOT / "tests" / "samples" / "business-justification" / "leavers-dashboard-thin.docx"
ODD = 'R&D <b> “Ärzte” \u202e {{ 7*7 }} "x"'

Make = Callable[[FormLibrary], bytes]


def a_full_schedule(_: FormLibrary) -> bytes:
    lines = [a_line(reference=f"ESR-2026-{number:04d}", title=ODD) for number in range(1, 30)]
    schedule = a_schedule(*lines, roles=(a_line(),), competences=(a_line(),), introduction="One\nTwo", note=ODD)
    return build_schedule(schedule, load_template(), tuple(range(1, 40)))


def a_decision_letter(_: FormLibrary) -> bytes:
    letter = build_decision(
        reference="ESR-2026-0001", title=ODD, decision=Decision.DECLINE, reason=ODD, joined_to="", redirected_to="",
        review_on=None, value_on=None, release="", is_value=False,
    )  # fmt: skip
    return build_word_letter(letter, reference="ESR-2026-0001", when=TODAY, template=load_letter_template())


def a_cover_letter(_: FormLibrary) -> bytes:
    remarks = [Remark("Benefits", (ODD, "Say who gains."), True), Remark("Title", ("Shorter.",), False)]
    letter = build_cover_letter(reference="ESR-2026-0001", title=ODD, remarks=remarks, why="It holds macros.")
    return build_word_letter(letter, reference="ESR-2026-0001", when=TODAY, template=load_letter_template())


def their_form_with_comments(library: FormLibrary) -> bytes:
    data = THIN.read_bytes()
    (reading,) = read(data, "form.docx", library=library, today=TODAY)
    form = library.form(reading.form or "")
    remarks = what_to_mend(reading, form, accepted=(), corrected=())
    assert remarks
    return annotate(data, [Remark("Our question", (ODD, "two"), True), *remarks], when=TODAY)


def a_form_filled_in(library: FormLibrary) -> bytes:
    (reading,) = read(THIN.read_bytes(), "form.docx", library=library, today=TODAY)
    form = library.form(reading.form or "")
    return fill_blank(form, library, answers_to_fill(reading, form))


def an_advice_pack(_: FormLibrary) -> bytes:
    item = AdviceItem("ESR-2026-0001", ODD, "Business justification", f"{ODD}\ntwo", "1 May", (("Benefits", ODD),))
    return build_advice_pack(AdvicePack("Payroll", TODAY, (item, item)))


FILES: dict[str, Make] = {
    "a schedule with everything in it": a_full_schedule,
    "a schedule with nothing in it": lambda library: build_schedule(a_schedule(), load_template()),
    "a decision letter": a_decision_letter,
    "a list of what to change": a_cover_letter,
    "their form with comments": their_form_with_comments,
    "a form filled in for them": a_form_filled_in,
    "a pack for an advisory group": an_advice_pack,
    **{
        f"the blank form {key}": lambda library, key=key: build_blank(library.form(key), library)  # type: ignore[misc]
        for key in ("business-justification", "supplementary-role", "national-competency")
    },
    **{f"the template {key}": lambda _, kind=kind: kind.shipped() for key, kind in WORD_TEMPLATES.items()},  # type: ignore[misc]
    **{
        f"the template {key} filled with examples": lambda _, kind=kind: kind.try_out(kind.shipped())  # type: ignore[misc]
        for key, kind in WORD_TEMPLATES.items()
    },
}


def faults_of(data: bytes, folder: Path) -> list[str]:
    """What is wrong with a Word file, a line each."""
    (folder / "file.docx").write_bytes(data)
    return [str(fault) for fault in audit.OpenXmlValidator().validate(folder / "file.docx").errors]


@pytest.mark.parametrize("name", FILES)
def test_what_we_make_keeps_to_the_standard_and_opens(name: str, library: FormLibrary, tmp_path: Path) -> None:
    data = FILES[name](library)
    assert faults_of(data, tmp_path) == []
    assert docx.Document(io.BytesIO(data)).element.body is not None


PLANTED = {
    "an element out of its order": (b"<w:pPr>", b"<w:pPr><w:jc w:val='left'/><w:keepNext/>"),
    "an element that does not exist": (b"<w:body>", b"<w:body><w:nothing/>"),
    "a value that is none": (b'<w:tblW w:type="', b'<w:tblW w:type="sideways'),
    "a relation to nowhere": (b'r:id="', b'r:id="rId999'),
    "two bookmarks of one number": (b'<w:bookmarkStart w:id="2"', b'<w:bookmarkStart w:id="1"'),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found(name: str, library: FormLibrary, tmp_path: Path) -> None:
    before, after = PLANTED[name]
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_full_schedule(library))) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.namelist():
            part = old.read(entry)
            if entry == "word/document.xml":
                assert before in part
                part = part.replace(before, after, 1)
            new.writestr(entry, part)
    assert faults_of(stream.getvalue(), tmp_path) != []
