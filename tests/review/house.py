"""An app with a clock of its own, a real database, and requests made through the real doors."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlite_utils import Database
from werkzeug.test import TestResponse

from casework.lifecycle import UserRole
from casework.model import (
    Adequacy,
    Answer,
    ErrorCode,
    Evidence,
    FieldStatus,
    FileKind,
    Finding,
    Passage,
    Reading,
    ReadingProblem,
    Role,
    Severity,
)
from casework.promise import Calendar
from casework.reading_json import reading_to_record
from casework.transcript import Locator, Unread
from review import decide
from review.doors import Doors
from service.endings import checked_result, endings
from service.making import make
from service.rechecking import open_check_again
from service.settings import Settings
from service.web import build_app, open_doors
from store.cases import CaseRow, commit_reading, load_case, load_case_by_reference, load_submissions
from store.commissions import MAKE, load_order
from store.database import transaction
from store.drafts import keep_draft_reading, load_draft_by_token
from store.people import Person, add_person, change_regions, find_person_by_email
from store.work import WorkState, end_draft_work, end_work, load_work

MORNING = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
PASSWORD = "correct horse battery"
REVIEWER = "asha@example.nhs.uk"
APPROVER = "tom@example.nhs.uk"
ADMINISTRATOR = "grace@example.nhs.uk"
LEAD = "nia@example.nhs.uk"
PUBLISHER = "marcus@example.nhs.uk"
AUDITOR = "helen@example.nhs.uk"
REGIONAL_READER = "owen@example.nhs.uk"
"""Reads the requests of the North East and Yorkshire, where `a_reading` comes from."""
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class _CompiledPages(BytecodeCache):
    """Templates that this run has compiled: compiling them for every app anew is half of a test's time."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledPages()
_QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)


@dataclass
class House:
    """The app, its database and its clock."""

    app: Flask
    db: Database
    rooms: Doors
    settings: Settings
    moment: list[datetime]
    sent: int = 0
    people: dict[str, Person] = field(default_factory=dict)

    def later(self, by: timedelta) -> None:
        """Let time pass."""
        self.moment[0] += by

    def send(self, *, title: str = "Show the study leave balance", reading: Reading | None = None) -> CaseRow:
        """A form that was sent and read."""
        self.sent += 1
        answer = send_form(self.app.test_client(), a_file(str(self.sent)), "study-leave.pdf")
        assert answer.status_code == 200, answer.text
        return self.read(answer.request.path.rsplit("/", 1)[1], reading or a_reading(title=title))

    def upload(self, name: str = "study-leave.pdf", **fields: str) -> str:
        """A form that was uploaded and not sent yet: the token of its page."""
        self.sent += 1
        answer = upload(self.app.test_client(), a_file(str(self.sent)), name, **fields)
        assert answer.status_code == 200, answer.text
        return answer.request.path.rsplit("/", 1)[1]

    def read_draft(self, token: str, *readings: Reading) -> None:
        """Commit what a worker would hand back for an upload that is not sent yet."""
        draft = load_draft_by_token(self.db, token)
        text = json.dumps({"readings": [reading_to_record(reading) for reading in readings]})
        with transaction(self.db):
            keep_draft_reading(self.db, draft.id, text)
            end_draft_work(self.db, draft.id, self.moment[0])

    def read(self, token: str, reading: Reading) -> CaseRow:
        """Commit what a worker would hand back."""
        row = next(self.db.query("SELECT id FROM cases WHERE token = ?", (token,)))
        submission = load_submissions(self.db, row["id"])[-1]
        text = json.dumps({"readings": [reading_to_record(reading)]})
        with transaction(self.db):
            commit_reading(
                self.db,
                submission_id=submission.id,
                attempt=f"w{submission.id}-a1",
                record_text=text,
                now=self.moment[0],
            )
        return load_case(self.db, row["id"])

    def make(self) -> int:
        """Do what a worker and the dispatcher would do for everything that was asked for; how many things it was."""
        ending = endings(lambda *_: ("", ""), self.settings.originals)[MAKE]
        owed = load_work(self.db, WorkState.OWED, stage=MAKE)
        for work in owed:
            # Pages are laid out in tests of their own: LibreOffice takes seconds.
            order, originals = load_order(self.settings.originals, work.sha256), self.settings.originals
            made = make(order, originals, library=self.rooms.library, lay_out=lambda word: None)
            result = checked_result(ending, made)
            assert result is not None
            with transaction(self.db):
                if result.failure:
                    ending.fail(self.db, work, result.failure, now=self.moment[0])
                else:
                    ending.commit(self.db, work, "", result.record, now=self.moment[0])
                end_work(self.db, work.id, WorkState.DONE, problem="", now=self.moment[0])
        return len(owed)

    def act(self, case: CaseRow, email: str = REVIEWER) -> decide.Act:
        """An act of this person on the case as it stands now."""
        return decide.Act(case.id, self.person(email), load_case(self.db, case.id).version, self.moment[0])

    def claimed(self, *, email: str = REVIEWER, title: str = "Show the study leave balance") -> CaseRow:
        """A form that was sent, read and claimed."""
        case = self.send(title=title)
        decide.claim(self.db, self.act(case, email))
        return load_case(self.db, case.id)

    def calendar(self) -> Calendar:
        """What promises are counted on this morning."""
        return self.rooms.calendar(self.moment[0].year, "")

    def person(self, email: str) -> Person:
        """The account with this address."""
        found = find_person_by_email(self.db, email)
        assert found is not None
        return found

    def client(self, email: str | None = None) -> FlaskClient:
        """A browser, signed in as this person."""
        client = self.app.test_client()
        if email is not None:
            answer = post(client, "/sign-in", page="/sign-in", email=email, password=PASSWORD)
            assert answer.status_code == 303, answer.text
        return client

    def case(self, reference: str) -> CaseRow:
        """The case as it stands now."""
        return load_case_by_reference(self.db, reference)


