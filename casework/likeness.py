"""How much two requests resemble each other, and why, in words: shared telling words, rare ones before common ones."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from casework.stems import stem

TITLES = ("title", "role_name", "competence_name")
REQUESTS = ("requirement", "role_description", "competence_description")
_REASONS = ("justification", "current_situation", "workaround", "benefits", "impact_of_not_changing", "national_link")
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a able about add added after all allow also an and any are as at be been before but by can change "
        "competence competency could current currently do does each employee employees esr example for form from "
        "get give had has have having he her his how i if in into is it its just make mand may me more most must "
        "my need needs new nhs no nor not of on one only or other our out over own per please record recorded "
        "request requested required requirement role roles same see set shall she should show shown so some staff "
        "such system than that the their them then there these they this those to too trust two up us use used "
        "user users uses using want wants was we were what when where which while who whose why will with within "
        "without would year years yes you your",
    )
)
"""Words that say nothing of what a request is about."""
_LEAST = 0.3
"""Requests that are less alike than this are not worth a look."""
_TITLE_SHARE, _REQUEST_SHARE, _REST_SHARE = 0.55, 0.3, 0.15
_SAME_AREA, _OTHER_FORM = 1.08, 0.75
_LONGEST = 4_000
_RUN_GAP = 2
_MOST_RUNS = 2
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a request, a known role or a known competence is about. `texts` are its answers by field key."""

    key: str
    form: str | None
    title: str
    texts: Mapping[str, str] = field(default_factory=dict)
    area: str = ""


@dataclass(frozen=True, slots=True)
class Like:
    """A matter that resembles the one that was asked about. `score` is from 0 to 1; `reason` says why, in words."""

    matter: Matter
    score: float
    reason: str


def rank(
    asked: Matter,
    others: Iterable[Matter],
    *,
    seen_in: Mapping[str, int],
    total: int,
    area_names: Mapping[str, str] | None = None,
    same_words: Mapping[str, str] | None = None,
    limit: int = 5,
) -> list[Like]:
    """The matters most like the one asked about, best first; ties in the order given.

    `seen_in` says in how many of `total` requests a stem stands, `same_words` which words mean the same ("MSS":
    "manager self service"), `area_names` what functional areas are called. Pure: the same for the same values.
    """
    weigh = _Weights(seen_in, max(total, 1), same_words or {})
    wanted = weigh.profile(asked)
    likes = []
    for other in others:
        score = _score(wanted, weigh.profile(other), asked, other)
        if score >= _LEAST:
            likes.append(Like(other, round(score, 3), _reason(asked, other, weigh, area_names or {})))
    return sorted(likes, key=lambda like: -like.score)[:limit]


def telling_words(matter: Matter) -> list[str]:
    """The words by which candidates may be looked for, as they are written, the title's first."""
    texts = [matter.title, *(matter.texts.get(key, "") for key in (*REQUESTS, *_REASONS[:2]))]
    words = [word for text in texts for word in _WORD.findall(text[:_LONGEST])]
    forms = [form for word in words if _tells(word) for form in (word.lower(), stem(word), f"{stem(word)}s")]
    return list(dict.fromkeys(forms))


def stems_of(matter: Matter, same_words: Mapping[str, str] | None = None) -> set[str]:
    """Every stem that counts for this matter: what `seen_in` is to hold."""
    parts = (matter.title, *matter.texts.values())
    return {found for text in parts for found in _stems(_expanded(text, same_words or {}))}


def _tells(word: str) -> bool:
    return len(word) > 1 and word.lower() not in _SMALL and not word.isdigit()


def _stems(text: str) -> list[str]:
    return [stem(word) for word in _WORD.findall(text[:_LONGEST]) if _tells(word)]


def _expanded(text: str, same_words: Mapping[str, str]) -> str:
    """The text with short names written out, so that "MSS" and "Manager Self Service" are the same words."""
    if not same_words:
        return text
    pattern = "|".join(re.escape(wording) for wording in sorted(same_words, key=len, reverse=True))
    return re.sub(rf"\b(?:{pattern})\b", lambda hit: same_words[hit[0].lower()], text, flags=re.IGNORECASE)


Profile = tuple[dict[str, float], dict[str, float], dict[str, float]]
"""Weights by stem of the title, of title and request together, and of everything."""


