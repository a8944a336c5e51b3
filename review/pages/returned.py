"""The files that go back to a sender: as they would go now, and as they went with each message."""

from __future__ import annotations

import io

from flask import Blueprint, Response, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from casework.errors import RefusedError
from review import visit
from review.pages.start import WORD
from review.pages.track import may_be_told
from review.waiting import making_page, progress_of
from store.attachments import Attachment, load_attachments
from store.cases import CaseRow
from store.commissions import Commission, CommissionKind, CommissionState, commission, load_commission
from store.database import transaction
from store.deliveries import Delivery, find_delivery

blueprint = Blueprint("returned", __name__)


@blueprint.post("/requests/<reference>/send-back")
def ask(reference: str) -> AnyResponse:
    """Ask to see what would go back to the sender with the question as it is typed now; nothing is sent."""
    case, db = visit.case_or_404(reference), visit.database()
    doors = visit.doors().send_back
    plan = doors.plan(db, case.id, request.form.get("message", "").replace("\r\n", "\n"))
    order = doors.order(db, plan, None, case.reference, visit.now())
    with transaction(db):
        asked = commission(
            db,
            CommissionKind.PREVIEW,
            f"{case.id}/{order}",
            sha256=order,
            person_id=visit.person().id,
            now=visit.now(),
        )
    return redirect(f"/requests/{case.reference}/send-back/{asked}", 303)


@blueprint.get("/requests/<reference>/send-back/<int:commission_id>")
def preview(reference: str, commission_id: int) -> str:
    """The files that would go back: being made, or there to be looked at."""
    case = visit.case_or_404(reference)
    asked = _preview_or_404(case, commission_id)
    if asked.state is not CommissionState.MAKING:
        return render_template("send_back.html", case=case, asked=asked)
    return making_page(
        asked,
        "What goes back to the requester",
        being_made="Writing our comments into their form",
        then="Showing it to you",
        promise="Nothing is sent.",
        progress=f"/requests/{case.reference}/send-back/{asked.id}/progress",
        back_to=(f"/requests/{case.reference}#decide", "Back to the request"),
    )


@blueprint.get("/requests/<reference>/send-back/<int:commission_id>/progress")
def progress(reference: str, commission_id: int) -> Response:
    """How the making goes, for the script that asks."""
    return progress_of(_preview_or_404(visit.case_or_404(reference), commission_id))


@blueprint.get("/requests/<reference>/send-back/<int:commission_id>/<key>")
def of_preview(reference: str, commission_id: int, key: str) -> Response:
    """A file as it would go: `changes` or `filled-in`."""
    asked = _preview_or_404(visit.case_or_404(reference), commission_id)
    found = next((file for file in asked.outcome.get("files", ()) if file["key"] == key), None)
    if found is None:
        visit.not_found()
    return _download(found["name"], visit.doors().load_original(found["sha256"]))


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


def _preview_or_404(case: CaseRow, commission_id: int) -> Commission:
    try:
        asked = load_commission(visit.database(), commission_id, CommissionKind.PREVIEW)
    except RefusedError:
        visit.not_found()
    if asked.subject.partition("/")[0] != str(case.id):
        visit.not_found()
    return asked


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
