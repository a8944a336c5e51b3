"""The dispatcher: nothing is lost and nothing happens twice, whatever Redis, workers and results do."""

from __future__ import annotations

import json
import subprocess
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casework.errors import RefusedError
from casework.form import FormLibrary
from casework.lifecycle import UserRole
from casework.model import Arrival, ErrorCode, FileKind, Reading, ReadingProblem
from casework.reading_json import reading_to_record
from intake.receive import open_draft, send_draft
from outputs.blank import fill_blank
from review.decide import Act, read_again
from service.dispatch import the_only_dispatcher
from service.pipeline import NOT_READ_SAFELY, PIPELINE
from service.queue import Standing, connect
from store.cases import load_case
from store.database import transaction
from store.originals import find_attempts, keep_result, load_original, mark_started
from store.pages import find_pages
from store.people import add_person, find_person
from store.work import WorkState, load_work

if TYPE_CHECKING:
    from tests.service.conftest import Service

Worker = Callable[[], "subprocess.CompletedProcess[str]"]

QUEUE = "formwright-read"
WORK = "SELECT state, starts, attempt FROM work"


def a_result(code: ErrorCode | None = ErrorCode.ENCRYPTED) -> bytes:
    """What a worker hands back for a file with this problem, or for a form."""
    problem = ReadingProblem(code, "It needs a password.") if code else None
    reading = Reading("0" * 64, FileKind.DOCX, form=None if code else "business-justification", problem=problem)
    return json.dumps({"readings": [reading_to_record(reading)]}).encode()


def sweeps(service: Service, times: int) -> None:
    for _ in range(times):
        service.dispatcher.sweep()


def test_a_form_is_rung_for_read_and_committed_once(service: Service, blank: bytes, work_until_empty: Worker) -> None:
    service.hand_in(blank)
    assert service.dispatcher.sweep() == 1
    assert service.rows(WORK) == [("leased", 0, "w1-a1")]

    work_until_empty()
    assert service.dispatcher.sweep() == 1

    assert service.rows("SELECT stage, state, starts FROM work") == [("read", "done", 0), ("render", "leased", 0)]
    assert service.rows("SELECT submission_id, attempt FROM readings") == [(1, "w1-a1")]
    assert service.rows("SELECT kind FROM events ORDER BY number") == [
        ("received",),
        ("receipt-issued",),
        ("form-read",),
    ]
    assert service.rows("SELECT status, form FROM cases") == [("new", "business-justification")]
    assert find_attempts(service.settings.originals) == []


def test_what_was_read_is_drawn_next_with_its_answers_on_the_pages(
    service: Service, library: FormLibrary, work_until_empty: Worker
) -> None:
    service.hand_in(fill_blank(library.forms[0], library, {"title": "Show the study leave balance"}))
    for _ in range(2):
        service.dispatcher.sweep()
        work_until_empty()
    assert service.dispatcher.sweep() == 0
    pages = find_pages(service.db, 1)
    assert pages is not None
    picture = load_original(service.settings.originals, pages.pages[0].picture)
    assert picture[:4] == b"RIFF"
    (title,) = [mark for mark in pages.of_form(None) if mark.field == "title"]
    assert title.page == 1
    assert "Show the study leave balance" in pages.pages[0].text


def test_a_file_that_cannot_be_drawn_changes_nothing_for_its_case(service: Service, blank: bytes) -> None:
    service.hand_in(blank)
    service.dispatcher.sweep()
    keep_result(service.settings.originals, "w1-a1", a_result(None))
    service.dispatcher.sweep()
    keep_result(service.settings.originals, "w2-a1", b'{"failed": "LibreOffice is not installed."}')
    service.dispatcher.sweep()
    assert service.rows("SELECT state, problem FROM work WHERE stage = 'render'") == [
        ("failed", "LibreOffice is not installed.")
    ]
    assert service.rows("SELECT status FROM cases") == [("new",)]


