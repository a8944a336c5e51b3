"""Walks a form's lines and tables and says which words ask a question and which stand where its answer belongs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from enum import Enum

from casework.form import FieldKind, FormDefinition, FormLibrary
from casework.transcript import ControlKind, Mark
from extract.guidance import MAYBE, SURELY, Guidance, bracketed, guidance_of, prompt_likeness
from extract.labels import (
    CONFIDENCE,
    LONGEST_LABEL,
    LabelBook,
    LabelMatch,
    PhraseBook,
    Rung,
    label_book,
    tidy_label,
)
from extract.lines import BETWEEN_CELLS, FORM, Grid, GridCell, Line, Node, Para, lines_of
from extract.options import Piece, typed_keys

_HARD = re.compile(r":(?![/\d])|(?<!\d):(?=\d)|\t|\.{3,}|…+|_{3,}|·{3,}")
_GAP = re.compile(r" {2,}")
_DASH = re.compile(r"\s[-–—]\s|[–—]\s")
_BRACKET = re.compile(r"\s*[(\[<]")
_QUESTION = re.compile(r"\?")
_SENTENCE = re.compile(
    r"\s(?=(?:Please|Give|Enter|Describe|Explain|State|List|Provide|Specify|Insert|Tick|Select|Choose|Indicate|Outline"
    r"|Name (?:the|any)|Complete|Highlight|Delete|Circle|Mark|Which|What|Who|How|Why|When|Where|Is|Are|Does|Do|Will"
    r"|Only|If|e\.g\.|E\.g\.|eg|For example|Maximum|Max|dd/mm|DD/MM|please|tick|select|delete|highlight|NHS\|)\b)|\.\s"
)
_AFTER_LABEL = re.compile(r"[\s:*?]+|[.…_·]{3,}|^[-–—]\s+")
_NUMBER_ONLY = re.compile(
    r"\s*(?:q(?:uestion)?\.?\s*)?\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}\s?[a-z]?|[a-z]|[ivx]{1,4})?[.):]?\s*", re.IGNORECASE
)
_NEXT_PAIR = re.compile(r"(?:\t|\s{2,}|[;|,]\s|\s)(?=\S)")
_WIDE_GAP = re.compile(r"\t|\s{2,}|[;|]\s")
_INSTRUCTIONS = re.compile(
    r"^(?:how to (?:complete|fill|use)|guidance(?: notes?)?(?: (?:for|on|to).*)?$|instructions?(?: (?:for|on|to).*)?$"
    r"|notes (?:for|on|to)|completing (?:this|the)|before you (?:start|begin|complete)|about this form|please read"
    r"|help with|notes$|what to do with)"
)
_OFFICE = re.compile(
    r"\b(?:(?:office|official|internal|administrative|admin|team|esr|nhsbsa|programme|triage"
    r"|staff)(?: team)? use(?: only)?"
    r"|use only|do not write (?:below|in)|(?:to be completed|for completion"
    r"|completed) by (?:the )?(?:nhs )?(?:esr|nhsbsa|central"
    r"|development|triage)(?! user))\b"
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
_NUMBERED_QUESTION = re.compile(r"^(?:q(?:uestion)?\.?\s?\d{1,2}\b|\d{1,2}[.)]\s.*[?:]$)", re.IGNORECASE)
_LONGEST_QUESTION = 16
_NO_CUTS: frozenset[str] = frozenset()
_PLAIN_CUTS = frozenset({"hard"})
_BOLD_CUTS = frozenset({"style", "hard", "control"})
_ALL_CUTS = frozenset({"end", "question", "hard", "style", "control", "bracket", "sentence", "dash"})
_MARKS_ROUND = re.compile(r"^\W*(?:[xX]\b\W*)?|\W*(?:\b[xX])?\W*$")
_STANDING = re.compile(
    r"^(?:page \d+(?: of \d+)?|.*\b(?:form version|template|version \d|v\d+\.\d|page \d+)\b.*|\d{1,3})$"
)


class Mode(Enum):
    """What part of the document the walk is in."""

    NORMAL = 0
    OFFICE = 1
    INSTRUCTIONS = 2


@dataclass(eq=False, slots=True)
class Slot:
    """One place where a question is asked. `field` is None for a question the form does not have."""

    field: str | None
    rung: Rung
    pieces: list[Piece] = made(default_factory=list)
    closed: bool = False
    inline: bool = False
    options: Piece | None = None
    """The label itself where it lists the options, and so may be what the sender marked."""

    @property
    def filled(self) -> bool:
        """Whether anything stands where the answer belongs."""
        return any(piece.text.strip() for piece in self.pieces)

    @property
    def confidence(self) -> float:
        """How sure the label's match is, 0 to 1."""
        return CONFIDENCE[self.rung]


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found in a line: its characters, and where what follows it begins."""

    match: LabelMatch
    line: Line
    start: int
    end: int
    rest: int
    cut: str
    above: str = ""

    @property
    def printed(self) -> str:
        """The label's words, those on lines above included."""
        return f"{self.above} {self.line.text[self.start : self.end]}".strip()


