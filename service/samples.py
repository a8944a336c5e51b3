"""Loads the sample requests through the real intake, queue and worker, and decides some of them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlite_utils import Database

from casework.errors import RefusedError, UnavailableError
from casework.impact import Impact, Judgement, Priority
from casework.lifecycle import REVIEWING, Decision, Status, path_of, state_of
from casework.lifecycle import Path as CasePath
from casework.model import Arrival
from casework.period import parse_quarter, quarter_of
from casework.promise import Calendar
from casework.reference import parse_reference
from intake.receive import READ
from outputs.letter import build_acknowledgement, build_decision, build_information_request, build_release
from review import decide
from service.calendars import calendar_of
from service.clock import read_clock
from service.dispatch import the_only_dispatcher
from service.doors import add_account, receive_arrival, receive_saved_mail, shared_database
from service.embedded import ROOT, Keeper, embedded_redis, service_commands
from service.settings import Settings
from store.cases import CaseRow, load_case_by_reference, load_open_blockers
from store.database import transaction
from store.events import load_events
from store.people import Person, find_person_by_email
from store.releases import add_release, load_releases
from store.work import WorkState, count_by_state

SAMPLES = ROOT / "tests" / "samples"
REVIEWER = "reviewer@formwright.example"
APPROVER = "approver@formwright.example"
LEAD = "lead@formwright.example"
PUBLISHER = "publisher@formwright.example"
ADMINISTRATOR = "administrator@formwright.example"
AUDITOR = "auditor@formwright.example"
_ACCOUNTS = (
    (REVIEWER, "Asha Rahman", ("reviewer",)),
    (APPROVER, "Tom Beckett", ("reviewer", "approver")),
    (LEAD, "Nia Roberts", ("lead",)),
    (PUBLISHER, "Marcus Cole", ("publisher",)),
    (ADMINISTRATOR, "Grace Adeyemi", ("administrator",)),
    (AUDITOR, "Helen Marsh", ("auditor",)),
)
_DECISIONS = {"approved": Decision.APPROVE, "declined": Decision.DECLINE, "deferred": Decision.DEFER}
_SAMPLE_IMPACT = Impact(12_000, 15, 42_000, Judgement.GOOD, "Worked out with the Development Team")
_ON_HOLD_FOR = timedelta(days=91)
_LONGEST_WAIT = 300.0
_ENDINGS = (".docx", ".docm", ".pdf", ".doc", ".txt")


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample file and what is to be done with it: its expectations, `decide`, `reason` and `release` among them."""

    path: Path
    expected: dict[str, Any]


def find_samples(folder: Path) -> list[Sample]:
    """The sample forms below `folder`, each with its `.expected.json`, in order of path."""
    return [
        Sample(path, json.loads(path.with_name(f"{path.stem}.expected.json").read_text(encoding="utf-8")))
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in _ENDINGS and path.with_name(f"{path.stem}.expected.json").is_file()
    ]


def load_samples(settings: Settings, folder: Path | None = None) -> None:
    """Take every sample in, wait until all are read, then decide and allocate some. Safe to run again."""
    samples = find_samples(folder or SAMPLES)
    if not samples:
        raise RefusedError(f"There are no sample forms in {folder or SAMPLES}.")
    if settings.mail.relay or settings.mail.mailboxes:
        raise RefusedError(
            "Samples are not loaded where mail is set up: letters would go to addresses made up in them."
        )
    db = shared_database(settings)
    settings.samples_unfinished.touch()
    _add_accounts(settings, db)
    with _something_that_reads(settings):
        references = {}
        for sample in samples:
            arrival = Arrival(sample.path.read_bytes(), sample.path.name, "upload", _sender(sample))
            receipt = receive_arrival(settings, db, arrival)
            references[sample.path] = receipt.reference or parse_reference(receipt.message) or ""
        for path in sorted((folder or SAMPLES).rglob("*.eml")):
            receive_saved_mail(settings, db, path.read_bytes())
        _wait_until_read(db)
    _add_releases(db, samples)
    for sample in samples:
        _act_on(settings, db, load_case_by_reference(db, references[sample.path]), sample.expected)
    settings.samples_unfinished.unlink()
    click.echo(f"{len(samples)} sample requests are loaded.")


def _add_accounts(settings: Settings, db: Database) -> None:
    """Accounts to try the service with, where they are not there; the password is this installation's own.

    The password is written down first: an account that nobody can use would be worse than a note about none.
    """
    if all(find_person_by_email(db, email) for email, _, _ in _ACCOUNTS):
        return
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    lines = [f"  {email}  ({', '.join(roles)})" for email, _, roles in _ACCOUNTS]
    settings.demo_sign_in.touch(mode=0o600)
    settings.demo_sign_in.write_text("\n".join(["Sign in as one of", *lines, f"with the password {password}", ""]))
    for email, name, roles in _ACCOUNTS:
        add_account(db, email, name, password, roles)


