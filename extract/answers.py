"""Transcript and form in, answers out: every visible word goes to the form, to one answer or to nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary
from casework.model import Answer, FieldStatus, Passage, Role, Value
from casework.transcript import Control, ControlKind, Locator, Transcript
from extract.adoption import adopt
from extract.flow import Slot
from extract.guidance import guidance_of
from extract.labels import CONFIDENCE, Rung, label_book
from extract.layout import Walk, Walked, walk_form
from extract.lines import FORM, WITHIN_LINE, Line, Owner, lines_of, passages_of
from extract.options import Choice, Piece, find_choice, ticked_parts
from extract.sweep import Sweep
from extract.values import is_placeholder, join_email, parse_date

_TAGGED_FORM = 3
"""So many controls that carry our own field keys make a form one of ours."""


def find_answers(
    transcript: Transcript, form: FormDefinition, library: FormLibrary, walked: Walked | None = None
) -> tuple[tuple[Answer, ...], tuple[Passage, ...]]:
    """An answer for every field of `form`, in its order, and the whole transcript as passages.

    `walked` is the walk of this transcript for this form, where there was one; it is used up.
    """
    walked = walked or walk_form(transcript, form, library)
    lines = lines_of(walked.nodes)
    answers = _Settling(form, library, walked.walk, lines).answers()
    return answers, passages_of(lines)


class _Settling:
    """Decides, for one walk, whose each character is."""

    def __init__(self, form: FormDefinition, library: FormLibrary, done: Walk, lines: list[Line]) -> None:
        self._form = form
        self._library = library
        self._guide = guidance_of(form)
        self._lines = lines
        adopt(done.slots, done.unknown, form, library)
        self._slots = done.slots
        self._claimed: dict[str, list[Piece]] = {}
        self._status: dict[str, FieldStatus] = {}
        self._choices: dict[str, tuple[str, ...]] = {}
        self._sureness: dict[str, float] = {}
        self._sweep = Sweep(self._guide, self._slots)

    def answers(self) -> tuple[Answer, ...]:
        tagged = self._tagged()
        for definition in self._form.fields:
            slots = [slot for slot in self._slots if slot.field == definition.key]
            if definition.key in tagged:
                slots = [self._tagged_slot(definition, tagged[definition.key], slots)]
            self._settle(definition, slots)
        self._adopt_controls()
        return tuple(self._answer(definition) for definition in self._form.fields)

    # -- which slots count --------------------------------------------------------------------------------------

    def _settle(self, definition: FieldDefinition, slots: Sequence[Slot]) -> None:
        if not slots:
            return
        contents = [(slot, self._sweep.content(slot.pieces, definition)) for slot in slots]
        for _, content in contents:
            for piece in content.removed:
                piece.line.claim(piece.start, piece.end, FORM)
        if definition.kind is FieldKind.CHOICE and not any(content.kept for _, content in contents):
            for slot, content in contents:
                content.kept += [slot.options] if slot.options is not None else []
        held = [(slot, content) for slot, content in contents if content.kept]
        prompted = any(content.prompted for _, content in contents)
        self._sureness[definition.key] = CONFIDENCE[min(slot.rung for slot in slots)]
        if not held:
            self._status[definition.key] = FieldStatus.PROMPT if prompted else FieldStatus.BLANK
            return
        best = min(slot.rung for slot, _ in held)
        trusted = [(slot, content) for slot, content in held if slot.rung <= max(best, Rung.FUZZY)]
        if definition.kind is not FieldKind.LONG:
            real = [pair for pair in trusted if not is_placeholder(_text(pair[1].kept))]
            trusted = (real or trusted)[:1]
        self._sureness[definition.key] = CONFIDENCE[min(slot.rung for slot, _ in trusted)]
        pieces = _shaped([piece for _, content in trusted for piece in content.kept], definition.kind)
        if definition.kind is FieldKind.CHOICE:
            self._settle_choice(definition, pieces, prompted=prompted, guessed=best is Rung.LOOSE)
        else:
            self._settle_words(definition.key, pieces)

    def _settle_words(self, key: str, pieces: list[Piece]) -> None:
        """Words as they stand; of tick boxes with words beside them, only the ticked ones."""
        kept: list[Piece] = []
        for piece in pieces:
            ticked = ticked_parts(piece)
            kept += [piece] if ticked is None else ticked
            if ticked is not None:
                piece.line.claim(piece.start, piece.end, FORM)
        if kept:
            self._give(key, kept)
        else:
            self._status[key] = FieldStatus.BLANK

    def _settle_choice(
        self, definition: FieldDefinition, pieces: list[Piece], *, prompted: bool, guessed: bool
    ) -> None:
        text = _text(pieces)
        if is_placeholder(text):
            self._give(definition.key, pieces)
            return
        choice: Choice = find_choice(pieces, self._library.vocabulary(definition.vocabulary or ""))
        for line, start, end in choice.offered:
            line.claim(start, end, FORM)
        if choice.printed and not choice.keys:
            for piece in pieces:
                piece.line.claim(piece.start, piece.end, FORM)
            self._status[definition.key] = FieldStatus.PROMPT if prompted else FieldStatus.BLANK
            return
        if choice.printed:
            self._choices[definition.key] = choice.keys
            self._give(definition.key, [Piece(line, start, end) for line, start, end in choice.chosen])
            self._leave_rest_to_form(definition, pieces)
            return
        if not text.strip():
            self._status[definition.key] = FieldStatus.BLANK
            return
        if guessed and not choice.keys:
            return
        self._choices[definition.key] = choice.keys
        self._give(definition.key, pieces)

    def _leave_rest_to_form(self, definition: FieldDefinition, pieces: Sequence[Piece]) -> None:
        """Separators and prompts between printed options are the form's; other words stay the sender's."""
        owner = Owner(Role.ANSWER, definition.key)
        for piece in pieces:
            for start, end in _unclaimed(piece):
                words = piece.line.text[start:end]
                if start > 0 and piece.line.owners[start - 1] == owner and words.lstrip()[:1] in (":", "(", "-", "–"):
                    piece.line.claim(start, end, owner)
                    self._claimed[definition.key].append(Piece(piece.line, start, end))
                elif not any(character.isalnum() for character in words) or self._guide.published(words.strip(" ()")):
                    piece.line.claim(start, end, FORM)

    def _give(self, key: str, pieces: Sequence[Piece]) -> None:
        owner = Owner(Role.ANSWER, key)
        for piece in pieces:
            piece.line.claim(piece.start, piece.end, owner)
        self._claimed[key] = list(pieces)
        self._status[key] = FieldStatus.ANSWERED

    # -- controls that name their field ---------------------------------------------------------------------------

    def _tagged(self) -> dict[str, list[Piece]]:
        """Controls whose tag is a field's key, which only our own blanks carry."""
        found: dict[str, list[Piece]] = {}
        for line in self._lines:
            for start, end, span in line.pieces():
                control = span.control
                if control is None or control.kind is ControlKind.TICK or not self._form.has(control.tag):
                    continue
                found.setdefault(control.tag, []).append(Piece(line, start, end))
        return found if len(found) >= _TAGGED_FORM else {}

    def _tagged_slot(self, definition: FieldDefinition, pieces: list[Piece], slots: Sequence[Slot]) -> Slot:
        """Our own control is the answer; what stands round it in a slot only matters where it holds a grid."""
        if definition.columns and any(slot.filled and any(p.row is not None for p in slot.pieces) for slot in slots):
            return replace_slot(slots)
        return Slot(definition.key, Rung.EXACT, _merged(pieces))

    def _adopt_controls(self) -> None:
        """A control that no label led to may still say by its own name which question it answers."""
        book = label_book(self._form)
        named: dict[str, list[Piece]] = {}
        for line in self._lines:
            for start, end, span in line.pieces():
                control = span.control
                if control is None or control.prompting or control.kind is ControlKind.TICK or start == end:
                    continue
                if any(owner.role is Role.ANSWER for owner in line.owners[start:end]):
                    continue
                for name in (control.label, _spaced(control.tag), _spaced(control.identity)):
                    match = book.exact(name) if name else None
                    if match is not None:
                        key = next((key for key in match.fields if self._open_for(key)), None)
                        if key is not None:
                            named.setdefault(key, []).append(Piece(line, start, end))
                        break
        for key, pieces in named.items():
            self._settle(self._form.field(key), [Slot(key, Rung.SAME_WORDS, _merged(pieces))])

    def _open_for(self, key: str) -> bool:
        return self._status.get(key, FieldStatus.MISSING) in (FieldStatus.MISSING, FieldStatus.BLANK)

    # -- values -------------------------------------------------------------------------------------------------

    def _answer(self, definition: FieldDefinition) -> Answer:
        key = definition.key
        status = self._status.get(key, FieldStatus.MISSING)
        if status is not FieldStatus.ANSWERED:
            return Answer(key, None, "", status, self._sureness.get(key, 0.5 if status is FieldStatus.MISSING else 0.9))
        owner = Owner(Role.ANSWER, key)
        ranges = [piece for piece in self._claimed[key] if owner in piece.line.owners[piece.start : piece.end]]
        text = _text(ranges)
        places = tuple(dict.fromkeys(place for piece in ranges if piece.text.strip() for place in _places(piece)))
        if is_placeholder(text):
            value: Value = None if definition.kind is FieldKind.CHOICE else text
            return Answer(key, value, text, FieldStatus.PLACEHOLDER, self._sureness[key], places=places)
        value = self._value(definition, text, ranges)
        return Answer(key, value, text, FieldStatus.ANSWERED, self._sureness[key], places=places)

    def _value(self, definition: FieldDefinition, text: str, pieces: Sequence[Piece]) -> Value:
        if definition.kind is FieldKind.CHOICE:
            return self._choices.get(definition.key, ())
        if definition.kind is FieldKind.DATE:
            return parse_date(text) or _stored_date(pieces) or text
        if definition.kind is FieldKind.EMAIL:
            return join_email(text)
        return text


