"""Whatever goes wrong, no log and no page about it says a word of what people wrote: T30."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from casework.form import FormLibrary
from service.embedded import ROOT
from service.isolate import READ_LIMITS, ChildFailedError, run_isolated
from service.jobs import read_safely
from service.log import line_handler
from service.pipeline import PIPELINE
from service.settings import load_settings
from service.web import build_app
from store.originals import keep_original
from tests.review.house import REVIEWER, House, build_house

if TYPE_CHECKING:
    from tests.service.conftest import Service

NAME = "Quenby Ashgrove"
SEEDED = ("quenby", "ashgrove")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(load_settings({"FORMWRIGHT_DATA": str(tmp_path / "var")}))


def said_in(text: str) -> list[str]:
    return [word for word in SEEDED if word in text.lower()]


def raises(problem: Exception) -> Callable[..., NoReturn]:
    """A door that ends in a fault whose message holds a name, with the name in a variable as well."""

    def door(*_: object, **__: object) -> NoReturn:
        name = NAME
        raise problem from LookupError(name)

    return door


FAULTS = {
    "a fault of ours": ValueError(f"no day: {NAME}"),
    "the database": sqlite3.IntegrityError(f"UNIQUE constraint failed: {NAME}"),
    "what is written": UnicodeEncodeError("ascii", NAME, 0, 1, "ordinal not in range"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_behind_a_page_is_told_by_its_kind_and_place(
    house: House, fault: str, capfd: pytest.CaptureFixture[str]
) -> None:
    app = build_app(dataclasses.replace(house.rooms, blank_form=raises(FAULTS[fault])), house.settings)
    answer = app.test_client().get("/forms/business-justification.docx", headers={"User-Agent": NAME})
    assert answer.status_code == 500
    assert said_in(answer.text) == []
    [line] = capfd.readouterr().err.splitlines()
    assert said_in(line) == []
    entry = json.loads(line)
    assert (entry["event"], entry["kind"]) == ("unexpected", type(FAULTS[fault]).__name__)
    assert "test_faults.py:" in entry["exception"]


def test_a_fault_in_a_template_and_in_the_page_about_it_is_told_as_barely(
    house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    case = house.send(title=f"Ask {NAME}")
    client = house.client(REVIEWER)
    assert said_in(client.get(f"/requests/{case.reference}").text)
    house.app.template_context_processors[None].append(raises(ValueError(f"a filter met {NAME}")))
    capfd.readouterr()
    answer = client.get(f"/requests/{case.reference}?search={NAME}")
    assert (answer.status_code, said_in(answer.text)) == (500, [])
    assert "Your work up to 10:42am is saved." in answer.text
    heard = capfd.readouterr()
    assert '"event": "unexpected"' in heard.err
    assert said_in(heard.out + heard.err) == []


def test_with_a_closed_log_the_page_is_the_same_and_nothing_is_said_elsewhere(
    house: House, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build_app(dataclasses.replace(house.rooms, blank_form=raises(ValueError(NAME))), house.settings)
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    answer = app.test_client().get("/forms/business-justification.docx")
    app.logger.error("Request finalizing failed", exc_info=ValueError(NAME))
    assert (answer.status_code, said_in(answer.text)) == (500, [])
    assert "Sorry, there is a problem with the service" in answer.text
    heard = capfd.readouterr()
    assert (heard.out, heard.err) == ("", "")


def test_what_flask_itself_says_of_a_fault_is_as_bare(house: House, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(NAME)
    except ValueError:
        house.app.logger.exception("Request finalizing failed with an error while handling an error")
        house.app.log_exception(sys.exc_info())
    finalizing, unexpected = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert (finalizing["event"], unexpected["event"]) == (
        "Request finalizing failed with an error while handling an error",
        "unexpected",
    )
    assert said_in(str([finalizing, unexpected])) == []


def test_a_line_that_cannot_be_made_is_not_printed_with_what_it_was_made_of(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logger = logging.getLogger("broken")
    logger.handlers, logger.propagate = [line_handler()], False
    logger.warning("%d rows", NAME)
    [line] = capfd.readouterr().err.splitlines()
    assert json.loads(line) == {"event": "a line could not be made", "logger": "broken", "level": "error"}


def test_a_fault_in_a_worker_leaves_no_word_in_redis_or_in_its_log(
    service: Service, work_until_empty: Callable[[], subprocess.CompletedProcess[str]]
) -> None:
    queue = PIPELINE[0].queue
    # No day can be read out of a name: a real fault, in the real function, whose message quotes the name.
    original = keep_original(service.settings.originals, b"%PDF-1.7")
    service.doorbell.ring(queue, "service.jobs.read_original", "w9-a1", original, NAME, seconds=30)
    worked = work_until_empty()
    assert "JobFaultError: ValueError in jobs.py" in worked.stderr
    assert said_in(worked.stdout + worked.stderr) == []
    redis: Redis = service.doorbell.connection
    result = Job.fetch("w9-a1", connection=redis, serializer=JSONSerializer).latest_result()
    assert result is not None
    assert "JobFaultError" in str(result.exc_string)
    assert said_in(str(result.exc_string)) == []


def test_a_crash_in_a_child_names_its_line_alone(library: FormLibrary, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ChildFailedError) as crash:
        run_isolated(raises(ValueError(NAME)), READ_LIMITS)
    assert crash.value.where.startswith("ValueError in test_faults.py, line ")
    [reading] = read_safely(f"%PDF-1.7 {NAME}".encode(), None, library=library)  # type: ignore[arg-type]
    assert reading.problem is not None
    heard = capfd.readouterr()
    assert said_in(str(reading.problem) + heard.out + heard.err) == []


PROGRAMS = {
    "a process": "raise ValueError(name)",
    "a thread": "import threading; t = threading.Thread(target=lambda: int(name)); t.start(); t.join()",
    "an object that is thrown away": "class Odd:\n    def __del__(self): int(name)\nOdd()",
    "the web server": (
        "import logging\nserver = logging.getLogger('gunicorn.error')\n"
        "try: int(name)\nexcept ValueError: server.exception('Error handling request %s', '/requests?search=Quenby+A')"
    ),
}


@pytest.mark.parametrize("where", PROGRAMS)
def test_what_nobody_caught_is_one_line_without_its_message(where: str) -> None:
    program = (
        "import logging, sys\n"
        "logging.getLogger('gunicorn.error').addHandler(logging.StreamHandler(sys.stderr))\n"
        "from service.log import set_up_log; set_up_log()\n"
        f"name = '{NAME}'\n{PROGRAMS[where]}"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False, text=True)
    [line] = done.stderr.splitlines()
    assert said_in(line + done.stdout) == []
    assert json.loads(line)["exception"].endswith("ValueError")
