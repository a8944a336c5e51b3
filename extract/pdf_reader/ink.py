"""What stands on one PDF page before anybody has read it: words, rules, fills and loose drawing, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

from casework.transcript import Box, Control, Mark

Colour = tuple[int, int, int]
Point = tuple[float, float]
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Look:
    """How a run of characters is set. `size` is in points on the page."""

    size: float = 10.0
    bold: bool = False
    italic: bool = False
    colour: Colour = BLACK
    unseen: bool = False


@dataclass(slots=True)
class Word:
    """One word, form control or annotation. Positions are points from the page's top left, as it is displayed.

    `apart` says that it is a block of its own (a many-line field, a note typed onto the page, sideways text) and
    shares no line with its neighbours. `glued` says that no space stands between it and the next word. `order` counts
    what the page had painted before it, 0 where that is not known.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    look: Look = field(default_factory=Look)
    page: int = 1
    glued: bool = False
    apart: bool = False
    control: Control | None = None
    part: str | None = None
    marks: set[Mark] = field(default_factory=set)
    order: int = 0

    @property
    def box(self) -> Box:
        """The word's rectangle."""
        return (round(self.x0, 1), round(self.top, 1), round(self.x1, 1), round(self.bottom, 1))

    @property
    def height(self) -> float:
        """Height of the line it stands on, in points."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        """Horizontal centre."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight horizontal or vertical line: at `at`, from `start` to `end`."""

    upright: bool
    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        """How long it is, in points."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled rectangle, in the order of painting; `order` counts what was painted before it."""

    box: Box
    colour: Colour
    order: int = 0
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """An annotation that marks words or adds some: `kind` is its PDF subtype, `boxes` the places it covers.

    `strokes` are the corners of the lines that it draws, for an Ink or a Line.
    """

    kind: str
    boxes: tuple[Box, ...]
    text: str = ""
    strokes: tuple[tuple[Point, ...], ...] = ()


@dataclass(slots=True)
class Sheet:
    """One page as found. `shapes` are the boxes of drawn things that are neither rules nor rectangles,
    `blots` those that are filled; `strikes` are lines drawn over the page in a viewer, which rule no table.
    """

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    shapes: list[Box] = field(default_factory=list)
    blots: list[Fill] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    strikes: list[Rule] = field(default_factory=list)
    image_share: float = 0.0
    unreadable: int = 0
    actions: set[str] = field(default_factory=set)


def contains(box: Box, x: float, y: float, slack: float = 0.0) -> bool:
    """Whether the point lies in the box, or within `slack` points of it."""
    return box[0] - slack <= x <= box[2] + slack and box[1] - slack <= y <= box[3] + slack


def inside(inner: Box, outer: Box, slack: float = 1.5) -> bool:
    """Whether `inner` lies in `outer`, allowing `slack` points at each edge."""
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def box_area(box: Box) -> float:
    """Area in square points, never negative."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def overlap_area(one: Box, other: Box) -> float:
    """Area that two boxes share."""
    return box_area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
