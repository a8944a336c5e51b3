"""The files that go back to a sender: as they would go now, and as they went with each message."""

from __future__ import annotations

import io
from collections.abc import Iterable

from flask import Blueprint, Response, send_file

from casework.mend import Enclosure
from review import visit
from review.pages.start import WORD
from review.pages.track import may_be_told
from store.attachments import Attachment, load_attachments
from store.cases import CaseRow
from store.deliveries import Delivery, find_delivery

blueprint = Blueprint("returned", __name__)


@blueprint.get("/requests/<reference>/send-back/<key>")
def preview(reference: str, key: str) -> Response:
    """What would go back to the sender now: `changes` or `filled-in`. Nothing is kept or sent."""
    case = visit.case_or_404(reference)
    made = visit.doors().send_back.build(visit.database(), case.id, question="", now=visit.now())
    found = next((enclosure for enclosure in made if enclosure.key == key), None)
    if found is None:
        visit.not_found()
    return _download(found.name, found.data)


@blueprint.get("/requests/<reference>/files/<int:delivery_id>/<int:position>")
def of_message(reference: str, delivery_id: int, position: int) -> Response:
    """A file that went out with a message, the very bytes."""
    _, attachment = _attachment(visit.case_or_404(reference), delivery_id, position)
    return _download(attachment.name, visit.doors().load_original(attachment.sha256))


@blueprint.get("/track/<token>/files/<int:delivery_id>/<int:position>")
def of_own_request(token: str, delivery_id: int, position: int) -> Response:
    """The same for the sender, once they may be told of the message."""
    delivery, attachment = _attachment(visit.case_by_token_or_404(token), delivery_id, position)
    if not may_be_told(delivery):
        visit.not_found()
    return _download(attachment.name, visit.doors().load_original(attachment.sha256))


def keep_files(enclosures: Iterable[Enclosure]) -> tuple[Attachment, ...]:
    """The files' bytes stored for good, and what a message needs to know of them."""
    keep = visit.doors().send_back.keep
    return tuple(Attachment(made.name, made.words, keep(made.data), len(made.data)) for made in enclosures)


def _attachment(case: CaseRow, delivery_id: int, position: int) -> tuple[Delivery, Attachment]:
    db = visit.database()
    delivery = find_delivery(db, delivery_id)
    if delivery is None or delivery.case_id != case.id:
        visit.not_found()
    files = load_attachments(db, [delivery.id]).get(delivery.id, [])
    found = next((file for file in files if file.position == position), None)
    if found is None:
        visit.not_found()
    return delivery, found


def _download(name: str, data: bytes) -> Response:
    response = send_file(io.BytesIO(data), mimetype=WORD, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
