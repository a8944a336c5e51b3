"""The templates' pages: upload with a check, versions with who and why, restore, and emails edited beside a preview."""

from __future__ import annotations

import io

import docx

from service.templates import find_word_template, make_letter
from store.deliveries import load_deliveries
from tests.builders_docx import make_docx
from tests.review.house import ADMINISTRATOR, REVIEWER, House, post, token_of

WORD, MAIL = "/manage/templates/word/letter", "/manage/templates/mail/acknowledgement"
OWN = make_docx("Our letter: {{ title }}", "{%p for block in blocks %}", "{{ block.text }}", "{%p endfor %}")


def upload(house: House, data: bytes, **fields: object):  # type: ignore[no-untyped-def]
    client = house.client(ADMINISTRATOR)
    values = {"csrf_token": token_of(client, WORD), "reason": "Our own looks", "seen": "0", **fields}
    asked = client.post(WORD, data={**values, "file": (io.BytesIO(data), "ours.docx")})
    if asked.status_code != 303:
        return asked
    waiting = client.get(asked.headers["Location"]).text
    assert "Checking it and filling it with example values" in waiting
    assert client.get(f"{asked.headers['Location']}/progress").json["done"] is False
    house.make()
    return client.get(asked.headers["Location"], follow_redirects=True)


def test_an_uploaded_template_is_tried_kept_with_its_reason_and_used(house: House) -> None:
    assert "The template is in use from now on." in upload(house, OWN).text
    client = house.client(ADMINISTRATOR)
    page = client.get(WORD).text
    assert "Version 1" in page
    assert "Our own looks" in page
    assert client.get(f"{WORD}/1/template").data == OWN
    sample = docx.Document(io.BytesIO(client.get(f"{WORD}/1/sample").data))
    assert sample.paragraphs[0].text == "Our letter: Not taken forward"
    own = find_word_template(house.db, house.settings.originals, "letter")
    letter = make_letter(own, ("R: declined", "Words"), "R", house.moment[0].date())
    assert docx.Document(io.BytesIO(letter)).paragraphs[0].text == "Our letter: Declined"


def test_a_template_with_faults_is_shown_with_their_places_and_not_used(house: House) -> None:
    answer = upload(house, make_docx("Fine", "{{ title.__class__ }} & {{ titel }}"))
    assert 'value="Our own looks"' in answer.text
    assert "The template cannot be used yet" in answer.text
    assert "<strong>Paragraph 2</strong>" in answer.text
    assert "There is no field “titel”" in answer.text
    assert upload(house, b"").status_code == 400
    assert upload(house, OWN, reason=" ").status_code == 400
    assert list(house.db.query("SELECT * FROM edited_texts")) == []


def test_a_template_that_a_colleague_changed_meanwhile_is_not_overwritten(house: House) -> None:
    upload(house, OWN)
    answer = upload(house, OWN)
    assert "Somebody else changed this" in answer.text
    assert "Version 2" not in answer.text
    assert house.client(ADMINISTRATOR).get("/manage/templates/word/development-schedule/trial/1").status_code == 404


def test_what_came_with_the_service_can_be_restored_as_a_new_version(house: House) -> None:
    upload(house, OWN)
    client = house.client(ADMINISTRATOR)
    assert post(client, f"{WORD}/restore", page=WORD, version=0, seen=1, reason="").status_code == 303
    assert "Version 2" not in client.get(WORD).text
    post(client, f"{WORD}/restore", page=WORD, version=0, seen=1, reason="Ugly")
    assert "What came with the service again: Ugly" in client.get(WORD).text
    own = find_word_template(house.db, house.settings.originals, "letter")
    letter = make_letter(own, ("R: declined", "Words"), "R", house.moment[0].date())
    assert docx.Document(io.BytesIO(letter)).paragraphs[0].text == "ELECTRONIC STAFF RECORD"


def test_an_email_is_previewed_saved_and_goes_out_like_that(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    text = {"subject": "[Trust] {{ subject }}", "body": "Good day,\n\n{{ words }}\n\nThe desk <b>", "seen": 0}
    shown = post(client, MAIL, page=MAIL, step="preview", **text)
    assert "The desk &lt;b&gt;" in shown.text
    assert "R&amp;D &lt;b&gt; and {{ 7*7 }}" in shown.text
    assert post(client, MAIL, page=MAIL, step="save", **text).status_code == 400
    assert post(client, MAIL, page=MAIL, step="save", reason="Warmer", **text).status_code == 303
    subject, body = house.rooms.acknowledgement(reference="ESR-1", title="T")
    assert subject == "[Trust] ESR-1: your request has been acknowledged"
    assert body.startswith("Good day,\n\nThank you for your request “T”.")
    assert body.endswith("\n\nThe desk <b>\n")


def test_an_email_with_an_unknown_field_is_refused_with_its_line(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    answer = post(client, MAIL, page=MAIL, step="save", subject="S", body="A\n{{ titel }}", reason="R", seen=0)
    assert answer.status_code == 400
    assert "Line 2: there is no field “titel”." in answer.text


def test_a_test_goes_to_oneself_and_saves_nothing(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    answer = post(client, MAIL, page=MAIL, step="test", subject="{{ subject }}", body="{{ words }}", seen=0)
    assert answer.status_code == 200
    (letter,) = load_deliveries(house.db)
    assert (letter.recipient, letter.kind, letter.subject[:6]) == (ADMINISTRATOR, "test", "Test: ")
    assert list(house.db.query("SELECT * FROM edited_texts")) == []


def test_the_list_names_every_template_with_its_last_change(house: House) -> None:
    upload(house, OWN)
    page = house.client(ADMINISTRATOR).get("/manage/templates").text
    for words in ("Letter", "Receipt", "Question", "Decision", "Changed on 23 November 2026 by Grace Adeyemi"):
        assert words in page
    assert house.client(REVIEWER).get("/manage/templates").status_code == 403
