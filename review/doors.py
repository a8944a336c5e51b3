"""What the pages need from the other rooms, handed in by the service so that review imports none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Protocol

from sqlite_utils import Database

from casework.form import FormLibrary
from casework.lifecycle import Decision
from casework.model import Arrival, Receipt, Schedule
from casework.promise import Calendar

Letter = tuple[str, str]
"""(subject, body)."""


class DecisionLetter(Protocol):
    """Words a decision for the sender."""

    def __call__(self, *, reference: str, title: str, decision: Decision, reason: str, joined_to: str) -> Letter:
        """(subject, body)."""


class AcknowledgementLetter(Protocol):
    """Words the acknowledgement that a person sends."""

    def __call__(self, *, reference: str, title: str) -> Letter:
        """(subject, body)."""


class InformationLetter(Protocol):
    """Words what is still needed from the sender."""

    def __call__(self, *, reference: str, title: str, message: str) -> Letter:
        """(subject, body)."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors of the other rooms with this installation's settings, the clock and the forms.

    `open_database` gives the calling thread's own connection. `receive` takes an arrival and the key of the form it
    was handed in with; `note_too_large` keeps a ledger line for a body too large to be read at all.
    """

    open_database: Callable[[], Database]
    now: Callable[[], datetime]
    zone: tzinfo
    library: FormLibrary
    upload_limit: int
    calendar: Callable[[int, str], Calendar]
    receive: Callable[[Database, Arrival, str], Receipt]
    note_too_large: Callable[[Database, int], None]
    load_original: Callable[[str], bytes]
    blank_form: Callable[[str], bytes]
    acknowledgement: AcknowledgementLetter
    information_request: InformationLetter
    decision_letter: DecisionLetter
    gather_schedule: Callable[[Database, str, date | None, str], Schedule]
    build_schedule: Callable[[Database, str, date | None, str], tuple[str, bytes]]
    add_account: Callable[[Database, str, str, str, Iterable[str]], int]
    service_name: str = "ESR development requests"
    mailbox: str = ""
    """The address that forms may be sent to, empty where mail is not read."""
