"""The audit log: every line in words, searched, exported without formulas, checked; and who looked at what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.events import Event, EventKind, user_actor
from casework.lifecycle import UserRole
from review import admit, decide
from store.database import transaction
from store.events import record_event
from tests.review.house import ADMINISTRATOR, APPROVER, AUDITOR, REVIEWER, House, a_file, a_reading


def test_each_line_says_who_did_what_with_what_stood_there(house: House) -> None:
    case = house.claimed()
    decide.correct_answer(house.db, house.act(case), field="organisation", value="Eastcliff", reason="Merged <b>")
    person = house.person(APPROVER)
    admit.change_person(
        house.db,
        house.person(ADMINISTRATOR),
        person.id,
        roles=frozenset({UserRole.AUDITOR}),
        regions=(),
        now=house.moment[0],
    )
    text = house.client(AUDITOR).get("/audit").text
    assert "Organisation changed" in text
    assert "To “Eastcliff”" in text
    assert "Reason: Merged &lt;b&gt;" in text
    assert "Tom Beckett got other roles" in text
    assert "From Approver, Lead, Reviewer to Auditor" in text
    assert "Grace Adeyemi · 23 November 2026" in text or "Grace Adeyemi · " in text
    assert case.reference in text


def test_every_kind_of_event_has_a_line(house: House) -> None:
    with transaction(house.db):
        for kind in EventKind:
            facts = {"decision": "approve", "person": 1, "channel": "upload", "name": "vocabulary/regions"}
            record_event(house.db, Event(kind, house.moment[0], user_actor(1), facts=facts))
    client = house.client(AUDITOR)
    pages = [client.get(f"/audit?page={page}") for page in (1, 2, 3)]
    assert [page.status_code for page in pages] == [200, 200, 200]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("action=accounts", "signed in", "Request claimed"),
        ("action=claims", "Request claimed", "Helen Marsh signed in"),
        ("reference=ESR-2026-0001", "Request claimed", "Helen Marsh signed in"),
        ("reference=esr-2026-0001 ", "Request claimed", "Helen Marsh signed in"),
        ("reference=ESR-2026-0002", "Nothing in the log matches", "Request claimed"),
        ("since=2026-11-24", "Nothing in the log matches", "Request claimed"),
        ("until=2026-11-23", "Request claimed", "Nothing in the log matches"),
        ("since=soon", "Enter a real date, like 2026-11-23", "Nothing in the log matches"),
    ],
)
def test_the_log_is_searched(house: House, query: str, shown: str, hidden: str) -> None:
    house.claimed()
    text = house.client(AUDITOR).get(f"/audit?{query}").text
    assert shown in text
    assert hidden not in text


def test_the_log_is_searched_by_person(house: House) -> None:
    house.claimed()
    client = house.client(AUDITOR)
    assert "Request claimed" in client.get(f"/audit?person={house.person(REVIEWER).id}").text
    assert "Request claimed" not in client.get(f"/audit?person={house.person(APPROVER).id}").text


def test_the_check_says_when_somebody_changed_the_record(house: House) -> None:
    house.claimed()
    client = house.client(AUDITOR)
    assert "Nobody has changed the log." in client.get("/audit?check=1").text
    house.db.execute("DROP TRIGGER events_are_never_changed")
    house.db.execute("UPDATE events SET actor = 'user:2' WHERE number = 2")
    assert "The log was changed at line 2:" in client.get("/audit?check=1").text


def test_the_export_holds_no_formula(house: House) -> None:
    case = house.claimed()
    decide.add_note(house.db, house.act(case), note="=HYPERLINK(1)")
    answer = house.client(AUDITOR).get("/audit.csv?action=claims")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-log.csv"'
    assert "Request claimed" in answer.text
    whole = house.client(AUDITOR).get("/audit.csv").text
    assert '"=HYPERLINK' not in whole
    assert "'=HYPERLINK(1)" in whole


def test_whoever_looks_at_personal_data_is_written_down_once_an_hour(house: House) -> None:
    case = house.send(reading=a_reading())
    client = house.client(REVIEWER)
    for _ in range(3):
        client.get(f"/requests/{case.reference}")
        client.get(f"/requests/{case.reference}/history")
    client.get(f"/requests/{case.reference}/original/1")
    rows = [(row["user_id"], row["what"]) for row in house.db.query("SELECT * FROM viewings ORDER BY what")]
    me = house.person(REVIEWER).id
    assert rows == [(me, "case.original"), (me, "case.show"), (me, "history.show")]
    text = house.client(AUDITOR).get(f"/audit/viewings?person={me}").text
    assert "1 line<" in text
    assert "The form as it came, The request, Its history" in " ".join(text.split())
    house.later(timedelta(hours=1))
    house.client(REVIEWER).get(f"/requests/{case.reference}")
    assert "2 lines" in house.client(AUDITOR).get("/audit/viewings").text


def test_old_lines_about_who_looked_are_dropped(house: House) -> None:
    case = house.send()
    house.client(REVIEWER).get(f"/requests/{case.reference}")
    house.later(timedelta(days=800))
    other = house.send(reading=a_reading(title=a_file("x").decode()))
    house.client(REVIEWER).get(f"/requests/{other.reference}")
    assert [row["case_id"] for row in house.db.query("SELECT case_id FROM viewings")] == [other.id]


def test_a_requester_and_a_refused_visitor_leave_no_line(house: House) -> None:
    case = house.send()
    house.client().get(f"/track/{case.token}")
    house.client().get(f"/requests/{case.reference}")
    assert house.db["viewings"].count == 0
