"""A completed form in, a Development Schedule out, in a real browser; and every page as everybody meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect

from casework.period import quarter_of
from tests.journeys.conftest import ADMINISTRATOR, APPROVER, REVIEWER, ROOT, Visit, Watched

SAMPLES = ROOT / "tests" / "samples" / "business-justification"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# `best-practice` besides the law: it finds doubled headings and landmarks that the criteria let pass.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The component joins its label, a comma that is hidden and the file's name into one name; the words seen are in it.
_KNOWN = {("label-content-name-mismatch", "nhsuk-file-upload__drop-button")}
_READ_MILLISECONDS = 60_000


def upload(window: Watched, sample: Path) -> Page:
    """Upload a form as a requester and wait until it is read."""
    page = window.open("/")
    page.get_by_role("button", name="Start").or_(page.get_by_role("link", name="Start", exact=True)).first.click()
    page.locator("input[type=file]").set_input_files(sample)
    page.get_by_label("Your email address").fill("priya.nair@northmoor.example.nhs.uk")
    page.get_by_role("button", name="Upload and continue").click()
    page.wait_for_url("**/upload/*")
    expect(page.get_by_role("heading", name="Reading your form")).to_have_count(0, timeout=_READ_MILLISECONDS)
    return page


def send(window: Watched, sample: Path) -> str:
    """Upload a form as a requester, send it, and return its reference."""
    page = upload(window, sample)
    page.get_by_role("button", name=re.compile("Send request|Send it as it is")).click()
    page.wait_for_url("**/sent/*")
    expect(page.get_by_role("heading", name="Request received")).to_be_visible()
    found = re.search(r"ESR-\d{4}-\d{4}", page.locator(".nhsuk-panel").inner_text())
    assert found is not None
    return found[0]


def wait_until_read(window: Watched, reference: str) -> None:
    """Look at the request until its form has been read."""
    for _ in range(_READ_MILLISECONDS // 500):
        page = window.open(f"/requests/{reference}")
        if page.locator(".app-answer").count() or page.get_by_text("There are no answers to check.").count():
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{reference} was not read in time")


def decide(page: Page, label: str, reason: str) -> None:
    """Take a decision: choose it, say why, check the message, save."""
    page.get_by_role("radio", name=label, exact=True).check()
    page.get_by_label("Reason", exact=True).fill(reason)
    if label == "Accept for impact assessment":
        page.get_by_label("Where the full requirement is").fill("Held in the service request")
    page.get_by_role("button", name="Check and send").click()
    expect(page.get_by_role("heading", name="Check before you send")).to_be_visible()
    expect(page.locator(".app-letter")).to_contain_text(reason)
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text(f"Decision saved: {label}.")).to_be_visible()


def walk(visit: Visit, sample: Path, *, javascript: bool, width: int) -> None:
    """From a form on somebody's disk to its decision in the Word document."""
    requester = visit(width, 900, javascript=javascript)
    reference = send(requester, sample)
    expect(requester.page.get_by_role("status")).to_contain_text("We have read your form")

    reviewer = visit(width, 900, javascript=javascript)
    reviewer.sign_in(REVIEWER)
    wait_until_read(reviewer, reference)
    page = reviewer.open(f"/queue?search={reference}")
    page.get_by_role("button", name=f"Claim {reference}").click()
    page = reviewer.open(f"/requests/{reference}")
    expect(page.locator("#checks")).to_contain_text("passed")
    expect(page.locator("#answers")).to_contain_text("Organisation")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text(f"{reference} is acknowledged.")).to_be_visible()
    decide(page, "Accept for impact assessment", "The need is clear and the benefits are measured.")
    page.get_by_role("button", name="Release", exact=True).click()

    approver = visit(width, 900, javascript=javascript)
    approver.sign_in(APPROVER)
    page = approver.open("/releases")
    page.get_by_label("Name").fill("Release 71")
    page.get_by_label("Planned date (optional)").fill("31 March 2027")
    page.get_by_role("button", name="Save release").click()
    expect(page.get_by_role("link", name="Release 71")).to_be_visible()
    page = approver.open(f"/requests/{reference}")
    page.get_by_role("button", name="Claim this request").click()
    reason = f"Worth its cost for every organisation ({reference})."
    decide(page, "Approve", reason)
    page.get_by_label("Put it into").select_option(label="Release 71, planned 31 March 2027")
    page.get_by_role("button", name="Save release").click()
    expect(page.get_by_text("The release is saved.")).to_be_visible()

    page = approver.open(f"/schedule?quarter={quarter_of(datetime.now(UTC).date())}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Build the Word document").click()
    words = all_words(Path(download.value.path()).read_bytes())
    assert reference in words
    assert "Release 71" in words
    assert reason in words

    page = requester.open("/track")
    page.get_by_label("Reference").fill(reference)
    page.get_by_label("Email address").fill("priya.nair@northmoor.example.nhs.uk")
    page.get_by_role("button", name="Show my request").click()
    expect(page.get_by_text("Your request is approved and planned for Release 71.")).to_be_visible()


