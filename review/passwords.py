"""Passwords: hashed with argon2, judged in the same time whether or not there is an account."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST = 12
_LONGEST = 500
# What people choose when twelve characters are asked for.
_COMMON = frozenset(
    {
        "123456789012", "passwordpassword", "password1234", "password12345", "qwertyuiop12", "qwertyuiop123",
        "administrator", "administrator1", "letmeinletmein", "iloveyou1234", "changemechangeme", "welcome12345",
        "electronicstaffrecord", "formwright123",
    }
)  # fmt: skip


def find_weakness(password: str, *, email: str, name: str) -> str:
    """What is wrong with a new password and what to do, or nothing."""
    plain = "".join(password.casefold().split())
    if len(password) < SHORTEST:
        return f"The password must have at least {SHORTEST} characters"
    if len(password) > _LONGEST:
        return f"The password must have at most {_LONGEST} characters"
    names = {email.casefold(), email.partition("@")[0].casefold(), "".join(name.casefold().split())}
    if (
        plain in _COMMON
        or len(set(plain)) < 5
        or any(len(known) > 3 and plain.strip("0123456789") == known for known in names)
    ):
        return "This password is easy to guess. Choose another, such as three random words"
    return ""


def is_right(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
    """Whether this is the password; an account without one (an invitation not taken up) costs as much time."""
    try:
        return hasher.verify(password_hash or _nobodys_hash(hasher), password[:_LONGEST]) and bool(password_hash)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    """A hash that costs an unknown address as much time as a known one."""
    return hasher.hash("nobody has this password")
