"""What an editor should look at before a schedule goes out: people's names, addresses, missing dates and reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from casework.schedule import TO_BE_CONFIRMED, Schedule, ScheduleLine
from casework.wording import counted

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(r"(?<![\w/-])(?:\+44\s?\d|0\d)(?:[\s-]?\d){8,9}(?!\w)")
# A title of address with a name after it; the words themselves ("Dr", "Sister") are common in the titles of roles.
_ADDRESSED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor)\.? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
_SHORTEST_NAME = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look at: where it stands and what it is. One that stops publishing must be put right first."""

    place: str
    words: str
    stops: bool = False


def find_doubts(
    schedule: Schedule, *, names: Mapping[str, Iterable[str]], staff: Iterable[str] = ()
) -> tuple[Doubt, ...]:
    """Everything doubtful, in the order of the document.

    `names` holds the people a request names as its own (who raised it), by reference; `staff` those who work here.
    """
    known = tuple(staff)
    found = [
        *_doubts_of_words("Introduction", schedule.introduction, known),
        *_doubts_of_words("Editor’s notes", schedule.note, known),
        *_doubts_of_words("What changed", schedule.change_note, known),
        *_doubts_of_counts(schedule),
        *_doubts_of_releases(schedule),
    ]
    seen: set[str] = set()
    for line in schedule.lines():
        if line.reference not in seen:
            seen.add(line.reference)
            found += _doubts_of_line(line, (*names.get(line.reference, ()), *known))
    return tuple(found)


def _doubts_of_words(place: str, text: str, names: Iterable[str]) -> list[Doubt]:
    found = []
    if (address := _EMAIL.search(text)) is not None:
        found.append(Doubt(place, f"Holds an email address: {address[0]}"))
    if (telephone := _TELEPHONE.search(text)) is not None:
        found.append(Doubt(place, f"Holds what looks like a telephone number: {telephone[0].strip()}"))
    folded = _folded(text)
    person = next((name for name in names if _folded(name) in folded and _names(text, name)), None) or (
        addressed[0] if (addressed := _ADDRESSED.search(text)) is not None else None
    )
    if person is not None:
        found.append(Doubt(place, f"Holds a person’s name: {' '.join(person.split())}"))
    return found


@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
    """In small letters with one space between words: a look that is cheap, before the careful one."""
    return " ".join(text.casefold().split())


def _names(text: str, name: str) -> bool:
    words = name.split()
    if len(words) < 2 or len(name) < _SHORTEST_NAME:
        return False
    pattern = r"\s+".join(map(re.escape, words))
    return re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) is not None


def _doubts_of_counts(schedule: Schedule) -> list[Doubt]:
    return [
        Doubt(
            "Completeness",
            f"{tally.what}: {tally.came_in} came in and {tally.listed + tally.left_out} are accounted for. Tell the"
            " people who run this service; the schedule cannot go out like this.",
            stops=True,
        )
        for tally in schedule.tallies
        if not tally.is_whole
    ]


def _doubts_of_releases(schedule: Schedule) -> list[Doubt]:
    found = [
        Doubt(release.name, f"The release has no date. {counted(len(lines), 'change')} would be listed without one.")
        for release, lines in schedule.releases
        if release.planned is None and release.name != TO_BE_CONFIRMED
    ]
    placed: dict[str, tuple[str, str]] = {}
    for release, lines in schedule.releases:
        for line in lines:
            # The same service request in two releases: one of the two is a copy that nobody joined.
            for same in {f"sr {line.sr_number.strip()}" if line.sr_number.strip() else "", _plain(line.title)} - {""}:
                other, where = placed.setdefault(same, (line.reference, release.name))
                if other != line.reference and where != release.name:
                    found.append(
                        Doubt(line.reference, f"The same change stands in two releases: {other} is in {where}.")
                    )
                    break
    return found


def _doubts_of_line(line: ScheduleLine, names: Iterable[str]) -> list[Doubt]:
    known = tuple(names)
    parts = (
        ("title", line.title),
        ("description", line.description),
        ("driver", line.driver),
        ("organisation", line.organisation),
        ("reason", line.reason),
    )
    found = [
        doubt for part, text in parts for doubt in _doubts_of_words(f"{line.reference}, {part}", text, known) if text
    ]
    if not line.is_pending and not line.reason.strip():
        found.append(Doubt(line.reference, "Is decided without a reason. Reopen the request and give one."))
    return found


def _plain(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
