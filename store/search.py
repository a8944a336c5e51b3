"""The full-text index of requests: all that a person may look for, in the transaction of the change that brought it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

SHORTEST_PREFIX = 3
_MOST_WORDS = 12
_MOST_CANDIDATE_WORDS = 24
_CONTROLS = {code: " " for code in range(32) if code not in (9, 10, 13)}
# Characters that no indexed text can hold stand around the words that were found.
_OPEN, _CLOSE, _MORE = "\x02", "\x03", "…"

# The columns of the index, and how much a word in each says about what a person wants.
_WEIGHTS = {
    "reference": 12.0,
    "title": 10.0,
    "organisation": 5.0,
    "sr_number": 10.0,
    "answers": 1.0,
    "people": 3.0,
    "messages": 1.0,
    "notes": 1.0,
}
RANK = f"bm25(case_words, {', '.join(str(weight) for weight in _WEIGHTS.values())})"
"""SQL for how well a row of `case_words` matches: the smaller, the better."""

STRONG = "reference title organisation sr_number"
"""The columns in which a word says most; none of them names a sender."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case in which some of the words stand; the greater `score`, the more of the rare ones."""

    case_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Matches:
    """The ids of the cases that a search found, in its order; `is_capped` where there are more."""

    ids: list[int]
    is_capped: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text of a passage; `is_found` where it is what was looked for."""

    text: str
    is_found: bool


def match_query(text: str, *, contacts: bool = True) -> str:
    """What a person typed as a query of the index; empty where it holds no word, and then nothing matches.

    Every word must stand in the request, from three letters on as the beginning of a word; words between quotation
    marks must stand together. `contacts` says whether anything is looked at that may name a sender, or that colleagues
    wrote. No input is a syntax error.
    """
    phrases: list[str] = []
    for place, part in enumerate(_cleaned(text).split('"')):
        is_quoted = place % 2 == 1
        for phrase in [part] if is_quoted else part.split():
            if any(letter.isalnum() for letter in phrase):
                begins = not is_quoted and sum(letter.isalnum() for letter in phrase) >= SHORTEST_PREFIX
                phrases.append(f'"{phrase}"{" *" if begins else ""}')
    if not phrases:
        return ""
    columns = "" if contacts else f"{{{STRONG}}} : "
    return f"{columns}({' AND '.join(phrases[:_MOST_WORDS])})"


def find_matches(db: Database, query: str, most: int, *, ranked: bool) -> Matches:
    """The cases that match: the newest first, or where `ranked` the best first.

    Of more than `most` these are the newest in whose title or names the words stand, and after them the newest others:
    words that so many share say little, and to weigh each of these would take longer than to find them.
    """
    found = _fits(db, query, most + 1, ranked=False)
    is_capped = len(found) > most
    if is_capped:
        found.popitem()
        found |= _fits(db, f"{{{STRONG}}} : ({query})", most, ranked)
    elif ranked:
        found = _fits(db, query, most, ranked)
    return Matches(sorted(found, key=lambda case_id: (found[case_id], -case_id)), is_capped)


def find_passages(db: Database, query: str, case_ids: Collection[int]) -> dict[int, tuple[Piece, ...]]:
    """For each of these cases that matches the query, a passage that shows why: plain text, to be escaped."""
    if not query or not case_ids:
        return {}
    # A plus sign lets the index be walked once, from the first to the last of the cases, and not anew for each of them.
    rows = db.execute(
        f"SELECT rowid, snippet(case_words, -1, ?, ?, ?, 20) FROM case_words WHERE case_words MATCH ?"  # noqa: S608 - marks
        f" AND +rowid IN ({', '.join('?' * len(case_ids))}) AND rowid BETWEEN ? AND ?",
        (_OPEN, _CLOSE, _MORE, query, *case_ids, min(case_ids), max(case_ids)),
    )
    return {case_id: _pieces(passage) for case_id, passage in rows.fetchall()}


def find_candidates(
    db: Database, words: Iterable[str], limit: int, *, besides: int | None = None, common: float = 0.2
) -> list[Candidate]:
    """Cases that share the rarest of these words, most alike first: candidates for "like requests".

    Give each form of a word that may stand in the other request (`balance`, `balances`): words match whole, whatever
    their case and accents. Words that stand in more than the part `common` of all cases say nothing and are left out;
    of the others the rarest 24 count. `besides` is a case that is not wanted. Answers, titles, names, messages and
    notes all count, a title ten times. Bounded: a few milliseconds among 100,000 cases.
    """
    cases = db.execute("SELECT count(*) FROM cases").fetchone()[0]
    rarity: dict[str, int] = {}
    for word in {part for text in words for part in _cleaned(text).replace('"', " ").split()}:
        if any(letter.isalnum() for letter in word) and word not in rarity:
            found = db.execute("SELECT sum(doc) FROM case_terms WHERE term = ?", (word.casefold(),)).fetchone()[0]
            rarity[word] = found or 0
    most = max(2, int(cases * common))
    telling = sorted((number, word) for word, number in rarity.items() if number <= most)[:_MOST_CANDIDATE_WORDS]
    if not telling:
        return []
    query = " OR ".join(f'"{word}"' for _, word in telling)
    rows = db.execute(
        f"SELECT rowid, {RANK} AS fit FROM case_words WHERE case_words MATCH ? AND rowid <> ?"  # noqa: S608 - RANK is ours
        " ORDER BY fit LIMIT ?",
        (query, besides or 0, limit),
    )
    return [Candidate(case_id, -fit) for case_id, fit in rows.fetchall()]


def index_case(db: Database, case_id: int) -> None:
    """Bring a case's row of the index up to date, inside the open transaction."""
    row = (
        *db.execute("SELECT reference, title, organisation, sr_number FROM cases WHERE id = ?", (case_id,)).fetchone(),
        _answers(db, case_id),
        _people(db, case_id),
        _messages(db, case_id),
        _event_words(db, case_id, _NOTES),
    )
    row = tuple(_cleaned(text) for text in row)
    columns = ", ".join(_WEIGHTS)
    before = db.execute(f"SELECT {columns} FROM case_words WHERE rowid = ?", (case_id,)).fetchone()  # noqa: S608 - ours
    if before == row:
        return
    if before is not None:
        db.execute("DELETE FROM case_words WHERE rowid = ?", (case_id,))
    db.execute(
        f"INSERT INTO case_words (rowid, {columns}) VALUES (?{', ?' * len(row)})",  # noqa: S608 - our own column names
        (case_id, *row),
    )


