"""Walks a form's tables too, and so says which words of a document ask a question and which answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casework.form import FieldKind, FormDefinition, FormLibrary
from casework.transcript import Mark, Transcript
from extract.flow import Flow, Mode, Slot, without_marks
from extract.guidance import prompt_likeness
from extract.labels import Rung, tidy_label
from extract.lines import BETWEEN_CELLS, FORM, Grid, GridCell, Line, Node, Para, lay_out, lines_of
from extract.options import Piece
from extract.questions import ALL_CUTS, BOLD_CUTS, NO_CUTS, CellLabel

_NUMBER_ONLY = re.compile(
    r"\s*(?:q(?:uestion)?\.?\s*)?\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}\s?[a-z]?|[a-z]|[ivx]{1,4})?[.):]?\s*", re.IGNORECASE
)
_OFFICE_COLUMN = re.compile(r"\b(?:office|team use|esr team|use only|reviewer|internal|triage|assessor)\b")
_GUIDANCE_COLUMN = re.compile(
    r"^(?:guidance|notes?|help|help text|example|examples|explanation|instructions?|guidance notes?|hints?|tips?)\b"
)
_CONTROL_HEADS = frozenset(
    [
        "version",
        "date",
        "author",
        "change",
        "changes",
        "change reference",
        "status",
        "reason",
        "reason for change",
        "revision",
        "revision history",
        "issue",
        "amended by",
        "description of change",
        "comments",
        "details",
        "summary of changes",
        "approved by",
        "change made",
        "editor",
        "owner",
        "name",
        "no",
    ]
)


_PAIR = 2
_LONGEST_LABEL_WORDS = 16


class Walk(Flow):
    """One walk over one document for one form, tables and all."""

    def __init__(self, form: FormDefinition, library: FormLibrary) -> None:
        super().__init__(form, library)
        self._cell_labels: dict[tuple[GridCell, frozenset[str]], CellLabel | None] = {}
        """What `Questions.cell_label` said: a cell is looked at from several sides, and its words never change."""

    def _table(self, grid: Grid) -> None:
        rows = [row for row in grid.rows if row]
        if not rows:
            return
        if _is_version_table(rows):
            for line in lines_of((grid,)):
                line.claim(0, len(line.text), FORM)
            return
        if self._mode is Mode.INSTRUCTIONS:
            if not self._asks(rows):
                for line in lines_of((grid,)):
                    line.claim(0, len(line.text), FORM)
                return
            self._mode = Mode.NORMAL
        if self._mode is Mode.OFFICE and not self._asks(rows, unseen=True):
            self._office_rows(rows)
            return
        if self._is_office_heading(rows[0][0].bare) and len([c for c in rows[0] if c.words]) == 1:
            self._mode = Mode.OFFICE
        elif self._mode is Mode.OFFICE:
            self._mode = Mode.NORMAL
        waiting = self._open
        columns_of = self._grid_field(rows)
        if columns_of is not None and (waiting is None or waiting.field != columns_of or not waiting.closed):
            if waiting is None or waiting.field != columns_of:
                self._open = Slot(columns_of, Rung.SAME_WORDS)
                self.slots.append(self._open)
                self._seen.add(columns_of)
                self._last = columns_of
            self._answer_grid(self._open, rows) if self._open is not None else None
            return
        if waiting is not None and waiting.field is not None and not self._asks(rows):
            self._content_table(waiting, grid, rows)
            return
        self._question_rows(rows)
        if self._open is not None and self._open.filled:
            self._close()
        if self._mode is Mode.OFFICE:
            self._mode = Mode.NORMAL

    def _content_table(self, slot: Slot, grid: Grid, rows: Sequence[tuple[GridCell, ...]]) -> None:
        boxed = len(rows) == 1 and len(rows[0]) == 1
        fresh = not slot.filled
        if boxed:
            for node in rows[0][0].nodes:
                self._cell_node(node)
        else:
            self._answer_grid(slot, rows)
        if boxed and fresh and slot.filled:
            self._close()

    def _grid_field(self, rows: Sequence[tuple[GridCell, ...]]) -> str | None:
        """The field whose columns head this table, when it has a head row."""
        head = [cell.bare for cell in rows[0] if cell.words]
        if len(head) < 2 or len(rows[0]) < 2:
            return None
        waiting = self._open.field if self._open is not None and not self._open.closed else None
        best: tuple[float, str] | None = None
        for key, columns in self._questions.columns.items():
            share = sum(columns.has_tidied(bare) for bare in head) / len(head)
            if share < (0.5 if key == waiting else 0.75):
                continue
            if key != waiting and not self._distinctive_head(key, head, rows):
                continue
            score = share + (1.0 if key == waiting else 0.0)
            if best is None or score > best[0]:
                best = (score, key)
        return best[1] if best else None

    def _distinctive_head(self, key: str, head: list[str], rows: Sequence[tuple[GridCell, ...]]) -> bool:
        """Without its question above it, a grid is known only by a head that no row of questions could have."""
        if len(rows) < 2 or len(head) < 3:
            return False
        words = set(head)
        if key == "benefits" or any(word.startswith("benefit") for word in words):
            return key == "benefits" and any(word.startswith("benefit") for word in words)
        return bool(words & {"signature", "signed", "date signed"}) and self._last is not None

    def _answer_grid(self, slot: Slot, rows: Sequence[tuple[GridCell, ...]]) -> None:
        body = self._without_no(rows) if slot.field in self._questions.options else list(rows)
        columns = self._questions.columns.get(slot.field or "")
        head = [cell for cell in rows[0] if cell.words]
        if len(body) == len(rows) > 1 and len(head) >= 2:
            known = columns is not None and sum(columns.has_tidied(cell.bare) for cell in head) / len(head) >= 0.5
            if known or (self._looks_like_head(rows) and not self._is_option_row(slot, head)):
                for line in _cell_lines(rows[0]):
                    line.claim(0, len(line.text), FORM)
                body = body[1:]
        first = 1 + max((piece.row for piece in slot.pieces if piece.row is not None), default=-1)
        for number, row in enumerate(body, start=first):
            for cell in row:
                for at, line in enumerate(cell.lines):
                    if at == 0 and cell is not row[0]:
                        line.join = BETWEEN_CELLS
                    elif at:
                        line.join = " "
                    self._open_piece(slot, Piece(line, 0, len(line.text), number, cell.column, cell.shaded))

    def _without_no(self, rows: Sequence[tuple[GridCell, ...]]) -> list[tuple[GridCell, ...]]:
        """The rows of a grid of options with columns for yes and no: a mark under "No" chooses nothing."""
        if not _is_yes_and_no(rows[0]):
            return list(rows)
        heads = {cell.bare: cell.column for cell in rows[0]}
        self._claim_all(_cell_lines(rows[0]))
        for cell in (cell for row in rows[1:] for cell in row if cell.column == heads["no"]):
            self._claim_all(cell.lines)
        return [tuple(cell for cell in row if cell.column != heads["no"]) for row in rows[1:]]

    def _is_option_row(self, slot: Slot, head: Sequence[GridCell]) -> bool:
        names = self._questions.options.get(slot.field or "", frozenset())
        return sum(cell.bare in names for cell in head) >= 2

    def _looks_like_head(self, rows: Sequence[tuple[GridCell, ...]]) -> bool:
        bold = [line.marked(Mark.BOLD) > 0.8 for line in _cell_lines(rows[0]) if line.text.strip()]
        below = [line.marked(Mark.BOLD) > 0.8 for line in _cell_lines(rows[1]) if line.text.strip()]
        return bool(bold) and all(bold) and not (below and all(below))

    @staticmethod
    def _open_piece(slot: Slot, piece: Piece) -> None:
        if piece.text.strip() or piece.line.spans:
            slot.pieces.append(piece)

    def _asks(self, rows: Sequence[tuple[GridCell, ...]], *, unseen: bool = False) -> bool:
        """Whether any cell of the table (or of a table in it) begins with a question of this form."""
        waiting = self._open.field if self._open is not None else None
        names = self._questions.options.get(waiting or "", frozenset())
        if names and _is_yes_and_no(rows[0]):
            return False
        for row in rows:
            for cell in row:
                if cell.bare in names:
                    continue
                found = self._cell_label(cell, loose=NO_CUTS)
                if found is not None and found.hit.match.rung <= Rung.FUZZY:
                    slot = self._open
                    if slot is not None and slot.field is not None and self._is_column(slot, found.hit):
                        continue
                    if not unseen or self._leaves_office(found.hit.line, found.hit):
                        return True
                if any(isinstance(node, Grid) and self._asks(node.rows, unseen=unseen) for node in cell.nodes):
                    return True
        return False

    def _office_rows(self, rows: Sequence[tuple[GridCell, ...]]) -> None:
        for row in rows:
            for at, cell in enumerate(row):
                for line in cell.lines:
                    if self._is_office_heading(line.bare):
                        line.claim(0, len(line.text), FORM)
                    elif at % 2 == 0:
                        self._office_line(line)

    def _question_rows(self, rows: Sequence[tuple[GridCell, ...]]) -> None:
        across: dict[int, Slot] = {}
        down: list[tuple[int, int, Slot]] = []
        roles = self._prompt_columns(rows)
        for number, row in enumerate(rows):
            down = [(left - 1, column, slot) for left, column, slot in down if left > 1]
            texts = [cell for cell in row if cell.words or any(line.spans for line in cell.lines)]
            if self._row_banner(row, rows, number):
                across = {}
                continue
            if self._mode is Mode.OFFICE:
                if not (texts and self._row_leaves_office(row)):
                    self._office_rows([row])
                    continue
                self._mode = Mode.NORMAL
            if across and not self._row_asks(row, across):
                self._beneath(row, across)
                continue
            across = {}
            if len(row) == 1 or (len(texts) == 1 and texts[0] is row[0] and texts[0].colspan >= _width(rows)):
                self._full_row(row[0])
                continue
            if found := self._column_roles(row):
                roles = {**roles, **found}
                continue
            labels = self._labels_across(row, rows, number)
            if labels is not None:
                across = {}
                for cell, label in labels:
                    slot = self._open_cell_label(label) if label is not None else self._ask_unknown(_pieces(cell))
                    slot.pieces += [piece for piece in label.rest if not label.pure] if label is not None else []
                    across[cell.column] = slot
                self._close()
                continue
            self._pair_row(row, down, roles)

    def _row_banner(self, row: tuple[GridCell, ...], rows: Sequence[tuple[GridCell, ...]], number: int) -> bool:
        """A row that is only a heading: the form's title, a section, or the head of the office's block."""
        filled = [cell for cell in row if cell.words]
        if len(filled) != 1 or any(isinstance(node, Grid) for node in filled[0].nodes):
            return False
        bare = filled[0].bare
        lines = filled[0].lines
        if self._is_office_heading(bare):
            self._claim_all(lines)
            self._close()
            self._mode = Mode.OFFICE
            return True
        if self._open is not None and not self._open.filled and len(row) == 1:
            return False
        whole = len(row) == 1 or filled[0].colspan > 1 or filled[0] is row[0]
        if not whole:
            return False
        heading = (
            len(row) == 1
            and self._questions.headings.has_tidied(bare)
            and self._questions.book.exact(filled[0].words) is None
        )
        if heading or (not self._seen and self._is_title(bare)):
            self._claim_all(lines)
            self._close()
            if self._mode is Mode.OFFICE:
                self._mode = Mode.NORMAL
            return True
        return False

    def _row_leaves_office(self, row: tuple[GridCell, ...]) -> bool:
        found = self._cell_label(row[0], loose=NO_CUTS)
        return found is not None and self._leaves_office(found.hit.line, found.hit)

    def _prompt_columns(self, rows: Sequence[tuple[GridCell, ...]]) -> dict[int, str]:
        """Columns that hold nearly only prompts, beside at least two others."""
        if _width(rows) < 3 or len(rows) < 3:
            return {}
        columns: dict[int, list[bool]] = {}
        for row in rows:
            for cell in row[1:]:
                if cell.words:
                    columns.setdefault(cell.column, []).append(
                        self._questions.guide.published(cell.words)
                        or (prompt_likeness(cell.words) > 0 and self._cell_label(cell, loose=NO_CUTS) is None)
                    )
        return {
            column: "guidance" for column, held in columns.items() if len(held) > 2 and sum(held) / len(held) >= 0.6
        }

    def _column_roles(self, row: tuple[GridCell, ...]) -> dict[int, str]:
        """What each column is for, where the row is a head such as "Question | Your answer | Guidance"."""
        words = [(cell, cell.bare) for cell in row if cell.words]
        roles: dict[int, str] = {}
        heads = 0
        for cell, text in words:
            if _OFFICE_COLUMN.search(text) and len(text.split()) <= 8:
                roles[cell.column] = "office"
                heads += 1
            elif _GUIDANCE_COLUMN.match(text) and len(text.split()) <= 4:
                roles[cell.column] = "guidance"
                heads += 1
            elif self._questions.headings.has_tidied(text):
                roles.setdefault(cell.column, "")
                heads += 1
        if len(words) < 2 or heads < len(words):
            return {}
        self._claim_all(_cell_lines(row))
        return roles or {-1: ""}

    def _labels_across(
        self, row: tuple[GridCell, ...], rows: Sequence[tuple[GridCell, ...]], number: int
    ) -> list[tuple[GridCell, CellLabel | None]] | None:
        """Labels across the top with their answers in the row beneath, when that is what the two rows are.

        None stands for a label of unknown wording.
        """
        filled = [cell for cell in row if cell.words]
        if len(filled) < 2 or number + 1 >= len(rows):
            return None
        labels: list[tuple[GridCell, CellLabel | None]] = []
        below = rows[number + 1]
        headed = _is_head(filled, below)
        for cell in filled:
            label = self._cell_label(cell, loose=NO_CUTS)
            if label is None and headed:
                label = self._cell_label(cell, loose=ALL_CUTS)
            if label is None and not headed:
                return None
            if label is not None and (not label.pure or self._questions.lists_options(label.hit)):
                return None
            labels.append((cell, label))
        if len(below) < len(row) and len(below) != len(filled):
            return None
        if any(self._is_label_only(cell) for cell in below if cell.words):
            return None
        fields = [self._choose(label.hit.match.fields) for _, label in labels if label is not None]
        if len(fields) < len(labels) and not any(key not in self._seen for key in fields):
            return None
        return labels if len(set(fields)) == len(fields) or len(labels) > 2 else None

    def _is_label_only(self, cell: GridCell) -> bool:
        found = self._cell_label(cell, loose=NO_CUTS)
        return found is not None and found.pure and not self._questions.lists_options(found.hit)

    def _row_asks(self, row: tuple[GridCell, ...], across: dict[int, Slot]) -> bool:
        filled = [cell for cell in row if cell.words]
        if not filled:
            return False
        found = self._cell_label(filled[0], loose=NO_CUTS)
        if found is None or self._questions.lists_options(found.hit):
            return len(row) == 1 and len(across) > 1 and any(slot.filled for slot in across.values())
        return any(key not in self._seen for key in found.hit.match.fields)

    def _beneath(self, row: tuple[GridCell, ...], across: dict[int, Slot]) -> None:
        for cell in row:
            column = max((at for at in across if at <= cell.column), default=None)
            if column is not None:
                self._fill(across[column], cell)

    def _full_row(self, cell: GridCell) -> None:
        """One cell over the whole width: a label, an answer, both, or a form of its own."""
        loose = ALL_CUTS if self._cell_stands_out(cell) else BOLD_CUTS if _bold_head(cell) is not None else NO_CUTS
        label = None if self._is_answer_cell(cell) else self._cell_label(cell, loose=loose)
        if label is None:
            pending = self._open
            if pending is not None and pending.filled and self._is_unknown_heading(cell):
                self._claim_all(cell.lines)
                self._ask_unknown(_pieces(cell))
                return
            if pending is None or pending.filled:
                head = _bold_head(cell)
                if head is not None:
                    self._ask_unknown((head,), doubtful=pending is not None)
                    self._add(Piece(head.line, head.end, len(head.line.text)))
                    for line in cell.lines[cell.lines.index(head.line) + 1 :]:
                        self._add(Piece(line, 0, len(line.text)))
                    return
            for node in cell.nodes:
                if pending is not None and pending is self._open:
                    self._cell_node(node)
                else:
                    self.nodes((node,))
            return
        self._walk_cell(cell, label)

    def _is_answer_cell(self, cell: GridCell) -> bool:
        """A label waits for this cell, and the cell does not look like another label."""
        slot = self._open
        if slot is None or slot.field is None or slot.filled or slot.closed:
            return False
        names = self._questions.options.get(slot.field, frozenset())
        if names and any(line.bare in names for line in cell.lines):
            return True
        label = self._cell_label(cell, loose=NO_CUTS)
        if label is None:
            return True
        return not label.pure and label.hit.match.rung > Rung.EXACT

    def _is_unknown_heading(self, cell: GridCell) -> bool:
        lines = [line for line in cell.lines if line.text.strip()]
        return (
            len(lines) == 1
            and (cell.shaded or lines[0].marked(Mark.BOLD) > 0.9)
            and len(lines[0].text.split()) <= 14
            and not lines[0].text.rstrip().endswith(".")
        )

    def _cell_stands_out(self, cell: GridCell) -> bool:
        lines = [line for line in cell.lines if line.text.strip()]
        return bool(lines) and len(lines) <= 2 and (cell.shaded or lines[0].marked(Mark.BOLD) > 0.8)

    def _walk_cell(self, cell: GridCell, label: CellLabel) -> None:
        """A cell that begins with its label: what follows the label is its answer, until the next label."""
        slot = self._open_cell_label(label)
        used = {line for line, _, _ in label.claimed}
        first = label.hit.line
        following = self._following(label.hit)
        if following is not None:
            hits = [label.hit]
            while (found := self._following(hits[-1])) is not None:
                hits.append(found)
            self.slots.pop()
            self._open_hits(hits, first)
        else:
            self._add(Piece(first, label.hit.rest, len(first.text)))
        slot = self._open or slot
        reached = False
        for node in cell.nodes:
            if isinstance(node, Grid):
                if reached or first not in lines_of((node,)):
                    self._table(node)
                continue
            for line in node.lines:
                if line is first:
                    reached = True
                elif reached and line not in used:
                    self._inner_line(line)

    def _inner_line(self, line: Line) -> None:
        """A line below the label in the same cell."""
        hits = [] if self._is_option_text(line.text) else self._hits(line)
        plain = not hits or (hits[0].cut != "hard" and not self._questions.is_styled(hits[0]))
        if not plain and hits[0].match.rung <= Rung.SAME_WORDS:
            self._open_hits(hits, line)
        else:
            self._add(Piece(line, 0, len(line.text)))

    def _cell_node(self, node: Node) -> None:
        """What stands in an answer's cell belongs to the answer, whatever it says."""
        if isinstance(node, Para):
            for line in node.lines:
                self._add(Piece(line, 0, len(line.text)))
        else:
            self._table(node)

    def _pair_row(self, row: tuple[GridCell, ...], down: list[tuple[int, int, Slot]], roles: dict[int, str]) -> None:
        """Labels and answers side by side: one pair, several, or a number, a label, an answer and guidance."""
        current = next((slot for _, column, slot in down if row and column < row[0].column), None)
        inherited = current is not None
        answered = False
        known = any(self._cell_label(cell, loose=NO_CUTS) is not None for cell in row)
        choice = self._option_field(row[0], row) if not inherited else None
        if choice is not None:
            self._answer_grid(self._choice_slot(choice), [row])
            return
        for at, cell in enumerate(row):
            role = roles.get(cell.column, "")
            if role == "office":
                continue
            if role == "guidance":
                self._claim_all(cell.lines)
                continue
            if (
                current is not None
                and current.field is not None
                and not answered
                and not inherited
                and at > 0
                and not self._is_second_label(row, at, current)
            ):
                self._answer_cell(current, cell)
                answered = bool(cell.words) or at + 1 >= len(row) or self._next_is_label(row, at)
                continue
            loose = (at == 0 and not inherited) or (at == 1 and _is_number(row[0]))
            headed = len(row) > _PAIR and _heads_next(row, at) and not (inherited and at == 0)
            label = self._cell_label(cell, loose=ALL_CUTS if headed or (loose and not known) else NO_CUTS)
            if label is not None:
                if current is not None and not answered and not inherited and not current.filled:
                    self._drop(current)
                inherited = False
                if self._answers_itself(row, at, label):
                    self._walk_cell(cell, label)
                    current, answered = self._open, True
                    continue
                current = self._open_cell_label(label)
                answered = False
                if cell.rowspan > 1:
                    down.append((cell.rowspan, cell.column, current))
                for piece in label.rest:
                    piece.line.claim(piece.start, piece.end, FORM)
                for node in cell.nodes:
                    if isinstance(node, Grid):
                        self._table(node)
                continue
            if headed and current is not None:
                current, answered, inherited = self._ask_unknown(_pieces(cell)), False, False
                continue
            if current is not None:
                if current.field is None and self._holds_pairs(cell):
                    self.nodes(cell.nodes)
                else:
                    self._answer_cell(current, cell)
                answered, inherited = True, False
            elif _is_number(cell):
                self._claim_all(cell.lines)
            elif any(isinstance(node, Grid) for node in cell.nodes):
                self.nodes(cell.nodes)
            elif not cell.words:
                if at == 0 and self._open is not None:
                    current, inherited = self._open, True
            elif at == 0 and self._open is not None and not self._open.filled and self._open.field is not None:
                self._answer_grid(self._open, [row])
                return
            else:
                current = self._ask_unknown(_pieces(cell))
        if current is not None:
            self._open = current if current.field is not None else None

    def _option_field(self, cell: GridCell, row: tuple[GridCell, ...]) -> str | None:
        """The choice that a row belongs to which begins with one of its options and has no label of its own."""
        words = tidy_label(without_marks(cell.words))
        if len(row) < 2 or not words or self._questions.book.exact(cell.words) is not None:
            return None
        waiting = self._open.field if self._open is not None else None
        for key, names in self._questions.options.items():
            if words in names and (key == waiting or len(words.split()) > 1):
                return key
        return None

    def _choice_slot(self, key: str) -> Slot:
        if self._open is None or self._open.field != key:
            self._open = next((slot for slot in self.slots if slot.field == key), None)
        if self._open is None:
            self._open = Slot(key, Rung.SAME_WORDS)
            self.slots.append(self._open)
            self._seen.add(key)
            self._last = key
        return self._open

    def _holds_pairs(self, cell: GridCell) -> bool:
        """Whether lines of the cell are questions with their answers ("Email: ..." under "Contact details")."""
        hits = [self._questions.label_at(line, 0, len(line.text), loose=NO_CUTS) for line in cell.lines]
        return any(
            hit is not None and hit.cut == "hard" and any(key not in self._seen for key in hit.match.fields)
            for hit in hits
        )

    def _next_is_label(self, row: tuple[GridCell, ...], at: int) -> bool:
        return self._cell_label(row[at + 1], loose=NO_CUTS) is not None

    def _is_second_label(self, row: tuple[GridCell, ...], at: int, current: Slot) -> bool:
        """A label directly after a label: the first was a section's name, or the first's answer cell is missing."""
        if current.filled:
            return False
        label = self._cell_label(row[at], loose=NO_CUTS)
        if label is None or label.hit.match.rung > Rung.SAME_WORDS:
            return False
        if not label.pure:
            short = all(self._questions.fields[key].kind is not FieldKind.LONG for key in label.hit.match.fields)
            fresh = all(key not in self._seen for key in label.hit.match.fields)
            return short and fresh and len([line for line in row[at].lines if line.text.strip()]) == 1
        first = [line for line in row[at - 1].lines if line.text.strip()]
        alike = bool(first) and (first[0].marked(Mark.BOLD) > 0.8) == (label.hit.line.marked(Mark.BOLD) > 0.8)
        return alike and (row[at - 1].shaded == row[at].shaded) and at + 1 < len(row) and (len(row) - at) % 2 == 0

    def _drop(self, slot: Slot) -> None:
        if slot in self.slots and slot.field is not None:
            self.slots.remove(slot)
            if not any(other.field == slot.field for other in self.slots):
                self._seen.discard(slot.field)

    def _answers_itself(self, row: tuple[GridCell, ...], at: int, label: CellLabel) -> bool:
        """Whether what stands below or after a label in its own cell is its answer, and not guidance."""
        if label.pure:
            return False
        beside = row[at + 1] if at + 1 < len(row) else None
        if beside is None or (not beside.words and not any(line.spans for line in beside.lines)):
            return True
        return self._cell_label(beside, loose=NO_CUTS) is not None

    def _answer_cell(self, slot: Slot, cell: GridCell) -> None:
        if slot.field is not None or slot.label:
            self._fill(slot, cell)

    def _fill(self, slot: Slot, cell: GridCell) -> None:
        keep, self._open = self._open, slot
        first = True
        for node in cell.nodes:
            if isinstance(node, Grid):
                self._nested_answer(slot, node)
                continue
            for line in node.lines:
                if first and slot.filled and not any(piece.line in cell.lines for piece in slot.pieces):
                    line.join = "\n"
                first = False
                self._open_piece(slot, Piece(line, 0, len(line.text), shaded=cell.shaded))
        self._open = keep

    def _nested_answer(self, slot: Slot, grid: Grid) -> None:
        rows = [row for row in grid.rows if row]
        if len(rows) == 1 and len(rows[0]) == 1:
            self._fill(slot, rows[0][0])
        elif (
            rows
            and self._grid_field(rows) is None
            and (slot.field is None or self._questions.fields[slot.field].columns == ())
            and self._asks(rows)
        ):
            self._table(grid)
        elif rows:
            self._answer_grid(slot, rows)

    def _open_cell_label(self, label: CellLabel) -> Slot:
        for line, start, end in label.claimed:
            line.claim(start, end, FORM)
        if label.hit.start > 0:
            label.hit.line.claim(0, label.hit.start, FORM)
        return self._open_slot(label.hit)

    @staticmethod
    def _claim_all(lines: Sequence[Line]) -> None:
        for line in lines:
            line.claim(0, len(line.text), FORM)

    def _cell_label(self, cell: GridCell, *, loose: frozenset[str]) -> CellLabel | None:
        """The label that a cell begins with; a list of options below its own question is none."""
        asked = (cell, loose)
        if asked not in self._cell_labels:
            self._cell_labels[asked] = self._questions.cell_label(cell, loose=loose)
        found = self._cell_labels[asked]
        return None if found is None or self._is_option_line(found.hit) else found