def all_words(data: bytes) -> str:
    """Every word of a Word document, tables included."""
    document = Document(BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_form_goes_from_upload_to_the_schedule(visit: Visit) -> None:
    walk(visit, SAMPLES / "payslip-in-large-print.docx", javascript=True, width=1440)


def test_the_same_journey_works_on_a_phone(visit: Visit) -> None:
    walk(visit, SAMPLES / "study-leave-balance.docx", javascript=True, width=390)


def test_the_same_journey_works_without_javascript(visit: Visit) -> None:
    walk(visit, SAMPLES / "sickness-trigger-alert.docx", javascript=False, width=1440)


@pytest.fixture(scope="module")
def pages(
    service: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[tuple[str | None, str]]]:
    """Every page with a request behind it that has findings: (who opens it, address)."""
    context = browser.new_context()
    requester, reviewer = (Watched(context.new_page(), service) for _ in range(2))
    reference = send(requester, SAMPLES / "leavers-dashboard-thin.docx")
    token = requester.page.url.rsplit("/", 1)[1]
    upload(requester, SAMPLES / "postcode-lookup.docx")
    draft = requester.page.url.rsplit("/", 1)[1]
    upload(requester, a_letter(tmp_path_factory.mktemp("letters") / "letter.docx"))
    strange = requester.page.url.rsplit("/", 1)[1]
    unread = send(requester, SAMPLES / "damaged-in-the-post.docx")
    reviewer.sign_in(REVIEWER)
    for each in (reference, unread):
        wait_until_read(reviewer, each)
    reviewer.open(f"/requests/{reference}").get_by_role("button", name="Claim this request").click()
    case = f"/requests/{reference}"
    yield [
        *((None, page) for page in ("/", "/start", f"/sent/{token}", "/track", f"/track/{token}", "/sign-in")),
        *((None, f"/upload/{page}") for page in (draft, strange)),
        *((None, f"/upload/{draft}/answers/{key}") for key in ("title", "date_raised", "region", "benefits")),
        *((None, f"/track/{token}/{page}") for page in ("new-version", "withdraw")),
        *((None, page) for page in ("/accessibility", "/privacy", "/cookies", "/help")),
        *(
            (REVIEWER, page)
            for page in ("/queue", "/queue?search=pay&due=later", "/requests", "/releases", "/schedule")
        ),
        *((REVIEWER, page) for page in ("/manage", "/manage/arrivals", "/manage/arrivals/1", "/manage/messages")),
        (REVIEWER, case),
        (REVIEWER, f"{case}?change=justification#answer-justification"),
        (REVIEWER, f"{case}?change=functional_area#answer-functional_area"),
        (REVIEWER, f"{case}?accept=justification.weak#check-justification.weak"),
        (REVIEWER, f"{case}?ask=benefits.weak#decide"),
        (REVIEWER, f"{case}/history"),
        (REVIEWER, f"/requests/{unread}"),
        (APPROVER, f"{case}?take-over=1"),
        (ADMINISTRATOR, "/people"),
    ]
    context.close()


def a_letter(path: Path) -> Path:
    """A Word document that is none of the forms."""
    document = Document()
    document.add_paragraph("Dear colleague, thank you for the minutes of the last meeting.")
    document.save(str(path))
    return path


def test_every_page_is_accessible_on_a_wide_and_a_narrow_window(
    visit: Visit, pages: list[tuple[str | None, str]]
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run make setup")
    axe = AXE.read_text(encoding="utf-8")
    violations: list[str] = []
    for width, height in ((1440, 960), (390, 844)):
        for window, address in each_page(visit, pages, width, height):
            # From the top: a link that happens to lie under the bar that stays would count as too small.
            window.page.evaluate("scrollTo(0, 0)")
            window.page.evaluate(axe)
            result = window.page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", _RULES)
            violations += [
                f"{address} at {width}: {rule['id']}: {node['html'][:160]}"
                for rule in result["violations"]
                for node in rule["nodes"]
                if not any(rule["id"] == known and part in node["html"] for known, part in _KNOWN)
            ]
    assert violations == [], "\n".join(violations)


def test_no_page_scrolls_sideways_at_320_pixels(visit: Visit, pages: list[tuple[str | None, str]]) -> None:
    wide = {}
    for window, address in each_page(visit, pages, 320, 640):
        width = window.page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[address] = width
    assert wide == {}


def each_page(
    visit: Visit, pages: list[tuple[str | None, str]], width: int, height: int
) -> Iterator[tuple[Watched, str]]:
    """Open each page as the person who may."""
    windows: dict[str | None, Watched] = {}
    for who, address in pages:
        if who not in windows:
            windows[who] = visit(width, height)
            if who is not None:
                windows[who].sign_in(who)
        windows[who].open(address)
        yield windows[who], address


def test_on_a_phone_a_check_shows_its_passage_and_a_link_leads_back(
    visit: Visit, pages: list[tuple[str | None, str]]
) -> None:
    window = visit(390, 844)
    window.sign_in(REVIEWER)
    address = next(address for _, address in pages if address.startswith("/requests/"))
    page = window.open(f"{address}?show=words")
    expect(page.locator("#document")).to_be_hidden()
    page.locator(".app-finding").filter(has_text="Business justification").get_by_role("link", name="Show in").click()
    expect(page.locator("#doc-justification")).to_be_in_viewport()
    expect(page.locator("#doc-justification")).to_be_focused()
    expect(page.locator("#work")).to_be_hidden()
    window.open(f"{address}#decide")
    expect(page.get_by_role("radio", name="Accept for impact assessment")).to_be_visible()


def test_a_check_shows_its_passage_without_moving_away(visit: Visit, pages: list[tuple[str | None, str]]) -> None:
    window = visit()
    window.sign_in(REVIEWER)
    page = window.open(f"{next(address for _, address in pages if address.startswith('/requests/'))}?show=words")
    check = page.locator(".app-finding").filter(has_text="Business justification")
    check.get_by_role("link", name="Show in").click()
    expect(page.locator("#doc-justification")).to_be_in_viewport()
    expect(check).to_be_in_viewport()


def test_a_mistake_moves_to_the_summary_and_links_to_the_field(visit: Visit) -> None:
    window = visit()
    page = window.open("/start")
    page.get_by_label("Your email address").fill("priya")
    page.get_by_role("button", name="Upload and continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter an email address in the correct format").click()
    expect(page.get_by_label("Your email address")).to_be_focused()
    # A browser logs the 400 itself; it is the answer that the page was asked for.
    window.complaints = [line for line in window.complaints if "400 (BAD REQUEST)" not in line]
