"""What has happened to a case, in past tense: ids, codes and dates only, so that words can be erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Fact = str | int | bool | None


class EventKind(StrEnum):
    """Everything that can happen to a case."""

    RECEIVED = "received"
    FORM_READ = "form-read"
    READING_FAILED = "reading-failed"
    READING_ASKED = "reading-asked"
    RECEIPT_ISSUED = "receipt-issued"
    ACKNOWLEDGED = "acknowledged"
    CLAIMED = "claimed"
    RELEASED = "released"
    TAKEN_OVER = "taken-over"
    ASSIGNED = "assigned"
    ANSWER_CORRECTED = "answer-corrected"
    FINDING_ACCEPTED = "finding-accepted"
    INFORMATION_REQUESTED = "information-requested"
    DECIDED = "decided"
    ALLOCATED = "allocated"
    NOTED = "noted"
    FILE_READ = "file-read"
    REPLIED = "replied"
    TAKEN_BACK = "taken-back"
    BOUNCED = "bounced"
    ANSWER_GIVEN = "answer-given"
    LINKED = "linked"
    MOVED = "moved"
    REQUIREMENT_NOTED = "requirement-noted"
    SCHEDULED = "scheduled"
    LIST_CHANGED = "list-changed"
    CIRCULATED = "circulated"
    DATA_EDITED = "data-edited"
    INVITED = "invited"
    INVITATION_USED = "invitation-used"
    ROLES_CHANGED = "roles-changed"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - no password
    SECOND_FACTOR_CHANGED = "second-factor-changed"
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    TOLD_APART = "told-apart"
    FINDING_AGREED = "finding-agreed"
    BLOCKERS_OVERRIDDEN = "blockers-overridden"
    IMPACT_ASSESSED = "impact-assessed"
    PRIORITISED = "prioritised"
    REVIEW_DUE = "review-due"
    APPEALED = "appealed"
    ADVICE_ASKED = "advice-asked"
    ADVICE_GIVEN = "advice-given"
    SCHEDULE_ISSUED = "schedule-issued"
    RELEASE_CHANGED = "release-changed"


SYSTEM = "system"
SENDER = "sender"


def user_actor(user_id: int) -> str:
    """The actor code of a signed-in person; the name stands in the users table only."""
    return f"user:{user_id}"


def actor_user(actor: str) -> int | None:
    """The user id in an actor code, or None for the system and the sender."""
    kind, _, number = actor.partition(":")
    return int(number) if kind == "user" else None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `facts` are ids, codes and dates; `reason` a code of a vocabulary, never free text.

    `words` are a person's words by name. They stand in side rows that can be erased with their salt; the chain holds
    only their salted hashes. `number` is the event's place in the whole record, 0 before it is written.
    """

    kind: EventKind
    at: datetime
    actor: str
    case_id: int | None = None
    reason: str | None = None
    facts: dict[str, Fact] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def fact(self, name: str) -> str:
        """A fact as text, empty where it is not there."""
        value = self.facts.get(name)
        return "" if value is None else str(value)


def taken_back(events: Iterable[Event]) -> frozenset[int]:
    """The numbers of the acts that were taken back."""
    return frozenset(int(event.fact("event")) for event in events if event.kind is EventKind.TAKEN_BACK)
