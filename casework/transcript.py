"""The neutral tree that both readers produce: what a document says, in order, and where each piece stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Box = tuple[float, float, float, float]
"""[x0, top, x1, bottom] in PDF points from the page's top left."""


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a piece stands. Word: `part` and `path`. PDF: `page` (1-based) and `box`; a form field adds `control`.

    A path counts from 1, as Word shows the document with its tracked changes accepted; content controls and other
    wrappers are stepped through. "paragraph 3" and "table 2" count what stands in the part, or in the cell or box named
    before them, itself; a table's paragraphs are counted in its cells. "row 5" counts the table's rows and "cell 2" the
    real cells of that row, a merged one once. A cell alone means its first paragraph, the next is "..., cell 2,
    paragraph 2". A nested table goes on from its cell: "table 1, row 2, cell 2, table 1, row 1, cell 1".

    The body, and the first header and footer, need no name before that; a second one has ("header 2, paragraph 1"),
    and notes and comments always do, in the order in which they are referred to ("footnote 1, paragraph 1"). A text box
    is named by the paragraph that it hangs on, and numbered through the body, cell or box in which that stands:
    "paragraph 4, text box 1, paragraph 1", with the part before it where that is not the body.
    """

    part: str = "body"
    path: str = ""
    page: int | None = None
    box: Box | None = None
    control: str | None = None


class Mark(StrEnum):
    """How a sender made words stand out; a choice may be marked by any of them."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    HIGHLIGHT = "highlight"
    SHADING = "shading"
    COLOUR = "colour"
    BOXED = "boxed"
    HIDDEN = "hidden"
    INSERTED = "inserted"


class ControlKind(StrEnum):
    """What sort of form control holds a span."""

    TEXT = "text"
    TICK = "tick"
    CHOICE = "choice"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Control:
    """A content control, legacy form field or AcroForm widget, with its state.

    `label` is the human name (alias, status text or tooltip), `tag` the machine name. `checked` is set for ticks
    only. `prompting` says that the control shows its placeholder, so its text is the form's and not the sender's.
    `value` is the stored value where it differs from the text shown (ISO date, list value).
    """

    kind: ControlKind
    identity: str = ""
    tag: str = ""
    label: str = ""
    checked: bool | None = None
    prompting: bool = False
    value: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one look. A PDF span is one word or control and has its own `place`; a Word span need not."""

    text: str
    marks: frozenset[Mark] = frozenset()
    control: Control | None = None
    place: Locator | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Spans that stand together. `level` is 1-9 for a heading, 0 for body text; soft line breaks are `\\n` in spans.

    `marker` is the list number or bullet that the program shows but does not store in the text ("1.", "•").
    """

    spans: tuple[Span, ...]
    place: Locator
    level: int = 0
    marker: str = ""

    @property
    def text(self) -> str:
        """The paragraph's words as a reader sees them, tick states included, without the list marker."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Cell:
    """One real table cell, never repeated: merged cells carry their spans. `column` is the 0-based grid column."""

    blocks: tuple[Block, ...]
    place: Locator
    column: int = 0
    colspan: int = 1
    rowspan: int = 1
    shaded: bool = False

    @property
    def text(self) -> str:
        """The cell's words; paragraphs joined by a line feed, a nested row's cells by ` | `."""
        return blocks_text(self.blocks)


@dataclass(frozen=True, slots=True)
class Row:
    """One table row. `header` is set where the program marks it as a repeated heading row."""

    cells: tuple[Cell, ...]
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells, as drawn or as found from the lines on a page."""

    rows: tuple[Row, ...]
    place: Locator


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the document that could not be read, said plainly ("embedded spreadsheet")."""

    what: str
    place: Locator = field(default_factory=Locator)


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that a document says, in reading order, headers and footnotes included (see each block's `place.part`).

    `notes` are things a reviewer should know ("has tracked changes"); `properties` the document's own title, template
    name and the like, in lower-case keys.
    """

    kind: str
    blocks: tuple[Block, ...]
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


def paragraphs_of(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    """Every paragraph below these blocks, tables walked row by row, in reading order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from paragraphs_of(cell.blocks)


def blocks_text(blocks: tuple[Block, ...]) -> str:
    """Paragraphs joined by a line feed, a table's rows likewise, a row's cells by ` | `."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            lines += [" | ".join(cell.text.replace("\n", " ") for cell in row.cells) for row in block.rows]
    return "\n".join(lines)


def joined_box(boxes: list[Box]) -> Box | None:
    """The smallest box round all of `boxes`, or None for none."""
    if not boxes:
        return None
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
