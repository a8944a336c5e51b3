"""People: invited by a link that works once, changed, suspended, and never left without administrators."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from casework.lifecycle import UserRole
from review import admit
from review.second_factor import code_at, step_of
from store.events import verify_events
from store.people import change_roles, find_person_by_email
from tests.review.house import ADMINISTRATOR, APPROVER, PASSWORD, REVIEWER, House, post

NEW = "ada@example.nhs.uk"


def _kinds(house: House) -> list[str]:
    return [row["kind"] for row in house.db.query("SELECT kind FROM events WHERE case_id IS NULL ORDER BY number")]


def test_an_invited_person_sets_their_own_password_and_signs_in(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    shown = post(client, "/people/invite", page="/people/invite", name="Ada New", email=NEW, role="reviewer")
    found = re.search(r"<code>(/invitation/[^<]+)</code>", shown.text)
    assert found is not None
    assert "Invited" in client.get("/people").text
    assert found[1] not in client.get("/people").text
    guest = house.client()
    weak = post(guest, found[1], page=found[1], name="Ada New", password="ada@example.nhs.uk")
    assert "This password is easy to guess." in weak.text
    short = post(guest, found[1], page=found[1], name="", password="short")
    assert "Enter your name" in short.text
    assert "The password must have at least 12 characters" in short.text
    assert post(guest, found[1], page=found[1], name="Ada Newman", password=PASSWORD).location == "/sign-in"
    assert guest.get(found[1]).status_code == 404
    assert "Ada Newman" in house.client(NEW).get("/queue").text
    assert _kinds(house) == ["signed-in", "invited", "invitation-used", "signed-in"]
    assert verify_events(house.db).broken_at is None


def test_a_link_ends_after_a_week_and_a_new_one_takes_its_place(house: House) -> None:
    admin = house.person(ADMINISTRATOR)
    number, (first, _) = admit.invite(
        house.db, admin, email=NEW, name="Ada", roles=frozenset({UserRole.REVIEWER}), regions=(), now=house.moment[0]
    )
    assert house.client().get(f"/invitation/{first}").status_code == 200
    second, _ = admit.renew_link(house.db, admin, number, now=house.moment[0])
    assert house.client().get(f"/invitation/{first}").status_code == 404
    assert house.client().get(f"/invitation/{second}").status_code == 200
    house.later(timedelta(days=7))
    assert house.client().get(f"/invitation/{second}").status_code == 404


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "", "email": NEW, "role": "reviewer"}, "Enter the person’s name"),
        ({"name": "Ada", "email": "ada", "role": "reviewer"}, "Enter an email address in the correct format"),
        ({"name": "Ada", "email": REVIEWER, "role": "reviewer"}, "There is an account with this email address already"),
        ({"name": "Ada", "email": NEW}, "Select at least one role"),
        ({"name": "Ada", "email": NEW, "role": "king"}, "Select at least one role"),
        ({"name": "Ada", "email": NEW, "role": "regional-reader"}, "Select the regions that the regional reader may"),
        ({"name": "Ada", "email": NEW, "role": "regional-reader", "region": "atlantis"}, "Select the regions"),
    ],
)
def test_a_wrong_invitation_is_said_beside_the_field_and_nobody_is_invited(
    house: House, values: dict[str, str], message: str
) -> None:
    answer = post(house.client(ADMINISTRATOR), "/people/invite", page="/people/invite", **values)
    assert answer.status_code == 400
    assert message in answer.text
    assert find_person_by_email(house.db, NEW) is None


def test_other_roles_end_the_sessions_and_stand_in_the_record(house: House) -> None:
    number = house.person(REVIEWER).id
    theirs = house.client(REVIEWER)
    client = house.client(ADMINISTRATOR)
    values = {"role": ["reviewer", "regional-reader"], "region": "london"}
    assert post(client, f"/people/{number}", page=f"/people/{number}", **values).status_code == 303
    person = house.person(REVIEWER)
    assert (person.roles, person.regions) == ({UserRole.REVIEWER, UserRole.REGIONAL_READER}, {"london"})
    assert theirs.get("/queue").status_code == 303
    row = next(house.db.query("SELECT facts FROM events WHERE kind = 'roles-changed'"))
    assert '"before":"reviewer"' in row["facts"]
    assert '"roles":"regional-reader reviewer"' in row["facts"]


def test_a_suspended_person_is_out_at_once_and_can_be_let_in_again(house: House) -> None:
    number = house.person(REVIEWER).id
    theirs, client = house.client(REVIEWER), house.client(ADMINISTRATOR)
    link, _ = admit.renew_link(house.db, house.person(ADMINISTRATOR), number, now=house.moment[0])
    post(client, f"/people/{number}/access", page=f"/people/{number}", active="no")
    assert theirs.get("/queue").status_code == 303
    assert house.client().get(f"/invitation/{link}").status_code == 404
    refused = post(client, f"/people/{number}/link", page=f"/people/{number}")
    assert "This account is suspended." in refused.text
    post(client, f"/people/{number}/access", page=f"/people/{number}", active="yes")
    assert house.client(REVIEWER).get("/queue").status_code == 200


def test_an_administrator_cannot_lock_the_door_behind_themselves(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    me = house.person(ADMINISTRATOR).id
    answer = post(client, f"/people/{me}", page=f"/people/{me}", role="reviewer")
    assert answer.status_code == 400
    assert "You cannot remove your own administrator role" in answer.text
    answer = post(client, f"/people/{me}/access", page=f"/people/{me}", active="no")
    assert "You cannot remove your own administrator role" in answer.text
    assert house.person(ADMINISTRATOR).roles == frozenset({UserRole.ADMINISTRATOR})


def test_once_there_are_two_administrators_two_stay(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    assert "There is only 1 administrator." in client.get("/people").text
    number = house.person(APPROVER).id
    change_roles(house.db, number, [UserRole.ADMINISTRATOR], active=True)
    assert "There is only 1 administrator." not in client.get("/people").text
    answer = post(client, f"/people/{number}", page=f"/people/{number}", role="reviewer")
    assert "You must have at least 2 administrators" in answer.text
    answer = post(client, f"/people/{number}/access", page=f"/people/{number}", active="no")
    assert "You must have at least 2 administrators" in answer.text
    change_roles(house.db, house.person(REVIEWER).id, [UserRole.ADMINISTRATOR], active=True)
    assert post(client, f"/people/{number}", page=f"/people/{number}", role="reviewer").status_code == 303


def test_a_person_changes_their_own_password_and_is_signed_out_elsewhere(house: House) -> None:
    elsewhere, client = house.client(REVIEWER), house.client(REVIEWER)
    wrong = post(client, "/account/password", page="/account", **{"password": "wrong", "new-password": "short"})
    assert "Enter your present password" in wrong.text
    assert "The password must have at least 12 characters" in wrong.text
    values = {"password": PASSWORD, "new-password": "three random words"}
    assert post(client, "/account/password", page="/account", **values).status_code == 303
    assert client.get("/queue").status_code == 200
    assert elsewhere.get("/queue").status_code == 303


def test_sessions_are_listed_and_ended_everywhere(house: House) -> None:
    elsewhere, client = house.client(REVIEWER), house.client(REVIEWER)
    assert client.get("/account").text.count("(this one)") == 1
    assert post(client, "/account/sessions", page="/account").location == "/sign-in"
    assert [browser.get("/queue").status_code for browser in (client, elsewhere)] == [303, 303]


def test_a_second_step_is_set_up_with_a_code_and_taken_away_with_the_password(house: House) -> None:
    client = house.client(REVIEWER)
    page = client.get("/account/second-factor").text
    found = re.search(r'<code class="app-code">([A-Z2-7 ]+)</code>', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    wrong = post(client, "/account/second-factor", page="/account/second-factor", code="000000")
    assert "The code is wrong." in wrong.text
    code = code_at(secret, step_of(house.moment[0]))
    done = post(client, "/account/second-factor", page="/account/second-factor", code=code)
    assert done.text.count('<code class="app-code">') == 8
    assert house.person(REVIEWER).totp_secret == secret
    refused = post(client, "/account/second-factor/remove", page="/account", password="wrong")
    assert refused.status_code == 400
    post(client, "/account/second-factor/remove", page="/account", password=PASSWORD)
    assert house.person(REVIEWER).totp_secret == ""


def test_where_it_is_required_an_administrator_sets_it_up_before_anything_else(house: House) -> None:
    import dataclasses

    house.app.extensions["formwright"] = dataclasses.replace(house.rooms, requires_second_factor=True)
    client = house.client(ADMINISTRATOR)
    assert client.get("/people").location == "/account/second-factor"
    assert client.get("/account/second-factor").status_code == 200
    assert house.client(REVIEWER).get("/queue").status_code == 200


def test_the_end_of_the_session_is_said_in_a_plain_sentence(house: House) -> None:
    client = house.client(REVIEWER)
    assert "You are signed out at 11:12am unless you open a page." in client.get("/queue").text
    house.later(timedelta(minutes=20))
    assert client.get("/account/stay").status_code == 204
    house.later(timedelta(minutes=20))
    assert client.get("/queue").status_code == 200
