"""What the pages need from the other rooms, handed in by the service so that review imports none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Protocol

from argon2 import PasswordHasher
from sqlite_utils import Database

from casework.advice import AdvicePack
from casework.form import FormLibrary
from casework.lifecycle import Decision
from casework.mend import ReturnPlan
from casework.model import Arrival, Finding, Reading, Receipt
from casework.promise import Calendar
from casework.rulebook import RuleBook
from casework.schedule import Editing, Schedule, Section
from casework.schedule_doubts import Doubt
from casework.templates import TemplateKind
from store.circulation import Circulation
from store.drafts import Draft
from store.schedules import IssueRow

Letter = tuple[str, str]
"""(subject, body)."""


class DecisionLetter(Protocol):
    """Words a decision for the sender."""

    def __call__(
        self,
        *,
        reference: str,
        title: str,
        decision: Decision,
        reason: str,
        joined_to: str,
        redirected_to: str,
        review_on: date | None,
        value_on: date | None,
        release: str,
        is_value: bool,
    ) -> Letter:
        """(subject, body)."""


class ReleaseLetter(Protocol):
    """Words the release that an approved request is planned for."""

    def __call__(self, *, reference: str, title: str, release: str, reason: str) -> Letter:
        """(subject, body); `release` is empty where the request is in none any more."""


class AcknowledgementLetter(Protocol):
    """Words the acknowledgement that a person sends."""

    def __call__(self, *, reference: str, title: str) -> Letter:
        """(subject, body)."""


class InformationLetter(Protocol):
    """Words what is still needed from the sender."""

    def __call__(self, *, reference: str, title: str, message: str, enclosed: Sequence[str]) -> Letter:
        """(subject, body)."""


class MessageAct(Protocol):
    """What a person does with a message that waits: the ledger line, who does it, and when."""

    def __call__(self, db: Database, ledger_id: int, *, person_id: int, now: datetime) -> object:
        """RefusedError where it is not possible any more."""


@dataclass(frozen=True, slots=True)
class MessageDoors:
    """What a person may do with a message that nobody could place by itself."""

    open_case: MessageAct
    confirm: MessageAct
    set_aside: MessageAct
    sort_again: MessageAct


class OpenUpload(Protocol):
    """Takes an upload in as a draft; None with a receipt that says why where it is not taken."""

    def __call__(
        self, db: Database, arrival: Arrival, *, hand_in_key: str, now: datetime, follows: int | None = None
    ) -> tuple[Draft | None, Receipt]:
        """UnavailableError where nothing can be taken in at the moment."""


class AnswerUpload(Protocol):
    """Keeps what the sender typed beside the file, whole, in place of what was typed before."""

    def __call__(self, db: Database, token: str, given: Mapping[str, str], *, now: datetime) -> Draft:
        """RefusedError where the upload was sent or is gone."""


class SendUpload(Protocol):
    """Sends a draft to the team."""

    def __call__(self, db: Database, token: str, *, now: datetime) -> tuple[int, str]:
        """(case id, reference); RefusedError where it cannot be sent."""


class ReplyToUs(Protocol):
    """Keeps the sender's answer to a question of ours."""

    def __call__(self, db: Database, case_id: int, words: str, *, now: datetime, hand_in_key: str) -> None:
        """RefusedError where there is nothing in it, or the request was withdrawn."""


class Withdraw(Protocol):
    """Takes a request back for its sender."""

    def __call__(self, db: Database, case_id: int, *, reason: str, now: datetime, calendar: Calendar) -> None:
        """RefusedError where it is decided."""


class Progress(Protocol):
    """Says for the sender that they wish to progress their request."""

    def __call__(self, db: Database, case_id: int, *, now: datetime) -> None:
        """RefusedError where nobody has asked them."""


class Appeal(Protocol):
    """Asks for the sender that our decision is looked at again."""

    def __call__(self, db: Database, case_id: int, *, reason: str, now: datetime) -> None:
        """RefusedError where there is no reason, or no decision to appeal against."""


@dataclass(frozen=True, slots=True)
class UploadDoors:
    """What a sender may do; `has_scanner` says whether files are checked for viruses."""

    open: OpenUpload
    answer: AnswerUpload
    send: SendUpload
    reply: ReplyToUs
    withdraw: Withdraw
    progress: Progress
    appeal: Appeal
    has_scanner: bool = False


@dataclass(frozen=True, slots=True)
class SendBackDoors:
    """What goes back to senders as files, made by a worker once somebody asks for it.

    `plan` takes the request's number and what a person asks, empty before that. `order` keeps what is to be made, a
    plan's files and a letter's words as a Word document where there are any, and gives the order's hash.
    """

    plan: Callable[[Database, int, str], ReturnPlan]
    order: Callable[[Database, ReturnPlan | None, Letter | None, str, datetime], str]


class CommissionTrial(Protocol):
    """Asks that a Word template be checked and tried; without faults it counts from then on."""

    def __call__(
        self, db: Database, key: str, data: bytes, *, name: str, reason: str, seen: int, person_id: int, now: datetime
    ) -> int:
        """The commission's number. `seen` is the version that it takes the place of."""


