"""The start page: which form to use, the blank forms, and the way to send or track a request."""

from __future__ import annotations

import io

from flask import Blueprint, Response, abort, render_template, send_file

from casework.form import FormDefinition
from review import visit

blueprint = Blueprint("start", __name__)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# Who each form is for and what to have ready, in the order of the cards.
CARDS = (
    (
        "business-justification",
        "Change how ESR works",
        "For anybody who uses ESR and needs a new or changed function, report, screen or interface.",
        (
            "your Service Request (SR) number",
            "what ESR does now, and what you need it to do",
            "why it is needed, and the benefits with figures if you have them",
        ),
    ),
    (
        "supplementary-role",
        "Add a supplementary role",
        "For a role that staff hold beside their main post, such as a wellbeing champion.",
        (
            "the name and purpose of the role",
            "who enters it: employee, manager or professional user",
            "for employee entry, how the role supports staff wellbeing",
        ),
    ),
    (
        "national-competency",
        "Add a national competence",
        "For learning that every NHS organisation should be able to record in the same way.",
        (
            "the name of the competence and how often it is renewed",
            "the national programme, policy or law that it follows from",
            "who it is for, and who sponsors it",
        ),
    ),
)


@blueprint.get("/")
def show() -> str:
    """Which form, and what happens."""
    library = visit.doors().library
    return render_template(
        "start.html",
        cards=[
            {"key": key, "heading": heading, "who": who, "needs": needs, "form": library.form(key)}
            for key, heading, who, needs in CARDS
        ],
    )


@blueprint.get("/forms/<key>.docx")
def blank_form(key: str) -> Response:
    """A blank form as a Word file."""
    form = _form_or_404(key)
    data = visit.doors().blank_form(key)
    name = f"{form.title.replace(' ', '-')}-v{form.version}.docx"
    return send_file(io.BytesIO(data), mimetype=WORD, as_attachment=True, download_name=name)


def _form_or_404(key: str) -> FormDefinition:
    try:
        return visit.doors().library.form(key)
    except KeyError:
        abort(404)
