"""Builds a store with many requests and measures what the server takes for any page of the queue and any search.

    python benchmarks/queue.py [--cases 100000] [--folder FOLDER] [--most 1000] [--keep]

The requests are drawn from a seed and loaded in bulk, with the search index made by the store's own function; ten
years of them, two in a hundred open. Then every tab with every filter, order and first, middle and last page is asked
for through the real app, and two hundred searches. Shown are the times of the server, wall clock and processor, and as
a multiple of one raw count over the same table in the same run. It ends with what a page weighs.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# In place of this folder, in which a module of the standard library would be looked for as well: queue.
sys.path[0] = str(ROOT)

from argon2 import PasswordHasher  # noqa: E402
from sqlite_utils import Database  # noqa: E402

from casework.lifecycle import DECIDED, Status, UserRole  # noqa: E402
from casework.model import FieldStatus  # noqa: E402
from service.settings import load_settings  # noqa: E402
from service.web import build_app, open_doors  # noqa: E402
from store.database import open_database, to_text, transaction  # noqa: E402
from store.people import add_person  # noqa: E402
from store.search import rebuild_search  # noqa: E402

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
EMAIL, PASSWORD = "asha.rahman@example.nhs.uk", "correct horse battery"
PEOPLE = (
    "Asha Rahman", "Tom Beckett", "Grace Adeyemi", "Bea Cole", "Idris Vaughan", "Mei Lin", "Owen Price", "Sara Holm",
    "Nadia Aziz", "Paul Webb", "Ruth Okoro", "Zoe Lund",
)  # fmt: skip
ACTS = ("Show", "Bulk update of", "Allow", "Report on", "Alert for", "Correct", "Copy", "Archive", "Split", "Merge")
THINGS = (
    "study leave balances", "cost centres", "part-day absence", "payslips in large print", "unit names", "job titles",
    "mandatory training records", "flexible working requests", "bank shifts", "pension letters", "appraisal dates",
    "overtime claims", "parental leave", "expense claims", "positions", "starter records", "leaver dates", "rotas",
    "competence expiry dates", "contact details",
)  # fmt: skip
PLACES = (
    "on the Manager Dashboard", "in Manager Self Service", "from a spreadsheet", "for term-time staff", "by email",
    "on the Portal home page", "in the mobile view", "after a transfer", "before payroll runs", "for bank workers",
    "at year end", "for volunteers",
)  # fmt: skip
TOWNS = (
    "Northmoor Valley", "Quaymouth", "Hartsmere", "Eastcliff", "Westholme", "Fenwick Road", "Saltby", "Ironbridge Dale",
    "Lower Wharfe", "Marlow Hill", "Penrose", "Teesdale", "Ashcombe", "Brackenfell", "Carrow", "Dunmere",
)  # fmt: skip
BODIES = ("Hospitals NHS Trust", "NHS Foundation Trust", "Community Health NHS Trust", "Mental Health NHS Trust")
REGIONS = (
    "london",
    "south-west",
    "south-east",
    "midlands",
    "east-of-england",
    "north-west",
    "north-east-yorkshire",
    "wales",
)
AREAS = ("payroll", "learning", "absence", "recruitment", "self-service", "reporting", "pensions", "work-structures")
FORMS = ("business-justification", "supplementary-role", "national-competency")
OPEN_MIX = {
    Status.NEW: 45,
    Status.IN_REVIEW: 20,
    Status.WAITING: 14,
    Status.ASSESSMENT: 14,
    Status.UNREADABLE: 5,
    Status.READING: 2,
}


COMMON = (
    "the", "of", "to", "and", "for", "staff", "managers", "records", "time", "each", "month", "because", "hours",
    "payroll", "system", "trust",
)  # fmt: skip


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Nine thousand words, and the running sum of their frequencies, which fall as those of a language do."""
    parts = [first + second for first in "bcdfghjklmnprstvw" for second in ("a", "e", "i", "o", "u", "ai", "ou")]
    words = list(COMMON) + sorted({"".join(chance.choices(parts, k=chance.randint(2, 4))) for _ in range(9500)})
    return words, list(accumulate(1 / (place + 4) for place in range(len(words))))


