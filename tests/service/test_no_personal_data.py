"""Names and addresses of a form stand in the database and on its pages: in no log, Redis or address of a page."""

from __future__ import annotations

import logging
import re
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from casework.form import FormLibrary
from outputs.blank import fill_blank
from service.log import set_up_log, shape_log
from service.settings import load_settings
from tests.review.house import REVIEWER, a_file, a_reading, build_house, post, send_form

if TYPE_CHECKING:
    from tests.service.conftest import Service

NAME, ADDRESS, JOB = "Quenby Ashgrove", "quenby.ashgrove@marlowe.example.nhs.uk", "Keeper of Rota Books"
SEEDED = ("quenby", "ashgrove", "marlowe", "rota books")
_LINK = re.compile(r'(?:href|src|action)="([^"]*)"')


@pytest.fixture(autouse=True)
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The log as the processes write it, to where the test hears it."""
    set_up_log()
    yield
    shape_log()
    logging.getLogger().handlers.clear()


def said_in(text: str) -> list[str]:
    """Which of the seeded words stand in a text."""
    return [word for word in SEEDED if word in text.lower()]


def everything_in(redis: Redis) -> str:
    """Every key and value in Redis, unpacked."""
    found: list[object] = []
    for key in redis.keys("*"):
        kind = redis.type(key)
        found.append(key)
        if kind == b"string":
            found.append(redis.get(key))
        elif kind == b"hash":
            found += [part for pair in redis.hgetall(key).items() for part in pair]
        elif kind == b"list":
            found += redis.lrange(key, 0, -1)
        elif kind == b"set":
            found += redis.smembers(key)
        elif kind == b"zset":
            found += redis.zrange(key, 0, -1)
        elif kind == b"stream":
            found.append(repr(redis.xrange(key)))
    return "\n".join(_text(value) for value in found)


def _text(value: object) -> str:
    data = value if isinstance(value, bytes) else str(value).encode()
    with suppress(zlib.error):
        data = zlib.decompress(data)
    return data.decode("utf-8", "replace")


def test_a_form_is_read_without_a_persons_word_in_redis_or_in_a_log(
    service: Service,
    library: FormLibrary,
    work_until_empty: Callable[[], subprocess.CompletedProcess[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    answers = {"requester_name": NAME, "email": ADDRESS, "job_title": JOB, "title": f"Ask {NAME}"}
    service.hand_in(fill_blank(library.form("business-justification"), library, answers), f"{NAME}.docx")
    service.dispatcher.sweep()
    redis = service.doorbell.connection
    rung = everything_in(redis)
    worked = work_until_empty()
    done = everything_in(redis)
    service.dispatcher.sweep()
    assert said_in(str(service.rows("SELECT record FROM readings"))) == list(SEEDED)
    assert "w1-a1" in rung
    assert said_in(rung) == said_in(done) == said_in(everything_in(redis)) == []
    assert said_in(worked.stdout + worked.stderr) == []
    heard = capsys.readouterr()
    assert said_in(heard.out + heard.err) == []


def test_no_address_of_a_page_names_anybody(tmp_path: Path) -> None:
    house = build_house(load_settings({"FORMWRIGHT_DATA": str(tmp_path / "var")}))
    sent = send_form(house.client(), a_file(), f"{NAME}.pdf", email=ADDRESS)
    token = sent.request.path.rsplit("/", 1)[1]
    case = house.read(token, a_reading(title=f"Ask {NAME}", benefits=f"{JOB} saves an hour.", unplaced=ADDRESS))
    staff, sender = house.client(REVIEWER), house.client()
    own = post(sender, "/track", page="/track", reference=case.reference, email=ADDRESS)
    assert said_in(str(own.location)) == []
    for client, address in (
        (staff, "/queue"),
        (staff, f"/requests/{case.reference}"),
        (staff, f"/requests/{case.reference}/history"),
        (staff, "/manage/arrivals"),
        (sender, f"/track/{token}"),
        (sender, f"/sent/{token}"),
    ):
        text = client.get(address).text
        assert said_in(text), address
        assert [link for link in _LINK.findall(text) if said_in(link)] == [], address
