"""The doorbell: RQ on Redis, carrying ids to named functions and nothing else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import DeserializationError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from casework.errors import SettingError, UnavailableError
from service.log import place_of

# Everything that may ever be run for a job. Whoever can write to Redis can name a function; only these exist for us.
ALLOWED = frozenset({"service.jobs.read_original", "service.jobs.draw_original", "service.making.make_files"})
_RESULT_SECONDS = 60
_FAILURE_SECONDS = 24 * 3600
_MONITOR_SECONDS = 5
# RQ keeps a busy worker's key for its monitoring interval and a minute from each sign of life.
_SIGN_OF_LIFE_KEPT = _MONITOR_SECONDS + 60
_SILENT_SECONDS = 20
_NEVER_ENDS = -1
_FAILED = (JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED)


class JobFaultError(Exception):
    """A job ended with a fault: its kind and its line of code."""


class NamedJob(Job):
    """An RQ job that runs nothing but our named functions: no callbacks, and no calls to an address in the job."""

    @property
    def func(self) -> Callable[..., Any] | None:
        """The named function; PermissionError for any other name, before it is imported."""
        if self.func_name not in ALLOWED or self._instance is not None:
            raise PermissionError(f"{self.func_name!r} is not a function that a worker may run")
        return cast(Callable[..., Any] | None, super().func)

    def perform(self) -> Any:
        """Run the function; JobFaultError without the message of a fault, which RQ would keep in Redis and log."""
        try:
            return super().perform()
        except Exception as problem:  # noqa: BLE001 - the edge of the job
            raise JobFaultError(place_of(problem)) from None

    # RQ's workers ask the job for its callbacks by these names and would import whatever Redis says they are.
    @property
    def success_callback(self) -> None:
        """Never anything."""

    @property
    def failure_callback(self) -> None:
        """Never anything."""

    @property
    def stopped_callback(self) -> None:
        """Never anything."""

    def send_webhooks(self, *_: object, **__: object) -> None:
        """Never send anything."""


class Standing(StrEnum):
    """What Redis knows of an attempt. `lost` was begun by a worker that has not been heard of since."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"
    LOST = "lost"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Doorbell:
    """A connection to Redis and the rules by which work is rung for."""

    connection: Redis

    def ring(self, queue: str, function: str, attempt: str, *args: str, seconds: int) -> None:
        """Put attempt `attempt` into the queue once; UnavailableError where Redis is away."""
        try:
            self._queue(queue).enqueue_call(
                function,
                args=(attempt, *args),
                job_id=attempt,
                timeout=seconds,
                result_ttl=_RESULT_SECONDS,
                failure_ttl=_FAILURE_SECONDS,
                description=attempt,
            )
        except RedisError as problem:
            raise UnavailableError("Redis cannot be reached.") from problem

    def standing(self, queue: str, attempt: str) -> Standing:
        """What Redis knows of an attempt; `unknown` where Redis is away.

        A job that says it waits but is not in the queue's list was swallowed by a worker that died: it is gone.
        """
        try:
            job = self._fetch(attempt)
            if job is None:
                return Standing.GONE
            status = job.get_status(refresh=False)
            if status == JobStatus.QUEUED:
                return Standing.WAITING if attempt in self._queue(queue).get_job_ids() else Standing.GONE
            if status == JobStatus.STARTED:
                return Standing.RUNNING if self._is_alive(job) else Standing.LOST
            return Standing.FAILED if status in _FAILED else Standing.GONE
        except RedisError:
            return Standing.UNKNOWN

    def forget(self, queue: str, attempt: str) -> None:
        """Remove what Redis holds of an attempt, where it holds anything and is there."""
        with contextlib.suppress(RedisError):
            job = self._fetch(attempt)
            if job is not None:
                job.delete()
            else:
                self._queue(queue).remove(attempt)

    def work(self, queue: str, *, name: str, until_empty: bool = False) -> None:
        """Run one worker on one queue until it is told to stop, or until the queue is empty.

        One queue a worker: with two, RQ takes a job with a command that a dying worker loses for good. The short
        times let a job whose worker died be noticed within about a minute on a quiet system.
        """
        worker = Worker(
            [self._queue(queue)],
            name=name,
            connection=self.connection,
            job_class=NamedJob,
            serializer=JSONSerializer,
            worker_ttl=30,
            maintenance_interval=15,
            job_monitoring_interval=_MONITOR_SECONDS,
        )
        worker.work(with_scheduler=False, logging_level="WARNING", burst=until_empty)

    def check(self) -> None:
        """SettingError where this Redis would throw work away when it is full; UnavailableError where it is away."""
        try:
            policy = self.connection.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
        except RedisError as problem:
            if "unknown command" in str(problem) or "NOPERM" in str(problem):
                return
            raise UnavailableError("Redis cannot be reached at REDIS_URL.") from problem
        if policy != "noeviction":
            raise SettingError(f"Redis has maxmemory-policy {policy}; set it to noeviction, or it may drop work.")

    def is_up(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self.connection.ping())
        except RedisError:
            return False

    def _queue(self, name: str) -> Queue:
        return Queue(name, connection=self.connection, job_class=NamedJob, serializer=JSONSerializer)

    def _fetch(self, attempt: str) -> NamedJob | None:
        """The job of an attempt, or None where there is none or what stands in its place is no job of ours."""
        try:
            return cast(NamedJob, NamedJob.fetch(attempt, connection=self.connection, serializer=JSONSerializer))
        except (NoSuchJobError, DeserializationError, ValueError, TypeError, LookupError):
            return None

    def _is_alive(self, job: Job) -> bool:
        """Whether the worker that holds a started job has been heard of lately.

        Told from the time its key has left to live, which every sign of life sets anew: the clocks of the hosts need
        not agree then.
        """
        if not job.worker_name:
            return True
        left = int(self.connection.pttl(f"rq:worker:{job.worker_name}"))
        return left == _NEVER_ENDS or left > (_SIGN_OF_LIFE_KEPT - _SILENT_SECONDS) * 1000


def connect(url: str, *, timeout: float | None = 5.0) -> Doorbell:
    """A doorbell at `redis://`, `rediss://` or `unix://`; nothing is asked of Redis yet.

    No answer within `timeout` seconds counts as Redis being away; None lets a worker wait for work as long as RQ does.
    """
    return Doorbell(
        Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=5, health_check_interval=30),
    )


def wait_until_up(doorbell: Doorbell, seconds: float) -> bool:
    """Wait until Redis answers, at most `seconds`; whether it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if doorbell.is_up():
            return True
        time.sleep(0.05)
    return False
