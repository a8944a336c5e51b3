"""One request as it lies on the desk: what its events add up to, what was read, its files, and what those are worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlite_utils import Database

from casework.events import Event
from casework.form import FormLibrary
from casework.lifecycle import CaseState, Decision, Status, state_of
from casework.model import Reading
from casework.reading_json import findings_from_record, reading_from_record
from casework.state_words import DECISIONS
from casework.wording import long_date
from casework.working_days import london_day
from review.answer_view import labels_of, read_values
from review.case_view import CaseView, case_view
from review.compare import compare, count_changes
from review.history import Names
from review.page_view import DocumentView, Drawing, document_view
from review.versions import ReadForm, read_forms
from store.cases import (
    CaseRow,
    FileRole,
    Submission,
    corrected_values,
    find_reading_record,
    load_forms,
    load_newest_readings,
    load_submissions,
)
from store.events import load_events
from store.ledger import is_held
from store.pages import find_drawing, find_pages
from store.people import load_people
from store.rechecks import find_recheck
from store.releases import load_releases


@dataclass(frozen=True, slots=True)
class Desk:
    """A request with all that its page is made of. `newest` is the file beside which the answers stand.

    `newest` is None where all files were moved to another request; `forms` are the versions that were read as forms.
    """

    case: CaseRow
    events: list[Event]
    state: CaseState
    readings: list[Reading]
    view: CaseView
    submissions: list[Submission]
    newest: Submission | None
    document: DocumentView
    forms: list[ReadForm]
    is_held: bool

    @property
    def unread_version(self) -> int | None:
        """The number of a newer version of which there are no answers, None where the answers are the newest."""
        newest = max((file.round for file in self.submissions if file.role == FileRole.FORM), default=0)
        return newest if self.forms and newest > self.forms[-1].round else None

    @property
    def decided_words(self) -> tuple[str, str] | None:
        """The decision in words with its reason, or None."""
        event = next((event for event in self.events if event.number == self.state.decision_event), None)
        if event is None or self.state.decision is None:
            return None
        done, review_on = DECISIONS[Decision(self.state.decision)].done, self.state.review_on
        done = f"{done} until {long_date(review_on)}" if review_on else done
        return done, event.words.get("reason", "")

    def difference(self, library: FormLibrary) -> tuple[int, int] | None:
        """The version before the one shown, and how many answers changed since; None where it is the first."""
        if len(self.forms) < 2:
            return None
        before, after = self.forms[-2:]
        return before.round, count_changes(compare(before.reading, after.reading, library))

    def problem(self, failure: str) -> str:
        """Why there are no answers, in plain words; empty where there are some. `failure` is what the work said."""
        if self.readings and self.readings[0].problem is not None:
            return self.readings[0].problem.message
        if self.state.status is Status.UNREADABLE:
            return failure or "We could not read this file. Download it and look at it yourself."
        return ""


def load_desk(db: Database, case: CaseRow, library: FormLibrary) -> Desk:
    """The request with everything that was read and done."""
    events = load_events(db, case.id)
    state = state_of(events)
    readings = _readings(db, case)
    view = case_view(readings, events, state, library, checked_reading(db, readings, state))
    submissions = load_submissions(db, case.id)
    newest = _newest(db, case, submissions)
    held = newest is not None and is_held(db, newest.sha256)
    return Desk(
        case=case,
        events=events,
        state=state,
        readings=readings,
        view=view,
        submissions=submissions,
        newest=newest,
        document=_document(db, None if held else newest, view),
        forms=read_forms(db, case.id),
        is_held=held,
    )


def load_view(db: Database, case: CaseRow, library: FormLibrary) -> CaseView:
    """The request as read, with people's changes over it."""
    events = load_events(db, case.id)
    state, readings = state_of(events), _readings(db, case)
    return case_view(readings, events, state, library, checked_reading(db, readings, state))


def checked_reading(db: Database, readings: list[Reading], state: CaseState) -> Reading | None:
    """The first reading with what the checks found after the newest correction, None where there is no such thing."""
    again = find_recheck(db, state)
    if again is None or not readings:
        return None
    return replace(readings[0], findings=findings_from_record(again["findings"]), rules=tuple(again["rules_run"]))


def reading_to_check(
    db: Database, case: CaseRow, field: str, value: str
) -> tuple[Reading, dict[str, str], date] | None:
    """What a new value of an answer is checked with: the reading, all corrections, and the day the form came."""
    events = load_events(db, case.id)
    readings, newest = _readings(db, case), _newest(db, case, load_submissions(db, case.id))
    if not readings or newest is None or readings[0].form is None:
        return None
    return readings[0], corrected_values(state_of(events), events) | {field: value}, london_day(newest.received_at)


def names_of(db: Database, case: CaseRow, library: FormLibrary) -> Names:
    """What codes in this case's events stand for."""
    readings = _readings(db, case)
    return Names(
        people={person.id: person.name for person in load_people(db)},
        releases={release.id: release.name for release in load_releases(db)},
        labels=labels_of(case.form, library),
        read_values=read_values(readings[0] if readings else None, library),
        files={file.id: file.name for file in load_submissions(db, case.id)},
        groups={term.key: term.label for term in library.vocabulary("advisory-groups").terms},
    )


def _readings(db: Database, case: CaseRow) -> list[Reading]:
    return [reading_from_record(record) for record in load_newest_readings(db, case.id)]


def _newest(db: Database, case: CaseRow, submissions: list[Submission]) -> Submission | None:
    """The newest form that was read, else the newest form, else the first file."""
    forms = load_forms(db, case.id)
    read = [form for form in forms if find_reading_record(db, form.id)]
    return next(iter([*reversed(read or forms), *submissions]), None)


def _document(db: Database, newest: Submission | None, view: CaseView) -> DocumentView:
    """The pages of the file beside which the answers stand."""
    if newest is None:
        return DocumentView(Drawing.NONE)
    return document_view(find_pages(db, newest.id), find_drawing(db, newest.id), view.answers, newest.form_index)
