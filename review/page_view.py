"""The pages of a form as its reviewer sees them: each picture with the numbered marks that lie over its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from casework.transcript import Box
from review.answer_view import AnswerView
from store.pages import Highlight, PagePicture, Pages
from store.work import WorkState

PICTURE_WIDTH = 1200
"""What the picture's attributes say, in pixels: with its height they keep its place until it is there."""

_AROUND = 1.5
_RADIUS = 7.5
_STEP = 2 * _RADIUS + 1
_FROM_EDGE = 28.0
"""Points from the page's right edge to the middle of the first column of numbers: within the margin of most forms."""


class Drawing(StrEnum):
    """How far the pictures of a file are. `NONE` where there is nothing to draw, or where they may not be shown."""

    DRAWN = "drawn"
    COMING = "coming"
    FAILED = "failed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Mark:
    """One answer on one page, in points from the page's top left.

    `boxes` are (x, y, width, height), one for each line; `badge` is the middle of the number; `anchor` is empty on the
    further pages of an answer. `tone` is "plain", "attention" or "empty".
    """

    field: str
    label: str
    number: int | None
    tone: str
    anchor: str
    boxes: tuple[tuple[float, float, float, float], ...]
    badge: tuple[float, float]


@dataclass(frozen=True, slots=True)
class PageView:
    """One page: its size in points, the height of its picture in pixels at PICTURE_WIDTH, its words and its marks."""

    number: int
    width: float
    height: float
    picture_height: int
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """What the page shows of the file: its pages where there are pictures, else how far the drawing is.

    `spots` gives the page on which each answer begins, by field.
    """

    drawing: Drawing
    pages: tuple[PageView, ...] = ()
    spots: Mapping[str, int] = field(default_factory=dict)


def document_view(
    pages: Pages | None, state: WorkState | None, answers: Iterable[AnswerView], form_index: int | None
) -> DocumentView:
    """The pages of a file with the answers of one form in it; `state` is that of the work that draws them."""
    if pages is None or not pages.pages:
        return DocumentView(_without_pages(state))
    by_field = {answer.key: answer for answer in answers}
    highlights = [mark for mark in pages.of_form(form_index) if mark.field in by_field]
    spots: dict[str, int] = {}
    for highlight in highlights:
        spots.setdefault(highlight.field, highlight.page)
    views = tuple(
        _page(number, page, [mark for mark in highlights if mark.page == number], by_field, spots)
        for number, page in enumerate(pages.pages, start=1)
    )
    return DocumentView(Drawing.DRAWN, views, spots)


def _without_pages(state: WorkState | None) -> Drawing:
    match state:
        case WorkState.OWED | WorkState.LEASED:
            return Drawing.COMING
        case WorkState.FAILED:
            return Drawing.FAILED
        case _:
            return Drawing.NONE


def _page(
    number: int,
    page: PagePicture,
    highlights: list[Highlight],
    answers: Mapping[str, AnswerView],
    spots: Mapping[str, int],
) -> PageView:
    lines: dict[str, list[Box]] = {}
    for highlight in highlights:
        lines.setdefault(highlight.field, []).append(highlight.box)
    badges = _badges(lines, page)
    marks = tuple(
        Mark(
            field=key,
            label=answers[key].label,
            number=answers[key].number,
            tone=_tone(answers[key]),
            anchor=f"mark-{key}" if spots[key] == number else "",
            boxes=tuple(_around(box) for box in boxes),
            badge=badges[key],
        )
        for key, boxes in lines.items()
    )
    return PageView(
        number=number,
        width=round(page.width, 1),
        height=round(page.height, 1),
        picture_height=round(PICTURE_WIDTH * page.height / page.width),
        text=page.text,
        marks=marks,
    )


def _tone(answer: AnswerView) -> str:
    if not answer.text:
        return "empty"
    return "attention" if answer.needs_attention else "plain"


def _around(box: Box) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = box
    return (
        round(x0 - _AROUND, 1),
        round(top - _AROUND / 2, 1),
        round(x1 - x0 + 2 * _AROUND, 1),
        round(bottom - top + _AROUND, 1),
    )


def _badges(lines: Mapping[str, list[Box]], page: PagePicture) -> dict[str, tuple[float, float]]:
    """Where each number stands: in the right margin beside its first line, or next to one that stands there already."""
    widest = max((box[2] for boxes in lines.values() for box in boxes), default=0.0)
    last = page.width - _RADIUS - 1
    first = min(max(page.width - _FROM_EDGE, widest + _RADIUS + 3), last)
    columns = [first + _STEP * step for step in range(3) if first + _STEP * step <= last]
    taken = dict.fromkeys(columns, -_STEP)
    places: dict[str, tuple[float, float]] = {}
    for key, boxes in sorted(lines.items(), key=lambda entry: (entry[1][0][1], entry[1][0][0])):
        _, top, _, bottom = boxes[0]
        # Beside the first line, also where the box is a whole field of several.
        wanted = top + min(bottom - top, 2 * _RADIUS) / 2
        column = next((x for x in columns if taken[x] + _STEP <= wanted), min(columns, key=taken.__getitem__))
        y = max(wanted, taken[column] + _STEP)
        taken[column] = y
        places[key] = (round(column, 1), round(y, 1))
    return places
