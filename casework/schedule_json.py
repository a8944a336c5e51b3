"""A schedule and an editor's draft to JSON text and back, so that an issue can be made again from what it was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from casework.schedule import Change, ChangeKind, Editing, PastIssue, Release, Schedule, ScheduleLine, Tally

_FORMAT = 1


def schedule_to_json(schedule: Schedule) -> str:
    """The whole value as text: the same value gives the same text."""
    return _text({"format": _FORMAT, **asdict(schedule)})


def schedule_from_json(text: str) -> Schedule:
    """The value that `schedule_to_json` wrote."""
    found: dict[str, Any] = json.loads(text)
    del found["format"]
    return Schedule(
        **{
            **found,
            **{name: date.fromisoformat(found[name]) for name in ("issued", "window_start", "window_end")},
            "releases": tuple((_release(release), _lines(lines)) for release, lines in found["releases"]),
            "justifications": _lines(found["justifications"]),
            "roles": None if found["roles"] is None else _lines(found["roles"]),
            "competences": None if found["competences"] is None else _lines(found["competences"]),
            "previous_issues": tuple(
                PastIssue(**{**issue, "issued": date.fromisoformat(issue["issued"])})
                for issue in found["previous_issues"]
            ),
            "changes": tuple(Change(**{**each, "kind": ChangeKind(each["kind"])}) for each in found["changes"]),
            "tallies": tuple(Tally(**tally) for tally in found["tallies"]),
        }
    )


def editing_to_json(editing: Editing) -> str:
    """An editor's draft as text."""
    return _text(asdict(editing))


def editing_from_json(text: str) -> Editing:
    """The draft that `editing_to_json` wrote."""
    found: dict[str, Any] = json.loads(text)
    return Editing(
        **{
            **found,
            "issued": _day(found["issued"]),
            "order": tuple(found["order"]),
            "left_out": tuple(found["left_out"]),
        }
    )


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)


def _release(found: Mapping[str, Any]) -> Release:
    return Release(found["name"], _day(found["planned"]))


def _lines(found: Sequence[Mapping[str, Any]]) -> tuple[ScheduleLine, ...]:
    return tuple(map(_line, found))


def _line(found: Mapping[str, Any]) -> ScheduleLine:
    days = {"date_raised": date.fromisoformat(found["date_raised"]), "decided_on": _day(found["decided_on"])}
    return ScheduleLine(**{**found, **days})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
