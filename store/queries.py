"""Read models for the pages: the queue, the search and their counts, each in a stable order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.lifecycle import Status
from casework.promise import Pause, pauses_from_text
from store.database import to_moment, to_text
from store.promises import NONE_DUE
from store.question import (
    MOST_SORTED,
    OPEN,
    Asked,
    Due,
    Question,
    Sort,
    View,
    ask,
    conditions,
    order_of,
)


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
    claimed_at: datetime | None
    blockers: int
    queries: int
    advice: int
    release: str
    region: str
    pauses: tuple[Pause, ...]
    heard_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests each tab and each filter would show."""

    views: dict[View, int] = field(default_factory=dict)
    due: dict[Due, int] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list: how many match in all, and the rows, of which `offset` stand before.

    `is_capped` says that a search matches more than `total`.
    """

    total: int
    rows: list[QueueRow]
    is_capped: bool = False
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a request stands in a list: its place from 1, of how many, and the references on either side."""

    place: int
    total: int
    before: str | None
    after: str | None


def find_rows(db: Database, question: Question, *, limit: int, offset: int = 0, or_last_page: bool = False) -> Found:
    """One page of a list; with `or_last_page` the last one where the list ends before `offset`."""
    asked = ask(db, question)
    if asked is None:
        return Found(0, [])
    total = _total(db, question, asked)
    if or_last_page and total:
        offset = min(offset, (total - 1) // limit * limit)
    return Found(total, load_rows(db, _ids(db, question, asked, total, limit, offset)), asked.is_capped, offset)


def find_spot(db: Database, question: Question, case_id: int) -> Spot | None:
    """Where a request stands in a list, None where it is not in it."""
    asked = ask(db, question)
    if asked is None:
        return None
    total = _total(db, question, asked)
    if total <= MOST_SORTED or question.sort is Sort.MATCH:
        ids = _ids(db, question, asked, total, total, 0)
        place = ids.index(case_id) if case_id in ids else None
    else:
        place = _place_in_order(db, question, asked, case_id)
    if place is None:
        return None
    first = max(0, place - 1)
    near = _ids(db, question, asked, total, place + 2 - first, first)
    references = load_references(db, near)
    here = place - first
    return Spot(
        place + 1,
        total,
        references[near[here - 1]] if here else None,
        references[near[here + 1]] if here + 1 < len(near) else None,
    )


def find_next(db: Database, question: Question, case_id: int) -> str:
    """The reference of the request that follows this one in a list, empty where it is the last or not in it."""
    asked = ask(db, question)
    if asked is None:
        return ""
    expressions, is_down = order_of(question)
    keys = ", ".join(expressions)
    found = db.execute(
        f"SELECT reference FROM {asked.source} WHERE {asked.where} AND ({keys}) {'<' if is_down else '>'}"  # noqa: S608
        f" (SELECT {keys} FROM {asked.source} WHERE id = :case AND {asked.where})"
        f" ORDER BY {', '.join(f'{each} DESC' if is_down else each for each in expressions)} LIMIT 1",
        {**asked.values, "case": case_id},
    ).fetchone()
    return str(found[0]) if found else ""


def count_rows(db: Database, question: Question) -> Counts:
    """Counts of the tabs (whole queue), and of the filters within the question's tab; all from the kept counts."""
    parts, values = conditions(db, question.tab, kept=True)
    where = f"SELECT {{what}}, sum(number) FROM case_counts WHERE {' AND '.join(parts)} {{and_}} GROUP BY 1"  # noqa: S608
    due = "CASE WHEN due_on < :today THEN 'late' WHEN due_on = :today THEN 'today' ELSE 'later' END"
    by_due = dict(db.execute(where.format(what=due, and_=f"AND due_on < '{NONE_DUE}'"), values).fetchall())
    return Counts(
        views={view: _kept_total(db, question.seen_as(view)) for view in View},
        due={entry: int(by_due.get(entry.value, 0)) for entry in Due},
        forms={form: int(number) for form, number in db.execute(where.format(what="form", and_=""), values).fetchall()},
    )


def count_since(db: Database, question: Question, case_id: int) -> int:
    """How many requests of a tab came after this one."""
    parts, values = conditions(db, question.tab, kept=False)
    found = db.execute(
        f"SELECT count(*) FROM cases WHERE id > :id AND {' AND '.join(parts)}",  # noqa: S608 - SQL of our own
        {**values, "id": case_id},
    )
    return int(found.fetchone()[0])


def newest_id(db: Database) -> int:
    """The id of the request that came last, 0 where there is none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM cases").fetchone()[0])


def count_decided_since(db: Database, question: Question, since: datetime) -> int:
    """How many requests that the person may see were decided at or after `since`."""
    parts, values = conditions(db, question.seen_as(View.ALL), kept=False)
    found = db.execute(
        f"SELECT count(*) FROM cases WHERE coalesce(decided_at, '') >= :since AND {' AND '.join(parts)}",  # noqa: S608
        {**values, "since": to_text(since)},
    )
    return int(found.fetchone()[0])


def load_release_rows(db: Database, release_id: int) -> list[QueueRow]:
    """The requests of one release, by reference."""
    rows = db.query(f"{_SELECT} WHERE cases.release_id = ? ORDER BY cases.year, cases.number", (release_id,))
    return [_row(row) for row in rows]


def load_unacknowledged(db: Database) -> list[QueueRow]:
    """Open requests that nobody has acknowledged, oldest first: what reminders are made from."""
    names = ", ".join(f"'{status.value}'" for status in OPEN)
    rows = db.query(f"{_SELECT} WHERE cases.acknowledged_at IS NULL AND cases.status IN ({names}) ORDER BY cases.id")
    return [_row(row) for row in rows]


def load_rows(db: Database, ids: list[int]) -> list[QueueRow]:
    """These requests in this order; what is not there is left out."""
    marks = ",".join("?" * len(ids))
    found = {row["id"]: _row(row) for row in db.query(f"{_SELECT} WHERE cases.id IN ({marks})", ids)}
    return [found[case_id] for case_id in ids if case_id in found]


def load_references(db: Database, case_ids: list[int]) -> dict[int, str]:
    """The reference of each of these cases."""
    marks = ",".join("?" * len(case_ids))
    rows = db.query(f"SELECT id, reference FROM cases WHERE id IN ({marks}) ORDER BY id", case_ids)  # noqa: S608 - marks
    return {row["id"]: row["reference"] for row in rows}


_SELECT = (
    "SELECT cases.*, coalesce(releases.name, '') AS release_name,"
    " coalesce((SELECT channel FROM submissions WHERE case_id = cases.id ORDER BY round LIMIT 1), '') AS channel"
    " FROM cases LEFT JOIN releases ON releases.id = cases.release_id"
)


def _total(db: Database, question: Question, asked: Asked) -> int:
    if not question.search.strip() and not question.area and question.release is None:
        return _kept_total(db, question)
    hint = f"INDEXED BY {asked.index}" if asked.index else ""
    found = db.execute(f"SELECT count(*) FROM {asked.source} {hint} WHERE {asked.where}", asked.values)  # noqa: S608
    return int(found.fetchone()[0])


def _kept_total(db: Database, question: Question) -> int:
    parts, values = conditions(db, question, kept=True)
    found = db.execute(f"SELECT sum(number) FROM case_counts WHERE {' AND '.join(parts)}", values)  # noqa: S608 - ours
    return int(found.fetchone()[0] or 0)


def _ids(db: Database, question: Question, asked: Asked, total: int, limit: int, offset: int) -> list[int]:
    """The ids of one page. Many rows are read in the order of an index, from the nearer end; a few are sorted."""
    if offset >= total:
        return []
    expressions, is_down = order_of(question)
    limit = min(limit, total - offset)
    is_from_end = offset > total // 2
    if is_from_end:
        offset, is_down = total - offset - limit, not is_down
    # The indexes of orders do not hold the release: what is narrowed down by it is sorted.
    is_held = question.release is None and not question.search.strip()
    is_walk = total > MOST_SORTED and is_held and question.sort is not Sort.MATCH
    index = f"cases_by_{question.sort.value}" if is_walk else asked.index
    # A plus sign keeps an index from being chosen for its order where it does not find the rows.
    order = ", ".join(f"{'' if is_walk else '+'}{each} {'DESC' if is_down else 'ASC'}" for each in expressions)
    hint = f"INDEXED BY {index}" if index else ""
    rows = db.execute(
        f"SELECT id FROM {asked.source} {hint} WHERE {asked.where} ORDER BY {order}"  # noqa: S608 - SQL of our own
        " LIMIT :limit OFFSET :offset",
        {**asked.values, "limit": limit, "offset": offset},
    )
    ids = [int(case_id) for (case_id,) in rows.fetchall()]
    return ids[::-1] if is_from_end else ids


def _place_in_order(db: Database, question: Question, asked: Asked, case_id: int) -> int | None:
    """How many of a long list stand before a request, None where it is not in it."""
    expressions, is_down = order_of(question)
    key = db.execute(
        f"SELECT {', '.join(expressions)} FROM cases WHERE id = :case AND {asked.where}",  # noqa: S608 - our own
        {**asked.values, "case": case_id},
    ).fetchone()
    if key is None:
        return None
    names = ", ".join(f":key{number}" for number in range(len(key)))
    found = db.execute(
        f"SELECT count(*) FROM cases INDEXED BY cases_by_{question.sort.value} WHERE {asked.where}"  # noqa: S608
        f" AND ({', '.join(expressions)}) {'>' if is_down else '<'} ({names})",
        asked.values | {f"key{number}": value for number, value in enumerate(key)},
    )
    return int(found.fetchone()[0])


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
        claimed_name=row["reviewer"],
        claimed_at=to_moment(row["claimed_at"]) if row["claimed_at"] else None,
        blockers=row["blockers"],
        queries=row["queries"],
        advice=row["advice"],
        release=row["release_name"],
        region=row["region"],
        pauses=pauses_from_text(row["pauses"]),
        heard_at=to_moment(row["heard_at"]) if row["heard_at"] else None,
        decided_at=to_moment(row["decided_at"]) if row["decided_at"] else None,
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


def count_uses(db: Database, column: str, keys: Collection[str]) -> dict[str, int]:
    """How many requests hold each of these values in `region`, `functional_area` or `decision`."""
    if column not in ("region", "functional_area", "decision"):
        raise KeyError(column)
    found = dict.fromkeys(keys, 0)
    rows = db.execute(f"SELECT {column}, count(*) FROM cases GROUP BY {column}").fetchall()  # noqa: S608 - one of ours
    # Several values stand in one column, separated by spaces.
    for values, number in rows:
        for value in (values or "").split():
            if value in found:
                found[value] += int(number)
    return found
