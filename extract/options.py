"""Finds which of a question's printed options a sender marked, or which one the typed words mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

from casework.form import Vocabulary
from casework.transcript import ControlKind, Mark
from extract.labels import plain
from extract.lines import BETWEEN_CELLS, Line

TICKED_GLYPHS = "☑☒✓✔✗✘🗹🗷🗸■●◉⦿⬛✅❎√⊠⊗\uf0fe\uf0fc\uf0fb\uf0fd\uf052\uf053\uf050\uf04f\uf051\uf054\uf06e"
EMPTY_GLYPHS = "☐□○◯❏❑❐❒⬜▢◻\uf0a8\uf06f\uf0a3\uf071\uf072"
_TICK = re.compile(
    rf"(?P<on>[{TICKED_GLYPHS}]|[\[(<{{]\s*(?:[xX✓✔√*]|yes)\s*[\])>}}]|(?<![\w\[(<{{])[xX](?![\w\])>}}'’]))"
    rf"|(?P<off>[{EMPTY_GLYPHS}]|\[[\s_]*\]|\([\s_]*\)|\{{\s*\}})"
)
_YES_GLYPHS, _NO_GLYPHS = frozenset("✓✔√☑✅"), frozenset("✗✘❎")
_ARROW_BEFORE = re.compile(r"(?:→|➔|➜|►|▶|⇒|-+>|=+>|>{2,}|\*{1,3})\s*$")
_ARROW_AFTER = re.compile(r"^\s*(?:←|◄|◀|⇐|<-+|<=+|<{2,}|\*{1,3}|\((?:this one|chosen|selected)\))")
_YES_NO = re.compile(r"^\s*(?:input)?\s*[:\-–—|?]?\s*(?P<answer>yes|no|y|n|true|false)\b", re.IGNORECASE)
_SEPARATORS = re.compile(r"[/\t;,\n]| {2,}| \| | or ", re.IGNORECASE)
_LIST_TOO_LONG = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line that belongs to a question. `row` and `column` are set for cells of a grid in the answer."""

    line: Line
    start: int
    end: int
    row: int | None = None
    column: int | None = None
    shaded: bool = False

    @property
    def text(self) -> str:
        """The words of the piece, as they stand."""
        return self.line.text[self.start : self.end]

    def part(self, start: int, end: int) -> Piece:
        """The characters of the line from `start` to `end`, in the same place of the same grid."""
        return Piece(self.line, start, end, self.row, self.column, self.shaded)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: canonical keys, the characters that say so, and those that are only the form's options.

    `printed` says that the form's own list of options stood there.
    """

    keys: tuple[str, ...] = ()
    chosen: tuple[tuple[Line, int, int], ...] = ()
    offered: tuple[tuple[Line, int, int], ...] = ()
    printed: bool = False


@dataclass(slots=True)
class _Option:
    key: str
    start: int
    end: int
    marks: frozenset[Mark] = frozenset()
    ticked: bool | None = None
    shaded: bool = False
    row: int | None = None


@dataclass(slots=True)
class _Tick:
    start: int
    end: int
    on: bool
    row: int | None = None
    column: int | None = None


@dataclass(slots=True)
class _Stream:
    """All the pieces as one string; `pieces` are the way back from its characters to their lines."""

    text: str = ""
    pieces: list[tuple[int, int, Piece]] = field(default_factory=list)
    ticks: list[_Tick] = field(default_factory=list)
    dropdowns: list[tuple[int, int]] = field(default_factory=list)

    def ranges(self, start: int, end: int) -> list[tuple[Line, int, int]]:
        found: list[tuple[Line, int, int]] = []
        for base, stop, piece in self.pieces:
            first, last = max(base, start), min(stop, end)
            if first >= last:
                continue
            line, begin, finish = piece.line, first - base + piece.start, last - base + piece.start
            if found and found[-1][0] is line and found[-1][2] == begin:
                found[-1] = (line, found[-1][1], finish)
            else:
                found.append((line, begin, finish))
        return found

    def piece_at(self, at: int) -> Piece | None:
        return next((piece for start, end, piece in self.pieces if start <= at < max(end, start + 1)), None)


def find_choice(pieces: Sequence[Piece], vocabulary: Vocabulary) -> Choice:
    """The choice that these pieces make from `vocabulary`; no keys where nothing is chosen."""
    stream = _stream(pieces)
    for start, end in stream.dropdowns:
        keys = typed_keys(stream.text[start:end], vocabulary)
        if keys:
            return Choice(keys, tuple(stream.ranges(start, end)), (), printed=False)
    options = _options(stream, vocabulary)
    _find_glyph_ticks(stream, options)
    kinds = {option.key for option in options}
    everything = len(kinds) == len(vocabulary.terms) or len(kinds) >= _LIST_TOO_LONG
    if not options or (len(kinds) == 1 and not stream.ticks):
        return _typed(stream, options, vocabulary)
    for evidence in _EVIDENCE:
        chosen = evidence(stream, options)
        if chosen and (len({option.key for option in chosen}) < len(kinds) or evidence is _by_ticks):
            return _choice(stream, options, chosen)
        if evidence is _by_ticks and any(not tick.on for tick in stream.ticks) and len(stream.ticks) >= len(kinds):
            return _choice(stream, options, [])
    if everything:
        return _choice(stream, options, [])
    chosen = [option for option in options if Mark.STRIKE not in option.marks]
    return _choice(stream, options, chosen)


def typed_keys(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The canonical values that typed words name, nearest spelling allowed; empty where they name none."""
    names = _names(vocabulary)
    folded = plain(text).strip(" .,;:*()[]'\"")
    if folded in names:
        return (names[folded],)
    found = _pattern(vocabulary).findall(text)
    keys = dict.fromkeys(names[_name(name)] for name in found if _name(name) in names)
    if keys:
        return tuple(keys)
    near = process.extractOne(folded, [name for name in names if len(name) > 3], scorer=fuzz.ratio, score_cutoff=82)
    return (names[near[0]],) if near else ()


