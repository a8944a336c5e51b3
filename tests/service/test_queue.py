"""The doorbell: only named functions run, whatever Redis says; no callbacks, no calls to other addresses."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rq import Queue
from rq.job import Callback, Job
from rq.serializers import JSONSerializer

from casework.errors import SettingError, UnavailableError
from service.embedded import ROOT
from service.queue import Doorbell, Standing, connect

if TYPE_CHECKING:
    from tests.service.conftest import Service

Worker = Callable[[], "subprocess.CompletedProcess[str]"]
QUEUE = "formwright-read"
READ = "service.jobs.read_original"


def enqueue(doorbell: Doorbell, function: str, *args: object, **options: Any) -> None:
    """What anybody can do who can write to Redis: a plain RQ job, under the id `strange`."""
    queue = Queue(QUEUE, connection=doorbell.connection, serializer=JSONSerializer)
    queue.enqueue_call(function, args=args, job_id="strange", **options)


def test_a_function_that_is_not_named_is_refused_and_fails(
    service: Service, work_until_empty: Worker, tmp_path: Path
) -> None:
    enqueue(service.doorbell, "os.system", f"touch {tmp_path}/owned")
    work_until_empty()
    assert not (tmp_path / "owned").exists()
    assert service.doorbell.standing(QUEUE, "strange") is Standing.FAILED


def test_a_method_of_an_object_is_refused_even_under_a_named_function(
    service: Service, work_until_empty: Worker
) -> None:
    enqueue(service.doorbell, READ, "w9-a9", "0" * 64, "2026-11-23")
    data = json.dumps([READ, {"instance": True}, ["w9-a9"], {}]).encode()
    service.doorbell.connection.hset("rq:job:strange", "data", data)
    work_until_empty()
    assert service.doorbell.standing(QUEUE, "strange") is Standing.FAILED


@pytest.mark.parametrize(("when", "day"), [("on_success", "2026-11-23"), ("on_failure", "no day")])
def test_a_callback_is_never_run(service: Service, blank: bytes, work_until_empty: Worker, when: str, day: str) -> None:
    service.hand_in(blank)
    [(digest,)] = service.rows("SELECT sha256 FROM originals")
    enqueue(service.doorbell, READ, "w1-a1", digest, day, **{when: Callback("builtins.print")})
    worker = work_until_empty()
    job = Job.fetch("strange", connection=service.doorbell.connection, serializer=JSONSerializer)
    assert job.get_status() == {"on_success": "finished", "on_failure": "failed"}[when]
    assert worker.stdout == ""


def test_no_address_in_a_job_is_ever_called(service: Service, blank: bytes, work_until_empty: Worker) -> None:
    service.hand_in(blank)
    [(digest,)] = service.rows("SELECT sha256 FROM originals")
    called: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            called.append(self.path)
            self.send_response(200)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            enqueue(service.doorbell, READ, "w1-a1", digest, "2026-11-23")
            hook = [{"url": f"http://127.0.0.1:{server.server_port}/", "job_status": "finished", "method": "POST"}]
            service.doorbell.connection.hset("rq:job:strange", "webhooks", json.dumps(hook))
            work_until_empty()
        finally:
            server.shutdown()
            thread.join()
    job = Job.fetch("strange", connection=service.doorbell.connection, serializer=JSONSerializer)
    assert [webhook.url for webhook in job.webhooks] == [hook[0]["url"]]
    assert job.get_status() == "finished"
    assert called == []


def test_a_pickle_in_the_queue_is_not_opened(service: Service, work_until_empty: Worker, tmp_path: Path) -> None:
    pickled = f"cposix\nsystem\n(S'touch {tmp_path}/owned'\ntR.".encode()
    enqueue(service.doorbell, READ, "w1-a1")
    service.doorbell.connection.hset("rq:job:strange", "data", pickled)
    work_until_empty()
    assert not (tmp_path / "owned").exists()


def test_arguments_are_words_and_no_objects(doorbell: Doorbell) -> None:
    with pytest.raises(TypeError):
        doorbell.ring(QUEUE, READ, "w1-a1", object(), seconds=5)  # type: ignore[arg-type]


def test_standing_of_an_attempt_that_was_never_rung_is_gone(doorbell: Doorbell) -> None:
    assert doorbell.standing(QUEUE, "w1-a1") is Standing.GONE


def test_an_attempt_waits_until_it_is_forgotten(doorbell: Doorbell) -> None:
    doorbell.ring(QUEUE, READ, "w1-a1", "0" * 64, seconds=5)
    assert doorbell.standing(QUEUE, "w1-a1") is Standing.WAITING
    doorbell.forget(QUEUE, "w1-a1")
    assert doorbell.standing(QUEUE, "w1-a1") is Standing.GONE
    assert doorbell.connection.llen(f"rq:queue:{QUEUE}") == 0


def test_redis_that_would_drop_work_is_refused(doorbell: Doorbell) -> None:
    doorbell.check()
    doorbell.connection.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(SettingError, match="allkeys-lru; set it to noeviction"):
            doorbell.check()
    finally:
        doorbell.connection.config_set("maxmemory-policy", "noeviction")


def test_redis_that_is_not_there_is_unavailable_and_its_attempts_unknown(tmp_path: Path) -> None:
    doorbell = connect(f"unix://{tmp_path}/nobody.sock")
    assert doorbell.is_up() is False
    assert doorbell.standing(QUEUE, "w1-a1") is Standing.UNKNOWN
    doorbell.forget(QUEUE, "w1-a1")
    with pytest.raises(UnavailableError):
        doorbell.check()
    with pytest.raises(UnavailableError):
        doorbell.ring(QUEUE, READ, "w1-a1", seconds=5)


def test_reading_needs_nothing_of_redis() -> None:
    """The doors stay importable where only reading is installed and no worker runs."""
    program = "import sys, extract.read; sys.exit('redis' in sys.modules or 'rq' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
