"""Pages as found into one list of blocks: fields put where they stand, marks on words, tables joined over pages."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from casework.transcript import Block, Box, Cell, Control, ControlKind, Locator, Mark, Paragraph, Row, Span, Table
from extract.pdf_reader.flow import Setting, lines_of, measure_pitches
from extract.pdf_reader.glyphs import tick_state
from extract.pdf_reader.grid import Drawn, Grid, cell_at, find_grids, tile_rules
from extract.pdf_reader.ink import Fill, Look, Sheet, Word, box_area, contains, inside, overlap_area
from extract.pdf_reader.layout import PageLayout
from extract.pdf_reader.marks import mark_words
from extract.pdf_reader.strokes import place_strokes
from extract.pdf_reader.unruled import Columns

_PAGE_NUMBER = re.compile(
    r"(?i)\bpage\s*:?\s*\d+(\s*(of|/)\s*\d+)?\b|^\W*\d{1,3}\s*(/|of)\s*\d{1,3}\W*$|^\W*\d{1,3}\W*$"
)
_PRINTED_LINE = re.compile(r"(?i)^(file|https?)://\S+(\s+\d+/\d+)?$|^\d{1,2}/\d{1,2}/\d{2,4},\s+\d{1,2}:\d\d\b")
HIDDEN = "hidden"
"""The part of words that nobody sees on the page: kept, and apart from the answers."""
MARGIN_SHARE = 0.09
"""Running heads and feet stand in this share of the page's height at its top and bottom."""


def find_drawn(sheets: Sequence[Sheet]) -> list[Drawn]:
    """What the lines of each page make: its tables, tick squares and leftover lines."""
    return [
        find_grids(sheet.rules + tile_rules(sheet.fills), [(word.centre, word.middle) for word in sheet.words])
        for sheet in sheets
    ]


def assemble(
    sheets: Sequence[Sheet], fields: Sequence[Word], homeless: Sequence[Word], drawn: Sequence[Drawn] | None = None
) -> list[Block]:
    """All blocks of the document, page after page; running heads once each page, as part "header" or "footer".

    `homeless` are fields that stand on no page; `drawn` is what `find_drawn` gave, where it has been looked at before.
    """
    drawn = find_drawn(sheets) if drawn is None else drawn
    for sheet, found in zip(sheets, drawn, strict=True):
        _place_fields(sheet, [word for word in fields if word.page == sheet.number])
        _place_annotations(sheet)
        place_strokes(sheet)
        _tick_squares(sheet, found)
        mark_words(sheet, found)
        for word in sheet.words:
            _as_tick(word)
    running = _running_parts(sheets, drawn)
    setting = _measure(sheets, drawn)
    blocks: list[Block] = []
    columns: dict[int, Columns] = {}
    known: list[Columns] = []
    for sheet, found in zip(sheets, drawn, strict=True):
        parts = running[sheet.number]
        right = _right_edge(sheet, found)
        layout = PageLayout(sheet.number, sheet.fills, setting, right, known)
        heads = [word for word in sheet.words if parts.get(id(word)) == "header" and Mark.HIDDEN not in word.marks]
        feet = [word for word in sheet.words if parts.get(id(word)) == "footer" and Mark.HIDDEN not in word.marks]
        hidden = [word for word in sheet.words if Mark.HIDDEN in word.marks]
        unseen = {id(word) for word in hidden}
        body = [word for word in sheet.words if id(word) not in parts and id(word) not in unseen]
        page_blocks = layout.blocks(body, found.grids, sheet.width * sheet.height)
        columns |= layout.columns
        known = list(layout.columns.values())[-1:] or known
        if blocks and page_blocks:
            page_blocks = _joined_over_page(blocks, page_blocks, drawn[sheet.number - 2], found, columns)
        blocks += [_in_part(block, "header") for block in layout.blocks(heads, (), 1)]
        blocks += page_blocks
        blocks += [_in_part(block, "footer") for block in layout.blocks(feet, (), 1)]
        blocks += _comments(sheet)
        blocks += [_in_part(block, HIDDEN) for block in layout.lines([word for word in hidden if word.text])]
    for word in homeless:
        place = Locator("body", page=word.page, control=word.control.tag if word.control else None)
        paragraph = Paragraph((Span(word.text, frozenset(word.marks), word.control, place),), place)
        blocks.append(_in_part(paragraph, HIDDEN) if Mark.HIDDEN in word.marks else paragraph)
    return blocks


def _by_middle(word: Word) -> float:
    return word.middle


