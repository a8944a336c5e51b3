"""A message to lists goes into the outbox: each recipient's own, all at once or none, after enough people agreed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlite_utils import Database

from casework.errors import NotAllowedError, RefusedError
from casework.period import quarter_in_words
from outputs.issue.publish import issue_file_name
from store.attachments import Attachment
from store.circulation import (
    Circulation,
    Member,
    Stage,
    load_circulation,
    load_recipients,
    note_recipient,
    set_asked,
    set_confirmed,
)
from store.database import transaction
from store.deliveries import add_delivery
from store.schedules import IssueRow, load_issues

ALONE = 50
"""How many recipients one person may write to by themselves; for more, another person has to confirm."""

KIND = "circulation"


def ask_to_send(db: Database, circulation_id: int, *, person_id: int, now: datetime) -> int:
    """Ask that a circulation be sent; returns how many would get it. RefusedError where nobody would."""
    with transaction(db):
        circulation = load_circulation(db, circulation_id)
        if circulation.stage is not Stage.DRAFT:
            raise RefusedError("This was asked before.")
        number = len(load_recipients(db, circulation.list_ids))
        if not number:
            raise RefusedError("Nobody is on these lists. Add addresses first.")
        set_asked(db, circulation_id, recipients=number, person_id=person_id, now=now)
        return number


def confirm_sending(
    db: Database,
    circulation_id: int,
    *,
    person_id: int,
    now: datetime,
    address: str,
    size_of: Callable[[str], int],
) -> int:
    """Put one message for each recipient into the outbox, in one transaction; returns how many.

    Twice is once: every message has a key of its own. More than ALONE recipients need another person than the one who
    asked or wrote it. RefusedError where the lists have grown or shrunk since it was asked. `address` is the service's
    own on the web, `size_of` gives the size of a stored file.
    """
    with transaction(db):
        circulation = load_circulation(db, circulation_id)
        if circulation.stage is not Stage.ASKED:
            raise RefusedError("There is nothing to confirm here.")
        members = load_recipients(db, circulation.list_ids)
        if len(members) != circulation.recipients:
            raise RefusedError(
                f"The lists have changed since: {len(members)} addresses in place of {circulation.recipients}."
                " Stop this one and write it again."
            )
        if len(members) > ALONE and person_id in (circulation.asked_by, circulation.created_by):
            raise NotAllowedError(f"Another person must confirm what goes to more than {ALONE} people.")
        issue = find_issue(db, circulation)
        files = attachments_of(circulation, issue, size_of)
        for member in members:
            key = f"{KIND}-{circulation.id}-{member.id}"
            add_delivery(
                db,
                delivery_key=key,
                case_id=None,
                kind=KIND,
                recipient=member.address,
                subject=circulation.subject,
                body=body_for(circulation, issue, member, address),
                now=now,
                is_automatic=True,
                not_before=circulation.send_at,
                attachments=files,
            )
            note_recipient(db, circulation.id, member, key)
        set_confirmed(db, circulation.id, recipients=len(members), person_id=person_id, now=now)
        return len(members)


def send_test(db: Database, circulation: Circulation, *, recipient: str, now: datetime, address: str, key: str) -> None:
    """Put the message into the outbox for one person of our own, marked as a test; it counts for nothing."""
    issue = find_issue(db, circulation)
    with transaction(db):
        add_delivery(
            db,
            delivery_key=f"test-{key}",
            case_id=None,
            kind="test",
            recipient=recipient,
            subject=f"Test: {circulation.subject}",
            body=body_for(circulation, issue, None, address),
            now=now,
        )


def body_for(circulation: Circulation, issue: IssueRow | None, member: Member | None, address: str) -> str:
    """The words for one recipient: the message, where the schedule is, and their own way to leave the list."""
    parts = [circulation.body.rstrip()]
    if issue is not None:
        name = f"ESR Development Schedule, {quarter_in_words(issue.quarter)}, version {issue.version}"
        where = f"\n{address}/development-schedule" if address else ""
        parts.append(f"{name}{' (attached)' if circulation.attaches else ''}{where}")
    if address:
        leave = f"{address}/circulation/leave/{member.token}" if member else f"{address}/circulation/leave/…"
        parts.append(f"To stop receiving these messages, open this page:\n{leave}")
    else:
        parts.append("To stop receiving these messages, answer this one and say so.")
    return "\n\n".join(parts) + "\n"


def attachments_of(
    circulation: Circulation, issue: IssueRow | None, size_of: Callable[[str], int]
) -> tuple[Attachment, ...]:
    """The schedule as a Word file, where it is to be attached."""
    if issue is None or not circulation.attaches:
        return ()
    name = issue_file_name(issue, "docx")
    return (Attachment(name, "The Development Schedule", issue.sha256, size_of(issue.sha256)),)


def find_issue(db: Database, circulation: Circulation) -> IssueRow | None:
    """The schedule that a circulation tells of, None where it tells of none."""
    return next((issue for issue in load_issues(db) if issue.id == circulation.issue_id), None)
