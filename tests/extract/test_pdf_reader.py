"""What a reader of the Transcript may rely on, construct by construct."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter

from casework.errors import UnreadableError
from casework.transcript import (
    Block,
    Cell,
    Control,
    ControlKind,
    Locator,
    Mark,
    Paragraph,
    Span,
    Table,
    Transcript,
    Unread,
    paragraphs_of,
)
from extract.pdf_reader import read_pdf
from extract.pdf_reader.second_look import looks
from tests.builders_pdf import Page, form_pdf, make_pdf, raw_pdf, stream

pytestmark = pytest.mark.pure


def texts(transcript: Transcript) -> list[str]:
    """Each paragraph's words, in reading order, list markers in brackets."""
    return [
        (f"[{paragraph.marker}] " if paragraph.marker else "") + paragraph.text
        for paragraph in paragraphs_of(transcript.blocks)
    ]


def shape(block: Block) -> object:
    """A paragraph as its text, a table as rows of cells."""
    if isinstance(block, Paragraph):
        return block.text
    return [[cell_shape(cell) for cell in row.cells] for row in block.rows]


def cell_shape(cell: Cell) -> object:
    if len(cell.blocks) == 1 and isinstance(cell.blocks[0], Paragraph):
        return cell.blocks[0].text
    return [shape(block) for block in cell.blocks]


def spans(transcript: Transcript) -> list[Span]:
    return [span for paragraph in paragraphs_of(transcript.blocks) for span in paragraph.spans]


def marked(transcript: Transcript, mark: Mark) -> list[str]:
    return [span.text.strip() for span in spans(transcript) if mark in span.marks]


def ticks(transcript: Transcript) -> list[tuple[str, bool | None]]:
    return [
        (span.control.label, span.control.checked)
        for span in spans(transcript)
        if span.control and span.control.kind is ControlKind.TICK
    ]


def fields(transcript: Transcript) -> dict[str, str]:
    return {span.control.tag: span.text.strip() for span in spans(transcript) if span.control and span.control.tag}


# Words and paragraphs


def test_each_word_has_its_page_and_box_from_the_top_left() -> None:
    transcript = read_pdf(make_pdf(lambda page: page.text(72, 100, "Payroll query") and None))
    assert spans(transcript) == [
        Span("Payroll ", place=Locator(page=1, box=(72.0, 91.4, 105.6, 102.4))),
        Span("query", place=Locator(page=1, box=(108.7, 91.4, 136.2, 102.4))),
    ]


def test_wrapped_lines_are_one_paragraph_and_short_lines_end_one() -> None:
    def draw(page: Page) -> None:
        page.lines(
            72,
            100,
            [
                "The report has to be run for each of our fourteen divisions and then emailed",
                "out by hand, which takes most of the morning.",
                "Nobody has time for it in the last week of the month.",
            ],
        )

    assert texts(read_pdf(make_pdf(draw))) == [
        "The report has to be run for each of our fourteen divisions and then emailed out by hand, which takes most of "
        "the morning.",
        "Nobody has time for it in the last week of the month.",
    ]


def test_a_wide_gap_between_lines_ends_a_paragraph() -> None:
    def draw(page: Page) -> None:
        full = "Seven replied and six of the seven said they would use it from the first"
        page.lines(72, 100, [full, full], pitch=13.5)
        page.text(72, 137, full)

    assert [len(text.split()) for text in texts(read_pdf(make_pdf(draw)))] == [30, 15]


def test_a_bold_label_is_not_joined_to_the_answer_below_it() -> None:
    def draw(page: Page) -> None:
        page.text(72, 100, "Justification for the change that is being asked for", font="Helvetica-Bold")
        page.text(72, 113.5, "Two audits found that managers were told too late")

    assert texts(read_pdf(make_pdf(draw))) == [
        "Justification for the change that is being asked for",
        "Two audits found that managers were told too late",
    ]


def test_bullets_and_numbers_are_markers_and_start_paragraphs() -> None:
    def draw(page: Page) -> None:
        page.lines(72, 100, ["\u2022 Fewer merge calls", "- Less risk", "1. Payslips", "2) Reports"])

    assert texts(read_pdf(make_pdf(draw))) == [
        "[\u2022] Fewer merge calls",
        "[-] Less risk",
        "[1.] Payslips",
        "[2)] Reports",
    ]


