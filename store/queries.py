"""Read models for the pages: the queue, the search and their counts, each in a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from casework.lifecycle import DECIDED, Status
from casework.promise import Pause, pauses_from_text
from store.database import to_moment, to_text
from store.search import match_query

OPEN = (Status.READING, Status.UNREADABLE, Status.NEW, Status.IN_REVIEW, Status.WAITING, Status.ASSESSMENT)


class View(StrEnum):
    """The tabs of the queue. ALL is no tab: it is the list of everything."""

    OPEN = "open"
    UNCLAIMED = "unclaimed"
    MINE = "mine"
    WAITING = "waiting"
    ASSESSMENT = "assessment"
    DECIDED = "decided"
    ALL = "all"


class Due(StrEnum):
    """How the five-day promise stands for a request that nobody has acknowledged."""

    LATE = "late"
    TODAY = "today"
    LATER = "later"


class Sort(StrEnum):
    """What a list may be ordered by; each may be turned round."""

    DUE = "due"
    TITLE = "title"
    FORM = "form"
    CHECKS = "checks"
    STATUS = "status"
    REVIEWER = "reviewer"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class DueBounds:
    """Moments of receipt: before `late` a request is late today, from there to before `today` it is due today.

    `exceptions` are the requests, by id, that this does not hold for: the sender owed us an answer for a while. Each
    has how it stands instead, None while its clock stands still.
    """

    late: datetime
    today: datetime
    exceptions: Mapping[int, Due | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is to hold. `person_id` says whose requests are mine."""

    view: View = View.OPEN
    person_id: int = 0
    search: str = ""
    due: frozenset[Due] = frozenset()
    forms: frozenset[str] = frozenset()
    area: str = ""
    sort: Sort = Sort.DUE
    descending: bool = False
    regions: frozenset[str] | None = None
    """The regions that the person who asks may see, None where it is all of them."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One request in a list."""

    id: int
    reference: str
    title: str
    organisation: str
    form: str | None
    status: Status
    channel: str
    received_at: datetime
    acknowledged_at: datetime | None
    version: int
    claimed_by: int | None
    claimed_name: str
    blockers: int
    queries: int
    advice: int
    release: str
    region: str
    pauses: tuple[Pause, ...]
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests each tab and each filter would show."""

    views: dict[View, int] = field(default_factory=dict)
    due: dict[Due, int] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)


def find_rows(
    db: Database, question: Question, bounds: DueBounds, *, limit: int, offset: int = 0
) -> tuple[int, list[QueueRow]]:
    """How many requests match in all, and those of one page."""
    where, values = _where(question, bounds)
    total = int(db.execute(f"SELECT count(*) FROM cases WHERE {where}", values).fetchone()[0])  # noqa: S608 - see _where
    rows = db.query(
        f"{_SELECT} WHERE {where} ORDER BY {_order(question)} LIMIT :limit OFFSET :offset",
        {**values, "limit": limit, "offset": offset},
    )
    return total, [_row(row) for row in rows]


def find_references(db: Database, question: Question, bounds: DueBounds) -> list[str]:
    """The references of all matching requests, in the list's order."""
    where, values = _where(question, bounds)
    rows = db.query(f"{_SELECT} WHERE {where} ORDER BY {_order(question)}", values)
    return [row["reference"] for row in rows]


def count_rows(db: Database, question: Question, bounds: DueBounds) -> Counts:
    """Counts of the tabs (whole queue), and of the filters within the question's tab."""

    def count(asked: Question) -> int:
        where, values = _where(asked, bounds)
        return int(db.execute(f"SELECT count(*) FROM cases WHERE {where}", values).fetchone()[0])  # noqa: S608

    tab = Question(view=question.view, person_id=question.person_id, regions=question.regions)
    where, values = _where(tab, bounds)
    forms = db.execute(
        f"SELECT coalesce(form, ''), count(*) FROM cases WHERE {where} GROUP BY form",  # noqa: S608 - see _where
        values,
    ).fetchall()
    return Counts(
        views={view: count(replace(tab, view=view)) for view in View},
        due={due: count(replace(tab, due=frozenset({due}))) for due in Due},
        forms={form: int(number) for form, number in forms},
    )