@contextmanager
def _something_that_reads(settings: Settings) -> Iterator[None]:
    """A dispatcher and a worker for the time of the block, unless a running service has them."""
    try:
        with the_only_dispatcher(settings.data):
            pass
    except RefusedError:
        yield
        return
    if settings.redis_url is not None:
        with _kept(Keeper(service_commands(settings, settings.redis_url, web=False))):
            yield
        return
    with embedded_redis(settings) as address, _kept(Keeper(service_commands(settings, address, web=False))):
        yield


@contextmanager
def _kept(keeper: Keeper) -> Iterator[None]:
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


def _wait_until_read(db: Database) -> None:
    counts = count_by_state(db, READ)
    left = counts[WorkState.OWED] + counts[WorkState.LEASED]
    deadline = time.monotonic() + _LONGEST_WAIT
    with click.progressbar(length=left, label="Reading the sample forms") as bar:
        while left:
            if time.monotonic() > deadline:
                raise UnavailableError(f"{left} sample forms were not read in time. Run `formwright samples` again.")
            time.sleep(0.2)
            counts = count_by_state(db, READ)
            now_left = counts[WorkState.OWED] + counts[WorkState.LEASED]
            bar.update(left - now_left)
            left = now_left


def _act_on(settings: Settings, db: Database, case: CaseRow, expected: dict[str, Any]) -> None:
    """Do with the case what its sample says, as the people whose roles it takes."""
    if not expected.get("decide") or case.status != Status.NEW:
        return
    wanted, reason = str(expected["decide"]), str(expected["reason"])
    reviewer, approver = _person(db, REVIEWER), _person(db, APPROVER)
    decide.claim(db, _act(db, case, reviewer))
    if wanted == "ask":
        letter = build_information_request(reference=case.reference, title=case.title, message=reason)
        decide.ask_for_information(db, _act(db, case, reviewer), message=reason, letter=letter)
        return
    calendar = calendar_of(case.region, read_clock().year, settings.calendar)
    letter = build_acknowledgement(reference=case.reference, title=case.title)
    decide.acknowledge(db, _act(db, case, reviewer), letter=letter, calendar=calendar)
    decision = _DECISIONS.get(wanted) or Decision(wanted)
    if decision is Decision.APPROVE and path_of(case.form) is CasePath.BUSINESS_CASE:
        _decide(db, case, reviewer, Decision.ACCEPT, reason, calendar)
        decide.record_assessment(db, _act(db, case, reviewer), impact=_SAMPLE_IMPACT)
        decide.prioritise(
            db, _act(db, case, reviewer), priority=Priority.MEDIUM, rank=None, reason="Many organisations gain from it"
        )
        decide.release(db, _act(db, case, reviewer))
        decide.claim(db, _act(db, case, approver))
        _decide(db, case, approver, decision, reason, calendar)
    else:
        _decide(db, case, reviewer, decision, reason, calendar)
    if expected.get("release"):
        release_id = next(release.id for release in load_releases(db) if release.name == str(expected["release"]))
        letter = build_release(reference=case.reference, title=case.title, release=str(expected["release"]))
        decide.allocate(db, _act(db, case, approver), release_id=release_id, letter=letter)


def _decide(db: Database, case: CaseRow, person: Person, decision: Decision, reason: str, calendar: Calendar) -> None:
    today = read_clock().date()
    needs = decide.Particulars(
        redirected_to="workforce-dataset",
        review_on=today + _ON_HOLD_FOR,
        value_on=today,
        requirement="Held with the service request",
        override="The reviewer has read the form and the service request" if _has_blockers(db, case) else "",
    )
    letter = build_decision(
        reference=case.reference,
        title=case.title,
        decision=decision,
        reason=reason,
        review_on=needs.review_on if decision is Decision.DEFER else None,
    )
    decide.decide(
        db,
        _act(db, case, person),
        decision=decision,
        reason=reason,
        letter=letter,
        calendar=calendar,
        needs=needs,
    )


def _has_blockers(db: Database, case: CaseRow) -> bool:
    return bool(load_open_blockers(db, case.id, state_of(load_events(db, case.id))))


def _act(db: Database, case: CaseRow, person: Person) -> decide.Act:
    return decide.Act(case.id, person, load_case_by_reference(db, case.reference).version, read_clock())


def _person(db: Database, email: str) -> Person:
    person = find_person_by_email(db, email)
    if person is None or not person.roles & REVIEWING:
        raise RefusedError(f"The sample account {email} is gone: remove the data folder to start again.")
    return person


def _add_releases(db: Database, samples: list[Sample]) -> None:
    """The releases that samples name, each planned for the end of a quarter, the first for the present one."""
    names = sorted({str(sample.expected["release"]) for sample in samples if sample.expected.get("release")})
    day = read_clock().date()
    with transaction(db):
        for name in names:
            planned = parse_quarter(quarter_of(day)).end
            add_release(db, name, planned)
            day = planned + timedelta(days=1)


def _sender(sample: Sample) -> str:
    email = sample.expected.get("fields", {}).get("email", "")
    return str(email.get("value") or "" if isinstance(email, dict) else email or "")
