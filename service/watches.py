"""Whether a thing is well, and telling administrators once when it stops and once when it is well again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlite_utils import Database

from casework.lifecycle import UserRole
from casework.wording import clock_time, day_and_date
from casework.working_days import LONDON
from store.database import to_text, transaction
from store.deliveries import add_delivery
from store.mailboxes import Watch, load_watches, note_told, watch
from store.people import load_people

TELL_AFTER = timedelta(minutes=15)
LOOKED_AT_LATELY = timedelta(minutes=10)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is watched: its key in the store, what it is called to people, and what to do when it stops.

    `can_be_mailed` is False for what mail itself depends on: word that it stopped could not leave.
    """

    key: str
    title: str
    advice: str
    can_be_mailed: bool = True


def note_state(
    db: Database, subject: Subject, *, is_well: bool, note: str, now: datetime, mailed: bool = True
) -> Watch:
    """Write how the thing is. After 15 minutes of trouble people are told, once; when it is over, once more.

    Where no mail can leave (`mailed` is False) it is only logged, and shown on the health page.
    State and messages are one transaction: dying in between repeats it, and nobody is told twice.
    """
    with transaction(db):
        before = next((found for found in load_watches(db) if found.name == subject.key), None)
        after = watch(db, subject.key, is_well=is_well, note=note, now=now)
        if before is not None and before.is_well != after.is_well:
            log.warning("watch changed", name=subject.key, well=is_well, note=note)
        if not after.is_well and not after.told and now - after.since >= TELL_AFTER:
            log.error("watch not well", name=subject.key, note=note)
            if mailed and subject.can_be_mailed:
                _tell(db, subject, after, f"{subject.title} has stopped", _stopped(subject, after), now)
            note_told(db, subject.key)
        elif after.is_well and before is not None and not before.is_well and before.told:
            if mailed:
                _tell(db, subject, after, f"{subject.title} has recovered", _recovered(subject, before, now), now)
            note_told(db, subject.key)
        return after


def administrators(db: Database) -> list[str]:
    """The addresses of those who look after the service, in order of name."""
    return [person.email for person in load_people(db) if person.active and UserRole.ADMINISTRATOR in person.roles]


def _tell(db: Database, subject: Subject, state: Watch, line: str, body: str, now: datetime) -> None:
    for email in administrators(db):
        add_delivery(
            db,
            delivery_key=f"alarm-{subject.key}-{to_text(state.since)}-{email}",
            case_id=None,
            kind="alarm",
            recipient=email,
            subject=f"Formwright: {line[:1].lower()}{line[1:]}",
            body=body,
            is_automatic=True,
            now=now,
        )


def _stopped(subject: Subject, state: Watch) -> str:
    return (
        f"{subject.title} has not worked since {in_words(state.since)}.\n\nReason\n{state.note}\n\n{subject.advice}\n\n"
        "Nothing is lost. We write once more when it works again.\n"
    )


def _recovered(subject: Subject, before: Watch, now: datetime) -> str:
    return (
        f"{subject.title} works again since {in_words(now)}. It had not worked since {in_words(before.since)}.\n\n"
        "You do not need to do anything.\n"
    )


def in_words(moment: datetime) -> str:
    """`9:13am on Monday 23 November 2026`, in London."""
    local = moment.astimezone(LONDON)
    return f"{clock_time(local)} on {day_and_date(local.date())}"


def watch_lines(db: Database, subjects: Iterable[Subject], now: datetime) -> list[tuple[bool, str]]:
    """For each of `subjects` that has ever been looked at: whether it is well, and a line that says so.

    What has not been looked at lately is not well: nobody knows how it is.
    """
    found = {state.name: state for state in load_watches(db)}
    return [_line(subject, found[subject.key], now) for subject in subjects if subject.key in found]


def lasting_trouble(db: Database, subjects: Iterable[Subject], now: datetime) -> list[str]:
    """A line for each of `subjects` that has not been well for so long that people were told."""
    lasting = {state.name for state in load_watches(db) if not state.is_well and now - state.since >= TELL_AFTER}
    chosen = [subject for subject in subjects if subject.key in lasting]
    return [line for _, line in watch_lines(db, chosen, now)]


def _line(subject: Subject, state: Watch, now: datetime) -> tuple[bool, str]:
    if now - state.checked_at > LOOKED_AT_LATELY:
        return False, f"{subject.title}: not looked at since {in_words(state.checked_at)}"
    if not state.is_well:
        return False, f"{subject.title}: not well since {in_words(state.since)}. {state.note}"
    return True, f"{subject.title}: {state.note or 'well'}"