def count_decided_since(db: Database, since: datetime, regions: frozenset[str] | None = None) -> int:
    """How many requests of these regions (None: of all) were decided at or after `since`."""
    where, values = seen(regions)
    found = db.execute(
        f"SELECT count(*) FROM cases WHERE decided_at >= :since AND {where}",  # noqa: S608 - see `seen`
        {**values, "since": to_text(since)},
    )
    return int(found.fetchone()[0])


def seen(regions: frozenset[str] | None) -> tuple[str, dict[str, object]]:
    """SQL for the cases that somebody may see who sees these regions only (None: all), and its named values.

    Every list and count for a visitor goes through this, so that none shows what the case's page refuses.
    """
    if regions is None:
        return "1 = 1", {}
    values: dict[str, object] = {
        f"seen{number}": f"% {_escaped(region)} %" for number, region in enumerate(sorted(regions))
    }
    # Several regions stand in one column, separated by spaces.
    either = " OR ".join(f"(' ' || cases.region || ' ') LIKE :{name} ESCAPE '\\'" for name in values)
    return f"({either or '1 = 0'})", values


def load_release_rows(db: Database, release_id: int) -> list[QueueRow]:
    """The requests of one release, by reference."""
    rows = db.query(f"{_SELECT} WHERE cases.release_id = ? ORDER BY cases.year, cases.number", (release_id,))
    return [_row(row) for row in rows]


def load_unlike(db: Database) -> list[QueueRow]:
    """Unacknowledged requests whose clock stood still, or that are counted on the calendar of Wales."""
    rows = db.query(
        f"{_SELECT} WHERE cases.acknowledged_at IS NULL AND cases.status NOT IN ({_names(DECIDED)})"
        " AND (cases.pauses <> '' OR cases.region LIKE '%wales%') ORDER BY cases.id"
    )
    return [_row(row) for row in rows]


def load_unacknowledged(db: Database) -> list[QueueRow]:
    """Open requests that nobody has acknowledged, oldest first: what reminders are made from."""
    rows = db.query(
        f"{_SELECT} WHERE cases.acknowledged_at IS NULL AND cases.status NOT IN ({_names(DECIDED)}) ORDER BY cases.id"
    )
    return [_row(row) for row in rows]


def load_references(db: Database, case_ids: list[int]) -> dict[int, str]:
    """The reference of each of these cases."""
    marks = ",".join("?" * len(case_ids))
    rows = db.query(f"SELECT id, reference FROM cases WHERE id IN ({marks}) ORDER BY id", case_ids)  # noqa: S608 - marks
    return {row["id"]: row["reference"] for row in rows}


_SELECT = (
    "SELECT cases.*, coalesce(users.name, '') AS claimed_name, coalesce(releases.name, '') AS release_name,"
    " coalesce((SELECT channel FROM submissions WHERE case_id = cases.id ORDER BY round LIMIT 1), '') AS channel"
    " FROM cases LEFT JOIN users ON users.id = cases.claimed_by LEFT JOIN releases ON releases.id = cases.release_id"
)

# Unacknowledged first, nearest promise first: the promise counts from receipt, so the oldest is the nearest.
_DUE_ORDER = "(cases.acknowledged_at IS NOT NULL), cases.created_at"
_ORDERS: dict[Sort, tuple[str, str]] = {
    Sort.TITLE: ("cases.title COLLATE NOCASE ASC", "cases.title COLLATE NOCASE DESC"),
    Sort.FORM: ("cases.form ASC", "cases.form DESC"),
    Sort.CHECKS: ("cases.blockers DESC, cases.queries DESC", "cases.blockers ASC, cases.queries ASC"),
    Sort.STATUS: ("cases.status ASC", "cases.status DESC"),
    Sort.REVIEWER: ("claimed_name = '', claimed_name ASC", "claimed_name = '' DESC, claimed_name DESC"),
    Sort.RECEIVED: ("cases.created_at ASC", "cases.created_at DESC"),
}


def _order(question: Question) -> str:
    if question.sort is Sort.DUE:
        # While the clock stands still there is nothing to be late for.
        return f"(cases.pauses LIKE '%null]]'), {_DUE_ORDER} {'DESC' if question.descending else 'ASC'}, cases.id"
    return f"{_ORDERS[question.sort][question.descending]}, {_DUE_ORDER}, cases.id"


