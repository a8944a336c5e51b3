"""Releases: who is told when a date moves, and requests put in, moved on and taken out from the release's page."""

from __future__ import annotations

from datetime import date

import pytest
from sqlite_utils import Database

from casework.events import Event, EventKind, user_actor
from casework.lifecycle import Status
from store.cases import CaseRow, record
from store.database import transaction
from store.events import load_events
from store.releases import ReleaseState, add_release, change_release, load_release
from tests.review.house import APPROVER, PUBLISHER, House, post


def a_release(db: Database, name: str, planned: date | None = None) -> int:
    with transaction(db):
        return add_release(db, name, planned)


def approved(house: House, title: str = "Payslips", release: int | None = None) -> CaseRow:
    """A request that is approved, in this release."""
    case = house.send(title=title)
    person = user_actor(house.person(APPROVER).id)
    with transaction(house.db):
        for decision in ("accept", "approve"):
            record(house.db, Event(EventKind.DECIDED, house.moment[0], person, case.id, facts={"decision": decision}))
        if house.case(case.reference).status != Status.APPROVED:
            raise AssertionError("the builder no longer approves")
        if release is not None:
            record(house.db, Event(EventKind.ALLOCATED, house.moment[0], person, case.id, facts={"release": release}))
    return house.case(case.reference)


def test_a_request_is_put_in_moved_on_and_taken_out_with_a_reason(house: House) -> None:
    first, second = a_release(house.db, "Release 71"), a_release(house.db, "Release 72")
    case = approved(house)
    client = house.client(PUBLISHER)

    def act(release: int, **values: str) -> int:
        page = f"/releases/{release}"
        return post(client, f"{page}/requests", page=page, **values).status_code

    assert act(first, add=case.reference, to=str(first)) == 303
    assert house.case(case.reference).status == Status.ALLOCATED
    assert act(first, reference=case.reference, to=str(second), reason="") == 400
    assert act(first, reference=case.reference, to=str(second), reason="No room") == 303
    assert [row["name"] for row in house.db.query("SELECT releases.name FROM cases JOIN releases ON releases.id ="
                                                  " cases.release_id")] == ["Release 72"]  # fmt: skip
    assert act(second, reference=case.reference, to="none", reason="Not ready") == 303
    assert house.case(case.reference).status == Status.APPROVED
    for wrong in ({"to": "99"}, {"to": "none", "reference": "ESR-1999-0001"}, {"to": str(first), "add": ""}):
        assert act(first, **wrong) == 400


def test_a_closed_release_takes_no_more(house: House) -> None:
    release = a_release(house.db, "Release 71")
    with transaction(house.db):
        change_release(house.db, release, planned=None, state=ReleaseState.CLOSED, note="")
    case = approved(house)
    client = house.client(PUBLISHER)
    answer = post(client, f"/releases/{release}/requests", page="/releases", add=case.reference, to=str(release))
    assert answer.status_code == 400
    assert "Release 71 is closed. Choose an open release." in answer.text


def test_before_a_date_moves_it_is_said_who_will_be_told_and_then_they_are(house: House) -> None:
    release = a_release(house.db, "Release 71", date(2026, 12, 18))
    case = approved(house, release=release)
    page, client = f"/releases/{release}", house.client(PUBLISHER)
    values = {"planned": "26 March 2027", "state": "open", "note": "About 40 days left"}
    check = post(client, page, page=page, **values)
    assert check.status_code == 200
    assert "Release 71 is planned for 26 March 2027 now. It was planned for 18 December 2026." in check.text
    assert case.reference in check.text
    assert load_release(house.db, release).planned == date(2026, 12, 18)
    assert post(client, page, page=page, confirmed="yes", **values).status_code == 303
    kept = load_release(house.db, release)
    assert (kept.planned, kept.state, kept.note) == (date(2027, 3, 26), ReleaseState.OPEN, "About 40 days left")
    letter = list(house.db.query("SELECT body FROM deliveries WHERE case_id = ? AND kind = 'release'", (case.id,)))[-1]
    assert "It was planned for 18 December 2026." in letter["body"]
    assert load_events(house.db, case.id)[-1].words["reason"].startswith("Release 71 is planned for 26 March 2027")
    kinds = [row["kind"] for row in house.db.query("SELECT kind FROM events WHERE case_id IS NULL")]
    assert "release-changed" in kinds


def test_nobody_is_told_of_a_state_or_a_note(house: House) -> None:
    release = a_release(house.db, "Release 71")
    approved(house, release=release)
    page, before = f"/releases/{release}", house.db["deliveries"].count
    answer = post(house.client(PUBLISHER), page, page=page, planned="", state="live", note="")
    assert answer.status_code == 303
    assert load_release(house.db, release).state is ReleaseState.LIVE
    assert house.db["deliveries"].count == before


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"planned": "30 February 2027"}, "Enter a real date, like 31 March 2026"),
        ({"planned": "", "note": "x" * 201}, "Enter a note of at most 200 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(house: House, values: dict[str, str], message: str) -> None:
    release = a_release(house.db, "Release 71")
    page = f"/releases/{release}"
    answer = post(house.client(PUBLISHER), page, page=page, **values)
    assert answer.status_code == 400
    assert message in answer.text


def test_a_release_with_requests_is_not_moved_from_the_list(house: House) -> None:
    release = a_release(house.db, "Release 71", date(2026, 12, 18))
    approved(house, release=release)
    answer = post(house.client(PUBLISHER), "/releases", page="/releases", name="Release 71", planned="26 March 2027")
    assert answer.status_code == 400
    assert "Open it in the list to change its date" in answer.text
