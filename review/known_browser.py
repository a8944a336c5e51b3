"""A cookie that says that somebody signed in from this browser before: guesses from it are counted by themselves."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

KNOWN_FOR = timedelta(days=180)


def cookie_name() -> str:
    """What the cookie is called."""
    return "__Host-known" if current_app.config["SESSION_COOKIE_SECURE"] else "known"


def remember_browser(answer: Response, email: str) -> None:
    """Say in the answer that this browser has signed in to this account."""
    answer.set_cookie(
        cookie_name(),
        str(_signed().dumps(digest(email.casefold()))),
        max_age=int(KNOWN_FOR.total_seconds()),
        path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def find_known_browser(email: str) -> str:
    """What guesses at this account from this browser are counted under; empty where it never signed in to it."""
    mark = request.cookies.get(cookie_name(), "")
    try:
        known = _signed().loads(mark)
    except BadData:
        return ""
    return digest(mark) if known == digest(email.casefold()) else ""


def key() -> bytes:
    """This installation's secret."""
    secret = current_app.secret_key or b""
    return secret.encode() if isinstance(secret, str) else secret


def digest(text: str) -> str:
    """A keyed hash that says nothing about the text to whoever has no key."""
    return hashlib.sha256(key() + text.encode()).hexdigest()


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(key(), salt="known-browser")