def _where(question: Question, bounds: DueBounds) -> tuple[str, dict[str, object]]:
    """SQL of our own making, in which everything from outside is a named value."""
    limit, limits = seen(question.regions)
    parts = [_view(question.view), limit]
    values: dict[str, object] = {
        **limits,
        "person": question.person_id,
        "late": to_text(bounds.late),
        "today": to_text(bounds.today),
    }
    if question.search.strip():
        values["search"] = query_of(question)
        found = "SELECT rowid FROM case_words WHERE case_words MATCH :search"
        parts.append(f"cases.id IN ({found})" if values["search"] else "1 = 0")
    if question.due:
        other = [number for number, due in bounds.exceptions.items() if due in question.due]
        either = " OR ".join(f"({_DUE[due]})" for due in Due if due in question.due)
        either = f"({either}) AND cases.id NOT IN ({_numbers(bounds.exceptions)}) OR cases.id IN ({_numbers(other)})"
        parts.append(f"cases.acknowledged_at IS NULL AND cases.status NOT IN ({_names(DECIDED)}) AND ({either})")
    if question.forms:
        for number, form in enumerate(sorted(question.forms)):
            values[f"form{number}"] = form
        parts.append(f"coalesce(form, '') IN ({', '.join(f':form{number}' for number in range(len(question.forms)))})")
    if question.area:
        # Several areas stand in one column, separated by spaces.
        parts.append("(' ' || functional_area || ' ') LIKE :area ESCAPE '\\'")
        values["area"] = f"% {_escaped(question.area)} %"
    return " AND ".join(parts), values


def query_of(question: Question) -> str:
    """What the question looks for in the index; whoever sees some regions only does not look among contact details."""
    return match_query(question.search, contacts=question.regions is None)


def _view(view: View) -> str:
    match view:
        case View.UNCLAIMED:
            return f"status IN ({_names(OPEN)}) AND claimed_by IS NULL"
        case View.MINE:
            return f"status IN ({_names(OPEN)}) AND claimed_by = :person"
        case View.WAITING:
            return f"status = '{Status.WAITING}'"
        case View.ASSESSMENT:
            return f"status = '{Status.ASSESSMENT}'"
        case View.DECIDED:
            return f"status IN ({_names(DECIDED)})"
        case View.ALL:
            return "1 = 1"
        case _:
            return f"status IN ({_names(OPEN)})"


_DUE = {
    Due.LATE: "created_at < :late",
    Due.TODAY: "created_at >= :late AND created_at < :today",
    Due.LATER: "created_at >= :today",
}


def _numbers(found: Iterable[int]) -> str:
    return ", ".join(str(number) for number in found)


def _names(statuses: frozenset[Status] | tuple[Status, ...]) -> str:
    return ", ".join(f"'{status.value}'" for status in sorted(statuses))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(row: Mapping[str, Any]) -> QueueRow:
    return QueueRow(
        id=row["id"],
        reference=row["reference"],
        title=row["title"],
        organisation=row["organisation"],
        form=row["form"],
        status=Status(row["status"]),
        channel=row["channel"],
        received_at=to_moment(row["created_at"]),
        acknowledged_at=to_moment(row["acknowledged_at"]) if row["acknowledged_at"] else None,
        version=row["version"],
        claimed_by=row["claimed_by"],
        claimed_name=row["claimed_name"],
        blockers=row["blockers"],
        queries=row["queries"],
        advice=row["advice"],
        release=row["release_name"],
        region=row["region"],
        pauses=pauses_from_text(row["pauses"]),
        heard_at=to_moment(row["heard_at"]) if row["heard_at"] else None,
    )


@dataclass(frozen=True, slots=True)
class OriginalRow:
    """What is known of an original besides its bytes: its size in bytes and its kind from the bytes."""

    size: int
    kind: str


def find_original(db: Database, sha256: str) -> OriginalRow | None:
    """What is known of the original with this hash, or None."""
    row = next(db.query("SELECT size, kind FROM originals WHERE sha256 = ?", (sha256,)), None)
    return OriginalRow(row["size"], row["kind"]) if row else None
