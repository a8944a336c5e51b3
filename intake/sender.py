"""Is the sender who the message says? What our own mail server found out (SPF, DKIM, DMARC), and what that means."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from intake.message import IncomingMessage

UNNAMED = "unnamed"
"""Stands among the ids for a server that writes none of its own into the header, as Exchange Online does."""

_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(r"\s*([a-z0-9][a-z0-9-]*)(?:/\d+)?\s*=\s*([a-z]+)(.*)", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"([a-z]+\.[a-z0-9_-]+)\s*=\s*(\"[^\"]*\"|[^\s;]+)", re.IGNORECASE)


class Verdict(StrEnum):
    """`verified`: the sender's domain vouches for the message. `failed`: it disowns it. `unverified`: neither."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SenderCheck:
    """Results as RFC 8601 names them (pass, fail, softfail, none…); empty where our server said nothing about one."""

    spf: str
    dkim: str
    dmarc: str
    verdict: Verdict
    explanation: str


def authentication(message: IncomingMessage, authserv_ids: Collection[str]) -> SenderCheck:
    """Judge the sender by the Authentication-Results (RFC 8601) of our own servers, named by `authserv_ids`.

    Only the topmost header of that name is believed, and only if one of ours wrote it: a sender can write any line,
    ours included, but only below those of the servers that the message passed later. With no ids given, nobody is
    believed and every sender is unverified.
    """
    if message.source != "eml":
        return _unverified("The message was handed in as a saved copy, so its sender could not be verified.")
    results = _own_results(message, {name.casefold() for name in authserv_ids})
    spf, dkim, dmarc = (_result(results, method) for method in ("spf", "dkim", "dmarc"))
    found = (spf, dkim, dmarc)
    if len(message.from_addresses) != 1 or len(message.all_headers("from")) != 1:
        return SenderCheck(*found, Verdict.UNVERIFIED, "The message does not name exactly one sender.")
    sender = message.from_addresses[0].email
    if not sender:
        return SenderCheck(*found, Verdict.UNVERIFIED, "The message does not name its sender's address.")
    if not results:
        return _unverified("Our mail server left no word on whether the sender is real.")
    domain = sender.rpartition("@")[2].casefold()
    if dmarc == "fail":
        why = f"The sender could not be verified: {domain} disowns messages sent in this way."
        return SenderCheck(*found, Verdict.FAILED, why)
    if dmarc == "pass" and _speaks_of(results, "dmarc", "header.from", domain):
        return SenderCheck(*found, Verdict.VERIFIED, f"{domain} vouches for the message.")
    if _aligned(results, domain):
        return SenderCheck(*found, Verdict.VERIFIED, f"{domain} signed the message, or sent it from its own servers.")
    if spf == "fail" and dkim != "pass":
        why = f"The sender could not be verified: {domain} does not send from that server."
        return SenderCheck(*found, Verdict.FAILED, why)
    return SenderCheck(*found, Verdict.UNVERIFIED, f"Nothing proves that the message came from {domain}.")


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str]


def _own_results(message: IncomingMessage, own: set[str]) -> list[_Result]:
    first, *items = _without_comments(message.header("authentication-results") or "").split(";")
    if _parse(first) is not None:
        name, items = UNNAMED, [first, *items]
    else:
        # The id may be followed by a version ("mx.example.nhs.uk 1").
        name = next(iter(first.split()), "").strip('"').casefold()
    if name not in own:
        return []
    return [found for item in items if (found := _parse(item)) is not None]


def _without_comments(text: str) -> str:
    for _ in range(5):
        shorter = _COMMENT.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text


def _parse(item: str) -> _Result | None:
    found = _METHOD.match(item)
    if found is None:
        return None
    properties = {name.lower(): value.strip('"').casefold() for name, value in _PROPERTY.findall(found[3])}
    return _Result(found[1].lower(), found[2].lower(), properties)


def _result(results: list[_Result], method: str) -> str:
    """A method's result; with several signatures, one that passed counts."""
    found = [result.result for result in results if result.method == method]
    return "pass" if "pass" in found and method == "dkim" else next(iter(found), "")


def _speaks_of(results: list[_Result], method: str, name: str, domain: str) -> bool:
    """Whether the result is about this domain; Exchange and others may leave out which one they mean."""
    named = [result.properties.get(name) for result in results if result.method == method]
    return all(value is None or value.rpartition("@")[2] == domain for value in named)


def _aligned(results: list[_Result], domain: str) -> bool:
    """Whether a signature or the path passed for the From domain itself: strict alignment, as DMARC names it.

    Looser alignment needs the public suffix list; where that matters, the server's own DMARC result says it.
    """
    dkim = [result.properties for result in results if result.method == "dkim" and result.result == "pass"]
    spf = [result.properties for result in results if result.method == "spf" and result.result == "pass"]
    signed = any(found.get("header.d") == domain or _domain(found.get("header.i")) == domain for found in dkim)
    return signed or any(_domain(found.get("smtp.mailfrom")) == domain for found in spf)


def _domain(value: str | None) -> str:
    return (value or "").rpartition("@")[2]


def _unverified(why: str) -> SenderCheck:
    return SenderCheck("", "", "", Verdict.UNVERIFIED, why)
