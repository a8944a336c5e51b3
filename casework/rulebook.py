"""The rules of the checks as data: which are on, for which forms, how severe, in which words, and their limits."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from casework.errors import RefusedError
from casework.model import Finding, Severity

AS_SHIPPED = "findings_as_shipped"
"""The key of a stored reading's findings before edited rules were put to them, where they differ."""
LONGEST_WORDS = 600
_KEYS = frozenset({"about", "severity", "on", "not_for", "message", "advice"})
_LIMITS = {"date_past_months": (1, 120), "date_ahead_years": (1, 50)}


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a date is asked about: months that it lies back, years that it lies ahead."""

    date_past_months: int = 12
    date_ahead_years: int = 10


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """How one rule is used. `rule` may end in `*`; `severity` is None where each finding has its own.

    `not_for` are the forms that it does not speak of; `message` (for the reviewer) and `advice` (for the sender) take
    the place of what the rule would say, where they are not empty.
    """

    rule: str
    about: str = ""
    severity: Severity | None = None
    on: bool = True
    not_for: tuple[str, ...] = ()
    message: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules with their settings, in the order of the shipped file."""

    settings: tuple[RuleSetting, ...]
    limits: Limits = field(default_factory=Limits)

    def find(self, rule: str) -> RuleSetting | None:
        """The setting of a rule, that of its family where it has none of its own, or None."""
        exact = next((entry for entry in self.settings if entry.rule == rule), None)
        family = (entry for entry in self.settings if entry.rule.endswith("*") and rule.startswith(entry.rule[:-1]))
        return exact or next(family, None)

    def with_setting(self, changed: RuleSetting) -> RuleBook:
        """The same book with one setting changed."""
        return replace(
            self, settings=tuple(changed if entry.rule == changed.rule else entry for entry in self.settings)
        )


def parse_rulebook(text: str, shipped: RuleBook | None = None) -> RuleBook:
    """A rule book from TOML; RefusedError says in plain words what is wrong with it.

    With `shipped` the text may leave rules out, and name none that is not shipped.
    """
    try:
        found: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise RefusedError(f"The rules cannot be read: {problem}.") from problem
    rules = found.get("rule", {})
    if not isinstance(rules, dict) or set(found) - {"rule", "limits"}:
        raise RefusedError('The rules must stand under [rule."NAME"], and their limits under [limits].')
    settings = {entry.rule: entry for entry in (shipped.settings if shipped else ())}
    for name, given in rules.items():
        if shipped is not None and name not in settings:
            raise RefusedError(f"There is no rule “{str(name)[:60]}”.")
        settings[name] = _setting(name, given, settings.get(name, RuleSetting(name)))
    limits = shipped.limits if shipped else Limits()
    return RuleBook(tuple(settings.values()), _limits(found.get("limits", {}), limits))


def rulebook_to_text(book: RuleBook, shipped: RuleBook) -> str:
    """What differs from the shipped book, as the TOML that `parse_rulebook` reads."""
    lines: list[str] = []
    if book.limits != shipped.limits:
        lines.append("[limits]")
        lines += [f"{name} = {getattr(book.limits, name)}" for name in _LIMITS]
        lines.append("")
    for entry in book.settings:
        before = shipped.find(entry.rule)
        if entry == before:
            continue
        lines.append(f'[rule."{entry.rule}"]')
        lines.append(f"on = {str(entry.on).lower()}")
        if entry.severity is not None:
            lines.append(f'severity = "{entry.severity.value}"')
        lines.append(f"not_for = [{', '.join(_quoted(form) for form in entry.not_for)}]")
        lines.append(f"message = {_quoted(entry.message)}")
        lines.append(f"advice = {_quoted(entry.advice)}")
        lines.append("")
    return "\n".join(lines)


def applied(book: RuleBook, findings: Iterable[Finding], form: str | None) -> tuple[Finding, ...]:
    """The findings as the book has them: without those of rules that are off, with its severity and words."""
    kept = []
    for finding in findings:
        entry = book.find(finding.rule)
        if entry is not None and (not entry.on or form in entry.not_for):
            continue
        if entry is not None:
            finding = replace(
                finding,
                severity=entry.severity or finding.severity,
                message=entry.message or finding.message,
                advice=entry.advice or finding.advice,
            )
        kept.append(finding)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change of the rules does to one request: rules that would speak, fall silent, or be told otherwise."""

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed)


def difference(before: Iterable[Finding], after: Iterable[Finding]) -> Difference:
    """What differs between two sets of findings on the same reading."""
    old, new = ({(found.rule, found.field): found for found in findings} for findings in (before, after))
    return Difference(
        new=tuple(rule for rule, field_key in new if (rule, field_key) not in old),
        gone=tuple(rule for rule, field_key in old if (rule, field_key) not in new),
        changed=tuple(key[0] for key, found in new.items() if key in old and _told(found) != _told(old[key])),
    )


def _told(finding: Finding) -> tuple[Severity, str, str]:
    return finding.severity, finding.message, finding.advice


def _setting(name: str, given: object, before: RuleSetting) -> RuleSetting:
    if not isinstance(given, Mapping) or set(given) - _KEYS:
        raise RefusedError(f"“{name}” may only have {', '.join(sorted(_KEYS))}.")
    on, not_for = given.get("on", before.on), given.get("not_for", list(before.not_for))
    if not isinstance(on, bool):
        raise RefusedError(f"Say of “{name}” whether it is on: true or false.")
    if not isinstance(not_for, list) or not all(isinstance(form, str) for form in not_for):
        raise RefusedError(f"List the forms that “{name}” is not for.")
    return RuleSetting(
        name,
        str(given.get("about", before.about)),
        _severity(name, given.get("severity"), before),
        on,
        tuple(not_for),
        _words(name, given.get("message", before.message)),
        _words(name, given.get("advice", before.advice)),
    )


def _severity(name: str, given: object, before: RuleSetting) -> Severity | None:
    if given is None:
        return before.severity
    if given not in set(Severity):
        raise RefusedError(f"The severity of “{name}” must be blocker, query or advice.")
    return Severity(str(given))


def _words(name: str, given: object) -> str:
    words = " ".join(str(given).split())
    if not isinstance(given, str) or len(words) > LONGEST_WORDS:
        raise RefusedError(f"The words of “{name}” must be {LONGEST_WORDS} characters or fewer.")
    return words


def _limits(given: object, before: Limits) -> Limits:
    if not isinstance(given, Mapping) or set(given) - set(_LIMITS):
        raise RefusedError(f"The limits are {' and '.join(_LIMITS)}.")
    for name, number in given.items():
        least, most = _LIMITS[name]
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            raise RefusedError(f"Enter a whole number from {least} to {most} for {name}.")
    return replace(before, **given)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
