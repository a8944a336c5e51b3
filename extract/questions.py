"""Finds a form's questions in a line or a cell: where the label ends and what follows it begins."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache

from casework.form import FieldKind, FormDefinition, FormLibrary, Vocabulary
from casework.transcript import ControlKind, Mark
from extract.guidance import MAYBE, SURELY, Guidance, bracketed, guidance_of, prompt_likeness
from extract.labels import LONGEST_LABEL, LabelBook, LabelMatch, PhraseBook, Rung, key_words_of, label_book, tidy_label
from extract.lines import Grid, GridCell, Line
from extract.options import Piece, typed_keys

_HARD = re.compile(r":(?![/\d])|(?<!\d):(?=\d)|\t|\.{3,}|…+|_{3,}|·{3,}")
_HARD_SIGNS = (":", "\t", "...", "…", "___", "···")
_GAP = re.compile(r" {2,}")
_DASH = re.compile(r"\s[-–—]\s|[–—]\s")
_BRACKET = re.compile(r"\s*[(\[<]")
_SENTENCE = re.compile(
    r"\s(?=(?:Please|Give|Enter|Describe|Explain|State|List|Provide|Specify|Insert|Tick|Select|Choose|Indicate|Outline"
    r"|Name (?:the|any)|Complete|Highlight|Delete|Circle|Mark|Which|What|Who|How|Why|When|Where|Is|Are|Does|Do|Will"
    r"|Only|If|e\.g\.|E\.g\.|eg|For example|Maximum|Max|dd/mm|DD/MM|please|tick|select|delete|highlight|NHS\|)\b)|\.\s"
)
_SOFT: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = (
    (_GAP, "gap", ("  ",)),
    (_DASH, "dash", ("-", "–", "—")),
    (_BRACKET, "bracket", ("(", "[", "<")),
    (_SENTENCE, "sentence", ()),
)
"""Weaker signs that a label ends, strongest first; each with characters of which a line must hold one to show it."""
_LOOK_AHEAD = 40
"""Characters behind the last place where a label may end that may still show that it ends there."""
_TONGUES = " / "
_AFTER_LABEL = re.compile(r"[\s:*?]+|[.…_·]{3,}|^[-–—]\s+")
_NEXT_PAIR = re.compile(r"(?:\t|\s{2,}|[;|,]\s|\s)(?=\S)")
_WIDE_GAP = re.compile(r"\t|\s{2,}|[;|]\s")
_LOOKS = frozenset({Mark.BOLD, Mark.ITALIC, Mark.UNDERLINE, Mark.COLOUR})
_CLEAR_CUTS = frozenset({"hard", "style", "question", "control"})
_LONGEST_PAIR_LABEL = 60
NO_CUTS: frozenset[str] = frozenset()
PLAIN_CUTS = frozenset({"hard"})
BOLD_CUTS = frozenset({"style", "hard", "control"})
ALL_CUTS = frozenset({"end", "question", "hard", "style", "control", "bracket", "sentence", "dash"})


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


class Questions:
    """Every way the questions of one form may be printed, and how to tell them from what stands beside them."""

    def __init__(self, form: FormDefinition, vocabularies: dict[str, Vocabulary]) -> None:
        self.fields = {definition.key: definition for definition in form.fields}
        self.order = {definition.key: at for at, definition in enumerate(form.fields)}
        self.columns = {
            definition.key: PhraseBook(definition.columns) for definition in form.fields if definition.columns
        }
        self.options = {key: _option_names(vocabulary) for key, vocabulary in vocabularies.items()}
        self.titles = PhraseBook((form.title, *form.titles))
        self.titles_within = _titles_within(form)
        """Titles that may name the form from within a line."""
        self.asked = frozenset(
            tidy_label(label) for definition in form.fields for label in (definition.label, *definition.labels)
        )
        self.office = PhraseBook(form.office_headings)
        self.office_labels = PhraseBook(form.office_labels)
        self.book: LabelBook = label_book(form)
        self.guide: Guidance = guidance_of(form)
        sections = {definition.section for definition in form.fields} - {""}
        self.headings = PhraseBook((*form.headings, *sections))
        self._vocabularies = vocabularies

    def label_at(self, line: Line, start: int, end: int, *, loose: frozenset[str]) -> Hit | None:
        """The label at the start of this part of the line, if there is one."""
        text = line.text
        if not text[start:end].strip():
            return None
        cuts = _cuts(line, start, end, LONGEST_LABEL + 30)
        heads = [
            (at, kind, line.bare if start == 0 and at == len(text) else tidy_label(text[start:at])) for at, kind in cuts
        ]
        known = [(at, kind, match) for at, kind, bare in heads if (match := self.book.exact_tidied(bare)) is not None]
        hard = next((at for at, kind, _ in known if kind == "hard"), None)
        best: Hit | None = None
        for at, kind, match in known:
            if best is not None and match.rung > best.match.rung:
                continue
            if hard is not None and at > hard and not self.book.has_colon_within(text[start:at]):
                continue
            if self._cut_allowed(line, start, at, end, kind):
                best = self._hit(match, line, start, at, end, kind)
        if best is not None:
            return best
        for at, kind, _ in heads if _TONGUES in text[start:end] else ():
            match = self._in_two_tongues(text[start:at])
            if match is not None and self._cut_allowed(line, start, at, end, kind):
                return self._hit(match, line, start, at, end, kind)
        whole = "end" in loose or ":" in text[start:end]
        for at, kind, bare in heads:
            if (kind in _CLEAR_CUTS or (whole and kind == "end")) and at - start <= LONGEST_LABEL:
                near = self.book.close_tidied(bare)
                if near is not None:
                    return self._hit(near, line, start, at, end, kind)
        if loose and not self.headings.has(text[start:end]):
            for at, kind, bare in heads:
                guess = self.book.loose_tidied(bare) if kind in loose else None
                if guess is not None and self._cut_allowed(line, start, at, end, kind):
                    return self._hit(guess, line, start, at, end, kind)
        return None

    def _in_two_tongues(self, head: str) -> LabelMatch | None:
        """The match of a label that stands in two languages ("Rhanbarth / Region"): one side is known, one is not."""
        sides = [side for side in head.split(_TONGUES) if side.strip()]
        if len(sides) != 2:
            return None
        found = [match for side in sides if (match := self.book.exact(side)) is not None]
        return LabelMatch(found[0].fields, max(found[0].rung, Rung.SAME_WORDS)) if len(found) == 1 else None

    def _cut_allowed(self, line: Line, start: int, at: int, end: int, kind: str) -> bool:
        rest = line.text[at:end]
        if kind == "dash":
            return line.marked(Mark.BOLD, start, at) > 0.8 or prompt_likeness(rest.strip(" -–—")) > 0
        if kind == "sentence":
            return self.is_guidance(line, at, end)
        if kind == "style":
            bold = line.marked(Mark.BOLD, start, at) > 0.8 or line.marked(Mark.UNDERLINE, start, at) > 0.8
            return bold or self._styled_prompt(line, at, end)
        if kind == "bracket":
            close = re.match(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>)\s*[:*?.]*\s*", rest)
            if close is None:
                return False
            after = rest[close.end() :]
            if _bold_ends_at(line, start, at + close.end(), end):
                return True
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
            printed = (
                after.lstrip()[:1] in (":", "*", "")
                or prompt_likeness(group[0]) > 0
                or _bold_ends_at(line, start, rest + group.end(), end)
            )
            if kind != "hard" and printed:
                rest += group.end()
                while rest < end and (found := _AFTER_LABEL.match(line.text[rest:end])) is not None and found.end():
                    rest += found.end()
        return Hit(match, line, start, at, min(rest, end), kind)

    def label_after(self, hit: Hit, key: str, seen: AbstractSet[str]) -> Hit | None:
        """The next label on the same line ("Name: A. Person   Date: 1 May 2026")."""
        line, text = hit.line, hit.line.text
        long = self.fields[key].kind is FieldKind.LONG
        for gap in _NEXT_PAIR.finditer(text, max(hit.rest - 1, hit.end)):
            at = gap.end()
            if not text[at].isalpha():
                continue
            wide = _WIDE_GAP.search(gap[0]) is not None
            bold = line.marked(Mark.BOLD, at, at + 3) > 0.8 and line.marked(Mark.BOLD, at - 2, at) < 0.5
            if long and not (wide or bold):
                continue
            found = self._pair_label(line, at, seen, wide=wide, bold=bold)
            if found is not None and key in self.columns and self.columns[key].has(found.printed):
                continue
            if found is not None and not wide and _WIDE_GAP.search(text, at, found.end) is not None:
                continue
            if found is not None and not (set(found.match.fields) & set(hit.match.fields)):
                return found
        return None

    def _pair_label(self, line: Line, at: int, seen: AbstractSet[str], *, wide: bool, bold: bool) -> Hit | None:
        text = line.text
        for cut, kind in _cuts(line, at, len(text), _LONGEST_PAIR_LABEL):
            pair = kind == "hard" and (wide or bold or text[cut] == ":")
            allowed = (
                pair
                or (bold and kind in ("style", "gap", "end", "control"))
                or (wide and kind in ("gap", "end", "control"))
            )
            if allowed:
                match = self.book.exact(text[at:cut])
                if match is not None and (pair or any(key not in seen for key in match.fields)):
                    return self._hit(match, line, at, cut, len(text), kind)
            if wide and kind in ("hard", "question"):
                match = self.book.loose(text[at:cut])
                if match is not None and not any(key in seen for key in match.fields):
                    return self._hit(match, line, at, cut, len(text), kind)
        return None

    def cell_label(self, cell: GridCell, *, loose: frozenset[str]) -> CellLabel | None:
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
            hit = self.label_at(lines[0], 0, len(lines[0].text), loose=loose)
            claimed = ()
        if hit is None:
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
        pure = not answered and all(self.is_guidance(p.line, p.start, p.end) for p in rest)
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
            for at, kind in reversed(_cuts(last, 0, len(last.text), LONGEST_LABEL + 40)):
                match = self.book.exact(f"{head} {last.text[:at]}")
                if match is None or last.bare in self.options.get(match.fields[0], ()):
                    continue
                if self._cut_allowed(last, 0, at, len(last.text), kind):
                    return (
                        replace(self._hit(match, last, 0, at, len(last.text), kind), above=head),
                        tuple((line, 0, len(line.text)) for line in above),
                    )
        return None, ()

    def is_styled(self, hit: Hit) -> bool:
        line = hit.line
        return (
            line.level > 0
            or line.marked(Mark.BOLD, hit.start, hit.end) > 0.8
            or (line.marked(Mark.UNDERLINE, hit.start, hit.end) > 0.8)
        )

    def lists_options(self, hit: Hit) -> bool:
        vocabulary = self._vocabularies.get(hit.match.fields[0])
        return vocabulary is not None and len(typed_keys(hit.printed, vocabulary)) > 1

    def is_guidance(self, line: Line, start: int, end: int) -> bool:
        text = line.text[start:end].strip()
        if not text or self.guide.published(text) or self.guide.leading(text) >= len(text):
            return True
        likeness = prompt_likeness(text)
        if likeness == SURELY or bracketed(text) is not None:
            return True
        return (likeness == MAYBE and not self.guide.leading(text)) or (
            self._styled_prompt(line, start, end) and len(text.split()) < 60
        )

    def looks_like_prompt(self, line: Line) -> bool:
        return self._styled_prompt(line, 0, len(line.text))

    def _styled_prompt(self, line: Line, start: int, end: int) -> bool:
        return max(line.marked(Mark.ITALIC, start, end), line.marked(Mark.COLOUR, start, end)) > 0.9

    def only_prompts_after(self, line: Line, start: int) -> bool:
        return bool(line.text[start:].strip()) and self.is_guidance(line, start, len(line.text))


def _bold_ends_at(line: Line, start: int, at: int, end: int) -> bool:
    """Whether the words up to here are bold and those behind are not: the label goes as far as that."""
    return bool(line.text[at:end].strip()) and (
        line.marked(Mark.BOLD, start, at) > 0.9 and line.marked(Mark.BOLD, at, end) < 0.1
    )


def _cuts(line: Line, start: int, end: int, most: int) -> list[tuple[int, str]]:
    """Where a label of at most `most` characters may end, and what shows it, in order."""
    text = line.text
    last = min(end, start + most)
    seen = min(end, last + _LOOK_AHEAD)
    first = start + len(text[start:end]) - len(text[start:end].lstrip()) + 1
    found: dict[int, str] = {}
    if any(map(text.__contains__, _HARD_SIGNS)):
        for match in _HARD.finditer(text, start, seen):
            found[match.start()] = "hard"
    at = text.find("?", start, last)
    while at >= 0:
        found.setdefault(at + 1, "question")
        at = text.find("?", at + 1, last)
    if end <= last:
        found.setdefault(end, "end")
    if len(line.spans) > 1:
        before = None
        for begin, _, span in line.pieces(start, min(end, last + 1)):
            control = span.control is not None and span.control.kind is not ControlKind.TICK
            look = (span.marks & _LOOKS, control)
            if before is not None and look != before and begin > start:
                found.setdefault(begin, "control" if control and not before[1] else "style")
            before = look
        if "hard" not in found.values():
            # A tab may leave no more than a space where the label just fits before it.
            for at in line.stops(start, min(end, last + 1)):
                found.setdefault(at, "stop")
    for pattern, kind, signs in _SOFT:
        if signs and not any(map(text.__contains__, signs)):
            continue
        for match in pattern.finditer(text, start, end if kind == "bracket" else seen):
            at = match.start()
            if at > last:
                break
            found.setdefault(at, kind)
    return sorted((at, kind) for at, kind in found.items() if first <= at <= last)


def questions_of(form: FormDefinition, library: FormLibrary) -> Questions:
    """The questions of a form, prepared once for a form and the vocabularies that it uses."""
    return _prepared(
        form,
        tuple(
            (definition.key, library.vocabulary(definition.vocabulary))
            for definition in form.fields
            if definition.vocabulary is not None
        ),
    )


@lru_cache(maxsize=32)
def _prepared(form: FormDefinition, vocabularies: tuple[tuple[str, Vocabulary], ...]) -> Questions:
    return Questions(form, dict(vocabularies))


def _titles_within(form: FormDefinition) -> tuple[str, ...]:
    """The titles that have several telling words."""
    bare = sorted({tidy_label(title) for title in (form.title, *form.titles)})
    return tuple(title for title in bare if len(key_words_of(title)) > 1)


def _option_names(vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset(tidy_label(name) for term in vocabulary.terms for name in (term.label, *term.aliases))