def token_of(client: FlaskClient, page: str) -> str:
    """The form token on a page."""
    found = _TOKEN.search(client.get(page).text)
    assert found is not None, f"no form on {page}"
    return found[1]


def post(client: FlaskClient, address: str, *, page: str, **values: object) -> TestResponse:
    """Send a form as its page would: with the page's token."""
    return client.post(address, data={"csrf_token": token_of(client, page), **values})


def upload(client: FlaskClient, data: bytes, name: str, *, page: str = "/start", **fields: str) -> TestResponse:
    """Upload a form as the upload page would, following where it leads: to what we found in it.

    The body is written here because the test client leaves the temporary file of a large one open.
    """
    fields = {"csrf_token": token_of(client, page), "email": "priya@example.nhs.uk", **fields}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    head = f'--b\r\nContent-Disposition: form-data; name="form"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + data + b"\r\n--b--\r\n"
    return client.post(page, data=body, content_type="multipart/form-data; boundary=b", follow_redirects=True)


def send_form(client: FlaskClient, data: bytes, name: str, **fields: str) -> TestResponse:
    """Upload a form and send it without waiting until it is read; follows to its receipt."""
    page = upload(client, data, name, **fields)
    assert page.status_code == 200, page.text
    return client.post(
        f"{page.request.path}/send", data={"csrf_token": token_of(client, "/start")}, follow_redirects=True
    )


def said_at_the_top(text: str) -> tuple[str, str]:
    """The first mistake in the summary of a page: the field that it is linked to, and the words."""
    found = re.search(r'nhsuk-error-summary__list">.*?href="#([^"]+)">\s*([^<]+?)\s*</a>', text, re.DOTALL)
    assert found is not None, text
    return found[1], found[2]


def a_file(words: str = "") -> bytes:
    """Bytes that may hold a form."""
    return b"%PDF-1.7 " + words.encode()


