"""Counts to what the reports page shows: tiles, and charts with a sentence, a drawing and a table each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from casework.csv_text import Cell
from casework.figures import Course, Kind, Spread, late_of, spread_of
from casework.form import FormLibrary
from casework.lifecycle import CLOSED, DECIDED, Status
from casework.period import Period
from casework.wording import counted, long_date, month_name
from casework.working_days import ACKNOWLEDGE_WITHIN
from review.charts import Bar, Column, Drawing, draw_bars, draw_columns
from review.presenters import TAGS, form_name

Courses = Sequence[tuple[date, Course, int]]
_SHOWN_BARS = 10
_MONTHS_SINGLY, _MONTHS_BY_QUARTER = 18, 60
_ACKNOWLEDGE_STEPS = (0, 1, 2, 3, 4, 5, 10)
_RULES = {
    "weak": "does not persuade",
    "unmeasured": "without a measure",
    "known": "is there already",
    "unrecognised": "not as the Service Desk writes it",
    "unlikely": "cannot be right",
    "copied": "copied from another answer",
    "unnamed": "names nothing national",
    "format": "not as the list writes it",
    "disagrees": "disagrees with another answer",
    "local": "looks local",
    "ambiguous": "more than one",
    "not-wellbeing": "not about wellbeing",
}
_DECIDE_STEPS = (5, 10, 20, 40, 60)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the store counted for a period: totals by kind, and how promises and decisions went."""

    totals: Mapping[Kind, Mapping[str, int]]
    promises: Courses
    decisions: Courses


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure that matters most; `tone` is plain, good or bad, and the words say it too."""

    figure: str
    words: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Chart:
    """One question and its answer: a sentence, a drawing, and the rows behind it. `legend` explains late parts."""

    name: str
    heading: str
    sentence: str
    drawing: Drawing | None
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    legend: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page shows of one period; no tiles and no charts where nothing was received."""

    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...]

    def chart(self, name: str) -> Chart | None:
        """The chart with this name, or None."""
        return next((chart for chart in self.charts if chart.name == name), None)


def build_report(
    counted_up: Counted,
    *,
    period: Period,
    today: date,
    library: FormLibrary,
    holidays: Callable[[bool], AbstractSet[date]],
) -> Report:
    """The report of a period. `holidays` gives the bank holidays of Wales (True) or of this installation."""
    received = sum(number for _, _, number in counted_up.promises)
    if not received:
        return Report((), ())
    late, late_now = late_of(counted_up.promises, holidays, today)
    promise = spread_of(counted_up.promises, holidays, period.start, today)
    decision = spread_of(counted_up.decisions, holidays, period.start, today)
    totals = counted_up.totals
    return Report(
        _tiles(received, late, late_now, promise, decision),
        (
            _received(counted_up.promises, late, period),
            _outcomes(totals[Kind.STATUS]),
            _acknowledging(promise),
            _deciding(decision),
            _named("organisations", "Organisations", "Organisation", totals[Kind.ORGANISATION], received, str),
            _named("regions", "Regions", "Region", totals[Kind.REGION], received, _terms(library, "regions")),
            _named("areas", "Areas of ESR", "Area", totals[Kind.AREA], received, _terms(library, "functional-areas")),
            _named("forms", "Forms", "Form", totals[Kind.FORM], received, lambda key: form_name(key or None, library)),
            _findings(totals, library),
            _corrections(totals, library),
        ),
    )


def rule_in_words(rule: str, library: FormLibrary) -> str:
    """A rule's code as people read it: `Title of request: not answered`."""
    first, _, second = rule.partition(".")
    if first == "required":
        return f"{_field(second, library)}: not answered"
    said = _RULES.get(second) or second.replace("-", " ").replace("_", " ")
    return f"{_field(first.replace('-', '_'), library)}: {said}" if second else rule


def _tiles(
    received: int, late: Mapping[date, int], late_now: int, promise: Spread, decision: Spread
) -> tuple[Tile, ...]:
    judged = promise.over + late_now
    in_time = judged - sum(late.values())
    share = round(100 * in_time / judged) if judged else None
    return (
        Tile(str(received), "request received" if received == 1 else "requests received"),
        Tile(
            "None yet" if share is None else f"{share}%",
            f"acknowledged in {ACKNOWLEDGE_WITHIN} working days",
            "plain" if share is None else "good",
        ),
        Tile(
            str(late_now),
            "acknowledgement is late now" if late_now == 1 else "acknowledgements are late now",
            "bad" if late_now else "good",
        ),
        Tile(
            "None yet" if decision.median is None else f"{counted(decision.median, 'day')}",
            "typical time to a decision, in working days",
        ),
    )


