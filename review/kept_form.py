"""Keeps what a person had typed when their session ended: it goes through the sign-in page and back, signed by us."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

_LONGEST_SECONDS = 12 * 3600
_LARGEST = 60_000
# What is typed here is not carried anywhere, not even signed.
_NEVER = ("sign_in", "account", "people", "invitation")
_HIDDEN = frozenset({"csrf_token", "version", "from", "step", "seen", "seen_version"})


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was not sent: where it was going, and its fields in order."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What the person typed or chose, with the field's name in words."""
        return [
            (name.replace("-", " ").replace("_", " ").capitalize(), value)
            for name, value in self.fields
            if name not in _HIDDEN and value.strip()
        ]


def keep_and_ask() -> tuple[str, int]:
    """The sign-in page in answer to a form whose session has ended, holding the form where that is safe.

    The form's own token was judged before this: nobody else can have sent it.
    """
    kept = ""
    is_safe = request.blueprint not in _NEVER and not request.files and "password" not in request.form
    size = sum(len(name) + len(value) for name, value in request.form.items(multi=True))
    if is_safe and size <= _LARGEST:
        fields = [[name, value] for name, value in request.form.items(multi=True) if name != "csrf_token"]
        kept = str(_serializer().dumps({"path": request.path, "fields": fields}))
    return render_template("sign_in.html", email="", problems=[], way_on="/queue", kept=kept, has_ended=True), 401


def find_kept_form(text: str) -> KeptForm | None:
    """The form in a page's hidden field; None where there is none, or not one of ours."""
    if not text or len(text) > 4 * _LARGEST:
        return None
    try:
        found = _serializer().loads(text, max_age=_LONGEST_SECONDS)
    except BadData:
        return None
    return KeptForm(found["path"], tuple((name, value) for name, value in found["fields"]))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept-form")
