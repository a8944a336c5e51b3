"""The reports page: its words, its charts, its downloads and what it does with days that are no days."""

import csv
import io
from datetime import date, timedelta

import pytest

from casework.lifecycle import Decision
from casework.period import Period
from review import decide
from review.charts import Bar, Column, draw_bars, draw_columns, scale_of
from review.report_view import period_in_words, rule_in_words
from service.library import load_library
from tests.review.house import APPROVER, REVIEWER, House

LETTER = ("Subject", "Body")


def rows_of(house: House, name: str, query: str = "") -> list[list[str]]:
    answer = house.client(REVIEWER).get(f"/reports/{name}.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def test_before_any_request_the_page_says_that_there_is_none(house: House) -> None:
    page = house.client(REVIEWER).get("/reports").text
    assert "No requests between these dates" in page
    assert '<svg class="app-chart"' not in page


def test_the_reports_count_what_happened_to_requests(house: House) -> None:
    kept, late, declined = house.claimed(title="Kept"), house.claimed(title="Late"), house.claimed(title="Declined")
    house.later(timedelta(days=1))
    decide.acknowledge(house.db, house.act(kept), letter=LETTER, calendar=house.calendar())
    decide.decide(
        house.db,
        house.act(declined),
        decision=Decision.DECLINE,
        reason="ESR does this already.",
        letter=LETTER,
        calendar=house.calendar(),
    )
    house.later(timedelta(days=13))
    decide.acknowledge(house.db, house.act(late), letter=LETTER, calendar=house.calendar())
    house.send(title="New")
    page = house.client(REVIEWER).get("/reports").text
    assert "Requests received from 1 July to 7 December 2026." in page
    assert "Half were acknowledged within 1 working day, and 9 in 10 within 10 working days." in page
    assert "1 request is not acknowledged yet." in page
    assert rows_of(house, "received")[-2:] == [["November 2026", "3", "2", "1"], ["December 2026", "1", "1", "0"]]
    assert ["Do not progress", "1", "Yes"] in rows_of(house, "outcomes")
    assert rows_of(house, "regions") == [["Region", "Requests", "Share (%)"], ["North East and Yorkshire", "4", "100"]]
    assert rows_of(house, "received", "?first=2026-12-01") == [
        ["Month", "Received", "In time", "Late"],
        ["December 2026", "1", "1", "0"],
    ]


def test_what_people_put_right_and_marked_as_right_is_counted(house: House) -> None:
    case = house.claimed()
    decide.correct_answer(house.db, house.act(case), field="title", value="Another", reason="It says so below.")
    decide.accept_finding(
        house.db, house.act(case), rule="justification.weak", field="benefits", reason="Enough for this."
    )
    house.send()
    assert rows_of(house, "corrections")[1:] == [["Title of request", "1", "2", "50"]]
    assert ["Business justification: does not persuade", "2", "1", "50"] in rows_of(house, "findings")


def test_a_download_runs_nothing_that_a_sender_wrote(house: House) -> None:
    case = house.claimed()
    attack = '=HYPERLINK("http://example.test")'
    decide.correct_answer(house.db, house.act(case), field="organisation", value=attack, reason="As written.")
    assert rows_of(house, "organisations")[1][0] == f"'{attack}"
    assert "<script" not in house.client(REVIEWER).get("/reports").text.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("first=soon", "Enter a real first day, like 1 June 2026"),
        ("last=31/2/2026", "Enter a real last day, like 30 November 2026"),
        ("first=2026-11-02&last=2026-11-01", "Enter a last day that is not before the first day"),
        ("first=2027-11-02&last=2027-11-03", "Enter a first day that is not in the future"),
        ("first=1066-10-14", "Enter days that are at most 30 years apart"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(house: House, query: str, message: str) -> None:
    answer = house.client(REVIEWER).get(f"/reports?{query}")
    assert answer.status_code == 400
    assert answer.text.count(message) == 2
    assert "<title>\n    Error: " in answer.text or "Error: Reports" in answer.text
    assert house.client(REVIEWER).get(f"/reports/received.csv?{query}").status_code == 404


def test_a_chart_that_is_not_there_cannot_be_downloaded(house: House) -> None:
    house.send()
    assert house.client(REVIEWER).get("/reports/salaries.csv").status_code == 404
    assert house.client().get("/reports").status_code == 303


def test_a_report_reads_no_request(house: House) -> None:
    house.send()
    client = house.client(APPROVER)
    client.get("/reports")
    asked: list[str] = []
    house.rooms.open_database().conn.set_trace_callback(asked.append)
    assert client.get("/reports").status_code == 200
    assert [line for line in asked if "FROM cases" in line or "FROM events" in line] == []


@pytest.mark.pure
def test_a_scale_has_round_numbers_and_few_lines() -> None:
    assert [scale_of(most) for most in (0, 1, 4, 7, 29, 30, 101, 12_345)] == [
        (1, 1),
        (1, 1),
        (1, 4),
        (2, 8),
        (10, 30),
        (10, 30),
        (50, 150),
        (5000, 15000),
    ]


@pytest.mark.pure
def test_no_shape_leaves_the_drawing() -> None:
    for drawing in (
        draw_columns([Column("Jan", "2026", 0, 0)]),
        draw_columns([Column(str(number), "", number * 97, number * 97) for number in range(24)]),
        draw_bars([Bar("A name that is far too long for the width of any telephone that there is", 9), Bar("B", 0)]),
    ):
        assert all(
            shape.x >= 0
            and shape.x + shape.width <= drawing.width
            and shape.y >= 0
            and shape.y + shape.height <= drawing.height
            for shape in drawing.shapes
        )


@pytest.mark.pure
def test_of_many_years_every_third_is_named_and_an_empty_one_has_no_number() -> None:
    drawing = draw_columns([Column(str(2000 + place), "", 4 * (place == 26), 0) for place in range(27)])
    said = [(word.text, word.kind) for word in drawing.words if word.kind != "scale"]
    named = [(str(year), "minor" if place % 2 else "name") for place, year in enumerate(range(2000, 2027, 3))]
    assert said == [*named, ("4", "number")]


@pytest.mark.pure
def test_a_period_is_said_with_as_few_years_as_it_needs() -> None:
    assert period_in_words(Period(date(2025, 6, 1), date(2025, 11, 21))) == "1 June to 21 November 2025"
    assert period_in_words(Period(date(2025, 6, 1), date(2026, 1, 21))) == "1 June 2025 to 21 January 2026"
    assert period_in_words(Period(date(2025, 6, 1), date(2025, 6, 1))) == "1 June 2025"


@pytest.mark.pure
def test_a_rule_is_said_in_words() -> None:
    library = load_library()
    assert rule_in_words("required.title", library) == "Title of request: not answered"
    assert rule_in_words("redirect.workforce-dataset", library) == "Redirect: workforce dataset"
