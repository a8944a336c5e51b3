"""What changed between two issues of the schedule: added, moved, removed, decided, withdrawn, and releases' dates."""

from __future__ import annotations

from casework.schedule import TO_BE_CONFIRMED, WITHDRAWN, Change, ChangeKind, Release, Schedule, ScheduleLine
from casework.wording import long_date

_NOT_LISTED = "Not listed"
_NO_DATE = "No date"


def compare_schedules(before: Schedule, after: Schedule) -> tuple[Change, ...]:
    """The differences in the order of `ChangeKind`, then by reference; a request gives one row at most."""
    was, now = _placed(before), _placed(after)
    found = [*_release_dates(before, after), *_decided(before, after)]
    told = {change.reference for change in found if change.kind is ChangeKind.WITHDRAWN}
    for reference, (release, line) in now.items():
        if reference not in was:
            found.append(Change(ChangeKind.ADDED, reference, line.title, _NOT_LISTED, release))
        elif was[reference][0] != release:
            found.append(Change(ChangeKind.MOVED, reference, line.title, was[reference][0], release))
    outcomes = {line.reference: line.status for line in after.justifications}
    for reference in sorted(was.keys() - now.keys() - told):
        release, line = was[reference]
        after_words = outcomes.get(reference, _NOT_LISTED)
        found.append(Change(ChangeKind.REMOVED, reference, line.title, release, after_words))
    kinds = list(ChangeKind)
    return tuple(sorted(found, key=lambda change: (kinds.index(change.kind), change.reference, change.title)))


def _placed(schedule: Schedule) -> dict[str, tuple[str, ScheduleLine]]:
    return {line.reference: (release.name, line) for release, lines in schedule.releases for line in lines}


def _release_dates(before: Schedule, after: Schedule) -> list[Change]:
    was = {release.name: release for release, _ in before.releases}
    return [
        Change(ChangeKind.RELEASE_DATE, "", release.name, _date(was[release.name]), _date(release))
        for release, _ in after.releases
        if release.name in was and was[release.name].planned != release.planned and release.name != TO_BE_CONFIRMED
    ]


def _decided(before: Schedule, after: Schedule) -> list[Change]:
    """Requests whose outcome is another one now, and those that came and were decided since."""
    was = {line.reference: line for line in before.justifications}
    found = []
    for line in after.justifications:
        earlier = was.get(line.reference)
        is_new = earlier is None and (line.decided_on is None or line.decided_on <= before.issued)
        if is_new or line.is_pending or (earlier is not None and earlier.outcome == line.outcome):
            continue
        kind = ChangeKind.WITHDRAWN if line.outcome == WITHDRAWN else ChangeKind.DECIDED
        found.append(Change(kind, line.reference, line.title, earlier.status if earlier else _NOT_LISTED, line.status))
    return found


def _date(release: Release) -> str:
    return long_date(release.planned) if release.planned else _NO_DATE
