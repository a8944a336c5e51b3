"""The rules of the checks, for administrators: each is changed only after a look at what that would have done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.errors import RefusedError, StaleError
from casework.model import Severity
from casework.rulebook import RuleBook, RuleSetting, parse_rulebook, rulebook_to_text
from review import visit
from review.pages.layout import Problem
from review.presenters import form_name, moment_in_words
from review.rule_trial import HOW_MANY, MOST, Trial, try_rules
from store.database import transaction
from store.edited_texts import load_edited_versions, save_edited_text
from store.people import load_people

blueprint = Blueprint("rules", __name__)
NAME = "rules"
_LONGEST = timedelta(seconds=10)
"""Nobody waits longer for a page than this."""
SEVERITIES = {
    Severity.BLOCKER: ("Fix", "red"),
    Severity.QUERY: ("Check", "yellow"),
    Severity.ADVICE: ("Advice", "blue"),
}
_LIMIT_WORDS = {
    "date_past_months": ("Months that a form may lie back", "Forms filled in longer ago are asked about"),
    "date_ahead_years": ("Years that a wished-for date may lie ahead", "Dates further ahead are asked about"),
}


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule in the list: `state` says in words whether it is used."""

    rule: str
    about: str
    state: str
    severity: str
    colour: str
    is_changed: bool


@blueprint.get("/manage/rules")
def show() -> str:
    """All rules and what was changed about them."""
    rooms, db = visit.doors(), visit.database()
    book, _ = rooms.rules.now(db)
    people = {person.id: person.name for person in load_people(db)}
    return render_template(
        "rules.html",
        rules=[_view(entry, rooms.rules.shipped) for entry in book.settings],
        limits=[(words[0], getattr(book.limits, name)) for name, words in _LIMIT_WORDS.items()],
        versions=[
            (
                version.version,
                people.get(version.saved_by or 0, "A former colleague"),
                moment_in_words(version.saved_at, rooms.zone),
                version.reason,
            )
            for version in load_edited_versions(db, NAME)
        ],
    )


@blueprint.get("/manage/rules/<path:rule>")
def show_rule(rule: str) -> str:
    """One rule as it is used now."""
    book, version = visit.doors().rules.now(visit.database())
    return _rule_page(_setting(book, rule), version)


@blueprint.post("/manage/rules/<path:rule>")
def change_rule(rule: str) -> Response | str | tuple[str, int]:
    """Show what a change would have done; keep it once that was looked at."""
    rooms, db = visit.doors(), visit.database()
    book, version = rooms.rules.now(db)
    entry = _asked(_setting(book, rule), rooms.rules.shipped)
    reason = request.form.get("reason", "")
    try:
        proposed = _checked(book.with_setting(entry))
    except RefusedError as problem:
        return _rule_page(entry, version, [Problem("message", problem.public_message)]), 400
    trial = _try(book, proposed)
    if request.form.get("do") != "save":
        return _rule_page(entry, version, trial=trial, reason=reason)
    if not reason.strip():
        return _rule_page(entry, version, [Problem("reason", "Enter a reason")], trial), 400
    _save(proposed, reason)
    flash(f"The rule “{entry.rule}” is changed. Forms that are read from now on are checked with it.")
    return redirect("/manage/rules", 303)


@blueprint.get("/manage/rule-limits")
def show_limits() -> str:
    """The limits as they count now."""
    book, version = visit.doors().rules.now(visit.database())
    return _limits_page({name: str(getattr(book.limits, name)) for name in _LIMIT_WORDS}, version)


@blueprint.post("/manage/rule-limits")
def change_limits() -> Response | str | tuple[str, int]:
    """Show what other limits would have done; keep them once that was looked at."""
    book, version = visit.doors().rules.now(visit.database())
    typed = {name: request.form.get(name, "").strip() for name in _LIMIT_WORDS}
    problems = [Problem(name, "Enter a whole number") for name, text in typed.items() if not _is_number(text)]
    reason = request.form.get("reason", "")
    if problems:
        return _limits_page(typed, version, problems), 400
    try:
        limits = replace(book.limits, **{name: int(text) for name, text in typed.items()})
        proposed = _checked(replace(book, limits=limits))
    except RefusedError as problem:
        return _limits_page(typed, version, [Problem("date_past_months", problem.public_message)]), 400
    trial = _try(book, proposed)
    if request.form.get("do") != "save":
        return _limits_page(typed, version, trial=trial, reason=reason)
    if not reason.strip():
        return _limits_page(typed, version, [Problem("reason", "Enter a reason")], trial), 400
    _save(proposed, reason)
    flash("The limits are changed. Forms that are read from now on are checked with them.")
    return redirect("/manage/rules", 303)


