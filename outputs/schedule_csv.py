"""A schedule in, one CSV file out: every line of every part, safe to open in a spreadsheet."""

from __future__ import annotations

from casework.csv_text import Cell, csv_bytes
from casework.schedule import Schedule, ScheduleLine
from outputs.schedule_context import sr_digits
from outputs.word import one_line, own_lines

_HEADER = (
    *("Schedule", "Version", "Part", "Release", "Planned date", "Reference", "SR", "Title", "Organisation", "Region"),
    *("Functional area", "Description", "Driver", "Date raised", "Outcome", "Status", "Decision date", "Reason"),
)


def build_schedule_csv(schedule: Schedule) -> bytes:
    """One line a row, the part of the schedule in the third column; dates are ISO text."""
    rows: list[list[Cell]] = []

    def add(part: str, line: ScheduleLine, release: str, planned: Cell) -> None:
        decided = None if line.is_pending else line.decided_on
        words = (line.organisation, line.region, line.functional_area)
        rows.append(
            [
                *(schedule.label, schedule.version, part, one_line(release), planned, line.reference),
                *(sr_digits(line.sr_number), one_line(line.title), *map(one_line, words)),
                *(own_lines(line.description), own_lines(line.driver), line.date_raised, line.outcome),
                *(one_line(line.status), decided, own_lines(line.reason)),
            ]
        )

    for release, lines in schedule.releases:
        for line in lines:
            add("Forthcoming change", line, release.name, release.planned)
    for part, several in (
        ("Business justification", schedule.justifications),
        ("Supplementary role", schedule.roles or ()),
        ("National competence", schedule.competences or ()),
    ):
        for line in several:
            add(part, line, line.release or "", None)
    return csv_bytes(_HEADER, rows)
