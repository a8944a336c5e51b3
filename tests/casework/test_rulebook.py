"""Rules as data: read, written, refused in plain words, and put to findings."""

from __future__ import annotations

from importlib.resources import files

import pytest

from casework.errors import RefusedError
from casework.model import Finding, Severity
from casework.rulebook import Difference, Limits, RuleBook, applied, difference, parse_rulebook, rulebook_to_text

pytestmark = pytest.mark.pure

SHIPPED = parse_rulebook((files("casework") / "rules" / "rules.toml").read_text(encoding="utf-8"))
WEAK = Finding("benefits.weak", Severity.QUERY, "benefits", "They only repeat it.", advice="Say who gains.")
MISSING = Finding("required.benefits", Severity.BLOCKER, "benefits", "No answer.")


def changed(text: str) -> RuleBook:
    return parse_rulebook(text, SHIPPED)


def test_a_book_that_changes_nothing_is_the_shipped_one() -> None:
    assert changed("") == SHIPPED
    assert rulebook_to_text(SHIPPED, SHIPPED) == ""


def test_what_was_changed_is_written_and_read_back() -> None:
    book = changed(
        '[limits]\ndate_past_months = 6\n[rule."benefits.weak"]\non = false\nmessage = "Say \\"who\\" \\\\ why"\n'
        '[rule."required.*"]\nnot_for = ["national-competency"]\n'
    )
    assert book.limits == Limits(6, 10)
    assert changed(rulebook_to_text(book, SHIPPED)) == book


def test_a_rule_that_is_off_or_not_for_this_form_says_nothing() -> None:
    assert applied(changed('[rule."benefits.weak"]\non = false'), [WEAK, MISSING], None) == (MISSING,)
    book = changed('[rule."required.*"]\nnot_for = ["supplementary-role"]')
    assert applied(book, [WEAK, MISSING], "supplementary-role") == (WEAK,)
    assert applied(book, [WEAK, MISSING], "business-justification") == (WEAK, MISSING)


def test_severity_and_words_take_the_place_of_the_rules_own_and_a_family_keeps_each_severity() -> None:
    book = changed('[rule."benefits.weak"]\nseverity = "advice"\nadvice = "Name a team."')
    (found,) = applied(book, [WEAK], None)
    assert (found.severity, found.message, found.advice) == (Severity.ADVICE, "They only repeat it.", "Name a team.")
    assert applied(book, [MISSING], None) == (MISSING,)


def test_the_difference_of_two_sets_of_findings() -> None:
    louder = Finding("benefits.weak", Severity.BLOCKER, "benefits", "They only repeat it.", advice="Say who gains.")
    assert difference([WEAK, MISSING], [louder]) == Difference((), ("required.benefits",), ("benefits.weak",))
    assert not difference([WEAK], [WEAK])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[rule", "cannot be read"),
        ('[rule."no.such"]\non = true', "There is no rule “no.such”"),
        ('[rule."benefits.weak"]\nseverity = "loud"', "must be blocker, query or advice"),
        ('[rule."benefits.weak"]\ncolour = "red"', "may only have"),
        ('[rule."benefits.weak"]\non = "yes"', "true or false"),
        (f'[rule."benefits.weak"]\nmessage = "{"x" * 601}"', "600 characters or fewer"),
        ("[limits]\ndate_past_months = 0", "from 1 to 120"),
        ("[limits]\nspeed = 3", "The limits are"),
        ("[words]\n", "must stand under"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(text: str, words: str) -> None:
    with pytest.raises(RefusedError) as refused:
        changed(text)
    assert words in refused.value.public_message
