"""The HTML of a message is read as a person sees it, whatever program wrote it."""

from __future__ import annotations

import pytest

from casework.errors import UnreadableError
from casework.transcript import ControlKind, Mark, Paragraph, Table, Transcript, paragraphs_of
from extract.html_reader import MOST_BYTES, read_html

pytestmark = pytest.mark.pure


def texts(transcript: Transcript) -> list[str]:
    return [paragraph.text for paragraph in paragraphs_of(transcript.blocks)]


def only(html: str) -> Paragraph:
    (block,) = read_html(html).blocks
    assert isinstance(block, Paragraph)
    return block


@pytest.mark.parametrize(
    ("html", "marks"),
    [
        ("<b>x</b>", {Mark.BOLD}),
        ("<span style='font-weight:700'>x</span>", {Mark.BOLD}),
        ("<b><span style='font-weight:normal'>x</span></b>", set()),
        ("<em>x</em>", {Mark.ITALIC}),
        ("<u>x</u>", {Mark.UNDERLINE}),
        ("<span style='text-decoration: line-through'>x</span>", {Mark.STRIKE}),
        ("<span style='background:yellow;mso-highlight:yellow'>x</span>", {Mark.HIGHLIGHT}),
        ("<span style='background-color: rgb(255, 255, 0)'>x</span>", {Mark.HIGHLIGHT}),
        ("<span style='background:white'>x</span>", set()),
        ("<span style='color:#C00000'>x</span>", {Mark.COLOUR}),
        ("<font color=red>x</font>", {Mark.COLOUR}),
        ("<span style='color:black'>x</span>", set()),
        ("<span style='border:solid windowtext 1.0pt'>x</span>", {Mark.BOXED}),
    ],
)
def test_words_carry_the_marks_that_a_reader_sees(html: str, marks: set[Mark]) -> None:
    paragraph = only(f"<p>before {html} after</p>")
    assert paragraph.text == "before x after"
    assert {mark for span in paragraph.spans for mark in span.marks} == marks


def test_the_paragraphs_that_outlook_writes_come_out_as_lines() -> None:
    html = (
        "<div class=WordSection1><p class=MsoNormal><b>Name of role:</b>&nbsp; Theatre\r\n lead<o:p></o:p></p>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><p>One<br>Two</p></div>"
    )
    assert texts(read_html(html)) == ["Name of role:  Theatre lead", "One", "Two"]


def test_a_table_keeps_its_cells_and_their_places() -> None:
    (table,) = read_html(
        "<table><tr><td rowspan=2 bgcolor='#D9D9D9'>A</td><td>B</td></tr><tr><td>C</td></tr>"
        "<tr><td colspan=2><p>D</p><p>E</p></td></tr></table>"
    ).blocks
    assert isinstance(table, Table)
    cells = [
        (cell.text, cell.column, cell.colspan, cell.rowspan, cell.shaded) for row in table.rows for cell in row.cells
    ]
    assert cells == [
        ("A", 0, 1, 2, True), ("B", 1, 1, 1, False), ("C", 1, 1, 1, False), ("D\nE", 0, 2, 1, False),
    ]  # fmt: skip
    places = [paragraph.place.path for paragraph in paragraphs_of((table,))]
    assert places[:3] == ["table 1, row 1, cell 1", "table 1, row 1, cell 2", "table 1, row 2, cell 1"]
    assert places[3:] == ["table 1, row 3, cell 1", "table 1, row 3, cell 1, paragraph 2"]


def test_a_table_that_only_places_others_is_no_table() -> None:
    first, second = read_html(
        "<table><tr><td>Hello<table><tr><td>A</td><td>B</td></tr></table></td></tr></table>"
    ).blocks
    assert isinstance(first, Paragraph)
    assert isinstance(second, Table)


def test_lists_carry_their_numbers_and_bullets() -> None:
    html = "<ol start=3><li>a</li><li>b</li></ol><ul><li>c</li></ul><p><span style='mso-list:Ignore'>iv.</span>d</p>"
    blocks = read_html(html).blocks
    assert [(block.marker, block.text) for block in blocks if isinstance(block, Paragraph)] == [
        ("3.", "a"), ("4.", "b"), ("•", "c"), ("iv.", "d"),
    ]  # fmt: skip


def test_tick_boxes_and_symbols_show_their_state() -> None:
    symbol = "<span style='font-family:Wingdings'>&#254;</span>"
    paragraph = only(f"<p><input type=checkbox checked> yes <input type=radio> no {symbol}</p>")
    assert paragraph.text == "☒ yes ☐ no ☑"
    assert [span.control.checked for span in paragraph.spans if span.control] == [True, False]


def test_a_drop_down_shows_what_is_chosen_in_it() -> None:
    (span,) = only("<select name=level><option>Employee<option selected>Manager</select>").spans
    assert span.control is not None
    assert (span.text, span.control.kind, span.control.options) == (
        "Manager",
        ControlKind.CHOICE,
        ("Employee", "Manager"),
    )


def test_scripts_styles_comments_and_conditions_are_no_text() -> None:
    html = "<style>p{}</style><script>x()</script><!-- a --><![if !mso]><p>shown</p><![endif]><title>t</title>"
    assert texts(read_html(html)) == ["shown"]


def test_hidden_words_stand_apart() -> None:
    blocks = read_html("<p>a <span style='display:none'>hidden</span>b</p><div style='mso-hide:all'>too</div>").blocks
    assert [(block.place.part, block.text) for block in blocks if isinstance(block, Paragraph)] == [
        ("body", "a b"), ("hidden", "hidden"), ("hidden", "too"),
    ]  # fmt: skip


def test_headers_quotes_signatures_and_banners_stand_apart() -> None:
    html = (
        "<table><tr><td>CAUTION: This email originated from outside of the organisation.</td></tr></table>"
        "<p>Scope: all</p><p>Kind regards<br>Ann</p><table><tr><td>Tel:</td><td>0113</td></tr></table>"
        "<p><b>From:</b> A<br><b>Sent:</b> today<br><b>To:</b> B<br><b>Subject:</b> X</p>"
        "<blockquote type=cite><p>older</p></blockquote>"
    )
    assert [paragraph.place.part for paragraph in paragraphs_of(read_html(html).blocks)] == [
        "banner", "body", *["signature"] * 4, *["mail header"] * 4, "quoted",
    ]  # fmt: skip


@pytest.mark.parametrize("html", ["", " ", "\0", "<", "</p>", "<!doctype html>", "<table><td>", b"\xff\xfe"])
def test_what_is_no_page_is_no_trouble(html: str | bytes) -> None:
    assert "".join(texts(read_html(html))) in ("", "<", "ÿþ")


def test_bytes_are_read_in_the_characters_that_they_say() -> None:
    assert texts(read_html("<p>Gwên – £5</p>".encode())) == ["Gwên – £5"]
    page = "<meta http-equiv=Content-Type content='text/html; charset=windows-1252'><p>Gwên – £5</p>"
    assert texts(read_html(page.encode("cp1252"))) == ["Gwên – £5"]


@pytest.mark.parametrize("html", ["<p>" + "a" * MOST_BYTES, "<p>a" * 61_000, "<div>" * 50_000 + "a"])
def test_what_is_beyond_all_bounds_is_refused(html: str) -> None:
    with pytest.raises(UnreadableError, match="far longer"):
        read_html(html)
