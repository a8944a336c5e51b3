"""Schedule lines in, a Word document out: the same input gives the same bytes."""

from __future__ import annotations

import io
from collections import Counter
from importlib.resources import files
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casework.errors import SettingError
from casework.model import Release, Schedule, ScheduleLine
from casework.period import quarter_in_words
from casework.wording import counted, long_date, short_date
from outputs.word import describe_document, fill_contents, one_line, own_lines, save_stable

OWNER = "Director of Operations"
AUTHOR = "ESR Development Team"
CLASSIFICATION = "Public"
_NOT_STATED = "Not stated"
_PENDING = "Decision pending"
_OUTCOMES = ("Approved", "Delivered", "Value added", "Deferred", "Declined", "Redirected", "Duplicate", "Withdrawn")


def load_template() -> bytes:
    """The shipped Word template."""
    return (files("outputs") / "templates" / "development-schedule.docx").read_bytes()


def build_schedule(schedule: Schedule, template: bytes) -> bytes:
    """The Development Schedule as Word bytes.

    The template runs in a sandbox with escaping on: what a sender wrote is put in as words and never run or rendered.
    SettingError where the template asks for what there is not, or for what it may not have.
    """
    document = DocxTemplate(io.BytesIO(template))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, loader=DictLoader({}))
    environment.globals.clear()
    try:
        document.render(_context(schedule), jinja_env=environment, autoescape=True)
    except TemplateError as problem:
        raise SettingError(
            f"The Word template of the schedule is wrong: {problem}. Put the shipped template back, or correct it."
        ) from problem
    made = document.docx
    describe_document(
        made,
        title=f"ESR Development Schedule, {quarter_in_words(schedule.quarter)}",
        subject=f"Changes to the Electronic Staff Record, {schedule.quarter}, version {schedule.version}",
        author=AUTHOR,
        when=schedule.issued,
    )
    made.core_properties.version = schedule.version
    fill_contents(made)
    return save_stable(made)


def _context(schedule: Schedule) -> dict[str, Any]:
    """Plain strings only, so that a template can reach nothing else."""
    releases = [_release(release, lines) for release, lines in schedule.releases]
    issues = [*schedule.previous_issues, (schedule.issued, schedule.version, schedule.note)]
    issues = [(day, version, changed or "Issued") for day, version, changed in issues]
    return {
        "quarter": schedule.quarter,
        "quarter_words": quarter_in_words(schedule.quarter),
        "issued": long_date(schedule.issued),
        "version": one_line(schedule.version),
        "classification": CLASSIFICATION,
        "owner": OWNER,
        "reference": f"ESR-DS-{schedule.quarter}",
        "note": own_lines(schedule.note),
        "window_start": long_date(schedule.window_start),
        "window_end": long_date(schedule.window_end),
        "summary": _summary(schedule),
        "planned": [_planned(release, lines) for release, lines in schedule.releases],
        "outcomes": _count_outcomes(schedule.justifications),
        "change_record": [
            {
                "date": long_date(day),
                "author": AUTHOR,
                "version": one_line(version),
                "change": own_lines(note) or "Issued",
            }
            for day, version, note in issues
        ],
        "releases": releases,
        "justifications": [_line(line) for line in schedule.justifications],
    }


def _summary(schedule: Schedule) -> str:
    coming = sum(len(lines) for _, lines in schedule.releases)
    pending = sum(_outcome(line) == _PENDING for line in schedule.justifications)
    raised = counted(len(schedule.justifications), "business justification")
    if not schedule.justifications:
        told = "No business justification was raised in the previous six months."
    elif pending:
        told = f"{raised} raised in the previous six months, of which {pending} {_are(pending)} not decided yet."
    else:
        told = f"{raised} raised in the previous six months, all of them decided."
    return f"{counted(coming, 'forthcoming change')}. {told}"


def _planned(release: Release, lines: tuple[ScheduleLine, ...]) -> dict[str, str]:
    return {
        "name": one_line(release.name),
        "planned": long_date(release.planned) if release.planned else "To be confirmed",
        "number": str(len(lines)),
    }


def _count_outcomes(lines: tuple[ScheduleLine, ...]) -> list[dict[str, str]]:
    """How many lines had each outcome and how many in all, the undecided last: counts that add up to what is listed."""
    counts = Counter(_outcome(line) for line in lines)
    others = sorted(counts.keys() - {*_OUTCOMES, _PENDING})
    named = [name for name in (*_OUTCOMES, *others, _PENDING) if counts[name]]
    rows = [{"outcome": name, "number": str(counts[name])} for name in named]
    return [*rows, {"outcome": "All", "number": str(len(lines))}] if rows else []


def _release(release: Release, lines: tuple[ScheduleLine, ...]) -> dict[str, Any]:
    planned = f", planned for {long_date(release.planned)}" if release.planned else ""
    return {
        "name": one_line(release.name),
        "heading": f"{one_line(release.name)}{planned}",
        "lines": [_line(line) for line in lines],
    }


def _line(line: ScheduleLine) -> dict[str, str]:
    source = ", ".join(part for part in (line.organisation, line.region) if part)
    outcome = _outcome(line)
    pending = outcome == _PENDING
    return {
        "reference": one_line(line.reference),
        "sr_number": one_line(line.sr_number) or _NOT_STATED,
        "title": one_line(line.title),
        "source": one_line(source) or _NOT_STATED,
        "functional_area": one_line(line.functional_area) or _NOT_STATED,
        "description": own_lines(line.description) or _NOT_STATED,
        "driver": own_lines(line.driver) or "User request",
        "date_raised": short_date(line.date_raised),
        "status": one_line(line.status),
        "outcome": one_line(line.status) if pending else outcome,
        "progress": _PROGRESS.get(outcome, outcome) if line.release else outcome,
        "decided_on": short_date(line.decided_on) if line.decided_on and not pending else "Not yet",
        "release": one_line(line.release or "") or ("To be confirmed" if outcome == "Approved" else "None"),
        "reason": own_lines(line.reason) or ("Not decided yet" if pending else _NOT_STATED),
    }


_PROGRESS = {"Approved": "Planned"}


def _outcome(line: ScheduleLine) -> str:
    """The outcome without its particulars: `Approved, allocated to Release 71` is `Approved`."""
    status = one_line(line.status)
    return next((name for name in (*_OUTCOMES, _PENDING) if status.startswith(name)), status)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
