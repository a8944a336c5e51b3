"""The pages of a form beside its answers: numbers that agree, marks that lie right, and what shows without pictures."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from casework.events import Event
from casework.lifecycle import state_of
from casework.transcript import Box
from review.case_view import case_view
from review.page_view import Drawing, Mark, document_view
from store.database import transaction
from store.pages import Highlight, Pages
from store.work import WorkState, end_work, owe
from tests.review.drawn import HEIGHT, WIDTH, a_highlight, draw, some_pages
from tests.review.house import REVIEWER, House, a_reading
from tests.review.post import Post


def marks_of(house: House, pages: Pages) -> list[Mark]:
    """The marks on all pages, of the answers that the reading of the tests has."""
    events: list[Event] = []
    answers = case_view([a_reading()], events, state_of(events), house.rooms.library).answers
    return [mark for page in document_view(pages, None, answers, None).pages for mark in page.marks]


def test_each_mark_has_the_number_of_its_answer(house: House) -> None:
    case = house.send()
    draw(house, case, *(a_highlight(key, top=top) for top, key in enumerate(("title", "email", "sr_number"), start=90)))
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    answers = dict(re.findall(r'id="answer-(\w+)">\s*<dt><span class="app-number" aria-hidden="true">(\d+)<', text))
    marks = dict(re.findall(r'data-field="(\w+)">.*?<text [^>]*>(\d+)</text>', text))
    assert set(marks) == {"title", "email", "sr_number"}
    assert marks == {key: answers[key] for key in marks}


def test_an_answer_and_its_mark_lead_to_each_other(house: House) -> None:
    case = house.send()
    draw(house, case, a_highlight("title", page=2), texts=("One", "Two"))
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    assert re.search(r'<a href="#mark-title" data-show="[^"]+, page 2">Page 2<', text)
    assert re.search(r'id="mark-title" href="#answer-title" tabindex="-1"', text)
    assert 'id="answer-title"' in text


def test_a_check_names_the_page_of_its_answer(house: House) -> None:
    case = house.send()
    draw(house, case, a_highlight("benefits"))
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    assert re.search(r'<a href="#mark-benefits" data-show="[^"]+">Show on page 1<', text)


def test_an_answer_that_was_not_found_on_the_pages_leads_to_its_words(house: House) -> None:
    case = house.send()
    draw(house, case, a_highlight("title"))
    client = house.client(REVIEWER)
    assert 'href="?show=words#doc-email"' in client.get(f"/requests/{case.reference}").text
    assert 'id="doc-email"' in client.get(f"/requests/{case.reference}?show=words").text


def test_the_words_of_each_page_stand_below_its_picture(house: House) -> None:
    case = house.send()
    draw(house, case, texts=("The first & only", "<b>Second</b>"))
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    assert "Read page 1 as text</summary><p>The first &amp; only</p>" in text
    assert "Read page 2 as text</summary><p>&lt;b&gt;Second&lt;/b&gt;</p>" in text


def test_pictures_keep_their_place_and_load_after_the_styles_when_they_are_in_sight(house: House) -> None:
    case = house.send()
    draw(house, case, texts=("One", "Two", "Three"))
    pictures = re.findall(r"<img [^>]+/pages/[^>]+>", house.client(REVIEWER).get(f"/requests/{case.reference}").text)
    assert ['width="1200" height="1697"' in picture for picture in pictures] == [True, True, True]
    assert ['loading="lazy"' in picture for picture in pictures] == [True, True, True]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (None, ""),
        (WorkState.OWED, "We are making pictures of the pages"),
        (WorkState.FAILED, "We could not make pictures of this file"),
    ],
)
def test_without_pictures_the_words_stand_alone_and_the_page_says_why(
    house: House, state: WorkState | None, sentence: str
) -> None:
    case = house.send()
    if state is not None:
        with transaction(house.db):
            work = owe(house.db, stage="render", submission_id=1, now=house.moment[0])
            if state is WorkState.FAILED:
                end_work(house.db, work, state, problem="LibreOffice is not installed.", now=house.moment[0])
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    assert 'id="doc-title"' in text
    assert ("app-doc__state" in text) == bool(sentence)
    assert sentence in text
    assert "LibreOffice" not in text


def test_a_file_of_no_pages_shows_its_words() -> None:
    assert document_view(Pages((), {}), WorkState.DONE, (), None).drawing is Drawing.NONE


def test_of_several_versions_the_newest_one_that_was_read_shows_its_pages(house: House) -> None:
    mail = Post(house)
    case = mail.form(a_reading())
    first = draw(house, case, a_highlight("title"))
    client = house.client(REVIEWER)
    assert f"/pages/{first}/1" in client.get(f"/requests/{case.reference}").text
    mail.corrected(case, a_reading(title="Show it to managers too"))
    text = client.get(f"/requests/{case.reference}").text
    assert "app-page__sheet" not in text
    assert 'id="doc-title"' in text
    second = draw(house, case, a_highlight("title"))
    assert second != first
    assert f"/pages/{second}/1" in client.get(f"/requests/{case.reference}").text


def test_only_the_marks_of_the_case_s_own_form_are_shown(house: House) -> None:
    case = house.send()
    draw(house, case, a_highlight("title"))
    house.db.execute("UPDATE submissions SET form_index = 2 WHERE id = 1")
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    assert "app-page__sheet" in text
    assert "app-mark" not in text


def test_a_mark_without_a_question_is_not_drawn(house: House) -> None:
    assert marks_of(house, some_pages(a_highlight("of_an_older_form"))) == []


def test_a_mark_says_whether_its_answer_needs_a_look(house: House) -> None:
    marks = marks_of(house, some_pages(*map(a_highlight, ("title", "functional_area", "justification"))))
    assert {mark.field: mark.tone for mark in marks} == {
        "title": "plain",
        "functional_area": "attention",
        "justification": "empty",
    }


def test_an_answer_on_two_pages_is_reached_at_its_beginning(house: House) -> None:
    pages = some_pages(a_highlight("benefits"), a_highlight("benefits", page=2), texts=("One", "Two"))
    assert [mark.anchor for mark in marks_of(house, pages)] == ["mark-benefits", ""]


def test_lines_of_one_answer_share_a_number_and_have_a_box_each(house: House) -> None:
    (mark,) = marks_of(house, some_pages(a_highlight("benefits", top=100), a_highlight("benefits", top=112)))
    assert len(mark.boxes) == 2
    assert mark.badge[1] == 105


@pytest.mark.parametrize("right", [300.0, 540.0, 594.0])
def test_numbers_stand_on_the_page_and_never_on_each_other(house: House, right: float) -> None:
    keys = ("sr_number", "date_raised", "requester_name", "organisation", "email", "title")
    pages = some_pages(*(a_highlight(key, top=100 + 4 * place, right=right) for place, key in enumerate(keys)))
    badges = sorted(mark.badge for mark in marks_of(house, pages))
    assert len(badges) == len(keys)
    assert all(7.5 <= x <= WIDTH - 7.5 and 7.5 <= y <= HEIGHT for x, y in badges)
    gaps = [(ax - bx) ** 2 + (ay - by) ** 2 for ax, ay in badges for bx, by in badges if (ax, ay) != (bx, by)]
    assert min(gaps) >= 15**2


def test_numbers_down_a_page_stand_in_one_column(house: House) -> None:
    keys = ("sr_number", "date_raised", "requester_name")
    marks = marks_of(house, some_pages(*(a_highlight(key, top=100 + 20 * n) for n, key in enumerate(keys))))
    assert len({mark.badge[0] for mark in marks}) == 1
    assert all(a.badge[1] < b.badge[1] for a, b in pairwise(marks))


def test_the_box_of_a_whole_field_has_its_number_at_its_top(house: House) -> None:
    box: Box = (60, 500, 535, 640)
    (mark,) = marks_of(house, some_pages(Highlight("benefits", 1, box)))
    assert mark.badge[1] < 520
