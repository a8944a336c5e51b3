"""Turns the words of an answer into a value: dates day first, placeholders told apart, e-mail lines joined."""

from __future__ import annotations

import re
from datetime import date

from extract.labels import plain

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb febuary",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE_SHAPES = (
    re.compile(r"(?<!\d)(?P<y>\d{4})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<y>\d{4}|\d{2})(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:\s?(?:st|nd|rd"
        rf"|th))?(?:\s+of)?[\s\-/.,]*\b(?P<m>{_MONTH})\b[\s\-/.,']*(?P<y>\d{{4}}|\d{{2}})(?!\d)"
    ),
    re.compile(
        rf"\b(?P<m>{_MONTH})\b[\s\-/.]*(?P<d>\d{{1,2}})(?:\s?(?:st|nd|rd|th))?[\s\-/.,]+(?P<y>\d{{4}}|\d{{2}})(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\s+(?P<m>\d{1,2})\s+(?P<y>\d{4})(?!\d)"),
    re.compile(r"^(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})$"),
)
_PLACEHOLDER = re.compile(
    r"(?:n\s?/\s?a|n\.a|na|n\s?/\s?k|nk|not applicable|not relevant|t\.?b\.?[cad]|"
    r"to (?:be )?(?:confirmed|confirm|advised|agreed|decided|determined|announced|completed|follow|provided|discussed)"
    r"(?: later| in due course)?|none|nil|nothing|none (?:known|identified|applicable|yet|available"
    r"|given|provided)|not (?:yet )?"
    r"(?:known|decided|confirmed|available|agreed|sure|provided|stated|set)|unknown|don'?t know|unsure|dk|"
    r"(?:as|see|same as|per|as per|refer to)(?: the| my| our)? (?:above|below|attached|attachment|attachments|enclosed"
    r"|previous|earlier|overleaf|sr|service request|e-?mail|document|separate (?:document|sheet)|appendix|requirement"
    r"|covering (?:letter|e-?mail)|attached (?:document|file|sheet|form|paper|business case|word document))|"
    r"please see (?:attached|above|below|attachment|sr|e-?mail)|see (?:sr|attached)(?: .{0,30})?"
    r"|ditto|as stated(?: above)?|"
    r"as discussed|pending|awaiting(?: (?:confirmation|information|details))?|to add|xx+|\?+|x|test"
    r"|asdf|lorem ipsum.*|blank|"
    r"left blank|-+|/+|\.+|…+|\*+|~+|,+)"
)
_EDGES = " .,;:'\"()[]<>"


def parse_date(text: str) -> str | None:
    """The ISO date that `text` names, day first and two-digit years in 20xx; None where it names none or several."""
    folded = plain(text)
    if len(folded) > 80:
        return None
    for shape in _DATE_SHAPES:
        found = list(shape.finditer(folded))
        if len(found) > 1:
            return None
        if found:
            return _iso(found[0])
    return None


def _iso(found: re.Match[str]) -> str | None:
    year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
    month = _MONTHS.get(found["m"]) or (int(found["m"]) if found["m"].isdigit() else 0)
    try:
        return date(year, month, int(found["d"])).isoformat()
    except ValueError:
        return None


def is_placeholder(text: str) -> bool:
    """Whether the whole answer only stands in for one ("N/A", "TBC", "see attached", a dash)."""
    folded = plain(text)
    if not any(map(str.isalnum, folded)):
        return bool(folded)
    return len(folded) <= 80 and _PLACEHOLDER.fullmatch(folded.strip(_EDGES)) is not None


def join_email(text: str) -> str:
    """An e-mail address that a narrow cell broke over lines, in one piece."""
    parts = text.split()
    if len(parts) > 1 and "@" in text and not any("@" in part and part.split("@")[1].count(".") for part in parts[:-1]):
        return "".join(parts)
    return " ".join(parts) if len(parts) > 1 else text.strip()
