"""Walks a form's lines in reading order and keeps the question that is open, so that answers reach their field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as made
from enum import Enum

from casework.form import FieldKind, FormDefinition, FormLibrary
from casework.transcript import Mark
from extract.asides import ASIDES
from extract.guidance import SURELY, prompt_likeness
from extract.labels import CONFIDENCE, LONGEST_LABEL, Rung, tidy_label
from extract.lines import FORM, Grid, Line, Node
from extract.options import Piece
from extract.questions import ALL_CUTS, BOLD_CUTS, NO_CUTS, PLAIN_CUTS, Hit, questions_of

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
_OF_A_FORM = re.compile(
    r"\b(?:(?:a|an|new)\s)?(?:form|request|application|proposal|submission|appendix|annex)\b", re.IGNORECASE
)
_NUMBERED_QUESTION = re.compile(r"^(?:q(?:uestion)?\.?\s?\d{1,2}\b|\d{1,2}[.)]\s.*[?:]$)", re.IGNORECASE)
_ANSWER_MARK = re.compile(r"\s*(?:(?:a|ans|answer|response|reply)\s?:|a\s?\d{1,2}\s?[:.)])\s*", re.IGNORECASE)
_LONGEST_QUESTION = 16
_COUNTED = re.compile(r"\s*(?:q(?:uestion)?\.?\s?|\()?(\d{1,2})[.):]?\s", re.IGNORECASE)
_LONGEST_HEAD = 10
_HEAD_END = re.compile(r":\s|\?\s|\t|\s*[.…_·]{3,}")
_FEWEST_LABELS = 3
"""So many labels show how the form prints its questions."""
_MARKS_ROUND = re.compile(r"^\W*(?:[xX]\b\W*)?|\W*(?:\b[xX])?\W*$")
_STANDING = re.compile(
    r"^(?:page \d+(?: of \d+)?|.*\b(?:form version|template|version \d|v\d+\.\d|page \d+)\b.*|\d{1,3})$"
)
_GAP = re.compile(r" {2,}")
_BESIDE = frozenset(("footnote", "endnote", "comment")) | ASIDES
"""Parts in which no question of a form is asked, and none answered."""


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
    label: tuple[Piece, ...] = ()
    """The words of a question whose wording nobody knows."""
    follows: int = 0
    """How many questions of the form were asked before a question of unknown wording."""
    doubtful: bool = False
    """It may as well be words of the answer above."""

    @property
    def filled(self) -> bool:
        """Whether anything stands where the answer belongs."""
        return any(piece.text.strip() for piece in self.pieces)

    @property
    def confidence(self) -> float:
        """How sure the label's match is, 0 to 1."""
        return CONFIDENCE[self.rung]


