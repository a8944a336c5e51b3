"""Stands before every page: the access rules, sessions that end, tokens on every form and strict headers."""

from __future__ import annotations

import secrets
from urllib.parse import quote

from flask import Flask, Response, abort, g, redirect, request
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from casework.errors import RefusedError
from casework.lifecycle import UserRole
from review import visit
from review.access import RULES, Permission, may, may_open
from review.kept_form import keep_and_ask
from store.people import Person, find_person
from store.sessions import LONGEST, find_session, note_seen

_FOR_EVERYBODY = frozenset({"assets.serve", "published.show", "published.download"})
"""Pages that hold nothing personal, so that a browser and what stands before it may keep them."""

# What a page asks for by itself is no sign that its reader is there.
_ASKED_BY_PAGES = frozenset({"assets.serve", "queue.arrivals"})
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def stand_guard(app: Flask, *, secret: str, behind_https: bool) -> None:
    """Set the app's session, token and header rules. `behind_https` says that browsers reach it over https only."""
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="__Host-formwright" if behind_https else "formwright",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=behind_https,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=int(LONGEST.total_seconds()),
        # Its referrer check cannot work: we ask browsers to send no referrer. `_refuse_other_sites` stands in for it.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(_make_nonce)
    app.before_request(_refuse_other_sites)
    _sign_in_with(app)
    CSRFProtect(app)
    app.before_request(_apply_rules)

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        # A download has a stricter policy of its own.
        headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=g.get("nonce", "")))
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if behind_https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if not (request.endpoint in _FOR_EVERYBODY and response.headers.get("Cache-Control", "").startswith("public")):
            headers["Cache-Control"] = "private, no-store"
        return response


def is_reviewer() -> bool:
    """Whether the visitor may act on requests."""
    return may(visit.find_visitor(), Permission.CLAIM)


def _sign_in_with(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> visit.SignedIn | None:
        db, now = visit.database(), visit.now()
        found = find_session(db, token, now)
        person = find_person(db, found.person_id) if found is not None else None
        if found is None or person is None or not person.active:
            return None
        if request.endpoint not in _ASKED_BY_PAGES:
            note_seen(db, found, now)
        return visit.SignedIn(person, found, token)

    manager.init_app(app)


def _make_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _refuse_other_sites() -> None:
    """Browsers say where a form was sent from; the token is the real guard, this is the second one."""
    is_safe = request.method in ("GET", "HEAD", "OPTIONS")
    if not is_safe and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise RefusedError("The form was sent from another website. Open the page here and send it again.")


def _apply_rules() -> AnyResponse | str | tuple[str, int] | None:
    if request.endpoint is None:
        return None
    visitor = visit.find_visitor()
    if not may_open(request.endpoint, visitor):
        if visitor is not None or RULES.get(request.endpoint) is None:
            abort(403)
        if request.method == "POST":
            return keep_and_ask()
        back = request.full_path.rstrip("?") if request.method == "GET" else "/queue"
        return redirect(f"/sign-in?next={quote(back, safe='')}", 303)
    if visitor is not None and _owes_second_factor(visitor) and request.endpoint not in _WITHOUT_SECOND_FACTOR:
        return redirect("/account/second-factor", 303)
    return None


_WITHOUT_SECOND_FACTOR = frozenset(
    {"account.second_factor", "account.set_second_factor", "sign_in.sign_out", "assets.serve"}
)


def _owes_second_factor(visitor: Person) -> bool:
    """Whether this installation asks for a second factor that the visitor has not set up."""
    needs = visitor.roles & {UserRole.ADMINISTRATOR, UserRole.APPROVER}
    return visit.doors().requires_second_factor and bool(needs) and not visitor.totp_secret