@dataclass(frozen=True, slots=True)
class CellLabel:
    """A label at the top of a cell, with what else the cell holds; `pure` when that is nothing or guidance."""

    hit: Hit
    claimed: tuple[tuple[Line, int, int], ...]
    rest: tuple[Piece, ...]
    pure: bool


class Walk:
    """One walk over one document for one form. Its slots and claims are the result."""

    def __init__(self, form: FormDefinition, library: FormLibrary) -> None:
        self.form = form
        self.slots: list[Slot] = []
        self.titled = False
        self._book: LabelBook = label_book(form)
        self._guide: Guidance = guidance_of(form)
        self._titles = PhraseBook((form.title, *form.titles))
        sections = {definition.section for definition in form.fields} - {""}
        self._headings = PhraseBook((*form.headings, *sections))
        self._office = PhraseBook(form.office_headings)
        self._office_labels = PhraseBook(form.office_labels)
        self._fields = {definition.key: definition for definition in form.fields}
        self._order = {definition.key: at for at, definition in enumerate(form.fields)}
        self._columns = {
            definition.key: PhraseBook(definition.columns) for definition in form.fields if definition.columns
        }
        self._vocabularies = {
            definition.key: library.vocabulary(definition.vocabulary)
            for definition in form.fields
            if definition.vocabulary is not None
        }
        self._options = {
            key: frozenset(tidy_label(name) for term in vocabulary.terms for name in (term.label, *term.aliases))
            for key, vocabulary in self._vocabularies.items()
        }
        self._open: Slot | None = None
        self._mode = Mode.NORMAL
        self._last: str | None = None
        self._seen: set[str] = set()
        self._styled_labels = 0
        self._plain_labels = 0

    # -- blocks -------------------------------------------------------------------------------------------------

    def nodes(self, nodes: Sequence[Node]) -> None:
        """Walk blocks in reading order."""
        for node in nodes:
            if isinstance(node, Grid):
                self._table(node)
            else:
                for line in node.lines:
                    self._body_line(line, node.part)

    def _body_line(self, line: Line, part: str) -> None:
        text = line.text.strip()
        if part in ("footnote", "endnote", "comment"):
            return
        if part in ("header", "footer"):
            self._margin_line(line)
            return
        if not text and not line.spans:
            return
        if self._banner(line):
            return
        if self._mode is Mode.OFFICE:
            self._office_line(line)
            return
        hits = [] if self._is_option_text(text) else self._hits(line)
        if self._mode is Mode.INSTRUCTIONS:
            if not hits or self._all_prompts(line, hits[-1].rest):
                line.claim(0, len(line.text), FORM)
                return
            self._mode = Mode.NORMAL
        if hits:
            self._open_hits(hits, line)
            return
        if not text:
            if self._open is not None and line.spans:
                self._add(Piece(line, 0, 0))
            return
        waiting = self._open is not None and self._open.field is not None and not self._entered(self._open)
        if line.level > 0 or (not waiting and self._headings.has(text)):
            line.claim(0, len(line.text), FORM)
            self._close()
            return
        if self._is_other_question(line):
            self._open = Slot(None, Rung.LOOSE)
            return
        if self._open is not None and not self._open.closed and not self._is_stray(line):
            self._add(Piece(line, 0, len(line.text)))
            return
        if self._guide.published(text) or (prompt_likeness(text) == SURELY and self._styled_as_prompt(line)):
            line.claim(0, len(line.text), FORM)

    def _margin_line(self, line: Line) -> None:
        hits = [hit for hit in self._hits(line) if hit.match.rung <= Rung.SAME_WORDS and hit.cut != "end"]
        if hits:
            keep, self._open = self._open, None
            self._open_hits(hits, line)
            for slot in self.slots[-len(hits) :]:
                slot.closed = True
                slot.pieces = [_before_gap(piece) for piece in slot.pieces]
            self._open = keep
        elif (
            _STANDING.match(line.text.strip().casefold())
            or self._titles.has(line.text)
            or self._headings.has(line.text)
        ):
            line.claim(0, len(line.text), FORM)

    def _banner(self, line: Line) -> bool:
        """Titles, office headings and instruction headings; True when the line was one of them."""
        text = line.text.strip()
        if not text or len(text) > LONGEST_LABEL:
            return False
        if self._is_office_heading(text):
            line.claim(0, len(line.text), FORM)
            self._close()
            self._mode = Mode.OFFICE
            return True
        early = not self._seen
        if (early or line.level == 1) and self._is_title(text) and not (self._seen and self._book.exact(text)):
            line.claim(0, len(line.text), FORM)
            self._close()
            self._mode = Mode.NORMAL
            self.titled = True
            return True
        if _INSTRUCTIONS.match(tidy_label(text)) and len(text.split()) <= 9 and not self._book.exact(text):
            line.claim(0, len(line.text), FORM)
            self._close()
            self._mode = Mode.INSTRUCTIONS
            return True
        return False

    def _is_title(self, text: str) -> bool:
        return self._titles.has(text, fuzzy=True)

    def _is_office_heading(self, text: str) -> bool:
        bare = tidy_label(text)
        if len(bare.split()) > 14:
            return False
        return self._office.has(text, fuzzy=True) or _OFFICE.search(bare) is not None

    def _office_line(self, line: Line) -> None:
        hit = self._label_at(line, 0, len(line.text), loose=_NO_CUTS)
        if hit is not None and self._leaves_office(line, hit):
            self._mode = Mode.NORMAL
            self._open_hits(self._hits(line), line)
            return
        found = re.match(r"\s*([^:\t.…_]{2,40})(?::|\t|\s*[.…_]{3,})", line.text)
        if found and self._office_labels.has(found[1], fuzzy=True):
            line.claim(0, found.end(), FORM)
        elif self._office_labels.has(line.text, fuzzy=True):
            line.claim(0, len(line.text), FORM)

    def _leaves_office(self, line: Line, hit: Hit) -> bool:
        if self._office_labels.has(line.text[hit.start : hit.end], fuzzy=True):
            return False
        return any(key not in self._seen for key in hit.match.fields)

    def _entered(self, slot: Slot) -> bool:
        """Whether more than the form's own guidance stands in the slot."""
        return any(
            piece.text.strip() and not self._is_guidance_text(piece.line, piece.start, piece.end)
            for piece in slot.pieces
        )

    def _is_stray(self, line: Line) -> bool:
        """A sentence after a short answer that is already there is not part of it."""
        slot = self._open
        if slot is None or slot.field is None:
            return False
        if not self._entered(slot):
            return False
        kind = self._fields[slot.field].kind
        if kind is FieldKind.LONG:
            return False
        if kind is FieldKind.CHOICE:
            return len(line.text.split()) > 12
        return slot.inline or len(line.text.split()) > 8

    # -- labels in a line ---------------------------------------------------------------------------------------

    def _hits(self, line: Line) -> list[Hit]:
        """The labels of a body line, in order; empty where the line is not a question."""
        first = self._label_at(line, 0, len(line.text), loose=self._loose_cuts(line))
        if first is None or self._is_option_line(first) or not self._may_open(first):
            return []
        hits = [first]
        while (following := self._label_after(hits[-1])) is not None:
            hits.append(following)
        return hits

    def _is_option_line(self, hit: Hit) -> bool:
        """A list of options below its own question is the place to mark one, not the question again."""
        slot = self._open
        return slot is not None and slot.field in hit.match.fields and self._lists_options(hit)

    def _is_option_text(self, text: str) -> bool:
        """Whether these words are nothing but an option of the choice that is being asked for, marked or not."""
        slot = self._open
        names = self._options.get(slot.field or "", frozenset()) if slot is not None else frozenset()
        return bool(names) and tidy_label(_MARKS_ROUND.sub("", text)) in names

    def _lists_options(self, hit: Hit) -> bool:
        vocabulary = self._vocabularies.get(hit.match.fields[0])
        return vocabulary is not None and len(typed_keys(hit.printed, vocabulary)) > 1

    def _is_other_question(self, line: Line) -> bool:
        """A question that the form does not have: what follows it belongs to no answer."""
        text = line.text.strip()
        if not self._stands_out(line):
            return False
        ends = text.endswith((":", "?"))
        return bool(_NUMBERED_QUESTION.match(text)) or (ends and self._styled_labels > 2)

    def _loose_cuts(self, line: Line) -> frozenset[str]:
        """Where a label of unknown wording may end on this line: the surer the line is a question, the more places."""
        if self._stands_out(line):
            return _ALL_CUTS
        slot = self._open
        if slot is not None and slot.field is not None:
            waiting = not self._entered(slot)
            if waiting or self._fields[slot.field].kind is FieldKind.LONG:
                if waiting or not (_starts_bold(line) or slot.inline):
                    return _NO_CUTS
                return _BOLD_CUTS if _starts_bold(line) else _PLAIN_CUTS
        return (_BOLD_CUTS | _PLAIN_CUTS) if _starts_bold(line) else _PLAIN_CUTS

    def _stands_out(self, line: Line) -> bool:
        """Whether the whole line looks like a question or a heading, by its style or its number."""
        text = line.text.strip()
        if not text or len(text.split()) > _LONGEST_QUESTION:
            return False
        if line.level > 1 or (line.level == 1 and self._seen) or _NUMBERED_QUESTION.match(text):
            return True
        bold = line.marked(Mark.BOLD) > 0.9 and not text.endswith(".")
        return bold and (self._open is None or self._styled_labels > 0)

    def _may_open(self, hit: Hit) -> bool:
        """Whether a label in the flow of the text is one, when it could also be words of the answer above it."""
        slot = self._open
        if slot is None or slot.field is None or slot.closed:
            return True
        line, styled = hit.line, self._is_styled(hit)
        definition = self._fields[slot.field]
        if self._is_column(slot, hit) or (hit.match.rung is Rung.LOOSE and slot.field in hit.match.fields):
            return False
        if not slot.filled or definition.kind is not FieldKind.LONG:
            return True
        if styled or line.level > 0 or _NUMBERED_QUESTION.match(line.text.strip()):
            return True
        if hit.match.rung > Rung.SAME_WORDS and not (slot.inline and hit.cut == "hard"):
            return False
        seen = all(key in self._seen for key in hit.match.fields)
        if seen or self._styled_labels > self._plain_labels:
            return False
        return hit.cut in ("end", "hard", "question")

    def _is_column(self, slot: Slot, hit: Hit) -> bool:
        """Name, date and signature below a sign-off question are parts of its answer."""
        if slot.field not in self._columns or slot.field in hit.match.fields:
            return False
        printed = hit.line.text[hit.start : hit.end]
        return self._columns[slot.field].has(printed) and all(key in self._seen for key in hit.match.fields)

    def _is_styled(self, hit: Hit) -> bool:
        line = hit.line
        return (
            line.level > 0
            or line.marked(Mark.BOLD, hit.start, hit.end) > 0.8
            or (line.marked(Mark.UNDERLINE, hit.start, hit.end) > 0.8)
        )

    def _label_at(self, line: Line, start: int, end: int, *, loose: frozenset[str]) -> Hit | None:
        """The label at the start of this part of the line, if there is one."""
        text = line.text
        if not text[start:end].strip():
            return None
        cuts = [cut for cut in _cuts(line, start, end) if cut[0] - start <= LONGEST_LABEL + 30]
        hard = next((cut for cut in cuts if cut[2] == "hard" and self._book.exact(text[start : cut[0]])), None)
        best: Hit | None = None
        for at, kind in ((cut[0], cut[2]) for cut in cuts):
            match = self._book.exact(text[start:at])
            if hard is not None and at > hard[0]:
                longer = tidy_label(text[start:at]) != tidy_label(text[start : hard[0]])
                if match is None or match.rung > Rung.EXACT or not longer:
                    continue
            if match is None or (best is not None and match.rung > best.match.rung):
                continue
            if self._cut_allowed(line, start, at, end, kind):
                best = self._hit(match, line, start, at, end, kind)
        if best is not None:
            return best
        for at, kind in ((cut[0], cut[2]) for cut in cuts):
            if kind in ("hard", "end", "style", "question", "control") and at - start <= LONGEST_LABEL:
                match = self._book.close(text[start:at])
                if match is not None and (kind != "end" or "end" in loose or ":" in text[start:end]):
                    return self._hit(match, line, start, at, end, kind)
        if loose and not self._headings.has(text[start:end]):
            for at, kind in ((cut[0], cut[2]) for cut in cuts):
                match = self._book.loose(text[start:at]) if kind in loose else None
                if match is not None and self._cut_allowed(line, start, at, end, kind):
                    return self._hit(match, line, start, at, end, kind)
        return None

    def _cut_allowed(self, line: Line, start: int, at: int, end: int, kind: str) -> bool:
        rest = line.text[at:end]
        if kind == "dash":
            return line.marked(Mark.BOLD, start, at) > 0.8 or prompt_likeness(rest.strip(" -–—")) > 0
        if kind == "sentence":
            return self._is_guidance_text(line, at, end)
        if kind == "style":
            bold = line.marked(Mark.BOLD, start, at) > 0.8 or line.marked(Mark.UNDERLINE, start, at) > 0.8
            return bold or self._styled_prompt(line, at, end)
        if kind == "bracket":
            close = re.match(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>)\s*[:*?.]*\s*", rest)
            if close is None:
                return False
            after = rest[close.end() :]
            return (
                not after.strip() or rest[: close.end()].rstrip().endswith((":", "?")) or prompt_likeness(close[0]) > 0
            )
        return True

    def _hit(self, match: LabelMatch, line: Line, start: int, at: int, end: int, kind: str) -> Hit:
        rest = at
        while rest < end and (found := _AFTER_LABEL.match(line.text[rest:end])) is not None and found.end():
            rest += found.end()
        if kind == "dash":
            rest += len(line.text[rest:end]) - len(line.text[rest:end].lstrip(" -–—"))
        group = re.match(r"(?:\([^()]*\)|\[[^\[\]]*\])", line.text[rest:end])
        if group and bracketed(group[0]) is not None:
            after = line.text[rest + group.end() : end]
            is_mark = kind == "hard"
            if not is_mark and (after.lstrip()[:1] in (":", "*", "") or prompt_likeness(group[0]) > 0):
                rest += group.end()
                while rest < end and (found := _AFTER_LABEL.match(line.text[rest:end])) is not None and found.end():
                    rest += found.end()
        return Hit(match, line, start, at, min(rest, end), kind)

    def _label_after(self, hit: Hit) -> Hit | None:
        """The next label on the same line ("Name: A. Person   Date: 1 May 2026")."""
        line, text = hit.line, hit.line.text
        key = self._choose(hit.match.fields)
        long = self._fields[key].kind is FieldKind.LONG
        for gap in _NEXT_PAIR.finditer(text, max(hit.rest - 1, hit.end)):
            at = gap.end()
            if not text[at].isalpha():
                continue
            wide = _WIDE_GAP.search(gap[0]) is not None
            bold = line.marked(Mark.BOLD, at, at + 3) > 0.8 and line.marked(Mark.BOLD, at - 2, at) < 0.5
            if long and not (wide or bold):
                continue
            found = self._pair_label(line, at, wide=wide, bold=bold)
            if found is not None and key in self._columns and self._columns[key].has(found.printed):
                continue
            if found is not None and not (set(found.match.fields) & set(hit.match.fields)):
                return found
        return None

    def _pair_label(self, line: Line, at: int, *, wide: bool, bold: bool) -> Hit | None:
        text = line.text
        for cut, _, kind in _cuts(line, at, len(text)):
            if cut - at > 60:
                return None
            pair = kind == "hard" and (wide or bold or text[cut] == ":")
            allowed = (
                pair
                or (bold and kind in ("style", "gap", "end", "control"))
                or (wide and kind in ("gap", "end", "control"))
            )
            if allowed:
                match = self._book.exact(text[at:cut])
                if match is not None and (pair or any(key not in self._seen for key in match.fields)):
                    return self._hit(match, line, at, cut, len(text), kind)
        return None

    def _open_hits(self, hits: list[Hit], line: Line) -> None:
        if hits[0].start > 0:
            line.claim(0, hits[0].start, FORM)
        for number, hit in enumerate(hits):
            end = hits[number + 1].start if number + 1 < len(hits) else len(line.text)
            slot = self._open_slot(hit)
            self._add(Piece(line, hit.rest, end))
            slot.inline = slot.filled and line.level == 0

    def _open_slot(self, hit: Hit) -> Slot:
        key = self._choose(hit.match.fields)
        slot = Slot(key, hit.match.rung)
        hit.line.claim(hit.start, hit.rest, FORM)
        if self._lists_options(hit):
            slot.options = Piece(hit.line, hit.start, hit.end)
        self.slots.append(slot)
        self._open = slot
        self._last = key
        self._seen.add(key)
        if self._is_styled(hit):
            self._styled_labels += 1
        else:
            self._plain_labels += 1
        return slot

    def _choose(self, fields: tuple[str, ...]) -> str:
        """The field that a shared wording means here: one not asked yet, near the question before."""
        if len(fields) == 1:
            return fields[0]
        here = self._order[self._last] if self._last is not None else -1

        def cost(key: str) -> tuple[bool, int]:
            distance = self._order[key] - here
            return key in self._seen, distance if distance > 0 else 3 - 2 * distance

        return min(fields, key=cost)

    def _add(self, piece: Piece) -> None:
        if self._open is not None and (piece.text.strip() or piece.line.spans):
            self._open.pieces.append(piece)

    def _close(self) -> None:
        self._open = None

    # -- guidance -----------------------------------------------------------------------------------------------

    def _styled_as_prompt(self, line: Line) -> bool:
        return self._styled_prompt(line, 0, len(line.text))

    def _styled_prompt(self, line: Line, start: int, end: int) -> bool:
        return max(line.marked(Mark.ITALIC, start, end), line.marked(Mark.COLOUR, start, end)) > 0.9

    def _is_guidance_text(self, line: Line, start: int, end: int) -> bool:
        text = line.text[start:end].strip()
        if not text or self._guide.published(text) or self._guide.leading(text) >= len(text):
            return True
        likeness = prompt_likeness(text)
        if likeness == SURELY or bracketed(text) is not None:
            return True
        return (likeness == MAYBE and not self._guide.leading(text)) or (
            self._styled_prompt(line, start, end) and len(text.split()) < 60
        )

    def _all_prompts(self, line: Line, start: int) -> bool:
        return bool(line.text[start:].strip()) and self._is_guidance_text(line, start, len(line.text))

    # -- tables -------------------------------------------------------------------------------------------------

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
        if self._is_office_heading(rows[0][0].words) and len([c for c in rows[0] if c.words]) == 1:
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
        head = [cell.words for cell in rows[0] if cell.words]
        if len(head) < 2 or len(rows[0]) < 2:
            return None
        waiting = self._open.field if self._open is not None and not self._open.closed else None
        best: tuple[float, str] | None = None
        for key, columns in self._columns.items():
            share = sum(columns.has(words) for words in head) / len(head)
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
        words = {tidy_label(text) for text in head}
        if key == "benefits" or any(word.startswith("benefit") for word in words):
            return key == "benefits" and any(word.startswith("benefit") for word in words)
        return bool(words & {"signature", "signed", "date signed"}) and self._last is not None

    def _answer_grid(self, slot: Slot, rows: Sequence[tuple[GridCell, ...]]) -> None:
        body = list(rows)
        columns = self._columns.get(slot.field or "")
        head = [cell for cell in rows[0] if cell.words]
        if len(rows) > 1 and len(head) >= 2:
            known = columns is not None and sum(columns.has(cell.words) for cell in head) / len(head) >= 0.5
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

    def _is_option_row(self, slot: Slot, head: Sequence[GridCell]) -> bool:
        names = self._options.get(slot.field or "", frozenset())
        return sum(tidy_label(cell.words) in names for cell in head) >= 2

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
        names = self._options.get(self._open.field or "", frozenset()) if self._open is not None else frozenset()
        for row in rows:
            for cell in row:
                if tidy_label(cell.words) in names:
                    continue
                found = self._cell_label(cell, loose=_NO_CUTS)
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
                    if self._is_office_heading(line.text):
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
                    slot = self._open_cell_label(label)
                    slot.pieces += [piece for piece in label.rest if not label.pure]
                    across[cell.column] = slot
                self._close()
                continue
            self._pair_row(row, down, roles)

    def _row_banner(self, row: tuple[GridCell, ...], rows: Sequence[tuple[GridCell, ...]], number: int) -> bool:
        """A row that is only a heading: the form's title, a section, or the head of the office's block."""
        filled = [cell for cell in row if cell.words]
        if len(filled) != 1 or any(isinstance(node, Grid) for node in filled[0].nodes):
            return False
        words = filled[0].words
        lines = filled[0].lines
        if self._is_office_heading(words):
            self._claim_all(lines)
            self._close()
            self._mode = Mode.OFFICE
            return True
        if self._open is not None and not self._open.filled and len(row) == 1:
            return False
        whole = len(row) == 1 or filled[0].colspan > 1 or filled[0] is row[0]
        if not whole:
            return False
        heading = self._headings.has(words) and len(row) == 1 and self._book.exact(words) is None
        if heading or (not self._seen and self._is_title(words)):
            self._claim_all(lines)
            self._close()
            if self._mode is Mode.OFFICE:
                self._mode = Mode.NORMAL
            return True
        return False

    def _row_leaves_office(self, row: tuple[GridCell, ...]) -> bool:
        found = self._cell_label(row[0], loose=_NO_CUTS)
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
                        self._guide.published(cell.words) or prompt_likeness(cell.words) > 0
                    )
        return {
            column: "guidance" for column, held in columns.items() if len(held) > 2 and sum(held) / len(held) >= 0.6
        }

    def _column_roles(self, row: tuple[GridCell, ...]) -> dict[int, str]:
        """What each column is for, where the row is a head such as "Question | Your answer | Guidance"."""
        words = [(cell, tidy_label(cell.words)) for cell in row if cell.words]
        roles: dict[int, str] = {}
        heads = 0
        for cell, text in words:
            if _OFFICE_COLUMN.search(text) and len(text.split()) <= 8:
                roles[cell.column] = "office"
                heads += 1
            elif _GUIDANCE_COLUMN.match(text) and len(text.split()) <= 4:
                roles[cell.column] = "guidance"
                heads += 1
            elif self._headings.has(cell.words):
                roles.setdefault(cell.column, "")
                heads += 1
        if len(words) < 2 or heads < len(words):
            return {}
        self._claim_all(_cell_lines(row))
        return roles or {-1: ""}

    def _labels_across(
        self, row: tuple[GridCell, ...], rows: Sequence[tuple[GridCell, ...]], number: int
    ) -> list[tuple[GridCell, CellLabel]] | None:
        """Labels across the top with their answers in the row beneath, when that is what the two rows are."""
        filled = [cell for cell in row if cell.words]
        if len(filled) < 2 or number + 1 >= len(rows):
            return None
        labels: list[tuple[GridCell, CellLabel]] = []
        for cell in filled:
            label = self._cell_label(cell, loose=_NO_CUTS)
            if label is None or not label.pure or self._lists_options(label.hit):
                return None
            labels.append((cell, label))
        below = rows[number + 1]
        if len(below) < len(row) and len(below) != len(filled):
            return None
        if any(self._is_label_only(cell) for cell in below if cell.words):
            return None
        fields = [self._choose(label.hit.match.fields) for _, label in labels]
        return labels if len(set(fields)) == len(fields) or len(labels) > 2 else None

    def _is_label_only(self, cell: GridCell) -> bool:
        found = self._cell_label(cell, loose=_NO_CUTS)
        return found is not None and found.pure and not self._lists_options(found.hit)

    def _row_asks(self, row: tuple[GridCell, ...], across: dict[int, Slot]) -> bool:
        filled = [cell for cell in row if cell.words]
        if not filled:
            return False
        found = self._cell_label(filled[0], loose=_NO_CUTS)
        if found is None or self._lists_options(found.hit):
            return len(row) == 1 and len(across) > 1 and any(slot.filled for slot in across.values())
        return any(key not in self._seen for key in found.hit.match.fields)

    def _beneath(self, row: tuple[GridCell, ...], across: dict[int, Slot]) -> None:
        for cell in row:
            column = max((at for at in across if at <= cell.column), default=None)
            if column is not None:
                self._fill(across[column], cell)

    def _full_row(self, cell: GridCell) -> None:
        """One cell over the whole width: a label, an answer, both, or a form of its own."""
        loose = _ALL_CUTS if self._cell_stands_out(cell) else _NO_CUTS
        label = None if self._is_answer_cell(cell) else self._cell_label(cell, loose=loose)
        if label is None:
            pending = self._open
            if pending is not None and pending.filled and self._is_unknown_heading(cell):
                self._claim_all(cell.lines)
                self._close()
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
        names = self._options.get(slot.field, frozenset())
        if names and any(tidy_label(line.text) in names for line in cell.lines):
            return True
        label = self._cell_label(cell, loose=_NO_CUTS)
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
        following = self._label_after(label.hit)
        if following is not None:
            hits = [label.hit]
            while (found := self._label_after(hits[-1])) is not None:
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
        if hits and (self._is_styled(hits[0]) or hits[0].cut == "hard") and hits[0].match.rung <= Rung.SAME_WORDS:
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
        known = any(self._cell_label(cell, loose=_NO_CUTS) is not None for cell in row)
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
            label = self._cell_label(cell, loose=_ALL_CUTS if loose and not known else _NO_CUTS)
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
                current = Slot(None, Rung.LOOSE)
                self._close()
        if current is not None and current.field is not None:
            self._open = current

    def _option_field(self, cell: GridCell, row: tuple[GridCell, ...]) -> str | None:
        """The choice that a row belongs to which begins with one of its options and has no label of its own."""
        words = tidy_label(_MARKS_ROUND.sub("", cell.words))
        if len(row) < 2 or not words or self._book.exact(cell.words) is not None:
            return None
        waiting = self._open.field if self._open is not None else None
        for key, names in self._options.items():
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
        hits = [self._label_at(line, 0, len(line.text), loose=_NO_CUTS) for line in cell.lines]
        return any(
            hit is not None and hit.cut == "hard" and any(key not in self._seen for key in hit.match.fields)
            for hit in hits
        )

    def _next_is_label(self, row: tuple[GridCell, ...], at: int) -> bool:
        return self._cell_label(row[at + 1], loose=_NO_CUTS) is not None

    def _is_second_label(self, row: tuple[GridCell, ...], at: int, current: Slot) -> bool:
        """A label directly after a label: the first was a section's name, or the first's answer cell is missing."""
        if current.filled:
            return False
        label = self._cell_label(row[at], loose=_NO_CUTS)
        if label is None or label.hit.match.rung > Rung.SAME_WORDS:
            return False
        if not label.pure:
            short = all(self._fields[key].kind is not FieldKind.LONG for key in label.hit.match.fields)
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
        return self._cell_label(beside, loose=_NO_CUTS) is not None

    def _answer_cell(self, slot: Slot, cell: GridCell) -> None:
        if slot.field is None:
            return
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
            and self._fields[slot.field or ""].columns == ()
            and self._asks(rows)
        ):
            self._table(grid)
        elif rows:
            self._answer_grid(slot, rows)

    # -- labels in a cell ---------------------------------------------------------------------------------------

    def _cell_label(self, cell: GridCell, *, loose: frozenset[str]) -> CellLabel | None:
        """The label that a cell begins with, over several lines if need be, and what else the cell holds."""
        lines: list[Line] = []
        for node in cell.nodes:
            if isinstance(node, Grid):
                break
            lines += [line for line in node.lines if line.text.strip()]
        if not lines:
            return None
        hit, claimed = self._joined_label(lines)
        if hit is None:
            hit = self._label_at(lines[0], 0, len(lines[0].text), loose=loose)
            claimed = ()
        if hit is None or self._is_option_line(hit):
            return None
        at = lines.index(hit.line)
        rest = [Piece(hit.line, hit.rest, len(hit.line.text))] if hit.line.text[hit.rest :].strip() else []
        rest += [Piece(line, 0, len(line.text)) for line in lines[at + 1 :]]
        held = [
            span
            for line in lines[at:]
            for _, _, span in line.pieces(hit.rest if line is hit.line else 0)
            if span.control
        ]
        answered = any(not (span.control and span.control.prompting) for span in held)
        pure = not answered and all(self._is_guidance_text(p.line, p.start, p.end) for p in rest)
        if any(isinstance(node, Grid) for node in cell.nodes):
            pure = False
        return CellLabel(hit, claimed, tuple(rest), pure)

    def _joined_label(self, lines: list[Line]) -> tuple[Hit | None, tuple[tuple[Line, int, int], ...]]:
        """A label that a narrow cell broke over two to four lines."""
        for count in range(min(4, len(lines)), 1, -1):
            above = lines[: count - 1]
            if any(line.text.rstrip().endswith((":", "*", "?", ".")) for line in above):
                continue
            head = " ".join(line.text.strip() for line in above)
            if len(head) > LONGEST_LABEL:
                continue
            last = lines[count - 1]
            for at, _, kind in reversed(_cuts(last, 0, len(last.text))):
                match = self._book.exact(f"{head} {last.text[:at]}")
                if match is not None and self._cut_allowed(last, 0, at, len(last.text), kind):
                    return (
                        replace(self._hit(match, last, 0, at, len(last.text), kind), above=head),
                        tuple((line, 0, len(line.text)) for line in above),
                    )
        return None, ()

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


