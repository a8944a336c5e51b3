"""One per store: rings for owed work in a bounded window, commits each result once, and rings again what is overdue."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from sqlite_utils import Database

from casework.errors import CaseworkError, DamagedError, UnavailableError
from casework.working_days import london_day
from service.embedded import hold_lock
from service.endings import Ending, checked_result
from service.pipeline import PIPELINE, Stage
from service.queue import Doorbell, Standing
from service.words import hand_over_words
from store.cases import refresh_case
from store.database import transaction
from store.figures import find_uncounted
from store.originals import find_attempts, find_result, forget_attempt, was_started
from store.work import (
    Work,
    WorkState,
    count_by_state,
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
TIDY_EVERY = 60
LONGEST_FAILURE = 500
REFRESHED_AT_ONCE = 50

log = structlog.get_logger()


@dataclass
class Dispatcher:
    """What one sweep needs. `ring_is_up` remembers whether Redis answered last time, to say so only when it changes."""

    db: Database
    doorbell: Doorbell
    originals: str
    window: int
    now: Callable[[], datetime]
    endings: Mapping[str, Ending]
    ring_is_up: bool = field(default=True)
    gone_sweeps: dict[str, int] = field(default_factory=dict)
    all_counted: bool = False

    def sweep(self) -> int:
        """Collect results, give up what is overdue, ring for owed work; returns how much work is not over yet.

        Safe to die anywhere in it: every step is one transaction, and repeating it changes nothing.
        """
        is_up = self.doorbell.is_up()
        for stage in PIPELINE:
            # Work of a stage that this version does not know is left for the one that does.
            for work in load_work(self.db, WorkState.LEASED, stage=stage.name):
                self._settle(work, stage, is_up=is_up)
        self._note_ring(is_up and self._ring_for_owed())
        if not self.all_counted:
            self._refresh_earlier()
        counts = count_by_state(self.db)
        return counts[WorkState.OWED] + counts[WorkState.LEASED]

    def tidy(self) -> None:
        """Remove results that came too late for anybody to wait for."""
        leased = {work.attempt for work in load_work(self.db, WorkState.LEASED)}
        for attempt in find_attempts(self.originals):
            if attempt not in leased:
                forget_attempt(self.originals, attempt)

    def _refresh_earlier(self) -> None:
        """Bring some cases of an earlier version up to date, while there are any: a few at a time, so that no form
        waits until a hundred thousand of them are done."""
        uncounted = find_uncounted(self.db, REFRESHED_AT_ONCE)
        with transaction(self.db):
            for case_id in uncounted:
                refresh_case(self.db, case_id)
        self.all_counted = not uncounted

    def _settle(self, work: Work, stage: Stage, *, is_up: bool) -> None:
        attempt = work.attempt or ""
        result = find_result(self.originals, attempt)
        if result is not None:
            self._end(work, attempt, stage, result)
            return
        standing = self.doorbell.standing(stage.queue, attempt) if is_up else Standing.UNKNOWN
        swallowed = self._was_swallowed(attempt, standing)
        if standing in (Standing.WAITING, Standing.RUNNING):
            self._extend(work, stage)
        elif standing in (Standing.FAILED, Standing.LOST) or swallowed or self._is_overdue(work):
            self._give_up(work, attempt, stage)

    def _extend(self, work: Work, stage: Stage) -> None:
        """Well before the lease ends: an attempt that begins just then must not be taken for overdue."""
        now = self.now()
        if work.lease_until is None or work.lease_until - now < stage.lease / 2:
            with transaction(self.db):
                extend_lease(self.db, work.id, until=now + stage.lease)

    def _is_overdue(self, work: Work) -> bool:
        return work.lease_until is None or work.lease_until <= self.now()

    def _was_swallowed(self, attempt: str, standing: Standing) -> bool:
        """Whether Redis has not known the attempt for some sweeps and nobody began it.

        Redis was emptied, or a worker died with the job in its hand. An attempt that was begun may still be at work
        although Redis forgot it, so that one keeps its lease.
        """
        if standing is not Standing.GONE:
            self.gone_sweeps.pop(attempt, None)
            return False
        self.gone_sweeps[attempt] = self.gone_sweeps.get(attempt, 0) + 1
        return self.gone_sweeps[attempt] >= SWALLOWED_AFTER and not was_started(self.originals, attempt)

    def _end(self, work: Work, attempt: str, stage: Stage, result: bytes) -> None:
        """Fenced twice: the work must still be leased to this attempt, and a submission takes one reading only."""
        ending = self.endings[stage.name]
        checked = checked_result(ending, result)
        now = self.now()
        with transaction(self.db):
            if (leased := self._find_leased(work.id, attempt)) is not None:
                if checked is None:
                    log.warning("a result had no known shape", attempt=attempt)
                    self._owe_again(leased, stage, started=True, now=now)
                elif checked.failure:
                    self._fail(leased, stage, checked.failure, now=now)
                else:
                    ending.commit(self.db, leased, attempt, checked.record, now=now)
                    end_work(self.db, leased.id, WorkState.DONE, problem="", now=now)
                    ending.settle(self.db, leased, now=now)
        self._forget(attempt, stage)

    def _give_up(self, work: Work, attempt: str, stage: Stage) -> None:
        """The attempt is over without a result: owe the work again, or end it where it was begun too often."""
        started = was_started(self.originals, attempt)
        with transaction(self.db):
            if (leased := self._find_leased(work.id, attempt)) is not None:
                self._owe_again(leased, stage, started=started, now=self.now())
                log.warning("attempt given up", attempt=attempt, started=started)
        self._forget(attempt, stage)

    def _owe_again(self, work: Work, stage: Stage, *, started: bool, now: datetime) -> None:
        if owe_again(self.db, work.id, started=started) >= stage.most_starts:
            self._fail(work, stage, stage.given_up, now=now)

    def _fail(self, work: Work, stage: Stage, problem: str, *, now: datetime) -> None:
        ending = self.endings[stage.name]
        end_work(self.db, work.id, WorkState.FAILED, problem=problem, now=now)
        ending.fail(self.db, work, problem, now=now)
        ending.settle(self.db, work, now=now)

    def _find_leased(self, work_id: int, attempt: str) -> Work | None:
        """The work as it stands now, where this attempt holds it: a draft's may have become a request's meanwhile."""
        current = find_work(self.db, work_id)
        holds = current is not None and current.state is WorkState.LEASED and current.attempt == attempt
        return current if holds else None

    def _forget(self, attempt: str, stage: Stage) -> None:
        self.gone_sweeps.pop(attempt, None)
        self.doorbell.forget(stage.queue, attempt)
        forget_attempt(self.originals, attempt)

    def _ring_for_owed(self) -> bool:
        """Fill the window with the first stage. Others get one job for a worker, less what stands there already; what a
        person waits for gets one at any time.

        People wait for a reading and not for a drawing, and a queue is worked off in its order: a form that arrives
        must not find many slow drawings before it.
        """
        standing, window = 0, self.window
        for stage in PIPELINE:
            leased = len(load_work(self.db, WorkState.LEASED, stage=stage.name))
            standing += 0 if stage.is_waited_for else leased
            room = 1 - leased if stage.is_waited_for else window - standing
            for work in load_work(self.db, WorkState.OWED, stage=stage.name, limit=max(room, 0)):
                if not self._ring(work, stage):
                    return False
                standing += 0 if stage.is_waited_for else 1
            window = max(self.window // WINDOW_PER_WORKER, 1)
        return True

    def _ring(self, work: Work, stage: Stage) -> bool:
        """Lease first, then ring: a lease that nobody heard of runs out, but a job without a lease would be lost."""
        with transaction(self.db):
            current = find_work(self.db, work.id)
            if current is None or current.state is not WorkState.OWED:
                return True
            attempt = lease(self.db, work.id, until=self.now() + stage.lease)
        # A case uses the day it was received, and that day is London's.
        received_on = london_day(work.received_at).isoformat()
        try:
            self.doorbell.ring(
                stage.queue,
                stage.function,
                attempt,
                work.sha256,
                received_on,
                work.given_sha256,
                hand_over_words(self.db, self.originals),
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


def the_only_dispatcher(data: Path) -> AbstractContextManager[None]:
    """Hold the store's dispatcher lock; RefusedError where another process holds it."""
    return hold_lock(data / "dispatch.lock", "A dispatcher is already running for this data folder.")


def run(dispatcher: Dispatcher, keep_going: Callable[[], bool], sleep: Callable[[float], None] = time.sleep) -> None:
    """Sweep every second until told to stop; a sweep that fails is logged and tried again."""
    sweeps = 0
    while keep_going():
        try:
            dispatcher.sweep()
            if sweeps % TIDY_EVERY == 0:
                dispatcher.tidy()
        except DamagedError:
            raise
        except CaseworkError as problem:
            log.warning("sweep failed", problem=problem.public_message)
        sweeps += 1
        sleep(SWEEP_SECONDS)
