"""Pages as a worker would have drawn them."""

from __future__ import annotations

import json

from casework.transcript import Box
from store.cases import CaseRow, load_submissions
from store.database import transaction
from store.originals import keep_original
from store.pages import Highlight, PagePicture, Pages, keep_pages, pages_to_record
from tests.review.house import House

PICTURE = b"RIFF\x10\x00\x00\x00WEBPVP8L of page "
WIDTH, HEIGHT = 595.3, 841.9


def a_highlight(field: str, *, page: int = 1, top: float = 100, left: float = 200, right: float = 400) -> Highlight:
    """One line of an answer, ten points high."""
    box: Box = (left, top, right, top + 10)
    return Highlight(field, page, box)


def some_pages(*highlights: Highlight, texts: tuple[str, ...] = ("Words of the first page",)) -> Pages:
    """A4 pages with these words, and the highlights of one form."""
    pages = tuple(PagePicture(WIDTH, HEIGHT, "0" * 64, text) for text in texts)
    return Pages(pages, {1: highlights})


def draw(
    house: House,
    case: CaseRow,
    *highlights: Highlight,
    texts: tuple[str, ...] = ("Words of the first page",),
    picture: bytes = PICTURE,
) -> int:
    """Commit pictures of a case's newest file; returns the submission's id."""
    submission = load_submissions(house.db, case.id)[-1]
    record = pages_to_record(some_pages(*highlights, texts=texts))
    for number, page in enumerate(record["pages"], start=1):
        page["picture"] = keep_original(house.settings.originals, picture + str(number).encode())
    with transaction(house.db):
        keep_pages(
            house.db, submission_id=submission.id, attempt="w1-a1", record_text=json.dumps(record), now=house.moment[0]
        )
    return submission.id
