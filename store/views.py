"""What people keep of the queue for themselves: views with a name, alone or for the team, and the order they chose."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from casework.errors import RefusedError

LONGEST_NAME = 60
MOST_VIEWS = 30


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view: its name, whose it is, whether the team sees it, and its question as an address carries it."""

    id: int
    name: str
    owner: int
    owner_name: str
    is_shared: bool
    address: str


def save_view(db: Database, *, owner: int, name: str, address: str, is_shared: bool) -> int:
    """Keep a view, in place of the person's own of the same name, inside the open transaction; returns its id."""
    cleaned = _checked_name(name)
    kept = db.execute("SELECT count(*) FROM saved_views WHERE owner = ? AND name <> ?", (owner, cleaned)).fetchone()[0]
    if kept >= MOST_VIEWS:
        raise RefusedError(f"You have {MOST_VIEWS} views. Delete one that you do not need any more.")
    db.execute(
        "INSERT INTO saved_views (owner, name, address, is_shared) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (owner, name) DO UPDATE SET address = excluded.address, is_shared = excluded.is_shared",
        (owner, cleaned, address, int(is_shared)),
    )
    found = db.execute("SELECT id FROM saved_views WHERE owner = ? AND name = ?", (owner, cleaned))
    return int(found.fetchone()[0])


def load_views(db: Database, person_id: int) -> list[SavedView]:
    """The person's own views and then those that colleagues share, by name."""
    rows = db.query(
        "SELECT saved_views.*, users.name AS owner_name FROM saved_views JOIN users ON users.id = saved_views.owner"
        " WHERE owner = ? OR is_shared = 1 ORDER BY owner <> ?, saved_views.name COLLATE NOCASE, saved_views.id",
        (person_id, person_id),
    )
    return [
        SavedView(row["id"], row["name"], row["owner"], row["owner_name"], bool(row["is_shared"]), row["address"])
        for row in rows
    ]


def rename_view(db: Database, view_id: int, *, owner: int, name: str) -> str:
    """Give a view of one's own another name, inside the open transaction; returns the name it had."""
    cleaned = _checked_name(name)
    before = _own_name(db, view_id, owner)
    taken = db.execute(
        "SELECT 1 FROM saved_views WHERE owner = ? AND name = ? AND id <> ?", (owner, cleaned, view_id)
    ).fetchone()
    if taken is not None:
        raise RefusedError(f"You have a view “{cleaned}” already. Enter another name.")
    db.execute("UPDATE saved_views SET name = ? WHERE id = ?", (cleaned, view_id))
    return before


def delete_view(db: Database, view_id: int, *, owner: int) -> str:
    """Forget a view of one's own, inside the open transaction; returns its name."""
    name = _own_name(db, view_id, owner)
    db.execute("DELETE FROM saved_views WHERE id = ?", (view_id,))
    return name


def _checked_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned:
        raise RefusedError("Enter a name for the view.")
    if len(cleaned) > LONGEST_NAME:
        raise RefusedError(f"Enter a name of at most {LONGEST_NAME} characters.")
    return cleaned


def _own_name(db: Database, view_id: int, owner: int) -> str:
    row = db.execute("SELECT name FROM saved_views WHERE id = ? AND owner = ?", (view_id, owner)).fetchone()
    if row is None:
        raise RefusedError("This view is gone already, or it belongs to a colleague. Only they can change it.")
    return str(row[0])


def keep_preference(db: Database, person_id: int, name: str, value: str) -> None:
    """Keep what a person chose, inside the open transaction."""
    db.execute("INSERT OR REPLACE INTO preferences (user_id, name, value) VALUES (?, ?, ?)", (person_id, name, value))


def find_preference(db: Database, person_id: int, name: str) -> str:
    """What a person chose, empty where they have not."""
    row = db.execute("SELECT value FROM preferences WHERE user_id = ? AND name = ?", (person_id, name)).fetchone()
    return str(row[0]) if row else ""
