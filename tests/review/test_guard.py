"""What stands before every page when things are set up or go wrong in another way than usual."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from casework.errors import DamagedError, UnavailableError
from service.settings import load_settings
from service.web import build_app
from store.people import change_password_hash
from store.queries import find_rows
from store.question import Due, Question
from tests.review.house import MORNING, PASSWORD, REVIEWER, House, build_house, post


def test_behind_https_the_cookie_is_bound_to_this_host_and_browsers_remember_https(tmp_path: Path) -> None:
    house = build_house(load_settings({"FORMWRIGHT_DATA": str(tmp_path / "var"), "FORMWRIGHT_HTTPS": "yes"}))
    answer = house.client().get("/start", base_url="https://esr.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-formwright=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_host_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path / "var"), "FORMWRIGHT_TRUSTED_HOSTS": "esr.example"})
    client = build_house(settings).client()
    assert client.get("/help", headers={"Host": "esr.example"}).status_code == 200
    refused = client.get("/help", headers={"Host": "evil.example"})
    assert refused.status_code == 400
    assert "evil.example" not in refused.text


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (UnavailableError("The service is busy. Try again in a minute."), 503, "Try again in a minute."),
        (DamagedError("The database is damaged. Restore it from the last backup."), 500, "The database is damaged."),
        (RuntimeError("secret inside"), 500, "Sorry, there is a problem with the service"),
    ],
)
def test_without_a_database_people_still_get_whole_sentences(
    house: House, trouble: Exception, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = dataclasses.replace(house.rooms)
    app = build_app(broken, house.settings)

    def fail() -> None:
        raise trouble

    client = house.client(REVIEWER)
    cookie = client.get_cookie("formwright")
    assert cookie is not None
    app.extensions["formwright"] = dataclasses.replace(broken, open_database=fail)
    stranger = app.test_client()
    stranger.set_cookie("formwright", cookie.value)
    answer = stranger.get("/queue")
    assert answer.status_code == status
    assert words in answer.text
    assert "secret inside" not in answer.text
    capsys.readouterr()


def test_an_older_hash_is_renewed_when_its_owner_signs_in(house: House) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    change_password_hash(house.db, house.person(REVIEWER).id, weak)
    assert house.client(REVIEWER).get("/queue").status_code == 200
    assert house.person(REVIEWER).password_hash != weak
    assert not house.rooms.passwords.check_needs_rehash(house.person(REVIEWER).password_hash)


def test_an_act_cannot_be_done_by_following_a_link(house: House) -> None:
    case = house.send()
    answer = house.client(REVIEWER).get(f"/requests/{case.reference}/claim")
    assert answer.status_code == 405
    assert "This page cannot be opened like that" in answer.text


def test_a_wildcard_in_a_search_is_a_letter_like_any_other(house: House) -> None:
    house.send(title="100% of payslips")
    house.send(title="1000 payslips")
    for words, titles in (("100% of", ["100% of payslips"]), ("pay%ps", []), ("pay*ps", []), ("_", []), ("\\", [])):
        found = find_rows(house.db, Question(search=words), limit=10)
        assert [row.title for row in found.rows] == titles


def test_late_counts_only_what_nobody_has_acknowledged_or_decided(house: House) -> None:
    house.send()
    acknowledged = house.claimed()
    post(
        house.client(REVIEWER),
        f"/requests/{acknowledged.reference}/acknowledge",
        page="/start",
        version=str(acknowledged.version),
    )
    found = find_rows(house.db, Question(today=MORNING.date(), due=frozenset({Due.LATER})), limit=10)
    assert found.total == 1
    assert found.rows[0].reference == "ESR-2026-0001"