class _Weights:
    """Weights of words: the rarer among all requests, the more."""

    def __init__(self, seen_in: Mapping[str, int], total: int, same_words: Mapping[str, str]) -> None:
        self._seen_in, self._total, self.same_words = seen_in, total, same_words

    def of(self, found: str) -> float:
        """What one stem is worth."""
        return math.log(1 + self._total / (1 + self._seen_in.get(found, 0)))

    def profile(self, matter: Matter) -> Profile:
        """A matter's words by what they are worth."""
        title = Counter(_stems(_expanded(matter.title, self.same_words)))
        request = title + Counter(
            found for key in REQUESTS for found in _stems(_expanded(matter.texts.get(key, ""), self.same_words))
        )
        rest = request + Counter(
            found for key in _REASONS for found in _stems(_expanded(matter.texts.get(key, ""), self.same_words))
        )
        return (self._weighted(title), self._weighted(request), self._weighted(rest))

    def _weighted(self, counts: Counter[str]) -> dict[str, float]:
        return {found: (1 + math.log(number)) * self.of(found) for found, number in counts.items()}


def _score(wanted: Profile, found: Profile, asked: Matter, other: Matter) -> float:
    title = max(_cosine(wanted[0], found[0]), 0.8 * _held(wanted[0], found[1]), 0.8 * _held(found[0], wanted[1]))
    score = _TITLE_SHARE * title
    score += _REQUEST_SHARE * _cosine(wanted[1], found[1]) + _REST_SHARE * _cosine(wanted[2], found[2])
    if not other.texts or not asked.texts:
        score = title
    if asked.area and asked.area == other.area:
        score *= _SAME_AREA
    if asked.form != other.form:
        score *= _OTHER_FORM
    return min(score, 1.0)


def _cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    product = sum(weight * right.get(found, 0.0) for found, weight in left.items())
    size = math.sqrt(sum(weight**2 for weight in left.values()) * sum(weight**2 for weight in right.values()))
    return product / size if size else 0.0


def _held(words: Mapping[str, float], text: Mapping[str, float]) -> float:
    """How much of what the words are worth stands in the text: a title may be told in another request's sentences."""
    everything = sum(words.values())
    return sum(weight for found, weight in words.items() if found in text) / everything if everything else 0.0


def _reason(asked: Matter, other: Matter, weigh: _Weights, area_names: Mapping[str, str]) -> str:
    """Why, in words that stand in both: "Both ask for study leave balances in Manager Self Service"."""
    if _stems(asked.title) and _stems(asked.title) == _stems(other.title):
        return "Both have the same title"
    for keys, opening in ((REQUESTS, "Both ask for"), ((*REQUESTS, *_REASONS), "Both speak of")):
        runs = _shared_runs(_told(asked, keys), _told(other, keys), weigh)
        if runs:
            area = area_names.get(asked.area, "") if asked.area and asked.area == other.area else ""
            words = " and ".join(f"“{run}”" for run in runs)
            return f"{opening} {words}" + (f", in {area}" if area and area.lower() not in words.lower() else "")
    return "Both use many of the same words"


def _told(matter: Matter, keys: Iterable[str]) -> str:
    return " . ".join([matter.title, *(matter.texts[key] for key in keys if matter.texts.get(key))])


def _shared_runs(left: str, right: str, weigh: _Weights) -> list[str]:
    """The runs of words of the left text that the right one shares, those that tell most first, as they are written."""
    shared = set(_stems(_expanded(right, weigh.same_words)))
    hits = list(_WORD.finditer(left[:_LONGEST]))
    runs: list[tuple[float, int, int]] = []
    start = last = -1
    worth = 0.0
    for place, hit in enumerate(hits):
        stems = _stems(_expanded(hit[0], weigh.same_words))
        if not stems or not all(found in shared for found in stems):
            continue
        apart = left[hits[last].end() : hit.start()] if last >= 0 else ""
        if last >= 0 and place - last <= _RUN_GAP and re.fullmatch(r"[^.;:!?\n]*", apart):
            worth += sum(map(weigh.of, stems))
        else:
            if start >= 0:
                runs.append((worth, hits[start].start(), hits[last].end()))
            start, worth = place, sum(map(weigh.of, stems))
        last = place
    if start >= 0:
        runs.append((worth, hits[start].start(), hits[last].end()))
    chosen: list[str] = []
    for _, begin, end in sorted(runs, key=lambda run: (-run[0], run[1])):
        words = " ".join(left[begin:end].split())
        if not any(SequenceMatcher(None, words.lower(), before.lower()).ratio() > 0.6 for before in chosen):
            chosen.append(words)
        if len(chosen) == _MOST_RUNS:
            break
    return chosen