def ticked_parts(piece: Piece) -> list[Piece] | None:
    """The words beside the ticked boxes of a line with several boxes; None for a line that is no row of boxes."""
    ticks = _stream([piece])
    if not ticks.ticks and _TICK.search(ticks.text) is None:
        return None
    _find_glyph_ticks(ticks, [])
    boxes = [(tick.start + piece.start, tick.end + piece.start, tick.on) for tick in ticks.ticks]
    if len(boxes) < 2 or all(on for _, _, on in boxes):
        return None
    text = piece.line.text
    before = not text[piece.start : boxes[0][0]].strip()
    starts = [end for _, end, _ in boxes] if before else [piece.start, *(end for _, end, _ in boxes[:-1])]
    ends = [*(start for start, _, _ in boxes[1:]), piece.end] if before else [start for start, _, _ in boxes]
    parts = zip(starts, ends, boxes, strict=True)
    return [piece.part(start, end) for start, end, (_, _, on) in parts if on and text[start:end].strip()]


def _typed(stream: _Stream, options: list[_Option], vocabulary: Vocabulary) -> Choice:
    if not stream.text.strip():
        return Choice()
    struck = [option for option in options if Mark.STRIKE in option.marks]
    if options and len(struck) == len(options):
        return _choice(stream, options, [])
    keys = typed_keys(stream.text, vocabulary)
    return Choice(keys, tuple(stream.ranges(0, len(stream.text))), (), printed=False)


def _choice(stream: _Stream, options: list[_Option], chosen: list[_Option]) -> Choice:
    offered: list[tuple[Line, int, int]] = []
    for option in options:
        if option not in chosen:
            offered += stream.ranges(option.start, option.end)
    for tick in stream.ticks:
        offered += stream.ranges(tick.start, tick.end)
    words: list[tuple[Line, int, int]] = []
    for option in chosen:
        words += stream.ranges(option.start, option.end)
    keys = tuple(dict.fromkeys(option.key for option in chosen))
    return Choice(keys, tuple(words), tuple(offered), printed=True)


