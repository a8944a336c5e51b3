"""Stands before every page: the access rules, sessions that end, tokens on every form and strict headers."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from urllib.parse import quote

from flask import Flask, Response, abort, g, redirect, request, session
from flask_login import LoginManager, logout_user
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from casework.errors import RefusedError
from review import visit
from review.access import RULES, Permission, may, may_open
from store.people import find_person

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)
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
    app.before_request(_end_old_sessions)
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
        if request.endpoint != "assets.serve":
            headers["Cache-Control"] = "private, no-store"
        return response


def begin_session(moment: datetime) -> None:
    """Start a session afresh, so that nothing from before the sign-in is carried into it."""
    session.clear()
    session["since"] = session["seen"] = moment.timestamp()


def is_reviewer() -> bool:
    """Whether the visitor may act on requests."""
    return may(visit.find_visitor(), Permission.CLAIM)


def _sign_in_with(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(name: str) -> visit.SignedIn | None:
        number, _, _ = name.partition(":")
        found = find_person(visit.database(), int(number)) if number.isdigit() else None
        is_theirs = found is not None and found.active and secrets.compare_digest(visit.session_name(found), name)
        return visit.SignedIn(found) if found is not None and is_theirs else None

    manager.init_app(app)


def _make_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _refuse_other_sites() -> None:
    """Browsers say where a form was sent from; the token is the real guard, this is the second one."""
    is_safe = request.method in ("GET", "HEAD", "OPTIONS")
    if not is_safe and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise RefusedError("The form was sent from another website. Open the page here and send it again.")


def _end_old_sessions() -> None:
    if request.endpoint == "assets.serve" or visit.find_visitor() is None:
        return
    moment = visit.now().timestamp()
    seen, since = float(session.get("seen", 0)), float(session.get("since", 0))
    if moment - seen > IDLE.total_seconds() or moment - since > LONGEST.total_seconds():
        logout_user()
        session.clear()
    elif moment - seen > _SEEN_EVERY.total_seconds():
        session["seen"] = moment


def _apply_rules() -> AnyResponse | None:
    if request.endpoint is None:
        return None
    visitor = visit.find_visitor()
    if not may_open(request.endpoint, visitor):
        if visitor is not None or RULES.get(request.endpoint) is None:
            abort(403)
        back = request.full_path.rstrip("?") if request.method == "GET" else "/queue"
        return redirect(f"/sign-in?next={quote(back, safe='')}", 303)
    return None
