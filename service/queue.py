"""The doorbell: RQ on Redis, carrying ids to named functions and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from casework.errors import SettingError, UnavailableError

# Everything that may ever be run for a job. Whoever can write to Redis can name a function; only these exist for us.
ALLOWED = frozenset({"service.jobs.read_original"})
_RESULT_SECONDS = 60
_FAILURE_SECONDS = 24 * 3600


class NamedJob(Job):
    """An RQ job that runs nothing but our named functions, and no callbacks."""

    @property
    def func(self) -> Callable[..., Any] | None:
        """The named function; PermissionError for any other name, before it is imported."""
        if self.func_name not in ALLOWED or self._instance is not None:
            raise PermissionError(f"{self.func_name!r} is not a function that a worker may run")
        return cast(Callable[..., Any] | None, super().func)

    def execute_success_callback(self, *_: object, **__: object) -> None:
        """Callbacks are functions by name too: none is ever run."""

    def execute_failure_callback(self, *_: object, **__: object) -> None:
        """Callbacks are functions by name too: none is ever run."""

    def execute_stopped_callback(self, *_: object, **__: object) -> None:
        """Callbacks are functions by name too: none is ever run."""


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

    def standing(self, queue: str, attempt: str) -> str:
        """What Redis knows of an attempt: `waiting`, `running`, `failed`, or `gone`; UnavailableError where it is away.

        A job that says it waits but is not in the queue's list was swallowed by a worker that died: it is gone.
        """
        try:
            job = NamedJob.fetch(attempt, connection=self.connection, serializer=JSONSerializer)
            status = job.get_status()
            if status == JobStatus.QUEUED:
                return "waiting" if attempt in self._queue(queue).get_job_ids() else "gone"
            if status == JobStatus.STARTED:
                return "running" if self._is_alive(job) else "gone"
            return "failed" if status in (JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED) else "gone"
        except NoSuchJobError:
            return "gone"
        except RedisError as problem:
            raise UnavailableError("Redis cannot be reached.") from problem

    def forget(self, queue: str, attempt: str) -> None:
        """Remove what Redis holds of an attempt, where it holds anything."""
        try:
            job = NamedJob.fetch(attempt, connection=self.connection, serializer=JSONSerializer)
            job.delete()
        except (NoSuchJobError, RedisError):
            return

    def work(self, queue: str, *, name: str) -> bool:
        """Run one worker on one queue until it is told to stop; True after a clean stop.

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
            job_monitoring_interval=5,
        )
        return bool(worker.work(with_scheduler=False, logging_level="WARNING"))

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

    def _is_alive(self, job: Job) -> bool:
        """Whether the worker that holds a started job has been heard of lately."""
        if not job.worker_name:
            return True
        return bool(self.connection.exists(f"rq:worker:{job.worker_name}"))


def connect(url: str) -> Doorbell:
    """A doorbell at `redis://`, `rediss://` or `unix://`; nothing is asked of Redis yet."""
    connection = Redis.from_url(url, socket_connect_timeout=5, health_check_interval=30)
    return Doorbell(connection)


def wait_until_up(doorbell: Doorbell, seconds: float) -> bool:
    """Wait until Redis answers, at most `seconds`; whether it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if doorbell.is_up():
            return True
        time.sleep(0.05)
    return False
