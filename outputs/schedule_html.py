"""A schedule in, a web page out that stands by itself: no script, nothing from elsewhere, readable when printed."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from casework.period import quarter_in_words
from casework.schedule import Schedule
from outputs.schedule_context import outcome_counts, schedule_context

_BAR = 34
_NAMES, _BARS, _NUMBERS = 190, 420, 60


def build_schedule_html(schedule: Schedule) -> bytes:
    """The whole page in UTF-8: the same schedule gives the same bytes."""
    title = f"ESR Development Schedule, {quarter_in_words(schedule.quarter)}"
    return _template("schedule.html").render(title=title, **_facts(schedule, top=1, most=None)).encode()


def build_schedule_preview(schedule: Schedule, most: int) -> str:
    """The page's own content for a page that has headings above it; each long table shows its first `most` lines."""
    return _template("schedule_body.html").render(**_facts(schedule, top=3, most=most))


def _facts(schedule: Schedule, *, top: int, most: int | None) -> dict[str, Any]:
    return {**schedule_context(schedule), "bars": _bars(schedule), "top": top, "most": most}


def _bars(schedule: Schedule) -> dict[str, Any]:
    """The chart's figures as places on its drawing, in whole units."""
    counts = outcome_counts(schedule.justifications)
    longest = max((number for _, number in counts), default=1)
    return {
        "width": _NAMES + _BARS + _NUMBERS,
        "height": _BAR * len(counts),
        "names": _NAMES - 10,
        "left": _NAMES,
        "rows": [
            {
                "name": name,
                "number": number,
                "top": _BAR * at + 5,
                "middle": _BAR * at + 22,
                "length": max(2, _BARS * number // longest),
                "end": _NAMES + max(2, _BARS * number // longest) + 8,
            }
            for at, (name, number) in enumerate(counts)
        ],
    }


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("outputs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