def test_a_number_that_is_part_of_an_answer_is_no_marker() -> None:
    assert texts(read_pdf(make_pdf(lambda page: page.text(72, 100, "3.5 hours a week are saved") and None))) == [
        "3.5 hours a week are saved"
    ]


def test_a_hyphen_at_a_wrap_joins_the_word() -> None:
    def draw(page: Page) -> None:
        page.lines(72, 100, ["About twelve hours a week of needless and error prone re-", "keying would stop."])

    assert texts(read_pdf(make_pdf(draw))) == [
        "About twelve hours a week of needless and error prone re-keying would stop."
    ]


def test_an_address_cut_by_a_narrow_cell_is_whole_again() -> None:
    def draw(page: Page) -> None:
        page.grid([72, 130, 216], [80, 140])
        page.text(76, 100, "Email")
        page.lines(134, 100, ["alex.morgan@se", "vernsidepayroll.n", "hs.uk"])

    assert texts(read_pdf(make_pdf(draw))) == ["Email", "alex.morgan@severnsidepayroll.nhs.uk"]


def test_words_far_apart_on_a_line_are_parted_by_a_tab() -> None:
    def draw(page: Page) -> None:
        page.text(72, 100, "Requester name")
        page.text(220, 100, "Ada Okafor")
        page.text(72, 120, "Region")
        page.text(220, 120, "London")

    assert texts(read_pdf(make_pdf(draw))) == ["Requester name\tAda Okafor", "Region\tLondon"]