def _received(promises: Courses, late: Mapping[date, int], period: Period) -> Chart:
    steps = _steps(period)
    numbers, lates = [0] * len(steps), [0] * len(steps)
    starts = [start for start, _, _ in steps]

    def place(day: date) -> int:
        return max(index for index, start in enumerate(starts) if start <= day)

    places = {day: place(day) for day in {day for day, _, _ in promises}}
    for day, _, number in promises:
        numbers[places[day]] += number
    for day, number in late.items():
        lates[places[day]] += number
    columns = [
        Column(short, under, number, late_number)
        for (_, short, under), number, late_number in zip(steps, numbers, lates, strict=True)
    ]
    busiest = max(range(len(steps)), key=lambda index: numbers[index])
    names = [_step_name(start, period) for start in starts]
    sentence = f"{names[busiest]} was the busiest: {numbers[busiest]} received, {lates[busiest] or 'none'} late."
    return Chart(
        "received",
        f"Requests received each {_step_word(period)}",
        sentence if len(steps) > 1 else f"{numbers[0]} received, {lates[0] or 'none'} late.",
        draw_columns(columns),
        (_step_word(period).capitalize(), "Received", "In time", "Late"),
        tuple(
            (name, number, number - late_number, late_number)
            for name, number, late_number in zip(names, numbers, lates, strict=True)
        ),
        legend=True,
        note="Late: acknowledged after the fifth working day, or still not acknowledged after it.",
    )


def _outcomes(statuses: Mapping[str, int]) -> Chart:
    known = {Status(name): number for name, number in statuses.items() if name in set(Status)}
    total = sum(known.values())
    decided = sum(number for status, number in known.items() if status in DECIDED | CLOSED)
    order = sorted(known, key=lambda status: (status not in DECIDED, -known[status], list(Status).index(status)))
    return Chart(
        "outcomes",
        "What happened to requests",
        f"{decided} of {counted(total, 'request')} {'has' if decided == 1 else 'have'} a decision.",
        draw_bars([Bar(TAGS[status].text, known[status]) for status in order]),
        ("Where it stands", "Requests", "Decided"),
        tuple((TAGS[status].text, known[status], "Yes" if status in DECIDED else "No") for status in order),
    )


def _acknowledging(spread: Spread) -> Chart:
    rows = _by_steps(spread, _ACKNOWLEDGE_STEPS)
    return Chart(
        "time-to-acknowledge",
        "Time to acknowledge",
        _spread_sentence(spread, "acknowledged", "not acknowledged yet"),
        draw_bars([Bar(name, number, "late" if is_late else "plain") for name, number, is_late in rows]),
        ("Working days", "Requests"),
        tuple((name, number) for name, number, _ in rows),
        note="Days on which the requester owed us an answer do not count.",
    )


def _deciding(spread: Spread) -> Chart:
    rows = _by_steps(spread, _DECIDE_STEPS)
    return Chart(
        "time-to-decide",
        "Time to decide",
        _spread_sentence(spread, "decided", "not decided yet"),
        draw_bars([Bar(name, number) for name, number, _ in rows]),
        ("Working days", "Requests"),
        tuple((name, number) for name, number, _ in rows),
        note="From receipt to the final decision. Days on which the requester owed us an answer do not count.",
    )


def _spread_sentence(spread: Spread, done: str, still: str) -> str:
    waiting = f"{counted(spread.still_open, 'request is', 'requests are')} {still}"
    if spread.median is None or spread.ninetieth is None:
        return f"{waiting}."
    half, most = (
        f"within {counted(days, 'working day')}" if days else "on the same day"
        for days in (spread.median, spread.ninetieth)
    )
    times = f"9 in 10 were {done} {most}" if half == most else f"Half were {done} {half}, and 9 in 10 {most}"
    return f"{times}. {waiting if spread.still_open else 'None is open'}."


def _by_steps(spread: Spread, steps: Sequence[int]) -> list[tuple[str, int, bool]]:
    """(name, how many, whether it is later than the promise) for each stretch of days; the last has no end."""
    found = []
    lowest = 0
    for highest in steps:
        number = sum(count for days, count in spread.days.items() if lowest <= days <= highest)
        found.append((_days_name(lowest, highest), number, lowest > ACKNOWLEDGE_WITHIN))
        lowest = highest + 1
    more = sum(count for days, count in spread.days.items() if days >= lowest)
    return [*found, (f"More than {lowest - 1} working days", more, True)]


def _days_name(lowest: int, highest: int) -> str:
    if highest == 0:
        return "On the same day"
    if lowest == highest:
        return counted(lowest, "working day")
    return f"{lowest} to {highest} working days" if lowest else f"Up to {highest} working days"