def _stream(pieces: Sequence[Piece]) -> _Stream:
    stream = _Stream()
    before: Piece | None = None
    for piece in pieces:
        if before is not None:
            join = BETWEEN_CELLS if piece.row is not None and piece.row == before.row else "\n"
            stream.text += join
        base = len(stream.text)
        stream.text += piece.text
        stream.pieces.append((base, len(stream.text), piece))
        for start, end, span in piece.line.pieces(piece.start, piece.end):
            control = span.control
            if control is None:
                continue
            # On a page the space behind a word is in its span, but it is no part of the tick.
            shown = len(piece.line.text[start:end].rstrip())
            where = (base + start - piece.start, base + start + shown - piece.start)
            if control.kind is ControlKind.TICK:
                stream.ticks.append(_Tick(*where, bool(control.checked), piece.row, piece.column))
            elif control.kind is ControlKind.CHOICE and not control.prompting and span.text.strip():
                stream.dropdowns.append(where)
        before = piece
    return stream


def _find_glyph_ticks(stream: _Stream, options: list[_Option]) -> None:
    taken = [(tick.start, tick.end) for tick in stream.ticks] + [(option.start, option.end) for option in options]
    for found in _TICK.finditer(stream.text):
        start, end = found.span()
        if any(start < stop and end > begin for begin, stop in taken):
            continue
        piece = stream.piece_at(start)
        row, column = (piece.row, piece.column) if piece else (None, None)
        stream.ticks.append(_Tick(start, end, found["on"] is not None, row, column))
    stream.ticks.sort(key=lambda tick: tick.start)
    glyphs = [stream.text[tick.start : tick.end] for tick in stream.ticks]
    if any(glyph in _YES_GLYPHS for glyph in glyphs):
        # Whoever ticks what is right and crosses what is not means the crosses as a no.
        for tick, glyph in zip(stream.ticks, glyphs, strict=True):
            tick.on = tick.on and glyph not in _NO_GLYPHS


def _options(stream: _Stream, vocabulary: Vocabulary) -> list[_Option]:
    names = _names(vocabulary)
    found: list[_Option] = []
    for match in _pattern(vocabulary).finditer(stream.text):
        key = names.get(_name(match[0]))
        if key is None:
            continue
        piece = stream.piece_at(match.start())
        option = _Option(key, *match.span(), shaded=bool(piece and piece.shaded))
        option.row = piece.row if piece else None
        ranges = stream.ranges(option.start, option.end)
        option.marks = frozenset(mark for mark in Mark if _share(ranges, mark) >= 0.5)
        found.append(option)
    return found


def _share(ranges: list[tuple[Line, int, int]], mark: Mark) -> float:
    if not ranges:
        return 0.0
    return sum(line.marked(mark, begin, stop) for line, begin, stop in ranges) / len(ranges)


def _by_ticks(stream: _Stream, options: list[_Option]) -> list[_Option]:
    ticks = stream.ticks
    if not ticks:
        return []
    beneath = _ticks_beneath(stream, options)
    if beneath is not None:
        return beneath
    first_tick, first_option = ticks[0].start, options[0].start
    several = len(ticks) > 1 and len(ticks) >= len({option.key for option in options})
    if several:
        before: bool | None = first_tick < first_option
    else:
        before = None
    chosen: list[_Option] = []
    for tick in ticks:
        if not tick.on:
            continue
        option = _beside(stream.text, tick, options, before)
        if option is not None and option not in chosen:
            chosen.append(option)
    return chosen


def _ticks_beneath(stream: _Stream, options: list[_Option]) -> list[_Option] | None:
    """Options across one row of a grid and marks across the next: matched by column."""
    places = [(option, stream.piece_at(option.start)) for option in options]
    rows = {piece.row for _, piece in places if piece is not None}
    if len(rows) != 1 or None in rows or any(tick.row in rows or tick.row is None for tick in stream.ticks):
        return None
    columns = {piece.column: option for option, piece in places if piece is not None}
    return [columns[tick.column] for tick in stream.ticks if tick.on and tick.column in columns]


