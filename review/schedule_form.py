"""What an editor entered about a schedule, from the builder's form and back, and a change moved up or down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from casework.schedule import Editing, Release, ScheduleLine, Section
from review.presenters import parse_day

MOST_SHOWN = 100
"""Changes with their boxes on one page; thousands would make it slow for everybody."""

LONGEST_WORDS = 4000
LONGEST_CHANGE_NOTE = 500


@dataclass(frozen=True, slots=True)
class Entered:
    """The editor's decisions, the issue date as it was typed, and what is wrong with which field."""

    editing: Editing
    issued: str
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Some changes of a release, from the one at place `first` of `total`; shown where it is open, else carried along
    unseen."""

    number: int
    release: Release
    lines: tuple[ScheduleLine, ...]
    first: int
    total: int
    is_open: bool

    @property
    def spans(self) -> str:
        """Which of the release's changes these are, where they are not all of them."""
        last = self.first + len(self.lines)
        return "" if len(self.lines) == self.total else f"{self.first + 1:,} to {last:,} of {self.total:,}"


def parse_editing(form: MultiDict[str, str]) -> Entered:
    """The builder's form as decisions; what cannot be taken stands among the problems and keeps its old meaning."""
    issued = form.get("issued", "").strip()
    day = parse_day(issued) if issued else None
    problems = []
    if issued and day is None:
        problems.append(("issued", "Enter a real date, like 31 December 2026"))
    elif day is not None and not date(2000, 1, 1) <= day <= date(2100, 1, 1):
        problems.append(("issued", "Enter an issue date between 2000 and 2100"))
        day = None
    words = {name: _words(form, name) for name in ("introduction", "note", "change_note")}
    for name, longest in (
        ("introduction", LONGEST_WORDS),
        ("note", LONGEST_WORDS),
        ("change_note", LONGEST_CHANGE_NOTE),
    ):
        if len(words[name]) > longest:
            problems.append((name, f"Enter at most {longest:,} characters"))
    order = tuple(dict.fromkeys(form.getlist("order")))
    kept = frozenset(form.getlist("keep"))
    editing = Editing(
        issued=day,
        introduction=words["introduction"][:LONGEST_WORDS],
        note=words["note"][:LONGEST_WORDS],
        change_note=words["change_note"][:LONGEST_CHANGE_NOTE],
        order=order,
        left_out=tuple(reference for reference in order if reference not in kept),
        with_roles=form.get("roles", "") == "yes",
        with_competences=form.get("competences", "") == "yes",
    )
    return Entered(editing, issued, tuple(problems))


def move_change(editing: Editing, placed: Sequence[Section], step: str) -> Editing:
    """The decisions with one change moved: `up:ESR-2026-0001` or `down:…`; unchanged where it cannot move."""
    direction, _, reference = step.partition(":")
    order = [[line.reference for line in lines] for _, lines in placed]
    for section in order:
        if reference in section:
            at = section.index(reference)
            to = at - 1 if direction == "up" else at + 1
            if 0 <= to < len(section):
                section[at], section[to] = section[to], section[at]
    return replace(editing, order=tuple(name for section in order for name in section))


def parts_of(placed: Sequence[Section], is_open: int) -> list[Part]:
    """The changes in pieces that a page can show: all of them where they are few, else the one that is asked for."""
    pieces = [
        (release, lines[at : at + MOST_SHOWN], at, len(lines))
        for release, lines in placed
        for at in range(0, max(len(lines), 1), MOST_SHOWN)
    ]
    are_few = sum(len(lines) for _, lines in placed) <= MOST_SHOWN
    chosen = is_open if is_open < len(pieces) else 0
    return [
        Part(number, release, lines, first, total, are_few or number == chosen)
        for number, (release, lines, first, total) in enumerate(pieces)
    ]


def fields_of(editing: Editing, issued: str) -> Mapping[str, str | tuple[str, ...]]:
    """The form's fields for hidden inputs, so that a page in between hands everything on."""
    return {
        "issued": issued,
        "introduction": editing.introduction,
        "note": editing.note,
        "change_note": editing.change_note,
        "order": editing.order,
        "keep": tuple(reference for reference in editing.order if reference not in editing.left_out),
        "roles": "yes" if editing.with_roles else "",
        "competences": "yes" if editing.with_competences else "",
    }


def _words(form: MultiDict[str, str], name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n").strip()
