"""One request: the document beside its checks and answers, the history, and what may be done next."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from itertools import pairwise

from flask import Blueprint, Response, render_template, request, send_file

from casework.events import Event, user_actor
from casework.lifecycle import (
    CaseState,
    Decision,
    Path,
    Status,
    UserRole,
    allowed_decisions,
    may_decide,
    needs_requirement,
    path_of,
    state_of,
)
from casework.model import Reading
from casework.promise import pauses_of
from casework.reading_json import reading_from_record
from review import visit
from review.case_view import CaseView, case_view, draft_question, labels_of, read_values
from review.compare import Change, compare, count_changes
from review.conversation import conversation, undelivered
from review.decide import find_undoable
from review.guard import is_reviewer
from review.history import Names, Show, timeline
from review.page_view import PICTURE_WIDTH, DocumentView, Drawing, document_view
from review.pages.layout import Problem
from review.pages.queue import bounds_today
from review.presenters import (
    DECISIONS,
    TAGS,
    Tag,
    channel_name,
    form_name,
    kind_name,
    promise_of,
    sign_off_note,
    size_in_words,
)
from review.versions import ReadForm, read_count, read_forms, versions_of
from store.cases import (
    CaseRow,
    FileRole,
    LinkKind,
    Submission,
    find_reading_record,
    load_case,
    load_case_by_reference,
    load_claims,
    load_forms,
    load_links,
    load_newest_readings,
    load_submissions,
)
from store.events import load_events
from store.ledger import is_held
from store.pages import find_drawing, find_pages
from store.people import load_people
from store.queries import Question, View, find_original, find_references
from store.releases import load_releases
from store.work import find_failed_work

blueprint = Blueprint("case", __name__)
ASK = "ask"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the person has open or has typed so far: it is shown again when something is wrong with it."""

    problems: list[Problem] = field(default_factory=list)
    change: str = ""
    value: str | None = None
    accept: str = ""
    reason: str = ""
    decision: str = ""
    message: str | None = None
    decision_reason: str = ""
    joined_to: str = ""
    requirement: str = ""
    note: str = ""
    release: str = ""
    release_reason: str = ""
    take_over_reason: str = ""
    is_taking_over: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One decision that may be taken."""

    key: str
    label: str
    hint: str


@blueprint.get("/requests/<reference>")
def show(reference: str) -> str:
    """The request's page. `change`, `accept` and `ask` in the address open a form without any script."""
    asked = request.args
    draft = Draft(
        change=asked.get("change", ""),
        accept=asked.get("accept", ""),
        decision=ASK if asked.get("ask") else "",
        is_taking_over="take-over" in asked,
    )
    return render_case(visit.case_or_404(reference), draft, ask=set(asked.getlist("ask")))


@blueprint.get("/requests/<reference>/history")
def history(reference: str) -> str:
    """All that happened to the request, or one kind of it."""
    case = visit.case_or_404(reference)
    wanted = request.args.get("show", "")
    show_only = Show(wanted) if wanted in set(Show) else Show.ALL
    events = load_events(visit.database(), case.id)
    return render_template(
        "history.html",
        case=case,
        days=timeline(events, names_for(case, _readings(case)), visit.doors().zone, show_only),
        shows=[(entry.value, entry.value.capitalize(), entry is show_only) for entry in Show],
    )


