"""Finds where one form ends and the next begins in a file that holds several, and cuts it there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise

from casework.form import FieldKind, FormDefinition, FormLibrary
from casework.transcript import Block, Locator, Mark, Paragraph, Row, Transcript, Unread, paragraphs_of
from extract.flow import Slot
from extract.form_match import FormMatch, find_form
from extract.labels import LONGEST_LABEL, PhraseBook, key_words, tidy_label

_TELLING, _LEAST_SHARE = 3, 0.3
"""So many questions beyond the contact details must be asked again before a second form is looked for."""
_ASKED_AGAIN, _IN_ORDER = 0.5, 0.6
_A_FORM, _TWICE, _TWICE_IN_COMMON, _FOREIGN = 3.0, 1.0, 0.5, 1.0
"""What a form, a question asked twice in it and one of another form cost: the cheapest cuts are tried."""
_UNDER_TITLE, _STARTS_AGAIN = 1.0, 0.5
_MOST_QUESTIONS, _LONGEST_FORM = 3000, 200
_MOST_ABOVE = 4
_DENSE = 0.6
_LEAST_COLUMNS, _HEADED, _LONGEST_HEAD = 3, 0.75, 60
_VERSIONS = frozenset(("version", "revision", "issue"))
_CUT = re.compile(r":|\t|\?|\.{3}|…|_{3}| {2,}|\s[-–—]\s|\s*[(\[]")
_MOST_CUTS = 4
_WORD = re.compile(r"[^\W\d_]+")
_START = 4
_NUMBERED = "section question part item step field number required mandatory optional"
_SHORTEST_KEY = 3
_MOST_SPELLINGS = 4000
_LONGEST_HEADING = 14
_LETTER = re.compile(r"[^\W\d_]")
_BODY = ("body", "textbox")


@dataclass(frozen=True, slots=True)
class Part:
    """One form of a file: its share of the transcript and what it was taken for."""

    transcript: Transcript
    match: FormMatch


def split_forms(transcript: Transcript, match: FormMatch, library: FormLibrary) -> list[Part]:
    """Every form of a transcript that was taken for `match` as a whole, in order; mostly just that one.

    A second form is one whose questions are asked again, in order, beyond what running heads, lists of contents and
    continuation sheets repeat. Every block, or row of a table, stands in exactly one part and keeps its place.
    """
    wordings = _wordings(library.forms)
    asked = _scan(transcript, wordings)
    if not _may_hold_several(asked, wordings, match.form) or len(asked) > _MOST_QUESTIONS:
        return [Part(transcript, match)]
    parts = _Splitter(transcript, asked, wordings, library).parts()
    return parts if len(parts) > 1 else [Part(transcript, match)]


# -- questions, wherever they stand ------------------------------------------------------------------------------

Fields = tuple[str, ...]


class _Wordings:
    """Which question of which form some printed words ask, by the known wordings alone."""

    def __init__(self, forms: tuple[FormDefinition, ...]) -> None:
        newest = {form.key: form for form in sorted(forms, key=lambda form: form.version)}
        self.forms = tuple(newest.values())
        self.titles = PhraseBook([title for form in self.forms for title in (form.title, *form.titles)])
        self.headings = PhraseBook([heading for form in self.forms for heading in form.headings])
        self.telling = tuple(telling_fields(form, self.forms) for form in self.forms)
        self._columns = PhraseBook([column for form in self.forms for field in form.fields for column in field.columns])
        self._spelt: dict[str, list[Fields]] = {}
        self._exact: dict[str, list[Fields]] = {}
        self._words: dict[Fields, list[Fields]] = {}
        for number, form in enumerate(self.forms):
            for definition in form.fields:
                for label in (definition.label, *definition.labels):
                    for entry in (
                        self._exact.setdefault(tidy_label(label), [() for _ in self.forms]),
                        self._words.setdefault(key_words(label), [() for _ in self.forms]),
                    ):
                        if definition.key not in entry[number]:
                            entry[number] = (*entry[number], definition.key)

        words = (word for label in self._exact for word in label.split())
        self._starts = {word[:_START] for word in words} | {word[:_START] for word in _NUMBERED.split()}

    def may_ask(self, text: str) -> bool:
        """Whether no word of these is one that no question has: said quickly, and of most answers at once."""
        return all(len(word) <= _START or word[:_START] in self._starts for word in _WORD.findall(text.lower()))

    def asked(self, text: str) -> list[Fields] | None:
        """For each form its fields that these words may ask for; None where they are no question of any."""
        known = self._spelt.get(text)
        if known is not None:
            return known
        bare = tidy_label(text)
        found = self._exact.get(bare) if bare else None
        if found is None:
            keys = key_words(text)
            found = self._words.get(keys) if len("".join(keys)) >= _SHORTEST_KEY else None
        if found is not None and len(self._spelt) < _MOST_SPELLINGS:
            # Questions as they are printed, never a sender's words.
            self._spelt[text] = found
        return found

    def is_head(self, row: Row) -> bool:
        """Whether a row heads a grid that an answer stands in, or a table of the form's versions."""
        if len(row.cells) < _LEAST_COLUMNS:
            return False
        heads = [text for cell in row.cells if (text := cell.text.strip())]
        if len(heads) < _LEAST_COLUMNS or any(len(text) > _LONGEST_HEAD for text in heads):
            return False
        if any(text.lower() in _VERSIONS for text in heads):
            return True
        strange = 0
        for text in heads:
            strange += not self._columns.has(text)
            if strange > (1 - _HEADED) * len(heads):
                return False
        return True


