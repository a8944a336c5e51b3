"""A form's printed prompts are told from what a sender wrote."""

from __future__ import annotations

import pytest

from casework.form import FormLibrary
from extract.guidance import MAYBE, NOT_A_PROMPT, SURELY, bracketed, guidance_of, prompt_likeness

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "words",
    [
        "Please describe the current process and any problems with it.",
        "Please describe what you would like ESR to do. Do not describe the technical solution.",
        "Describe the duties of the role.",
        "Which staff groups need this?",
        "How will the benefits be measured?",
        "Give the course code if known.",
        "Complete only if employee input is requested.",
        "[Describe the change]",
        "dd/mm/yyyy",
        "Maximum 500 words",
        "Tick one box only",
        "Tell us what happens now.",
    ],
)
def test_an_instruction_to_the_sender_is_surely_a_prompt(words: str) -> None:
    assert prompt_likeness(words) == SURELY


@pytest.mark.parametrize(
    "words",
    [
        "Please note that I work Monday to Wednesday only.",
        "Managers only find out when the report is run.",
        "Please see the audit report, which counted 41 late cases.",
        "NHS wide",
        "Pensions Act 2008",
        "Which is why we need it. 58 calls were raised.",
    ],
)
def test_an_answer_is_no_prompt(words: str) -> None:
    assert prompt_likeness(words) == NOT_A_PROMPT


def test_a_request_that_begins_like_an_order_is_only_maybe_a_prompt() -> None:
    assert prompt_likeness("Give managers a list of the checks that are due.") == MAYBE


def test_tick_brackets_are_not_prompt_brackets() -> None:
    assert [bracketed(text) for text in ("[x]", "( )", "[Role name]", "<enter text>", "[a] and [b]")] == [
        None,
        None,
        "Role name",
        "enter text",
        None,
    ]


def test_a_published_prompt_is_known_with_a_slip_in_it(library: FormLibrary) -> None:
    guide = guidance_of(library.form("supplementary-role"))
    assert guide.published("Please explain why the change is neded, with evidence where you have it")


def test_a_published_prompt_is_cut_from_the_answer_typed_after_it(library: FormLibrary) -> None:
    guide = guidance_of(library.form("supplementary-role"))
    text = "Is this for one organisation or for all? Trust wide"
    assert text[guide.leading(text) :] == "Trust wide"