@pytest.mark.parametrize(
    "record",
    [
        {"pages": [], "forms": [[{"field": "title", "page": 1, "box": [0, 0, 1, 1]}]]},
        {"pages": [{"width": 1, "height": 1, "picture": "../../etc/passwd", "text": ""}], "forms": []},
        {"pages": [{"width": 1, "height": 1, "picture": "0" * 64, "text": ""}], "forms": [[{"field": "x"}]]},
        {"readings": []},
    ],
)
def test_pages_of_another_shape_are_not_taken(service: Service, blank: bytes, record: dict[str, object]) -> None:
    service.hand_in(blank)
    service.dispatcher.sweep()
    keep_result(service.settings.originals, "w1-a1", a_result(None))
    service.dispatcher.sweep()
    keep_result(service.settings.originals, "w2-a1", json.dumps(record).encode())
    service.dispatcher.sweep()
    assert find_pages(service.db, 1) is None


def test_no_more_than_the_window_stands_in_redis(service: Service) -> None:
    for number in range(6):
        service.hand_in(b"form %d" % number)
    sweeps(service, 2)
    assert service.doorbell.connection.llen(f"rq:queue:{QUEUE}") == 4
    assert service.rows("SELECT state, count(*) FROM work GROUP BY state") == [("leased", 4), ("owed", 2)]


def test_nothing_is_drawn_while_as_many_forms_wait_to_be_read_as_there_are_workers(
    service: Service, blank: bytes
) -> None:
    for number in range(6):
        service.hand_in(blank + b" " * number)
    service.dispatcher.sweep()
    standing = "SELECT stage, count(*) FROM work WHERE state = 'leased' GROUP BY stage"
    for number, expected in ((1, 4), (2, 4), (3, 3), (4, 2), (5, 1)):
        keep_result(service.settings.originals, f"w{number}-a1", a_result(None))
        service.dispatcher.sweep()
        assert service.rows(standing) == [("read", expected)]
    keep_result(service.settings.originals, "w6-a1", a_result(None))
    service.dispatcher.sweep()
    assert service.rows(standing) == [("render", 1)]


def test_redis_holds_ids_and_the_day_and_none_of_the_senders_words(
    service: Service, blank: bytes, work_until_empty: Worker
) -> None:
    service.hand_in(blank, name="Ann Lee secret.docx")
    service.dispatcher.sweep()
    held = everything_in(service)
    work_until_empty()
    held += everything_in(service)
    for word in (b"ann.lee", b"Ann Lee", b"secret", b"Business Justification", b"ESR-2026"):
        assert word not in held


def everything_in(service: Service) -> bytes:
    connection = service.doorbell.connection
    held = b""
    for key in connection.keys("*"):
        kind = connection.type(key)
        value = {
            b"hash": lambda key: connection.hgetall(key),
            b"list": lambda key: connection.lrange(key, 0, -1),
            b"set": lambda key: connection.smembers(key),
            b"zset": lambda key: connection.zrange(key, 0, -1),
            b"stream": lambda key: connection.xrange(key),
            b"string": lambda key: connection.get(key),
        }[kind](key)
        held += key + repr(value).encode()
    assert held
    return held


def test_the_day_of_receipt_is_londons(service: Service) -> None:
    service.clock.moment = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    service.hand_in(b"late on a summer evening")
    service.dispatcher.sweep()
    data = service.doorbell.connection.hget("rq:job:w1-a1", "data")
    assert b"2026-07-02" in zlib.decompress(data)


