"""Paragraphs, cells, fields and containers of a Word document while they are still being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from casework.transcript import Block, Cell, Control, Locator, Span
from extract.docx_styles import marks_of


@dataclass(slots=True)
class Line:
    """A paragraph under construction; `after` are the blocks of text boxes anchored in it."""

    spans: list[Span] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    bits: int = 0
    control: Control | None = None
    is_loose: bool = False
    """Its words stand outside any paragraph, and so do not run on into the next one."""
    turns_page: bool = False

    def add(self, text: str, bits: int, control: Control | None) -> None:
        if self.turns_page:
            self.turns_page = False
            text = text if self.is_empty else "\n" + text
        if bits != self.bits or control is not self.control:
            self.close()
            self.bits, self.control = bits, control
        self.words.append(text)

    def add_empty(self, control: Control, bits: int) -> None:
        """A control that holds nothing is still there to be seen."""
        self.close()
        self.spans.append(Span("", marks_of(bits), control))

    def close(self) -> None:
        if self.words:
            self.spans.append(Span("".join(self.words), marks_of(self.bits), self.control))
            self.words.clear()

    @property
    def is_empty(self) -> bool:
        return not self.spans and not self.words


@dataclass(slots=True)
class Where:
    """A container of blocks: which part and path, and how many blocks it has had."""

    part: str
    path: str = ""
    in_cell: bool = False
    paragraphs: int = 0
    tables: int = 0
    boxes: int = 0
    insertions: int = 0
    open_line: Line | None = None
    """Words that still wait for their paragraph's end: its mark was deleted, or they stand outside any paragraph."""

    def next_paragraph(self) -> Locator:
        self.paragraphs += 1
        if self.in_cell and self.paragraphs == 1:
            return Locator(self.part, self.path)
        return Locator(self.part, self._step("paragraph", self.paragraphs))

    def this_paragraph(self) -> str:
        return self._step("paragraph", self.paragraphs + 1) if not self.in_cell or self.paragraphs else self.path

    def next_table(self) -> str:
        self.tables += 1
        return self._step("table", self.tables)

    def next_insertion(self) -> Locator:
        self.insertions += 1
        return Locator(self.part, self._step("inserted file", self.insertions))

    def _step(self, name: str, number: int) -> str:
        return f"{self.path}, {name} {number}" if self.path else f"{name} {number}"


@dataclass(slots=True)
class Field:
    """A complex field that has begun: its code up to `separate`, then its result."""

    control: Control | None = None
    outer: Control | None = None
    code: list[str] = field(default_factory=list)
    in_result: bool = False
    is_muted: bool = True
    has_words: bool = False


@dataclass(slots=True)
class OpenCell:
    """A cell that may still grow downwards."""

    place: Locator
    blocks: list[Block]
    column: int
    colspan: int
    shaded: bool
    rowspan: int = 1

    def close(self) -> Cell:
        return Cell(tuple(self.blocks), self.place, self.column, self.colspan, self.rowspan, self.shaded)
