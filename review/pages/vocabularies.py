"""The lists of words that the service knows, reworded and added to: each change is a version with its reason."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from casework.errors import RefusedError, StaleError
from casework.form import Term, Vocabulary, parse_vocabulary
from casework.word_lists import CLOSED, changed_vocabulary, vocabulary_to_text, without_term
from review import visit
from review.pages.layout import Problem
from review.presenters import form_name
from store.database import transaction
from store.edited_texts import find_edited_text, load_edited_text, load_edited_versions, save_edited_text
from store.people import load_people
from store.queries import count_uses

blueprint = Blueprint("vocabularies", __name__)
_PREFIX = "vocabulary/"
_TITLES = {
    "advisory-groups": ("Advisory groups", "National Special Interest Groups that are asked for advice"),
    "decisions": ("Decisions", "What a decision is called in the schedule"),
    "functional-areas": ("Areas of ESR", "The parts of ESR that a change may concern"),
    "input-levels": ("Input levels", "Who may enter a supplementary role"),
    "known-competences": ("Known competences", "National competences that exist already"),
    "national-learning": ("National learning", "Programmes, policies, laws and bodies that a link may name"),
    "priorities": ("Priorities", "How urgent a sender says that a change is"),
    "redirects": ("Redirects", "What belongs to another service"),
    "regions": ("Regions", "Where an organisation is"),
    "same-words": ("Words that mean the same", "Counted as the same when requests are compared"),
    "supplementary-roles": ("Known supplementary roles", "Roles that exist already"),
    "wellbeing": ("Wellbeing words", "What ties a role to the wellbeing of staff"),
}
# The column of a case that holds the list's values, where one does.
_COLUMNS = {"regions": "region", "functional-areas": "functional_area", "decisions": "decision"}


@blueprint.get("/manage/words")
def show() -> str:
    """Every list."""
    db = visit.database()
    lists = []
    for vocabulary in visit.doors().library.vocabularies:
        edited = find_edited_text(db, _PREFIX + vocabulary.name)
        lists.append((vocabulary.name, *_title(vocabulary.name), len(vocabulary.terms), edited))
    return render_template("words.html", lists=sorted(lists, key=lambda entry: entry[1]))


@blueprint.get("/manage/words/<name>")
def show_list(name: str) -> str:
    """One list: its entries, what uses them, and its versions."""
    return _list_page(_vocabulary(name), [])


@blueprint.get("/manage/words/<name>/entry")
def show_entry(name: str) -> str:
    """One entry, or an empty form for a new one."""
    vocabulary = _vocabulary(name)
    key = request.args.get("key", "")
    found = next((term for term in vocabulary.terms if term.key == key), None)
    if key and found is None:
        visit.not_found()
    if not key and name in CLOSED:
        visit.not_found()
    return _entry_page(vocabulary, found or Term("", ""), is_new=found is None, problems=[])


@blueprint.post("/manage/words/<name>/entry")
def save_entry(name: str) -> Response | tuple[str, int]:
    """Keep a new version of the list with this entry reworded, added, or (`do` says so) removed."""
    current, form = _vocabulary(name), request.form
    is_new = form.get("is_new") == "yes"
    lines = [" ".join(line.split()) for line in form.get("aliases", "").splitlines()]
    term = Term(
        form.get("key", "").strip(),
        " ".join(form.get("label", "").split()),
        tuple(dict.fromkeys(line for line in lines if line)),
        " ".join(form.get("note", "").split()),
    )
    try:
        if is_new and any(known.key == term.key for known in current.terms):
            raise RefusedError("There is an entry with this short name already")
        if not is_new and not any(known.key == term.key for known in current.terms):
            visit.not_found()
        shipped = _shipped(name)
        removes = form.get("do") == "remove"
        proposed = without_term(shipped, current, term.key) if removes else changed_vocabulary(shipped, current, term)
        if not form.get("reason", "").strip():
            return _entry_page(current, term, is_new=is_new, problems=[Problem("reason", "Enter a reason")]), 400
        _save(proposed)
    except (RefusedError, StaleError) as problem:
        at = "key" if "short name" in problem.public_message else "label"
        return _entry_page(current, term, is_new=is_new, problems=[Problem(at, problem.public_message)]), 400
    flash(f"“{_title(name)[0]}” is changed. Forms that are read from now on are read with it.")
    return redirect(f"/manage/words/{name}", 303)


@blueprint.post("/manage/words/<name>/restore")
def restore(name: str) -> Response | tuple[str, int]:
    """Make an older version (0: the shipped one) the newest."""
    current, text = _vocabulary(name), request.form.get("version", "")
    if not text.isascii() or not text.isdigit():
        visit.not_found()
    if not request.form.get("reason", "").strip():
        return _list_page(current, [Problem("reason", "Enter a reason")]), 400
    number = int(text)
    if number:
        old = parse_vocabulary(load_edited_text(visit.database(), _PREFIX + name, number).text)
    else:
        old = _shipped(name)
    try:
        _save(old)
    except StaleError as problem:
        return _list_page(current, [Problem("reason", problem.public_message)]), 400
    flash(f"“{_title(name)[0]}” is as it was in {f'version {number}' if number else 'the beginning'}.")
    return redirect(f"/manage/words/{name}", 303)


def _save(proposed: Vocabulary) -> None:
    text = request.form.get("seen_version", "")
    with transaction(visit.database()) as db:
        save_edited_text(
            db,
            _PREFIX + proposed.name,
            vocabulary_to_text(proposed),
            person_id=visit.person().id,
            reason=request.form.get("reason", "")[:1000],
            now=visit.now(),
            seen_version=int(text) if text.isascii() and text.isdigit() else -1,
        )


def _vocabulary(name: str) -> Vocabulary:
    try:
        return visit.doors().library.vocabulary(name)
    except KeyError:
        visit.not_found()


def _shipped(name: str) -> Vocabulary:
    return visit.doors().shipped_library.vocabulary(name)


def _title(name: str) -> tuple[str, str]:
    return _TITLES.get(name, (name.replace("-", " ").capitalize(), ""))


def _version(name: str) -> int:
    edited = find_edited_text(visit.database(), _PREFIX + name)
    return edited.version if edited else 0


def _list_page(vocabulary: Vocabulary, problems: list[Problem]) -> str:
    db, library = visit.database(), visit.doors().library
    shipped = {term.key: term for term in _shipped(vocabulary.name).terms}
    column = _COLUMNS.get(vocabulary.name, "")
    uses = count_uses(db, column, [term.key for term in vocabulary.terms]) if column else {}
    return render_template(
        "word_list.html",
        name=vocabulary.name,
        title=_title(vocabulary.name)[0],
        about=_title(vocabulary.name)[1],
        terms=[
            (term, uses.get(term.key, 0), "" if shipped.get(term.key) == term else "Changed here")
            for term in vocabulary.terms
        ],
        counts_uses=bool(column),
        is_closed=vocabulary.name in CLOSED,
        questions=[
            f"{form_name(form.key, library)}: {field.label}"
            for form in library.forms
            for field in form.fields
            if field.vocabulary == vocabulary.name
        ],
        versions=load_edited_versions(db, _PREFIX + vocabulary.name),
        people={person.id: person.name for person in load_people(db)},
        version=_version(vocabulary.name),
        problems=problems,
    )


def _entry_page(vocabulary: Vocabulary, term: Term, *, is_new: bool, problems: list[Problem]) -> str:
    shipped = {known.key for known in _shipped(vocabulary.name).terms}
    return render_template(
        "word_entry.html",
        name=vocabulary.name,
        title=_title(vocabulary.name)[0],
        term=term,
        is_new=is_new,
        may_remove=not is_new and term.key not in shipped,
        version=request.form.get("seen_version") or str(_version(vocabulary.name)),
        reason=request.form.get("reason", ""),
        problems=problems,
    )
