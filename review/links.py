"""Links that end: signed so that nobody can make one, and dated so that an old message opens nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

VALID_FOR = timedelta(minutes=30)


def make_link(secret: str, token: str, now: datetime) -> str:
    """What stands in an address for the next half hour in place of a request's token, which it does not show."""
    until = int((now + VALID_FOR).timestamp())
    said = f"{until}:{token}".encode()
    return base64.urlsafe_b64encode(said + _seal(secret, said)).decode().rstrip("=")


def read_link(secret: str, link: str, now: datetime) -> str | None:
    """The token that `make_link` was given, None where the link is not ours or has run out."""
    try:
        raw = base64.urlsafe_b64decode(link.encode("ascii") + b"=" * (-len(link) % 4))
    except ValueError:
        return None
    said, seal = raw[:-32], raw[-32:]
    if not said or not hmac.compare_digest(seal, _seal(secret, said)):
        return None
    until, _, token = said.decode().partition(":")
    return token if datetime.fromtimestamp(int(until), UTC) >= now else None


def _seal(secret: str, said: bytes) -> bytes:
    return hmac.new(f"track-link:{secret}".encode(), said, hashlib.sha256).digest()
