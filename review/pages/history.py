"""What came before: the whole history of a request, and its versions beside each other."""

from __future__ import annotations

from itertools import pairwise

from flask import Blueprint, render_template, request

from review import visit
from review.compare import Change, compare
from review.desk import names_of
from review.history import Show, timeline
from review.versions import read_forms
from store.events import load_events

blueprint = Blueprint("history", __name__)


@blueprint.get("/requests/<reference>/history")
def show(reference: str) -> str:
    """All that happened to the request, or one kind of it."""
    case = visit.case_or_404(reference)
    wanted = request.args.get("show", "")
    show_only = Show(wanted) if wanted in set(Show) else Show.ALL
    events = load_events(visit.database(), case.id)
    return render_template(
        "history.html",
        case=case,
        days=timeline(events, names_of(visit.database(), case, visit.doors().library), visit.doors().zone, show_only),
        shows=[(entry.value, entry.value.capitalize(), entry is show_only) for entry in Show],
    )


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