def test_a_label_and_a_value_that_both_wrap_side_by_side_are_kept_apart() -> None:
    def draw(page: Page) -> None:
        for number, (label, value) in enumerate(
            [
                ("Why is this change", "In July a follow up check was missed for eleven weeks,"),
                ("needed by your trust", "which was found in a compliance visit, and the penalty"),
                ("", "for a repeat is high."),
            ]
        ):
            page.text(72, 100 + 13 * number, label, font="Helvetica-Bold")
            page.text(200, 100 + 13 * number, value)

    assert texts(read_pdf(make_pdf(draw))) == [
        "Why is this change needed by your trust\tIn July a follow up check was missed for eleven weeks, which was "
        "found in a compliance visit, and the penalty for a repeat is high."
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    def draw(page: Page) -> None:
        page.lines(72, 100, [f"Left column line {number} of the text" for number in "abcdefgh"], pitch=14)
        page.lines(320, 105, [f"Right column line {number} of it" for number in "abcdefgh"], pitch=17)

    joined = " ".join(texts(read_pdf(make_pdf(draw))))
    assert joined.index("Left column line h") < joined.index("Right column line a")


def test_larger_type_is_a_heading_and_bold_lines_are_lesser_ones() -> None:
    def draw(page: Page) -> None:
        page.text(72, 80, "Supplementary Role Request", size=18, font="Helvetica-Bold")
        page.text(72, 120, "Name of role", font="Helvetica-Bold")
        page.text(72, 140, "Fire Warden for the main building and its annexe")

    levels = [paragraph.level for paragraph in paragraphs_of(read_pdf(make_pdf(draw)).blocks)]
    assert levels == [1, 2, 0]


def test_page_numbers_and_repeated_lines_are_headers_and_footers() -> None:
    def draw(page: Page) -> None:
        page.text(72, 30, "NHS ESR request")
        page.text(72, 400, f"Words of page {page.canvas.getPageNumber()}")
        page.text(72, 815, f"Page {page.canvas.getPageNumber()} of 2")

    parts = [(block.place.part, block.place.page) for block in read_pdf(make_pdf(draw, draw)).blocks]
    assert parts == [("header", 1), ("body", 1), ("footer", 1), ("header", 2), ("body", 2), ("footer", 2)]


def test_a_turned_page_is_read_as_it_is_displayed() -> None:
    def draw(page: Page) -> None:
        page.canvas.rotate(90)
        page.canvas.drawString(50, -100, "Landscape")

    (span,) = spans(read_pdf(make_pdf(draw, rotate=90)))
    assert span == Span("Landscape", place=Locator(page=1, box=(50.0, 90.6, 108.7, 102.6)))


# Tables


def test_ruled_lines_make_a_table_with_merged_cells() -> None:
    def draw(page: Page) -> None:
        for y in (80, 100, 120, 140):
            page.rule(72, y, 400, y)
        for x in (72, 400):
            page.rule(x, 80, x, 140)
        page.rule(200, 100, 200, 140)
        page.text(76, 95, "Office use")
        for number, (label, value) in enumerate([("Received", "Today"), ("Outcome", "Open")]):
            page.text(76, 115 + 20 * number, label)
            page.text(204, 115 + 20 * number, value)

    (table,) = read_pdf(make_pdf(draw)).blocks
    assert shape(table) == [["Office use"], ["Received", "Today"], ["Outcome", "Open"]]
    assert isinstance(table, Table)
    places = [[(cell.column, cell.colspan) for cell in row.cells] for row in table.rows]
    assert places == [[(0, 2)], [(0, 1), (1, 1)], [(0, 1), (1, 1)]]


def test_lines_drawn_as_thin_filled_rectangles_rule_a_table() -> None:
    def draw(page: Page) -> None:
        for y in (80, 110, 140):
            page.box(72, y, 300, y + 0.7, fill="black", stroke=False)
        for x in (72, 150, 300):
            page.box(x, 80, x + 0.7, 140, fill="black", stroke=False)
        page.text(76, 100, "Role")
        page.text(154, 100, "Warden")

    (table,) = read_pdf(make_pdf(draw)).blocks
    assert shape(table) == [["Role", "Warden"], [[], []]]


def test_a_table_in_a_cell_is_nested() -> None:
    def draw(page: Page) -> None:
        page.grid([72, 400], [80, 100, 180])
        page.text(76, 95, "Benefits")
        page.grid([80, 200, 390], [110, 130, 150])
        for number, (one, other) in enumerate([("Benefit", "Owner"), ("Time saved", "HR")]):
            page.text(84, 125 + 20 * number, one)
            page.text(204, 125 + 20 * number, other)

    (table,) = read_pdf(make_pdf(draw)).blocks
    assert shape(table) == [["Benefits"], [[[["Benefit", "Owner"], ["Time saved", "HR"]]]]]


def test_a_nested_table_that_shares_its_cell_lines_is_still_nested() -> None:
    def draw(page: Page) -> None:
        page.grid([72, 400], [80, 100, 140])
        page.text(76, 95, "Benefits")
        page.grid([78, 200, 394], [100, 120, 140])
        for number, (one, other) in enumerate([("Benefit", "Owner"), ("Time saved", "HR")]):
            page.text(84, 115 + 20 * number, one)
            page.text(204, 115 + 20 * number, other)

    (table,) = read_pdf(make_pdf(draw)).blocks
    assert shape(table) == [["Benefits"], [[[["Benefit", "Owner"], ["Time saved", "HR"]]]]]


def test_lines_that_do_not_add_up_still_give_every_word_once() -> None:
    def draw(page: Page) -> None:
        page.box(72, 80, 372, 140)
        page.rule(272, 80, 272, 110)
        page.rule(172, 110, 272, 110)
        page.rule(172, 110, 172, 140)
        for x, y, word in ((76, 100, "Above"), (276, 100, "Right"), (76, 130, "Below")):
            page.text(x, y, word)

    before = dict(looks)
    transcript = read_pdf(make_pdf(draw))
    assert sorted(word for text in texts(transcript) for word in text.split()) == ["Above", "Below", "Right"]
    assert looks["pages"] == before.get("pages", 0) + 1


def test_a_cell_with_a_background_is_shaded() -> None:
    def draw(page: Page) -> None:
        page.box(72, 80, 200, 100, fill="lightgrey", stroke=False)
        page.grid([72, 200, 400], [80, 100])
        page.text(76, 95, "Region")
        page.text(204, 95, "London")

    (table,) = read_pdf(make_pdf(draw)).blocks
    assert isinstance(table, Table)
    assert [cell.shaded for cell in table.rows[0].cells] == [True, False]


def test_backgrounds_that_tile_make_a_table_without_lines() -> None:
    def draw(page: Page) -> None:
        for row, (label, value) in enumerate([("Trust", "Eastvale"), ("Email", "a@b.nhs.uk")]):
            page.box(72, 80 + 20 * row, 150, 100 + 20 * row, fill="lightgrey", stroke=False)
            page.box(150, 80 + 20 * row, 300, 100 + 20 * row, fill="whitesmoke", stroke=False)
            page.text(76, 94 + 20 * row, label)
            page.text(154, 94 + 20 * row, value)

    (table,) = read_pdf(make_pdf(draw)).blocks
    assert shape(table) == [["Trust", "Eastvale"], ["Email", "a@b.nhs.uk"]]


def test_a_table_goes_on_over_the_page_and_a_cut_row_is_joined() -> None:
    def first(page: Page) -> None:
        page.grid([72, 200, 400], [740, 770, 800])
        page.text(76, 760, "Scope")
        page.text(204, 760, "All sites")
        page.text(76, 790, "Need")
        page.text(204, 790, "The rota has no room for")

    def second(page: Page) -> None:
        page.grid([72, 200, 400], [50, 80, 110])
        page.text(204, 70, "another warden.")
        page.text(76, 100, "Sponsor")
        page.text(204, 100, "Estates")

    (table,) = read_pdf(make_pdf(first, second)).blocks
    assert shape(table) == [
        ["Scope", "All sites"],
        ["Need", "The rota has no room for another warden."],
        ["Sponsor", "Estates"],
    ]


def test_a_head_row_repeated_on_the_next_page_is_marked_as_one() -> None:
    def draw(page: Page) -> None:
        page.grid([72, 200, 400], [740, 770, 800] if page.canvas.getPageNumber() == 1 else [50, 80, 110])
        top = 760 if page.canvas.getPageNumber() == 1 else 70
        page.text(76, top, "Benefit")
        page.text(204, top, "Owner")
        page.text(76, top + 30, f"Saving {page.canvas.getPageNumber()}")
        page.text(204, top + 30, "HR")

    (table,) = read_pdf(make_pdf(draw, draw)).blocks
    assert isinstance(table, Table)
    assert [(row.cells[0].text, row.header) for row in table.rows] == [
        ("Benefit", True),
        ("Saving 1", False),
        ("Benefit", True),
        ("Saving 2", False),
    ]


# Marks


def test_a_bright_fill_behind_a_word_is_a_highlight() -> None:
    def draw(page: Page) -> None:
        page.box(72, 90, 125, 104, fill="yellow", stroke=False)
        page.text(page.text(72, 100, "Employee"), 100, " / Manager")

    assert marked(read_pdf(make_pdf(draw)), Mark.HIGHLIGHT) == ["Employee"]


def test_a_highlight_annotation_marks_the_words_under_it() -> None:
    def draw(page: Page) -> None:
        end = page.text(page.text(72, 100, "Employee") + 3, 100, "Manager")
        start = end - 45
        low, high = 842 - 103, 842 - 91
        page.canvas.highlightAnnotation(
            "", Rect=(start, low, end, high), QuadPoints=[start, high, end, high, start, low, end, low]
        )

    assert marked(read_pdf(make_pdf(draw)), Mark.HIGHLIGHT) == ["Manager"]


def test_lines_through_and_under_words_are_strike_and_underline() -> None:
    def draw(page: Page) -> None:
        end = page.text(72, 100, "Employee")
        page.rule(72, 97, end, 97)
        start = end + 6
        end = page.text(start, 100, "Manager")
        page.rule(start, 101.5, end, 101.5)

    transcript = read_pdf(make_pdf(draw))
    assert (marked(transcript, Mark.STRIKE), marked(transcript, Mark.UNDERLINE)) == (["Employee"], ["Manager"])


def test_a_border_round_one_word_of_a_line_is_boxed_and_no_table() -> None:
    def draw(page: Page) -> None:
        end = page.text(72, 100, "Employee ")
        stop = page.text(end, 100, "Manager")
        page.box(end - 1, 89, stop + 1, 104)
        page.text(stop + 4, 100, "Professional")

    transcript = read_pdf(make_pdf(draw))
    assert marked(transcript, Mark.BOXED) == ["Manager"]
    assert texts(transcript) == ["Employee Manager Professional"]


def test_type_gives_bold_italic_and_colour() -> None:
    def draw(page: Page) -> None:
        page.text(72, 100, "Bold", font="Helvetica-Bold")
        page.text(110, 100, "Slanted", font="Helvetica-Oblique")
        page.text(160, 100, "Red", colour="red")
        page.text(190, 100, "Grey", colour="grey")

    transcript = read_pdf(make_pdf(draw))
    assert [marked(transcript, mark) for mark in (Mark.BOLD, Mark.ITALIC, Mark.COLOUR)] == [
        ["Bold"],
        ["Slanted"],
        ["Red"],
    ]


def test_words_nobody_can_see_are_marked_hidden_and_told() -> None:
    def draw(page: Page) -> None:
        page.text(72, 100, "Seen")
        page.text(72, 130, "White", colour="white")
        page.text(72, 900, "Below")
        page.box(72, 150, 200, 170, fill="navy", stroke=False)
        page.text(76, 165, "Reversed", colour="white")

    transcript = read_pdf(make_pdf(draw))
    assert marked(transcript, Mark.HIDDEN) == ["White", "Below"]
    assert transcript.notes == ("The PDF holds text that cannot be seen on the page.",)


# Ticks


def test_drawn_squares_are_ticks_ticked_by_what_is_drawn_in_them() -> None:
    def draw(page: Page) -> None:
        for x, label in ((72, "Employee"), (172, "Manager"), (272, "Professional")):
            page.box(x, 90, x + 10, 100)
            page.text(x + 14, 99, label)
        page.rule(174, 92, 180, 98)
        page.text(274.5, 98, "\u2714", font="ZapfDingbats", size=8)

    assert ticks(read_pdf(make_pdf(draw))) == [("Employee", False), ("Manager", True), ("Professional", True)]


def test_boxes_with_round_corners_are_ticks_too() -> None:
    def draw(page: Page) -> None:
        page.canvas.roundRect(72, 842 - 101, 10, 10, 2)
        page.text(87, 100, "Payroll")
        page.canvas.setFillColorRGB(0, 0.4, 0.8)
        page.canvas.roundRect(172, 842 - 101, 10, 10, 2, stroke=0, fill=1)
        page.text(187, 100, "Pensions")

    assert ticks(read_pdf(make_pdf(draw))) == [("Payroll", False), ("Pensions", True)]


def test_dingbat_letters_are_the_signs_they_show() -> None:
    def draw(page: Page) -> None:
        page.text(72, 100, "\u2714", font="ZapfDingbats")
        page.text(90, 100, "Yes")
        page.text(172, 100, "\u274f", font="ZapfDingbats")
        page.text(190, 100, "No")

    transcript = read_pdf(make_pdf(draw))
    assert texts(transcript) == ["\u2714 Yes\t\u274f No"]
    assert [checked for _, checked in ticks(transcript)] == [True, False]


# Form fields

TEXT = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(%s)/TU(%s)/V(%s)/Rect[200 %d 400 %d]/P 3 0 R>>"


def test_a_field_stands_on_the_line_of_its_label_with_its_name_and_tooltip() -> None:
    data = form_pdf(
        [TEXT % (b"name", b"Your name", b"Okafor", 735, 750)], content=b"BT /F 11 Tf 72 738 Td (Name:) Tj ET"
    )
    transcript = read_pdf(data)
    control = Control(ControlKind.TEXT, identity="name", tag="name", label="Your name")
    assert texts(transcript) == ["Name:\tOkafor"]
    assert spans(transcript)[1] == Span(
        "Okafor", control=control, place=Locator(page=1, box=(200.0, 92.0, 400.0, 107.0), control="name")
    )


def test_an_empty_field_is_there_with_no_words() -> None:
    transcript = read_pdf(form_pdf([TEXT % (b"sr", b"", b"", 735, 750)], content=b"BT /F 11 Tf 72 738 Td (SR) Tj ET"))
    assert fields(transcript) == {"sr": ""}


def test_a_value_that_the_page_prints_too_is_counted_once() -> None:
    content = b"BT /F 11 Tf 72 738 Td (Name:) Tj ET BT /F 11 Tf 202 738 Td (Ada Okafor) Tj ET"
    transcript = read_pdf(form_pdf([TEXT % (b"name", b"", b"Ada Okafor", 735, 750)], content=content))
    assert texts(transcript) == ["Name:\tAda Okafor"]


def test_names_are_joined_and_kind_and_value_come_from_above() -> None:
    data = form_pdf(
        [
            b"<</T(person)/FT/Tx/V(Okafor)/Kids[7 0 R 8 0 R]>>",
            b"<</Type/Annot/Subtype/Widget/T(surname)/Parent 6 0 R/Rect[72 700 200 715]>>",
            b"<</T(address)/Parent 6 0 R/Kids[9 0 R]>>",
            b"<</Type/Annot/Subtype/Widget/Parent 8 0 R/V(1 High Street)/Rect[72 600 200 615]>>",
        ]
    )
    assert fields(read_pdf(data)) == {"person.surname": "Okafor", "person.address": "1 High Street"}


def test_tick_boxes_follow_their_appearance_and_radios_their_value() -> None:
    box = (
        b"<</Type/Annot/Subtype/Widget/FT/Btn/T(%s)/V/%s/AS/%s/AP<</N<</Agreed 4 0 R/Off 4 0 R>>>>/Rect[72 %d 82 %d]>>"
    )
    kid = b"<</Type/Annot/Subtype/Widget/Parent 8 0 R/AS/%s/AP<</N<</%s 4 0 R/Off 4 0 R>>>>/Rect[72 %d 82 %d]>>"
    data = form_pdf(
        [
            box % (b"one", b"Agreed", b"Off", 700, 710),
            box % (b"two", b"Agreed", b"Agreed", 680, 690),
            b"<</FT/Btn/T(level)/Ff 32768/V/1/Opt[(employee)(manager)]/Kids[9 0 R 10 0 R]>>",
            kid % (b"Off", b"0", 660, 670),
            kid % (b"1", b"1", 640, 650),
        ]
    )
    found = [
        (span.control.tag, span.control.value, span.control.checked, span.text.strip())
        for span in spans(read_pdf(data))
        if span.control
    ]
    assert found == [
        ("one", "Agreed", False, "\u2610"),
        ("two", "Agreed", True, "\u2612"),
        ("level", "employee", False, "\u2610"),
        ("level", "manager", True, "\u2612"),
    ]


def test_a_radio_group_whose_buttons_all_look_pressed_follows_its_value() -> None:
    kid = b"<</Type/Annot/Subtype/Widget/Parent 6 0 R/AS/%s/AP<</N<</%s 4 0 R/Off 4 0 R>>>>/Rect[72 %d 82 %d]>>"
    group = b"<</FT/Btn/T(level)/Ff 32768/V/two/Kids[7 0 R 8 0 R]>>"
    data = form_pdf([group, kid % (b"one", b"one", 660, 670), kid % (b"two", b"two", 640, 650)])
    found = [(span.control.value, span.control.checked) for span in spans(read_pdf(data)) if span.control]
    assert found == [("one", False), ("two", True)]


def test_a_choice_shows_its_words_and_keeps_its_stored_value() -> None:
    data = form_pdf(
        [
            b"<</Type/Annot/Subtype/Widget/FT/Ch/T(region)/V(nw)/Rect[72 700 200 715]"
            b"/Opt[[(nw)(North West)][(sw)(South West)]]>>"
        ]
    )
    transcript = read_pdf(data)
    shown, stored = spans(transcript)
    assert (shown.text, shown.control) == (
        "North West",
        Control(ControlKind.CHOICE, "region", "region", value="nw", options=("North West", "South West")),
    )
    assert (stored.text, stored.control, stored.place) == ("nw", None, Locator("hidden", page=1, control="region"))
    assert transcript.notes == ("The form stores another value for some choices than it shows. Both are given.",)


def test_a_choice_that_stores_what_it_shows_is_given_once() -> None:
    data = form_pdf(
        [
            b"<</Type/Annot/Subtype/Widget/FT/Ch/T(region)/V(North West)/Rect[72 700 200 715]"
            b"/Opt[(North West)(South West)]>>"
        ]
    )
    assert [span.text for span in spans(read_pdf(data))] == ["North West"]


def test_a_field_that_the_form_hides_is_no_answer() -> None:
    data = form_pdf([b"<</Type/Annot/Subtype/Widget/FT/Tx/T(region)/V(Wales)/F 2/Rect[72 700 200 715]>>"])
    (span,) = spans(read_pdf(data))
    assert (span.text, span.control, span.place and span.place.part) == ("Wales", None, "hidden")


def test_a_date_field_is_known_by_its_format() -> None:
    data = form_pdf(
        [
            b"<</Type/Annot/Subtype/Widget/FT/Tx/T(d)/V(1 May 2026)/Rect[72 700 200 715]"
            b"/AA<</F<</S/JavaScript/JS(AFDate_FormatEx\\('dd/mm/yyyy'\\);)>>>>>>"
        ]
    )
    (span,) = spans(read_pdf(data))
    assert span.control is not None
    assert span.control.kind is ControlKind.DATE


def test_words_typed_onto_the_page_as_a_note_are_read_where_they_stand() -> None:
    def draw(page: Page) -> None:
        page.grid([72, 200, 400], [80, 110])
        page.text(76, 100, "Region")
        page.canvas.freeTextAnnotation("London", DA="/Helv 10 Tf", Rect=(210, 842 - 105, 300, 842 - 85))

    (table,) = read_pdf(make_pdf(draw)).blocks
    assert shape(table) == [["Region", "London"]]
    assert isinstance(table, Table)
    assert table.rows[0].cells[1].blocks[0].place.part == "annotation"


def test_a_dynamic_form_is_refused_with_what_to_do() -> None:
    content = b"BT /F 11 Tf 72 738 Td (Please wait... If this message is not replaced) Tj ET"
    with pytest.raises(UnreadableError) as caught:
        read_pdf(form_pdf([], content=content, form_extra=b"/XFA[]"))
    assert caught.value.code == "unsupported"
    assert "print it to PDF" in caught.value.public_message


# Files that cannot be read, or hold what is not run


def protected(user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf(lambda page: page.text(72, 100, "Hidden") and None))))
    writer.encrypt(user, owner)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_pdf(data)
    return caught.value.code


