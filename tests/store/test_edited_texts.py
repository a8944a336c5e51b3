"""Edited data: every version stays, the newest counts, and an edit of an old version is refused."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlite_utils import Database

from casework.errors import RefusedError, StaleError
from casework.lifecycle import UserRole
from store.database import transaction
from store.edited_texts import (
    EditedText,
    find_edited_text,
    load_edited_text,
    load_edited_versions,
    load_newest_texts,
    save_edited_text,
)
from store.events import verify_events
from store.people import add_person


def test_each_edit_is_a_version_with_who_when_and_why(db: Database, now: datetime) -> None:
    person = _person(db)
    assert find_edited_text(db, "vocabulary/regions") is None
    for version, text in enumerate(("first", "second")):
        with transaction(db):
            save_edited_text(
                db, "vocabulary/regions", text, person_id=person, reason=" Why ", now=now, seen_version=version
            )
    newest = EditedText("vocabulary/regions", 2, "second", now, person, "Why")
    assert find_edited_text(db, "vocabulary/regions") == newest
    assert [entry.text for entry in load_edited_versions(db, "vocabulary/regions")] == ["second", "first"]
    assert load_edited_text(db, "vocabulary/regions", 1).text == "first"
    assert load_newest_texts(db, "vocabulary/") == {"vocabulary/regions": newest}
    assert load_newest_texts(db, "rules/") == {}
    assert verify_events(db).broken_at is None
    assert next(db.query("SELECT count(*) AS n FROM events WHERE kind = 'data-edited'"))["n"] == 2


def test_two_people_do_not_overwrite_each_other(db: Database, now: datetime) -> None:
    person = _person(db)
    with transaction(db):
        save_edited_text(db, "a", "first", person_id=person, reason="Why", now=now, seen_version=0)
    with pytest.raises(StaleError), transaction(db):
        save_edited_text(db, "a", "other", person_id=person, reason="Why", now=now, seen_version=0)


def test_an_edit_without_a_reason_and_a_version_that_is_not_there_are_refused(db: Database, now: datetime) -> None:
    person = _person(db)
    with pytest.raises(RefusedError, match="Enter a reason"), transaction(db):
        save_edited_text(db, "a", "first", person_id=person, reason=" ", now=now, seen_version=0)
    with pytest.raises(RefusedError):
        load_edited_text(db, "a", 1)


def _person(db: Database) -> int:
    with transaction(db):
        return add_person(db, email="a@example.nhs.uk", name="A", password_hash="h", roles=[UserRole.ADMINISTRATOR])