def telling_fields(form: FormDefinition, forms: Sequence[FormDefinition]) -> frozenset[str]:
    """The fields that say what is asked for, and not who asks: long answers, and those not every form has."""
    return frozenset(
        definition.key
        for definition in form.fields
        if definition.kind is FieldKind.LONG or not all(other.has(definition.key) for other in forms)
    )


@lru_cache(maxsize=8)
def _wordings(forms: tuple[FormDefinition, ...]) -> _Wordings:
    return _Wordings(forms)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A line that begins with a known question. `unit` counts blocks and the rows of tables, in reading order."""

    unit: int
    fields: list[Fields]


def _scan(transcript: Transcript, wordings: _Wordings) -> list[_Asked]:
    found: list[_Asked] = []
    unit = 0
    for block in transcript.blocks:
        if isinstance(block, Paragraph):
            found += _questions(block, unit, wordings)
            unit += 1
            continue
        for row in block.rows:
            if not wordings.is_head(row):
                for cell in row.cells:
                    for paragraph in _outside_grids(cell.blocks, wordings):
                        found += _questions(paragraph, unit, wordings)
            unit += 1
    return found


def _questions(paragraph: Paragraph, unit: int, wordings: _Wordings) -> Iterator[_Asked]:
    if paragraph.place.part not in _BODY:
        return
    for heads in _heads(paragraph):
        for head in heads:
            if not wordings.may_ask(head):
                # The next ones have the same words and more.
                break
            fields = wordings.asked(head)
            if fields is not None:
                yield _Asked(unit, fields)
                return


def _outside_grids(blocks: tuple[Block, ...], wordings: _Wordings) -> Iterator[Paragraph]:
    """The paragraphs of a cell, without the heads of grids in it."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                if not wordings.is_head(row):
                    for cell in row.cells:
                        yield from _outside_grids(cell.blocks, wordings)


def _heads(paragraph: Paragraph) -> Iterator[Iterator[str]]:
    """For each line of a paragraph the words at its start that may be a question, shortest first."""
    for line in paragraph.text.split("\n"):
        if line and not line.isspace():
            yield _starts_of(line)
    first = paragraph.spans[0] if len(paragraph.spans) > 1 else None
    if first is not None and Mark.BOLD in first.marks and len(first.text) <= LONGEST_LABEL:
        yield iter((first.text,))


def _starts_of(line: str) -> Iterator[str]:
    for cut in islice(_CUT.finditer(line, 1, LONGEST_LABEL), _MOST_CUTS):
        yield line[: cut.start()]
    if len(line) <= LONGEST_LABEL:
        yield line


def _may_hold_several(asked: list[_Asked], wordings: _Wordings, form: FormDefinition) -> bool:
    """Whether enough is asked twice, or is asked by another form alone, for a closer look."""
    here = next((number for number, other in enumerate(wordings.forms) if other.key == form.key), 0)
    for number, telling in enumerate(wordings.telling):
        counts: Counter[str] = Counter()
        for question in asked:
            fields = question.fields[number]
            if len(fields) == 1 and fields[0] in telling and (number == here or not question.fields[here]):
                counts[fields[0]] += 1
        wanted = 2 if number == here else 1
        again = sum(count >= wanted for count in counts.values())
        if again >= max(_TELLING, _LEAST_SHARE * len(counts)):
            return True
    return False


# -- where to cut ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Unit:
    """A block, or one row of a table: the least that is cut off."""

    block: int
    row: int | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def page(self) -> int | None:
        return next((paragraph.place.page for paragraph in self.paragraphs if paragraph.place.page), None)

    @property
    def lines(self) -> list[str]:
        return [line for paragraph in self.paragraphs for line in paragraph.text.split("\n") if line.strip()]


