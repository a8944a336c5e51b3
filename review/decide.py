"""The door for people's acts: claim, correct, ask, decide, allocate; each is one transaction with its event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from casework.errors import NotAllowedError, RefusedError, StaleError
from casework.events import SENDER, Event, EventKind, Fact, taken_back, user_actor
from casework.lifecycle import (
    CLOSED,
    DECIDED,
    CaseState,
    Decision,
    Status,
    UserRole,
    allowed_decisions,
    may_decide,
    needs_requirement,
    path_of,
    state_of,
)
from casework.promise import Calendar, pauses_of, verdict_of
from store.cases import (
    CaseRow,
    LinkKind,
    load_case,
    load_case_by_reference,
    load_forms,
    load_links,
    load_submissions,
    record,
    unlink_cases,
)
from store.database import transaction
from store.deliveries import (
    Delivery,
    DeliveryState,
    add_delivery,
    end_delivery,
    find_delivery,
    load_deliveries_of_event,
)
from store.deliveries import send_again as owe_delivery_again
from store.events import load_events
from store.messages import load_messages
from store.people import Person
from store.releases import load_release
from store.rounds import join_cases
from store.work import owe, owes_reading

READ = "read"
LONGEST_REASON = 4000
GRACE = timedelta(minutes=10)
"""How long a person's message waits before it leaves, so that the act can be taken back."""

ENDS = frozenset({Decision.DECLINE, Decision.REDIRECT, Decision.DUPLICATE, Decision.WITHDRAW})
_CAN_BE_TAKEN_BACK = frozenset({EventKind.ACKNOWLEDGED, EventKind.INFORMATION_REQUESTED, EventKind.DECIDED})

Letter = tuple[str, str]
"""(subject, body) of what goes back to the sender through the service request."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts on which case, when, and the version of the case that they saw."""

    case_id: int
    person: Person
    expected_version: int
    now: datetime


def claim(db: Database, act: Act) -> None:
    """Take a case that nobody has; StaleError where somebody was first."""
    with transaction(db):
        state = _state(db, act)
        _may_review(act.person)
        if state.claimed_by == act.person.id:
            return
        if state.claimed_by is not None:
            raise StaleError("Somebody else has just claimed this request. You can read it, or take it over.")
        _record(db, act, EventKind.CLAIMED)


def release(db: Database, act: Act) -> None:
    """Give a claimed case back to the queue."""
    with transaction(db):
        _claimed_state(db, act)
        _record(db, act, EventKind.RELEASED)


def take_over(db: Database, act: Act, *, reason: str) -> None:
    """Take a case from the person who has it, with a reason that is kept."""
    with transaction(db):
        state = _state(db, act)
        _may_review(act.person)
        if state.claimed_by in (None, act.person.id):
            raise RefusedError("Nobody else has this request: claim it instead.")
        _record(db, act, EventKind.TAKEN_OVER, words={"reason": _reason(reason)}, fresh=True)


def acknowledge(db: Database, act: Act, *, letter: Letter, calendar: Calendar) -> None:
    """Acknowledge the request as a person, which keeps the five-working-day promise; once for a case.

    How the promise ended is kept with the calendar that it was counted on.
    """
    with transaction(db):
        state = _state(db, act)
        _may_review(act.person)
        if state.acknowledged_at is not None:
            raise RefusedError("This request has been acknowledged already.")
        number = _record(db, act, EventKind.ACKNOWLEDGED, facts=_verdict(db, act, state, calendar))
        _send(db, act, "acknowledgement", letter, number)


def correct_answer(db: Database, act: Act, *, field: str, value: str, reason: str) -> None:
    """Put a value of our own before what was read, with a reason; the reading keeps the sender's."""
    with transaction(db):
        _claimed_state(db, act)
        words = {"value": value.strip(), "reason": _reason(reason)}
        _record(db, act, EventKind.ANSWER_CORRECTED, facts={"field": field}, words=words, fresh=True)


def accept_finding(db: Database, act: Act, *, rule: str, reason: str) -> None:
    """Say that a finding is no trouble here, with a reason."""
    with transaction(db):
        _claimed_state(db, act)
        words = {"reason": _reason(reason)}
        _record(db, act, EventKind.FINDING_ACCEPTED, facts={"finding": rule}, words=words, fresh=True)


