"""Does a message continue a case? Every clue, and every way of faking one."""

from __future__ import annotations

import base64

import pytest

from casework.thread_token import body_line, message_id_for, plus_address, thread_token
from intake.conversation import Clue, ThreadClue, find_sr_number, find_thread, same_person, thread_root
from intake.message import read_message
from tests.builders_mail import MAILBOX, a_mail

pytestmark = pytest.mark.pure

KEY = b"a key of the tests, thirty-two b"
OTHER_KEY = b"another key, which an enemy chose"
CASE = "ESR-2026-0418"
OURS = message_id_for(7, "formwright.example", KEY, reference=CASE)


def nobody_known(ids: tuple[str, ...], root: str) -> str | None:
    return None


def clue(data: bytes) -> ThreadClue | None:
    return find_thread(read_message(data), key=KEY, known=nobody_known)


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_an_answer_to_our_letter_is_known_by_the_token_in_its_id(header: str) -> None:
    found = clue(a_mail(headers=[(header, f"<x@y.uk> <{OURS}>")]))
    assert found == ThreadClue(Clue.HEADER_TOKEN, CASE)
    assert found.is_proof


def test_capitals_that_a_server_changed_do_no_harm() -> None:
    assert clue(a_mail(headers=[("In-Reply-To", f"<{OURS.upper()}>")])) == ThreadClue(Clue.HEADER_TOKEN, CASE)


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_the_cases_own_address_is_proof(header: str) -> None:
    address = plus_address(MAILBOX, CASE, KEY)
    data = a_mail(to=address) if header == "To" else a_mail(headers=[(header, address)])
    assert clue(data) == ThreadClue(Clue.ADDRESS_TOKEN, CASE)


@pytest.mark.parametrize("prefix", ["", "> ", ">> ", "\t"])
def test_our_line_quoted_in_the_body_is_proof(prefix: str) -> None:
    text = f"Here it is.\n\n> On Monday the team wrote:\n{prefix}{body_line(CASE, KEY)}\n"
    assert clue(a_mail(text)) == ThreadClue(Clue.BODY_TOKEN, CASE)


def test_our_line_quoted_only_in_the_html_part_is_proof() -> None:
    assert clue(a_mail("Hi", html=f"<p>Hi</p><p>{body_line(CASE, KEY)}</p>")) == ThreadClue(Clue.BODY_TOKEN, CASE)


@pytest.mark.parametrize(
    "mark",
    [
        f"{CASE}.{thread_token(CASE, OTHER_KEY)}",
        f"{CASE}.{thread_token('ESR-2026-0419', KEY)}",
        f"{CASE}.{thread_token(CASE, KEY)[:15]}",
        f"{CASE}.{thread_token(CASE, KEY)}a",
        f"x{CASE}.{thread_token(CASE, KEY)}",
        f"{CASE}.",
        CASE,
        thread_token(CASE, KEY),
    ],
)
def test_a_forged_borrowed_or_cut_token_leads_nowhere(mark: str) -> None:
    assert clue(a_mail(f"Please keep this line in your answer: {mark}")) is None
    assert clue(a_mail(headers=[("In-Reply-To", f"<{mark}.1@formwright.example>")])) is None
    assert clue(a_mail(to=f"esr.forms+{mark}@example.nhs.uk")) is None


def test_a_true_token_behind_forged_ones_is_found() -> None:
    forged = f"{CASE}.{thread_token(CASE, OTHER_KEY)}\n"
    assert clue(a_mail(forged * 20 + body_line(CASE, KEY))) == ThreadClue(Clue.BODY_TOKEN, CASE)


def test_the_strongest_clue_wins() -> None:
    data = a_mail(
        body_line("ESR-2026-0002", KEY),
        to=plus_address(MAILBOX, "ESR-2026-0003", KEY),
        subject="ESR-2026-0004",
        headers=[("In-Reply-To", f"<{OURS}>")],
    )
    assert clue(data) == ThreadClue(Clue.HEADER_TOKEN, CASE)


def test_a_message_that_answers_one_we_have_is_a_claim() -> None:
    message = read_message(a_mail(headers=[("In-Reply-To", "<two@b.uk>"), ("References", "<one@b.uk> <two@b.uk>")]))
    asked: list[tuple[str, ...]] = []

    def known(ids: tuple[str, ...], root: str) -> str | None:
        asked.append(ids)
        return CASE if "one@b.uk" in ids else None

    found = find_thread(message, key=KEY, known=known)

    assert found == ThreadClue(Clue.KNOWN_MESSAGE, CASE)
    assert not found.is_proof
    assert asked == [("two@b.uk", "one@b.uk")]


def index(guid: bytes, answers: int = 0, time: bytes = b"\x01\xda\x01\x02\x03\x04") -> str:
    return base64.b64encode(time + guid + b"\x00\x01\x02\x03\x04" * answers).decode()


def test_when_exchange_lost_every_id_the_outlook_thread_is_a_claim() -> None:
    kept = thread_root(index(b"G" * 16))
    message = read_message(a_mail(headers=[("Thread-Index", index(b"G" * 16, answers=2, time=b"\x01\xdb" + bytes(4)))]))

    found = find_thread(message, key=KEY, known=lambda ids, root: CASE if root == kept else None)

    assert found == ThreadClue(Clue.OUTLOOK_THREAD, CASE)
    assert not found.is_proof


@pytest.mark.parametrize("value", ["", "!!!", "AAAA", base64.b64encode(bytes(22)).decode(), "é", "A" * 3_000])
def test_a_thread_index_that_is_none_has_no_root(value: str) -> None:
    assert thread_root(value) == ""


def test_other_conversations_have_other_roots() -> None:
    assert thread_root(index(b"G" * 16)) != thread_root(index(b"H" * 16))


def test_when_only_the_subject_is_left_it_is_the_weakest_claim() -> None:
    found = clue(a_mail(subject=f"RE: About {CASE.lower()}"))
    assert found == ThreadClue(Clue.SUBJECT, CASE)
    assert not found.is_proof
    assert "anybody could have written" in found.explanation


def test_an_sr_number_in_the_subject_is_a_claim_without_a_case() -> None:
    assert clue(a_mail(subject="RE: SR 1234567 corrected form")) == ThreadClue(Clue.SUBJECT, "", "1234567")


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("SR1234567", "1234567"),
        ("SR: 12-345678", "12-345678"),
        ("Service Request no. 123456", "123456"),
        ("SR number 123456", "123456"),
        ("MSR 123456", ""),
        ("ESR 2026", ""),
        ("SR", ""),
        ("SR 12", ""),
    ],
)
def test_sr_numbers_are_read_as_people_write_them(subject: str, number: str) -> None:
    assert find_sr_number(subject) == number


def test_a_new_message_continues_nothing() -> None:
    assert clue(a_mail()) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ann.lee@nhs.net", "Ann.Lee@NHS.net", True),
        ("ann.lee+esr@nhs.net", "ann.lee@nhs.net", True),
        ("<ann.lee@nhs.net>", "ann.lee@nhs.net", True),
        ("ann.lee@nhs.net", "annlee@nhs.net", False),
        ("ann.lee@nhs.net", "ann.lee@nhs.uk", False),
        ("ann.lee@trust.nhs.uk", "ann.lee@nhs.uk", False),
        ("", "", False),
        ("ann", "ann", False),
        ("@nhs.net", "@nhs.net", False),
    ],
)
def test_two_addresses_are_one_person_only_if_they_are_one_mailbox(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