@blueprint.get("/requests/<reference>/original/<int:submission_id>")
def original(reference: str, submission_id: int) -> Response:
    """A file as it came, always as a download and never shown in the browser; not one that may have a virus."""
    case, db = visit.case_or_404(reference), visit.database()
    found = next((entry for entry in load_submissions(db, case.id) if entry.id == submission_id), None)
    if found is None or is_held(db, found.sha256):
        visit.not_found()
    data = visit.doors().load_original(found.sha256)
    response = send_file(
        io.BytesIO(data), mimetype="application/octet-stream", as_attachment=True, download_name=found.name
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.get("/requests/<reference>/changes")
def changes(reference: str) -> str:
    """The newest version of the form beside the one before it, or another version that the address names."""
    case = visit.case_or_404(reference)
    forms = read_forms(visit.database(), case.id)
    wanted = request.args.get("version", "")
    pairs = list(pairwise(forms))
    pair = next((pair for pair in pairs if str(pair[1].round) == wanted), pairs[-1] if pairs else None)
    if pair is None:
        visit.not_found()
    before, after = pair
    found = compare(before.reading, after.reading, visit.doors().library)
    return render_template(
        "changes.html",
        case=case,
        before=before.round,
        after=after.round,
        changed=[entry for entry in found if entry.change is not Change.SAME],
        same=[entry for entry in found if entry.change is Change.SAME and entry.after],
        others=[(later.round, earlier.round) for earlier, later in pairs if later.round != after.round],
    )


def render_case(case: CaseRow, draft: Draft, *, ask: set[str] | None = None) -> str:
    """The request's page with what the person has typed so far."""
    db, person, rooms = visit.database(), visit.person(), visit.doors()
    events = load_events(db, case.id)
    state = state_of(events)
    readings = _readings(case)
    view = case_view(readings, events, state, rooms.library)
    submissions = load_submissions(db, case.id)
    newest = _newest(case, submissions)
    stored = find_original(db, newest.sha256) if newest else None
    is_mine = state.claimed_by == person.id
    can_work = is_mine and is_reviewer()
    names = names_for(case, readings)
    order = find_references(db, Question(view=View.OPEN, person_id=person.id), bounds_today())
    place = order.index(case.reference) if case.reference in order else None
    failed = find_failed_work(db, newest.id) if newest else None
    undo = find_undoable(db, case.id, person.id, visit.now()) if is_reviewer() else None
    entries = conversation(
        db, case.id, zone=rooms.zone, now=visit.now(), undoable=undo[0] if undo else None, may_send=is_reviewer()
    )
    document = _document(newest, view)
    forms = read_forms(db, case.id)
    versions = versions_of(db, submissions, events)
    promise = promise_of(
        received=case.created_at,
        acknowledged=state.acknowledged_at,
        status=state.shown_status,
        today=visit.today(),
        holidays=visit.holidays(case.region),
        zone=rooms.zone,
        pauses=pauses_of(events),
        verdict=state.verdict,
    )
    return render_template(
        "case.html",
        case=case,
        state=state,
        view=view,
        document=document,
        words_only=not document.pages or request.args.get("show") == "words",
        picture_width=PICTURE_WIDTH,
        draft=draft,
        form=form_name(case.form, rooms.library),
        tag_shown=TAGS[state.shown_status],
        promise=promise,
        reviewer=names.people.get(state.claimed_by, "") if state.claimed_by is not None else "",
        is_mine=is_mine,
        can_work=can_work,
        can_claim=is_reviewer() and state.claimed_by is None and state.status is not Status.READING,
        can_take_over=is_reviewer() and state.claimed_by is not None and not is_mine,
        can_acknowledge=is_reviewer() and state.acknowledged_at is None and state.status is not Status.READING,
        acknowledged_by=names.people.get(state.acknowledged_by or 0, ""),
        sent_by=channel_name(newest.channel).lower() if newest else "",
        newest=newest,
        newest_is_held=newest is not None and is_held(db, newest.sha256),
        versions=versions,
        version_count=sum(version.has_form for version in versions),
        unread_version=_unread_version(submissions, forms),
        difference=_difference(forms),
        read_so_far=read_count(db, submissions),
        links=_links(case, state),
        claims=[link for link in load_links(db, case.id) if link.kind is LinkKind.CLAIMS],
        claimed_by_others=load_claims(db, case.id),
        can_place=is_reviewer() and (state.claimed_by is None or is_mine),
        can_note_requirement=can_work and path_of(state.form) is Path.BUSINESS_CASE and not state.has_requirement,
        undelivered=undelivered(entries),
        file_kind=kind_name(stored.kind) if stored else "File",
        file_size=size_in_words(stored.size) if stored else "",
        problem=_problem(readings, failed.problem if failed else "", state),
        can_read_again=is_reviewer() and state.status is Status.UNREADABLE,
        days=timeline(events, names, rooms.zone)[:_DAYS_SHOWN],
        entries=entries,
        options=options_for(state) if can_work else [],
        asks_requirement=needs_requirement(state, Decision.ACCEPT),
        sign_off=sign_off_note(
            path_of(state.form),
            state.status,
            UserRole.APPROVER in person.roles,
            state.assessed_by == person.id,
        ),
        message=draft.message if draft.message is not None else draft_question(view, ask or set()),
        releases=load_releases(db),
        release=next((release for release in load_releases(db) if release.id == state.release), None),
        can_allocate=is_reviewer() and state.status in (Status.APPROVED, Status.ALLOCATED),
        position=(place + 1, len(order)) if place is not None else None,
        following=order[place + 1] if place is not None and place + 1 < len(order) else None,
        decided_words=_decided_words(events, state),
    )


_DAYS_SHOWN = 3


def options_for(state: CaseState) -> list[Option]:
    """The decisions that this person may take now, asking for more first where that is possible."""
    person = visit.person()
    options = []
    if state.status in (Status.UNREADABLE, Status.NEW, Status.WAITING):
        options.append(Option(ASK, "Ask for more information", "The request waits until the requester answers"))
    return options + [
        Option(decision.value, *DECISIONS[decision])
        for decision in allowed_decisions(state)
        if may_decide(state, decision, person.id, person.roles)
    ]


def names_for(case: CaseRow, readings: list[Reading]) -> Names:
    """What codes in this case's events stand for."""
    db, library = visit.database(), visit.doors().library
    return Names(
        people={person.id: person.name for person in load_people(db)},
        releases={release.id: release.name for release in load_releases(db)},
        labels=labels_of(case.form, library),
        read_values=read_values(readings[0] if readings else None, library),
        files={file.id: file.name for file in load_submissions(db, case.id)},
    )


def view_of(case: CaseRow) -> CaseView:
    """The request as read, with people's changes over it."""
    db = visit.database()
    events = load_events(db, case.id)
    return case_view(_readings(case), events, state_of(events), visit.doors().library)


def events_since(case_id: int, version: int) -> list[Event]:
    """What colleagues did after the person opened the page."""
    me = user_actor(visit.person().id)
    return [event for event in load_events(visit.database(), case_id) if event.number > version and event.actor != me]


def current(case: CaseRow) -> CaseRow:
    """The case as it stands now."""
    return load_case(visit.database(), case.id)


def _readings(case: CaseRow) -> list[Reading]:
    return [reading_from_record(record) for record in load_newest_readings(visit.database(), case.id)]


@dataclass(frozen=True, slots=True)
class LinkView:
    """Another request that this one knows: in words, which, and where that stands."""

    words: str
    reference: str
    title: str
    tag: Tag


_LINK_WORDS = {
    LinkKind.CAME_WITH: "Came in the same message as",
    LinkKind.FOLLOWS: "Follows",
    LinkKind.JOINED: "Took in",
}


def _links(case: CaseRow, state: CaseState) -> list[LinkView]:
    """The other requests that this one knows; a claim that nobody has looked at is no link yet."""
    db = visit.database()
    found = []
    for link in load_links(db, case.id):
        if link.kind is LinkKind.CLAIMS:
            continue
        words = _LINK_WORDS[link.kind]
        is_followed = any(
            back.kind is LinkKind.FOLLOWS and back.other_id == case.id for back in load_links(db, link.other_id)
        )
        if link.kind is LinkKind.CAME_WITH and is_followed:
            words = "Followed by"
        found.append(LinkView(words, link.reference, link.title, TAGS[Status(link.status)]))
    if state.joined_to and state.status is Status.DUPLICATE:
        other = load_case_by_reference(db, state.joined_to)
        found.append(LinkView("Joined to", other.reference, other.title, TAGS[Status(other.status)]))
    return found


def _newest(case: CaseRow, submissions: list[Submission]) -> Submission | None:
    """The file beside which the answers stand: the newest form that was read; None where all files were moved away."""
    db = visit.database()
    forms = load_forms(db, case.id)
    read = [form for form in forms if find_reading_record(db, form.id)]
    return next(iter([*reversed(read or forms), *submissions]), None)


def _document(newest: Submission | None, view: CaseView) -> DocumentView:
    """The pages of the file beside which the answers stand; none of a file that may have a virus."""
    db = visit.database()
    if newest is None or is_held(db, newest.sha256):
        return DocumentView(Drawing.NONE)
    return document_view(find_pages(db, newest.id), find_drawing(db, newest.id), view.answers, newest.form_index)


def _unread_version(submissions: list[Submission], forms: list[ReadForm]) -> int | None:
    """The number of a newer version of which there are no answers, None where the answers are the newest."""
    newest = max((file.round for file in submissions if file.role == FileRole.FORM), default=0)
    return newest if forms and newest > forms[-1].round else None


def _difference(forms: list[ReadForm]) -> tuple[int, int] | None:
    """The version before the one that is shown, and how many answers changed since; None where it is the first."""
    if len(forms) < 2:
        return None
    before, after = forms[-2:]
    return before.round, count_changes(compare(before.reading, after.reading, visit.doors().library))


def _problem(readings: list[Reading], failure: str, state: CaseState) -> str:
    """Why there are no answers, in plain words; empty where there are some."""
    if readings and readings[0].problem is not None:
        return readings[0].problem.message
    if state.status is Status.UNREADABLE:
        return failure or "We could not read this file. Download it and look at it yourself."
    return ""


def _decided_words(events: list[Event], state: CaseState) -> tuple[str, str] | None:
    """The decision in words with its reason, or None."""
    event = next((event for event in events if event.number == state.decision_event), None)
    if event is None or state.decision is None:
        return None
    return DECISIONS[Decision(state.decision)][0], event.words.get("reason", "")