def ask_for_information(db: Database, act: Act, *, message: str, letter: Letter) -> None:
    """Ask the sender for more; the case waits for them until they answer."""
    with transaction(db):
        state = _claimed_state(db, act)
        if state.status not in (Status.UNREADABLE, Status.NEW, Status.WAITING):
            raise RefusedError("You can ask for information only before the request is decided.")
        words = {"message": _reason(message, "what you need")}
        number = _record(db, act, EventKind.INFORMATION_REQUESTED, words=words, fresh=True)
        _send(db, act, "information-request", letter, number)


def decide(
    db: Database,
    act: Act,
    *,
    decision: Decision,
    reason: str,
    letter: Letter,
    calendar: Calendar,
    joined_to: str = "",
    requirement: str = "",
    reason_code: str | None = None,
) -> None:
    """Take a decision with a reason that may be published.

    `joined_to` names the other case of a duplicate. `requirement` says where the full requirement is, which impact
    assessment needs where nobody has said it before.
    """
    with transaction(db):
        state = _claimed_state(db, act)
        if not may_decide(state, decision, act.person.id, act.person.roles):
            raise NotAllowedError(_why_not(state, decision, act.person))
        if needs_requirement(state, decision):
            words = {"reason": _reason(requirement, "where the full requirement is")}
            _record(db, act, EventKind.REQUIREMENT_NOTED, words=words, fresh=True)
            act = replace(act, expected_version=load_case(db, act.case_id).version)
        facts: dict[str, Fact] = {"decision": decision.value}
        if state.acknowledged_at is None and decision in ENDS:
            facts |= _verdict(db, act, state, calendar)
        if decision is Decision.DUPLICATE:
            facts["joined_to"] = _other_case(db, act.case_id, joined_to)
        number = _record(
            db,
            act,
            EventKind.DECIDED,
            facts=facts,
            words={"reason": _reason(reason)},
            reason_code=reason_code,
            fresh=True,
        )
        _send(db, act, "decision", letter, number)
        if state_of(load_events(db, act.case_id)).status in CLOSED:
            _record(db, act, EventKind.RELEASED)


def take_back(db: Database, act: Act, *, event_number: int) -> None:
    """Undo an acknowledgement, a question or a decision of one's own while its message has not left.

    The act and its undoing both stay in the record; the case is where it was before.
    """
    with transaction(db):
        _may_review(act.person)
        events = load_events(db, act.case_id)
        done = next((event for event in events if event.number == event_number), None)
        if done is None or done.kind not in _CAN_BE_TAKEN_BACK or done.actor != user_actor(act.person.id):
            raise RefusedError("This cannot be taken back. You can take back only what you did yourself.")
        if event_number in taken_back(events):
            raise RefusedError("This was taken back already.")
        letters = load_deliveries_of_event(db, event_number)
        if not _can_stop(letters, act.now):
            raise RefusedError("The message has left, so this cannot be taken back any more. Write to the requester.")
        if _newest_act(events) != done:
            raise RefusedError("Something was done after this. Take that back first.")
        for letter in letters:
            end_delivery(db, letter.id, DeliveryState.TAKEN_BACK, problem="", now=act.now)
        released = next((event for event in events if event.number == event_number + 1), None)
        _record(db, act, EventKind.TAKEN_BACK, facts={"event": event_number, "what": done.kind.value})
        if released is not None and released.kind is EventKind.RELEASED and released.at == done.at:
            _record(db, act, EventKind.CLAIMED)


def find_undoable(db: Database, case_id: int, person_id: int, now: datetime) -> tuple[int, datetime] | None:
    """The act that `take_back` would let this person undo now, and until when; None where there is none."""
    done = _newest_act(load_events(db, case_id))
    if done is None or done.actor != user_actor(person_id):
        return None
    letters = load_deliveries_of_event(db, done.number)
    return (done.number, done.at + GRACE) if _can_stop(letters, now) else None


def send_again(db: Database, act: Act, *, delivery_id: int) -> None:
    """Try a message once more that could not be delivered."""
    with transaction(db):
        _may_review(act.person)
        delivery = find_delivery(db, delivery_id)
        if delivery is None or delivery.case_id != act.case_id:
            raise RefusedError("There is no such message.")
        if delivery.state not in (DeliveryState.FAILED, DeliveryState.BOUNCED):
            raise RefusedError("Only a message that could not be delivered can be sent again.")
        owe_delivery_again(db, delivery.id)
        _record(db, act, EventKind.NOTED, facts={"what": "sent-again", "delivery": delivery.id})