def build(path: Path, number: int, *, seed: int = 11) -> None:
    """So many requests in a new database."""
    chance = random.Random(seed)
    words, weights = vocabulary(chance)
    db = open_database(path)
    with transaction(db):
        _add_people(db)
        for count in range(20):
            db.execute("INSERT INTO releases (name, planned) VALUES (?, ?)", (f"Release {50 + count}", None))
        db.execute("INSERT INTO originals VALUES (?, 1, 'docx', ?)", ("0" * 64, to_text(NOW)))
        numbers: dict[int, int] = {}
        for case_id in range(1, number + 1):
            _add_case(db, chance, words, weights, case_id, number, numbers)
        rebuild_search(db)
    db.close()


def _add_people(db: Database) -> None:
    hashed = PasswordHasher().hash(PASSWORD)
    for name in PEOPLE:
        address = f"{name.lower().replace(' ', '.')}@example.nhs.uk"
        add_person(db, email=address, name=name, password_hash=hashed, roles=[UserRole.REVIEWER, UserRole.LEAD])


def _add_case(
    db: Database,
    chance: random.Random,
    words: list[str],
    weights: list[float],
    case_id: int,
    number: int,
    numbers: dict[int, int],
) -> None:
    # Two in a hundred are open, and those are the newest, but for some that have waited long.
    is_open = case_id > number - max(60, number // 50) or chance.random() < 0.0005
    age = (number - case_id) / number
    moment = NOW - timedelta(days=age * 3650 if number > 1000 else age * 20, minutes=chance.randrange(600))
    status = chance.choices(list(OPEN_MIX), list(OPEN_MIX.values()))[0] if is_open else chance.choice(sorted(DECIDED))
    is_claimed = status is Status.IN_REVIEW or (status in (Status.WAITING, Status.ASSESSMENT) and chance.random() < 0.7)
    is_read = status not in (Status.READING, Status.UNREADABLE)
    form = chance.choices(FORMS, (6, 2, 2))[0] if is_read else None
    title = f"{chance.choice(ACTS)} {chance.choice(THINGS)} {chance.choice(PLACES)}"
    organisation = f"{chance.choice(TOWNS)} {chance.choice(BODIES)}"
    acknowledged = moment + timedelta(days=2) if not is_open or (is_claimed and chance.random() < 0.8) else None
    asked = (moment + timedelta(days=1)).date().isoformat()
    pauses = [[asked, None]] if status is Status.WAITING else [[asked, asked]] if chance.random() < 0.1 else []
    numbers[moment.year] = numbers.get(moment.year, 0) + 1
    row: dict[str, Any] = {
        "id": case_id,
        "reference": f"ESR-{moment.year}-{numbers[moment.year]:04d}",
        "year": moment.year,
        "number": numbers[moment.year],
        "token": f"t{case_id}",
        "created_at": to_text(moment),
        "status": status.value,
        "version": 3,
        "form": form,
        "title": title,
        "organisation": organisation,
        "region": chance.choice(REGIONS),
        "functional_area": " ".join(sorted(set(chance.choices(AREAS, k=chance.choice((1, 1, 2)))))),
        "sr_number": str(chance.randrange(4_000_000, 4_999_999)),
        "acknowledged_at": to_text(acknowledged) if acknowledged else None,
        "decision": None if is_open else chance.choice(("approve", "decline", "deliver")),
        "decided_at": None if is_open else to_text(moment + timedelta(days=chance.randrange(10, 90))),
        "release_id": chance.randint(1, 20) if status in (Status.ALLOCATED, Status.DELIVERED) else None,
        "blockers": chance.choice((0, 0, 1, 2, 4)) if form else 0,
        "queries": chance.choice((0, 1, 2)) if form else 0,
        "advice": chance.choice((0, 1)),
        "pauses": json.dumps(pauses) if pauses else "",
    }
    names = ", ".join(row)
    db.execute(f"INSERT INTO cases ({names}) VALUES ({', '.join(f':{name}' for name in row)})", row)
    if is_claimed:
        claimed = (chance.randint(1, len(PEOPLE)), to_text(moment + timedelta(hours=5)), case_id)
        db.execute("UPDATE cases SET claimed_by = ?, claimed_at = ? WHERE id = ?", claimed)
    sender = f"{chance.choice(words)}.{chance.choice(words)}@{organisation.split()[0].lower()}.example.nhs.uk"
    db.execute(
        "INSERT INTO ledger (id, arrived_at, channel, name, size, outcome, case_id)"
        " VALUES (?, ?, 'upload', 'f', 1, 'case', ?)",
        (case_id, to_text(moment), case_id),
    )
    db.execute(
        "INSERT INTO submissions (id, case_id, ledger_id, round, sha256, name, channel, sender, received_at)"
        " VALUES (?, ?, ?, 1, ?, 'Request form.docx', ?, ?, ?)",
        (case_id, case_id, case_id, "0" * 64, chance.choice(("upload", "mail")), sender, to_text(moment)),
    )
    if not form:
        return
    texts = {"title": title, "organisation": organisation, "requester_name": sender.split("@")[0].replace(".", " ")}
    for name in ("justification", "benefits", "impact"):
        texts[name] = " ".join(chance.choices(words, cum_weights=weights, k=70))
    answers = [
        {"field": name, "value": text, "text": text, "status": FieldStatus.ANSWERED.value}
        for name, text in texts.items()
    ]
    record = json.dumps({"readings": [{"form": form, "answers": answers}]})
    db.execute("INSERT INTO readings VALUES (?, 'w', ?, ?)", (case_id, to_text(moment), record))


def addresses(pages: dict[str, int]) -> Iterator[tuple[str, str]]:
    """(kind, address) of every tab, filter, order and first, middle and last page; `pages` fills up as it goes."""
    tabs = [f"/queue?view={view}" for view in ("open", "unclaimed", "mine", "waiting", "assessment", "decided")]
    filters = (
        "", "due=late", "due=today&due=later", "form=business-justification", "form=none", "area=payroll",
        "region=wales", "reviewer=2", "reviewer=0", "release=7", "status=new&status=declined",
        "form=national-competency&area=learning&region=london",
    )  # fmt: skip
    sorts = ("due", "title", "form", "checks", "status", "reviewer", "received", "decided")
    for tab in (*tabs, "/requests?x=1"):
        for narrowed in filters:
            for sort in sorts:
                for order in ("up", "down"):
                    base = "&".join(part for part in (tab, narrowed, f"sort={sort}&order={order}") if part)
                    for place in ("first", "middle", "last"):
                        last = pages.get(f"{tab} {narrowed}", 1)
                        page = {"first": 1, "middle": max(1, last // 2), "last": last}[place]
                        if place == "first" or page > 1:
                            yield (f"{tab} {narrowed}", f"{base}&page={page}")


def searches(number: int, seed: int) -> list[str]:
    """What people type: titles, names, references, numbers, common words, rare ones, halves of words."""
    chance = random.Random(seed)
    words, weights = vocabulary(random.Random(11))
    found = []
    for place in range(number):
        match place % 8:
            case 0:
                found.append(f"{chance.choice(THINGS)}")
            case 1:
                found.append(chance.choice(TOWNS))
            case 2:
                found.append(" ".join(chance.choices(words, cum_weights=weights, k=2)))
            case 3:
                found.append(chance.choice(words)[:4])
            case 4:
                found.append(f"4{chance.randrange(100, 999)}")
            case 5:
                found.append(
                    f"{chance.choice(ACTS)} {chance.choice(THINGS).split()[0]} {chance.choice(TOWNS).split()[0]}"
                )
            case 6:
                found.append(chance.choice(("nhs trust", "the staff", "payroll", "leave", "manager", "hours because")))
            case _:
                found.append(f'"{chance.choice(PLACES)}"')
    return found


def measure(client: Any, address: str) -> tuple[float, float, str]:
    """(wall, processor) milliseconds of the server for one page, and the page."""
    wall, processor = time.perf_counter(), time.process_time()
    answer = client.get(address)
    took = (time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000
    assert answer.status_code == 200, (answer.status_code, address)
    return (*took, answer.text)


def show(title: str, wall: list[float], processor: list[float], raw: float) -> None:
    """One line of the table."""

    def p95(times: list[float]) -> float:
        return statistics.quantiles(times, n=20)[-1]

    print(
        f"| {title} | {len(wall)} | {statistics.median(wall):.1f} | {p95(wall):.1f} | {max(wall):.1f}"
        f" | {statistics.median(processor):.1f} | {p95(processor):.1f} | {p95(processor) / raw:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--most", type=int, default=1000, help="pages of a kind, drawn at random where there are more")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--only-build", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="formwright-queue-"))
    settings = load_settings({"FORMWRIGHT_DATA": str(folder)})
    try:
        if not settings.database.exists():
            folder.mkdir(parents=True, exist_ok=True)
            begun = time.perf_counter()
            build(settings.database, options.cases)
            print(f"{options.cases} requests built in {time.perf_counter() - begun:.0f} s")
        rooms = dataclasses.replace(open_doors(settings), now=lambda: NOW)
        app = build_app(rooms, settings)
        if not options.only_build:
            run(app, rooms.open_database(), options.most)
    finally:
        if not options.keep and options.folder is None:
            shutil.rmtree(folder)


def run(app: Any, db: Database, most: int) -> None:
    """Measure, and print the tables."""
    app.testing = True
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    signed_in = client.post("/sign-in", data={"csrf_token": token[1], "email": EMAIL, "password": PASSWORD})
    assert signed_in.status_code == 303, signed_in.text
    counts = []
    for _ in range(20):
        begun = time.process_time()
        db.execute("SELECT count(*) FROM cases NOT INDEXED").fetchone()
        counts.append((time.process_time() - begun) * 1000)
    raw = statistics.median(counts)
    cases, size = (
        db.execute("SELECT count(*) FROM cases").fetchone()[0],
        db.execute("PRAGMA page_count").fetchone()[0] * 4096,
    )
    print(f"\n{cases:,} requests, {size / 1e6:.0f} MB, raw count {raw:.2f} ms\n")
    print("| pages | asked | median ms | p95 ms | worst ms | median ms processor | p95 ms processor | x raw |")
    print("|---|---|---|---|---|---|---|---|")
    pages: dict[str, int] = {}
    for kind in dict.fromkeys(kind for kind, _ in addresses({})):
        text = measure(client, f"{kind.replace(' ', '&')}&page=99999")[2]
        found = re.search(r"of (?:more than )?([\d,]+) requests?</h2>", text)
        pages[kind] = (int(found[1].replace(",", "")) - 1) // 25 + 1 if found else 1
    asked = list(addresses(pages))
    random.Random(5).shuffle(asked)
    for title, chosen in (
        ("queue, any tab but decided", [one for one in asked if "/queue" in one[0] and "decided" not in one[0]]),
        ("queue, decided", [one for one in asked if "=decided " in one[0]]),
        ("all requests", [one for one in asked if "/requests" in one[0]]),
        ("search in all requests", [("", f"/requests?search={_quoted(words)}") for words in searches(200, 1)]),
        ("search in the queue", [("", f"/queue?search={_quoted(words)}") for words in searches(200, 2)]),
        (
            "search, last page, by title",
            [("", f"/requests?search={_quoted(words)}&sort=title&page=9999") for words in searches(200, 3)],
        ),
    ):
        times = [(*measure(client, address)[:2], address) for _, address in chosen[:most]]
        show(title, [took[0] for took in times], [took[1] for took in times], raw)
        for wall, processor, address in sorted(times, key=lambda took: -took[1])[:3]:
            print(f"    {wall:6.1f} {processor:6.1f}  {address}", file=sys.stderr)
    print()
    weigh(client)


_FROM_OUR_PAGE = {"Accept-Encoding": "br, gzip", "Sec-Fetch-Site": "same-origin"}


def _quoted(words: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(words)


def weigh(client: Any) -> None:
    """What the first page of the queue weighs, packed as it is sent, with its styles and scripts."""
    answer = client.get("/queue", headers=_FROM_OUR_PAGE)
    parts = {"page": (len(answer.data), answer.headers.get("Content-Encoding", ""))}
    text = client.get("/queue").text
    for address in dict.fromkeys(re.findall(r'(?:href|src|from )=?"(/static/[^"]+\.(?:css|js)[^"]*)"', text)):
        got = client.get(address, headers=_FROM_OUR_PAGE)
        parts[address.rsplit("/", 1)[1]] = (len(got.data), got.headers.get("Content-Encoding", ""))
    print("| part | bytes sent | packed |\n|---|---|---|")
    for name, (size, packed) in parts.items():
        print(f"| {name} | {size:,} | {packed or 'no'} |")
    print(f"| all | {sum(size for size, _ in parts.values()):,} | |")
    print(f"\nthe page by itself: {len(text.encode()):,} bytes, {len(gzip.compress(text.encode())):,} packed with gzip")


if __name__ == "__main__":
    main()
