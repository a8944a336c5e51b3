"""What a list of requests is to hold and in which order, and the SQL for it; all from outside is a named value."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlite_utils import Database

from casework.lifecycle import DECIDED, Status
from store.promises import NONE_DUE
from store.search import find_matches, match_query

OPEN = tuple(status for status in Status if status not in DECIDED)
MOST_FOUND = 2_000
"""A search among more matches than these looks at the newest in whose title or names the words stand, and the newest
of the others."""
MOST_SORTED = 3_000
"""Up to so many requests are sorted as they are found; more are read in the order of an index."""
NOBODY = 0
UNKNOWN_FORM = "none"


class View(StrEnum):
    """The tabs of the queue. ALL is no tab: it is the list of everything."""

    OPEN = "open"
    UNCLAIMED = "unclaimed"
    MINE = "mine"
    WAITING = "waiting"
    ASSESSMENT = "assessment"
    READY = "ready"
    DECIDED = "decided"
    ALL = "all"


STATUSES: dict[View, tuple[Status, ...]] = {
    View.OPEN: OPEN,
    View.UNCLAIMED: OPEN,
    View.MINE: OPEN,
    View.WAITING: (Status.WAITING, Status.OFFERED),
    View.ASSESSMENT: (Status.PROGRESSING, Status.DOCUMENTS, Status.ASSESSMENT),
    View.READY: (Status.PRIORITISATION, Status.APPEALED, Status.REVIEW_DUE),
    View.DECIDED: tuple(status for status in Status if status in DECIDED),
    View.ALL: tuple(Status),
}


class Due(StrEnum):
    """How the five-day promise stands for a request that nobody has acknowledged."""

    LATE = "late"
    TODAY = "today"
    LATER = "later"


class Sort(StrEnum):
    """What a list may be ordered by; each may be turned round. MATCH is how well a search matches."""

    DUE = "due"
    TITLE = "title"
    FORM = "form"
    CHECKS = "checks"
    STATUS = "status"
    REVIEWER = "reviewer"
    RECEIVED = "received"
    DECIDED = "decided"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is to hold. `person_id` says whose requests are mine, `today` what is late.

    `reviewer` is a person's id or NOBODY, `forms` may hold UNKNOWN_FORM; empty or None means all. `regions` are those
    that the person who asks may see, None where it is all of them.
    """

    view: View = View.OPEN
    person_id: int = 0
    today: date = date.min
    search: str = ""
    due: frozenset[Due] = frozenset()
    forms: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()
    area: str = ""
    region: str = ""
    reviewer: int | None = None
    release: int | None = None
    sort: Sort = Sort.DUE
    descending: bool = False
    regions: frozenset[str] | None = None

    @property
    def tab(self) -> Question:
        """The whole tab, without any filter."""
        return Question(self.view, self.person_id, self.today, regions=self.regions)

    def seen_as(self, view: View) -> Question:
        """The same person's other tab."""
        return replace(self.tab, view=view)


@dataclass(frozen=True, slots=True)
class Asked:
    """SQL that a list is made of: what to read from, which index finds the rows, what must hold, and the values.

    `is_capped` says that a search matches more than a list looks at.
    """

    source: str
    index: str
    where: str
    values: dict[str, object]
    is_capped: bool = False


# Each order ends in the id, so that it is the same every time, and each can be read backwards from one index.
_DUE_ORDER = ("due_on", "created_at", "id")
ORDERS: dict[Sort, tuple[str, ...]] = {
    Sort.DUE: _DUE_ORDER,
    Sort.TITLE: ("title COLLATE NOCASE", "id"),
    Sort.FORM: ("coalesce(form, '')", "id"),
    Sort.CHECKS: ("blockers", "queries", "id"),
    Sort.STATUS: ("status", "id"),
    Sort.REVIEWER: ("(reviewer = '')", "reviewer", "id"),
    Sort.RECEIVED: ("created_at", "id"),
    Sort.DECIDED: ("coalesce(decided_at, '')", "id"),
}
_MOST_FIRST = frozenset({Sort.CHECKS})
"""Orders that begin with the greatest, because that is what a person looks for in them."""


def order_of(question: Question) -> tuple[tuple[str, ...], bool]:
    """The expressions that a list is ordered by, and whether from the greatest down."""
    if question.sort is Sort.MATCH:
        return ("fit", "id"), question.descending
    return ORDERS[question.sort], question.descending != (question.sort in _MOST_FIRST)


