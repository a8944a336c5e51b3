"""Putting an approved request into a release, moving it and taking it out, with a letter that says so."""

from __future__ import annotations

from sqlite_utils import Database

from casework.errors import RefusedError
from casework.events import EventKind, Fact
from casework.lifecycle import Status
from review.access import Permission
from review.decide.act import Act, Letter, checked_words, keep, must_be_allowed, send_letter, state_now
from store.database import transaction
from store.releases import load_release


def allocate(db: Database, act: Act, *, release_id: int | None, letter: Letter, reason: str = "") -> None:
    """Put an approved case into a release, move it to another, or (None) take it out again with a reason."""
    with transaction(db):
        state = state_now(db, act)
        must_be_allowed(act.person, Permission.ALLOCATE)
        if state.status not in (Status.APPROVED, Status.ALLOCATED):
            raise RefusedError("Only an approved request can be put into a release.")
        words = {"reason": reason.strip()} if reason.strip() else {}
        if state.release is not None:
            words = {"reason": checked_words(reason, "why the release changes")}
        facts: dict[str, Fact] = {"release": load_release(db, release_id).id if release_id is not None else None}
        number = keep(db, act, EventKind.ALLOCATED, facts=facts, words=words, fresh=True)
        send_letter(db, act, "release", letter, number)
