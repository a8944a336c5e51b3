"""What lists and heads of pages show of a case: status, promise, checks and dates in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from casework.form import FormLibrary
from casework.lifecycle import CLOSED, Status
from casework.model import Severity
from casework.promise import Pause, Verdict, due_day
from casework.state_words import SEVERITIES, STATES
from casework.wording import clock_time, counted, long_date, table_date, weekday_table_date
from casework.working_days import working_days_between
from store.queries import QueueRow
from store.search import Piece


@dataclass(frozen=True, slots=True)
class Tag:
    """A status as a coloured label; the words alone say it all."""

    text: str
    colour: str


TAGS: dict[Status, Tag] = {status: Tag(words.tag, words.colour) for status, words in STATES.items()}

_SHORT_FORMS = {
    "business-justification": "Business justification",
    "supplementary-role": "Supplementary role",
    "national-competency": "National competency",
}
_CHANNELS = {"upload": "Upload", "folder": "Loaded from a folder", "mail": "Email"}
_KINDS = {
    "docx": "Word",
    "docm": "Word with macros",
    "dotx": "Word template",
    "doc": "Word 97 to 2003",
    "rtf": "Rich text",
    "odt": "OpenDocument",
    "pdf": "PDF",
    "image": "Picture",
    "eml": "Email",
    "msg": "Outlook email",
}
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBER_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
_NAMED_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3})[a-z]*\.?,?\s+(\d{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Promise:
    """The five-day promise of one request: the day (None while its clock stands still), and how it stands in words.

    `tone` is late, today, left, paused or kept.
    """

    due: date | None
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checks column: `kind` is fix, check, passed or none."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One request as a list shows it."""

    reference: str
    title: str
    organisation: str
    form: str
    route: str
    checks: tuple[Check, ...]
    due: str
    promise: Promise
    tag: Tag
    reviewer: str
    is_mine: bool
    can_claim: bool
    version: int
    release: str
    heard: bool
    pick: str
    decided: str
    passage: tuple[Piece, ...]


def form_name(form: str | None, library: FormLibrary) -> str:
    """A form's name for lists, such as `Business justification`."""
    if form is None:
        return "Form not recognised"
    return _SHORT_FORMS.get(form) or next((found.title for found in library.forms if found.key == form), form)


def channel_name(channel: str) -> str:
    """How a form came: `Upload`."""
    return _CHANNELS.get(channel, channel.capitalize())


def kind_name(kind: str) -> str:
    """What sort of file it is: `Word`."""
    return _KINDS.get(kind, "File")


def size_in_words(size: int) -> str:
    """`38 KB`, `2.4 MB`."""
    return f"{max(1, round(size / 1000))} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def moment_in_words(moment: datetime, zone: tzinfo) -> str:
    """`11 November 2025 at 9:13am`."""
    here = moment.astimezone(zone)
    return f"{long_date(here.date())} at {clock_time(here)}"


def promise_of(
    *,
    received: datetime,
    acknowledged: datetime | None,
    status: Status,
    today: date,
    holidays: AbstractSet[date],
    zone: tzinfo,
    pauses: Sequence[Pause] = (),
    verdict: Verdict | None = None,
) -> Promise:
    """How the promise to acknowledge within five working days stands today; a verdict once it has ended."""
    received_on = received.astimezone(zone).date()
    if acknowledged is not None:
        # What stood still after the promise was kept moves it no more.
        pauses = [pause for pause in pauses if pause.first < acknowledged.astimezone(zone).date()]
    due = due_day(received_on, pauses, holidays)
    if verdict is not None:
        due, late = verdict.due, verdict.days_late
    elif acknowledged is not None and due is not None:
        late = working_days_between(due, acknowledged.astimezone(zone).date(), holidays)
    else:
        late = 0
    if acknowledged is not None:
        words = f"Acknowledged, {counted(late, 'working day')} late" if late > 0 else "Acknowledged"
        return Promise(due, words, "kept")
    if status in CLOSED or status is Status.APPEALED:
        return Promise(due, "Closed", "kept")
    if due is None:
        return Promise(None, "Clock stopped: the requester owes an answer", "paused")
    if today > due:
        late = working_days_between(due, today, holidays)
        # Over a weekend no working day has passed yet, and the promise is broken all the same.
        return Promise(due, f"{counted(late, 'working day')} late" if late else "Late", "late")
    if today == due:
        return Promise(due, "Due today", "today")
    return Promise(due, f"{counted(working_days_between(today, due, holidays), 'working day')} left", "left")


def row_view(
    row: QueueRow,
    *,
    library: FormLibrary,
    person_id: int,
    may_review: bool,
    today: date,
    holidays: AbstractSet[date],
    zone: tzinfo,
    passage: tuple[Piece, ...] = (),
) -> RowView:
    """A request as a list shows it to this person."""
    promise = promise_of(
        received=row.received_at,
        acknowledged=row.acknowledged_at,
        status=row.status,
        today=today,
        holidays=holidays,
        zone=zone,
        pauses=row.pauses,
    )
    received = row.received_at.astimezone(zone).date()
    return RowView(
        reference=row.reference,
        title=row.title or "Title not given",
        organisation=row.organisation or "Organisation not given",
        form=form_name(row.form, library),
        route=f"{channel_name(row.channel)}, {table_date(received)}",
        checks=_checks(row),
        due=weekday_table_date(promise.due) if promise.due else "",
        promise=promise,
        tag=TAGS[row.status],
        reviewer=row.claimed_name,
        is_mine=row.claimed_by == person_id,
        can_claim=may_review and row.claimed_by is None and row.status not in CLOSED | {Status.READING},
        version=row.version,
        release=row.release,
        heard=row.heard_at is not None,
        pick=f"{row.id}-{row.version}",
        decided=table_date(row.decided_at.astimezone(zone).date()) if row.decided_at else "",
        passage=() if _is_shown(passage, row) else passage,
    )


def _is_shown(passage: tuple[Piece, ...], row: QueueRow) -> bool:
    """Whether all that was found stands in the row anyway."""
    words = f"{row.reference} {row.title} {row.organisation}".casefold()
    return all(piece.text.casefold() in words for piece in passage if piece.is_found)


def _checks(row: QueueRow) -> tuple[Check, ...]:
    if row.status is Status.READING:
        return (Check("none", "Being read"),)
    if row.form is None:
        return (Check("fix", "Not read"),)
    found = []
    if row.blockers:
        found.append(Check("fix", f"{row.blockers} {SEVERITIES[Severity.BLOCKER].counted}"))
    if row.queries:
        found.append(Check("check", f"{row.queries} {SEVERITIES[Severity.QUERY].counted}"))
    return tuple(found) or (Check("passed", "All passed"),)


def parse_day(text: str) -> date | None:
    """A day as people write it (31/3/2026, 31 March 2026, 2026-03-31), day before month; None where it is no day."""
    cleaned = " ".join(text.split())
    if found := _ISO_DAY.fullmatch(cleaned):
        year, month, day = (int(part) for part in found.groups())
    elif found := _NUMBER_DAY.fullmatch(cleaned):
        day, month, year = (int(part) for part in found.groups())
    elif (found := _NAMED_DAY.fullmatch(cleaned)) and found[2].lower() in _MONTH_NAMES:
        day, month, year = int(found[1]), _MONTH_NAMES.index(found[2].lower()) + 1, int(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
