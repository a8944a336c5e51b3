"""What in a text should make its writer look again before it is printed: people's names, addresses and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/])(?:\+44|0)(?:[ -]?\d){9,10}(?!\w)")
_SHORTEST_SURNAME = 4


def doubts_about(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """What a reader would not expect in a published text, each quoted as it stands there, in order.

    `names` are people whom the text may be about: a full name counts, and a surname of four letters or more.
    """
    found = [match for pattern in (_EMAIL, _PHONE) for match in pattern.finditer(text)]
    for name in names:
        words = name.split()
        wanted = [" ".join(words)] if len(words) > 1 else []
        wanted += [words[-1]] if words and len(words[-1]) >= _SHORTEST_SURNAME else []
        for part in wanted:
            found += re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text)
    places = sorted({(match.start(), -match.end()): match.group() for match in found}.items())
    kept: list[str] = []
    end = -1
    for (start, minus_end), quoted in places:
        if start >= end:
            kept.append(quoted)
            end = -minus_end
    return tuple(dict.fromkeys(kept))