def _named(
    name: str,
    heading: str,
    column: str,
    totals: Mapping[str, int],
    received: int,
    label: Callable[[str], str],
) -> Chart:
    """Requests by a name that they carry, the most frequent first; the drawing holds the first few."""
    order = sorted(((number, label(key) if key else "Not given") for key, number in totals.items()), key=_most_first)
    bars = [Bar(text, number) for number, text in order[:_SHOWN_BARS]]
    if len(order) > _SHOWN_BARS:
        rest = order[_SHOWN_BARS:]
        bars.append(Bar(f"{counted(len(rest), 'other')}", sum(number for number, _ in rest)))
    number, text = order[0]
    first = text if text != "Not given" else f"{column} not given"
    return Chart(
        name,
        heading,
        f"Most often: {first}, in {number} of {counted(received, 'request')}.",
        draw_bars(bars),
        (column, "Requests", "Share (%)"),
        tuple((text, number, round(100 * number / received)) for number, text in order),
    )


def _findings(totals: Mapping[Kind, Mapping[str, int]], library: FormLibrary) -> Chart:
    found, accepted = totals[Kind.FINDING], totals[Kind.ACCEPTED_FINDING]
    order = sorted(((number, rule_in_words(rule, library), rule) for rule, number in found.items()), key=_most_first)
    return Chart(
        "findings",
        "What the checks found",
        f"Most often: {order[0][1]}, in {counted(order[0][0], 'request')}." if order else "The checks found nothing.",
        draw_bars([Bar(text, number) for number, text, _ in order[:_SHOWN_BARS]]) if order else None,
        ("Finding", "Requests", "Marked as right", "Reviewers agree (%)"),
        tuple(
            (text, number, accepted.get(rule, 0), round(100 * (number - min(accepted.get(rule, 0), number)) / number))
            for number, text, rule in order
        ),
        note="A reviewer who marks a check as right says that the finding is no trouble in that request.",
    )


def _corrections(totals: Mapping[Kind, Mapping[str, int]], library: FormLibrary) -> Chart:
    read = sum(number for form, number in totals[Kind.FORM].items() if form)
    changed = totals[Kind.CORRECTION]
    order = sorted(((number, _field(key, library)) for key, number in changed.items()), key=_most_first)
    return Chart(
        "corrections",
        "Answers that reviewers changed",
        f"Most often: {order[0][1]}, in {order[0][0]} of {counted(read, 'form')} read."
        if order
        else f"No answer of the {counted(read, 'form')} read was changed.",
        draw_bars([Bar(text, number) for number, text in order[:_SHOWN_BARS]]) if order else None,
        ("Answer", "Requests", "Forms read", "Share (%)"),
        tuple((text, number, read, round(100 * number / read) if read else 0) for number, text in order),
        note="How well answers are read from forms, and how often senders leave one out that we know.",
    )


def _most_first(entry: tuple[int, *tuple[str, ...]]) -> tuple[int, *tuple[str, ...]]:
    number, *names = entry
    return (-number, *names)


def _terms(library: FormLibrary, vocabulary: str) -> Callable[[str], str]:
    return library.vocabulary(vocabulary).label


def _field(key: str, library: FormLibrary) -> str:
    return next((form.field(key).label for form in library.forms if form.has(key)), key.replace("_", " ").capitalize())


def _months(period: Period) -> int:
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1


def _step_length(period: Period) -> int:
    months = _months(period)
    return 1 if months <= _MONTHS_SINGLY else 3 if months <= _MONTHS_BY_QUARTER else 12


def _step_word(period: Period) -> str:
    return {1: "month", 3: "quarter", 12: "year"}[_step_length(period)]


def _steps(period: Period) -> list[tuple[date, str, str]]:
    """(first day, short name, what stands under it) of each month, quarter or year that the period touches."""
    length = _step_length(period)
    index = (period.start.year * 12 + period.start.month - 1) // length * length
    found: list[tuple[date, str, str]] = []
    while (start := date(index // 12, index % 12 + 1, 1)) <= period.end:
        name = str(start.year) if length == 12 else month_name(start.month)[:3]
        under = str(start.year) if length < 12 and (not found or start.month == 1) else ""
        found.append((start, name, under))
        index += length
    return found


def _step_name(start: date, period: Period) -> str:
    length = _step_length(period)
    if length == 12:
        return str(start.year)
    if length == 1:
        return f"{month_name(start.month)} {start.year}"
    last = start + timedelta(days=70)
    return f"{month_name(start.month)} to {month_name(last.month)} {start.year}"


def period_in_words(period: Period) -> str:
    """`1 June to 21 November 2025`; the first year only where it is another."""
    if period.start == period.end:
        return long_date(period.end)
    first = long_date(period.start)
    if period.start.year == period.end.year:
        first = first.rsplit(" ", 1)[0]
    return f"{first} to {long_date(period.end)}"
