"""Takes the form's own prompts, and what the sender crossed out, from the words that stand in an answer's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.form import FieldDefinition, FieldKind
from casework.transcript import ControlKind, Mark
from extract.flow import Slot
from extract.guidance import (
    LEADERS,
    MAYBE,
    NOT_A_PROMPT,
    SURELY,
    Guidance,
    bracketed,
    is_instruction,
    prompt_likeness,
    sentences,
)
from extract.labels import plain
from extract.options import Piece
from extract.values import is_placeholder

_GONE = frozenset({Mark.STRIKE, Mark.HIDDEN})
_FEWEST_STYLED = 2
_SHORTEST_REPEATED = 4
"""Words; a shorter line may stand under several questions by chance."""


@dataclass(slots=True)
class Content:
    """What stands in one slot once the form's own prompts are taken out."""

    kept: list[Piece] = field(default_factory=list)
    removed: list[Piece] = field(default_factory=list)
    prompted: bool = False


class Sweep:
    """Sweeps the answers of one document, with an eye on all of them: how the sender writes, what stands repeatedly."""

    def __init__(self, guide: Guidance, slots: Sequence[Slot]) -> None:
        self._guide = guide
        self._styled_answers = _answers_are_styled(slots)
        """The sender wrote in italics or a colour, which then shows no prompt."""
        self._repeated = _repeated_prompts(slots)

    def content(self, pieces: Sequence[Piece], definition: FieldDefinition) -> Content:
        """What stands in one slot, without prompts, leaders and placeholder texts."""
        content = Content()
        choice = definition.kind is FieldKind.CHOICE
        standing = pieces if choice else _standing(pieces)
        todo = [part for piece in standing for part in _without_prompting(piece, content)]
        trimmed = [_trim(piece) for piece in todo]
        later = [piece for piece, rest in zip(todo, trimmed, strict=True) if rest is not None]
        for piece, rest in zip(todo, trimmed, strict=True):
            if rest is None:
                content.removed.append(piece)
                continue
            later = later[1:]
            if self._repeated and plain(rest.text) in self._repeated:
                content.removed.append(rest)
                content.prompted = True
                continue
            styled = not self._styled_answers and _styled(rest)
            answered = bool(content.kept)
            kept, removed = self._split_prompt(rest, answered=answered, later=later, choice=choice, styled=styled)
            content.removed += removed
            content.kept += kept
            content.prompted = content.prompted or any(part.text.strip() for part in removed)
        return content

    def _split_prompt(
        self, piece: Piece, *, answered: bool, later: Sequence[Piece], choice: bool, styled: bool
    ) -> tuple[list[Piece], list[Piece]]:
        """What of one line is the sender's and what the form's prompt, as (kept, removed)."""
        text = piece.text
        if self._guide.published(text):
            return [], [piece]
        lead = self._guide.leading(text)
        if 0 < lead < len(text) and not answered:
            rest = piece.part(piece.start + lead, piece.end)
            return [rest], [piece.part(piece.start, piece.start + lead)]
        if lead >= len(text):
            return [], [piece]
        inside = bracketed(text)
        likeness = prompt_likeness(text)
        if inside is not None and not is_placeholder(inside):
            square = text.strip()[0] in "[<{"
            if (square and not choice) or likeness > NOT_A_PROMPT or (styled and not answered):
                return [], [piece]
        if not choice and is_instruction(text):
            return [], [piece]
        if answered:
            return ([], [piece]) if styled and likeness == SURELY and not later else ([piece], [])
        if likeness == SURELY and (later or styled or not choice):
            return [], [piece]
        if styled and (likeness == MAYBE or (not choice and later and not any(_styled(other) for other in later))):
            return [], [piece]
        edge = _style_edge(piece)
        if edge is not None and prompt_likeness(piece.line.text[piece.start : edge]) > NOT_A_PROMPT:
            return [piece.part(edge, piece.end)], [piece.part(piece.start, edge)]
        first = sentences(text)[0] if text else ""
        if len(first) < len(text) and (
            is_instruction(first) or (first.casefold().startswith("please ") and prompt_likeness(first) == SURELY)
        ):
            at = piece.start + text.index(first) + len(first)
            return [piece.part(at, piece.end)], [piece.part(piece.start, at)]
        return [piece], []