@dataclass(slots=True)
class _Stretch:
    """Units from `start` to `end`, tried as one form."""

    start: int
    end: int
    transcript: Transcript
    match: FormMatch | None

    @property
    def slots(self) -> list[Slot]:
        if self.match is None or self.match.walked is None:
            return []
        return [slot for slot in self.match.walked.walk.slots if slot.field]


class _Splitter:
    """Tries the cheapest cuts, and takes back those whose pieces are not forms by themselves."""

    def __init__(self, transcript: Transcript, asked: list[_Asked], wordings: _Wordings, library: FormLibrary) -> None:
        self._transcript = transcript
        self._asked = asked
        self._wordings = wordings
        self._library = library
        self._units = list(_units(transcript.blocks))
        self._titled = [self._is_title(unit) for unit in self._units]

    def parts(self) -> list[Part]:
        """The forms, or nothing where there are not several."""
        starts = [0, *(self._under_header(self._exact_start(question)) for question in self._cheapest()[1:])]
        if len(starts) < 2:
            return []
        ends = [*starts[1:], len(self._units)]
        stretches = [self._stretch(start, end) for start, end in zip(starts, ends, strict=True)]
        while (joint := self._joint(stretches)) is not None:
            merged = self._stretch(stretches[joint].start, stretches[joint + 1].end)
            stretches[joint : joint + 2] = [merged]
        if len(stretches) < 2:
            return []
        return [
            Part(replace(stretch.transcript, unread=tuple(unread)), stretch.match)
            for stretch, unread in zip(stretches, self._unread(stretches), strict=True)
            if stretch.match is not None
        ]

    def _cheapest(self) -> list[int]:
        """The questions with which a form starts, such that forms and questions out of place cost least together."""
        asked, forms = self._asked, range(len(self._wordings.forms))
        bonus = [self._bonus(number) for number in range(len(asked))]
        best = [0.0] + [float("inf")] * len(asked)
        came: list[int] = [0] * (len(asked) + 1)
        for start in range(len(asked)):
            if start and asked[start].unit == asked[start - 1].unit:
                continue
            for form in forms:
                cost = best[start] + _A_FORM - bonus[start]
                seen: set[str] = set()
                for end in range(start, min(start + _LONGEST_FORM, len(asked))):
                    cost += self._cost(asked[end].fields, form, seen)
                    if cost <= best[end + 1]:
                        best[end + 1], came[end + 1] = cost, start
        starts, at = [], len(asked)
        while at > 0:
            at = came[at]
            starts.append(at)
        return starts[::-1]

    def _cost(self, fields: list[Fields], form: int, seen: set[str]) -> float:
        here = fields[form]
        fresh = next((key for key in here if key not in seen), None)
        if fresh is not None:
            seen.add(fresh)
            return 0.0
        if here:
            return _TWICE if here[0] in self._wordings.telling[form] else _TWICE_IN_COMMON
        return _FOREIGN

    def _bonus(self, number: int) -> float:
        """How much speaks for a form that starts with this question."""
        if number == 0:
            return 0.0
        before, this = self._asked[number - 1], self._asked[number]
        bonus = _UNDER_TITLE if any(self._titled[before.unit + 1 : this.unit + 1]) else 0.0
        for form, one, other in zip(self._wordings.forms, before.fields, this.fields, strict=True):
            order = [definition.key for definition in form.fields]
            if one and other and order.index(other[0]) < order.index(one[0]):
                return bonus + _STARTS_AGAIN
        return bonus

    def _exact_start(self, question: int) -> int:
        """The unit with which a form starts whose first question is this: its title, its page, its table's head."""
        before, first = self._asked[question - 1].unit, self._asked[question].unit
        title = next((unit for unit in range(before + 1, first + 1) if self._titled[unit]), None)
        start = first if title is None else title
        page, earlier = self._units[start].page, self._units[before].page
        if page is not None and earlier is not None and page > earlier:
            top = next(unit for unit in range(before + 1, start + 1) if self._units[unit].page == page)
            if title is None or start - top <= _MOST_ABOVE:
                return top
        if title is not None:
            return title
        while start - 1 > before and self._leads(start - 1, start):
            start -= 1
        return start

    def _under_header(self, start: int) -> int:
        """The start with the page's header above it."""
        while start > 1 and {paragraph.place.part for paragraph in self._units[start - 1].paragraphs} == {"header"}:
            start -= 1
        return start

    def _leads(self, above: int, unit: int) -> bool:
        """Whether a unit before the first question is the head of what follows, and no answer."""
        if self._units[above].row is not None and self._units[above].block == self._units[unit].block:
            return True
        if self._units[above].row is not None:
            return False
        (paragraph,) = self._units[above].paragraphs
        text = paragraph.text.strip()
        if not text:
            return False
        short = len(text.split()) <= _LONGEST_HEADING
        return short and (paragraph.level > 0 or self._wordings.headings.has(text))

    def _is_title(self, unit: _Unit) -> bool:
        return any(len(line) <= LONGEST_LABEL and self._wordings.titles.has(line, fuzzy=True) for line in unit.lines)

    # -- whether the pieces are forms -------------------------------------------------------------------------------

    def _stretch(self, start: int, end: int) -> _Stretch:
        whole = self._transcript
        piece = Transcript(
            whole.kind,
            self._blocks(start, end),
            whole.unread if start == 0 else (),
            whole.notes,
            # The file's own title names its first form, if any.
            whole.properties if start == 0 else (),
        )
        return _Stretch(start, end, piece, find_form(piece, self._library))

    def _blocks(self, start: int, end: int) -> tuple[Block, ...]:
        found: list[Block] = []
        rows: dict[int, list[int]] = {}
        for unit in self._units[start:end]:
            if unit.row is None:
                found.append(self._transcript.blocks[unit.block])
            elif unit.block in rows:
                rows[unit.block].append(unit.row)
            else:
                rows[unit.block] = [unit.row]
                found.append(self._transcript.blocks[unit.block])
        return tuple(self._cut(block, rows) for block in found) if rows else tuple(found)

    def _cut(self, block: Block, rows: dict[int, list[int]]) -> Block:
        if isinstance(block, Paragraph):
            return block
        number = next(at for at in rows if self._transcript.blocks[at] is block)
        held = rows[number]
        return block if len(held) == len(block.rows) else replace(block, rows=block.rows[held[0] : held[-1] + 1])

    def _joint(self, stretches: list[_Stretch]) -> int | None:
        """The first pair of neighbours that belong together, as the place of the former."""
        for at, stretch in enumerate(stretches):
            if not self._is_form(stretch) and len(stretches) > 1:
                leads = at == 0 or self._titled[stretch.start]
                return at if leads and at + 1 < len(stretches) else at - 1
        for at in range(len(stretches) - 1):
            if not self._are_two(stretches[at], stretches[at + 1]):
                return at
        return None

    def _is_form(self, stretch: _Stretch) -> bool:
        """Whether a piece is a form by itself, and no list of contents nor a page of instructions."""
        if stretch.match is None or len(self._told(stretch)) < _TELLING:
            return False
        if any(_LETTER.search(piece.text) for slot in stretch.slots for piece in slot.pieces):
            return True
        units = self._units[stretch.start : stretch.end]
        roomy = any(
            unit.row is not None or any(span.control for p in unit.paragraphs for span in p.spans) for unit in units
        )
        return roomy or len(stretch.slots) < _DENSE * len(units)

    def _told(self, stretch: _Stretch) -> list[str]:
        """The telling fields that a piece asks for, in its order."""
        if stretch.match is None:
            return []
        number = next(at for at, form in enumerate(self._wordings.forms) if form.key == stretch.match.form.key)
        told = dict.fromkeys(slot.field for slot in stretch.slots if slot.field in self._wordings.telling[number])
        return [field for field in told if field is not None]

    def _are_two(self, one: _Stretch, other: _Stretch) -> bool:
        if one.match is None or other.match is None:
            return False
        if one.match.form.key != other.match.form.key:
            return True
        before, after = self._told(one), self._told(other)
        again = [field for field in after if field in before]
        if len(again) < max(_TELLING, _ASKED_AGAIN * min(len(before), len(after))):
            return False
        places = [before.index(field) for field in again]
        rising = sum(place < following for place, following in pairwise(places))
        return rising >= _IN_ORDER * (len(places) - 1)

    def _unread(self, stretches: list[_Stretch]) -> list[list[Unread]]:
        """What could not be read, for each form that which stands in its share of the file."""
        shares: list[list[Unread]] = [[] for _ in stretches]
        for unread in self._transcript.unread:
            shares[self._share_of(unread.place, stretches)].append(unread)
        return shares

    def _share_of(self, place: Locator, stretches: list[_Stretch]) -> int:
        for at in range(len(stretches) - 1, -1, -1):
            for unit in self._units[stretches[at].start : stretches[at].end]:
                block = self._transcript.blocks[unit.block].place
                if place.page is not None:
                    if unit.page is not None and unit.page <= place.page:
                        return at
                elif place.part == block.part and f"{place.path},".startswith(f"{block.path},"):
                    return at
        return 0


def _units(blocks: tuple[Block, ...]) -> Iterator[_Unit]:
    for at, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            yield _Unit(at, None, (block,))
        else:
            for number, row in enumerate(block.rows):
                yield _Unit(at, number, tuple(part for cell in row.cells for part in paragraphs_of(cell.blocks)))