def _cell_lines(row: tuple[GridCell, ...]) -> list[Line]:
    return [line for cell in row for line in cell.lines]


def _width(rows: Sequence[tuple[GridCell, ...]]) -> int:
    return max(cell.column + cell.colspan for row in rows for cell in row)


def _pieces(cell: GridCell) -> tuple[Piece, ...]:
    return tuple(Piece(line, 0, len(line.text)) for line in cell.lines if line.text.strip())


def _is_bold(cell: GridCell) -> bool:
    lines = [line for line in cell.lines if line.text.strip()]
    return bool(lines) and lines[0].marked(Mark.BOLD) > 0.8


def _heads_next(row: tuple[GridCell, ...], at: int) -> bool:
    """Whether this cell looks like a label of the next one, as the row's first cell looks like one of its next."""
    cell = row[at]
    if at % 2 or at + 1 >= len(row) or not cell.words or len(cell.words.split()) > _LONGEST_LABEL_WORDS:
        return False
    shaded = cell.shaded and row[0].shaded and not row[at + 1].shaded and not row[1].shaded
    bold = _is_bold(cell) and _is_bold(row[0]) and not _is_bold(row[at + 1]) and not _is_bold(row[1])
    return shaded or bold


def _is_head(filled: Sequence[GridCell], below: tuple[GridCell, ...]) -> bool:
    """Whether these cells look like the heads of what stands in the row below."""
    if any(len(cell.words.split()) > _LONGEST_LABEL_WORDS for cell in filled):
        return False
    shaded = all(cell.shaded for cell in filled) and not any(cell.shaded for cell in below)
    bold = all(map(_is_bold, filled)) and not any(map(_is_bold, below))
    return shaded or bold


