"""Whether two texts are the same words, give or take case, marks and small words."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from casework.stems import stem
from extract.language.wording import load_wording

_SMALL = frozenset(load_wording()["grammar"])
_SAME = 86
_LONGEST = 1_200
_RUN = 9
_SHORTEST = 4


def same_words(one: str, other: str) -> bool:
    """Whether one text is a copy of the other, or shares a long run of words with it that is most of either."""
    left, right = content_stems(one), content_stems(other)
    if min(len(left), len(right)) < _SHORTEST:
        return bool(left) and left == right
    if fuzz.token_sort_ratio(" ".join(left), " ".join(right)) >= _SAME:
        return True
    short = min(len(left), len(right))
    together = LCSseq.similarity(left, right)
    return together >= _RUN and together >= 0.7 * short and _longest_run(left, right) >= max(_RUN, short // 2)


@lru_cache(maxsize=512)
def content_stems(text: str) -> tuple[str, ...]:
    """The stems of all words but the smallest, in order, for the first part of a long text."""
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text[: _LONGEST * 8].lower())
    return tuple(stem(word) for word in words if word not in _SMALL)[:_LONGEST]


def _longest_run(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    places: dict[str, list[int]] = {}
    for index, word in enumerate(right):
        places.setdefault(word, []).append(index)
    best = 0
    ends: dict[int, int] = {}
    for word in left:
        now = {index: ends.get(index - 1, 0) + 1 for index in places.get(word, ())}
        best = max(best, *now.values()) if now else best
        ends = now
    return best