def confirm_claim(db: Database, act: Act, *, other_id: int, calendar: Calendar) -> CaseRow:
    """Say that a request belongs to the one that its sender named: its files become that one's next version.

    The form among them is the new version's form; everything else supports it. Returns the other case.
    """
    with transaction(db):
        state = _unshared_state(db, act)
        case, other = load_case(db, act.case_id), _claimed_case(db, act, other_id)
        if state.status is Status.READING or owes_reading(db, case.id, 1):
            raise RefusedError("This request is still being read. Try again in a minute.")
        if state.status in DECIDED:
            raise RefusedError("This request is decided already.")
        if state_of(load_events(db, other.id)).status in DECIDED:
            why = "A decided request takes no new version. Open that one again first, or keep this one by itself."
            raise RefusedError(f"{other.reference} is decided. {why}")
        if case.form is not None and other.form not in (None, case.form):
            raise RefusedError(f"This is another kind of form than {other.reference}, so it is a request of its own.")
        for message in load_messages(db, case.id):
            words = {"words": message.words} if message.words.strip() else {}
            facts: dict[str, Fact] = {"message": message.id, "ledger": message.ledger_id}
            record(db, Event(EventKind.REPLIED, act.now, SENDER, other.id, facts=facts, words=words))
        join_cases(
            db,
            case,
            other,
            actor=user_actor(act.person.id),
            reason=f"It belongs to {other.reference}",
            now=act.now,
            forms=[form.id for form in load_forms(db, case.id)] if case.form is not None else [],
            verdict=_verdict(db, act, state, calendar) if state.acknowledged_at is None else None,
        )
        unlink_cases(db, case.id, other.id, LinkKind.CLAIMS)
        if state.claimed_by is not None:
            _record(db, act, EventKind.RELEASED)
        return other


def refuse_claim(db: Database, act: Act, *, other_id: int) -> None:
    """Say that a request is one of its own, whatever its sender named."""
    with transaction(db):
        _unshared_state(db, act)
        other = _claimed_case(db, act, other_id)
        unlink_cases(db, act.case_id, other.id, LinkKind.CLAIMS)
        _record(db, act, EventKind.LINKED, facts={"other": other.reference, "how": "refused"})


def note_requirement(db: Database, act: Act, *, submission_id: int | None, where: str) -> None:
    """Say that the full requirement is here: a document of this request, or held elsewhere in words of one's own."""
    with transaction(db):
        _claimed_state(db, act)
        facts: dict[str, Fact] = {}
        words: dict[str, str] = {}
        if submission_id is not None:
            if submission_id not in {submission.id for submission in load_submissions(db, act.case_id)}:
                raise RefusedError("This document does not belong to the request.")
            facts = {"submission": submission_id}
        else:
            words = {"reason": _reason(where, "where the full requirement is")}
        _record(db, act, EventKind.REQUIREMENT_NOTED, facts=facts, words=words, fresh=True)


def allocate(db: Database, act: Act, *, release_id: int | None, reason: str = "") -> None:
    """Put an approved case into a release, move it to another, or (None) take it out again with a reason."""
    with transaction(db):
        state = _state(db, act)
        _may_review(act.person)
        if state.status not in (Status.APPROVED, Status.ALLOCATED):
            raise RefusedError("Only an approved request can be put into a release.")
        words = {"reason": reason.strip()} if reason.strip() else {}
        if state.release is not None:
            words = {"reason": _reason(reason, "why the release changes")}
        facts: dict[str, Fact] = {"release": load_release(db, release_id).id if release_id is not None else None}
        _record(db, act, EventKind.ALLOCATED, facts=facts, words=words, fresh=True)


def add_note(db: Database, act: Act, *, note: str) -> None:
    """Keep a note for colleagues; the sender never sees it."""
    with transaction(db):
        _may_review(act.person)
        _record(db, act, EventKind.NOTED, words={"note": _reason(note, "a note")})


def read_again(db: Database, act: Act) -> None:
    """Owe the reading of a form that could not be read once more."""
    with transaction(db):
        _may_review(act.person)
        if _state(db, act).status is not Status.UNREADABLE:
            raise RefusedError("This form has been read. There is nothing to run again.")
        submission = load_forms(db, act.case_id)[-1]
        owe(db, stage=READ, submission_id=submission.id, now=act.now)
        _record(db, act, EventKind.READING_ASKED, facts={"submission": submission.id}, fresh=True)


def _state(db: Database, act: Act) -> CaseState:
    load_case(db, act.case_id)
    return state_of(load_events(db, act.case_id))


