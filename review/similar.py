"""Earlier requests, known roles and known competences that resemble a request, best first, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlite_utils import Database

from casework.form import FormLibrary
from casework.lifecycle import Status
from casework.likeness import Like, Matter, rank, stems_of, telling_words
from casework.stems import stem
from review.presenters import TAGS, Tag
from store.cases import CaseRow
from store.likes import KnownCase, count_seen, load_known_cases, load_told_apart
from store.search import find_candidates

MONTHS = 24
_LOOK_BACK = timedelta(days=731)
_CANDIDATES, _SHOWN = 60, 5
_MOST_WORDS = 900
_FEW, _COMMON = 200, 0.2
_SURELY = 0.5
"""A known role must be as much alike as this: most of them share a word such as "champion" with some other."""
_KNOWN = {
    "supplementary-role": ("supplementary-roles", "Known role"),
    "national-competency": ("known-competences", "Known competence"),
}
"""By form: the vocabulary of what is there already, and what one of its terms is called."""


@dataclass(frozen=True, slots=True)
class SimilarView:
    """One matter that resembles the request; `reference` is empty for a known role or competence."""

    reference: str
    title: str
    kind: str
    reason: str
    received_at: datetime | None = None
    tag: Tag | None = None
    release: str = ""
    organisation: str = ""
    score: float = 0.0


def find_similar(
    db: Database, case: CaseRow, library: FormLibrary, *, now: datetime, regions: frozenset[str] | None = None
) -> list[SimilarView]:
    """What resembles this request, best first: requests of the last 24 months, and what is in the known lists.

    `regions` limits it to requests of those regions (None: all). Bounded: sixty candidates of the index are looked at.
    """
    itself = next(iter(load_known_cases(db, [case.id])), None)
    if itself is None or not itself.matter.title:
        return []
    asked, same = itself.matter, _same_words(library)
    apart = load_told_apart(db, case.id)
    words = [*telling_words(asked), *(part for word in same.items() for part in _other_wording(asked, *word))]
    total = int(db.execute("SELECT count(*) FROM cases").fetchone()[0])
    # Among few requests a word that most of them hold may still be the one that matters.
    candidates = find_candidates(db, words, _CANDIDATES, besides=case.id, common=1.0 if total < _FEW else _COMMON)
    earlier = [
        known
        for known in load_known_cases(db, [candidate.case_id for candidate in candidates])
        if known.id not in apart
        and now - known.received_at <= _LOOK_BACK
        and known.status != Status.READING
        and (regions is None or regions & set(known.region.split()))
    ]
    known_terms = known_matters(asked, library)
    everything = [known.matter for known in earlier] + known_terms
    likes = rank(
        asked,
        everything,
        seen_in=_seen_in(db, asked, everything, known_terms, same),
        total=total + len(known_terms),
        area_names={term.key: term.label for term in library.vocabulary("functional-areas").terms},
        same_words=same,
        limit=_SHOWN,
    )
    by_reference = {known.reference: known for known in earlier}
    return [
        _view(like, by_reference.get(like.matter.key), asked)
        for like in likes
        if like.matter.key in by_reference or like.score >= _SURELY
    ]


def known_matters(asked: Matter, library: FormLibrary) -> list[Matter]:
    """The known roles or competences that a request of this form may repeat, one for each wording."""
    name, _ = _KNOWN.get(asked.form or "", ("", ""))
    vocabulary = next((entry for entry in library.vocabularies if entry.name == name), None)
    if vocabulary is None:
        return []
    return [Matter(f"known:{term.key}", asked.form, term.label) for term in vocabulary.terms]


def _view(like: Like, known: KnownCase | None, asked: Matter) -> SimilarView:
    if known is None:
        return SimilarView("", like.matter.title, _KNOWN[asked.form or ""][1], like.reason, score=like.score)
    return SimilarView(
        reference=known.reference,
        title=known.title,
        kind="Planned change" if known.release else "Request",
        reason=like.reason,
        received_at=known.received_at,
        tag=TAGS[Status(known.status)],
        release=known.release,
        organisation=known.organisation,
        score=like.score,
    )


def _seen_in(
    db: Database, asked: Matter, others: list[Matter], known: list[Matter], same: dict[str, str]
) -> dict[str, int]:
    """In how many requests each stem stands, as many as its commonest form does, and in how many of the known lists."""
    stems = sorted(stems_of(asked, same))
    rest = {found for other in others for found in stems_of(Matter(other.key, other.form, other.title), same)}
    stems = [*stems, *sorted(rest - set(stems))][:_MOST_WORDS]
    counts = count_seen(db, [form for found in stems for form in (found, f"{found}s", f"{found}e")])
    seen = dict.fromkeys(stems, 0)
    for word, number in counts.items():
        found = word if word in seen else stem(word)
        if found in seen:
            seen[found] = max(seen[found], number)
    for matter in known:
        for found in stems_of(matter, same) & set(seen):
            seen[found] += 1
    return seen


def _same_words(library: FormLibrary) -> dict[str, str]:
    vocabulary = next((entry for entry in library.vocabularies if entry.name == "same-words"), None)
    return _by_wording(tuple((term.label, term.aliases) for term in vocabulary.terms)) if vocabulary else {}


@lru_cache(maxsize=8)
def _by_wording(terms: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {alias.lower(): label for label, aliases in terms for alias in aliases}


def _other_wording(asked: Matter, wording: str, label: str) -> list[str]:
    """The words of a wording that means the same as one that the title holds."""
    title = f" {asked.title.lower()} "
    return wording.split() if f" {label} " in title and f" {wording} " not in title else []
