"""A schedule in, a Word document out: the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from casework.period import quarter_in_words
from casework.schedule import Schedule
from outputs.chart import BarChart, put_chart
from outputs.contents import fill_contents
from outputs.schedule_context import AUTHOR, CHART_MARK, outcome_counts, schedule_context
from outputs.word import describe_document, save_stable
from outputs.word_template import fill_template


def load_template() -> bytes:
    """The shipped Word template."""
    return (files("outputs") / "templates" / "development-schedule.docx").read_bytes()


def build_schedule(schedule: Schedule, template: bytes, pages: Sequence[int] = ()) -> bytes:
    """The Development Schedule as Word bytes.

    `pages` holds the page of each heading in order, as `outputs.layout.heading_pages` found them; without it the
    contents list has links alone. The template runs in a sandbox with escaping on: what a sender wrote is put in as
    words and never run or rendered. SettingError where the template asks for what there is not, or for what it may not
    have.
    """
    made = fill_template(template, schedule_context(schedule))
    describe_document(
        made,
        title=f"ESR Development Schedule, {quarter_in_words(schedule.quarter)}",
        subject=f"Changes to the Electronic Staff Record, {schedule.label}, version {schedule.version}",
        author=AUTHOR,
        when=schedule.issued,
    )
    made.core_properties.version = schedule.version
    counts = outcome_counts(schedule.justifications)
    put_chart(made, CHART_MARK, BarChart("Business justifications by outcome", chart_in_words(schedule), tuple(counts)))
    fill_contents(made, pages)
    return save_stable(made)


def chart_in_words(schedule: Schedule) -> str:
    """What is told to those who cannot see the chart."""
    told = ", ".join(f"{name} {number}" for name, number in outcome_counts(schedule.justifications))
    return (
        f"Bar chart of the business justifications raised in the previous six months by outcome: {told}. The same"
        " figures stand in the table below it."
    )
