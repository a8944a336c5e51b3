"""Signing in under attack and in everyday use: guesses, a second step, a lost session with work in it, links."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from review import admit
from review.second_factor import code_at, make_recovery_codes, make_secret, recovery_hash, step_of
from store.deliveries import load_deliveries
from tests.review.house import ADMINISTRATOR, APPROVER, PASSWORD, REVIEWER, House, post, token_of


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were really compared with a hash: counted, and all wrong, so that the test takes no hour."""
    tried: list[str] = []

    def is_right(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
        tried.append(password)
        return False

    monkeypatch.setattr("review.sign_on.is_right", is_right)
    return tried


def test_of_a_thousand_guesses_at_one_account_from_everywhere_five_are_tried(house: House, judged: list[str]) -> None:
    _guess(house, [(REVIEWER, f"10.0.{number // 250}.{number % 250}") for number in range(1000)])
    assert len(judged) == 5


def test_of_a_thousand_guesses_at_all_accounts_from_one_address_twenty_are_tried(
    house: House, judged: list[str]
) -> None:
    _guess(house, [(f"person{number}@example.nhs.uk", "203.0.113.9") for number in range(1000)])
    assert len(judged) == 20


def test_strangers_who_guess_do_not_keep_the_owner_out(house: House) -> None:
    own = house.client(REVIEWER)
    post(own, "/sign-out", page="/queue")
    _guess(house, [(REVIEWER, f"10.0.0.{number}") for number in range(20)])
    stranger = post(house.client(), "/sign-in", page="/sign-in", email=REVIEWER, password=PASSWORD)
    assert stranger.status_code == 400
    assert "There were 5 wrong tries. Try again after 10:57am." in stranger.text
    assert post(own, "/sign-in", page="/sign-in", email=REVIEWER, password=PASSWORD).status_code == 303


def test_another_accounts_browser_is_a_stranger_like_any_other(house: House) -> None:
    other = house.client(APPROVER)
    post(other, "/sign-out", page="/queue")
    _guess(house, [(REVIEWER, f"10.0.0.{number}") for number in range(20)])
    answer = post(other, "/sign-in", page="/sign-in", email=REVIEWER, password=PASSWORD)
    assert answer.status_code == 400


@pytest.mark.parametrize("email", [REVIEWER, "stranger@example.nhs.uk", "invited@example.nhs.uk"])
def test_every_wrong_pair_costs_one_hash_and_reads_alike(house: House, email: str) -> None:
    admit.invite(
        house.db,
        house.person(ADMINISTRATOR),
        email="invited@example.nhs.uk",
        name="Ada New",
        roles=house.person(REVIEWER).roles,
        regions=(),
        now=house.moment[0],
    )
    costs = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - its name there
            costs.append(hash)
            return super().verify(hash, password)

    counting = Counting(time_cost=1, memory_cost=1024, parallelism=1)
    house.app.extensions["formwright"] = dataclasses.replace(house.rooms, passwords=counting)
    answer = post(house.client(), "/sign-in", page="/sign-in", email=email, password="wrong words here")
    assert "The email address or the password is wrong" in answer.text
    assert len(costs) == 1


def test_the_second_step_lets_in_with_a_code_once_and_a_recovery_code_once(house: House) -> None:
    secret, codes = make_secret(), make_recovery_codes()
    admit.set_second_factor(
        house.db,
        house.person(REVIEWER),
        secret=secret,
        step=0,
        recovery_hashes=[recovery_hash(code) for code in codes],
        now=house.moment[0],
    )
    code = code_at(secret, step_of(house.moment[0]))
    client = _half_way(house)
    assert client.get("/queue").status_code == 303, "the password alone opens nothing"
    wrong = _send_code(client, "000000")
    assert "The code is wrong, or it was used before" in wrong.text
    assert _send_code(client, code).location == "/queue"
    assert client.get("/queue").status_code == 200
    again = _half_way(house)
    assert _send_code(again, code).status_code == 400, "a code works once"
    assert _send_code(again, codes[0]).location == "/queue"
    assert _send_code(_half_way(house), codes[0]).status_code == 400, "a recovery code works once"
    assert len(house.person(REVIEWER).recovery_hashes) == 7


def test_guessing_codes_is_as_hopeless_as_guessing_passwords(house: House) -> None:
    secret = make_secret()
    admit.set_second_factor(
        house.db, house.person(REVIEWER), secret=secret, step=0, recovery_hashes=(), now=house.moment[0]
    )
    client = _half_way(house)
    for _ in range(5):
        _send_code(client, "000000")
    answer = _send_code(client, code_at(secret, step_of(house.moment[0])))
    assert answer.status_code == 400
    assert "Try again after 10:57am." in answer.text


def test_the_second_step_ends_after_five_minutes(house: House) -> None:
    secret = make_secret()
    admit.set_second_factor(
        house.db, house.person(REVIEWER), secret=secret, step=0, recovery_hashes=(), now=house.moment[0]
    )
    client = _half_way(house)
    house.later(timedelta(minutes=6))
    answer = _send_code(client, code_at(secret, step_of(house.moment[0])))
    assert "This took too long. Sign in again" in answer.text


def test_what_was_typed_when_the_session_ended_comes_back_and_can_be_sent(house: House) -> None:
    case = house.claimed()
    client = house.client(REVIEWER)
    token = token_of(client, f"/requests/{case.reference}")
    house.later(timedelta(minutes=31))
    words = "A long note <b>about</b> study leave"
    ended = client.post(f"/requests/{case.reference}/notes", data={"csrf_token": token, "note": words})
    if ended.status_code == 404:
        pytest.fail("the address of notes has changed")
    assert ended.status_code == 401
    assert "What you typed is kept." in ended.text
    assert words not in ended.text
    found = re.search(r'name="kept" value="([^"]+)"', ended.text)
    assert found is not None
    values = {"csrf_token": _token(ended), "email": REVIEWER, "password": PASSWORD, "kept": found[1]}
    back = client.post("/sign-in", data=values)
    assert back.status_code == 200
    assert "A long note &lt;b&gt;about&lt;/b&gt; study leave" in back.text
    sent = client.post(f"/requests/{case.reference}/notes", data={"csrf_token": _token(back), "note": words})
    assert sent.status_code == 303
    assert "A long note" in client.get(f"/requests/{case.reference}").text


@pytest.mark.parametrize("kept", ["", "nonsense", "eyJwYXRoIjoiLyJ9.aaaa.bbbb"])
def test_a_kept_form_that_is_not_ours_is_not_shown(house: House, kept: str) -> None:
    answer = post(house.client(), "/sign-in", page="/sign-in", email=REVIEWER, password=PASSWORD, kept=kept)
    assert answer.location == "/queue"


def test_a_password_is_never_carried_through_the_sign_in_page(house: House) -> None:
    client = house.client(REVIEWER)
    token = token_of(client, "/account")
    house.later(timedelta(minutes=31))
    ended = client.post("/account/password", data={"csrf_token": token, "password": PASSWORD, "new-password": "x" * 12})
    assert ended.status_code == 401
    assert 'name="kept"' not in ended.text


def test_a_forgotten_password_gives_a_link_by_email_and_the_same_page_to_everybody(house: House) -> None:
    house.app.extensions["formwright"] = dataclasses.replace(
        house.rooms, sends_mail=True, address="https://forms.example"
    )
    pages = [
        post(house.client(), "/forgotten-password", page="/forgotten-password", email=email).text
        for email in (REVIEWER, "nobody@example.nhs.uk")
    ]
    assert all("If there is an account with this address" in page for page in pages)
    (letter,) = load_deliveries(house.db)
    assert letter.recipient == REVIEWER
    found = re.search(r"https://forms\.example(/invitation/\S+)", letter.body)
    assert found is not None
    outbox = house.client(ADMINISTRATOR).get("/manage/messages").text
    assert found[1] not in outbox
    new = "three random words"
    client = house.client()
    assert post(client, found[1], page=found[1], name="Asha Rahman", password=new).location == "/sign-in"
    assert found[1] not in load_deliveries(house.db)[0].body
    assert client.get(found[1]).status_code == 404
    assert post(client, "/sign-in", page="/sign-in", email=REVIEWER, password=new).status_code == 303


def test_nobodys_mailbox_is_filled_with_links(house: House) -> None:
    house.app.extensions["formwright"] = dataclasses.replace(
        house.rooms, sends_mail=True, address="https://forms.example"
    )
    for _ in range(6):
        house.later(timedelta(seconds=1))
        post(house.client(), "/forgotten-password", page="/forgotten-password", email=REVIEWER)
    assert len(load_deliveries(house.db)) == 3


def _guess(house: House, guesses: list[tuple[str, str]]) -> None:
    client = house.client()
    token = token_of(client, "/sign-in")
    for number, (email, address) in enumerate(guesses):
        client.post(
            "/sign-in",
            data={"csrf_token": token, "email": email, "password": f"guess {number}"},
            environ_overrides={"REMOTE_ADDR": address},
        )


def _half_way(house: House) -> FlaskClient:
    client = house.client()
    answer = post(client, "/sign-in", page="/sign-in", email=REVIEWER, password=PASSWORD)
    assert "Enter your code" in answer.text
    return client


def _send_code(client: FlaskClient, code: str) -> TestResponse:
    return post(client, "/sign-in/code", page="/start", code=code)


def _token(answer: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]
