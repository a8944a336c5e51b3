"""Measures a schedule of 2,000 changes and 5,000 justifications, beside plain docxtpl and plain python-docx.

Each way runs in a process of its own, so that its memory is its own. The two plain ways make only the table of the
5,000 justifications; ours makes the whole document, with its contents, chart, counts and stable package, and the web
page and the CSV file beside it. Run: `python benchmarks/schedule.py`.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from casework.schedule import Release, Schedule, ScheduleLine  # noqa: E402
from casework.schedule_json import schedule_from_json, schedule_to_json  # noqa: E402
from outputs.listed import find_missing  # noqa: E402
from outputs.schedule import build_schedule, load_template  # noqa: E402
from outputs.schedule_context import schedule_context  # noqa: E402
from outputs.schedule_csv import build_schedule_csv  # noqa: E402
from outputs.schedule_html import build_schedule_html  # noqa: E402

CHANGES, JUSTIFICATIONS, RELEASES = 2_000, 5_000, 10
_COLUMNS = (
    *("reference", "sr_number", "title", "source", "date_raised", "functional_area", "outcome", "decided_on"),
    *("release", "reason"),
)


def a_line(number: int, release: str | None) -> ScheduleLine:
    """A line of usual length."""
    return ScheduleLine(
        reference=f"ESR-2026-{number:05d}",
        sr_number=str(4_400_000 + number),
        title=f"Show the study leave balance in Manager Self Service, part {number}",
        organisation="Northmoor Valley NHS Foundation Trust",
        region="North East and Yorkshire",
        functional_area="Learning",
        description="Offer a view that shows the balance of study leave to managers, with a link to the appraisal. It"
        " should be possible to filter by team & grade.",
        driver="NHS People Plan 2020/21",
        date_raised=date(2026, 7, 1) + timedelta(days=number % 180),
        status=f"Approved, allocated to {release}" if release else "Decision pending: in triage",
        outcome="Approved" if release else "Decision pending",
        decided_on=date(2026, 10, 2) if release else None,
        release=release,
        reason="It helps staff everywhere and costs little beside what it saves." if release else "",
    )


def a_schedule() -> Schedule:
    """The whole schedule."""
    each = CHANGES // RELEASES
    releases = tuple(
        (
            Release(f"Release {71 + number}", date(2026, 12, 18) + timedelta(days=91 * number)),
            tuple(a_line(number * each + at, f"Release {71 + number}") for at in range(each)),
        )
        for number in range(RELEASES)
    )
    raised = tuple(a_line(number, "Release 71" if number % 3 else None) for number in range(JUSTIFICATIONS))
    return Schedule(
        quarter="2026-Q4",
        label="Q4 2026",
        reference="ESR-DS-2026-Q4",
        issued=date(2026, 12, 31),
        version="1.0",
        window_start=date(2026, 7, 1),
        window_end=date(2026, 12, 31),
        releases=releases,
        justifications=raised,
    )


def ours(schedule: Schedule) -> None:
    """The document, checked for what it lists, and the page and CSV file from the same value by way of its JSON."""
    same = schedule_from_json(schedule_to_json(schedule))
    word = build_schedule(same, load_template())
    if find_missing(same, word):
        raise RuntimeError("a line is missing")
    build_schedule_html(same)
    build_schedule_csv(same)


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


WAYS = {"Formwright": ours, "docxtpl": plain_docxtpl, "python-docx": plain_python_docx}


def main() -> None:
    """Without an argument: each way in its own process. With a way's name: that way, here."""
    if len(sys.argv) > 1:
        schedule = a_schedule()
        start, busy = time.perf_counter(), time.process_time()
        WAYS[sys.argv[1]](schedule)
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"| {sys.argv[1]} | {seconds:.1f} | {busy:.1f} | {mebibytes:.0f} |")
        return
    print("| way | seconds | of the processor | MiB at most |\n|---|---|---|---|", flush=True)
    for way in WAYS:
        subprocess.run([sys.executable, __file__, way], check=True)


if __name__ == "__main__":
    main()
