"""Measures a schedule of 2,000 changes and 5,000 justifications, beside plain docxtpl and plain python-docx.

Each way runs in a process of its own, so that its memory is its own. The two plain ways make only the table of the
5,000 justifications; ours gathers the lines from a database of requests with their forms, events and words, makes the
whole document, with its contents, chart, counts and stable package, and the web page and the CSV file beside it. The
preview is what an editor waits for: gathered and shown. Run: `python benchmarks/schedule.py`.
"""

from __future__ import annotations

import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# In place of this folder, in which a module of the standard library would be looked for as well: queue.
sys.path[0] = str(ROOT)

from sqlite_utils import Database  # noqa: E402

from benchmarks.queue import ACTS, BODIES, PEOPLE, PLACES, THINGS, TOWNS  # noqa: E402
from casework.events import SENDER, SYSTEM, Event, EventKind, user_actor  # noqa: E402
from casework.lifecycle import Status  # noqa: E402
from casework.schedule import Editing, Schedule  # noqa: E402
from casework.schedule_json import schedule_from_json, schedule_to_json  # noqa: E402
from outputs.issue import gather_quarter  # noqa: E402
from outputs.listed import find_missing  # noqa: E402
from outputs.schedule import build_schedule, load_template  # noqa: E402
from outputs.schedule_context import schedule_context  # noqa: E402
from outputs.schedule_csv import build_schedule_csv  # noqa: E402
from outputs.schedule_html import build_schedule_html, build_schedule_preview  # noqa: E402
from service.library import load_library  # noqa: E402
from store.database import open_database, to_text, transaction  # noqa: E402
from store.events import record_event  # noqa: E402
from store.people import add_person  # noqa: E402

CHANGES, JUSTIFICATIONS, RELEASES = 2_000, 5_000, 10
_COLUMNS = (
    *("reference", "sr_number", "title", "source", "date_raised", "functional_area", "outcome", "decided_on"),
    *("release", "reason"),
)


def load(path: Path) -> None:
    """A database in which so many requests of earlier years wait for their releases and so many came in the window."""
    chance, db = random.Random(5), open_database(path)
    with transaction(db):
        for name in PEOPLE:
            add_person(db, email=f"{name[:3]}@example.nhs.uk", name=name, password_hash="", roles=[])
        for number in range(RELEASES):
            planned = date(2026, 12, 18) + timedelta(days=91 * number)
            db.execute("INSERT INTO releases (name, planned) VALUES (?, ?)", (f"Release {71 + number}", str(planned)))
        db.execute("INSERT INTO originals VALUES (?, 1, 'docx', ?)", ("0" * 64, to_text(datetime.now(UTC))))
        for number in range(1, CHANGES + 1):
            moment = datetime(2023, 1, 2, 9, tzinfo=UTC) + timedelta(hours=14 * number)
            _add_request(db, chance, number, moment, Status.ALLOCATED, {"decision": "approve"})
        for number in range(CHANGES + 1, CHANGES + JUSTIFICATIONS + 1):
            moment = datetime(2026, 7, 2, 9, tzinfo=UTC) + timedelta(minutes=50 * (number - CHANGES))
            status, facts = chance.choice(
                (
                    (Status.NEW, {}),
                    (Status.DECLINED, {"decision": "decline"}),
                    (Status.DEFERRED, {"decision": "defer", "review_on": "2027-03-31"}),
                )
            )
            _add_request(db, chance, number, moment, status, facts)
    db.close()


def _add_request(
    db: Database, chance: random.Random, number: int, moment: datetime, status: Status, facts: dict[str, str]
) -> None:
    """A request of usual length with the events that brought it where it stands."""
    release = chance.randint(1, RELEASES) if status is Status.ALLOCATED else None
    title = f"{chance.choice(ACTS)} {chance.choice(THINGS)} {chance.choice(PLACES)}, part {number}"
    row: dict[str, Any] = {
        "id": number,
        "reference": f"ESR-{moment.year}-{number:05d}",
        "year": moment.year,
        "number": number,
        "token": f"t{number}",
        "created_at": to_text(moment),
        "status": status.value,
        "form": "business-justification",
        "title": title,
        "decided_at": to_text(moment + timedelta(days=20)) if facts else None,
        "release_id": release,
    }
    db.execute(f"INSERT INTO cases ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", row)
    db.execute(
        "INSERT INTO ledger (id, arrived_at, channel, name, size, outcome, case_id)"
        " VALUES (?, ?, 'upload', 'f', 1, 'case', ?)",
        (number, to_text(moment), number),
    )
    db.execute(
        "INSERT INTO submissions (id, case_id, ledger_id, round, sha256, name, channel, sender, received_at)"
        " VALUES (?, ?, ?, 1, ?, 'Request form.docx', 'upload', '', ?)",
        (number, number, number, "0" * 64, to_text(moment)),
    )
    text = "It should be possible to filter the view by team & grade, and to send it on. " * 8
    answers = {
        "title": title,
        "sr_number": f"SR {4_400_000 + number}",
        "requester_name": chance.choice(PEOPLE),
        "organisation": f"{chance.choice(TOWNS)} {chance.choice(BODIES)}",
        "region": "north-east-yorkshire",
        "functional_area": "learning",
        "requirement": text,
        "benefits": text,
        "impact": text,
        "national_driver": "NHS People Plan 2020/21",
        "date_raised": moment.date().isoformat(),
    }
    made = [{"field": field, "value": value, "text": value, "status": "answered"} for field, value in answers.items()]
    record = json.dumps({"readings": [{"form": "business-justification", "answers": made}]})
    db.execute("INSERT INTO readings VALUES (?, 'w', ?, ?)", (number, to_text(moment), record))
    person, reason = user_actor(1), "It helps staff everywhere and costs little beside what it saves."
    happened = [
        Event(EventKind.RECEIVED, moment, SENDER, number),
        Event(EventKind.FORM_READ, moment, SYSTEM, number, facts={"form": "business-justification"}),
        Event(EventKind.CLAIMED, moment, person, number),
        Event(EventKind.ACKNOWLEDGED, moment, person, number, words={"message": "We have your request."}),
    ]
    if status is Status.ALLOCATED:
        happened.append(Event(EventKind.DECIDED, moment, person, number, facts={"decision": "accept"}))
    if facts:
        happened.append(Event(EventKind.DECIDED, moment, person, number, facts=facts, words={"reason": reason}))
    if release:
        happened.append(Event(EventKind.ALLOCATED, moment, person, number, facts={"release": release}))
    for event in happened:
        record_event(db, event)


