"""Our kind of trouble: exceptions that say whether trying again may help and what a person may be told."""

from __future__ import annotations


class CaseworkError(Exception):
    """Something we could not do. `public_message` may be shown to anybody; `retryable` says if later may be better."""

    retryable = False

    def __init__(self, public_message: str) -> None:
        super().__init__(public_message)
        self.public_message = public_message


class SettingError(CaseworkError):
    """A setting or a definition is wrong; the service must not start with it."""


class UnreadableError(CaseworkError):
    """A file cannot be read; `code` is one of the reading contract's error codes."""

    def __init__(self, code: str, public_message: str) -> None:
        super().__init__(public_message)
        self.code = code


class NotAllowedError(CaseworkError):
    """The person may not do this, or not now."""


class StaleError(CaseworkError):
    """Somebody else changed the case since the page was opened."""


class RefusedError(CaseworkError):
    """What was asked for is not possible; the message says what to do instead."""


class UnavailableError(CaseworkError):
    """Something we depend on is away for the moment."""

    retryable = True


class DamagedError(CaseworkError):
    """The record or an original is not what it was when it was stored."""