class Flow:
    """The walk over lines; `Walk` adds the tables. Its slots and the claims on the lines are the result."""

    def __init__(self, form: FormDefinition, library: FormLibrary) -> None:
        self.slots: list[Slot] = []
        self.unknown: list[Slot] = []
        """Questions of unknown wording, with what stands under them, in order."""
        self._questions = questions_of(form, library)
        self._open: Slot | None = None
        self._mode = Mode.NORMAL
        self._last: str | None = None
        self._seen: set[str] = set()
        self._styled_labels = 0
        self._plain_labels = 0
        self._ended_labels = 0
        self._number: int | None = None
        self._manners: Counter[str] = Counter()
        """How labels were parted from the answer that follows them on their line, and how often."""

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
        if part in _BESIDE:
            return
        if part in ("header", "footer"):
            self._margin_line(line)
            return
        if not text and not line.spans:
            return
        if self._banner(line):
            return
        if len(text) > LONGEST_LABEL and self._questions.guide.published(text):
            line.claim(0, len(line.text), FORM)
            return
        if self._mode is Mode.OFFICE:
            self._office_line(line)
            return
        hits = [] if self._is_option_text(text) else self._hits(line)
        if self._mode is Mode.INSTRUCTIONS:
            if not hits or self._questions.only_prompts_after(line, hits[-1].rest):
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
        section = self._questions.headings.has_tidied(line.bare)
        if line.level > 0 or (not waiting and section):
            line.claim(0, len(line.text), FORM)
            self._close()
            if not section:
                self._ask_unknown((Piece(line, 0, len(line.text)),))
            return
        if self._is_other_question(line):
            self._ask_unknown((Piece(line, 0, len(line.text)),))
            return
        if not waiting and self._may_be_question(line):
            self._ask_unknown((Piece(line, 0, len(line.text)),), doubtful=True)
            return
        head = self._run_in_head(line)
        if head:
            self._ask_unknown((Piece(line, 0, head),), doubtful=self._open is not None)
            self._add(Piece(line, head, len(line.text)))
            return
        if self._open is not None and not self._open.closed and not self._is_stray(line):
            self._add(Piece(line, 0, len(line.text)))
            if self._open.field is not None:
                return
        styled = self._questions.looks_like_prompt(line)
        if self._questions.guide.published(text) or (styled and prompt_likeness(text) == SURELY):
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
            or self._questions.titles.has_tidied(line.bare)
            or self._questions.headings.has_tidied(line.bare)
        ):
            line.claim(0, len(line.text), FORM)

    def _banner(self, line: Line) -> bool:
        """Titles, office headings and instruction headings; True when the line was one of them."""
        text = line.text.strip()
        if not text or len(text) > LONGEST_LABEL:
            return False
        if self._is_office_heading(line.bare):
            line.claim(0, len(line.text), FORM)
            self._close()
            self._mode = Mode.OFFICE
            return True
        early = not self._seen
        question = self._questions.book.exact_tidied(line.bare) is not None
        titled = early or (line.level == 1 and not question)
        if titled and (self._is_title(line.bare) or (not question and self._names_form(line))):
            line.claim(0, len(line.text), FORM)
            self._close()
            self._mode = Mode.NORMAL
            return True
        if not question and _INSTRUCTIONS.match(line.bare) and len(text.split()) <= 9:
            line.claim(0, len(line.text), FORM)
            self._close()
            self._mode = Mode.INSTRUCTIONS
            return True
        return False

    def _is_title(self, bare: str) -> bool:
        return self._questions.titles.has_tidied(bare, fuzzy=True)

    def _names_form(self, line: Line) -> bool:
        """A line that calls itself a request, a form: its words hold a title, or a dash and that follow a label."""
        label = self._questions.label_at(line, 0, len(line.text), loose=NO_CUTS)
        if label is not None:
            return label.cut == "dash" and _OF_A_FORM.match(line.text, label.rest) is not None
        within = [title for title in self._questions.titles_within if title in line.bare]
        return any(title not in self._questions.asked for title in within) or (
            bool(within) and _OF_A_FORM.search(line.text) is not None
        )

    def _is_office_heading(self, bare: str) -> bool:
        if bare.count(" ") >= 14:
            return False
        return self._questions.office.has_tidied(bare, fuzzy=True) or _OFFICE.search(bare) is not None

    def _office_line(self, line: Line) -> None:
        hit = self._questions.label_at(line, 0, len(line.text), loose=NO_CUTS)
        if hit is not None and self._leaves_office(line, hit):
            self._mode = Mode.NORMAL
            self._open_hits(self._hits(line), line)
            return
        found = re.match(r"\s*([^:\t.…_]{2,40})(?::|\t|\s*[.…_]{3,})", line.text)
        if found and self._questions.office_labels.has(found[1], fuzzy=True):
            line.claim(0, found.end(), FORM)
        elif self._questions.office_labels.has_tidied(line.bare, fuzzy=True):
            line.claim(0, len(line.text), FORM)

    def _leaves_office(self, line: Line, hit: Hit) -> bool:
        if self._questions.office_labels.has(line.text[hit.start : hit.end], fuzzy=True):
            return False
        return any(key not in self._seen for key in hit.match.fields)

    def _entered(self, slot: Slot) -> bool:
        """Whether more than the form's own guidance stands in the slot."""
        return any(
            piece.text.strip() and not self._questions.is_guidance(piece.line, piece.start, piece.end)
            for piece in slot.pieces
        )

    def _is_stray(self, line: Line) -> bool:
        """A sentence after a short answer that is already there is not part of it."""
        slot = self._open
        if slot is None or slot.field is None:
            return False
        if not self._entered(slot):
            return False
        kind = self._questions.fields[slot.field].kind
        if kind is FieldKind.LONG:
            return False
        if kind is FieldKind.CHOICE:
            return len(line.text.split()) > 12
        return slot.inline or len(line.text.split()) > 8

    def _hits(self, line: Line) -> list[Hit]:
        """The labels of a body line, in order; empty where the line is not a question."""
        first = self._questions.label_at(line, 0, len(line.text), loose=self._loose_cuts(line))
        if first is None or self._is_option_line(first) or not self._may_open(first):
            return []
        hits = [first]
        while (following := self._following(hits[-1])) is not None:
            hits.append(following)
        return hits

    def _is_option_line(self, hit: Hit) -> bool:
        """A list of options below its own question is the place to mark one, not the question again."""
        slot = self._open
        if slot is None or slot.field is None:
            return False
        if slot.field in hit.match.fields and self._questions.lists_options(hit):
            return True
        return hit.cut != "hard" and tidy_label(hit.printed) in self._questions.options.get(slot.field, frozenset())

    def _is_option_text(self, text: str) -> bool:
        """Whether these words are nothing but an option of the choice that is being asked for, marked or not."""
        slot = self._open
        names = self._questions.options.get(slot.field or "", frozenset()) if slot is not None else frozenset()
        return bool(names) and tidy_label(without_marks(text)) in names

    def _is_other_question(self, line: Line) -> bool:
        """A question that the form does not have: what follows it belongs to no answer."""
        text = line.text.strip()
        if not self._stands_out(line):
            return False
        ends = text.endswith((":", "?"))
        return bool(_NUMBERED_QUESTION.match(text)) or (ends and self._styled_labels > 2)

    def _may_be_question(self, line: Line) -> bool:
        """A line that looks as the form's questions look so far, and not as what stands under them."""
        text = line.text.strip()
        if self._styled_labels + self._plain_labels < _FEWEST_LABELS or len(text.split()) > _LONGEST_QUESTION:
            return False
        if self._continues_numbers(text):
            return True
        if line.marked(Mark.BOLD) > 0.9:
            return self._styled_labels > self._plain_labels and not text.endswith(".")
        return text.endswith((":", "?")) and self._ended_labels > _FEWEST_LABELS

    def _run_in_head(self, line: Line) -> int:
        """Where a question of unknown wording ends that its answer follows on the line, as others before; 0 if none."""
        if not any(count >= _FEWEST_LABELS for count in self._manners.values()):
            return 0
        for found in _HEAD_END.finditer(line.text, 0, LONGEST_LABEL):
            words = line.text[: found.start()].split()
            if not words or len(words) > _LONGEST_HEAD or not line.text[found.end() :].strip():
                return 0
            end = found.end() if found[0].startswith("?") else found.start()
            if self._manners[self._manner(line, 0, end)] >= _FEWEST_LABELS:
                return found.end()
        return 0

    def _manner(self, line: Line, start: int, end: int) -> str:
        bold = "bold" if line.marked(Mark.BOLD, start, end) > 0.8 and line.marked(Mark.BOLD, end) < 0.5 else "plain"
        sign = line.text[end : end + 1]
        sign = "?" if line.text[:end].endswith("?") else "." if sign in "._…· " else sign
        return bold if bold == "bold" else sign

    def _continues_numbers(self, text: str) -> bool:
        """Whether the line has the number after that of the question before ("17." then "18.")."""
        number = _COUNTED.match(text)
        return number is not None and self._number is not None and int(number[1]) == self._number + 1

    def _ask_unknown(self, label: tuple[Piece, ...], *, doubtful: bool = False) -> Slot:
        number = _COUNTED.match(label[0].line.text)
        if number is not None:
            self._number = int(number[1])
        slot = Slot(None, Rung.LOOSE, label=label, follows=len(self.slots), doubtful=doubtful)
        self.unknown.append(slot)
        self._open = slot
        return slot

    def _loose_cuts(self, line: Line) -> frozenset[str]:
        """Where a label of unknown wording may end on this line: the surer the line is a question, the more places."""
        if self._stands_out(line):
            return ALL_CUTS
        slot = self._open
        if slot is not None and slot.field is not None:
            waiting = not self._entered(slot)
            if waiting or self._questions.fields[slot.field].kind is FieldKind.LONG:
                if waiting or not (_starts_bold(line) or slot.inline):
                    return NO_CUTS
                return BOLD_CUTS if _starts_bold(line) else PLAIN_CUTS
        return (BOLD_CUTS | PLAIN_CUTS) if _starts_bold(line) else PLAIN_CUTS

    def _stands_out(self, line: Line) -> bool:
        """Whether the whole line looks like a question or a heading, by its style or its number."""
        text = line.text.strip()
        if not text or len(text.split()) > _LONGEST_QUESTION:
            return False
        if line.level > 1 or (line.level == 1 and self._seen) or _NUMBERED_QUESTION.match(text):
            return True
        if self._continues_numbers(text):
            return True
        bold = line.marked(Mark.BOLD) > 0.9 and not text.endswith(".")
        return bold and (self._open is None or self._styled_labels > 0)

    def _may_open(self, hit: Hit) -> bool:
        """Whether a label in the flow of the text is one, when it could also be words of the answer above it."""
        slot = self._open
        if slot is None or slot.field is None or slot.closed:
            return True
        line, styled = hit.line, self._questions.is_styled(hit)
        definition = self._questions.fields[slot.field]
        if self._is_column(slot, hit) or (hit.match.rung is Rung.LOOSE and slot.field in hit.match.fields):
            return False
        if not slot.filled and hit.cut == "style":
            # The first words of an answer may be bold: "**E-learning** and a webinar".
            return slot.field not in hit.match.fields and not line.text[hit.rest : hit.rest + 1].islower()
        if not slot.filled or definition.kind is not FieldKind.LONG:
            return True
        if styled or line.level > 0 or _NUMBERED_QUESTION.match(line.text.strip()):
            return True
        if hit.match.rung > Rung.SAME_WORDS and not (slot.inline and hit.cut == "hard"):
            return False
        seen = all(key in self._seen for key in hit.match.fields)
        if seen or self._styled_labels > self._plain_labels:
            return False
        return hit.cut in ("end", "hard", "question", "stop")

    def _is_column(self, slot: Slot, hit: Hit) -> bool:
        """Name, date and signature below a sign-off question are parts of its answer."""
        if slot.field not in self._questions.columns or slot.field in hit.match.fields:
            return False
        printed = hit.line.text[hit.start : hit.end]
        return self._questions.columns[slot.field].has(printed) and all(key in self._seen for key in hit.match.fields)

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
        if self._questions.lists_options(hit):
            slot.options = Piece(hit.line, hit.start, hit.end)
        self.slots.append(slot)
        self._open = slot
        self._last = key
        self._seen.add(key)
        if self._questions.is_styled(hit):
            self._styled_labels += 1
        else:
            self._plain_labels += 1
        number = _COUNTED.match(hit.line.text)
        if number is not None and hit.start <= number.end():
            self._number = int(number[1])
        self._ended_labels += hit.line.text.rstrip().endswith((":", "?"))
        if hit.end < len(hit.line.text.rstrip()):
            self._manners[self._manner(hit.line, hit.start, hit.end)] += 1
        return slot

    def _choose(self, fields: tuple[str, ...]) -> str:
        """The field that a shared wording means here: one not asked yet, near the question before."""
        if len(fields) == 1:
            return fields[0]
        here = self._questions.order[self._last] if self._last is not None else -1

        def cost(key: str) -> tuple[bool, int]:
            distance = self._questions.order[key] - here
            return key in self._seen, distance if distance > 0 else 3 - 2 * distance

        return min(fields, key=cost)

    def _add(self, piece: Piece) -> None:
        if self._open is None:
            return
        mark = None if self._open.filled else _ANSWER_MARK.match(piece.text)
        if mark is not None:
            piece.line.claim(piece.start, piece.start + mark.end(), FORM)
            piece = piece.part(piece.start + mark.end(), piece.end)
        if piece.text.strip() or piece.line.spans:
            self._open.pieces.append(piece)

    def _close(self) -> None:
        self._open = None

    def _following(self, hit: Hit) -> Hit | None:
        return self._questions.label_after(hit, self._choose(hit.match.fields), self._seen)

    def _table(self, grid: Grid) -> None:
        raise NotImplementedError


def _before_gap(piece: Piece) -> Piece:
    """What stands before a wide gap: in a page's margin something else follows it."""
    gap = _GAP.search(piece.text.rstrip())
    return piece if gap is None else piece.part(piece.start, piece.start + gap.start())


def _starts_bold(line: Line) -> bool:
    first = len(line.text) - len(line.text.lstrip())
    return line.marked(Mark.BOLD, first, first + 3) > 0.8


def without_marks(text: str) -> str:
    """An option's words without the tick, cross or bullet round them."""
    return _MARKS_ROUND.sub("", text)