def _bold_head(cell: GridCell) -> Piece | None:
    """The bold words that a cell begins with, where they end like a question and others follow."""
    line = next((line for line in cell.lines if line.text.strip()), None)
    if line is None:
        return None
    end = 0
    for start, stop, span in line.pieces(0):
        if Mark.BOLD not in span.marks and line.text[start:stop].strip():
            break
        end = stop
    head = line.text[:end].rstrip()
    if not head.endswith((":", "?")) or end >= len(line.text) or len(head.split()) > _LONGEST_LABEL_WORDS:
        return None
    return Piece(line, 0, end)


def _is_yes_and_no(row: tuple[GridCell, ...]) -> bool:
    return {"yes", "no"} <= {cell.bare for cell in row}


def _is_number(cell: GridCell) -> bool:
    return bool(cell.words) and _NUMBER_ONLY.fullmatch(cell.words) is not None


def _is_version_table(rows: Sequence[tuple[GridCell, ...]]) -> bool:
    head = [cell.bare for cell in rows[0] if cell.words]
    if len(head) < 3:
        return False
    known = sum(text in _CONTROL_HEADS for text in head)
    return known >= len(head) - 1 and any(text.startswith(("version", "revision", "issue")) for text in head)


def walk(form: FormDefinition, nodes: Sequence[Node], library: FormLibrary) -> Walk:
    """Walk a whole document for one form."""
    done = Walk(form, library)
    done.nodes(nodes)
    return done


@dataclass(frozen=True, slots=True)
class Walked:
    """A document laid out and walked for one form: its lines carry the claims that the walk made."""

    nodes: tuple[Node, ...]
    walk: Walk


def walk_form(transcript: Transcript, form: FormDefinition, library: FormLibrary) -> Walked:
    """Lay a transcript out afresh and walk it for one form."""
    nodes = lay_out(transcript)
    return Walked(nodes, walk(form, nodes, library))
