"""The order of the rooms: which work a form owes, which queue carries it and how often it may be begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from intake.receive import READ
from service.isolate import LONGEST_WALL


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


RENDER = "render"
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
    ),
    Stage(
        name=RENDER,
        queue=_QUEUE,
        function="service.jobs.draw_original",
        lease=timedelta(seconds=60),
        most_starts=2,
        seconds=LONGEST_WALL + 30,
    ),
)
