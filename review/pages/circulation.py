"""Circulation: lists of addresses, messages to them, who asked and who confirmed, and what arrived."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.address_list import MOST_BYTES, ListedAddress, is_mail_address, parse_addresses
from casework.errors import NotAllowedError, RefusedError
from casework.wording import counted
from review import visit
from review.pages.layout import Problem
from review.pages.published import published
from review.presenters import Tag, moment_in_words, parse_day
from store.circulation import (
    Circulation,
    CirculationList,
    RecipientState,
    Stage,
    add_circulation,
    add_list,
    add_members,
    count_states,
    find_member_by_token,
    load_circulation,
    load_circulations,
    load_left,
    load_lists,
    load_members,
    load_recipient_states,
    load_recipients,
    remove_member,
    resend_failed,
    set_cancelled,
    unsubscribe,
)
from store.database import transaction
from store.deliveries import DeliveryState
from store.people import load_people
from store.schedules import IssueRow

blueprint = Blueprint("circulation", __name__)
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_LONGEST_SUBJECT, _LONGEST_BODY = 200, 8000
TAGS = {
    DeliveryState.WAITING: Tag("Waiting", "blue"),
    DeliveryState.SENT: Tag("Delivered", "green"),
    DeliveryState.FAILED: Tag("Failed", "red"),
    DeliveryState.BOUNCED: Tag("Bounced", "red"),
    DeliveryState.TAKEN_BACK: Tag("Stopped", "grey"),
    DeliveryState.NOT_SENT: Tag("Not sent", "orange"),
}
STAGES = {
    Stage.DRAFT: Tag("Draft", "white"),
    Stage.ASKED: Tag("To be confirmed", "yellow"),
    Stage.CONFIRMED: Tag("Sent or sending", "green"),
    Stage.CANCELLED: Tag("Stopped", "grey"),
}


@dataclass(frozen=True, slots=True)
class Writing:
    """What the person has typed so far."""

    subject: str = ""
    body: str = ""
    lists: tuple[int, ...] = ()
    issue: str = ""
    attaches: bool = False
    day: str = ""
    clock: str = ""


@blueprint.get("/circulation")
def show() -> str:
    """The lists, and every message to them."""
    return _page([], "")


@blueprint.post("/circulation/lists")
def make_list() -> Response | tuple[str, int]:
    """Add a list."""
    name = " ".join(request.form.get("name", "").split())
    problem = "" if 0 < len(name) <= 80 else "Enter a name of at most 80 characters"
    if not problem:
        try:
            with transaction(visit.database()):
                number = add_list(visit.database(), name)
            return redirect(f"/circulation/lists/{number}", 303)
        except RefusedError as refused:
            problem = refused.public_message
    return _page([Problem("name", problem)], name), 400


@blueprint.get("/circulation/lists/<int:list_id>")
def show_list(list_id: int) -> str:
    """Who is on a list."""
    return _list_page(_list(list_id), [])


@blueprint.post("/circulation/lists/<int:list_id>")
def add_one(list_id: int) -> Response | tuple[str, int]:
    """Put one address on a list."""
    found, db = _list(list_id), visit.database()
    address, name = request.form.get("email", "").strip(), " ".join(request.form.get("name", "").split())
    problem = ""
    if not is_mail_address(address):
        problem = "Enter an email address in the correct format, like name@example.nhs.uk"
    elif address.casefold() in load_left(db):
        problem = "They asked not to be written to, so they stay off the lists"
    if problem:
        return _list_page(found, [Problem("email", problem)], address=address, name=name), 400
    with transaction(db):
        entry = ListedAddress(1, address, name[:120])
        added = add_members(db, list_id, [entry], person_id=visit.person().id, now=visit.now())
    flash(f"{address} is on the list." if added else f"{address} was on the list already.")
    return redirect(f"/circulation/lists/{list_id}", 303)


@blueprint.post("/circulation/lists/<int:list_id>/remove")
def remove(list_id: int) -> Response:
    """Take one address off a list."""
    member = request.form.get("member", "")
    if not member.isascii() or not member.isdigit() or len(member) > 12:
        visit.not_found()
    try:
        with transaction(visit.database()):
            remove_member(
                visit.database(), _list(list_id).id, int(member), person_id=visit.person().id, now=visit.now()
            )
        flash("The address is off the list.")
    except RefusedError as refused:
        flash(refused.public_message, "problem")
    return redirect(f"/circulation/lists/{list_id}", 303)


@blueprint.post("/circulation/lists/<int:list_id>/import")
def import_rows(list_id: int) -> Response | str | tuple[str, int]:
    """Look through a CSV file, show what would be added, and add it only when that was confirmed."""
    found, db = _list(list_id), visit.database()
    file = request.files.get("file")
    data = file.read(MOST_BYTES + 1) if file is not None and file.filename else request.form.get("rows", "").encode()
    if not data:
        return _list_page(found, [Problem("file", "Select a CSV file")]), 400
    known = {member.address.casefold() for member in load_members(db, list_id) if member.state == "active"}
    try:
        rows = parse_addresses(data, known=known, left=load_left(db))
    except RefusedError as refused:
        return _list_page(found, [Problem("file", refused.public_message)]), 400
    good = [row for row in rows if not row.problem]
    if request.form.get("step") != "add":
        return render_template(
            "circulation_import.html",
            list=found,
            good=good,
            bad=[row for row in rows if row.problem],
            rows="\n".join(f'{row.address},"{_quoted(row.name)}"' for row in good),
        )
    with transaction(db):
        added = add_members(db, list_id, good, person_id=visit.person().id, now=visit.now())
    flash(f"{counted(added, 'address', 'addresses')} added to the list.")
    return redirect(f"/circulation/lists/{list_id}", 303)


@blueprint.get("/circulation/new")
def write() -> str:
    """Write a message to lists."""
    return _write_page(Writing(), [])


@blueprint.post("/circulation/new")
def save() -> Response | str | tuple[str, int]:
    """Keep what was written, to be looked at and asked for."""
    writing = _writing()
    problems, send_at = _problems(writing)
    if problems:
        return _write_page(writing, problems), 400
    db = visit.database()
    with transaction(db):
        number = add_circulation(
            db,
            subject=writing.subject,
            body=writing.body,
            list_ids=writing.lists,
            issue_id=int(writing.issue) if writing.issue else None,
            attaches=writing.attaches and bool(writing.issue),
            send_at=send_at,
            person_id=visit.person().id,
            now=visit.now(),
        )
    return redirect(f"/circulation/{number}", 303)


@blueprint.get("/circulation/<int:circulation_id>")
def show_one(circulation_id: int) -> str:
    """The message as it goes out, to whom, and what became of it."""
    db, rooms = visit.database(), visit.doors()
    found = _circulation(circulation_id)
    names = {person.id: person.name for person in load_people(db)}
    lists = {entry.id: entry.name for entry in load_lists(db)}
    states = load_recipient_states(db, found.id)
    now_on_it = load_recipients(db, found.list_ids)
    me = visit.person().id
    is_mine = me in (found.asked_by, found.created_by)
    return render_template(
        "circulation_one.html",
        circulation=found,
        tag=STAGES[found.stage],
        lists=[lists.get(number, "A list that is gone") for number in found.list_ids],
        wrote=names.get(found.created_by, "Somebody"),
        asked=names.get(found.asked_by or 0, ""),
        confirmed=names.get(found.confirmed_by or 0, ""),
        number=len(now_on_it),
        alone=rooms.circulate.alone,
        needs_other=len(now_on_it) > rooms.circulate.alone,
        may_confirm=not (is_mine and len(now_on_it) > rooms.circulate.alone),
        preview=rooms.circulate.preview(db, found),
        progress=progress_in_words(states),
        states=[
            (
                state,
                TAGS[DeliveryState(state.state)],
                moment_in_words(state.ended_at, rooms.zone) if state.ended_at else "",
            )
            for state in states
        ],
        failed=sum(state.state in _FAILED for state in states),
        waiting=sum(state.state == DeliveryState.WAITING for state in states),
        sends_mail=rooms.sends_mail,
    )


@blueprint.post("/circulation/<int:circulation_id>/<step>")
def act(circulation_id: int, step: str) -> Response:
    """Test, ask, confirm, stop, or send again to those whom it did not reach."""
    db, rooms, person, now = visit.database(), visit.doors(), visit.person(), visit.now()
    found = _circulation(circulation_id)
    try:
        match step:
            case "test":
                rooms.circulate.test(db, found, recipient=person.email, now=now)
                flash(f"A test goes to {person.email}.")
            case "ask":
                number = rooms.circulate.ask(db, found.id, person_id=person.id, now=now)
                more = number > rooms.circulate.alone
                flash("Another person must confirm it now." if more else "Look at it once more, then confirm.")
            case "confirm":
                number = rooms.circulate.confirm(db, found.id, person_id=person.id, now=now)
                flash(f"{counted(number, 'message')} in the outbox.")
            case "stop":
                with transaction(db):
                    number = set_cancelled(db, found.id, person_id=person.id, now=now)
                flash(f"It is stopped. {counted(number, 'message')} that waited will not leave.")
            case "again":
                with transaction(db):
                    number = resend_failed(db, found.id, person_id=person.id, now=now)
                flash(f"{counted(number, 'message')} will be tried again.")
            case _:
                visit.not_found()
    except (RefusedError, NotAllowedError) as problem:
        flash(problem.public_message, "problem")
    return redirect(f"/circulation/{found.id}", 303)


@blueprint.get("/circulation/leave/<token>")
def ask_leave(token: str) -> str:
    """Ask whether somebody really wants to leave: a program that follows links must not do it for them."""
    member = find_member_by_token(visit.database(), token)
    if member is None:
        visit.not_found()
    return render_template("circulation_leave.html", token_of_link=token, has_left=member.state == "unsubscribed")


@blueprint.post("/circulation/leave/<token>")
def leave(token: str) -> Response:
    """Take the address of this link off every list."""
    try:
        with transaction(visit.database()):
            unsubscribe(visit.database(), token, now=visit.now())
    except RefusedError:
        visit.not_found()
    return redirect(f"/circulation/leave/{token}", 303)


_FAILED = (DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.NOT_SENT)


def progress_in_words(states: list[RecipientState]) -> str:
    """`212 of 240 delivered, 3 bounced, 25 waiting`; empty where nothing was put into the outbox."""
    if not states:
        return ""
    count = count_states(states)
    words = {
        "bounced": "bounced",
        "failed": "failed",
        "not-sent": "not sent",
        "waiting": "waiting",
        "taken-back": "stopped",
    }
    rest = [f"{count[state]} {said}" for state, said in words.items() if count.get(state)]
    return ", ".join([f"{count.get('sent', 0)} of {len(states)} delivered", *rest])


def _quoted(text: str) -> str:
    return text.replace('"', '""')


def _list(list_id: int) -> CirculationList:
    found = next((entry for entry in load_lists(visit.database()) if entry.id == list_id), None)
    if found is None:
        visit.not_found()
    return found


def _circulation(circulation_id: int) -> Circulation:
    try:
        return load_circulation(visit.database(), circulation_id)
    except RefusedError:
        visit.not_found()


def _issues() -> list[tuple[IssueRow, str]]:
    label = visit.doors().schedules.label
    issues = published(visit.database())
    return [(issue, f"{label(issue.quarter)}, version {issue.version}") for issue in reversed(issues)]


def _writing() -> Writing:
    form = request.form
    return Writing(
        subject=" ".join(form.get("subject", "").split()),
        body=form.get("body", "").replace("\r\n", "\n").strip(),
        lists=tuple(
            int(entry) for entry in form.getlist("list") if entry.isascii() and entry.isdigit() and len(entry) < 9
        ),
        issue=form.get("issue", ""),
        attaches=form.get("attaches") == "yes",
        day=form.get("day", "").strip(),
        clock=form.get("clock", "").strip(),
    )


def _problems(writing: Writing) -> tuple[list[Problem], datetime | None]:
    problems = []
    if not 0 < len(writing.subject) <= _LONGEST_SUBJECT:
        problems.append(Problem("subject", f"Enter a subject of at most {_LONGEST_SUBJECT} characters"))
    if not 0 < len(writing.body) <= _LONGEST_BODY:
        problems.append(Problem("body", f"Enter a message of at most {_LONGEST_BODY:,} characters"))
    known = {entry.id for entry in load_lists(visit.database())}
    if not writing.lists or not set(writing.lists) <= known:
        problems.append(Problem("list", "Select at least one list"))
    if writing.issue and writing.issue not in {str(issue.id) for issue, _ in _issues()}:
        problems.append(Problem("issue", "Select a schedule from the list"))
    send_at = None
    if writing.day or writing.clock:
        day, clock = parse_day(writing.day), _CLOCK.fullmatch(writing.clock or "9:00")
        if day is None:
            problems.append(Problem("day", "Enter a real date, like 31 March 2026"))
        if clock is None:
            problems.append(Problem("clock", "Enter a time, like 9:00 or 14:30"))
        if day is not None and clock is not None:
            send_at = datetime.combine(day, time(int(clock[1]), int(clock[2])), visit.doors().zone)
            if send_at <= visit.now():
                problems.append(Problem("day", "Enter a time that is still to come, or none to send at once"))
    return problems, send_at


def _page(problems: list[Problem], name: str) -> str:
    db = visit.database()
    return render_template(
        "circulation.html",
        lists=load_lists(db),
        circulations=[
            (entry, STAGES[entry.stage], progress_in_words(load_recipient_states(db, entry.id)))
            for entry in load_circulations(db)
        ],
        problems=problems,
        name=name,
    )


def _list_page(found: CirculationList, problems: list[Problem], *, address: str = "", name: str = "") -> str:
    return render_template(
        "circulation_list.html",
        list=found,
        members=load_members(visit.database(), found.id),
        problems=problems,
        address=address,
        name=name,
    )


def _write_page(writing: Writing, problems: list[Problem]) -> str:
    return render_template(
        "circulation_write.html",
        writing=writing,
        lists=load_lists(visit.database()),
        issues=_issues(),
        problems=problems,
    )