def ask(db: Database, question: Question) -> Asked | None:
    """The SQL of a question over `cases`, None where nothing can match."""
    parts, values = conditions(db, question, kept=False)
    if question.area:
        combinations = _values_with(db, "functional_area", {question.area})
        parts.append(_one_of("functional_area", "area", combinations, values))
    if question.release is not None:
        parts.append("release_id = :release")
        values["release"] = question.release
    if not question.search.strip():
        return Asked("cases", _index_for(question), " AND ".join(parts), values)
    query = query_of(question)
    if not query:
        return None
    matches = find_matches(db, query, MOST_FOUND, ranked=question.sort is Sort.MATCH)
    # The index is walked once, before the list is counted, sorted and cut into pages.
    source = "(SELECT value AS case_id, key AS fit FROM json_each(:matches)) AS found"
    source += " CROSS JOIN cases ON cases.id = found.case_id"
    return Asked(source, "", " AND ".join(parts), values | {"matches": json.dumps(matches.ids)}, matches.is_capped)


def query_of(question: Question) -> str:
    """What the question looks for in the index; whoever sees some regions only does not look among contact details."""
    return match_query(question.search, contacts=question.regions is None)


def conditions(db: Database, question: Question, *, kept: bool) -> tuple[list[str], dict[str, object]]:
    """What must hold of a row of `cases`, or where `kept` of the kept counts; neither area, release nor search."""
    values: dict[str, object] = {"person": question.person_id, "today": question.today.isoformat()}
    nobody = "claimed_by = 0" if kept else "claimed_by IS NULL"
    statuses = [status for status in STATUSES[question.view] if not question.statuses or status in question.statuses]
    # Whether every status is wanted, no condition says it best.
    parts = [f"status IN ({_names(statuses)})" if len(statuses) < len(Status) else "1 = 1"]
    if question.view is View.UNCLAIMED:
        parts.append(nobody)
    if question.view is View.MINE:
        parts.append("claimed_by = :person")
    if question.reviewer is not None:
        parts.append("claimed_by = :reviewer" if question.reviewer != NOBODY else nobody)
        values["reviewer"] = question.reviewer
    if question.due:
        parts.append(f"({' OR '.join(_DUE[due] for due in sorted(question.due))})")
    if question.forms:
        known = sorted("" if form == UNKNOWN_FORM else form for form in question.forms)
        parts.append(_one_of("form" if kept else "coalesce(form, '')", "form", known, values))
    if question.region:
        parts.append(_one_of("region", "region", _values_with(db, "region", {question.region}), values))
    if question.regions is not None:
        parts.append(_one_of("region", "seen", _values_with(db, "region", question.regions), values))
    return parts, values


_DUE = {
    Due.LATE: "due_on < :today",
    Due.TODAY: "due_on = :today",
    Due.LATER: f"(due_on > :today AND due_on < '{NONE_DUE}')",
}


def _index_for(question: Question) -> str:
    """The index that leaves the fewest rows to look at."""
    if question.due:
        return "cases_by_due"
    if question.reviewer or question.view is View.MINE:
        return "cases_by_claim"
    if question.release is not None:
        return "cases_by_release"
    if question.area:
        return "cases_by_area"
    if question.region:
        return "cases_by_region"
    return "cases_by_place"


def _values_with(db: Database, column: str, keys: Collection[str]) -> list[str]:
    """The values of a column that hold any of the keys; several stand in one value, separated by spaces."""
    rows = db.execute(
        f"WITH RECURSIVE each (value) AS (SELECT min({column}) FROM cases UNION ALL"  # noqa: S608 - our own column names
        f" SELECT (SELECT min({column}) FROM cases WHERE {column} > value) FROM each WHERE value IS NOT NULL)"
        " SELECT value FROM each WHERE value IS NOT NULL"
    )
    return [value for (value,) in rows.fetchall() if not set(keys).isdisjoint(value.split())]


def _one_of(column: str, name: str, wanted: Iterable[str], values: dict[str, object]) -> str:
    names = []
    for number, value in enumerate(wanted):
        values[f"{name}{number}"] = value
        names.append(f":{name}{number}")
    return f"{column} IN ({', '.join(names)})" if names else "1 = 0"


def _names(statuses: Iterable[Status]) -> str:
    return ", ".join(f"'{status.value}'" for status in sorted(statuses))
