"""Codes from a phone as a second factor: time-based one-time passwords after RFC 6238, and codes for a lost phone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

_STEP_SECONDS = 30
_DIGITS = 6
_RECOVERY_CODES = 8
# No letters that are mistaken for others when they are read from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def make_secret() -> str:
    """A new shared secret of 160 bits, in the letters that authenticator apps take."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(now: datetime) -> int:
    """The number of the half minute that `now` lies in."""
    return int(now.timestamp()) // _STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits that an app shows in this half minute (RFC 6238 with HMAC-SHA-1, which every app can do)."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def find_step(secret: str, code: str, now: datetime, last_used: int) -> int | None:
    """The half minute whose code this is, one early or late allowed; None where it is wrong or was used before."""
    given = "".join(code.split())
    if not given.isascii() or not given.isdigit():
        return None
    here = step_of(now)
    for step in (here, here - 1, here + 1):
        if step > last_used and hmac.compare_digest(code_at(secret, step), given):
            return step
    return None


def app_address(secret: str, email: str, service: str) -> str:
    """The address that an authenticator app on the same device opens by itself."""
    name = quote(f"{service}:{email}", safe="")
    return f"otpauth://totp/{name}?secret={secret}&issuer={quote(service, safe='')}"


def make_recovery_codes() -> list[str]:
    """Codes for the day when the phone is lost; each works once."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(_RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code: 59 random bits need no slow hash."""
    return hashlib.sha256("".join(code.split()).replace("-", "").casefold().encode()).hexdigest()
