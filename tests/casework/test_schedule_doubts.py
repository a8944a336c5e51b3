"""What an editor is asked to look at before a schedule goes out, each with its place."""

from __future__ import annotations

import pytest

from casework.schedule import Release, Schedule, Tally
from casework.schedule_doubts import Doubt, find_doubts
from tests.builders_schedule import a_line, a_schedule

pytestmark = pytest.mark.pure


def doubts(schedule: Schedule, **names: str) -> list[Doubt]:
    return list(
        find_doubts(schedule, names={"ESR-2026-0001": tuple(names.values())} if names else {}, staff=["Asha Rahman"])
    )


def test_a_clean_schedule_leaves_no_doubt() -> None:
    assert doubts(a_schedule(a_line())) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ask priya.nair@northmoor.example.nhs.uk", "Holds an email address: priya.nair@northmoor.example.nhs.uk"),
        ("Ring 0113 496 0018 first", "Holds what looks like a telephone number: 0113 496 0018"),
        ("Raised by Priya  Nair last year", "Holds a person’s name: Priya Nair"),
        ("ASHA RAHMAN said so", "Holds a person’s name: Asha Rahman"),
        ("As Dr Okafor explained", "Holds a person’s name: Dr Okafor"),
    ],
)
def test_people_and_their_addresses_are_named_with_their_place(words: str, found: str) -> None:
    assert doubts(a_schedule(a_line(reason=words)), requester="Priya Nair") == [Doubt("ESR-2026-0001, reason", found)]
    assert doubts(a_schedule(introduction=words), requester="Priya Nair")[:1] in (
        [Doubt("Introduction", found)],
        # Nobody's own request: the requester's name is looked for in their line alone.
        [],
    )


@pytest.mark.parametrize(
    "words",
    [
        "Service request 4418207 of 12 October 2026",
        "Costs £1,250,000 over 2026/27 and 2027/28",
        "The role of a Sister or a Matron",
        "Release 71, planned for 18 December 2026",
        "ESR-2026-0418 asks for the same",
    ],
)
def test_words_that_only_look_like_people_are_left_alone(words: str) -> None:
    assert doubts(a_schedule(a_line(reason=words)), requester="Ann") == []


def test_a_release_without_a_date_is_named_but_not_the_one_to_be_confirmed() -> None:
    schedule = a_schedule(
        releases=((Release("Release 72"), (a_line(),)), (Release("Release to be confirmed"), (a_line(),)))
    )
    assert doubts(schedule)[:1] == [
        Doubt("Release 72", "The release has no date. 1 change would be listed without one.")
    ]


def test_the_same_service_request_or_title_in_two_releases_is_named() -> None:
    first = a_line(title="Payslips in large print")
    second = a_line(reference="ESR-2026-0002", title="Payslips, in LARGE print", sr_number="")
    schedule = a_schedule(
        releases=((Release("Release to be confirmed"), (first,)), (Release("Release to be confirmed 2"), (second,)))
    )
    assert Doubt(
        "ESR-2026-0002", "The same change stands in two releases: ESR-2026-0001 is in Release to be confirmed."
    ) in doubts(schedule)


def test_a_decision_without_a_reason_is_named_and_an_undecided_request_is_not() -> None:
    undecided = a_line(reference="ESR-2026-0002", status="Decision pending: in triage", reason="")
    assert doubts(a_schedule(justifications=(a_line(reason=" "), undecided))) == [
        Doubt("ESR-2026-0001", "Is decided without a reason. Reopen the request and give one.")
    ]


def test_a_count_that_does_not_add_up_stops_the_schedule() -> None:
    found = doubts(a_schedule(tallies=(Tally("Business justifications", 3, 2),)))
    assert [(doubt.place, doubt.stops) for doubt in found] == [("Completeness", True)]
    assert "3 came in and 2 are accounted for" in found[0].words
