"""Many cases for tests of lists, put straight into their table, and what a list of them ought to hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from casework.lifecycle import DECIDED, Status
from store.database import to_text, transaction
from store.people import add_person
from store.promises import NONE_DUE
from store.question import NOBODY, OPEN, STATUSES, UNKNOWN_FORM, Due, Question, Sort, View

FORMS = ("business-justification", "supplementary-role", "national-competency", None)
REGIONS = ("", "london", "wales", "london wales", "south-west")
AREAS = ("", "payroll", "learning", "learning payroll", "absence")


def fill(db: Database, now: datetime, number: int, *, seed: int = 3) -> None:
    """So many cases with everything that lists look at, drawn at random; four people, three releases."""
    chance = random.Random(seed)
    with transaction(db):
        for name in ("Asha Rahman", "Tom Beckett", "Grace Adeyemi", "Bea Cole"):
            add_person(db, email=f"{name[:3]}@example.nhs.uk", name=name, password_hash="", roles=[])
        for name in ("Release 70", "Release 71", "Release 72"):
            db.execute("INSERT INTO releases (name) VALUES (?)", (name,))
        for count in range(1, number + 1):
            status = chance.choice(list(Status))
            waits = status not in DECIDED and chance.random() < 0.6
            moment = now - timedelta(days=chance.randrange(60))
            row = {
                "reference": f"ESR-2026-{count:04d}",
                "year": 2026,
                "number": count,
                "token": str(count),
                "created_at": to_text(moment),
                "status": status.value,
                "form": chance.choice(FORMS),
                "title": chance.choice(("Payslips", "payslips", "Leave", "Rota")),
                "region": chance.choice(REGIONS),
                "functional_area": chance.choice(AREAS),
                "release_id": chance.choice((None, 1, 2, 3)),
                "blockers": chance.randrange(3),
                "queries": chance.randrange(3),
                "decided_at": to_text(moment) if status in DECIDED else None,
                "due_on": (moment + timedelta(days=7)).date().isoformat()
                if waits and chance.random() < 0.8
                else NONE_DUE,
            }
            db.table("cases").insert(row)
            claimed = chance.choice((None, None, 1, 2, 3, 4))
            db.execute("UPDATE cases SET claimed_by = ? WHERE id = ?", (claimed, count))


def expected(db: Database, question: Question) -> list[int]:
    """The ids that a question without a search should find, in order: one row after the other, without any SQL."""
    rows = [row for row in db.query("SELECT * FROM cases") if _is_wanted(row, question)]
    key = _KEYS[question.sort]
    is_down = question.descending != (question.sort is Sort.CHECKS)
    return [row["id"] for row in sorted(rows, key=lambda row: (*key(row), row["id"]), reverse=is_down)]


def _is_wanted(row: dict[str, Any], asked: Question) -> bool:
    regions = set(row["region"].split())
    return (
        Status(row["status"]) in STATUSES[asked.view]
        and (not asked.statuses or Status(row["status"]) in asked.statuses)
        and (asked.view is not View.UNCLAIMED or row["claimed_by"] is None)
        and (asked.view is not View.MINE or row["claimed_by"] == asked.person_id)
        and (asked.reviewer is None or (row["claimed_by"] or NOBODY) == asked.reviewer)
        and (asked.release is None or row["release_id"] == asked.release)
        and (not asked.forms or (row["form"] or UNKNOWN_FORM) in asked.forms)
        and (not asked.area or asked.area in row["functional_area"].split())
        and (not asked.region or asked.region in regions)
        and (asked.regions is None or bool(asked.regions & regions))
        and (not asked.due or _stands(row["due_on"], asked.today) in asked.due)
    )


def _stands(due_on: str, today: date) -> Due | None:
    if due_on == NONE_DUE:
        return None
    due = date.fromisoformat(due_on)
    return Due.LATE if due < today else Due.TODAY if due == today else Due.LATER


_KEYS: dict[Sort, Callable[[dict[str, Any]], tuple[object, ...]]] = {
    Sort.DUE: lambda row: (row["due_on"], row["created_at"]),
    Sort.TITLE: lambda row: (row["title"].lower(),),
    Sort.FORM: lambda row: (row["form"] or "",),
    Sort.CHECKS: lambda row: (row["blockers"], row["queries"]),
    Sort.STATUS: lambda row: (row["status"],),
    Sort.REVIEWER: lambda row: (not row["reviewer"], row["reviewer"]),
    Sort.RECEIVED: lambda row: (row["created_at"],),
    Sort.DECIDED: lambda row: (row["decided_at"] or "",),
}


def questions(now: datetime) -> list[Question]:
    """Every tab with nothing, with each filter by itself, and with several."""
    filters: list[dict[str, Any]] = [
        {},
        *({"due": frozenset({due})} for due in Due),
        {"due": frozenset(Due)},
        *({"forms": frozenset({form or UNKNOWN_FORM})} for form in FORMS),
        {"forms": frozenset({"supplementary-role", UNKNOWN_FORM})},
        {"statuses": frozenset({Status.NEW, Status.DECLINED})},
        {"statuses": frozenset(OPEN)},
        *({"area": area} for area in ("payroll", "learning", "nothing like it")),
        *({"region": region} for region in ("wales", "south-west", "nowhere")),
        {"regions": frozenset({"wales"})},
        {"regions": frozenset()},
        *({"reviewer": reviewer} for reviewer in (NOBODY, 2)),
        {"release": 2},
        {"due": frozenset({Due.LATE}), "forms": frozenset({"business-justification"}), "area": "learning"},
        {"reviewer": 2, "region": "london", "regions": frozenset({"london", "wales"}), "release": 1},
    ]
    return [Question(view=view, person_id=1, today=now.date(), **each) for view in View for each in filters]
