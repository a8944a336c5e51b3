"""Schedule lines in, a Word document out: the same input gives the same bytes."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime, time
from importlib.resources import files
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casework.model import Release, Schedule, ScheduleLine
from casework.period import quarter_in_words
from casework.wording import counted, long_date, short_date
from outputs.word import repack

OWNER = "Director of Operations"
AUTHOR = "ESR Development Team"
CLASSIFICATION = "Public"


def load_template() -> bytes:
    """The shipped Word template."""
    return (files("outputs") / "templates" / "development-schedule.docx").read_bytes()


def build_schedule(schedule: Schedule, template: bytes) -> bytes:
    """The Development Schedule as Word bytes.

    The template runs in a sandbox with escaping on: what a sender wrote is put in as words and never run or rendered.
    """
    document = DocxTemplate(io.BytesIO(template))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.globals.clear()
    document.render(_context(schedule), jinja_env=environment, autoescape=True)
    properties = document.docx.core_properties
    properties.title = f"ESR Development Schedule {schedule.quarter}"
    properties.subject = f"Changes to the Electronic Staff Record, {quarter_in_words(schedule.quarter)}"
    properties.author = properties.last_modified_by = AUTHOR
    properties.version, properties.language = schedule.version, "en-GB"
    properties.created = properties.modified = datetime.combine(schedule.issued, time(9), UTC)
    stream = io.BytesIO()
    document.docx.save(stream)
    return repack(stream.getvalue())


def _context(schedule: Schedule) -> dict[str, Any]:
    """Plain strings only, so that a template can reach nothing else."""
    releases = [_release(release, lines) for release, lines in schedule.releases]
    coming = sum(len(lines) for _, lines in schedule.releases)
    outcomes = Counter(_outcome_group(line.status) for line in schedule.justifications)
    issues = [*schedule.previous_issues, (schedule.issued, schedule.version, schedule.note)]
    return {
        "quarter": schedule.quarter,
        "quarter_words": quarter_in_words(schedule.quarter),
        "issued": long_date(schedule.issued),
        "version": schedule.version,
        "classification": CLASSIFICATION,
        "owner": OWNER,
        "reference": f"ESR-DS-{schedule.quarter}",
        "note": _plain(schedule.note),
        "window_start": long_date(schedule.window_start),
        "window_end": long_date(schedule.window_end),
        "summary": f"{counted(coming, 'change')} in {counted(len(releases), 'release')} to come, and"
        f" {counted(len(schedule.justifications), 'business justification')} raised in the last six months.",
        "outcomes": [{"outcome": name, "number": str(number)} for name, number in sorted(outcomes.items())],
        "contents": [
            {"level": 1, "text": "Summary"},
            {"level": 1, "text": "Forthcoming changes by release"},
            *({"level": 2, "text": release["heading"]} for release in releases),
            {"level": 1, "text": "Business justifications raised in the last six months"},
        ],
        "change_record": [
            {"date": long_date(day), "author": AUTHOR, "version": version, "change": _plain(note) or "Issued"}
            for day, version, note in issues
        ],
        "releases": releases,
        "justifications": [_line(line) for line in schedule.justifications],
    }


def _release(release: Release, lines: tuple[ScheduleLine, ...]) -> dict[str, Any]:
    planned = f", planned for {long_date(release.planned)}" if release.planned else ""
    return {
        "name": _plain(release.name),
        "heading": f"{_plain(release.name)}{planned}",
        "lines": [_line(x) for x in lines],
    }


def _line(line: ScheduleLine) -> dict[str, str]:
    source = ", ".join(part for part in (line.organisation, line.region) if part)
    return {
        "reference": line.reference,
        "sr_number": _plain(line.sr_number) or "Not given",
        "title": _plain(line.title),
        "source": _plain(source) or "Not given",
        "functional_area": _plain(line.functional_area) or "Not given",
        "description": _plain(line.description) or "Not given",
        "driver": _plain(line.driver) or "User request",
        "date_raised": short_date(line.date_raised),
        "status": line.status,
        "progress": line.status.split(",")[0].split(" in ")[0],
        "decided_on": short_date(line.decided_on) if line.decided_on else "Not yet",
        "reason": _plain(line.reason) or "Not yet",
    }


def _outcome_group(status: str) -> str:
    return status.split(",")[0].split(":")[0]


def _plain(text: str) -> str:
    """One line without the control characters that XML cannot hold."""
    return " ".join("".join(char if char.isprintable() or char.isspace() else " " for char in text).split())
