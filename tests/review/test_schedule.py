"""The schedule builder: a draft that is kept, a preview, a check before publishing, and issues that stay."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from casework.events import Event, EventKind, user_actor
from casework.schedule import Editing, Release
from review.schedule_form import move_change, parts_of
from store.cases import open_case, record
from store.database import transaction
from store.releases import add_release
from store.schedule_drafts import load_schedule_draft
from store.schedules import load_issues
from tests.builders_schedule import a_line, a_schedule
from tests.review.house import APPROVER, PUBLISHER, REVIEWER, House, a_reading, post, token_of

Q4 = {"quarter": "2026-Q4"}


def approved(house: House) -> None:
    """A request that is approved and in no release, without its way there."""
    now = house.moment[0]
    case_id, _ = open_case(house.db, now)
    for kind, facts in (
        (EventKind.RECEIVED, {}),
        (EventKind.FORM_READ, {"form": "supplementary-role"}),
        (EventKind.DECIDED, {"decision": "approve"}),
    ):
        record(house.db, Event(kind, now, user_actor(house.person(APPROVER).id), case_id, facts=dict(facts)))


def save(house: House, **values: str) -> TestResponse:
    """Save a first draft."""
    return post(house.client(PUBLISHER), "/schedule", page="/schedule", step="save", version="0", **Q4, **values)


def test_the_preview_shows_what_is_typed_and_keeps_nothing(house: House) -> None:
    house.send(reading=a_reading(title="Show the <b>balance</b>"))
    client = house.client(PUBLISHER)
    values = {**Q4, "issued": "31/12/2026", "introduction": "Words at the <top>"}
    whole = post(client, "/schedule", page="/schedule", step="preview", **values).text
    piece = post(client, "/schedule/preview", page="/schedule", **values).text
    for text in (whole, piece):
        assert "Words at the &lt;top&gt;" in text
        assert "Show the &lt;b&gt;balance&lt;/b&gt;" in text
        assert "<b>balance</b>" not in text
    assert "<html" not in piece
    assert house.db["schedule_drafts"].count == house.db["schedules"].count == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"quarter": "2026-Q4", "issued": "soon"}, "Enter a real date, like 31 December 2026"),
        ({"quarter": "2026-Q4", "issued": "1 January 1066"}, "Enter an issue date between 2000 and 2100"),
        ({"quarter": "2026-Q4", "introduction": "x" * 4001}, "Enter at most 4,000 characters"),
        ({"quarter": "Christmas", "issued": ""}, "is not a quarter"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_not_saved(
    house: House, values: dict[str, str], message: str
) -> None:
    client = house.client(PUBLISHER)
    answer = post(client, "/schedule", page="/schedule", step="save", **values)
    assert answer.status_code == 400
    assert message in answer.text
    assert post(client, "/schedule/preview", page="/schedule", **values).status_code == 400
    assert house.db["schedule_drafts"].count == 0


def test_a_draft_is_there_again_in_another_session_with_who_saved_it(house: House) -> None:
    saved = post(
        house.client(PUBLISHER), "/schedule", page="/schedule", step="save", version="0", note="Mind this", **Q4
    )
    assert saved.status_code == 303
    again = house.client(PUBLISHER).get("/schedule?quarter=2026-Q4").text
    assert "Mind this" in again
    assert "Last saved" in again
    assert "by you" in again


def test_a_save_on_a_stale_page_shows_both_and_saves_neither_until_one_is_chosen(house: House) -> None:
    client = house.client(PUBLISHER)
    post(client, "/schedule", page="/schedule", step="save", version="0", note="First", **Q4)
    stale = post(client, "/schedule", page="/schedule", step="save", version="0", note="Second", **Q4)
    assert stale.status_code == 409
    assert "First" in stale.text
    assert "Second" in stale.text
    assert load_schedule_draft(house.db, "2026-Q4").editing.note == "First"
    post(client, "/schedule", page="/schedule", step="save", version="1", note="Second", **Q4)
    assert load_schedule_draft(house.db, "2026-Q4").editing.note == "Second"


def test_a_change_moves_up_and_down_within_its_release() -> None:
    first, second, third = (a_line(reference=f"ESR-2026-000{n}") for n in (1, 2, 3))
    placed = a_schedule(first, second, third).releases
    up = move_change(Editing(), placed, "up:ESR-2026-0003")
    assert up.order == ("ESR-2026-0001", "ESR-2026-0003", "ESR-2026-0002")
    assert move_change(Editing(), placed, "down:ESR-2026-0001").order[0] == "ESR-2026-0002"
    for step in ("up:ESR-2026-0001", "down:ESR-2026-0003", "up:ESR-1999-0001", "up:"):
        assert move_change(Editing(), placed, step).order == ("ESR-2026-0001", "ESR-2026-0002", "ESR-2026-0003")


def test_thousands_of_changes_are_shown_a_part_at_a_time_and_all_are_kept() -> None:
    lines = tuple(a_line(reference=f"ESR-2026-{number:04d}") for number in range(1, 251))
    placed = (*a_schedule(*lines[:240]).releases, (Release("Release 72"), lines[240:]))
    parts = parts_of(placed, 1)
    assert [(part.release.name, part.spans, len(part.lines), part.is_open) for part in parts] == [
        ("Release 71", "1 to 100 of 240", 100, False),
        ("Release 71", "101 to 200 of 240", 100, True),
        ("Release 71", "201 to 240 of 240", 40, False),
        ("Release 72", "", 10, False),
    ]
    assert [part.is_open for part in parts_of(placed, 99)] == [True, False, False, False]
    assert all(part.is_open for part in parts_of(a_schedule(*lines[:100]).releases, 0))


def test_a_part_that_is_not_open_is_carried_along(house: House) -> None:
    with transaction(house.db):
        for _ in range(120):
            approved(house)
    client = house.client(PUBLISHER)
    page = client.get("/schedule?quarter=2026-Q4").text
    assert page.count('type="checkbox"') == 2 + 100
    assert "101 to 120 of 120" in page
    fields = re.findall(r'name="(order|keep)"(?: type="checkbox")? value="([^"]+)"', page)
    sent = MultiDict([*fields, ("step", "open:1"), ("version", "0"), ("quarter", "2026-Q4")])
    sent.add("csrf_token", token_of(client, "/schedule"))
    assert len(sent.getlist("order")) == len(sent.getlist("keep")) == 120
    sent.setlist("keep", sent.getlist("keep")[1:])
    answer = client.post("/schedule", data=sent)
    assert answer.headers["Location"] == "/schedule?quarter=2026-Q4&open=1#changes-title"
    assert load_schedule_draft(house.db, "2026-Q4").editing.left_out == ("ESR-2026-0001",)
    assert 'id="line-ESR-2026-0120"' in client.get("/schedule?quarter=2026-Q4&open=1").text


def ask_to_publish(house: House, **values: str) -> TestResponse:
    """Ask that what is saved be published."""
    version = str(load_schedule_draft(house.db, "2026-Q4").version)
    client = house.client(PUBLISHER)
    return post(client, "/schedule/2026-Q4/publish", page="/schedule/2026-Q4/check", version=version, **values)


def publish(house: House, **values: str) -> TestResponse:
    """Publish what is saved: the answer of the page that waited for it, or why it was not asked for."""
    asked = ask_to_publish(house, **values)
    if not house.make():
        return asked
    return house.client(PUBLISHER).get(asked.headers["Location"])


def test_an_issue_is_published_after_a_check_and_its_files_stay_as_they_are(house: House) -> None:
    house.send(reading=a_reading(title="Show the balance"))
    published = publish(house)
    issue = load_issues(house.db)[0]
    assert published.headers["Location"] == f"/schedule/issues/{issue.id}?published=yes"
    client = house.client(REVIEWER)
    for ending, start in (("docx", b"PK"), ("html", b"<!DOCTYPE html>"), ("csv", b"\xef\xbb\xbf")):
        answer = client.get(f"/schedule/2026-Q4/1.0.{ending}")
        assert answer.data.startswith(start)
        assert answer.headers["Content-Disposition"].endswith(f"ESR-Development-Schedule-2026-Q4-v1.0.{ending}")
    for nothing in ("2026-Q4/9.0.docx", "2026-Q4/1.0.pdf", "2026-Q4/1.0.exe", "issues/99", "Easter/check"):
        assert house.client(PUBLISHER).get(f"/schedule/{nothing}").status_code == 404
    page = client.get(f"/schedule/issues/{issue.id}").text
    assert issue.sha256 in page
    assert "Make it again and compare" not in page


def test_the_page_says_what_is_being_made_until_it_is_published(house: House) -> None:
    waiting = ask_to_publish(house).headers["Location"]
    client = house.client(PUBLISHER)
    page = client.get(waiting).text
    assert "Making the Word document, PDF, web page and CSV file" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert client.get(f"{waiting}/progress").json == {
        "done": False,
        "sentence": "It is being made. This page moves on by itself.",
    }
    assert load_issues(house.db) == []
    house.later(timedelta(minutes=3))
    assert "This takes longer than usual" in client.get(waiting).text
    house.make()
    assert client.get(f"{waiting}/progress").json["done"] is True
    published = client.get(waiting, follow_redirects=True).text
    assert "Version 1.0 is published. It is kept as it is from now on." in published
    assert house.client(REVIEWER).get(waiting).status_code == 403
    assert client.get("/schedule/making/99").status_code == 404


def test_asking_twice_publishes_once(house: House) -> None:
    first, second = ask_to_publish(house), ask_to_publish(house)
    assert first.headers["Location"] == second.headers["Location"]
    assert house.make() == 1
    assert len(load_issues(house.db)) == 1


def test_a_record_that_changed_while_the_files_were_made_is_not_published(house: House) -> None:
    waiting = ask_to_publish(house).headers["Location"]
    case = house.send(reading=a_reading(title="Show the balance"))
    house.make()
    page = house.client(PUBLISHER).get(waiting).text
    assert f"The record changed while the files were being made. It is about {case.reference}." in page
    assert "Check the schedule again" in page
    assert load_issues(house.db) == []
    # Whatever says nothing of the schedule does not stop it.
    waiting = ask_to_publish(house).headers["Location"]
    house.client(REVIEWER)
    house.make()
    assert len(load_issues(house.db)) == 1


def test_a_draft_that_was_saved_while_the_files_were_made_is_not_passed_over(house: House) -> None:
    waiting = ask_to_publish(house).headers["Location"]
    save(house, note="Another word")
    house.make()
    assert "Somebody saved this schedule while the files were being made." in house.client(PUBLISHER).get(waiting).text
    assert load_issues(house.db) == []


def test_nothing_new_is_published_where_nothing_changed(house: House) -> None:
    publish(house)
    again = publish(house)
    assert again.status_code == 303
    assert len(load_issues(house.db)) == 1


def test_a_correction_says_what_it_corrects(house: House) -> None:
    publish(house)
    house.send(reading=a_reading(title="Show the balance"))
    refused = publish(house)
    assert refused.status_code == 400
    assert "Enter what changed since version 1.0" in refused.text
    client = house.client(PUBLISHER)
    asked = post(client, "/schedule", page="/schedule", step="check", version="0", **Q4)
    assert asked.status_code == 400
    assert "Enter what changed since version 1.0" in asked.text
    assert 'href="#change_note"' in asked.text
    post(
        house.client(PUBLISHER),
        "/schedule",
        page="/schedule",
        step="save",
        version="1",
        change_note="One was missing",
        **Q4,
    )
    assert publish(house).status_code == 303
    assert [issue.note for issue in load_issues(house.db)] == ["", "One was missing"]


def test_what_is_doubtful_is_shown_with_its_place_and_has_to_be_confirmed(house: House) -> None:
    save(house, introduction="Ask Asha Rahman at asha@example.nhs.uk")
    check = house.client(PUBLISHER).get("/schedule/2026-Q4/check").text
    assert "Holds an email address: asha@example.nhs.uk" in check
    assert "Holds a person’s name: Asha Rahman" in check
    refused = publish(house)
    assert refused.status_code == 400
    assert "Confirm that the schedule can go out like this" in refused.text
    assert load_issues(house.db) == []
    assert publish(house, looked="yes").status_code == 303


def test_a_draft_that_changed_since_the_check_is_not_published(house: House) -> None:
    client = house.client(PUBLISHER)
    post(client, "/schedule", page="/schedule", step="save", version="0", note="Mind this", **Q4)
    answer = post(client, "/schedule/2026-Q4/publish", page="/schedule/2026-Q4/check", version="0")
    assert answer.status_code == 409
    assert load_issues(house.db) == []


def test_an_issue_is_made_again_and_compared_from_its_page(house: House) -> None:
    publish(house)
    issue = load_issues(house.db)[0]
    address = f"/schedule/issues/{issue.id}"
    assert "Made again, byte for byte what went out: Word document, Web page, CSV file." in compare(house, address)
    with transaction(house.db):
        house.db.execute("UPDATE schedules SET record = replace(record, '1.0', '1.1')")
    assert "Something differs" in compare(house, address)


def compare(house: House, address: str) -> str:
    """Have an issue made again: the page that tells what came of it."""
    client = house.client(PUBLISHER)
    waiting = post(client, f"{address}/rebuild", page=address).headers["Location"]
    assert "Making its files from what they were made from" in client.get(waiting).text
    house.make()
    return client.get(waiting).text


def test_a_reader_sees_the_schedule_and_what_was_published_but_no_form(house: House) -> None:
    with transaction(house.db):
        add_release(house.db, "Release 71", None)
    publish(house)
    page = house.client(APPROVER).get("/schedule?quarter=2026-Q4").text
    assert "Preview" in page
    assert "/schedule/2026-Q4/1.0.docx" in page
    assert "Check and publish" not in page