def gather(path: Path) -> Schedule:
    """The schedule from the database; the plain ways are given its lines."""
    schedule = gather_quarter(open_database(path), load_library(), "2026-Q4", Editing()).schedule
    listed = sum(len(lines) for _, lines in schedule.releases), len(schedule.justifications)
    if listed != (CHANGES, JUSTIFICATIONS):
        raise RuntimeError(f"{listed} lines were gathered")
    return schedule


def ours(path: Path) -> None:
    """Gathered; the document, checked for what it lists, and the page and CSV file by way of the kept JSON."""
    same = schedule_from_json(schedule_to_json(gather(path)))
    word = build_schedule(same, load_template())
    if find_missing(same, word):
        raise RuntimeError("a line is missing")
    build_schedule_html(same)
    build_schedule_csv(same)


def only_gathered(path: Path) -> None:
    """What the database and the wording take by themselves."""
    gather(path)


def previewed(path: Path) -> None:
    """What an editor waits for while typing."""
    build_schedule_preview(gather(path), 50)


def plain_docxtpl(schedule: Schedule) -> None:
    """One table with docxtpl as its documentation shows it."""
    from docx import Document
    from docxtpl import DocxTemplate

    document = Document()
    table = document.add_table(rows=4, cols=len(_COLUMNS))
    for cell, name in zip(table.rows[0].cells, _COLUMNS, strict=True):
        cell.text = name
    table.rows[1].cells[0].text = "{%tr for line in lines %}"
    for cell, name in zip(table.rows[2].cells, _COLUMNS, strict=True):
        cell.text = f"{{{{ line.{name} }}}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    stream = io.BytesIO()
    document.save(stream)
    template = DocxTemplate(io.BytesIO(stream.getvalue()))
    template.render({"lines": schedule_context(schedule)["justifications"]}, autoescape=True)
    template.save(io.BytesIO())


def plain_python_docx(schedule: Schedule) -> None:
    """One table with python-docx, cell by cell, its rows taken once each."""
    from docx import Document

    document = Document()
    lines = schedule_context(schedule)["justifications"]
    table = document.add_table(rows=1 + len(lines), cols=len(_COLUMNS))
    for row, values in zip(table.rows, [dict(zip(_COLUMNS, _COLUMNS, strict=True)), *lines], strict=True):
        for cell, name in zip(row.cells, _COLUMNS, strict=True):
            cell.text = values[name]
    document.save(io.BytesIO())


OURS = {"Formwright": ours, "gathering alone": only_gathered, "gathering and preview": previewed}
PLAIN = {"docxtpl": plain_docxtpl, "python-docx": plain_python_docx}


def main() -> None:
    """Without arguments: each way in its own process. With a way's name and a database: that way, here."""
    if len(sys.argv) > 1:
        way, path = sys.argv[1], Path(sys.argv[2])
        schedule = gather(path) if way in PLAIN else None
        start, busy = time.perf_counter(), time.process_time()
        if schedule is None:
            OURS[way](path)
        else:
            PLAIN[way](schedule)
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"| {way} | {seconds:.1f} | {busy:.1f} | {mebibytes:.0f} |")
        return
    with tempfile.TemporaryDirectory(prefix="formwright-schedule-") as folder:
        path = Path(folder, "requests.db")
        load(path)
        print("| way | seconds | of the processor | MiB at most |\n|---|---|---|---|", flush=True)
        for way in (*OURS, *PLAIN):
            subprocess.run([sys.executable, __file__, way, str(path)], check=True)


if __name__ == "__main__":
    main()