def test_an_owner_password_does_not_stop_the_reading() -> None:
    assert texts(read_pdf(protected("", "owner"))) == ["Hidden"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\0\0\n", "empty"),
        (b"This is a letter, not a PDF.", "corrupt"),
        (b"%PDF-1.7\n", "corrupt"),
        (make_pdf(lambda page: page.box(100, 100, 300, 300)), "needs-ocr"),
        (make_pdf(*[lambda page: None] * 101), "too-complex"),
    ],
    ids=["nothing", "zeros", "letter", "header", "no-words", "many-pages"],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_user_password_is_told_apart_from_damage() -> None:
    assert refusal(protected("secret", "owner")) == "encrypted"


def test_one_scanned_page_among_others_is_named() -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    def scan(page: Page) -> None:
        page.canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), "grey")), 0, 0, 595, 842)

    transcript = read_pdf(make_pdf(lambda page: page.text(72, 100, "Typed page") and None, scan))
    assert texts(transcript) == ["Typed page"]
    assert transcript.unread == (Unread("scanned page", Locator(page=2)),)


def test_a_script_is_noted_and_not_run() -> None:
    data = raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
            b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>>>>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            stream(b"BT /F 11 Tf 72 738 Td (Name of role) Tj ET"),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
    )
    transcript = read_pdf(data)
    assert transcript.notes == ("The PDF holds instructions for the computer (a script or action). They were not run.",)


def test_the_title_is_a_property() -> None:
    transcript = read_pdf(make_pdf(lambda page: page.text(72, 100, "Words") and None, title="Role request"))
    assert dict(transcript.properties)["title"] == "Role request"
