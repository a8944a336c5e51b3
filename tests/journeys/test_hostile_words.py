"""Scripts in everything that people may write are words on every page: a real browser runs none of them."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from html import escape

import pytest
from playwright.sync_api import Browser, Dialog, Page
from werkzeug.serving import make_server

from casework.lifecycle import Decision, UserRole
from casework.model import Evidence, Finding, Reading, Severity
from intake.receive import receive_message
from review import decide
from service import doors
from service.settings import load_settings
from store.cases import CaseRow, load_case
from store.database import transaction
from store.people import add_person
from store.releases import add_release
from tests.builders_mail import MAILBOX, raw_mail
from tests.journeys.running import STYLES, Watched
from tests.review.house import ADMINISTRATOR, MORNING, House, a_reading, build_house, post

SCRIPT = "<script>alert(1)</script>"
PICTURE = "<img src=x onerror=alert(1)>"
LINK = "javascript:alert(1)"
HOSTILE = f"\"'></textarea></title>{SCRIPT}{PICTURE}<svg/onload=alert(1)><a href='{LINK}'>{LINK}</a>{{{{7*7}}}}"
FILE_NAME = f"{PICTURE}.pdf"
BOSS = "boss@example.nhs.uk"
# What a script would have left, wherever it came from.
_LEFT = """() => [...document.querySelectorAll('img[src="x"], svg[onload], [onerror]')].map(at => at.outerHTML)
  .concat([...document.querySelectorAll('[href^="javascript:" i], [src^="javascript:" i]')].map(at => at.outerHTML))
  .concat([...document.scripts].filter(at => at.text.includes('alert(1)')).map(at => at.text))"""


@dataclasses.dataclass
class Hostile:
    """A service in which everybody wrote scripts, at an address."""

    house: House
    case: CaseRow
    returned: CaseRow
    lines: list[int]
    address: str = ""


def everybody_writes_scripts(house: House) -> Hostile:
    """File names, answers, findings, messages, notes, reasons, mail, releases and a colleague's name."""
    add_person(
        house.db,
        email=BOSS,
        name=HOSTILE,
        password_hash=house.person(ADMINISTRATOR).password_hash,
        roles=list(UserRole),
    )
    page = house.upload(FILE_NAME)
    client = house.client()
    sent = post(client, f"/upload/{page}/send", page="/start")
    token = str(sent.location).rsplit("/", 1)[1]
    case = house.read(token, hostile_reading())
    decide.claim(house.db, house.act(case, BOSS))
    decide.correct_answer(house.db, house.act(case, BOSS), field="organisation", value=HOSTILE, reason=HOSTILE)
    decide.accept_finding(house.db, house.act(case, BOSS), rule="justification.weak", field="benefits", reason=HOSTILE)
    decide.add_note(house.db, house.act(case, BOSS), note=HOSTILE)
    post(client, f"/track/{token}/reply", page="/start", words=HOSTILE)
    returned = house.send(reading=hostile_reading())
    decide.claim(house.db, house.act(returned, BOSS))
    decide.decide(
        house.db,
        house.act(returned, BOSS),
        decision=Decision.DECLINE,
        reason=HOSTILE,
        letter=(HOSTILE, HOSTILE),
        calendar=house.calendar(),
    )
    with transaction(house.db):
        add_release(house.db, HOSTILE, None)
    html = f"<p>Hello</p>{HOSTILE}<pre>{escape(HOSTILE)}</pre><iframe src='{LINK}'></iframe>"
    raw = raw_mail(f"Subject: {HOSTILE}", "Content-Type: text/html; charset=utf-8", "", html)
    receive_message(
        raw,
        mailbox=MAILBOX,
        db=house.db,
        originals=house.settings.originals,
        now=MORNING,
        limit_bytes=house.settings.message_limit,
    )
    doors.sort_arrived(house.settings, house.db)
    lines = [int(row["id"]) for row in house.db.query("SELECT id FROM ledger ORDER BY id")]
    return Hostile(house, load_case(house.db, case.id), returned, lines)


def hostile_reading() -> Reading:
    """A form whose answers, findings and loose words are scripts."""
    evidence = (Evidence("benefits", 0, len(HOSTILE), HOSTILE),)
    findings = (
        Finding("justification.weak", Severity.QUERY, "benefits", f"The benefits say {HOSTILE}", evidence),
        Finding("required.justification", Severity.BLOCKER, "justification", HOSTILE),
    )
    return a_reading(title=HOSTILE, benefits=HOSTILE, region=HOSTILE, findings=findings, unplaced=HOSTILE)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """The service, answering on a free port."""
    if not STYLES.exists():
        pytest.skip("the page styles are not installed: run make setup")
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path_factory.mktemp("hostile") / "var")})
    found = everybody_writes_scripts(build_house(settings))
    server = make_server("127.0.0.1", 0, found.house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_port}"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def window(hostile: Hostile, browser: Browser) -> Iterator[Watched]:
    """A browser of a colleague who may see everything; it notes every dialog."""
    context = browser.new_context()
    watched = Watched(context.new_page(), hostile.address)
    watched.sign_in(BOSS)
    watched.watch()

    def refuse(dialog: Dialog) -> None:
        watched.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    watched.page.on("dialog", refuse)
    yield watched
    context.close()


def pages(hostile: Hostile) -> dict[str, str]:
    """Where the words of others are shown, by name."""
    case, returned = f"/requests/{hostile.case.reference}", f"/requests/{hostile.returned.reference}"
    return {
        "queue": "/queue?view=all",
        "all requests": "/requests?search=alert",
        "case": case,
        "words of the case": f"{case}?show=words",
        "change an answer": f"{case}?change=benefits",
        "decided case": returned,
        "history": f"{case}/history",
        "history of the decided": f"{returned}/history",
        "compared": f"{case}/similar/{hostile.returned.reference}",
        "audit": "/audit",
        "arrivals": "/manage/arrivals",
        **{f"arrival {line}": f"/manage/arrivals/{line}" for line in hostile.lines},
        "tracking": f"/track/{hostile.case.token}",
        "tracking the decided": f"/track/{hostile.returned.token}",
        "schedule": "/schedule?quarter=2026-Q4",
        "check of the schedule": "/schedule/2026-Q4/check",
        "releases": "/releases",
        "people": "/people",
    }


def is_shown(page: Page) -> bool:
    """Whether the words stand in the page itself, as they were written: every head names the colleague."""
    return SCRIPT in page.locator("main").inner_html().replace("&lt;", "<").replace("&gt;", ">")


def test_no_script_that_somebody_wrote_runs_on_any_page(hostile: Hostile, window: Watched) -> None:
    """The first assertion keeps the test honest: words that are not on the page prove nothing."""
    silent, left = [], []
    for name, address in pages(hostile).items():
        page = window.open(address)
        silent += [] if is_shown(page) else [name]
        left += [f"{name}: {found}" for found in page.evaluate(_LEFT)]
    assert silent == []
    assert left == []
    assert window.complaints == []
