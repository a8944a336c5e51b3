"""The Word reader, construct by construct: what a person sees in Word stands in the transcript, each word once."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from casework.errors import UnreadableError
from casework.transcript import (
    Block,
    Control,
    ControlKind,
    Locator,
    Mark,
    Paragraph,
    Span,
    Table,
    Transcript,
    Unread,
    blocks_text,
    paragraphs_of,
)
from extract.docx_reader import read_docx
from tests.builders_docx import (
    Link,
    Parts,
    cell,
    complex_field,
    control,
    deleted,
    field_character,
    inserted,
    list_level,
    list_paragraph,
    make_docx,
    numbering_part,
    package_parts,
    paragraph,
    row,
    run,
    style,
    styles_part,
    table,
    text_box,
    tick_control,
    word_part,
    zipped,
)

pytestmark = pytest.mark.pure

PLACEHOLDER = "<w:showingPlcHdr/>"
NOTHING: frozenset[Mark] = frozenset()


def read(*body: str, parts: Parts | None = None, links: tuple[Link, ...] = ()) -> Transcript:
    return read_docx(make_docx(*body, parts=parts, links=links))


def words(*body: str, parts: Parts | None = None, links: tuple[Link, ...] = ()) -> list[str]:
    """The text of every paragraph, in order."""
    return [found.text for found in paragraphs_of(read(*body, parts=parts, links=links).blocks)]


def spans(*body: str, parts: Parts | None = None) -> list[Span]:
    return [span for found in paragraphs_of(read(*body, parts=parts).blocks) for span in found.spans]


def marks(properties: str, *, about: str = "", parts: Parts | None = None) -> frozenset[Mark]:
    """The marks of one run with these properties in a paragraph with those."""
    return spans(paragraph(run("word", properties), properties=about), parts=parts)[0].marks


def grid(*body: str) -> list[list[tuple[str, int, int, int]]]:
    """(text, column, colspan, rowspan) of every cell of the first table."""
    found = next(block for block in read(*body).blocks if isinstance(block, Table))
    return [[(each.text, each.column, each.colspan, each.rowspan) for each in line.cells] for line in found.rows]


def only_table(blocks: tuple[Block, ...]) -> Table:
    (found,) = blocks
    assert isinstance(found, Table)
    return found


# Paragraphs and where they stand.


def test_a_plain_document_becomes_paragraphs_with_their_places() -> None:
    assert read("Name", "Ann Lee") == Transcript(
        kind="docx",
        blocks=(
            Paragraph((Span("Name"),), Locator("body", "paragraph 1")),
            Paragraph((Span("Ann Lee"),), Locator("body", "paragraph 2")),
        ),
    )


def test_neighbouring_runs_that_look_the_same_are_one_span() -> None:
    assert spans(paragraph(run("Sup"), run("plementary"), run(" role", "<w:b/>"))) == [
        Span("Supplementary"),
        Span(" role", frozenset({Mark.BOLD})),
    ]


def test_breaks_tabs_and_hyphens_stand_in_the_text() -> None:
    inside = "<w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t><w:tab/><w:t>d</w:t><w:noBreakHyphen/><w:t>e</w:t>"
    assert words(paragraph(f"<w:r>{inside}</w:r>")) == ["a\nb\nc\td-e"]


def test_a_page_break_parts_the_words_round_it_and_is_no_line_of_its_own() -> None:
    turn = '<w:r><w:br w:type="page"/></w:r>'
    assert words(paragraph(turn, "Section 1", turn, "Section 2", turn)) == ["Section 1\nSection 2"]


def test_line_feeds_that_only_lay_out_the_xml_are_one_space() -> None:
    assert words(paragraph("<w:r><w:t>Business\n        justification</w:t></w:r>")) == ["Business justification"]


def test_words_in_wrappers_that_nobody_knows_are_read() -> None:
    wrapped = paragraph(
        f'<w:smartTag w:element="place">{run("Leeds ")}</w:smartTag>',
        f'<w:customXml w:element="x">{run("and ")}</w:customXml>',
        f"<w:bdo>{run('York ')}</w:bdo>",
        f'<w:hyperlink r:id="rId9">{run("by rail")}</w:hyperlink>',
        f'<x:new xmlns:x="urn:x">{run(" today")}</x:new>',
    )
    assert words(f"<w:customXml>{wrapped}</w:customXml>") == ["Leeds and York by rail today"]


def test_words_outside_any_paragraph_are_kept_in_one_of_their_own() -> None:
    body = (run("loose "), run("words"), paragraph("and a paragraph"), run("at the end"))
    assert words(*body) == ["loose words", "and a paragraph", "at the end"]


def test_a_formula_keeps_its_letters() -> None:
    assert words(paragraph("<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>")) == ["a+b"]


def test_the_base_of_a_ruby_comes_before_its_reading() -> None:
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('kan')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>"
    assert words(paragraph(ruby)) == ["漢kan"]


@pytest.mark.parametrize(
    ("font", "code", "shown"),
    [
        ("Wingdings", "F0FC", "✓"),
        ("Wingdings", "FE", "☑"),
        ("Wingdings", "F0FD", "☒"),
        ("Wingdings", "F0A8", "☐"),
        ("Wingdings 2", "F050", "✓"),
        ("Wingdings 2", "F052", "☑"),
        ("Symbol", "F0B7", "•"),
        ("Symbol", "F061", "α"),
        ("Arial", "00E9", "é"),
        ("Wingdings", "none", ""),
    ],
)
def test_a_symbol_is_read_as_what_it_shows(font: str, code: str, shown: str) -> None:
    assert words(paragraph(f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>', " yes")) == [f"{shown} yes"]


def test_letters_typed_in_a_picture_font_are_read_as_what_they_show() -> None:
    assert words(paragraph(run("þ", '<w:rFonts w:ascii="Wingdings"/>'), " yes ", "\uf06f no")) == ["☑ yes ☐ no"]


# Marks and styles.


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("<w:b/>", {Mark.BOLD}),
        ('<w:b w:val="0"/>', set()),
        ("<w:i/>", {Mark.ITALIC}),
        ('<w:u w:val="single"/>', {Mark.UNDERLINE}),
        ('<w:u w:val="none"/>', set()),
        ("<w:strike/>", {Mark.STRIKE}),
        ("<w:dstrike/>", {Mark.STRIKE}),
        ('<w:strike/><w:dstrike w:val="0"/>', {Mark.STRIKE}),
        ('<w:highlight w:val="yellow"/>', {Mark.HIGHLIGHT}),
        ('<w:highlight w:val="none"/>', set()),
        ('<w:highlight w:val="white"/>', set()),
        ('<w:shd w:val="clear" w:fill="FFFF00"/>', {Mark.SHADING}),
        ('<w:shd w:val="clear" w:fill="auto"/>', set()),
        ('<w:shd w:val="clear" w:fill="FFFFFF"/>', set()),
        ('<w:shd w:val="pct25" w:color="auto" w:fill="auto"/>', {Mark.SHADING}),
        ('<w:color w:val="FF0000"/>', {Mark.COLOUR}),
        ('<w:color w:val="000000"/>', set()),
        ('<w:color w:val="auto"/>', set()),
        ('<w:color w:val="808080"/>', set()),
        ('<w:bdr w:val="single"/>', {Mark.BOXED}),
        ('<w:bdr w:val="nil"/>', set()),
        ("<w:vanish/>", {Mark.HIDDEN}),
        ('<w:b/><w:highlight w:val="green"/>', {Mark.BOLD, Mark.HIGHLIGHT}),
    ],
)
def test_a_run_carries_the_marks_that_make_it_stand_out(properties: str, expected: set[Mark]) -> None:
    assert marks(properties) == expected


def test_a_paragraph_that_is_shaded_or_boxed_marks_its_words() -> None:
    sides = "".join(f'<w:{side} w:val="single"/>' for side in ("top", "left", "bottom", "right"))
    assert marks("", about='<w:shd w:val="clear" w:fill="FFFF00"/>') == {Mark.SHADING}
    assert marks("", about=f"<w:pBdr>{sides}</w:pBdr>") == {Mark.BOXED}
    assert marks("", about='<w:pBdr><w:bottom w:val="single"/></w:pBdr>') == NOTHING


def test_marks_come_through_styles_and_what_a_run_says_itself_wins() -> None:
    styles = {
        "word/styles.xml": styles_part(
            style("Loud", inside="<w:rPr><w:b/></w:rPr>"),
            style("Louder", based_on="Loud", inside='<w:rPr><w:highlight w:val="yellow"/></w:rPr>'),
            style("Chosen", kind="character", inside='<w:rPr><w:b/><w:color w:val="C00000"/></w:rPr>'),
        )
    }
    louder = '<w:pStyle w:val="Louder"/>'
    assert marks("", about=louder, parts=styles) == {Mark.BOLD, Mark.HIGHLIGHT}
    assert marks('<w:b w:val="0"/>', about=louder, parts=styles) == {Mark.HIGHLIGHT}
    assert marks('<w:rStyle w:val="Chosen"/>', parts=styles) == {Mark.BOLD, Mark.COLOUR}
    # Bold in the paragraph's style and in the run's cancels out, as it does in Word.
    assert marks('<w:rStyle w:val="Chosen"/>', about=louder, parts=styles) == {Mark.HIGHLIGHT, Mark.COLOUR}


def test_styles_that_are_based_on_each_other_in_a_ring_do_not_stop_the_reader() -> None:
    ring = {"word/styles.xml": styles_part(style("A", based_on="B"), style("B", based_on="A"))}
    assert marks("", about='<w:pStyle w:val="A"/>', parts=ring) == NOTHING


@pytest.mark.parametrize(
    ("about", "level"),
    [
        ('<w:pStyle w:val="Title"/>', 1),
        ('<w:pStyle w:val="heading2"/>', 2),
        ('<w:pStyle w:val="OurHeading"/>', 2),
        ('<w:pStyle w:val="Outlined"/>', 4),
        ('<w:outlineLvl w:val="0"/>', 1),
        ('<w:pStyle w:val="heading2"/><w:outlineLvl w:val="9"/>', 0),
        ("", 0),
    ],
)
def test_a_heading_has_the_level_that_its_style_or_outline_gives(about: str, level: int) -> None:
    styles = styles_part(
        style("Title"),
        style("heading 2"),
        style("Our Heading", based_on="heading2"),
        style("Outlined", inside='<w:pPr><w:outlineLvl w:val="3"/></w:pPr>'),
    )
    (block,) = read(paragraph("Words", properties=about), parts={"word/styles.xml": styles}).blocks
    assert block == Paragraph((Span("Words"),), Locator("body", "paragraph 1"), level)


def test_hidden_words_are_kept_marked_and_said() -> None:
    transcript = read(paragraph("seen ", run("unseen", "<w:vanish/>")))
    assert [span.marks for span in transcript.blocks[0].spans] == [NOTHING, {Mark.HIDDEN}]  # type: ignore[union-attr]
    assert transcript.notes == ("has hidden text",)


def test_white_words_are_said_unless_there_is_a_colour_behind_them() -> None:
    white = run("unseen", '<w:color w:val="FFFFFF"/>')
    filled = '<w:shd w:val="clear" w:fill="005EB8"/>'
    in_bar = run("seen", f'<w:color w:val="FFFFFF"/>{filled}')
    assert read(paragraph(white)).notes == ("has white text, which cannot be seen on white paper",)
    assert read(paragraph(in_bar), table(row(cell(paragraph(white), properties=filled)))).notes == ()


# Lists.


def markers(*body: str, numbering: str, styles: str = "") -> list[str]:
    parts = {"word/numbering.xml": numbering, "word/styles.xml": styles or styles_part()}
    return [found.marker for found in paragraphs_of(read(*body, parts=parts).blocks)]


def test_list_numbers_are_counted_as_word_counts_them() -> None:
    levels = [
        list_level(0, "decimal", "%1."),
        list_level(1, "lowerLetter", "%2)"),
        list_level(2, "decimal", "%1.%2.%3", inside="<w:isLgl/>"),
    ]
    body = [list_paragraph("x", 1, level) for level in (0, 1, 1, 2, 0, 1)]
    assert markers(*body, numbering=numbering_part({0: levels}, {1: (0, "")})) == [
        *("1.", "a)", "b)", "1.2.1", "2.", "a)"),
    ]


def test_lists_of_one_definition_go_on_counting_unless_one_starts_anew() -> None:
    levels = [list_level(0, "upperRoman", "%1")]
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = numbering_part({0: levels}, {1: (0, ""), 2: (0, ""), 3: (0, anew)})
    body = [list_paragraph("x", number) for number in (1, 2, 3, 3)]
    assert markers(*body, numbering=numbering) == ["I", "II", "I", "II"]


def test_bullets_are_read_as_what_they_show() -> None:
    wingdings = '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>'
    levels = [
        list_level(0, "bullet", "\uf0b7", inside='<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr>'),
        list_level(1, "bullet", "o"),
        list_level(2, "bullet", "\uf0a8", inside=wingdings),
        list_level(3, "bullet", "–"),
    ]
    body = [list_paragraph("x", 1, level) for level in range(4)]
    assert markers(*body, numbering=numbering_part({0: levels}, {1: (0, "")})) == ["•", "○", "☐", "–"]


def test_a_list_may_come_with_the_paragraph_style_and_be_switched_off() -> None:
    styles = styles_part(style("Item", inside='<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'))
    numbering = numbering_part({0: [list_level(0, "decimal", "(%1)")]}, {1: (0, "")})
    item = '<w:pStyle w:val="Item"/>'
    off = f'{item}<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = [paragraph("x", properties=about) for about in (item, off, item)]
    assert markers(*body, numbering=numbering, styles=styles) == ["(1)", "", "(2)"]


# Content controls.

ABOUT = '<w:alias w:val="Surname"/><w:tag w:val="surname"/><w:id w:val="7"/>'
SURNAME = Control(ControlKind.TEXT, identity="7", tag="surname", label="Surname")


def test_a_control_round_words_is_read_and_named() -> None:
    assert spans(paragraph("Name: ", control(run("Lee"), ABOUT))) == [Span("Name: "), Span("Lee", control=SURNAME)]


def test_a_control_round_a_paragraph_is_read_and_named() -> None:
    assert spans(control(paragraph("Lee"), ABOUT)) == [Span("Lee", control=SURNAME)]


def test_a_control_round_a_cell_leaves_the_cell_in_its_place() -> None:
    body = table(row("Surname", control(cell("Lee"), ABOUT), "last"))
    assert grid(body) == [[("Surname", 0, 1, 1), ("Lee", 1, 1, 1), ("last", 2, 1, 1)]]
    assert spans(body)[1] == Span("Lee", control=SURNAME)


def test_a_control_round_a_row_leaves_the_row_in_its_place_and_says_nothing_of_its_labels() -> None:
    body = table(row("first", "1"), control(row("Surname", "Lee"), ABOUT), row("last", "3"))
    assert [[text for text, *_ in line] for line in grid(body)] == [["first", "1"], ["Surname", "Lee"], ["last", "3"]]
    assert {span.control for span in spans(body)} == {None}


def test_a_control_in_a_control_is_read_once_and_the_inner_one_names_it() -> None:
    outer = control(control(run("Lee"), ABOUT), '<w:alias w:val="Person"/>')
    assert spans(paragraph(outer)) == [Span("Lee", control=SURNAME)]


def test_a_gallery_or_group_is_no_control_of_its_own() -> None:
    assert spans(control(paragraph("Contents"), '<w:docPartObj><w:docPartGallery w:val="x"/></w:docPartObj>')) == [
        Span("Contents")
    ]


def test_a_control_that_shows_its_placeholder_says_so() -> None:
    (span,) = spans(paragraph(control(run("Click here to enter text."), ABOUT + PLACEHOLDER)))
    assert span.control is not None
    assert (span.text, span.control.prompting) == ("Click here to enter text.", True)


def test_an_empty_control_is_still_there() -> None:
    assert spans(paragraph("Name: ", control("", ABOUT))) == [Span("Name: "), Span("", control=SURNAME)]
    assert spans(control("<w:p/>", ABOUT)) == [Span("", control=SURNAME)]


@pytest.mark.parametrize(
    ("checked", "glyph", "expected"),
    [
        ("1", "☒", Span("☒", control=Control(ControlKind.TICK, checked=True))),
        ("true", "þ", Span("☒", control=Control(ControlKind.TICK, checked=True))),
        (None, "☒", Span("☒", control=Control(ControlKind.TICK, checked=True))),
        ("0", "☐", Span("☐", control=Control(ControlKind.TICK, checked=False))),
        ("0", "☒", Span("☐", control=Control(ControlKind.TICK, checked=False))),
        ("false", "", Span("☐", control=Control(ControlKind.TICK, checked=False))),
    ],
)
def test_a_tick_box_is_read_from_its_state_and_not_from_its_picture(
    checked: str | None, glyph: str, expected: Span
) -> None:
    assert spans(paragraph(tick_control(checked, glyph), " Employee")) == [expected, Span(" Employee")]


def test_a_tick_box_round_a_whole_cell_or_paragraph_is_read_from_its_state() -> None:
    ticked = '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'
    assert words(table(row("Manager", control(cell("☒"), ticked)))) == ["Manager", "☒"]
    assert words(control(paragraph("☐"), ticked), "after") == ["☒", "after"]


def test_a_list_control_has_its_options_and_the_stored_value_behind_the_words() -> None:
    items = '<w:listItem w:displayText="Manager input" w:value="M"/><w:listItem w:value="Employee"/>'
    assert spans(paragraph(control(run("Manager input"), f"<w:dropDownList>{items}</w:dropDownList>"))) == [
        Span(
            "Manager input",
            control=Control(ControlKind.CHOICE, value="M", options=("Manager input", "Employee")),
        )
    ]


def test_a_date_control_gives_the_day_in_iso_form() -> None:
    about = '<w:date w:fullDate="2026-03-31T00:00:00Z"><w:dateFormat w:val="d MMMM yyyy"/></w:date>'
    assert spans(paragraph(control(run("31 March 2026"), about))) == [
        Span("31 March 2026", control=Control(ControlKind.DATE, value="2026-03-31"))
    ]


# Legacy form fields and other fields.

NAMED = '<w:name w:val="Text1"/><w:statusText w:val="Your name"/>'


def test_a_legacy_text_field_holds_what_was_typed() -> None:
    assert spans(paragraph("Name: ", complex_field("FORMTEXT", "Ann Lee", NAMED + "<w:textInput/>"))) == [
        Span("Name: "),
        Span("Ann Lee", control=Control(ControlKind.TEXT, "Text1", "Text1", "Your name")),
    ]


def test_a_legacy_text_field_with_five_wide_blanks_is_empty() -> None:
    assert spans(paragraph(complex_field("FORMTEXT", "\u2002" * 5, NAMED + "<w:textInput/>"), " end")) == [
        Span("", control=Control(ControlKind.TEXT, "Text1", "Text1", "Your name")),
        Span(" end"),
    ]


def test_a_legacy_text_field_may_hold_several_paragraphs() -> None:
    begin, end = complex_field("FORMTEXT", "first", NAMED + "<w:textInput/>").rsplit("<w:r><w:fldChar", 1)
    body = [paragraph(begin), paragraph("second"), paragraph("third", "<w:r><w:fldChar" + end, " outside")]
    assert [(span.text, span.control is not None) for span in spans(*body)] == [
        ("first", True),
        ("second", True),
        ("third", True),
        (" outside", False),
    ]


@pytest.mark.parametrize(
    ("box", "checked"),
    [
        ("<w:checked/>", True),
        ('<w:checked w:val="1"/>', True),
        ('<w:default w:val="0"/><w:checked w:val="true"/>', True),
        ('<w:default w:val="1"/><w:checked w:val="0"/>', False),
        ('<w:default w:val="1"/>', True),
        ('<w:default w:val="0"/>', False),
        ("", False),
    ],
)
def test_a_legacy_tick_box_is_read_from_its_data(box: str, checked: bool) -> None:
    data = f'<w:name w:val="Check1"/><w:checkBox>{box}</w:checkBox>'
    tick = Control(ControlKind.TICK, "Check1", "Check1", checked=checked)
    assert spans(paragraph(complex_field("FORMCHECKBOX", None, data), " Manager")) == [
        Span("☒" if checked else "☐", control=tick),
        Span(" Manager"),
    ]


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ('<w:result w:val="1"/>', "London"),
        ("", "Choose"),
        ('<w:default w:val="2"/>', "Wales"),
        ('<w:result w:val="9"/>', ""),
    ],
)
def test_a_legacy_list_shows_the_entry_that_its_index_names(chosen: str, shown: str) -> None:
    entries = "".join(f'<w:listEntry w:val="{entry}"/>' for entry in ("Choose", "London", "Wales"))
    data = f'<w:name w:val="Region"/><w:ddList>{chosen}{entries}</w:ddList>'
    choice = Control(ControlKind.CHOICE, "Region", "Region", options=("Choose", "London", "Wales"))
    # A result beside the data, as LibreOffice writes it, must not be read as well.
    for result in (None, shown):
        assert spans(paragraph(complex_field("FORMDROPDOWN", result, data))) == [Span(shown, control=choice)]


def test_of_other_fields_the_result_is_read_and_the_code_is_not() -> None:
    nested = field_character("begin") + "<w:r><w:instrText> IF </w:instrText></w:r>"
    nested += complex_field("PAGE", "3") + field_character("separate") + run("shown") + field_character("end")
    assert words(paragraph(complex_field("DATE", "1 May 2026"), " ", nested)) == ["1 May 2026 shown"]
    assert words(paragraph(f'<w:fldSimple w:instr=" AUTHOR ">{run("Ann Lee")}</w:fldSimple>')) == ["Ann Lee"]


def test_a_field_without_an_end_swallows_nothing_after_its_paragraph() -> None:
    broken = field_character("begin") + "<w:r><w:instrText> REF x </w:instrText></w:r>"
    assert words(paragraph("before ", broken), "after", table(row("in a cell"))) == ["before ", "after", "in a cell"]


@pytest.mark.parametrize(
    "code", ["DDEAUTO excel x", "INCLUDETEXT http://example.org", "includepicture x", "LINK Excel"]
)
def test_a_field_that_would_fetch_something_is_said_and_not_run(code: str) -> None:
    transcript = read(paragraph(complex_field(code, "result")))
    assert transcript.notes == (f"has an active field ({code.split()[0].upper()}), which was not run",)
    assert blocks_text(transcript.blocks) == "result"


# Tracked changes.


def test_insertions_are_read_and_deletions_are_not() -> None:
    transcript = read(paragraph("We need ", deleted("three"), inserted(run("four"), "Bo Ray"), " roles"))
    assert [span for found in paragraphs_of(transcript.blocks) for span in found.spans] == [
        Span("We need "),
        Span("four", frozenset({Mark.INSERTED})),
        Span(" roles"),
    ]
    assert transcript.notes == ("has tracked changes, read as accepted (Ann Lee; Bo Ray)",)


def test_what_was_deleted_again_inside_an_insertion_is_gone() -> None:
    assert words(paragraph(inserted(run("kept") + deleted(" gone")))) == ["kept"]


def test_moved_words_stand_where_they_were_moved_to() -> None:
    assert words(
        paragraph(f'<w:moveFrom w:id="1" w:author="A">{run("moved")}</w:moveFrom>', "stays"),
        paragraph(f'<w:moveTo w:id="2" w:author="A">{run("moved")}</w:moveTo>'),
    ) == ["stays", "moved"]


def test_a_deleted_paragraph_mark_joins_the_paragraph_to_the_next() -> None:
    gone = '<w:rPr><w:del w:id="1" w:author="A"/></w:rPr>'
    assert words(paragraph("one ", properties=gone), "two", "three") == ["one two", "three"]
    assert words(paragraph(deleted("all of it"), properties=gone), "next") == ["next"]
    assert words(table(row(cell(paragraph("last", properties=gone))))) == ["last"]


def test_deleted_rows_and_cells_are_gone() -> None:
    body = table(
        row("kept", cell("gone", properties='<w:cellDel w:id="1" w:author="A"/>')),
        row("gone too", properties='<w:del w:id="2" w:author="A"/>'),
        row("new", properties='<w:ins w:id="3" w:author="A"/>'),
    )
    assert grid(body) == [[("kept", 0, 1, 1)], [("new", 0, 1, 1)]]
    assert spans(body)[1].marks == {Mark.INSERTED}


# Text boxes, tables.


def test_a_text_box_is_read_once_and_stands_behind_the_paragraph_that_holds_it() -> None:
    transcript = read(paragraph("anchor", text_box(paragraph("boxed"), paragraph("more"))), "after")
    assert [(found.text, found.place) for found in paragraphs_of(transcript.blocks)] == [
        ("anchor", Locator("body", "paragraph 1")),
        ("boxed", Locator("textbox", "paragraph 1, text box 1, paragraph 1")),
        ("more", Locator("textbox", "paragraph 1, text box 1, paragraph 2")),
        ("after", Locator("body", "paragraph 2")),
    ]


def test_a_text_box_in_a_cell_stays_in_the_cell() -> None:
    found = only_table(read(table(row("label", cell(paragraph("", text_box(paragraph("answer"))))))).blocks)
    assert found.rows[0].cells[1].text == "\nanswer"


def test_a_choice_without_words_gives_way_to_a_fallback_with_words() -> None:
    choice = '<mc:Choice Requires="new"><w:drawing/></mc:Choice>'
    assert words(
        paragraph(
            f"<w:r><mc:AlternateContent>{choice}<mc:Fallback>{run('old')}</mc:Fallback></mc:AlternateContent></w:r>"
        )
    ) == ["old"]


def test_a_watermark_is_words_too() -> None:
    drawn = '<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>'
    assert words(paragraph("text", drawn)) == ["text", "DRAFT"]


def test_merged_cells_stand_once_with_their_spans() -> None:
    two_wide, starts, goes_on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    assert grid(
        table(
            row(cell("wide", properties=two_wide), "c"),
            row(cell("tall", properties=starts), "b", "c"),
            row(cell("", properties=goes_on), "b", "c"),
            row("a", properties='<w:gridBefore w:val="2"/>'),
        )
    ) == [
        [("wide", 0, 2, 1), ("c", 2, 1, 1)],
        [("tall", 0, 1, 2), ("b", 1, 1, 1), ("c", 2, 1, 1)],
        [("b", 1, 1, 1), ("c", 2, 1, 1)],
        [("a", 2, 1, 1)],
    ]


def test_words_in_a_cell_that_continues_another_are_kept_as_hidden() -> None:
    body = table(
        row(cell("seen", properties='<w:vMerge w:val="restart"/>')),
        row(cell("not seen", properties="<w:vMerge/>")),
    )
    assert [(span.text, span.marks) for span in spans(body)] == [("seen", NOTHING), ("not seen", {Mark.HIDDEN})]


def test_nested_tables_and_further_paragraphs_have_paths_that_can_be_followed() -> None:
    inner = table(row("a", "b"))
    found = only_table(read(table(row("label", cell(paragraph("one"), paragraph("two"), inner, "<w:p/>")))).blocks)
    assert [entry.place.path for entry in found.rows[0].cells[1].blocks] == [
        "table 1, row 1, cell 2",
        "table 1, row 1, cell 2, paragraph 2",
        "table 1, row 1, cell 2, table 1",
        "table 1, row 1, cell 2, paragraph 3",
    ]
    assert found.rows[0].cells[1].text == "one\ntwo\na | b\n"


def test_shaded_cells_and_repeated_heading_rows_are_said() -> None:
    found = only_table(
        read(
            table(
                row(cell("a", properties='<w:shd w:val="clear" w:fill="F2F2F2"/>'), "b", properties="<w:tblHeader/>"),
                row(cell("c", properties='<w:shd w:val="clear" w:fill="auto"/>')),
            )
        ).blocks
    )
    assert [(line.header, [each.shaded for each in line.cells]) for line in found.rows] == [
        (True, [True, False]),
        (False, [False]),
    ]


# Other parts.


def test_headers_and_footers_of_every_section_stand_once_each() -> None:
    links: tuple[Link, ...] = tuple((f"h{n}", "header", f"header{n}.xml") for n in (1, 2, 3))
    links += (("f1", "footer", "footer1.xml"),)
    parts = {
        "word/header1.xml": word_part("hdr", paragraph("Ref 12")),
        "word/header2.xml": word_part("hdr", paragraph("Ref 12")),
        "word/header3.xml": word_part("hdr", table(row("First page"))),
        "word/footer1.xml": word_part("ftr", paragraph("Version 1")),
    }
    first = '<w:sectPr><w:headerReference w:type="first" r:id="h1"/><w:headerReference r:id="h2"/></w:sectPr>'
    last = '<w:sectPr><w:headerReference r:id="h3"/><w:footerReference r:id="f1"/></w:sectPr>'
    transcript = read(paragraph("body", properties=first), last, parts=parts, links=links)
    assert [(found.text, found.place.part, found.place.path) for found in paragraphs_of(transcript.blocks)] == [
        ("Ref 12", "header", "paragraph 1"),
        ("First page", "header", "header 2, table 1, row 1, cell 1"),
        ("body", "body", "paragraph 1"),
        ("Version 1", "footer", "paragraph 1"),
    ]


def test_notes_and_comments_have_parts_of_their_own_and_stand_in_no_answer() -> None:
    def note(root: str, entry: str, text: str) -> str:
        separator = f'<w:{entry} w:type="separator" w:id="0"><w:p/></w:{entry}>'
        return word_part(root, f'{separator}<w:{entry} w:id="2">{paragraph(text)}</w:{entry}>')

    parts = {
        "word/footnotes.xml": note("footnotes", "footnote", "at the foot"),
        "word/endnotes.xml": note("endnotes", "endnote", "at the end"),
        "word/comments.xml": word_part("comments", f'<w:comment w:id="0">{paragraph("is this so?")}</w:comment>'),
    }
    references = (
        '<w:r><w:footnoteReference w:id="2"/><w:endnoteReference w:id="2"/><w:commentReference w:id="0"/></w:r>'
    )
    transcript = read(paragraph("an answer", references), parts=parts)
    assert [(found.text, found.place.part, found.place.path) for found in paragraphs_of(transcript.blocks)] == [
        ("an answer", "body", "paragraph 1"),
        ("at the foot", "footnote", "footnote 1, paragraph 1"),
        ("at the end", "endnote", "endnote 1, paragraph 1"),
        ("is this so?", "comment", "comment 1, paragraph 1"),
    ]
    assert transcript.notes == ("has comments",)


def test_a_footnote_whose_reference_was_deleted_is_gone() -> None:
    parts = {"word/footnotes.xml": word_part("footnotes", f'<w:footnote w:id="2">{paragraph("gone")}</w:footnote>')}
    gone = '<w:del w:id="1" w:author="A"><w:r><w:footnoteReference w:id="2"/></w:r></w:del>'
    assert words(paragraph("an answer", gone), parts=parts) == ["an answer"]


def test_a_damaged_part_beside_the_main_one_is_said_and_the_rest_read() -> None:
    transcript = read("words", parts={"word/styles.xml": "<w:styles"})
    assert blocks_text(transcript.blocks) == "words"
    assert transcript.unread == (Unread("damaged part (styles)", Locator("styles")),)


def test_pictures_charts_and_objects_are_listed_as_unread_where_they_stand() -> None:
    picture = "<w:r><w:drawing><a:graphic><pic:pic/></a:graphic></w:drawing></w:r>"
    chart = "<w:r><w:drawing><a:graphic><c:chart/></a:graphic></w:drawing></w:r>"
    shown = "<v:shape><v:imagedata/></v:shape>"
    sheet = f'<w:r><w:object>{shown}<o:OLEObject Type="Embed" ProgID="Excel.Sheet.12"/></w:object></w:r>'
    transcript = read("first", paragraph(picture), table(row("label", cell(paragraph(chart, sheet)))))
    assert transcript.unread == (
        Unread("picture", Locator("body", "paragraph 2")),
        Unread("chart", Locator("body", "table 1, row 1, cell 2")),
        Unread("embedded spreadsheet", Locator("body", "table 1, row 1, cell 2")),
    )


def test_an_object_that_is_only_linked_is_said_to_be_so() -> None:
    linked = '<w:r><w:object><o:OLEObject Type="Link" ProgID="Word.Document.12"/></w:object></w:r>'
    transcript = read(paragraph(linked))
    assert transcript.unread == (Unread("embedded Word document", Locator("body", "paragraph 1")),)
    assert transcript.notes == ("is linked to an object in another file, which was not fetched",)


def test_the_words_of_a_diagram_are_read_from_its_own_part() -> None:
    data = '<dgm:dataModel xmlns:dgm="urn:d" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    data += "<a:p><a:r><a:t>Plan</a:t></a:r></a:p><a:p><a:r><a:t>Do</a:t></a:r></a:p></dgm:dataModel>"
    drawing = '<w:r><w:drawing><a:graphic><dgm:relIds r:dm="d1"/></a:graphic></w:drawing></w:r>'
    links: tuple[Link, ...] = (("d1", "diagramData", "diagrams/data1.xml"),)
    assert words(paragraph("see:", drawing), parts={"word/diagrams/data1.xml": data}, links=links) == [
        *("see:", "Plan", "Do"),
    ]
    assert read(paragraph("see:", drawing)).unread == (Unread("diagram", Locator("body", "paragraph 1")),)


def inserted_file(name: str, content: str | bytes) -> Transcript:
    parts: Parts = {
        f"word/{name}": content,
        "[Content_Types].xml": (
            '<Types><Default Extension="html" ContentType="text/html"/>'
            '<Default Extension="txt" ContentType="text/plain"/>'
            '<Default Extension="rtf" ContentType="application/rtf"/></Types>'
        ),
    }
    return read("before", '<w:altChunk r:id="c1"/>', "after", parts=parts, links=(("c1", "aFChunk", name),))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<html><title>t</title><p>one &amp; two<table><tr><td>three<td>four</table></html>"),
        ("a.txt", "one & two\r\nthree | four\r\n"),
        ("a.dat", make_docx("one & two", paragraph("three | ", deleted("x"), "four"))),
    ],
)
def test_the_words_of_an_inserted_file_stand_where_it_was_inserted(name: str, content: str | bytes) -> None:
    transcript = inserted_file(name, content)
    assert [(found.text, found.place.path) for found in paragraphs_of(transcript.blocks)] == [
        ("before", "paragraph 1"),
        ("one & two", "inserted file 1, paragraph 1"),
        ("three | four", "inserted file 1, paragraph 2"),
        ("after", "paragraph 2"),
    ]
    assert (transcript.unread, "shows an inserted file" in transcript.notes) == ((), True)


def test_an_inserted_file_that_cannot_be_read_is_said() -> None:
    unread = (Unread("inserted file", Locator("body", "inserted file 1")),)
    nested = make_docx('<w:altChunk r:id="c1"/>', parts={"word/b.docx": b""}, links=[("c1", "aFChunk", "b.docx")])
    assert inserted_file("a.rtf", "{\\rtf1 x}").unread == unread
    assert inserted_file("a.docx", make_docx("x")[:-9]).unread == unread
    assert inserted_file("a.docx", nested).unread == (
        Unread("inserted file", Locator("body", "inserted file 1, inserted file 1")),
    )


def test_macros_and_things_outside_the_file_are_said() -> None:
    parts: Parts = {
        "word/vbaProject.bin": b"macro",
        "word/settings.xml": word_part("settings", ""),
        "word/_rels/settings.xml.rels": (
            '<Relationships xmlns="urn:r"><Relationship Id="t" Type="x/attachedTemplate" '
            'Target="http://example.org/t.dotm" TargetMode="External"/></Relationships>'
        ),
    }
    links: tuple[Link, ...] = (("p", "image", "http://example.org/p.png"), ("l", "hyperlink", "javascript:x"))
    assert read("words", parts=parts, links=links).notes == (
        "contains macros, which are never run",
        "shows a picture from another place, which was not fetched",
        "takes its template from another place; it was not fetched",
    )


def test_the_properties_of_the_document_are_given_in_lower_case() -> None:
    core = '<cp:p xmlns:cp="urn:c" xmlns:dc="urn:d"><dc:title>Request form</dc:title><cp:lastModifiedBy/></cp:p>'
    custom = '<P xmlns="urn:p"><property name="Form Version"><v>2.1</v></property></P>'
    app = "<P><Template>Form.dotx</Template><Pages>3</Pages></P>"
    parts = {"docProps/core.xml": core, "docProps/custom.xml": custom, "docProps/app.xml": app}
    assert read("words", parts=parts).properties == (
        ("title", "Request form"),
        ("form version", "2.1"),
        ("template", "Form.dotx"),
    )


# Limits, and files that were damaged on the way.


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableError) as problem:
        read_docx(data)
    return problem.value.code


@pytest.mark.parametrize("number", ["64", "2147483647", "99999999999999999999"])
def test_a_table_wider_than_word_allows_is_refused_before_it_costs_anything(number: str) -> None:
    wide = table(row(cell("x", properties=f'<w:gridSpan w:val="{number}"/>')))
    before = table(row("x", properties=f'<w:gridBefore w:val="{number}"/>'))
    assert (refusal(make_docx(wide)), refusal(make_docx(before))) == ("too-complex", "too-complex")


@pytest.mark.parametrize("number", ["-5", "0", "", "many"])
def test_a_column_count_that_makes_no_sense_counts_as_one(number: str) -> None:
    assert grid(table(row(cell("x", properties=f'<w:gridSpan w:val="{number}"/>'), "y"))) == [
        [("x", 0, 1, 1), ("y", 1, 1, 1)]
    ]


def test_fields_nested_without_end_are_refused() -> None:
    assert refusal(make_docx(paragraph(field_character("begin") * 101))) == "too-complex"


def test_more_paragraphs_than_any_form_has_are_refused() -> None:
    assert refusal(make_docx("<w:p/>" * 50_001)) == "too-complex"


def test_tables_nested_deeper_than_the_parser_goes_are_refused_and_sixty_are_read() -> None:
    def nested(depth: int) -> str:
        return "<w:tbl><w:tr><w:tc>" * depth + paragraph("deep") + "</w:tc></w:tr></w:tbl>" * depth

    assert words(nested(60)) == ["deep"]
    assert refusal(make_docx(nested(300))) == "too-complex"


def test_a_merged_column_of_many_rows_is_counted_without_being_walked_again() -> None:
    rows = [row(cell("top", properties='<w:vMerge w:val="restart"/>'))]
    rows += [row(cell(properties="<w:vMerge/>"))] * 4_999
    assert grid(table(*rows))[0] == [("top", 0, 1, 5_000)]


EVERYTHING = package_parts(
    paragraph("Name: ", complex_field("FORMTEXT", "Ann", NAMED + "<w:textInput/>"), tick_control("1", "☒")),
    table(row("a", control(cell("b"), ABOUT)), row(cell("c", properties='<w:gridSpan w:val="2"/>'))),
    paragraph(deleted("x"), inserted(run("y")), text_box(paragraph("boxed"))),
    list_paragraph("item", 1),
    parts={
        "word/styles.xml": styles_part(style("Normal", default=True), style("heading 1", based_on="Normal")),
        "word/numbering.xml": numbering_part({0: [list_level(0, "decimal", "%1.")]}, {1: (0, "")}),
    },
)


def damaged(whole: bytes, data: st.DataObject) -> bytes:
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    if data.draw(st.integers(0, 9)) == 0:
        del changed[data.draw(st.integers(0, len(changed))) :]
    return bytes(changed)


@seed(20261123)
@settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_file_damaged_anywhere_is_read_or_refused_in_our_own_words(data: st.DataObject) -> None:
    with suppress(UnreadableError):
        read_docx(damaged(zipped(EVERYTHING), data))


@seed(20261123)
@settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_part_damaged_anywhere_is_read_or_refused_in_our_own_words(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(EVERYTHING)))
    whole = EVERYTHING[name]
    assert isinstance(whole, str)
    with suppress(UnreadableError):
        read_docx(zipped(EVERYTHING | {name: damaged(whole.encode(), data)}))


PIECES = (
    *("<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>x</w:t>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>"),
    *("</w:tc>", "<w:sdt>", "</w:sdt>", "<w:sdtContent>", "</w:sdtContent>", "<w:vMerge/>", "<w:tcPr/>", "<w:ins>"),
    *("</w:ins>", "<w:del>", "</w:del>", '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>'),
    *('<w:fldChar w:fldCharType="separate"/>', "<w:txbxContent>", "</w:txbxContent>", "<mc:AlternateContent/>"),
    *('<w:gridSpan w:val="3"/>', "<w:pict>", "</w:pict>", '<w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'),
    *('<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox/></w:ffData></w:fldChar>', "<w:sym/>", "<w:object/>"),
    *('<w:fldChar w:fldCharType="begin"><w:ffData><w:textInput/></w:ffData></w:fldChar>', "<w:altChunk/>"),
    *(
        "<w:sdtPr><w14:checkbox/></w:sdtPr>",
        "<w:footnoteReference/>",
        "<w:ruby/>",
        "<w:numPr/>",
        "<w:headerReference/>",
    ),
)


def test_elements_in_any_order_are_read_with_no_word_lost_or_doubled() -> None:
    """Whatever is put into whatever, only what stands in a deletion or a field's code may go missing."""
    chance = random.Random(20261123)
    for _ in range(300):
        opened: list[str] = []
        body = ""
        count = 0
        for piece in chance.choices(PIECES, k=60):
            if piece.startswith("</"):
                if not opened or opened[-1] != piece[2:-1]:
                    continue
                opened.pop()
            elif not piece.endswith("/>") and "</" not in piece:
                opened.append(piece[1:-1])
            if "<w:t>" in piece:
                count += 1
                piece = f"<w:t>word{count} </w:t>"
            body += piece
        body += "".join(f"</{name}>" for name in reversed(opened))
        text = " ".join(found.text for found in paragraphs_of(read(body).blocks))
        found = [word for word in text.split() if word.startswith("word")]
        assert len(found) == len(set(found)), body
        if not any(hider in body for hider in ("<w:del>", "fldChar", "<w:sdt>", "checkbox")):
            assert len(found) == count, body


def test_every_completed_form_of_the_corpus_is_read(corpus: Path) -> None:
    forms = sorted(path for path in (corpus / "forms").iterdir() if path.suffix in (".docx", ".docm"))
    assert {path.name: bool(read_docx(path.read_bytes()).blocks) for path in forms} == dict.fromkeys(
        (path.name for path in forms), True
    )


def test_reading_the_same_bytes_twice_gives_the_same_transcript() -> None:
    assert read_docx(zipped(EVERYTHING)) == read_docx(zipped(EVERYTHING))
