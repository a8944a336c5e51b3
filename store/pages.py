"""What each form looks like: the pictures of its pages, their words, and where the answers stand on them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.transcript import Box
from store.database import to_text
from store.work import WorkState


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page as displayed: its size in points, its picture's SHA-256 in the originals' store, and its words."""

    width: float
    height: float
    picture: str
    text: str


@dataclass(frozen=True, slots=True)
class Highlight:
    """One line of an answer on a 1-based page; `box` in points from the page's top left."""

    field: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one file, and the highlights of each form in it, by number from 1."""

    pages: tuple[PagePicture, ...]
    highlights: dict[int, tuple[Highlight, ...]]

    def of_form(self, form_index: int | None) -> tuple[Highlight, ...]:
        """The highlights of one form of the file; of the only one where no number is given."""
        return self.highlights.get(form_index or 1, ())


def keep_pages(db: Database, *, submission_id: int, attempt: str, record_text: str, now: datetime) -> None:
    """Store what a worker drew, in place of what was drawn before, inside the open transaction."""
    db.execute(
        "INSERT INTO pages (submission_id, attempt, committed_at, record) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (submission_id) DO UPDATE SET attempt = excluded.attempt, record = excluded.record,"
        " committed_at = excluded.committed_at",
        (submission_id, attempt, to_text(now), record_text),
    )


def find_pages(db: Database, submission_id: int) -> Pages | None:
    """The pages of a submission's file, or None where they have not been drawn (yet)."""
    row = next(db.query("SELECT record FROM pages WHERE submission_id = ?", (submission_id,)), None)
    return pages_from_record(json.loads(row["record"])) if row else None


def find_drawing(db: Database, submission_id: int) -> WorkState | None:
    """How far the newest drawing of a submission's file is, or None where none is owed."""
    row = next(
        db.query(
            "SELECT state FROM work WHERE submission_id = ? AND stage = 'render' ORDER BY id DESC LIMIT 1",
            (submission_id,),
        ),
        None,
    )
    return WorkState(row["state"]) if row else None


def pages_from_record(record: dict[str, Any]) -> Pages:
    """Pages from JSON: {"pages": [{width, height, picture, text}], "forms": [[{field, page, box}]]}.

    ValueError, TypeError or LookupError where it has another shape: workers are not trusted with more.
    """
    pages = tuple(
        PagePicture(float(page["width"]), float(page["height"]), _digest(page["picture"]), str(page["text"]))
        for page in record["pages"]
    )
    highlights = {
        index: tuple(
            Highlight(str(entry["field"]), _number(entry["page"], len(pages)), _box(entry["box"])) for entry in form
        )
        for index, form in enumerate(record["forms"], start=1)
    }
    return Pages(pages, highlights)


def pages_to_record(pages: Pages) -> dict[str, Any]:
    """The JSON that `pages_from_record` reads."""
    forms = max(pages.highlights, default=0)
    return {
        "pages": [
            {"width": page.width, "height": page.height, "picture": page.picture, "text": page.text}
            for page in pages.pages
        ],
        "forms": [
            [
                {"field": mark.field, "page": mark.page, "box": list(mark.box)}
                for mark in pages.highlights.get(index, ())
            ]
            for index in range(1, forms + 1)
        ],
    }


def _digest(text: object) -> str:
    if not isinstance(text, str) or len(text) != 64 or not all(char in "0123456789abcdef" for char in text):
        raise ValueError("a picture has no name")
    return text


def _number(number: object, most: int) -> int:
    if not isinstance(number, int) or not 1 <= number <= most:
        raise ValueError("there is no such page")
    return number


def _box(values: object) -> Box:
    if not isinstance(values, list) or len(values) != 4:
        raise ValueError("a box has four sides")
    x0, top, x1, bottom = (float(value) for value in values)
    return x0, top, x1, bottom
