"""Every page: it opens with full data, escapes what people wrote, writes nothing on a GET, and has strict headers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from casework.impact import Impact, Judgement, Priority
from casework.lifecycle import Decision
from casework.model import ErrorCode
from review import decide
from store.database import transaction
from store.deliveries import DeliveryState
from store.mailboxes import watch
from store.releases import add_release
from tests.review.house import (
    ADMINISTRATOR,
    APPROVER,
    REVIEWER,
    House,
    a_file,
    a_reading,
    an_unreadable_one,
    post,
)
from tests.review.post import STRANGER, Post
from tests.review.post import a_file as a_file_of_mail

NASTY = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'"


def fill(house: House, words: str = "Words") -> dict[str, str]:
    """One request in every state, and the addresses of their pages."""
    reading = a_reading(title=words, benefits=words, unplaced=words)
    claimed = house.send(reading=reading)
    decide.claim(house.db, house.act(claimed))
    decide.acknowledge(house.db, house.act(claimed), letter=(words, words), calendar=house.calendar())
    decide.correct_answer(house.db, house.act(claimed), field="organisation", value=words, reason=words)
    decide.accept_finding(house.db, house.act(claimed), rule="justification.weak", field="benefits", reason=words)
    decide.add_note(house.db, house.act(claimed), note=words)
    with transaction(house.db):
        release = add_release(house.db, words, None)
    approved = house.send(reading=reading)
    decide.claim(house.db, house.act(approved))
    letter = (words, words)
    decide.decide(
        house.db,
        house.act(approved),
        decision=Decision.ACCEPT,
        needs=decide.Particulars(requirement=words, override=words),
        reason=words,
        letter=letter,
        calendar=house.calendar(),
    )
    impact = Impact(1, 2, 3, Judgement.POOR, words)
    decide.record_assessment(house.db, house.act(approved), impact=impact)
    decide.prioritise(house.db, house.act(approved), priority=Priority.LOW, rank=3, reason=words)
    decide.release(house.db, house.act(approved))
    decide.claim(house.db, house.act(approved, APPROVER))
    tomorrow = (house.moment[0] + timedelta(days=1)).date()
    decide.ask_advice(house.db, house.act(approved, APPROVER), group="learning", by=tomorrow, question=words)
    asked = house.case(approved.reference).version
    on = house.moment[0].date()
    decide.record_advice(house.db, house.act(approved, APPROVER), asked=asked, on=on, advice=words)
    decide.ask_advice(house.db, house.act(approved, APPROVER), group="hr", by=tomorrow, question=words)
    decide.decide(
        house.db,
        house.act(approved, APPROVER),
        decision=Decision.APPROVE,
        reason=words,
        letter=letter,
        calendar=house.calendar(),
    )
    decide.allocate(house.db, house.act(approved, APPROVER), release_id=release, letter=letter)
    waiting = house.send(reading=reading)
    decide.claim(house.db, house.act(waiting, APPROVER))
    decide.ask_for_information(house.db, house.act(waiting, APPROVER), message=words, letter=letter)
    unreadable = house.send(reading=an_unreadable_one(words))
    new = house.send(reading=reading)
    drafts = [house.upload(name) for name in ("read.pdf", "unread.pdf", "strange.pdf")]
    two = [reading, a_reading(title=words)]
    house.read_draft(drafts[0], *two)
    house.read_draft(drafts[2], an_unreadable_one(words, code=ErrorCode.NO_FORM))
    return fill_post(house, words) | {
        "claimed": claimed.reference,
        "approved": approved.reference,
        "waiting": waiting.reference,
        "unreadable": unreadable.reference,
        "new": new.reference,
        "token": approved.token,
        "asked": waiting.token,
        "draft": drafts[0],
        "unread": drafts[1],
        "strange": drafts[2],
        "release": str(release),
    }


def fill_post(house: House, words: str) -> dict[str, str]:
    """Messages of every outcome, a request in versions, one that claims to belong to it, and letters that failed."""
    mail, reading = Post(house), a_reading(title=words, benefits=words)
    said = {"subject": words, "words": words, "explanation": words}
    case = mail.form(reading, also=f"{words}.pdf", **said)
    decide.acknowledge(house.db, house.act(case), letter=(words, words), calendar=house.calendar())
    mail.end(case, "acknowledgement", DeliveryState.SENT)
    mail.bounce(mail.end(case, "receipt", DeliveryState.SENT), words)
    mail.corrected(case, a_reading(title=f"{words} again", benefits="Other"), **said)
    claims = mail.corrected(case, reading, sender=STRANGER, **said)
    confirmed = mail.corrected(case, reading, sender=STRANGER, **said)
    decide.confirm_claim(house.db, house.act(confirmed), other_id=case.id, calendar=house.calendar())
    lines = {
        "question": mail.question(**said),
        "to-confirm": mail.reply(case, sender=f"{words}@home.example", words=words, explanation=words),
        "broken": mail.broken(),
        "infected": mail.infected(),
        "reply": mail.reply(case, words=words),
    }
    with transaction(house.db):
        watch(house.db, "mailbox:forms", is_well=True, note=words, now=house.moment[0])
        watch(house.db, "outbox", is_well=False, note=words, now=house.moment[0])
    mail.room().mail(a_file_of_mail(f"{words}.docx"), a_file_of_mail("two.docx"), message_id="<unread@x>", **said)
    unsorted = house.db.execute("SELECT reference FROM cases ORDER BY id DESC").fetchone()[0]
    found = {
        "versions": case.reference,
        "claims": claims.reference,
        "joined": confirmed.reference,
        "unsorted": unsorted,
    }
    return found | {name: str(line) for name, line in lines.items()}


def staff_pages(found: dict[str, str]) -> list[str]:
    """The address of every page that a signed-in person can open."""
    cases = [f"/requests/{found[name]}" for name in ("claimed", "approved", "waiting", "unreadable", "new")]
    cases += [f"/requests/{found[name]}" for name in ("versions", "claims", "joined", "unsorted")]
    views = ("open", "unclaimed", "mine", "waiting", "assessment", "decided")
    return [
        *cases,
        f"{cases[0]}?change=title",
        f"{cases[0]}?change=functional_area",
        f"{cases[0]}?change=date_raised",
        f"{cases[0]}?change=benefits",
        f"{cases[0]}?accept=required.justification:justification",
        f"{cases[0]}?ask=benefits.unmeasured:benefits",
        f"{cases[2]}?take-over=1",
        *(f"{case}/history" for case in cases),
        f"{cases[0]}/history?show=changes",
        f"{cases[4]}/history?show=decisions",
        "/queue",
        *(f"/queue?view={view}" for view in views),
        *(f"/queue?sort={sort}&order=down" for sort in ("title", "form", "checks", "due", "status", "reviewer")),
        "/queue?search=a&due=late&due=later&form=business-justification&area=learning",
        "/queue?search=nothing+like+this",
        "/requests",
        "/requests?search=nothing+like+this",
        "/releases",
        f"/releases/{found['release']}",
        "/schedule",
        "/schedule?quarter=2026-Q4&issued=31/12/2026",
        "/manage",
        f"{cases[5]}/changes",
        f"{cases[5]}/changes?version=2",
        "/manage/arrivals",
        "/manage/arrivals?show=person",
        "/manage/arrivals?show=supporting&search=a",
        "/manage/arrivals?search=nothing+like+this",
        *(f"/manage/arrivals/{found[name]}" for name in ("question", "to-confirm", "broken", "infected", "reply")),
        "/manage/messages",
        *(f"/manage/messages?show={show}" for show in ("waiting", "trouble", "to-copy")),
    ]


def public_pages(found: dict[str, str]) -> list[str]:
    """The address of every page that anybody can open."""
    token, draft = found["token"], found["draft"]
    about = ["/accessibility", "/privacy", "/cookies", "/help"]
    uploads = [f"/upload/{found[name]}" for name in ("draft", "unread", "strange")]
    asked = ("title", "date_raised", "functional_area", "email", "benefits", "region", "phone")
    questions = [f"/upload/{draft}/answers/{key}" for key in asked]
    tracks = [f"/track/{token}", f"/track/{found['asked']}", f"/track/{token}/new-version"]
    tracks += [f"/track/{found['asked']}/withdraw", f"/sent/{token}"]
    return ["/", "/start", *uploads, *questions, "/track", *tracks, "/sign-in", *about]


def test_every_page_opens_with_full_data(house: House) -> None:
    found = fill(house)
    reviewer, anybody, administrator = house.client(REVIEWER), house.client(), house.client(ADMINISTRATOR)
    answers = {page: reviewer.get(page).status_code for page in staff_pages(found)}
    answers |= {page: anybody.get(page).status_code for page in public_pages(found)}
    answers |= {page: administrator.get(page).status_code for page in ("/people", "/manage", "/queue")}
    assert {page: status for page, status in answers.items() if status != 200} == {}


def test_every_page_opens_with_no_data(house: House) -> None:
    pages = ["/queue", "/requests", "/releases", "/schedule", "/manage", "/manage/arrivals", "/manage/messages"]
    client = house.client(REVIEWER)
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_what_people_wrote_is_escaped_on_every_page(house: House) -> None:
    found = fill(house, NASTY)
    reviewer, anybody = house.client(REVIEWER), house.client()
    pages = {page: reviewer.get(page).text for page in staff_pages(found)}
    pages |= {page: anybody.get(page).text for page in public_pages(found)}
    assert [page for page, text in pages.items() if "<script>alert" in text or "<img src=x" in text] == []
    assert sum("&lt;script&gt;alert(1)" in text for text in pages.values()) > 20


def _record(house: House) -> list[str]:
    """All that the database holds but who looked at what."""
    return [line for line in house.db.conn.iterdump() if not line.startswith('INSERT INTO "viewings"')]


def test_a_get_writes_nothing_but_who_looked_at_what(house: House) -> None:
    found = fill(house)
    reviewer, anybody = house.client(REVIEWER), house.client()
    before = _record(house)
    for page in staff_pages(found):
        reviewer.get(page)
    for page in public_pages(found):
        anybody.get(page)
    assert _record(house) == before


def test_no_page_holds_an_inline_style_or_an_unsigned_script(house: House) -> None:
    found = fill(house)
    reviewer, anybody = house.client(REVIEWER), house.client()
    wrong = []
    for client, pages in ((reviewer, staff_pages(found)), (anybody, public_pages(found))):
        for page in pages:
            # A link may lead elsewhere: nothing is fetched before somebody follows it.
            text = re.sub(r'<a href="https://[^"]*"', "<a", client.get(page).text)
            if re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*nonce=\")|https?://(?!www\.w3\.org)", text):
                wrong.append(page)
    assert wrong == []


def test_headers_let_nothing_in_from_elsewhere(house: House) -> None:
    answer = house.client(REVIEWER).get("/queue")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce[1]}'; style-src 'self'; img-src 'self'; font-src 'self';"
        " connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Strict-Transport-Security" not in answer.headers


def test_a_nonce_is_used_once(house: House) -> None:
    client = house.client()
    first, second = (client.get("/").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("name", ["app.css", "nhsuk/nhsuk-frontend.min.css", "nhsuk/nhsuk-frontend.min.js"])
def test_hashed_files_may_be_kept_for_ever_and_plain_ones_for_an_hour(house: House, name: str) -> None:
    client = house.client()
    hashed = house.app.extensions["assets"].address(name)
    assert client.get(hashed).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(f"/static/{name}").headers["Cache-Control"] == "public, max-age=3600"
    packed = client.get(hashed, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"


def test_there_is_no_way_out_of_the_static_folder(house: House) -> None:
    client = house.client()
    for name in ("../access.py", "..%2faccess.py", "%2e%2e/access.py", "nhsuk/VERSION"):
        assert client.get(f"/static/{name}").status_code == 404


def test_a_page_that_is_not_there_keeps_the_search(house: House) -> None:
    answer = house.client(REVIEWER).get("/requests/ESR-2026-9999")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert 'action="/requests"' in answer.text


def test_an_unexpected_failure_says_sorry_and_shows_no_trace(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    def explode() -> str:
        raise ValueError("secret inside")

    house.app.view_functions["about.cookies"] = explode
    answer = house.client().get("/cookies")
    assert answer.status_code == 500
    assert "Sorry, there is a problem with the service" in answer.text
    assert "Your work up to 10:42am is saved" in answer.text
    assert "secret inside" not in answer.text
    assert "Traceback" not in answer.text
    capsys.readouterr()


def test_the_queue_shows_late_requests_first_with_the_days_in_words(house: House) -> None:
    house.send(title="The late one")
    house.later(timedelta(days=9))
    house.send(title="The fresh one")
    text = house.client(REVIEWER).get("/queue").text
    assert text.index("The late one") < text.index("The fresh one")
    assert "2 working days late" in text
    assert "5 working days left" in text
    assert "<strong>1 acknowledgement is late</strong>" in re.sub(r"\s+", " ", text)


def test_filters_narrow_the_queue_and_show_as_chips(house: House) -> None:
    house.send(title="Leave balance")
    house.send(title="Payslip in large print")
    text = house.client(REVIEWER).get("/queue?search=payslip").text
    assert "Payslip in large print" in text
    assert "Leave balance" not in text
    assert "Showing 1 to 1 of 1 request" in text
    assert "Remove filter </span>“payslip”" in text


def test_a_search_for_a_whole_reference_goes_to_the_request(house: House) -> None:
    case = house.send()
    answer = house.client(REVIEWER).get(f"/requests?search={case.reference.lower()}")
    assert answer.status_code == 303
    assert answer.location == f"/requests/{case.reference}"


def test_the_queue_is_paged_by_25(house: House) -> None:
    for number in range(27):
        house.send(title=f"Request number {number}")
    client = house.client(REVIEWER)
    assert "Showing 1 to 25 of 27 requests" in client.get("/queue").text
    assert "Showing 26 to 27 of 27 requests" in client.get("/queue?page=2").text
    assert "Showing 26 to 27 of 27 requests" in client.get("/queue?page=99").text
    assert client.get("/queue?page=x&sort=x&view=x&due=x&area=%25").status_code == 200


def test_the_request_page_shows_the_document_in_order_with_numbered_answers(house: House) -> None:
    case = house.claimed()
    text = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    order = ["Business Justification Form", "SR 4418207", "03/11/2026", "Priya Nair", "Sent by fax first"]
    places = [text.index(words, text.index("app-sheet")) for words in order]
    assert places == sorted(places)
    assert "Not part of any answer" in text
    assert "embedded spreadsheet" in text
    assert "Check this: the form says “Learning Management”." in text


def test_a_file_that_cannot_be_read_says_why_and_can_be_decided(house: House) -> None:
    case = house.send(reading=an_unreadable_one())
    client = house.client(REVIEWER)
    post(client, f"/requests/{case.reference}/claim", page="/queue")
    text = client.get(f"/requests/{case.reference}").text
    assert "The PDF is password-protected. Send an open copy." in text
    assert "Ask for more information" in text


def test_the_original_is_a_download_and_never_shown(house: House) -> None:
    case = house.send()
    answer = house.client(REVIEWER).get(f"/requests/{case.reference}/original/1")
    assert answer.data == a_file("1")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_blank_forms_can_be_downloaded(house: House) -> None:
    client = house.client()
    for key in ("business-justification", "supplementary-role", "national-competency"):
        assert client.get(f"/forms/{key}.docx").data.startswith(b"PK")
    assert client.get("/forms/unknown.docx").status_code == 404
