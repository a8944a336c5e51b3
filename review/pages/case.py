"""One request: the document beside its checks and answers, the history, and what may be done next."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace

from flask import Blueprint, Response, render_template, request, send_file

from casework.impact import PRIORITIES
from casework.lease import lease_of
from casework.lifecycle import (
    CLOSED,
    DECIDED,
    Decision,
    Path,
    Status,
    needs_requirement,
    path_of,
    roles_to_override,
)
from casework.promise import pauses_of
from review import visit
from review.access import Permission, may, regions_seen
from review.case_links import links_of
from review.case_view import CaseView, draft_question
from review.conversation import conversation, undelivered
from review.decide import find_undoable
from review.decision_form import ASK, DecisionForm, decision_form
from review.desk import load_desk, load_view, names_of
from review.guard import is_reviewer
from review.history import timeline
from review.impact_view import advice_views, impact_view, overridden_of
from review.next_step import next_step
from review.page_view import PICTURE_WIDTH
from review.pages.conflict import may_take_over
from review.pages.layout import Problem
from review.pages.queue import list_kept
from review.pages.regional import render_without_contacts
from review.presenters import (
    TAGS,
    channel_name,
    form_name,
    kind_name,
    promise_of,
    size_in_words,
)
from review.similar import find_similar
from review.versions import read_count, versions_of
from review.words_view import words_blocks
from store.cases import (
    CaseRow,
    LinkKind,
    load_case,
    load_claims,
    load_links,
    load_open_blockers,
    load_submissions,
)
from store.decision_drafts import find_decision_draft
from store.feedback import load_confirmed
from store.ledger import is_held
from store.queries import find_original, find_spot
from store.releases import load_releases
from store.work import find_failed_work

blueprint = Blueprint("case", __name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the person has open or has typed so far: it is shown again when something is wrong with it."""

    problems: list[Problem] = field(default_factory=list)
    change: str = ""
    value: str | None = None
    accept: str = ""
    reason: str = ""
    deciding: DecisionForm | None = None
    """The decision as it was typed; None where what the person put aside is shown, or nothing."""
    note: str = ""
    advise: str = ""
    priority: str = ""
    rank: str = ""
    priority_reason: str = ""
    release: str = ""
    release_reason: str = ""
    appeal: str = ""
    is_appealing: bool = False
    take_over_reason: str = ""
    is_taking_over: bool = False

    def with_problems(self, problems: list[Problem]) -> Draft:
        """The same with what is wrong."""
        return replace(self, problems=problems)


@blueprint.get("/requests/<reference>")
def show(reference: str) -> str:
    """The request's page. `change`, `accept` and `ask` in the address open a form without any script."""
    if not may(visit.person(), Permission.READ_CONTACTS):
        return render_without_contacts(visit.case_or_404(reference))
    asked = request.args
    draft = Draft(
        change=asked.get("change", ""),
        accept=asked.get("accept", ""),
        deciding=DecisionForm(decision=ASK)
        if asked.get("ask")
        else DecisionForm(decision=Decision.DUPLICATE.value, joined_to=asked["join"][:40])
        if asked.get("join")
        else None,
        is_taking_over="take-over" in asked,
        advise=asked.get("advise", ""),
    )
    return render_case(visit.case_or_404(reference), draft, ask=set(asked.getlist("ask")))


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


