"""Who may open what: every route has a rule, and the matrix of roles holds in the app itself."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from casework.lifecycle import UserRole
from review.access import PERMISSION_WORDS, PERMISSIONS, ROLE_WORDS, RULES, Permission, may, may_open, regions_seen
from store.people import change_roles
from tests.review.house import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    LEAD,
    PASSWORD,
    PUBLISHER,
    REGIONAL_READER,
    REVIEWER,
    House,
    a_reading,
    post,
    token_of,
    upload,
)

EVERYBODY = (None, REVIEWER, LEAD, APPROVER, PUBLISHER, ADMINISTRATOR, AUDITOR, REGIONAL_READER)


def test_every_route_has_a_rule_and_every_rule_a_route(house: House) -> None:
    assert {route.endpoint for route in house.app.url_map.iter_rules()} == set(RULES)


def test_a_route_without_a_rule_is_closed_to_everybody(house: House) -> None:
    everything = dataclasses.replace(house.person(ADMINISTRATOR), roles=frozenset(UserRole))
    assert may_open("people.show", everything)
    assert not may_open("queue.forgotten", everything)
    assert not may_open(None, everything)


def test_nobody_without_a_role_or_suspended_may_do_anything_that_needs_an_account(house: House) -> None:
    person = house.person(REVIEWER)
    for visitor in (None, dataclasses.replace(person, roles=frozenset()), dataclasses.replace(person, active=False)):
        allowed = {permission for permission in Permission if may(visitor, permission)}
        assert allowed == {Permission.VISIT, Permission.FOLLOW_LINK}


def test_every_role_and_every_permission_has_its_words() -> None:
    assert set(ROLE_WORDS) == set(PERMISSIONS) == set(UserRole)
    unspoken = {Permission.VISIT, Permission.FOLLOW_LINK, Permission.OWN_ACCOUNT}
    assert set(PERMISSION_WORDS) == set(Permission) - unspoken


def test_a_regional_reader_sees_only_cases_of_their_own_regions(house: House) -> None:
    reader = house.person(REGIONAL_READER)
    own = house.send(reading=a_reading(region="north-east-yorkshire"))
    other = house.send(reading=a_reading(region="london"))
    several = dataclasses.replace(other, region="london north-east-yorkshire")
    nowhere = dataclasses.replace(other, region="")
    assert [may(reader, Permission.READ_CASE, case) for case in (own, other, several, nowhere)] == [
        True,
        False,
        True,
        False,
    ]
    assert not may(reader, Permission.READ_CONTACTS, own)
    assert regions_seen(reader) == {"north-east-yorkshire"}
    both = dataclasses.replace(reader, roles=reader.roles | {UserRole.REVIEWER})
    assert may(both, Permission.READ_CASE, other)
    assert regions_seen(both) is None


@pytest.mark.parametrize("email", EVERYBODY, ids=lambda email: email or "nobody")
def test_each_person_reaches_exactly_the_routes_of_their_roles(house: House, email: str | None) -> None:
    own, other = house.send(), house.send(reading=a_reading(region="london"))
    client = house.client(email)
    visitor = house.person(email) if email else None
    token = token_of(client, "/start")
    wrong = {}
    for route in house.app.url_map.iter_rules():
        if route.endpoint in _END_THE_SESSION:
            continue
        for method in sorted((route.methods or set()) & {"GET", "POST"}):
            data = {"csrf_token": token} if method == "POST" else None
            for case in (own, other) if "reference" in route.arguments else (own,):
                address = _address(route, case.reference, case.token)
                answer = client.open(address, method=method, data=data)
                if may_open(route.endpoint, visitor, case):
                    is_wrong = _is_refused(answer)
                else:
                    # A case that somebody may not see is not there for them.
                    is_wrong = not _is_refused(answer) and answer.status_code != 404
                if is_wrong:
                    wrong[f"{method} {address}"] = answer.status_code
    assert wrong == {}


_END_THE_SESSION = ("sign_in.sign_out", "account.sign_out_everywhere", "assets.serve")


def _is_refused(answer: TestResponse) -> bool:
    is_closed = answer.status_code in (401, 403) or (answer.location or "").startswith("/sign-in?next=")
    # Whoever may open the page may still be refused by the case: not claimed yet.
    return is_closed and b"Claim this request first" not in answer.data


def test_every_form_is_refused_without_its_token(house: House) -> None:
    case = house.send()
    change_roles(house.db, house.person(ADMINISTRATOR).id, list(UserRole), active=True)
    client = house.client(ADMINISTRATOR)
    answers = {
        route.endpoint: client.post(_address(route, case.reference, case.token)).status_code
        for route in house.app.url_map.iter_rules()
        if "POST" in (route.methods or set())
    }
    assert answers == dict.fromkeys(answers, 400)
    assert len(answers) > 12


def test_a_form_sent_from_another_site_is_refused(house: House) -> None:
    client = house.client(PUBLISHER)
    data = {"csrf_token": token_of(client, "/start"), "name": "Release 1"}
    assert client.post("/releases", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert client.post("/releases", data=data, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_token_of_another_session_is_refused(house: House) -> None:
    stranger, client = house.client(), house.client(PUBLISHER)
    answer = client.post("/releases", data={"csrf_token": token_of(stranger, "/start"), "name": "Release 1"})
    assert answer.status_code == 400


def test_a_session_ends_after_half_an_hour_without_a_click(house: House) -> None:
    client = house.client(REVIEWER)
    house.later(timedelta(minutes=29))
    assert client.get("/queue").status_code == 200
    house.later(timedelta(minutes=29))
    assert client.get("/queue").status_code == 200
    house.later(timedelta(minutes=31))
    assert client.get("/queue").location == "/sign-in?next=%2Fqueue"


def test_a_session_ends_after_twelve_hours_of_clicks(house: House) -> None:
    client = house.client(REVIEWER)
    for _ in range(28):
        house.later(timedelta(minutes=25))
        assert client.get("/queue").status_code == 200
    house.later(timedelta(minutes=25))
    assert client.get("/queue").status_code == 303


def test_a_copied_cookie_is_worth_nothing_after_signing_out(house: House) -> None:
    client = house.client(REVIEWER)
    cookie = client.get_cookie("formwright")
    assert cookie is not None
    assert post(client, "/sign-out", page="/queue").status_code == 303
    thief = house.app.test_client()
    thief.set_cookie("formwright", cookie.value)
    assert thief.get("/queue").status_code == 303


def test_signing_in_starts_a_new_session(house: House) -> None:
    client = house.app.test_client()
    token_of(client, "/sign-in")
    before = client.get_cookie("formwright")
    answer = post(client, "/sign-in", page="/sign-in", email=REVIEWER, password=PASSWORD)
    after = client.get_cookie("formwright")
    assert answer.status_code == 303
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert after.http_only
    assert after.same_site == "Lax"


def test_a_change_of_roles_ends_the_sessions(house: House) -> None:
    client = house.client(REVIEWER)
    change_roles(house.db, house.person(REVIEWER).id, [UserRole.REVIEWER], active=True)
    assert client.get("/queue").status_code == 303


def test_a_suspended_person_cannot_sign_in(house: House) -> None:
    change_roles(house.db, house.person(REVIEWER).id, [UserRole.REVIEWER], active=False)
    answer = post(house.client(), "/sign-in", page="/sign-in", email=REVIEWER, password=PASSWORD)
    assert answer.status_code == 400
    assert "The email address or the password is wrong" in answer.text


@pytest.mark.parametrize("email", [REVIEWER, "stranger@example.nhs.uk"])
def test_five_wrong_passwords_mean_a_wait_whoever_it_is(house: House, email: str) -> None:
    client = house.client()
    for _ in range(5):
        answer = post(client, "/sign-in", page="/sign-in", email=email, password="wrong")
        assert "The email address or the password is wrong" in answer.text
    answer = post(client, "/sign-in", page="/sign-in", email=email, password=PASSWORD)
    assert answer.status_code == 400
    assert "There were 5 wrong tries. Try again after 10:57am." in answer.text
    house.later(timedelta(minutes=16))
    answer = post(client, "/sign-in", page="/sign-in", email=email, password=PASSWORD)
    assert answer.status_code == (303 if email == REVIEWER else 400)


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "queue", "/queue\\..", "javascript:alert(1)"],
)
def test_signing_in_never_leads_to_another_site(house: House, wanted: str) -> None:
    client = house.client()
    answer = post(client, "/sign-in", page="/sign-in", email=REVIEWER, password=PASSWORD, next=wanted)
    assert answer.location == "/queue"


def test_signing_in_leads_to_where_the_person_wanted_to_go(house: House) -> None:
    case = house.send()
    client = house.client()
    asked = client.get(f"/requests/{case.reference}?change=title")
    assert asked.location == f"/sign-in?next=%2Frequests%2F{case.reference}%3Fchange%3Dtitle"
    answer = post(
        client, "/sign-in", page=asked.location, email=REVIEWER, password=PASSWORD, next="/requests/x?change=title"
    )
    assert answer.location == "/requests/x?change=title"


def test_a_request_body_beyond_any_form_is_refused_with_a_ledger_line(house: House) -> None:
    answer = upload(house.client(), b"x" * 2_100_000, "big.docx")
    assert answer.status_code == 413
    assert "The file is too large" in answer.text
    assert [(row["outcome"], row["case_id"]) for row in house.db.query("SELECT * FROM ledger")] == [("refused", None)]


def _address(route: Route, reference: str, token: str) -> str:
    values = {
        "reference": reference,
        "other_reference": reference,
        "token": token,
        "key": "business-justification",
        "field": "title",
        "submission_id": 1,
        "page": 1,
        "ledger_id": 1,
        "release_id": 1,
        "person_id": 1,
        "group": "learning",
        "asked": 1,
        "issue_id": 1,
        "ending": "docx",
        "view_id": 1,
        "quarter": "2026-Q4",
        "version": "1.0",
        "name": "app.css",
        "rule": "date.unlikely",
    }
    address = route.rule
    for name in route.arguments:
        for shape in (f"<{name}>", f"<int:{name}>", f"<path:{name}>", f"<any(docx,pdf,html,csv):{name}>"):
            address = address.replace(shape, str(values.get(name, 1)))
    return address
