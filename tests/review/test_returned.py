"""What goes back with a question: their own file with comments, a form filled in for them, and who may have them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import docx
import pytest
from werkzeug.test import TestResponse

from casework.form import FormLibrary
from casework.model import Finding, Reading, Severity
from extract.read import read
from review import decide
from service.made import MakeEnding
from store.attachments import load_attachments
from store.cases import CaseRow
from store.commissions import MAKE
from store.database import transaction
from store.deliveries import load_deliveries, load_due
from store.work import WorkState, end_work, load_work
from tests.builders_docx import make_docx
from tests.review.house import REVIEWER, House, a_reading, post, send_form

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 23)
THIN = ROOT / "tests" / "samples" / "business-justification" / "leavers-dashboard-thin.docx"


def read_really(data: bytes, library: FormLibrary) -> Reading:
    (reading,) = read(data, "form.docx", library=library, today=TODAY)
    return reading


def sent_and_claimed(house: House, data: bytes, reading: Reading, name: str = "form.docx") -> CaseRow:
    answer = send_form(house.app.test_client(), data, name)
    assert answer.status_code == 200, answer.text
    case = house.read(answer.request.path.rsplit("/", 1)[1], reading)
    decide.claim(house.db, house.act(case))
    return house.case(case.reference)


def ask(house: House, case: CaseRow, message: str = "How many managers?") -> TestResponse:
    client, page = house.client(REVIEWER), f"/requests/{case.reference}"
    version = house.case(case.reference).version
    fields = {"decision": "ask", "message": message, "version": version}
    checked = post(client, f"{page}/decision/check", page=page, **fields)
    assert checked.status_code == 200, checked.text
    saved = post(client, f"{page}/decision", page=page, **fields)
    house.make()
    return saved


def preview(house: House, case: CaseRow, message: str = "") -> dict[str, bytes]:
    """What would go back, by its kind."""
    client, page = house.client(REVIEWER), f"/requests/{case.reference}"
    asked = post(client, f"{page}/send-back", page=page, message=message)
    assert "Writing our comments into their form" in client.get(asked.headers["Location"]).text
    house.make()
    shown = client.get(asked.headers["Location"]).text
    return {
        key: client.get(f"{asked.headers['Location']}/{key}").data
        for key in ("changes", "filled-in")
        if f"/{key}" in shown
    }


def test_a_question_takes_their_file_with_comments_and_a_filled_form_along(house: House) -> None:
    data = THIN.read_bytes()
    case = sent_and_claimed(house, data, read_really(data, house.rooms.library))
    assert ask(house, case).status_code == 303
    letter = load_deliveries(house.db, case_id=case.id)[0]
    files = load_attachments(house.db, [letter.id])[letter.id]
    assert [file.name for file in files] == [
        f"{case.reference} your form with comments.docx",
        f"{case.reference} Business Justification Form.docx",
    ]
    assert "\nWith this letter\n- Our comments on your form\n- A form with" in letter.body
    marked = docx.Document(io.BytesIO(house.rooms.load_original(files[0].sha256)))
    said = [comment.text for comment in marked.comments]
    assert said[0] == "Our question: How many managers?"
    assert any("what goes wrong today" in text for text in said)
    whole = "".join(said)
    assert "The justification only repeats the request." not in whole
    assert "Asha" not in whole


def test_the_filled_form_reads_as_what_they_sent(house: House) -> None:
    library = house.rooms.library
    samples = [path for path in (ROOT / "tests" / "samples").glob("*/*.docx") if "damaged" not in path.name]
    compared = 0
    for path in samples:
        before = read(path.read_bytes(), path.name, library=library, today=TODAY)[0]
        if before.form is None:
            continue
        case = sent_and_claimed(house, path.read_bytes(), before)
        after = read_really(preview(house, case)["filled-in"], library)
        given = {a.field: a.value for a in before.answers if a.status == "answered" and a.value}
        assert {a.field: a.value for a in after.answers if a.status == "answered"} == given, path.name
        compared += len(given)
    assert compared > 100


@pytest.mark.parametrize("kind", ["docm", "pdf"])
def test_a_file_that_cannot_be_written_into_safely_is_answered_by_a_list(house: House, kind: str) -> None:
    data = b"%PDF-1.7 x" if kind == "pdf" else make_docx("A", kind="docm")
    finding = Finding("benefits.weak", Severity.QUERY, "benefits", "Thin.", advice="Say who gains.")
    case = sent_and_claimed(house, data, a_reading(findings=(finding,)), f"form.{kind}")
    ask(house, case)
    letter = load_deliveries(house.db, case_id=case.id)[0]
    listed = load_attachments(house.db, [letter.id])[letter.id][0]
    assert listed.name == f"{case.reference} what to change.docx"
    data = house.rooms.load_original(listed.sha256)
    words = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    assert "Benefits: Say who gains." in words
    assert ("macros" in words) == (kind == "docm")
    assert "Thin." not in words


def test_the_sender_downloads_the_same_bytes_once_the_message_cannot_be_taken_back(house: House) -> None:
    data = THIN.read_bytes()
    case = sent_and_claimed(house, data, read_really(data, house.rooms.library))
    ask(house, case)
    letter = load_deliveries(house.db, case_id=case.id)[0]
    file = load_attachments(house.db, [letter.id])[letter.id][0]
    client = house.client()
    page = client.get(f"/track/{case.token}")
    address = f"/track/{case.token}/files/{letter.id}/1"
    assert address in page.text
    answer = client.get(address)
    assert answer.data == house.rooms.load_original(file.sha256)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    decide.take_back(house.db, house.act(case), event_number=letter.event_number or 0)
    assert client.get(address).status_code == 404
    other = house.send()
    assert client.get(f"/track/{other.token}/files/{letter.id}/1").status_code == 404
    assert client.get(f"/requests/{case.reference}/files/{letter.id}/1").status_code == 303


def test_a_decision_has_its_letter_as_a_word_file_with_the_same_words(house: House) -> None:
    case = house.claimed()
    client, page = house.client(REVIEWER), f"/requests/{case.reference}"
    fields = {"decision": "decline", "reason": "R&D <b>{{ 7*7 }}</b>", "version": case.version}
    assert post(client, f"{page}/decision", page=page, **fields).status_code == 303
    house.make()
    letter = load_deliveries(house.db, case_id=case.id)[0]
    (file,) = load_attachments(house.db, [letter.id])[letter.id]
    shown = client.get(f"{page}/files/{letter.id}/{file.position}")
    words = "\n".join(p.text for p in docx.Document(io.BytesIO(shown.data)).paragraphs)
    assert "R&D <b>{{ 7*7 }}</b>" in words
    for line in filter(None, letter.body.splitlines()):
        assert line in words


def test_a_preview_is_there_for_staff_and_keeps_nothing(house: House) -> None:
    data = THIN.read_bytes()
    case = sent_and_claimed(house, data, read_really(data, house.rooms.library))
    before = list(house.db.query("SELECT count(*) AS n FROM attachments")), house.case(case.reference).version
    made = preview(house, case, "How many managers?")
    first = next(iter(docx.Document(io.BytesIO(made["changes"])).comments))
    assert first.text == "Our question: How many managers?"
    assert docx.Document(io.BytesIO(made["filled-in"])).tables
    assert house.client(REVIEWER).get(f"/requests/{case.reference}/send-back/1/other").status_code == 404
    other = house.send()
    assert house.client(REVIEWER).get(f"/requests/{other.reference}/send-back/1").status_code == 404
    assert (list(house.db.query("SELECT count(*) AS n FROM attachments")), house.case(case.reference).version) == before


def test_a_letter_waits_until_its_files_are_made_and_can_be_sent_again_where_they_were_not(house: House) -> None:
    data = THIN.read_bytes()
    case = sent_and_claimed(house, data, read_really(data, house.rooms.library))
    client, page = house.client(REVIEWER), f"/requests/{case.reference}"
    fields = {"decision": "ask", "message": "How many?", "version": case.version, "when": "now"}
    post(client, f"{page}/decision", page=page, **fields)
    house.later(timedelta(hours=1))
    assert load_due(house.db, house.moment[0]) == [
        letter for letter in load_due(house.db, house.moment[0]) if letter.kind != "information-request"
    ]
    (work,) = load_work(house.db, WorkState.OWED, stage=MAKE)
    with transaction(house.db):
        MakeEnding(house.settings.originals, False).fail(house.db, work, "No", now=house.moment[0])
        end_work(house.db, work.id, WorkState.FAILED, problem="No", now=house.moment[0])
    letter = load_deliveries(house.db, case_id=case.id)[0]
    assert (letter.state, letter.problem) == ("failed", "The files that go with it could not be made. Send it again.")
    decide.send_again(house.db, house.act(house.case(case.reference)), delivery_id=letter.id)
    assert house.make() == 1
    due = [letter for letter in load_due(house.db, house.moment[0]) if letter.kind == "information-request"]
    assert len(load_attachments(house.db, [due[0].id])[due[0].id]) == 2
