"""A request as a regional reader sees it: what is asked and where it stands, without who asked or what they wrote."""

from __future__ import annotations

import re

from flask import render_template

from casework.lifecycle import Decision, state_of
from casework.reading_json import reading_from_record
from casework.state_words import DECISIONS
from review import visit
from review.case_view import case_view
from review.presenters import TAGS, form_name
from store.cases import CaseRow, load_newest_readings
from store.events import load_events
from store.releases import load_releases

# Who asked, and people whom they name.
_CONTACTS = frozenset({"requester_name", "job_title", "email", "phone", "sponsor", "support"})
_ADDRESS = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,190}")
_NUMBER = re.compile(r"(?<![\w-])\+?\(?0?\d[\d ()-]{8,16}\d(?![\w-])")
_TAKEN_OUT = "[contact details]"


def render_without_contacts(case: CaseRow) -> str:
    """The page; the reading's own words are shown only by question, and never those that name the sender."""
    db, library = visit.database(), visit.doors().library
    events = load_events(db, case.id)
    state = state_of(events)
    readings = [reading_from_record(record) for record in load_newest_readings(db, case.id)]
    decided = next((event for event in events if event.number == state.decision_event), None)
    view = case_view(readings, events, state, library)
    return render_template(
        "regional.html",
        case=case,
        title=without_contacts(case.title) or case.reference,
        form=form_name(case.form, library),
        tag_shown=TAGS[state.shown_status],
        answers=[
            (answer.label, without_contacts(answer.text))
            for answer in view.answers
            if answer.key not in _CONTACTS and answer.text
        ],
        decision=DECISIONS[Decision(state.decision)].done if state.decision else "",
        reason=without_contacts(decided.words.get("reason", "")) if decided else "",
        release=next((release.name for release in load_releases(db) if release.id == state.release), ""),
    )


def without_contacts(text: str) -> str:
    """The text with email addresses and telephone numbers taken out."""
    return _NUMBER.sub(_TAKEN_OUT, _ADDRESS.sub(_TAKEN_OUT, text))
