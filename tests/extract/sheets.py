"""Builds transcripts in a few words, so that a test shows the page it is about."""

from __future__ import annotations

import re
from dataclasses import replace

from casework.transcript import (
    Block,
    Cell,
    Control,
    ControlKind,
    Locator,
    Mark,
    Paragraph,
    Row,
    Span,
    Table,
    Transcript,
)

_MARKS = {
    "**": Mark.BOLD,
    "//": Mark.ITALIC,
    "==": Mark.HIGHLIGHT,
    "~~": Mark.STRIKE,
    "__": Mark.UNDERLINE,
    "##": Mark.SHADING,
    "@@": Mark.COLOUR,
    "||": Mark.BOXED,
}
_SIGNS = re.compile(r"(\*\*|//|==|~~|__|##|@@|\|\|)(.+?)\1", re.DOTALL)

Content = str | tuple[Span, ...] | Block | list["Content"]


def spans(text: str) -> tuple[Span, ...]:
    """Spans from `**bold**`, `//italic//`, `==highlight==`, `~~strike~~`, `__underline__`, `##shading##` and so on."""
    found: list[Span] = []
    at = 0
    for sign in _SIGNS.finditer(text):
        if sign.start() > at:
            found.append(Span(text[at : sign.start()]))
        inner = spans(sign[2])
        found += [replace(span, marks=span.marks | {_MARKS[sign[1]]}) for span in inner]
        at = sign.end()
    if at < len(text):
        found.append(Span(text[at:]))
    return tuple(found)


def para(text: str | tuple[Span, ...] = "", *, level: int = 0, part: str = "body", marker: str = "") -> Paragraph:
    """A paragraph; `level` 1 to 9 for a heading."""
    return Paragraph(spans(text) if isinstance(text, str) else text, Locator(part, "p"), level, marker)


def heading(text: str, level: int = 2) -> Paragraph:
    """A heading in the program's own heading style."""
    return para(text, level=level)


def cell(content: Content, *, column: int = 0, colspan: int = 1, rowspan: int = 1, shaded: bool = False) -> Cell:
    """A cell: text (a paragraph a line), a block, or a list of them."""
    return Cell(_blocks(content), Locator("body", "cell"), column, colspan, rowspan, shaded)


def _blocks(content: Content) -> tuple[Block, ...]:
    if isinstance(content, str):
        return tuple(para(line) for line in content.split("\n"))
    if isinstance(content, tuple):
        return (para(content),)
    if isinstance(content, list):
        return tuple(block for part in content for block in _blocks(part))
    return (content,)


def table(*rows: list[Content | Cell]) -> Table:
    """A table from its rows; a row with one cell spans the whole width."""
    width = max(len(row) for row in rows)
    built: list[Row] = []
    for row in rows:
        cells: list[Cell] = []
        column = 0
        for entry in row:
            made = entry if isinstance(entry, Cell) else cell(entry)
            colspan = width if len(row) == 1 and width > 1 and not isinstance(entry, Cell) else made.colspan
            cells.append(replace(made, column=max(column, made.column), colspan=colspan))
            column = max(column, made.column) + colspan
        built.append(Row(tuple(cells)))
    return Table(tuple(built), Locator("body", "table"))


def sheet(*blocks: Block | str) -> Transcript:
    """A Word transcript of these blocks; a plain string is a paragraph."""
    return Transcript("docx", tuple(para(block) if isinstance(block, str) else block for block in blocks))


def tick(checked: bool, label: str = "") -> Span:
    """A tick box control, as a reader shows it."""
    return Span("☒" if checked else "☐", control=Control(ControlKind.TICK, identity="t", label=label, checked=checked))


def entry(text: str, *, tag: str = "", label: str = "", prompting: bool = False) -> Span:
    """A text control and what it holds."""
    return Span(
        text, control=Control(ControlKind.TEXT, identity=tag or label or "c", tag=tag, label=label, prompting=prompting)
    )


def dropdown(text: str, *, tag: str = "", prompting: bool = False) -> Span:
    """A drop-down list and the value it shows."""
    return Span(text, control=Control(ControlKind.CHOICE, identity=tag or "d", tag=tag, prompting=prompting))