def _beside(text: str, tick: _Tick, options: list[_Option], before: bool | None) -> _Option | None:
    """The option that a tick belongs to; `before` says that ticks stand before their options, None that it is open."""
    if tick.row is not None:
        beside = [option for option in options if option.row == tick.row]
        if len(beside) == 1:
            return beside[0]
    following = next((option for option in options if option.start >= tick.end), None)
    previous = next((option for option in reversed(options) if option.end <= tick.start), None)
    if before is True:
        return following
    if before is False:
        return previous
    if following is None or previous is None:
        return following or previous
    after, ahead = text[previous.end : tick.start], text[tick.end : following.start]
    split_after, split_ahead = len(_SEPARATORS.findall(after)), len(_SEPARATORS.findall(ahead))
    if split_after != split_ahead:
        return previous if split_after < split_ahead else following
    return previous if len(after) < len(ahead) else following


def _by_words_beside(stream: _Stream, options: list[_Option]) -> list[_Option]:
    answers = [(option, _YES_NO.match(stream.text[option.end : option.end + 14])) for option in options]
    if sum(match is not None for _, match in answers) < max(2, len(options) - 1):
        return []
    return [option for option, match in answers if match and match["answer"].casefold() in ("yes", "y", "true")]


def _by_mark(mark: Mark) -> Callable[[_Stream, list[_Option]], list[_Option]]:
    def evidence(_: _Stream, options: list[_Option]) -> list[_Option]:
        return [option for option in options if mark in option.marks]

    return evidence


def _by_shading(_: _Stream, options: list[_Option]) -> list[_Option]:
    return [option for option in options if option.shaded or Mark.SHADING in option.marks]


def _by_strike(_: _Stream, options: list[_Option]) -> list[_Option]:
    standing = [option for option in options if Mark.STRIKE not in option.marks]
    return standing if len(standing) < len(options) else []


def _by_arrow(stream: _Stream, options: list[_Option]) -> list[_Option]:
    return [
        option
        for option in options
        if _ARROW_BEFORE.search(stream.text[max(0, option.start - 6) : option.start])
        or _ARROW_AFTER.search(stream.text[option.end : option.end + 14])
    ]


def _by_capitals(stream: _Stream, options: list[_Option]) -> list[_Option]:
    found = [
        option for option in options if (text := stream.text[option.start : option.end]).isupper() and len(text) > 3
    ]
    return found if any(not stream.text[o.start : o.end].isupper() for o in options) else []


def _by_repetition(_: _Stream, options: list[_Option]) -> list[_Option]:
    counts = {option.key: sum(other.key == option.key for other in options) for option in options}
    most = max(counts.values())
    return [option for option in options if counts[option.key] == most] if most > 1 and len(counts) > 1 else []


_EVIDENCE: tuple[Callable[[_Stream, list[_Option]], list[_Option]], ...] = (
    _by_ticks,
    _by_words_beside,
    _by_mark(Mark.HIGHLIGHT),
    _by_mark(Mark.BOXED),
    _by_strike,
    _by_shading,
    _by_arrow,
    _by_mark(Mark.UNDERLINE),
    _by_mark(Mark.BOLD),
    _by_mark(Mark.COLOUR),
    _by_mark(Mark.ITALIC),
    _by_repetition,
    _by_capitals,
)


@lru_cache(maxsize=64)
def _names(vocabulary: Vocabulary) -> dict[str, str]:
    names: dict[str, str] = {}
    for term in vocabulary.terms:
        for name in (term.label, *term.aliases, term.key):
            names.setdefault(_name(name), term.key)
    return names


def _name(text: str) -> str:
    return plain(text)


@lru_cache(maxsize=64)
def _pattern(vocabulary: Vocabulary) -> re.Pattern[str]:
    names = [name for name in _names(vocabulary) if len(name) > 1]
    words = [r"\s+".join(re.escape(word) for word in name.split()) for name in sorted(names, key=len, reverse=True)]
    return re.compile(rf"(?<![\w@.])(?:{'|'.join(words)})(?![\w@])", re.IGNORECASE)
