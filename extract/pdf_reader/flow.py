"""Words of one column into lines, and lines into paragraphs: which line ends are wraps and which are meant."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.transcript import Locator, Paragraph, Span, joined_box
from extract.pdf_reader.glyphs import tick_state
from extract.pdf_reader.ink import Look, Word
from extract.tab_stops import is_tab_stop

BULLETS = frozenset("•·▪●○■➢❖–-*o§◦‣∙⁃➔➤◆♦→►▶✦")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{2,4})[.)]|\(\d{1,2}\)|\d{1,2}\.\d{1,2}[.)]?")
_DOTTED = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?")
_MAIL_TAIL = re.compile(r"[\w-]*(?:\.[\w-]+)+$|^[\w-]+$")
_SHORT_WORDS = frozenset({
    "a", "all", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can",
    "day", "do", "for", "go", "had", "has", "how", "if", "in", "is", "it", "its",
    "may", "new", "no", "not", "of", "on", "one", "or", "our", "out", "per", "so",
    "the", "to", "two", "up", "us", "use", "was", "we", "who", "why", "you",
})  # fmt: skip
GROUP_GAP = 0.9
"""A gap this many times the type size parts two pieces of a line."""
SPACES_GAP = 0.62
"""So does one this wide, typed as several spaces, where other words of the line stand much closer."""

COMMON_SPACE = 0.3
"""A space in most type, as a multiple of its size."""


@dataclass(slots=True)
class Line:
    """Words that stand on one line, left to right."""

    words: list[Word]

    @property
    def x0(self) -> float:
        """Left end."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right end."""
        return max(word.x1 for word in self.words)

    @property
    def top(self) -> float:
        """Top of the tallest word."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Bottom of its plain words, descenders included."""
        return max(word.bottom for word in self.words)

    @property
    def middle(self) -> float:
        """Vertical centre of the first word."""
        return self.words[0].middle

    @property
    def size(self) -> float:
        """Type size of the larger part of its words, in points."""
        return max(self.words, key=lambda word: len(word.text)).look.size

    def _space(self) -> float:
        """The narrowest gap between words that a space can make; in a line set to full width all gaps are alike."""
        gaps = [word.x0 - before.x1 for before, word in itertools.pairwise(self.words)]
        return min((gap for gap in gaps if gap > 0.15 * self.size), default=self.size)

    def _usual_space(self) -> float:
        """The gap that most words of the line leave."""
        gaps = sorted(word.x0 - before.x1 for before, word in itertools.pairwise(self.words) if not before.glued)
        return gaps[(len(gaps) - 1) // 2] if len(gaps) > 1 else COMMON_SPACE * self.size

    def groups(self) -> list[list[Word]]:
        """The words in pieces that stand clearly apart."""
        pieces = [[self.words[0]]]
        space = self._space()
        usual = self._usual_space()
        left = 0.0
        for before, word in itertools.pairwise(self.words):
            size = max(before.look.size, word.look.size, 6.0)
            gap = word.x0 - before.x1
            # A tick goes with the words behind it, unless it stands clearly nearer to those before it.
            ticks_what_follows = tick_state(before.text) is not None and not 0 < left < 0.6 * gap
            wide = 2.2 if ticks_what_follows else GROUP_GAP
            spaces = not ticks_what_follows and gap > SPACES_GAP * size and gap > 2.5 * space
            tabbed = gap > 1.3 * usual and is_tab_stop(word.x0 - self.x0)
            left = gap
            if gap > wide * size or spaces or (tabbed and not ticks_what_follows):
                pieces.append([])
            pieces[-1].append(word)
        return pieces


@dataclass(slots=True)
class Setting:
    """What is known of the document's type: the body size, heading sizes (largest first), and line pitch by size."""

    body_size: float = 10.0
    heading_sizes: tuple[float, ...] = ()
    pitches: dict[int, float] = field(default_factory=dict)
    hyphenated: bool = False

    def pitch(self, size: float) -> float:
        """Distance of wrapped lines as a multiple of the type size."""
        return self.pitches.get(round(size), 1.28)


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Words grouped by the line they stand on, top to bottom."""
    lines: list[Line] = []
    tallest: list[tuple[float, float, float, float]] = []
    """Of each line's tallest word: its height, middle, top and bottom."""
    for word in sorted(words, key=lambda word: (word.top + word.bottom, word.x0)):
        top, bottom, home = word.top, word.bottom, -1
        height, middle = bottom - top, (top + bottom) / 2
        for at in range(max(0, len(lines) - 3), len(lines)):
            other, centre, above, below = tallest[at]
            least = min(height, other)
            if abs(middle - centre) < 0.5 * least or min(bottom, below) - max(top, above) > 0.62 * least:
                home = at
        if home < 0 or word.apart or lines[home].words[0].apart:
            lines.append(Line([word]))
            tallest.append((height, middle, top, bottom))
        else:
            lines[home].words.append(word)
            if height > tallest[home][0]:
                tallest[home] = (height, middle, top, bottom)
    for line in lines:
        line.words.sort(key=lambda word: word.x0)
    return sorted(lines, key=lambda line: (line.middle, line.x0))


def measure_pitches(lines: Sequence[Line]) -> list[tuple[int, float]]:
    """(type size, distance as a multiple of it) for each pair of neighbouring lines set alike."""
    out = []
    for before, line in itertools.pairwise(lines):
        size = line.size
        if abs(before.size - size) < 0.3 and not line.words[0].apart:
            ratio = (line.bottom - before.bottom) / size
            if 0.9 <= ratio <= 2.0 and before.x0 < line.x1 and line.x0 < before.x1:
                out.append((round(size), ratio))
    return out


def paragraphs_of_lines(lines: Sequence[Line], right_edge: float, setting: Setting, part: str) -> list[Paragraph]:
    """Lines of one column as paragraphs. `right_edge` is where a full line would end, in points."""
    runs: list[list[Line]] = []
    reach: dict[Look, float] = {}
    for line in lines:
        reach[line.words[0].look] = max(reach.get(line.words[0].look, 0.0), line.x1)
    for line in lines:
        if runs and _continues(runs[-1], line, right_edge, reach[runs[-1][-1].words[0].look], setting):
            runs[-1].append(line)
        else:
            runs.append([line])
    return [paragraph for run in runs if (paragraph := _paragraph(run, right_edge, setting, part)) is not None]


def _continues(run: list[Line], line: Line, right_edge: float, reach: float, setting: Setting) -> bool:
    before, first, last = run[-1], line.words[0], run[-1].words[-1]
    if first.apart or before.words[0].apart:
        return False
    size = max(before.size, line.size)
    if abs(before.size - line.size) > 0.6 or first.part != last.part:
        return False
    distance = (line.bottom - before.bottom) / size
    if distance > 1.2 * setting.pitch(size) + 0.04 or distance < 0.3:
        return False
    pieces, line_pieces = before.groups(), line.groups()
    if tick_state(last.text) is not None and last.control is None and len(pieces[-1]) == 1:
        return True
    if marker_length(line.words) or tick_state(first.text) is not None:
        return False
    if len(line_pieces) == 1 and len(pieces) > 1 and abs(first.x0 - pieces[-1][0].x0) < 3:
        return wraps(before, line, right_edge)
    if len(line_pieces) == len(pieces) == 2 and _starts_alike(pieces, line_pieces):
        return _label_goes_on(pieces, line) and wraps(Line(pieces[1]), Line(line_pieces[1]), right_edge)
    within_label = len(line_pieces) == 1 and len(pieces) == 2 and line.x1 < pieces[1][0].x0
    if within_label and abs(line.x0 - before.x0) < 3 and _label_goes_on(pieces, line):
        return first.look != pieces[1][0].look
    if _look_changes(before, line) or (before.words[-1].text.endswith(":") and before.words[-1].look.bold):
        return False
    if last.text.endswith((".", "!", "?")) and _opens_with_label(line):
        return False
    indent = line.x0 - before.x0
    centred = abs((line.x0 + line.x1) / 2 - (before.x0 + before.x1) / 2) < 3
    if indent > 1.1 * size and not (len(run) == 1 and marker_length(before.words)) and not centred:
        return False
    if first.text[:1].islower() and last.text[-1:] not in ".:;?!" and reach > before.x0 + 4 * size:
        # A sentence that runs on shows where the lines of its column really end.
        right_edge = min(right_edge, reach)
    return wraps(before, line, right_edge)


def _opens_with_label(line: Line) -> bool:
    """Whether the line starts with a few words and a colon, with more behind them."""
    ends = next((at for at, word in enumerate(line.words[:6]) if word.text.endswith(":")), None)
    return ends is not None and ends + 1 < len(line.words) and line.words[0].text[:1].isupper()


def _starts_alike(one: list[list[Word]], other: list[list[Word]]) -> bool:
    return all(abs(a[0].x0 - b[0].x0) < 3 for a, b in zip(one, other, strict=True))


def _label_goes_on(pieces: list[list[Word]], line: Line) -> bool:
    """Whether a line carries on the label in the left of two pieces, which is set apart from its value by its look."""
    label, value = pieces[0][-1], pieces[1][0]
    same = label.look == line.words[0].look
    room = value.x0 - 0.5 * label.look.size
    return same and wraps(Line(pieces[0]), Line(line.groups()[0]), room - 2 * label.look.size)


def wraps(before: Line, line: Line, right_edge: float) -> bool:
    """Whether the line's first word would not have fitted on the line before, whose column ends at `right_edge`."""
    size = before.size
    end = line.words[0].x1
    for word, following in zip(line.words, line.words[1:], strict=False):
        if not word.glued:
            break
        end = following.x1
    needed = end - line.x0 + 0.22 * size
    return before.x1 + needed > right_edge - 0.08 * size


def _look_changes(before: Line, line: Line) -> bool:
    looks, next_looks = _looks(before), _looks(line)
    if len(looks) != 1:
        return False
    old, new = looks[0], next_looks[0]
    if old.bold and not new.bold:
        return True
    if len(next_looks) != 1:
        return False
    return (old.bold, old.italic, old.colour) != (new.bold, new.italic, new.colour)


def _looks(line: Line) -> list[Look]:
    out: list[Look] = []
    for word in line.words:
        if tick_state(word.text) is None and not any(
            (look.bold, look.italic, look.colour) == (word.look.bold, word.look.italic, word.look.colour)
            for look in out
        ):
            out.append(word.look)
    return out or [line.words[0].look]


def marker_length(words: Sequence[Word]) -> int:
    """How many leading words are a list marker: 0 or 1."""
    if len(words) < 2 or words[0].control is not None or words[0].glued:
        return 0
    first, second = words[0], words[1]
    if first.text in BULLETS:
        gap = second.x0 - first.x1
        if first.text == "o":
            return 1 if gap > 0.6 * first.look.size else 0
        return 1
    if _NUMBER.fullmatch(first.text) and not _DOTTED.fullmatch(first.text):
        return 1
    if _DOTTED.fullmatch(first.text) and first.look.bold and second.look.bold:
        return 1
    return 0


def _paragraph(run: list[Line], right_edge: float, setting: Setting, part: str) -> Paragraph | None:
    skip = marker_length(run[0].words)
    marker = run[0].words[0].text if skip else ""
    beside = _side_by_side(run)
    label_lines = 0
    if beside is not None:
        label_lines, run = beside
    pieces: list[tuple[Word, str]] = []
    carried = ""
    for number, line in enumerate(run):
        groups = line.groups()
        for index, group in enumerate(groups):
            for position, word in enumerate(group):
                last = position == len(group) - 1
                after = "" if word.glued and not last else " "
                if last and (index < len(groups) - 1 or (beside is not None and number == label_lines - 1)):
                    after = "\t"
                elif last and number < len(run) - 1:
                    after = _joint(line, run[number + 1], setting, right_edge, carried)
                    carried = (carried + word.text) if not after else ""
                pieces.append((word, after))
    pieces = pieces[skip:]
    while pieces and not pieces[0][0].text and pieces[0][0].control is None:
        pieces = pieces[1:]
    if not pieces:
        return None
    spans = []
    for number, (word, after) in enumerate(pieces):
        text = word.text
        if after == "-":
            text, after = text[:-1], ""
        elif text.endswith("\u00ad"):
            text = text[:-1]
            after = "" if number < len(pieces) - 1 else after
        if number == len(pieces) - 1:
            after = ""
        spans.append(
            Span(
                text + after,
                frozenset(word.marks),
                word.control,
                Locator(word.part or part, page=word.page, box=word.box, control=word.control.tag or None)
                if word.control
                else Locator(word.part or part, page=word.page, box=word.box),
            )
        )
    words = [word for line in run for word in line.words]
    place = Locator(words[0].part or part, page=words[0].page, box=joined_box([word.box for word in words]))
    return Paragraph(tuple(spans), place, _level([word for word, _ in pieces], setting), marker)


def _side_by_side(run: list[Line]) -> tuple[int, list[Line]] | None:
    """A label beside its value, both of several lines: how many are the label's, and its lines before the value's."""
    first = run[0].groups()
    if len(run) < 2 or len(first) != 2:
        return None
    left, right, proof = [Line(first[0])], [Line(first[1])], False
    for line in run[1:]:
        groups = line.groups()
        if len(groups) == 2 and _starts_alike(first, groups):
            left.append(Line(groups[0]))
            right.append(Line(groups[1]))
            proof = True
        elif len(groups) == 1 and abs(line.x0 - first[1][0].x0) < 3:
            right.append(line)
            proof = True
        elif len(groups) == 1 and abs(line.x0 - first[0][0].x0) < 3:
            left.append(line)
            proof = proof or line.words[0].look == first[0][-1].look != first[1][0].look
        else:
            return None
    return (len(left), left + right) if proof else None


def _joint(line: Line, following: Line, setting: Setting, right_edge: float, carried: str) -> str:
    """What stands between a line's last word and the next line's first: a space, nothing, or "-" to drop a hyphen.

    `carried` is the part of an uncut word that the lines before hold already.
    """
    last, first = line.words[-1], following.words[0]
    if last.text.endswith("\u00ad"):
        return ""
    if last.text.endswith(("-", "\u2010")) and len(last.text) > 1 and last.text[-2].isalnum():
        lower = last.text[:-1].isalpha() and last.text[-2].islower() and first.text[:1].islower()
        return "-" if lower and setting.hyphenated else ""
    if len(line.groups()[-1]) > 1:
        return " "
    if len(carried + last.text) > 8 and _unbroken(carried + last.text) and _MAIL_TAIL.match(first.text):
        return ""
    # A column too narrow for one word cuts it where the line is full.
    rest = first.text.rstrip(":;,.*?")
    cut = last.text[-1:].islower() and rest.islower() and len(rest) <= 3 and rest not in _SHORT_WORDS
    return "" if cut and last.x1 + 0.6 * last.look.size > right_edge else " "


def _unbroken(text: str) -> bool:
    """Whether a long word is an address, which programs cut anywhere when it does not fit."""
    return "@" in text or "://" in text or text.startswith("www.")


def _level(words: Sequence[Word], setting: Setting) -> int:
    lettered = [word for word in words if any(sign.isalnum() for sign in word.text) and word.control is None]
    if not lettered or len(lettered) > 25:
        return 0
    size = min(word.look.size for word in lettered)
    for rank, heading in enumerate(setting.heading_sizes[:6], start=1):
        if abs(size - heading) < 0.3:
            return rank
    bold = all(word.look.bold for word in lettered)
    if bold and len(lettered) <= 14 and size >= setting.body_size - 0.3:
        return min(9, len(setting.heading_sizes[:6]) + 1)
    return 0


def level_in_cell(paragraph: Paragraph) -> Paragraph:
    """The paragraph as body text: labels in table cells are bold, not headings."""
    if paragraph.level == 0:
        return paragraph
    return Paragraph(paragraph.spans, paragraph.place, 0, paragraph.marker)