def _cell_lines(row: tuple[GridCell, ...]) -> list[Line]:
    return [line for cell in row for line in cell.lines]


def _width(rows: Sequence[tuple[GridCell, ...]]) -> int:
    return max(cell.column + cell.colspan for row in rows for cell in row)


def _is_number(cell: GridCell) -> bool:
    return bool(cell.words) and _NUMBER_ONLY.fullmatch(cell.words) is not None


def _is_version_table(rows: Sequence[tuple[GridCell, ...]]) -> bool:
    head = [tidy_label(cell.words) for cell in rows[0] if cell.words]
    if len(head) < 3:
        return False
    known = sum(text in _CONTROL_HEADS for text in head)
    return known >= len(head) - 1 and any(text.startswith(("version", "revision", "issue")) for text in head)


def _before_gap(piece: Piece) -> Piece:
    """What stands before a wide gap: in a page's margin something else follows it."""
    gap = _GAP.search(piece.text.rstrip())
    return piece if gap is None else replace(piece, end=piece.start + gap.start())


def _starts_bold(line: Line) -> bool:
    first = len(line.text) - len(line.text.lstrip())
    return line.marked(Mark.BOLD, first, first + 3) > 0.8


def _cuts(line: Line, start: int, end: int) -> list[tuple[int, int, str]]:
    """Where a label may end: (end of the label, end of the separator, kind), in order."""
    text = line.text
    found: dict[int, tuple[int, int, str]] = {}

    def note(at: int, after: int, kind: str) -> None:
        if start < at <= end and text[start:at].strip():
            found.setdefault(at, (at, after, kind))

    for match in _HARD.finditer(text, start, end):
        note(match.start(), match.end(), "hard")
    for match in _QUESTION.finditer(text, start, end):
        note(match.end(), match.end(), "question")
    note(end, end, "end")
    before = None
    for begin, _, span in line.pieces(start, end):
        look = (frozenset(span.marks) & _LOOKS, span.control is not None and span.control.kind is not ControlKind.TICK)
        if before is not None and look != before and begin > start:
            note(begin, begin, "control" if look[1] and not before[1] else "style")
        before = look
    for pattern, kind in ((_GAP, "gap"), (_DASH, "dash"), (_BRACKET, "bracket"), (_SENTENCE, "sentence")):
        for match in pattern.finditer(text, start, end):
            note(match.start(), match.end(), kind)
    return sorted(found.values())


_LOOKS = frozenset({Mark.BOLD, Mark.ITALIC, Mark.UNDERLINE, Mark.COLOUR})


def walk(form: FormDefinition, nodes: Sequence[Node], library: FormLibrary) -> Walk:
    """Walk a whole document for one form."""
    done = Walk(form, library)
    done.nodes(nodes)
    return done
