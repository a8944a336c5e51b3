"""A schedule as plain words for its templates, Word and HTML alike: what may stand in braces is what stands here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from casework.period import quarter_in_words
from casework.schedule import TO_BE_CONFIRMED, Change, Release, Schedule, ScheduleLine, Tally
from casework.state_words import PENDING
from casework.wording import counted, long_date, short_date
from outputs.word import one_line, own_lines

OWNER = "Director of Operations"
AUTHOR = "ESR Development Team"
CLASSIFICATION = "Public"
CAVEAT = "Every change in this schedule is a plan, subject to successful testing and deployment."
CHART_MARK = "\ue000outcomes\ue001"
"""Stands where the chart goes. No sender's words can hold it: private characters are taken out of them."""
GLOSSARY = (
    ("Business justification", "The form that says why a change to ESR is needed and what good it will do."),
    ("Decision pending", "We have the request and have not decided on it yet. It stays on this list until we have."),
    ("Deferred", "On hold. We will look at the request again later."),
    ("Driver", "The law, policy or programme that asks for the change, where the request names one."),
    ("ESR", "Electronic Staff Record: the HR and payroll system of the NHS in England and Wales."),
    ("National competence", "A value of the national list of training and skills (NHS MAND) in ESR."),
    ("Redirected", "Another team looks after the matter, and the request has gone to them."),
    ("Release", "A new version of ESR. Approved changes are delivered in releases, usually one in each quarter."),
    ("SR", "Service Request: the call that is raised with the ESR Service Desk."),
    ("Supplementary role", "A role that somebody undertakes in addition to their normal duties."),
)
STEPS = (
    "Raise a Service Request (SR). Any authorised user of the ESR Service Desk can do this at any time.",
    "If your request is a change to ESR, we ask whether you wish to go on, and agree with you what is needed.",
    "Complete the business justification form and attach it to your SR. Your regional special interest group and your"
    " Functional Account Manager can help you to write it.",
    "You can normally expect an acknowledgement within 5 working days, and hear of every decision through your SR.",
)
_ORDER = ("Approved", "Delivered", "Value added", "Deferred", "Declined", "Redirected", "Duplicate", "Withdrawn")
_NOT_STATED = "Not stated"
_SR = re.compile(r"SR[\s.:#-]*(\d+)", re.IGNORECASE)


def schedule_context(schedule: Schedule) -> dict[str, Any]:
    """Strings, and lists and mappings of strings, so that a template can reach nothing else.

    What each name means stands beside the template in `outputs.our_templates`, where people read it who make their own.
    """
    tallies = [_tally(tally) for tally in schedule.tallies]
    return {
        "quarter": one_line(schedule.label),
        "quarter_words": quarter_in_words(schedule.quarter),
        "issued": long_date(schedule.issued),
        "version": one_line(schedule.version),
        "classification": CLASSIFICATION,
        "owner": OWNER,
        "reference": one_line(schedule.reference),
        "caveat": CAVEAT,
        "introduction": own_lines(schedule.introduction),
        "note": own_lines(schedule.note),
        "window_start": long_date(schedule.window_start),
        "window_end": long_date(schedule.window_end),
        "summary": _summary(schedule),
        "planned": [_planned(release, lines) for release, lines in schedule.releases],
        "outcomes": outcome_rows(schedule.justifications),
        "outcomes_chart": CHART_MARK if schedule.justifications else "",
        "compared_with": one_line(schedule.compared_with),
        "changes": [_change(change) for change in schedule.changes],
        "change_record": _change_record(schedule),
        "releases": [_release(release, lines) for release, lines in schedule.releases],
        "justifications": [_line(line) for line in schedule.justifications],
        "has_roles": "yes" if schedule.roles is not None else "",
        "roles": [_line(line) for line in schedule.roles or ()],
        "has_competences": "yes" if schedule.competences is not None else "",
        "competences": [_line(line) for line in schedule.competences or ()],
        "tallies": tallies,
        "events": f"{schedule.events:,}",
        "seal": one_line(schedule.head),
        "glossary": [{"word": word, "meaning": meaning} for word, meaning in GLOSSARY],
        "steps": list(STEPS),
    }


def outcome_counts(lines: Iterable[ScheduleLine]) -> list[tuple[str, int]]:
    """How many lines had each outcome, in one order, the undecided last."""
    counts = Counter(one_line(line.outcome) for line in lines)
    others = sorted(counts.keys() - {*_ORDER, PENDING})
    return [(name, counts[name]) for name in (*_ORDER, *others, PENDING) if counts[name]]