def replace_slot(slots: Sequence[Slot]) -> Slot:
    """Several slots of one field as one."""
    return Slot(slots[0].field, min(slot.rung for slot in slots), [piece for slot in slots for piece in slot.pieces])


def _shaped(pieces: list[Piece], kind: FieldKind) -> list[Piece]:
    """Of several lines, the one that has the shape of the answer: an address, a date, a number to call."""
    shape = _SHAPES.get(kind)
    if shape is None or len(pieces) < 2:
        return pieces
    fitting = [piece for piece in pieces if shape(piece.text)]
    return fitting if len(fitting) == 1 else pieces


def _is_address(text: str) -> bool:
    return re.search(r"\w@\S+\.\w", text) is not None


def _is_phone(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= 8


_SHAPES: dict[FieldKind, Callable[[str], bool]] = {
    FieldKind.DATE: lambda text: parse_date(text) is not None,
    FieldKind.EMAIL: _is_address,
    FieldKind.PHONE: _is_phone,
}


def _unclaimed(piece: Piece) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for at in range(piece.start, piece.end):
        if piece.line.owners[at].role is not Role.UNPLACED:
            continue
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


def _text(pieces: Sequence[Piece]) -> str:
    """The pieces as a value: lines joined by a line feed, the cells of a grid's row by ` | `."""
    text = ""
    before: Piece | None = None
    for piece in pieces:
        words = " ".join(piece.text.split())
        if not words:
            continue
        if before is not None:
            if before.line is piece.line:
                text += WITHIN_LINE
            elif piece.row is not None and piece.row == before.row:
                text += piece.line.join if piece.line.join != "\n" else " "
            else:
                text += "\n"
        text += words
        before = piece
    return text


def _places(piece: Piece) -> tuple[Locator, ...]:
    return piece.line.places_of(piece.start, piece.end)


def _stored_date(pieces: Sequence[Piece]) -> str | None:
    controls: list[Control] = [
        span.control
        for piece in pieces
        for _, _, span in piece.line.pieces(piece.start, piece.end)
        if span.control is not None and span.control.kind is ControlKind.DATE
    ]
    return next((parse_date(control.value[:10]) for control in controls if control.value), None)


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces of one line that touch, as one."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].line is piece.line and found[-1].end == piece.start:
            found[-1] = found[-1].part(found[-1].start, piece.end)
        else:
            found.append(piece)
    return found


def _spaced(tag: str) -> str:
    """A machine name such as "RequesterName" or "requester_name" as words."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in tag.rsplit(".", 1)[-1])
    return " ".join(words.replace("_", " ").replace("-", " ").split())
