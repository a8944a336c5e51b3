"""What people ask to have made: made by a worker, kept once however it dies, refused where the record moved on."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from casework.lifecycle import UserRole
from casework.schedule import Editing
from service.library import load_library
from service.making import make
from service.pipeline import PIPELINE
from service.schedules import schedule_doors
from service.templates import template_doors
from store.commissions import MAKE, Commission, CommissionState, load_commission, load_order
from store.database import transaction
from store.originals import keep_result, mark_started
from store.people import add_person
from store.schedules import load_issues
from tests.builders_docx import make_docx

if TYPE_CHECKING:
    from tests.service.conftest import Service

Worker = Callable[[], "subprocess.CompletedProcess[str]"]
(STAGE,) = (stage for stage in PIPELINE if stage.name == MAKE)


def a_publisher(service: Service) -> int:
    with transaction(service.db):
        return add_person(
            service.db, email="m@example.nhs.uk", name="Marcus", password_hash="", roles=[UserRole.PUBLISHER]
        )


@pytest.fixture
def asked(service: Service) -> int:
    """A schedule that was asked for: the commission's number."""
    doors = schedule_doors(service.settings)
    found = doors.commission(
        service.db, "2026-Q4", Editing(), draft=0, person_id=a_publisher(service), now=service.clock()
    )
    assert isinstance(found, int)
    return found


def files_of(service: Service, commission_id: int) -> bytes:
    """What a worker hands back."""
    order = load_order(service.settings.originals, load_commission(service.db, commission_id).sha256)
    return make(order, service.settings.originals, library=load_library(), lay_out=lambda word: None)


def now(service: Service, commission_id: int) -> Commission:
    return load_commission(service.db, commission_id)


def test_a_template_with_a_fault_comes_back_from_a_worker_with_its_place(
    service: Service, work_until_empty: Worker
) -> None:
    number = template_doors(service.settings).commission(
        service.db, "letter", make_docx("Fine", "{{ titel }}"), name="ours.docx", reason="Ours", seen=0,
        person_id=a_publisher(service), now=service.clock(),
    )  # fmt: skip
    service.dispatcher.sweep()
    work_until_empty()
    assert service.dispatcher.sweep() == 0
    tried = now(service, number)
    assert tried.state is CommissionState.REFUSED
    assert tried.outcome["faults"][0][0] == "Paragraph 2"
    assert service.rows("SELECT count(*) FROM edited_texts") == [(0,)]


def test_an_attempt_that_died_half_way_leaves_nothing_and_a_late_result_no_second_issue(
    service: Service, asked: int
) -> None:
    service.dispatcher.sweep()
    mark_started(service.settings.originals, "w1-a1")
    service.doorbell.connection.flushall()
    service.clock.forward(seconds=STAGE.lease.total_seconds() + 1)
    service.dispatcher.sweep()
    assert load_issues(service.db) == []
    assert service.rows("SELECT state, starts, attempt FROM work") == [("leased", 1, "w1-a2")]
    made = files_of(service, asked)
    for attempt in ("w1-a2", "w1-a1"):
        keep_result(service.settings.originals, attempt, made)
        service.dispatcher.sweep()
    assert [issue.version for issue in load_issues(service.db)] == ["1.0"]
    assert now(service, asked).outcome == {"issue": 1}
    assert service.rows("SELECT count(*) FROM events WHERE kind = 'schedule-issued'") == [(1,)]


def test_after_three_deaths_the_person_reads_what_to_do_and_can_ask_again(service: Service, asked: int) -> None:
    for attempt in ("w1-a1", "w1-a2", "w1-a3"):
        service.dispatcher.sweep()
        mark_started(service.settings.originals, attempt)
        service.doorbell.connection.flushall()
        service.clock.forward(seconds=STAGE.lease.total_seconds() + 1)
    service.dispatcher.sweep()
    assert now(service, asked).state is CommissionState.REFUSED
    assert now(service, asked).problem == STAGE.given_up
    doors = schedule_doors(service.settings)
    again = doors.commission(service.db, "2026-Q4", Editing(), draft=0, person_id=1, now=service.clock())
    assert again != asked


def test_it_is_rung_for_although_many_forms_wait(service: Service, asked: int) -> None:
    for number in range(6):
        service.hand_in(b"form %d" % number)
    service.dispatcher.sweep()
    standing = "SELECT stage, count(*) FROM work WHERE state = 'leased' GROUP BY stage"
    assert service.rows(standing) == [(MAKE, 1), ("read", 4)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"word": "../../etc/passwd"},
        {"pdf": None},
        {"pages": ["one"]},
        {"faults": []},
        {"faults": [["Paragraph 1"]]},
    ],
)
def test_what_has_another_shape_is_not_taken(service: Service, asked: int, wrong: dict[str, object]) -> None:
    service.dispatcher.sweep()
    made = {**json.loads(files_of(service, asked)), **wrong}
    keep_result(service.settings.originals, "w1-a1", json.dumps(made).encode())
    service.dispatcher.sweep()
    assert now(service, asked).state is CommissionState.MAKING
    assert load_issues(service.db) == []