@dataclass(frozen=True, slots=True)
class TemplateDoors:
    """The templates that an organisation may change, by key. `check_mail` gives what is wrong in subject and body."""

    word: Mapping[str, TemplateKind]
    mail: Mapping[str, TemplateKind]
    shipped_word: Callable[[str], bytes]
    shipped_mail: tuple[str, str]
    commission: CommissionTrial
    check_mail: Callable[[str, str, str], tuple[list[str], list[str]]]
    try_mail: Callable[[str, str, str], Letter]


class CheckAgain(Protocol):
    """Runs the checks on a reading with other answers in it, within a few seconds."""

    def __call__(self, reading: Reading, corrected: Mapping[str, str], *, today: date) -> Reading | None:
        """The reading checked anew; None where that took too long."""


class AccountLetter(Protocol):
    """Words the link with which a colleague sets a password."""

    def __call__(self, *, name: str, link: str, until: date, is_new: bool) -> Letter:
        """(subject, body)."""


@dataclass(frozen=True, slots=True)
class RuleDoors:
    """The rules of the checks: as shipped, as they count now (with the version of the edit), and put to a reading."""

    shipped: RuleBook
    now: Callable[[Database], tuple[RuleBook, int]]
    judge: Callable[[Reading, RuleBook, date], tuple[Finding, ...]]


class GatheredSchedule(Protocol):
    """A schedule not yet built, what an editor should look at, and every coming change in order, left out or not."""

    @property
    def schedule(self) -> Schedule:
        """What would be published."""

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """In the order of the document."""

    @property
    def placed(self) -> tuple[Section, ...]:
        """The coming changes by release."""


class CommissionRebuild(Protocol):
    """Asks that an issue be made again and compared with what went out; nothing is kept of it."""

    def __call__(self, db: Database, issue_id: int, *, person_id: int, now: datetime) -> int:
        """The commission's number."""


class CommissionSchedule(Protocol):
    """Asks for a quarter's next version, as the record stands now; `draft` is the version of what its editor saved."""

    def __call__(
        self, db: Database, quarter: str, editing: Editing, *, draft: int, person_id: int, now: datetime
    ) -> int | IssueRow:
        """The commission's number, or the issue that says the same already; RefusedError where it cannot go out."""


@dataclass(frozen=True, slots=True)
class ScheduleDoors:
    """The Development Schedule: gathered, shown as it would be, asked for, and made again to be compared.

    `label` says what people call a quarter here; `file_name` what a file of an issue is called, by its ending.
    """

    gather: Callable[[Database, str, Editing], GatheredSchedule]
    preview: Callable[[Schedule], str]
    commission: CommissionSchedule
    compare: CommissionRebuild
    label: Callable[[str], str]
    file_name: Callable[[IssueRow, str], str]


class CirculationStep(Protocol):
    """A step of a circulation; gives how many recipients it is about."""

    def __call__(self, db: Database, circulation_id: int, *, person_id: int, now: datetime) -> int:
        """RefusedError or NotAllowedError where it is not possible, or not for this person."""


class CirculationTest(Protocol):
    """Sends one's own people a circulation as a test."""

    def __call__(self, db: Database, circulation: Circulation, *, recipient: str, now: datetime) -> None:
        """The message is marked as a test."""


@dataclass(frozen=True, slots=True)
class CirculateDoors:
    """Messages to lists; more recipients than `alone` need two people."""

    alone: int
    preview: Callable[[Database, Circulation], str]
    test: CirculationTest
    ask: CirculationStep
    confirm: CirculationStep


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors of the other rooms with this installation's settings, the clock and the forms.

    `open_database` gives the calling thread's own connection. `note_too_large` keeps a ledger line for a body too large
    to be read at all.
    """

    open_database: Callable[[], Database]
    now: Callable[[], datetime]
    zone: tzinfo
    library: FormLibrary
    """What is shipped, or for a visit what counts at that moment (see `words_now`)."""
    upload_limit: int
    calendar: Callable[[int, str], Calendar]
    uploads: UploadDoors
    messages: MessageDoors
    rules: RuleDoors
    send_back: SendBackDoors
    templates: TemplateDoors
    circulate: CirculateDoors
    note_too_large: Callable[[Database, int], None]
    load_original: Callable[[str], bytes]
    check_again: CheckAgain
    blank_form: Callable[[str], bytes]
    acknowledgement: AcknowledgementLetter
    information_request: InformationLetter
    decision_letter: DecisionLetter
    release_letter: ReleaseLetter
    appeal_receipt: AcknowledgementLetter
    advice_pack: Callable[[AdvicePack], bytes]
    schedules: ScheduleDoors
    account_letter: AccountLetter
    service_name: str = "ESR development requests"
    mailbox: str = ""
    """The address that forms may be sent to, empty where mail is not read."""
    sends_mail: bool = False
    """Whether messages leave by email; where they do not, people copy them into the service request."""
    address: str = ""
    """The service's own address, such as https://forms.example.nhs.uk: what links in letters begin with."""
    words_now: Callable[[Database], FormLibrary] | None = None
    """The library with the vocabularies as they were edited here; where there is none, `library` is all there is."""
    as_shipped: FormLibrary | None = None
    requires_second_factor: bool = False
    """Whether administrators and approvers must sign in with a second factor."""
    passwords: PasswordHasher = field(default_factory=PasswordHasher)
    """Hashes passwords by argon2, at the library's present cost."""

    @property
    def shipped_library(self) -> FormLibrary:
        """The forms and vocabularies as shipped, whatever was edited."""
        return self.as_shipped or self.library