def _view(entry: RuleSetting, shipped: RuleBook) -> RuleView:
    words, colour = SEVERITIES[entry.severity] if entry.severity else ("By question", "grey")
    state = "Off" if not entry.on else f"Not for {len(entry.not_for)} of the forms" if entry.not_for else "On"
    return RuleView(entry.rule, entry.about, state, words, colour, entry != shipped.find(entry.rule))


def _rule_page(
    entry: RuleSetting,
    version: int,
    problems: list[Problem] | None = None,
    trial: Trial | None = None,
    reason: str = "",
) -> str:
    library = visit.doors().library
    return render_template(
        "rule.html",
        entry=entry,
        version=version,
        forms=[(form.key, form_name(form.key, library), form.key not in entry.not_for) for form in library.forms],
        severities=[(severity.value, words) for severity, (words, _) in SEVERITIES.items()],
        problems=problems or [],
        trial=trial,
        reason=reason,
        how_many=[(count, f"{count:,}", count == _how_many()) for count in HOW_MANY],
    )


def _limits_page(
    typed: dict[str, str],
    version: int,
    problems: list[Problem] | None = None,
    trial: Trial | None = None,
    reason: str = "",
) -> str:
    return render_template(
        "rule_limits.html",
        limits=[(name, *words, typed[name]) for name, words in _LIMIT_WORDS.items()],
        version=version,
        problems=problems or [],
        trial=trial,
        reason=reason,
        how_many=[(count, f"{count:,}", count == _how_many()) for count in HOW_MANY],
    )


def _try(current: RuleBook, proposed: RuleBook) -> Trial:
    """What the change would have done to as many of the newest requests as were asked for, as far as time allows."""
    began = visit.now()
    return try_rules(
        visit.database(),
        current,
        proposed,
        visit.doors().rules.judge,
        limit=_how_many(),
        in_time=lambda: visit.now() - began < _LONGEST,
    )


def _how_many() -> int:
    typed = request.form.get("newest", "")
    return int(typed) if typed in map(str, HOW_MANY) else MOST


def _setting(book: RuleBook, rule: str) -> RuleSetting:
    entry = next((entry for entry in book.settings if entry.rule == rule), None)
    if entry is None:
        visit.not_found()
    return entry


def _asked(entry: RuleSetting, shipped: RuleBook) -> RuleSetting:
    """The setting as the page asks for it; back to what was shipped where that is asked for."""
    form = request.form
    if form.get("shipped"):
        return shipped.find(entry.rule) or entry
    severity = form.get("severity", "")
    wanted = set(form.getlist("forms"))
    keys = [found.key for found in visit.doors().library.forms]
    return replace(
        entry,
        on=form.get("on") == "yes",
        severity=Severity(severity) if entry.severity and severity in set(Severity) else entry.severity,
        not_for=tuple(key for key in keys if key not in wanted),
        message=" ".join(form.get("message", "").split()),
        advice=" ".join(form.get("advice", "").split()),
    )


def _checked(book: RuleBook) -> RuleBook:
    """The book as it would be read back; RefusedError where it would not be."""
    shipped = visit.doors().rules.shipped
    return parse_rulebook(rulebook_to_text(book, shipped), shipped)


def _save(book: RuleBook, reason: str) -> None:
    text = request.form.get("version", "")
    if not _is_number(text):
        raise StaleError("Somebody else changed the rules while you were editing them. Look at them again first.")
    with transaction(visit.database()) as db:
        save_edited_text(
            db,
            NAME,
            rulebook_to_text(book, visit.doors().rules.shipped),
            person_id=visit.person().id,
            reason=reason,
            now=visit.now(),
            seen_version=int(text),
        )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7