def a_reading(
    *,
    region: str = "north-east-yorkshire",
    title: str = "Show the study leave balance",
    benefits: str = "Saves 18 hours a year for each manager.",
    findings: tuple[Finding, ...] | None = None,
    unplaced: str = "Sent by fax first",
) -> Reading:
    """A business justification, read, with a blocker, a query and a piece of advice unless others are given."""

    def answer(key: str, value: str | tuple[str, ...], text: str = "", confidence: float = 1.0) -> Answer:
        shown = text or (value if isinstance(value, str) else " ".join(value))
        place = Locator(path=f"table 1, row {key}")
        return Answer(key, value, shown, FieldStatus.ANSWERED, confidence, None, (place,))

    answers = (
        answer("sr_number", "4418207", "SR 4418207"),
        answer("date_raised", "2026-11-03", "03/11/2026"),
        answer("requester_name", "Priya Nair"),
        answer("organisation", "Northmoor Valley NHS Foundation Trust"),
        answer("email", "priya.nair@northmoor.example.nhs.uk"),
        answer("region", (region,), "North East"),
        answer("title", title),
        answer("functional_area", ("learning",), "Learning Management", 0.5),
        dataclasses.replace(answer("benefits", benefits), adequacy=Adequacy.EVIDENCED),
        Answer("justification", None, "", FieldStatus.BLANK),
    )
    found = (
        Finding("required.justification", Severity.BLOCKER, "justification", "The business justification is blank."),
        Finding(
            "justification.weak",
            Severity.QUERY,
            "benefits",
            "The benefits are thin.",
            (Evidence("benefits", 0, 5, benefits[:5]),),
        ),
        Finding("benefits.unmeasured", Severity.ADVICE, "benefits", "A measure would help."),
    )
    passages = [Passage("Business Justification Form", Locator(path="paragraph 1"), Role.FORM)]
    for entry in answers:
        passages.append(Passage(f"Label of {entry.field}", Locator(path="x"), Role.FORM))
        if entry.text:
            passages.append(Passage(entry.text, Locator(path="x"), Role.ANSWER, entry.field))
    passages.append(Passage(unplaced, Locator(path="paragraph 9"), Role.UNPLACED))
    return Reading(
        sha256="0" * 64,
        kind=FileKind.DOCX,
        form="business-justification",
        form_version="1.0",
        form_confidence=0.98,
        answers=answers,
        findings=found if findings is None else findings,
        passages=tuple(passages),
        unread=(Unread("embedded spreadsheet", Locator(path="paragraph 4")),),
        notes=("The file has tracked changes.",),
    )


def an_unreadable_one(
    message: str = "The PDF is password-protected. Send an open copy.", code: ErrorCode = ErrorCode.ENCRYPTED
) -> Reading:
    """What comes of a file that cannot be read."""
    return Reading(sha256="0" * 64, kind=FileKind.PDF, problem=ReadingProblem(code, message))


def build_house(settings: Settings) -> House:
    """An app on a data folder of its own, on a Monday morning in November 2026."""
    settings.data.mkdir()
    moment = [MORNING]
    rooms = open_doors(settings)

    # A loaded machine takes its time to load the language; here it is waited for.
    checks = open_check_again(rooms.library, 300)
    rooms = dataclasses.replace(rooms, now=lambda: moment[0], check_again=checks, passwords=_QUICK)
    db = rooms.open_database()
    for email, name, roles in (
        (REVIEWER, "Asha Rahman", [UserRole.REVIEWER]),
        (APPROVER, "Tom Beckett", [UserRole.REVIEWER, UserRole.LEAD, UserRole.APPROVER]),
        (ADMINISTRATOR, "Grace Adeyemi", [UserRole.ADMINISTRATOR]),
        (LEAD, "Nia Roberts", [UserRole.LEAD]),
        (PUBLISHER, "Marcus Cole", [UserRole.PUBLISHER]),
        (AUDITOR, "Helen Marsh", [UserRole.AUDITOR]),
        (REGIONAL_READER, "Owen Price", [UserRole.REGIONAL_READER]),
    ):
        number = add_person(db, email=email, name=name, password_hash=_password_hash(), roles=roles)
        if UserRole.REGIONAL_READER in roles:
            change_regions(db, number, ["north-east-yorkshire"])
    app = build_app(rooms, settings)
    app.testing = True
    app.jinja_env.bytecode_cache = _COMPILED
    # Trouble becomes a page here as it does in service, not an exception in the test.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return House(app, db, rooms, settings, moment)


@cache
def _password_hash() -> str:
    return _QUICK.hash(PASSWORD)