def render_case(case: CaseRow, draft: Draft, *, ask: set[str] | None = None) -> str:
    """The request's page with what the person has typed so far."""
    db, person, rooms = visit.database(), visit.person(), visit.doors()
    desk = load_desk(db, case, rooms.library)
    events, state, view, newest, document = desk.events, desk.state, desk.view, desk.newest, desk.document
    stored = find_original(db, newest.sha256) if newest else None
    is_mine = state.claimed_by == person.id
    is_closed = state.status in CLOSED
    can_work = is_mine and is_reviewer()
    names = names_of(db, case, rooms.library)
    came_from = list_kept()
    spot = find_spot(db, came_from.question, case.id)
    failed = find_failed_work(db, newest.id) if newest else None
    undo = find_undoable(db, case.id, person.id, visit.now()) if is_reviewer() else None
    entries = conversation(
        db, case.id, zone=rooms.zone, now=visit.now(), undoable=undo[0] if undo else None, may_send=is_reviewer()
    )
    aside = find_decision_draft(db, case.id, person.id)
    deciding = draft.deciding or (decision_form(aside.typed) if aside else DecisionForm())
    versions = versions_of(db, desk.submissions, events)
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
        words=words_blocks(view.passages),
        words_only=not document.pages or request.args.get("show") == "words",
        picture_width=PICTURE_WIDTH,
        draft=draft,
        form=form_name(case.form, rooms.library),
        tag_shown=TAGS[state.shown_status],
        promise=promise,
        lease=lease_of(events, state, visit.calendar(case.region).holidays),
        today=visit.today(),
        reviewer=names.people.get(state.claimed_by, "") if state.claimed_by is not None else "",
        is_mine=is_mine,
        can_work=can_work,
        can_change=can_work and not is_closed and not state.is_published,
        is_closed=is_closed,
        can_claim=is_reviewer() and state.claimed_by is None and state.status is not Status.READING,
        can_take_over=may_take_over(events, state, visit.calendar(case.region).holidays),
        can_acknowledge=is_reviewer()
        and state.acknowledged_at is None
        and state.status is not Status.READING
        and state.status not in DECIDED,
        acknowledged_by=names.people.get(state.acknowledged_by or 0, ""),
        sent_by=channel_name(newest.channel).lower() if newest else "",
        newest=newest,
        newest_is_held=desk.is_held,
        versions=versions,
        version_count=sum(version.has_form for version in versions),
        unread_version=desk.unread_version,
        difference=desk.difference(rooms.library),
        read_so_far=read_count(db, desk.submissions),
        links=links_of(db, case, state),
        claims=[link for link in load_links(db, case.id) if link.kind is LinkKind.CLAIMS],
        claimed_by_others=load_claims(db, case.id),
        can_place=is_reviewer() and (state.claimed_by is None or is_mine),
        can_note_requirement=can_work and path_of(state.form) is Path.BUSINESS_CASE and not state.has_requirement,
        undelivered=undelivered(entries),
        file_kind=kind_name(stored.kind) if stored else "File",
        file_size=size_in_words(stored.size) if stored else "",
        problem=desk.problem(failed.problem if failed else ""),
        can_read_again=is_reviewer() and state.status is Status.UNREADABLE,
        days=timeline(events, names, rooms.zone)[:_DAYS_SHOWN],
        entries=entries,
        step=next_step(state, person),
        blockers=load_open_blockers(db, case.id, state),
        override_roles=person.roles & roles_to_override(state.form),
        overridden=overridden_of(events, names.people),
        asks_requirement=needs_requirement(state, Decision.ACCEPT),
        redirects=rooms.library.vocabulary("redirects").terms,
        deciding=deciding,
        saved_at=aside.saved_at if aside and draft.deciding is None else None,
        impact=impact_view(events, state, names.people),
        advice=advice_views(events, rooms.library),
        can_advise=is_reviewer() and (state.claimed_by is None or is_mine) and state.status not in CLOSED,
        may_assess=can_work and state.stage in (Status.ASSESSMENT, Status.PRIORITISATION),
        may_prioritise=can_work and state.stage is Status.PRIORITISATION,
        priorities=PRIORITIES,
        message=deciding.message if deciding.message is not None else draft_question(view, ask or set()),
        releases=load_releases(db),
        release=next((release for release in load_releases(db) if release.id == state.release), None),
        can_record_appeal=is_reviewer() and state.may_be_appealed and (state.claimed_by is None or is_mine),
        can_allocate=may(person, Permission.ALLOCATE) and state.status in (Status.APPROVED, Status.ALLOCATED),
        came_from=came_from,
        spot=spot,
        decided_words=desk.decided_words,
        similar=find_similar(db, case, rooms.library, now=visit.now(), regions=regions_seen(person)),
        confirmed=load_confirmed(db, case.id),
    )


_DAYS_SHOWN = 3


def view_of(case: CaseRow) -> CaseView:
    """The request as read, with people's changes over it."""
    return load_view(visit.database(), case, visit.doors().library)


def current(case: CaseRow) -> CaseRow:
    """The case as it stands now."""
    return load_case(visit.database(), case.id)
