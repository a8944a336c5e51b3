"""Read models for the ledger page: what arrived and what came in it, found by outcome, sender, name or reference."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from store.ledger import NEEDS_A_PERSON, LedgerLine, Outcome, load_line, load_parts

_MOST_PARTS = 200


@dataclass(frozen=True, slots=True)
class Sought:
    """What the list is to hold: arrivals where they or something in them has the outcome and the words."""

    needs_a_person: bool = False
    outcome: Outcome | None = None
    search: str = ""


def find_arrivals(db: Database, sought: Sought, *, limit: int, offset: int = 0) -> tuple[int, list[LedgerLine]]:
    """How many arrivals match in all, and those of one page, newest first; what came in another is not among them."""
    parts, values = ["1 = 1"], {"search": f"%{_escaped(sought.search.strip())}%", "outcome": sought.outcome or ""}
    if sought.needs_a_person:
        parts.append(_WAITS)
    if sought.outcome is not None:
        parts.append("outcome = :outcome")
    if sought.search.strip():
        parts.append(
            "(name LIKE :search ESCAPE '\\' OR sender LIKE :search ESCAPE '\\' OR case_id IN"
            " (SELECT id FROM cases WHERE reference LIKE :search ESCAPE '\\'))"
        )
    found = (
        "WITH RECURSIVE up (id, parent_id) AS ("  # noqa: S608 - SQL of our own; what comes from outside is a named value
        f" SELECT id, parent_id FROM ledger WHERE {' AND '.join(parts)}"
        " UNION SELECT ledger.id, ledger.parent_id FROM ledger JOIN up ON ledger.id = up.parent_id)"
        " SELECT {what} FROM up WHERE parent_id IS NULL"
    )
    total = int(db.execute(found.format(what="count(*)"), values).fetchone()[0])
    rows = db.execute(
        f"{found.format(what='id')} ORDER BY id DESC LIMIT :limit OFFSET :offset",
        {**values, "limit": limit, "offset": offset},
    )
    return total, [load_line(db, row[0]) for row in rows.fetchall()]


def load_inside(db: Database, ledger_id: int) -> list[tuple[int, LedgerLine]]:
    """Everything that came inside an arrival, each after what it came in, with its depth from 1."""
    found: list[tuple[int, LedgerLine]] = []

    def walk(inside: int, depth: int) -> None:
        for part in load_parts(db, inside):
            if len(found) < _MOST_PARTS:
                found.append((depth, part))
                walk(part.id, depth + 1)

    walk(ledger_id, 1)
    return found


def count_waiting(db: Database) -> int:
    """How many messages wait until somebody says what becomes of them."""
    return int(db.execute(f"SELECT count(*) FROM ledger WHERE {_WAITS}").fetchone()[0])  # noqa: S608 - see _WAITS


def root_of(db: Database, line: LedgerLine) -> LedgerLine:
    """What an arrival came in, or the arrival itself."""
    while line.parent_id is not None:
        line = load_line(db, line.parent_id)
    return line


# A held file in a message that became a request is shown there; only a message itself can wait for somebody.
_WAITS = (
    f"outcome IN ({', '.join(repr(outcome.value) for outcome in NEEDS_A_PERSON)})"  # noqa: S608 - our own words
    " AND id IN (SELECT ledger_id FROM messages)"
)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