def _standing(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without what is crossed out or hidden, where something else stands there."""
    parts: list[Piece] = []
    for piece in pieces:
        gone = [
            (start, end)
            for start, end, span in piece.line.pieces(piece.start, piece.end)
            if span.marks & _GONE and piece.line.text[start:end].strip()
        ]
        at = piece.start
        for start, end in gone:
            parts += [piece.part(at, start)] if start > at else []
            at = end
        parts += [piece.part(at, piece.end)] if at < piece.end or not gone else []
    return parts if any(part.text.strip() for part in parts) else list(pieces)


def _answers_are_styled(slots: Sequence[Slot]) -> bool:
    """Whether most answers are in italics or a colour all through, so that their look tells them from nothing."""
    firsts = [next((piece for piece in slot.pieces if piece.text.strip()), None) for slot in slots if slot.field]
    looks = [_styled(piece) for piece in firsts if piece is not None and prompt_likeness(piece.text) == NOT_A_PROMPT]
    return sum(looks) > _FEWEST_STYLED and 2 * sum(looks) > len(looks)


def _repeated_prompts(slots: Sequence[Slot]) -> frozenset[str]:
    """The lines, folded, that read like a prompt and stand under several questions."""
    under: dict[str, set[str]] = {}
    for slot in slots:
        for piece in slot.pieces if slot.field else ():
            if len(piece.text.split()) >= _SHORTEST_REPEATED:
                under.setdefault(plain(piece.text), set()).add(slot.field or "")
    return frozenset(words for words, keys in under.items() if len(keys) > 1 and prompt_likeness(words) > NOT_A_PROMPT)


def _without_prompting(piece: Piece, content: Content) -> list[Piece]:
    """The piece without controls that still show their placeholder text, and without leaders."""
    line = piece.line
    holes: list[tuple[int, int]] = []
    for start, end, span in line.pieces(piece.start, piece.end):
        if span.control is not None and span.control.prompting:
            holes.append((start, end))
            content.prompted = True
    holes += [(m.start(), m.end()) for m in LEADERS.finditer(line.text, piece.start, piece.end)]
    parts: list[Piece] = []
    at = piece.start
    if not holes:
        return [piece] if piece.text.strip() or _holds_control(piece) else []
    for start, end in sorted(holes):
        if start > at:
            parts.append(piece.part(at, start))
        content.removed.append(piece.part(start, end))
        at = max(at, end)
    if at < piece.end:
        parts.append(piece.part(at, piece.end))
    return [part for part in parts if part.text.strip() or _holds_control(part)]


def _holds_control(piece: Piece) -> bool:
    return any(
        span.control is not None and span.control.kind is ControlKind.TICK
        for _, _, span in piece.line.pieces(piece.start, piece.end)
    )


def _trim(piece: Piece) -> Piece | None:
    """The piece without white space at its ends; None where nothing is left."""
    text = piece.text
    if not text.strip():
        return piece if _holds_control(piece) else None
    start = piece.start + len(text) - len(text.lstrip())
    return piece.part(start, piece.start + len(text.rstrip()))


def _styled(piece: Piece) -> bool:
    line = piece.line
    return max(line.marked(mark, piece.start, piece.end) for mark in (Mark.ITALIC, Mark.COLOUR)) > 0.9


def _style_edge(piece: Piece) -> int | None:
    """Where italic or coloured words at the start of a line end, when plain ones follow."""
    edge: int | None = None
    for start, end, span in piece.line.pieces(piece.start, piece.end):
        styled = bool(span.marks & {Mark.ITALIC, Mark.COLOUR}) and span.control is None
        if not styled and span.text.strip():
            return edge if edge is not None and edge > piece.start else None
        if styled or start == end or not span.text.strip():
            edge = end if styled else edge
    return None
