"""The order of the rooms: which work a form owes, which queue carries it and how often it may be begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from intake.receive import READ
from service.isolate import CONVERT_LIMITS, LONGEST_WALL
from service.templates import SCHEDULE_LIMITS
from store.commissions import MAKE


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a form's way. `function` is one of the named functions that a worker may run."""

    name: str
    queue: str
    function: str
    lease: timedelta
    most_starts: int
    seconds: int
    """RQ's own limit for the job: the child's wall clock and some; only the second fence."""
    given_up: str
    """What a person reads where it was begun that often and never ended."""
    is_waited_for: bool = False
    """Somebody sits before a page: one job stands in Redis whatever else waits there."""


RENDER = "render"
NOT_READ_SAFELY = (
    "We tried three times and could not read this file safely. Download it, look at it yourself, and ask the sender"
    " for a new copy if it is damaged."
)
_NOT_MADE = "We tried three times and could not make the files. Try again; if it happens again, tell whoever runs this."
_QUEUE = "formwright-read"

# In order of importance: a worker has one queue, and reading is rung for before drawing.
PIPELINE = (
    Stage(
        name=READ,
        queue=_QUEUE,
        function="service.jobs.read_original",
        lease=timedelta(seconds=60),
        most_starts=3,
        seconds=LONGEST_WALL + 30,
        given_up=NOT_READ_SAFELY,
    ),
    Stage(
        name=MAKE,
        queue=_QUEUE,
        function="service.making.make_files",
        lease=timedelta(seconds=60),
        most_starts=3,
        # A schedule is filled twice and its pages are laid out twice.
        seconds=2 * (SCHEDULE_LIMITS.wall_seconds + CONVERT_LIMITS.wall_seconds) + 30,
        given_up=_NOT_MADE,
        is_waited_for=True,
    ),
    Stage(
        name=RENDER,
        queue=_QUEUE,
        function="service.jobs.draw_original",
        lease=timedelta(seconds=60),
        most_starts=2,
        seconds=LONGEST_WALL + 30,
        given_up=NOT_READ_SAFELY,
    ),
)