def _claimed_state(db: Database, act: Act) -> CaseState:
    _may_review(act.person)
    state = _state(db, act)
    if state.claimed_by != act.person.id:
        raise NotAllowedError("Claim this request first, so that two people do not work on it at once.")
    return state


def _unshared_state(db: Database, act: Act) -> CaseState:
    """For acts that need no claim: only nobody else may be working on the case, nor have changed it meanwhile."""
    _may_review(act.person)
    state = _state(db, act)
    if state.claimed_by not in (None, act.person.id):
        raise RefusedError("A colleague is reviewing this request. Ask them, or take it over first.")
    if state.version != act.expected_version:
        raise StaleError("Somebody else changed this request while you were looking at it. Read it again first.")
    return state


def _claimed_case(db: Database, act: Act, other_id: int) -> CaseRow:
    """The case that this one says it belongs to."""
    links = load_links(db, act.case_id)
    if not any(link.kind is LinkKind.CLAIMS and link.other_id == other_id for link in links):
        raise RefusedError("Somebody has said already where this request belongs.")
    return load_case(db, other_id)


def _newest_act(events: list[Event]) -> Event | None:
    """The newest act that may be taken back and was not."""
    undone = taken_back(events)
    acts = (event for event in reversed(events) if event.kind in _CAN_BE_TAKEN_BACK and event.number not in undone)
    return next(acts, None)


def _can_stop(letters: list[Delivery], now: datetime) -> bool:
    """Whether the messages of an act are all still here."""
    still_here = (DeliveryState.WAITING, DeliveryState.NOT_SENT)
    return bool(letters) and all(
        letter.state in still_here and letter.not_before is not None and letter.not_before > now for letter in letters
    )


def _may_review(person: Person) -> None:
    if not person.roles & {UserRole.REVIEWER, UserRole.APPROVER}:
        raise NotAllowedError("You may read requests, but not change them. Ask an administrator for the reviewer role.")


def _why_not(state: CaseState, decision: Decision, person: Person) -> str:
    if decision not in allowed_decisions(state):
        return "This decision is not possible at this stage. Read the request again to see what is."
    if UserRole.APPROVER not in person.roles:
        return f"Signing off a {path_of(state.form).value.replace('-', ' ')} needs an approver."
    return "You accepted this request for impact assessment, so another approver must sign it off."


def _other_case(db: Database, case_id: int, reference: str) -> str:
    if not reference.strip():
        raise RefusedError("Enter the reference of the request that this one is joined to.")
    other = load_case_by_reference(db, reference.strip().upper())
    if other.id == case_id:
        raise RefusedError("A request cannot be joined to itself. Enter the reference of the other one.")
    return other.reference


def _verdict(db: Database, act: Act, state: CaseState, calendar: Calendar) -> dict[str, Fact]:
    if state.received_at is None:
        return {}
    pauses = pauses_of(load_events(db, act.case_id))
    return verdict_of(state.received_at, pauses, act.now, calendar).facts()


def _reason(text: str, what: str = "a reason") -> str:
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned:
        raise RefusedError(f"Enter {what}.")
    if len(cleaned) > LONGEST_REASON:
        raise RefusedError(f"Enter {what} of at most {LONGEST_REASON} characters.")
    return cleaned


def _record(
    db: Database,
    act: Act,
    kind: EventKind,
    *,
    facts: dict[str, Fact] | None = None,
    words: dict[str, str] | None = None,
    reason_code: str | None = None,
    fresh: bool = False,
) -> int:
    event = Event(kind, act.now, user_actor(act.person.id), act.case_id, reason_code, facts or {}, words or {})
    return record(db, event, expected_version=act.expected_version if fresh else None)


def recipient_of(db: Database, case_id: int) -> str:
    """Whom messages of a case go to: whoever sent the newest file of it; empty where nobody gave an address."""
    return next((found.sender for found in reversed(load_submissions(db, case_id)) if found.sender), "")


def _send(db: Database, act: Act, kind: str, letter: Letter, event_number: int) -> None:
    subject, body = letter
    heard = [message.message_id for message in load_messages(db, act.case_id) if message.message_id]
    add_delivery(
        db,
        delivery_key=f"{kind}-e{event_number}",
        case_id=act.case_id,
        kind=kind,
        recipient=recipient_of(db, act.case_id),
        subject=subject,
        body=body,
        in_reply_to=heard[-1] if heard else "",
        now=act.now,
        event_number=event_number,
        not_before=act.now + GRACE,
    )
