"""What counts as a word, and which words a reading holds, for setting readings against independent counts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from casework.model import Reading
from casework.reading_json import reading_to_json

_SOFT_HYPHEN = "\u00ad"


def words(text: str) -> list[str]:
    """Runs of letters and digits, compatibility forms made plain ("ﬁ" is "fi"), case folded."""
    plain = unicodedata.normalize("NFKC", text).replace(_SOFT_HYPHEN, "").casefold()
    return re.findall(r"[^\W_]+", plain)


def letters(text: str) -> str:
    """The words of a text run together."""
    return "".join(words(text))


def count(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in these texts; no word runs from one text into the next."""
    return Counter(word for text in texts for word in words(text))


def said(readings: Iterable[Reading]) -> Counter[str]:
    """The words of what `formwright read` prints: fields, unplaced and the form's own, each counted where it stands."""
    texts: list[str] = []
    for reading in readings:
        line = reading_to_json(reading, "")
        texts += [entry["text"] for entry in line["fields"].values()]
        texts += [entry["text"] for entry in line["unplaced"]]
        texts += line["form_words"]
    return count(texts)


def without_resplit(lost: Counter[str], added: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """What is lost and added once words that only were parted or joined differently ("on-\\nline") are taken out."""
    lost, added = Counter(lost), Counter(added)
    for wholes, parts in ((lost, added), (added, lost)):
        for whole in sorted(wholes.elements(), key=len, reverse=True):
            found = _parts_of(whole, parts, 8)
            if found is not None:
                wholes[whole] -= 1
                parts.subtract(found)
    if sorted("".join(lost.elements())) == sorted("".join(added.elements())):
        return Counter(), Counter()
    return +lost, +added


def _parts_of(whole: str, parts: Counter[str], most: int) -> list[str] | None:
    if not whole:
        return []
    if most == 0:
        return None
    for end in range(len(whole), 0, -1):
        part = whole[:end]
        if parts[part] > 0:
            parts[part] -= 1
            rest = _parts_of(whole[end:], parts, most - 1)
            parts[part] += 1
            if rest is not None:
                return [part, *rest]
    return None
