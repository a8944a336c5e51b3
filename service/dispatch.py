"""One per store: rings for owed work in a bounded window, commits each result once, and rings again what is overdue."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from sqlite_utils import Database

from casework.errors import CaseworkError, DamagedError, RefusedError, UnavailableError
from casework.events import SYSTEM, Event, EventKind
from service.pipeline import PIPELINE, Stage, stage_named
from service.queue import Doorbell
from store.cases import commit_reading, record
from store.database import transaction
from store.originals import find_result, forget_attempt, was_started
from store.work import (
    Work,
    WorkState,
    end_work,
    extend_lease,
    find_work,
    lease,
    load_work,
    owe_again,
)

WINDOW_PER_WORKER = 4
SWEEP_SECONDS = 1.0
SWALLOWED_AFTER = 3
NOT_READ_SAFELY = (
    "We tried three times and could not read this file safely. Download it, look at it yourself, and ask the sender"
    " for a new copy if it is damaged."
)

log = structlog.get_logger()


@dataclass
class Dispatcher:
    """What one sweep needs. `ring_is_up` remembers whether Redis answered last time, to say so only when it changes."""

    db: Database
    doorbell: Doorbell
    originals: str
    window: int
    now: Callable[[], datetime]
    ring_is_up: bool = field(default=True)
    gone_sweeps: dict[str, int] = field(default_factory=dict)

    def sweep(self) -> int:
        """Collect results, give up what is overdue, ring for owed work; returns how much work is not over yet.

        Safe to die anywhere in it: every step is one transaction, and repeating it changes nothing.
        """
        for work in load_work(self.db, WorkState.LEASED):
            self._settle(work)
        self._note_ring(self._ring_for_owed())
        return len(load_work(self.db, WorkState.OWED)) + len(load_work(self.db, WorkState.LEASED))

    def _settle(self, work: Work) -> None:
        attempt = work.attempt or ""
        result = find_result(self.originals, attempt)
        if result is not None:
            self._commit(work, attempt, result)
            return
        stage = stage_named(work.stage)
        try:
            standing = self.doorbell.standing(stage.queue, attempt)
        except UnavailableError:
            self._note_ring(False)
            standing = "unknown"
        now = self.now()
        overdue = work.lease_until is None or work.lease_until <= now
        if standing == "waiting" or (standing == "running" and not overdue):
            if overdue:
                with transaction(self.db):
                    extend_lease(self.db, work.id, until=now + stage.lease)
        elif standing == "failed" or overdue or self._was_swallowed(attempt, standing):
            self._give_up(work, attempt, stage)

    def _was_swallowed(self, attempt: str, standing: str) -> bool:
        """Whether Redis has not known the attempt for some sweeps and nobody began it.

        Redis was emptied, or a worker died with the job in its hand. An attempt that was begun may still be at work
        although Redis forgot it, so that one keeps its lease.
        """
        if standing != "gone":
            self.gone_sweeps.pop(attempt, None)
            return False
        self.gone_sweeps[attempt] = self.gone_sweeps.get(attempt, 0) + 1
        return self.gone_sweeps[attempt] >= SWALLOWED_AFTER and not was_started(self.originals, attempt)

    def _commit(self, work: Work, attempt: str, result: bytes) -> None:
        """Fenced twice: the work must still be leased to this attempt, and a submission takes one reading only."""
        text = _checked_result(result)
        now = self.now()
        with transaction(self.db):
            current = find_work(self.db, work.id)
            if current is not None and current.state is WorkState.LEASED and current.attempt == attempt:
                if text is None:
                    owe_again(self.db, work.id, started=True)
                else:
                    commit_reading(
                        self.db, submission_id=work.submission_id, attempt=attempt, record_text=text, now=now
                    )
                    end_work(self.db, work.id, WorkState.DONE, problem="", now=now)
        self.gone_sweeps.pop(attempt, None)
        forget_attempt(self.originals, attempt)
        self.doorbell.forget(stage_named(work.stage).queue, attempt)

    def _give_up(self, work: Work, attempt: str, stage: Stage) -> None:
        """The attempt is over without a result: owe the work again, or end it where it was begun too often."""
        self.gone_sweeps.pop(attempt, None)
        started = was_started(self.originals, attempt)
        now = self.now()
        with transaction(self.db):
            current = find_work(self.db, work.id)
            if current is None or current.state is not WorkState.LEASED or current.attempt != attempt:
                return
            starts = owe_again(self.db, work.id, started=started)
            if starts >= stage.most_starts:
                end_work(self.db, work.id, WorkState.FAILED, problem=NOT_READ_SAFELY, now=now)
                facts: dict[str, str | int | bool | None] = {"submission": work.submission_id, "work": work.id}
                record(self.db, Event(EventKind.READING_FAILED, now, SYSTEM, work.case_id, facts=facts))
        log.warning("attempt given up", attempt=attempt, started=started, starts=starts)
        self.doorbell.forget(stage.queue, attempt)

    def _ring_for_owed(self) -> bool:
        for stage in PIPELINE:
            room = self.window - len(load_work(self.db, WorkState.LEASED, stage=stage.name))
            for work in load_work(self.db, WorkState.OWED, stage=stage.name, limit=max(room, 0)):
                if not self._ring(work, stage):
                    return False
        return True

    def _ring(self, work: Work, stage: Stage) -> bool:
        """Lease first, then ring: a lease that nobody heard of runs out, but a job without a lease would be lost."""
        if not self.doorbell.is_up():
            return False
        with transaction(self.db):
            current = find_work(self.db, work.id)
            if current is None or current.state is not WorkState.OWED:
                return True
            attempt = lease(self.db, work.id, until=self.now() + stage.lease)
        try:
            self.doorbell.ring(
                stage.queue,
                stage.function,
                attempt,
                work.sha256,
                work.received_at.date().isoformat(),
                seconds=stage.seconds,
            )
        except UnavailableError:
            with transaction(self.db):
                owe_again(self.db, work.id, started=False)
            return False
        return True

    def _note_ring(self, is_up: bool) -> None:
        if is_up != self.ring_is_up:
            log.warning("redis is back" if is_up else "redis is away; forms wait in the database")
        self.ring_is_up = is_up


@contextmanager
def the_only_dispatcher(data: Path) -> Iterator[None]:
    """Hold the store's dispatcher lock; RefusedError where another process holds it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "dispatch.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise RefusedError("A dispatcher is already running for this data folder.") from problem
        yield


def run(dispatcher: Dispatcher, keep_going: Callable[[], bool], sleep: Callable[[float], None] = time.sleep) -> None:
    """Sweep every second until told to stop; a sweep that fails is logged and tried again."""
    while keep_going():
        try:
            dispatcher.sweep()
        except DamagedError:
            raise
        except CaseworkError as problem:
            log.warning("sweep failed", problem=problem.public_message)
        sleep(SWEEP_SECONDS)


def _checked_result(result: bytes) -> str | None:
    """The result's text where it has the shape that a reading has, else None: workers are not trusted with more."""
    try:
        readings = json.loads(result)["readings"]
        shaped = bool(readings) and all(isinstance(r, dict) and "kind" in r and "answers" in r for r in readings)
        return result.decode() if shaped else None
    except (ValueError, KeyError, TypeError):
        return None