def rebuild_search(db: Database) -> int:
    """Make the whole index anew from what is stored, inside the open transaction; returns how many cases it holds."""
    db.execute("DELETE FROM case_words")
    ids = [row[0] for row in db.execute("SELECT id FROM cases ORDER BY id").fetchall()]
    for case_id in ids:
        index_case(db, case_id)
    db.execute("INSERT INTO case_words (case_words) VALUES ('optimize')")
    return len(ids)


def fill_search(db: Database) -> None:
    """Make the index where there is none although there are cases: after a step from a version that had none."""
    is_empty = db.execute("SELECT 1 FROM case_words LIMIT 1").fetchone() is None
    if is_empty and db.execute("SELECT 1 FROM cases LIMIT 1").fetchone() is not None:
        rebuild_search(db)


_CORRECTION = ("value",)
_MESSAGES = ("message", "words")
_NOTES = ("note", "reason", "why")


def _fits(db: Database, query: str, most: int, ranked: bool) -> dict[int, float]:
    """The newest cases that match, with how well each does: the smaller, the better, and 0 where nobody asks."""
    rows = db.execute(
        f"SELECT rowid, {RANK if ranked else '0.0'} FROM case_words WHERE case_words MATCH ?"  # noqa: S608 - RANK is ours
        " ORDER BY rowid DESC LIMIT ?",
        (query, most),
    )
    return dict(rows.fetchall())


def _answers(db: Database, case_id: int) -> str:
    """The newest form's answers as read, what people put in their place, and what no field took."""
    found = db.execute(
        "SELECT readings.record FROM submissions JOIN readings ON readings.submission_id = submissions.id"
        " WHERE submissions.case_id = ? AND submissions.role = 'form'"
        " ORDER BY submissions.round DESC, submissions.part DESC LIMIT 1",
        (case_id,),
    ).fetchone()
    readings = json.loads(found[0]).get("readings") if found else None
    reading: dict[str, Any] = readings[0] if readings else {}
    texts = [_answer(answer) for answer in reading.get("answers") or []]
    texts += [str(passage["text"]) for passage in reading.get("passages") or [] if passage.get("role") == "unplaced"]
    return _joined([*texts, _event_words(db, case_id, _CORRECTION)])


def _answer(answer: dict[str, Any]) -> str:
    value = answer.get("value")
    read = " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    text = str(answer.get("text") or "")
    return text if read in text else f"{read} {text}"


def _people(db: Database, case_id: int) -> str:
    """Who sent the files and messages, and what the files are called."""
    rows = db.execute(
        "SELECT sender FROM submissions WHERE case_id = :case UNION SELECT name FROM submissions WHERE case_id = :case"
        " UNION SELECT sender FROM messages WHERE case_id = :case",
        {"case": case_id},
    )
    return _joined(text for (text,) in rows.fetchall())


def _messages(db: Database, case_id: int) -> str:
    """What the sender wrote to us and what we asked."""
    rows = db.execute("SELECT subject, words FROM messages WHERE case_id = ? ORDER BY id", (case_id,)).fetchall()
    return _joined([_event_words(db, case_id, _MESSAGES), *(text for row in rows for text in row)])


def _event_words(db: Database, case_id: int, names: tuple[str, ...]) -> str:
    """The words of these names beside the case's events; what was erased is not there any more."""
    marks = ", ".join("?" * len(names))
    rows = db.execute(
        "SELECT words FROM event_words WHERE event_number IN (SELECT number FROM events WHERE case_id = ?)"  # noqa: S608 - marks
        f" AND name IN ({marks}) ORDER BY event_number",
        (case_id, *names),
    )
    return _joined(text for (text,) in rows.fetchall())


def _joined(texts: Iterable[str]) -> str:
    """Texts on a line each, every one once: an answer on the page stands in its event and in its message."""
    return "\n".join(dict.fromkeys(text for text in texts if text.strip()))


def _cleaned(text: str) -> str:
    """Text without control characters and without halves of characters, which no database takes."""
    return text.translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8")


def _pieces(passage: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for number, part in enumerate(passage.split(_OPEN)):
        found, _, rest = part.partition(_CLOSE) if number else ("", "", part)
        pieces += [Piece(text, is_found) for text, is_found in ((found, True), (rest, False)) if text]
    return tuple(pieces)