def _squash(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _place_fields(sheet: Sheet, fields: Sequence[Word]) -> None:
    """Add the page's form fields; what the page prints inside a field's box is its value, already held."""
    printed = sorted((known for known in sheet.words if known.control is None), key=_by_middle)
    middles = [known.middle for known in printed]
    gone: set[int] = set()
    for word in fields:
        control = word.control
        if control is None:
            continue
        level = printed[bisect_left(middles, word.top) : bisect_right(middles, word.bottom)]
        under = [known for known in level if word.x0 <= known.centre <= word.x1]
        value = _squash(word.text)
        gone |= {
            id(known)
            for known in under
            if (control.kind is ControlKind.TICK and (tick_state(known.text) is not None or known.text in "xX4"))
            or (value and _squash(known.text) and _squash(known.text) in value)
        }
    if gone:
        sheet.words = [known for known in sheet.words if id(known) not in gone]
    for word in fields:
        if word.control is not None and word.control.kind is ControlKind.TICK and not word.control.label:
            word.control = replace(word.control, label=_nearest_text(sheet, word))
    sheet.words += fields


def _nearest_text(sheet: Sheet, tick: Word) -> str:
    """The words beside a tick box: those to its right on the line, else to its left."""
    line = [word for word in sheet.words if word.control is None and abs(word.middle - tick.middle) < 0.6 * word.height]
    right = sorted((word for word in line if word.x0 >= tick.x1 - 2), key=lambda word: word.x0)
    out: list[str] = []
    end = tick.x1
    for word in right:
        if tick_state(word.text) is not None:
            break
        if word.x0 - end > (25 if not out else 0.9 * word.look.size):
            break
        out.append(word.text)
        end = word.x1
    if out:
        return " ".join(out)
    start = tick.x0
    for word in sorted((word for word in line if word.x1 <= tick.x0 + 2), key=lambda word: -word.x0):
        if start - word.x1 > (25 if not out else 0.9 * word.look.size):
            break
        out.insert(0, word.text)
        start = word.x0
    return " ".join(out)


def _place_annotations(sheet: Sheet) -> None:
    for notice in sheet.notices:
        if notice.kind == "FreeText" and notice.text.strip() and notice.boxes:
            box = notice.boxes[0]
            sheet.words.append(Word(notice.text.strip(), *box, Look(10.0), sheet.number, apart=True, part="annotation"))


def _comments(sheet: Sheet) -> list[Block]:
    out: list[Block] = []
    for notice in sheet.notices:
        if notice.kind != "FreeText" and notice.text.strip():
            box = notice.boxes[0] if notice.boxes else None
            place = Locator("comment", page=sheet.number, box=box)
            out.append(Paragraph((Span(notice.text.strip(), place=place),), place))
    return out


def _tick_squares(sheet: Sheet, found: Drawn) -> None:
    """Small drawn squares become ticks: empty, or ticked by a sign, a cross or a stroke drawn inside."""
    for square in [*found.squares, *_rounded_squares(sheet, found.squares)]:
        held = [word for word in sheet.words if contains(square, word.centre, word.middle)]
        if any(word.control is not None for word in held):
            continue
        signs = [word for word in held if tick_state(word.text) is not None or word.text in ("x", "X", "4", "8", "/")]
        if len(signs) != len(held):
            continue
        inner = [shape for shape in sheet.shapes if inside(shape, square, 2.5) and _is_smaller(shape, square)]
        solid = [
            fill
            for fill in sheet.fills
            if inside(fill.box, square, 1) and max(fill.colour) < 120 and fill.box[2] - fill.box[0] > 2
        ]
        solid += [blot for blot in sheet.blots if _fills_box(blot, square)]
        checked = any(tick_state(word.text) is not False for word in signs) or bool(inner) or bool(solid)
        sheet.words = [word for word in sheet.words if word not in held]
        size = min(12.0, square[3] - square[1])
        sheet.words.append(
            Word(
                "☒" if checked else "☐",
                *square,
                Look(size),
                sheet.number,
                control=Control(ControlKind.TICK, checked=checked),
            )
        )
    for word in sheet.words:
        control = word.control
        if control is not None and control.kind is ControlKind.TICK and not control.label:
            word.control = replace(control, label=_nearest_text(sheet, word))


def _fills_box(blot: Fill, square: Box) -> bool:
    """Whether a ticked box is shown by its colour, the tick left white, as browsers do."""
    strong = max(blot.colour) < 120 or max(blot.colour) - min(blot.colour) > 90
    return strong and overlap_area(blot.box, square) > 0.7 * box_area(square) > 0.5 * box_area(blot.box)


def _is_smaller(shape: Box, square: Box) -> bool:
    """Whether a shape is a sign in the square rather than the square's own outline."""
    return box_area(shape) < 0.7 * box_area(square)


def _rounded_squares(sheet: Sheet, squares: Sequence[Box]) -> list[Box]:
    """Tick boxes with round corners and radio circles: drawn shapes of that size with words right beside them."""
    out: list[Box] = []
    for shape in sorted(sheet.shapes, key=lambda shape: -box_area(shape)):
        width, height = shape[2] - shape[0], shape[3] - shape[1]
        if not (7 <= width <= 17 and 0.9 <= width / max(height, 0.1) <= 1.11) or len(out) > 200:
            continue
        if any(overlap_area(shape, known) > 0 for known in [*out, *squares]):
            continue
        middle = (shape[1] + shape[3]) / 2
        if any(abs(word.middle - middle) < 5 and 0 < word.x0 - shape[2] < 14 for word in sheet.words):
            out.append(shape)
    return out


def _as_tick(word: Word) -> None:
    state = tick_state(word.text) if word.control is None else None
    if state is not None:
        word.control = Control(ControlKind.TICK, checked=state)


def _running_parts(sheets: Sequence[Sheet], drawn: Sequence[Drawn]) -> dict[int, dict[int, str]]:
    """For each page, which words stand in a running head or foot."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    repeated: Counter[tuple[str, str, int]] = Counter()
    lines = []
    for sheet, grids in zip(sheets, drawn, strict=True):
        top = [word for word in sheet.words if word.bottom < MARGIN_SHARE * sheet.height]
        bottom = [word for word in sheet.words if word.top > (1 - MARGIN_SHARE) * sheet.height]
        for part, words in (("header", top), ("footer", bottom)):
            for line in lines_of([word for word in words if word.control is None and not word.apart]):
                if any(contains(grid.box, line.words[0].centre, line.middle) for grid in grids.grids):
                    continue
                text = " ".join(word.text for word in line.words)
                key = (part, re.sub(r"\d+", "0", text), round(line.middle / 4))
                repeated[key] += 1
                lines.append((sheet, part, line, text, key))
    for sheet, part, line, text, key in lines:
        again = repeated[key] >= max(2, 0.5 * len(sheets))
        small = len(text) < 200 and (bool(_PAGE_NUMBER.search(text)) or bool(_PRINTED_LINE.search(text)))
        outermost = line.middle > 0.93 * sheet.height or line.middle < 0.07 * sheet.height
        if again or (small and outermost):
            for word in line.words:
                found[sheet.number][id(word)] = part
    return found


def _measure(sheets: Sequence[Sheet], drawn: Sequence[Drawn]) -> Setting:
    letters: Counter[float] = Counter()
    ratios: dict[int, list[float]] = defaultdict(list)
    ends = lines_seen = 0
    for sheet, grids in zip(sheets, drawn, strict=True):
        for word in sheet.words:
            if word.control is None and not word.apart:
                letters[round(word.look.size * 2) / 2] += len(word.text)
        for words in _by_cell(sheet.words, grids.grids):
            lines = lines_of(words)
            lines_seen += len(lines)
            for line in lines:
                text = line.words[-1].text
                ends += text.endswith("-") and text[:-1].isalpha() and text[-2:-1].islower()
            for size, ratio in measure_pitches(lines):
                ratios[size].append(ratio)
    body = letters.most_common(1)[0][0] if letters else 10.0
    heads = tuple(sorted((size for size, _ in letters.items() if size >= 1.14 * body), reverse=True))
    pitches = {}
    for size, values in ratios.items():
        values.sort()
        low = values[len(values) // 6]
        if low <= 1.75:
            pitches[size] = low
    return Setting(body, heads, pitches, ends >= 4 and ends >= 0.03 * lines_seen)


def _by_cell(words: Sequence[Word], grids: Sequence[Grid]) -> list[list[Word]]:
    out: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        x, y = word.centre, word.middle
        grid = next((grid for grid in grids if contains(grid.box, x, y)), None)
        out[id(grid and cell_at(grid, x, y))].append(word)
    return list(out.values())


def _right_edge(sheet: Sheet, found: Drawn) -> float:
    edge = max((word.x1 for word in sheet.words if not word.apart), default=sheet.width)
    tables = [grid.box[2] - 7 for grid in found.grids if grid.box[2] - grid.box[0] > 0.5 * sheet.width]
    return min(max([edge, *tables]), sheet.width)


def _in_part(block: Block, part: str) -> Block:
    """The paragraph as words of a margin, or as hidden ones, which are nobody's answer even in a form field."""
    if isinstance(block, Table):
        return block
    spans = []
    for span in block.spans:
        place = replace(span.place, part=part) if span.place else None
        spans.append(replace(span, place=place, control=None if part == HIDDEN else span.control))
    return replace(block, spans=tuple(spans), place=replace(block.place, part=part), level=0)


def _joined_over_page(
    blocks: list[Block], page_blocks: list[Block], before: Drawn, after: Drawn, columns: dict[int, Columns]
) -> list[Block]:
    """Continue the last table of the page before with the first of this one where their columns agree."""
    index = len(blocks) - 1
    while index >= 0 and blocks[index].place.part in ("header", "footer", "comment", HIDDEN):
        index -= 1
    last, first = blocks[index] if index >= 0 else None, page_blocks[0]
    if not isinstance(last, Table) or not isinstance(first, Table):
        return page_blocks
    if id(last) in columns or id(first) in columns:
        old_columns, new_columns = columns.get(id(last), ()), columns.get(id(first), ())
        if len(old_columns) != len(new_columns) or any(
            abs(a - b) > 3 for a, b in zip(old_columns, new_columns, strict=True)
        ):
            return page_blocks
        cut = _goes_on(last.rows[-1], first.rows[0])
    else:
        if not before.grids or not after.grids:
            return page_blocks
        old = max(before.grids, key=lambda grid: grid.box[3])
        new = min(after.grids, key=lambda grid: grid.box[1])
        boxes = len(old.columns) == 2 and min(len(last.rows), len(first.rows)) < 2
        if not _same_columns(old, new) or (boxes and not (old.open_bottom or new.open_top)):
            return page_blocks
        cut = old.open_bottom or new.open_top
    rows = list(last.rows)
    added = list(first.rows)
    if rows and added and _row_text(rows[0]) == _row_text(added[0]):
        rows[0], added[0] = replace(rows[0], header=True), replace(added[0], header=True)
    elif rows and added and (cut or _continues_row(rows[-1], added[0])):
        rows[-1] = _row_joined(rows[-1], added.pop(0))
    joined = replace(last, rows=tuple(rows + added))
    if id(last) in columns:
        columns[id(joined)] = columns[id(last)]
    blocks[index] = joined
    return page_blocks[1:]


def _goes_on(old: Row, new: Row) -> bool:
    """Whether the first row on a page carries on a label of the page before."""
    label = new.cells[0].text.strip()
    return label[:1].islower() and bool(old.cells[0].text.strip())


def _row_text(row: Row) -> str:
    return " | ".join(cell.text for cell in row.cells)


def _same_columns(old: Grid, new: Grid) -> bool:
    return len(old.columns) == len(new.columns) and all(
        abs(one - other) < 3 for one, other in zip(old.columns, new.columns, strict=True)
    )


def _continues_row(old: Row, new: Row) -> bool:
    if len(old.cells) != len(new.cells) or len(new.cells) < 2:
        return False
    return (
        not new.cells[0].text.strip()
        and any(cell.text.strip() for cell in new.cells[1:])
        and all(bool(one.text.strip()) for one, other in zip(old.cells, new.cells, strict=True) if other.text.strip())
    )


def _row_joined(old: Row, new: Row) -> Row:
    if len(old.cells) != len(new.cells):
        return Row((*old.cells, *new.cells), old.header)
    return Row(tuple(_cell_joined(one, other) for one, other in zip(old.cells, new.cells, strict=True)), old.header)


def _cell_joined(one: Cell, other: Cell) -> Cell:
    head, tail = one.blocks, other.blocks
    if head and tail and isinstance(head[-1], Paragraph) and isinstance(tail[0], Paragraph):
        first, second = head[-1], tail[0]
        if not first.text.rstrip().endswith((".", "!", "?", ":")) and not second.marker and first.spans:
            between = "" if first.text.endswith(("-", "\u2010")) else " "
            spaced = (*first.spans[:-1], replace(first.spans[-1], text=first.spans[-1].text + between))
            return replace(one, blocks=(*head[:-1], replace(first, spans=spaced + second.spans), *tail[1:]))
    return replace(one, blocks=head + tail)