def outcome_rows(lines: tuple[ScheduleLine, ...]) -> list[dict[str, str]]:
    """`outcome_counts` with their sum as last row: counts that add up to what is listed."""
    rows = [{"outcome": name, "number": str(number)} for name, number in outcome_counts(lines)]
    return [*rows, {"outcome": "All", "number": str(len(lines))}] if rows else []


def _summary(schedule: Schedule) -> str:
    coming = sum(len(lines) for _, lines in schedule.releases)
    planned = sum(bool(lines) and release.name != TO_BE_CONFIRMED for release, lines in schedule.releases)
    pending = sum(line.is_pending for line in schedule.justifications)
    raised = counted(len(schedule.justifications), "business justification")
    where = f" in {counted(planned, 'release')}" if planned else ""
    if not schedule.justifications:
        told = "No business justification was raised in the previous six months."
    elif pending:
        told = f"{raised} raised in the previous six months, of which {pending} {_are(pending)} not decided yet."
    else:
        told = f"{raised} raised in the previous six months, all of them decided."
    return f"{counted(coming, 'forthcoming change')}{where}. {told}"


def _planned(release: Release, lines: tuple[ScheduleLine, ...]) -> dict[str, str]:
    return {
        "name": one_line(release.name),
        "planned": long_date(release.planned) if release.planned else "To be confirmed",
        "number": str(len(lines)),
    }


def _change_record(schedule: Schedule) -> list[dict[str, str]]:
    issues = [(issue.issued, issue.version, issue.change_note) for issue in schedule.previous_issues]
    issues.append((schedule.issued, schedule.version, schedule.change_note))
    return [
        {
            "date": long_date(day),
            "author": AUTHOR,
            "version": one_line(version),
            "change": own_lines(note) or ("First issue" if number == 0 else "Issued"),
        }
        for number, (day, version, note) in enumerate(issues)
    ]


def sr_digits(written: str) -> str:
    """A Service Request's number as its column prints it: "4418207" for "SR-4418207"; other words as they are."""
    found = _SR.fullmatch(one_line(written))
    return found[1] if found else one_line(written)


def _release(release: Release, lines: tuple[ScheduleLine, ...]) -> dict[str, Any]:
    planned = f", planned for {long_date(release.planned)}" if release.planned else ""
    return {
        "name": one_line(release.name),
        "heading": f"{one_line(release.name)}{planned}",
        "lines": [_line(line) for line in lines],
    }


def _change(change: Change) -> dict[str, str]:
    return {
        "kind": change.kind.value,
        "reference": one_line(change.reference) or "Whole release",
        "title": one_line(change.title),
        "before": one_line(change.before),
        "after": one_line(change.after),
    }


def _tally(tally: Tally) -> dict[str, str]:
    return {
        "what": one_line(tally.what),
        "came_in": f"{tally.came_in:,}",
        "listed": f"{tally.listed:,}",
        "left_out": f"{tally.left_out:,}",
        "note": one_line(tally.note) or "None missing",
    }


def _line(line: ScheduleLine) -> dict[str, str]:
    source = ", ".join(part for part in (line.organisation, line.region) if part)
    return {
        "reference": one_line(line.reference),
        "sr_number": sr_digits(line.sr_number) or _NOT_STATED,
        "title": one_line(line.title),
        "source": one_line(source) or _NOT_STATED,
        "functional_area": one_line(line.functional_area) or _NOT_STATED,
        "description": own_lines(line.description) or _NOT_STATED,
        "driver": own_lines(line.driver) or "User request",
        "date_raised": short_date(line.date_raised),
        "status": one_line(line.status),
        "outcome": one_line(line.status if line.is_pending or line.outcome == "Deferred" else line.outcome),
        "progress": _PROGRESS.get(line.outcome, one_line(line.outcome)) if line.release else one_line(line.outcome),
        "decided_on": short_date(line.decided_on) if line.decided_on and not line.is_pending else "Not yet",
        "release": one_line(line.release or "") or ("To be confirmed" if line.outcome == "Approved" else "None"),
        "reason": own_lines(line.reason) or ("Not decided yet" if line.is_pending else _NOT_STATED),
    }


_PROGRESS = {"Approved": "Planned"}


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