def test_an_emptied_redis_is_rung_again_within_a_few_sweeps_and_no_start_is_counted(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    service.doorbell.connection.flushall()
    sweeps(service, 3)
    assert service.rows(WORK) == [("leased", 0, "w1-a2")]
    assert service.doorbell.standing(QUEUE, "w1-a2") is Standing.WAITING


def test_a_job_swallowed_by_a_dying_worker_is_rung_again(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    service.doorbell.connection.lpop(f"rq:queue:{QUEUE}")
    sweeps(service, 3)
    assert service.rows(WORK) == [("leased", 0, "w1-a2")]


def test_an_attempt_that_was_begun_keeps_its_lease_although_redis_forgot_it(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    mark_started(service.settings.originals, "w1-a1")
    service.doorbell.connection.flushall()
    sweeps(service, 5)
    assert service.rows(WORK) == [("leased", 0, "w1-a1")]

    service.clock.forward(seconds=61)
    service.dispatcher.sweep()
    assert service.rows(WORK) == [("leased", 1, "w1-a2")]


def test_a_waiting_job_keeps_its_lease_for_as_long_as_it_waits(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    for _ in range(10):
        service.clock.forward(seconds=40)
        service.dispatcher.sweep()
    assert service.rows(WORK) == [("leased", 0, "w1-a1")]


def test_a_job_that_begins_at_the_end_of_its_lease_has_time_to_run(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    service.clock.forward(seconds=59)
    service.dispatcher.sweep()
    service.clock.forward(seconds=2)
    begun(service, "w1-a1", alive_seconds=65)
    service.dispatcher.sweep()
    assert service.rows(WORK) == [("leased", 0, "w1-a1")]


def begun(service: Service, attempt: str, *, alive_seconds: int) -> None:
    """What Redis holds when a worker has begun `attempt` and its last sign of life counts `alive_seconds` more."""
    connection = service.doorbell.connection
    mark_started(service.settings.originals, attempt)
    connection.lrem(f"rq:queue:{QUEUE}", 0, attempt)
    connection.hset(f"rq:job:{attempt}", mapping={"status": "started", "worker_name": "w"})
    connection.hset("rq:worker:w", "birth", "")
    connection.expire("rq:worker:w", alive_seconds)


def test_a_worker_that_is_silent_for_twenty_seconds_loses_its_attempt(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    begun(service, "w1-a1", alive_seconds=46)
    service.dispatcher.sweep()
    assert service.rows(WORK) == [("leased", 0, "w1-a1")]

    begun(service, "w1-a1", alive_seconds=44)
    service.dispatcher.sweep()
    assert service.rows(WORK) == [("leased", 1, "w1-a2")]


def test_a_poison_file_is_begun_three_times_and_then_shown_to_a_person(service: Service) -> None:
    service.hand_in(b"poison")
    for attempt in range(1, 4):
        service.dispatcher.sweep()
        mark_started(service.settings.originals, f"w1-a{attempt}")
        service.doorbell.connection.hset(f"rq:job:w1-a{attempt}", "status", "failed")
    sweeps(service, 3)
    assert service.rows("SELECT state, starts, problem FROM work") == [("failed", 3, NOT_READ_SAFELY)]
    assert service.rows("SELECT status FROM cases") == [("unreadable",)]
    assert service.rows("SELECT kind FROM events ORDER BY number DESC LIMIT 1") == [("reading-failed",)]
    assert find_attempts(service.settings.originals) == []


def test_a_case_that_a_person_has_read_again_is_never_stuck(service: Service) -> None:
    """It fails, a person asks again, and it turns out to be no form; asked again, the answer comes again."""
    service.hand_in(b"poison")
    with transaction(service.db):
        number = add_person(service.db, email="r@example.nhs.uk", name="R", password_hash="", roles=[UserRole.REVIEWER])
    person = find_person(service.db, number)
    assert person is not None
    for attempt in range(1, 4):
        service.dispatcher.sweep()
        mark_started(service.settings.originals, f"w1-a{attempt}")
        service.doorbell.connection.hset(f"rq:job:w1-a{attempt}", "status", "failed")
    service.dispatcher.sweep()
    for again in (2, 3):
        version = load_case(service.db, 1).version
        read_again(service.db, Act(1, person, version, service.clock()))
        assert load_case(service.db, 1).status == "reading"
        service.dispatcher.sweep()
        keep_result(service.settings.originals, f"w{again}-a1", a_result())
        service.dispatcher.sweep()
        assert load_case(service.db, 1).status == "unreadable"


def test_pushes_that_nobody_began_never_end_the_work(service: Service) -> None:
    service.hand_in(b"form")
    for _ in range(30):
        service.dispatcher.sweep()
        service.doorbell.connection.flushall()
    [(state, starts, _)] = service.rows(WORK)
    assert (state, starts) == ("leased", 0)


def test_the_same_result_twice_is_one_reading_and_one_event(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    keep_result(service.settings.originals, "w1-a1", a_result())
    [work] = load_work(service.db, WorkState.LEASED)
    service.dispatcher.sweep()
    keep_result(service.settings.originals, "w1-a1", a_result(ErrorCode.CORRUPT))
    service.dispatcher._settle(work, PIPELINE[0], is_up=True)
    assert service.rows("SELECT count(*) FROM readings") == [(1,)]
    assert service.rows("SELECT count(*) FROM events WHERE kind = 'form-read'") == [(1,)]
    assert '"encrypted"' in str(service.rows("SELECT record FROM readings"))


def test_a_late_result_of_an_attempt_that_was_given_up_changes_nothing_and_is_removed(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    service.doorbell.connection.flushall()
    sweeps(service, 3)
    keep_result(service.settings.originals, "w1-a1", a_result())
    service.dispatcher.sweep()
    assert service.rows(WORK) == [("leased", 0, "w1-a2")]
    assert service.rows("SELECT count(*) FROM readings") == [(0,)]

    service.dispatcher.tidy()
    assert find_attempts(service.settings.originals) == []


def test_a_result_is_committed_only_for_the_attempt_that_holds_the_lease(service: Service) -> None:
    """As seen by a sweep that looked before the work went to another attempt."""
    service.hand_in(b"form")
    service.dispatcher.sweep()
    [seen_before] = load_work(service.db, WorkState.LEASED)
    service.doorbell.connection.flushall()
    sweeps(service, 3)
    keep_result(service.settings.originals, "w1-a1", a_result())
    service.dispatcher._settle(seen_before, PIPELINE[0], is_up=True)
    assert service.rows(WORK) == [("leased", 0, "w1-a2")]
    assert service.rows("SELECT count(*) FROM readings") == [(0,)]


@pytest.mark.parametrize(
    "result",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"readings": []}',
        b'{"readings": [{"kind": "docx", "answers": []}]}',
        b"[" * 100_000,
    ],
)
def test_a_result_without_the_shape_of_a_reading_counts_as_a_start(service: Service, result: bytes) -> None:
    service.hand_in(b"form")
    for attempt in range(1, 4):
        service.dispatcher.sweep()
        keep_result(service.settings.originals, f"w1-a{attempt}", result)
    service.dispatcher.sweep()
    assert service.rows("SELECT state, starts FROM work") == [("failed", 3)]


def test_a_damaged_original_is_shown_to_a_person_by_name_of_what_is_wrong(
    service: Service, blank: bytes, work_until_empty: Worker
) -> None:
    service.hand_in(blank)
    [(digest,)] = service.rows("SELECT sha256 FROM originals")
    stored = Path(service.settings.originals) / "originals" / str(digest)[:2] / str(digest)
    stored.write_bytes(b"flipped")
    service.dispatcher.sweep()
    work_until_empty()
    service.dispatcher.sweep()
    [(state, problem)] = service.rows("SELECT state, problem FROM work")
    assert (state, problem) == (
        "failed", f"The original {str(digest)[:12]} is not what was stored. Restore it from a backup.",
    )  # fmt: skip
    assert service.rows("SELECT status FROM cases") == [("unreadable",)]


def test_while_redis_is_away_forms_wait_and_results_are_still_collected(service: Service, tmp_path: Path) -> None:
    service.hand_in(b"first")
    service.dispatcher.sweep()
    service.dispatcher.doorbell = connect(f"unix://{tmp_path}/nobody.sock")
    service.hand_in(b"second")
    keep_result(service.settings.originals, "w1-a1", a_result())
    assert service.dispatcher.sweep() == 1
    assert service.dispatcher.ring_is_up is False
    assert service.rows("SELECT state, attempts FROM work ORDER BY id") == [("done", 1), ("owed", 0)]

    service.dispatcher.doorbell = service.doorbell
    service.dispatcher.sweep()
    assert service.dispatcher.ring_is_up is True
    assert service.rows("SELECT state, attempts FROM work ORDER BY id") == [("done", 1), ("leased", 1)]


def test_a_full_redis_leaves_the_form_owed(service: Service) -> None:
    service.hand_in(b"form")
    connection = service.doorbell.connection
    connection.config_set("maxmemory", "1kb")
    try:
        service.dispatcher.sweep()
        assert service.rows("SELECT state, starts FROM work") == [("owed", 0)]
        assert service.dispatcher.ring_is_up is False
    finally:
        connection.config_set("maxmemory", "0")
    service.dispatcher.sweep()
    assert service.rows("SELECT state, starts FROM work") == [("leased", 0)]


def test_garbage_in_the_place_of_a_job_costs_an_attempt_and_nothing_more(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    connection = service.doorbell.connection
    connection.hset("rq:job:w1-a1", mapping={"status": "no such status", "data": b"\x80garbage"})
    sweeps(service, 3)
    assert service.rows(WORK) == [("leased", 0, "w1-a2")]


def test_work_of_a_stage_that_this_version_does_not_know_is_left_alone(service: Service) -> None:
    service.hand_in(b"form")
    service.dispatcher.sweep()
    service.db.execute("UPDATE work SET stage = 'of-a-newer-version'")
    service.hand_in(b"second")
    service.clock.forward(hours=1)
    service.dispatcher.sweep()
    assert service.rows("SELECT state, attempt FROM work ORDER BY id") == [("leased", "w1-a1"), ("leased", "w2-a1")]


def test_an_old_attempt_in_redis_is_a_no_op_after_a_restore(
    service: Service, blank: bytes, work_until_empty: Worker
) -> None:
    service.hand_in(blank)
    service.dispatcher.sweep()
    dump = service.doorbell.connection.dump("rq:job:w1-a1")
    work_until_empty()
    service.dispatcher.sweep()
    service.doorbell.connection.restore("rq:job:w1-a1", 0, dump)
    service.doorbell.connection.rpush(f"rq:queue:{QUEUE}", "w1-a1")
    work_until_empty()
    service.dispatcher.sweep()
    service.dispatcher.tidy()
    assert service.rows("SELECT count(*) FROM readings") == [(1,)]
    assert service.rows("SELECT count(*) FROM events WHERE kind = 'form-read'") == [(1,)]
    assert find_attempts(service.settings.originals) == []


def test_a_data_folder_has_one_dispatcher(tmp_path: Path) -> None:
    with (
        the_only_dispatcher(tmp_path),
        pytest.raises(RefusedError, match="already running"),
        the_only_dispatcher(tmp_path),
    ):
        pass
    with the_only_dispatcher(tmp_path):
        pass


def test_a_result_for_an_upload_that_was_sent_meanwhile_goes_to_its_request(service: Service) -> None:
    """As seen by a sweep that looked before the sender pressed Send."""
    draft, _ = open_draft(
        Arrival(b"%PDF-1.7 form", "form.pdf", "upload", "ann.lee@example.nhs.uk"),
        db=service.db,
        originals=service.settings.originals,
        now=service.clock(),
        limit_bytes=1000,
        hand_in_key="k" * 20,
    )
    assert draft is not None
    service.dispatcher.sweep()
    [seen_before] = load_work(service.db, WorkState.LEASED)
    keep_result(service.settings.originals, "w1-a1", a_result())
    send_draft(
        service.db,
        draft.token,
        originals=service.settings.originals,
        now=service.clock(),
        receipt_text=lambda reference, name, _: (reference, name),
    )
    service.dispatcher._settle(seen_before, PIPELINE[0], is_up=True)
    assert service.rows("SELECT submission_id FROM readings") == [(1,)]
    assert service.rows("SELECT count(*) FROM work WHERE stage = 'read' AND state <> 'done'") == [(0,)]
