"""How well and how fast requests that resemble one are found, among as many requests as are asked for.

    python -m benchmarks.like CORPUS [--cases 50000]

CORPUS is the folder that holds `forms/truth.jsonl` and `answers/answers.jsonl`: what its forms ask for are the earlier
requests, beside made-up ones in their manner. `like_pairs.toml` holds the same wishes in other words, and near-misses.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from casework.reference import make_reference
from review.similar import find_similar
from service.library import load_library
from store.cases import load_case
from store.database import open_database
from store.search import index_case

PAIRS = Path(__file__).with_name("like_pairs.toml")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_TITLES = {
    "business-justification": ("title", "requirement"),
    "supplementary-role": ("role_name", "role_description"),
    "national-competency": ("competence_name", "competence_description"),
}
_THINGS = [
    "rota",
    "appraisal",
    "vacancy",
    "mileage",
    "roster",
    "bonus",
    "uniform",
    "locker",
    "grade",
    "absence",
    "probation",
    "passport",
    "badge",
    "timesheet",
    "apprenticeship",
    "induction",
    "supervision",
    "sabbatical",
    "retirement",
    "interview",
    "placement",
    "honorarium",
    "allowance",
    "petition",
]
_DOINGS = [
    "import",
    "export",
    "print",
    "freeze",
    "merge",
    "archive",
    "translate",
    "approve",
    "reject",
    "sort",
    "colour",
    "lock",
    "copy",
    "reset",
    "group",
]
_PLACES = [
    "theatre",
    "ward",
    "clinic",
    "laundry",
    "pharmacy",
    "estates",
    "ambulance",
    "mortuary",
    "outpatients",
    "maternity",
    "pathology",
    "switchboard",
]


def main() -> None:
    """Print recall, mean reciprocal rank, false alarms and times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--cases", type=int, default=50_000)
    arguments = parser.parse_args()
    db = open_database(":memory:")
    db.execute("PRAGMA foreign_keys = OFF")
    known = list(_corpus(arguments.corpus))
    forms = {title: form for form, title, _ in known}
    number = 0
    with db.conn:
        for number, (form, title, request) in enumerate([*known, *_made_up(arguments.cases - len(known))], 1):
            _add(db, number, form, title, request)
    pairs = tomllib.loads(PAIRS.read_text(encoding="utf-8"))
    ranks, times, alarms = [], [], 0
    for kind in ("paraphrase", "near-miss"):
        for pair in pairs[kind]:
            found, seconds = _ask(db, number + 1, forms[pair["like"]], pair["title"], pair.get("requirement", ""))
            times.append(seconds)
            place = found.index(pair["like"]) + 1 if pair["like"] in found else 0
            if kind == "paraphrase":
                ranks.append(place)
                if not place:
                    print(f"  missed: {pair['title']} ({pair['like']})")
            elif place == 1:
                alarms += 1
                print(f"  first, though not the same: {pair['title']} ({pair['like']})")
    hits = [place for place in ranks if place]
    print(f"{number:,} requests; {len(ranks)} paraphrases: recall@5 {len(hits) / len(ranks):.2f},")
    print(f"recall@1 {ranks.count(1) / len(ranks):.2f}, MRR {sum(1 / place for place in hits) / len(ranks):.2f}")
    print(f"{len(pairs['near-miss'])} near-misses: {alarms} with the other one first")
    print(f"processor time: median {statistics.median(times) * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms")


def _ask(db: Database, case_id: int, form: str, title: str, request: str) -> tuple[list[str], float]:
    """The titles found for a request that is there only while it is asked about, and the processor time it took."""
    db.execute("SAVEPOINT asked")
    _add(db, case_id, form, title, request)
    case = load_case(db, case_id)
    start = time.process_time()
    found = find_similar(db, case, load_library(), now=NOW)
    seconds = time.process_time() - start
    db.execute("ROLLBACK TO asked")
    db.execute("RELEASE asked")
    return [view.title for view in found if view.reference], seconds


def _corpus(folder: Path) -> Iterable[tuple[str, str, str]]:
    """What the forms and the single answers of the corpus ask for: form, title, request; each title once."""
    seen = set()
    for line in (folder / "forms" / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        if truth.get("form") in _TITLES:
            title, request = (
                str((truth["fields"].get(key) or {}).get("value") or "") for key in _TITLES[truth["form"]]
            )
            if title and title not in seen:
                seen.add(title)
                yield truth["form"], title, request
    for line in (folder / "answers" / "answers.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["title"] not in seen:
            seen.add(item["title"])
            yield item["form"], item["title"], str(item["other"].get("requirement") or "")


def _made_up(number: int) -> Iterable[tuple[str, str, str]]:
    draw = random.Random(1)
    for _ in range(number):
        thing, other, doing, place = (draw.choice(words) for words in (_THINGS, _THINGS, _DOINGS, _PLACES))
        title = f"{doing.capitalize()} the {thing} {draw.choice(('list', 'report', 'screen', 'record'))} for {place}"
        yield "business-justification", title, f"Users would {doing} each {thing} and {other} of the {place} in one go."


def _add(db: Database, number: int, form: str, title: str, request: str) -> None:
    """A request as the store keeps it, with its row of the index."""
    title_key, request_key = _TITLES[form]
    answers = [
        {"field": key, "value": text, "text": text} for key, text in ((title_key, title), (request_key, request))
    ]
    moment = NOW.isoformat()
    db.execute(
        "INSERT INTO cases (id, reference, year, number, token, created_at, status, form, title)"
        " VALUES (?, ?, 2026, ?, ?, ?, 'new', ?, ?)",
        (number, make_reference(2026, number), number, f"t{number}", moment, form, title),
    )
    db.execute(
        "INSERT INTO submissions (id, case_id, ledger_id, round, sha256, name, channel, received_at)"
        " VALUES (?, ?, ?, 1, '0', 'form.docx', 'upload', ?)",
        (number, number, number, moment),
    )
    db.execute(
        "INSERT INTO readings (submission_id, attempt, committed_at, record) VALUES (?, 'a1', ?, ?)",
        (number, moment, json.dumps({"readings": [{"form": form, "answers": answers}]})),
    )
    index_case(db, number)


if __name__ == "__main__":
    main()
