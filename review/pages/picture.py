"""The picture of one page of a form, for people who are signed in and may see its request."""

from __future__ import annotations

from flask import Blueprint, Response

from review import visit
from store.cases import load_submissions
from store.ledger import is_held
from store.pages import find_pages

blueprint = Blueprint("picture", __name__)


@blueprint.get("/requests/<reference>/pages/<int:submission_id>/<int:page>")
def show(reference: str, submission_id: int, page: int) -> Response:
    """A lossless WebP picture of a page by its number from 1; not of a file of another request, or with a virus."""
    case, db = visit.case_or_404(reference), visit.database()
    found = next((entry for entry in load_submissions(db, case.id) if entry.id == submission_id), None)
    if found is None or is_held(db, found.sha256):
        visit.not_found()
    pages = find_pages(db, submission_id)
    if pages is None or not 1 <= page <= len(pages.pages):
        visit.not_found()
    data = visit.doors().load_original(pages.pages[page - 1].picture)
    # A worker that was taken over could name any file of the store: what is no picture does not leave by this door.
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        visit.not_found()
    response = Response(data, content_type="image/webp")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
