"""Every page that a running service can show, as addresses filled from what it holds."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import HTTPException

from tests.builders_docx import make_docx
from tests.journeys.running import ROOT, Running, Watched

# Somebody with every role that may be held together sees every page there is.
EVERYBODY = ("everybody@example.nhs.uk", "Ines Okafor")
ROLES = ("reviewer", "lead", "approver", "publisher", "administrator", "auditor")
# Routes that give no page, and what they give.
NO_PAGES = {
    "account.stay": "says only that somebody is still there",
    "advice.pack": "a Word document",
    "audit.export": "CSV",
    "published.download": "an issued schedule",
    "returned.of_message": "a file that went with a message",
    "returned.of_preview": "a Word file before it goes",
    "returned.progress": "read by the page that waits",
    "returned.of_own_request": "a file that went with a message",
    "schedule_issue.download": "an issued schedule",
    "schedule_issue.comparing": "read by the page that waits",
    "schedule_issue.progress": "read by the page that waits",
    "templates.progress": "read by the page that waits",
    "templates.word_file": "a Word document",
    "arrivals.raw": "a message as it arrived, for download",
    "assets.serve": "styles and scripts",
    "case.original": "the sender's file, for download",
    "draft.progress": "read by the page that waits",
    "picture.show": "a picture",
    "queue.arrivals": "read by the page that tells of arrivals",
    "reports.download": "CSV",
    "schedule.download": "a Word document",
    "start.blank_form": "a Word document",
    "upload.progress": "read by the page that waits",
}
# Routes that lead elsewhere, or say what is wrong, where nothing was chosen.
LEADS_ELSEWHERE = frozenset({"error", "reports.show", "schedule_issue.making", "together.check", "track.open_link"})
_SAMPLES = ROOT / "tests" / "samples"
_SENDERS_PAGES = frozenset(
    {"invitation", "published", "start", "upload", "draft", "track", "about", "sign_in", "assets", "public"}
)
_ARGUMENT = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
_READ_MILLISECONDS = 90_000


@dataclass(frozen=True, slots=True)
class Stop:
    """One page to look at: its route, its address, and whether somebody is signed in."""

    endpoint: str
    address: str
    signed_in: bool


@dataclass
class Filler:
    """What the arguments of addresses may be, from the service's own database; drafts were made by uploading."""

    data: Path
    drafts: tuple[str, ...] = ()
    invitation: str | None = None
    links: set[str] = field(default_factory=set)

    def one(self, question: str) -> str | None:
        """The first value that a question to the database gives, or None."""
        with closing(sqlite3.connect(f"file:{self.data / 'formwright.sqlite3'}?mode=ro", uri=True)) as db:
            row = db.execute(question).fetchone()
        return str(row[0]) if row else None

    def value(self, argument: str, rule: str) -> str | None:
        """A value for an argument of this rule, None where nobody has said what it may be."""
        known = _VALUES.get((rule, argument)) or next(
            (
                found
                for (start, name), found in _VALUES.items()
                if name == argument and start and rule.startswith(start)
            ),
            _VALUES.get(("", argument)),
        )
        return known(self) if known is not None else None


def _from(question: str) -> Callable[[Filler], str | None]:
    return lambda filler: filler.one(question)


_A_CASE = "FROM cases WHERE form = 'business-justification' AND status = 'in-review' ORDER BY blockers DESC, id"
_TWO_ROUNDS = "SELECT reference FROM cases JOIN submissions ON case_id = cases.id WHERE round = 2"
_VALUES: dict[tuple[str, str], Callable[[Filler], str | None]] = {
    ("/requests/<reference>/changes", "reference"): _from(_TWO_ROUNDS),
    ("", "reference"): _from(f"SELECT reference {_A_CASE}"),
    ("", "token"): _from(f"SELECT token {_A_CASE}"),
    ("/track/<token>/appeal", "token"): _from("SELECT token FROM cases WHERE status = 'declined'"),
    ("/invitation/", "token"): lambda filler: filler.invitation,
    ("/track/link/", "link"): lambda filler: "one-that-has-run-out",
    ("/circulation/leave/", "token"): _from("SELECT token FROM circulation_members"),
    ("/upload/", "token"): lambda filler: filler.drafts[0],
    ("/upload/", "key"): lambda filler: "benefits",
    ("", "ledger_id"): _from("SELECT id FROM ledger ORDER BY id DESC"),
    ("", "release_id"): _from("SELECT release_id FROM cases WHERE release_id IS NOT NULL"),
    ("", "submission_id"): _from(f"SELECT id FROM submissions WHERE case_id = (SELECT id {_A_CASE})"),
    ("/requests/", "other_reference"): _from("SELECT reference FROM cases WHERE status = 'new' ORDER BY id"),
    ("/manage/rules/", "rule"): _from("SELECT name FROM tallies WHERE kind = 'finding' AND name LIKE '%.weak'"),
    ("/people/", "person_id"): _from("SELECT max(id) FROM users"),
    ("/schedule/", "quarter"): lambda filler: "2026-Q4",
    ("/schedule/issues/", "issue_id"): _from("SELECT id FROM schedules"),
    ("/schedule/issues/", "commission_id"): _from("SELECT id FROM commissions WHERE kind = 'rebuild'"),
    ("/schedule/compared/", "commission_id"): _from("SELECT id FROM commissions WHERE kind = 'rebuild'"),
    ("/schedule/making/", "commission_id"): _from("SELECT id FROM commissions WHERE kind = 'schedule'"),
    ("/manage/templates/word/<key>/trial/", "commission_id"): _from(
        "SELECT id FROM commissions WHERE kind = 'template'"
    ),
    ("/manage/templates/word/<key>/trial/", "key"): lambda filler: "letter",
    ("/requests/<reference>/send-back/", "commission_id"): _from("SELECT id FROM commissions WHERE kind = 'preview'"),
    ("/requests/<reference>/send-back/", "key"): lambda filler: "changes",
    ("", "page"): lambda filler: "1",
    ("/reports/", "name"): lambda filler: "received",
    ("/forms/", "key"): lambda filler: "national-competency",
    ("/static/", "name"): lambda filler: "app.css",
    ("", "quarter"): _from("SELECT quarter FROM schedules"),
    ("", "version"): _from("SELECT version FROM schedules"),
}


def prepare(running: Running, browser: Browser) -> Filler:
    """Bring a service with samples into the states that pages have: drafts, a claimed request with blockers."""
    context = browser.new_context()
    window = Watched(context.new_page(), running.address)
    drafts = tuple(
        _upload(window, _SAMPLES / name)
        for name in (
            "business-justification/leavers-dashboard-thin.docx",
            "business-justification/postcode-lookup.docx",
        )
    )
    filler = Filler(running.data, drafts)
    _send_again(window, filler)
    window.sign_in(EVERYBODY[0])
    unclaimed = (
        "SELECT reference FROM cases WHERE status = 'new' AND form = 'business-justification' ORDER BY blockers DESC"
    )
    reference = filler.one(unclaimed)
    window.open(f"/requests/{reference}").get_by_role("button", name="Claim this request").first.click()
    window.page.wait_for_load_state()
    window.open(f"/requests/{reference}?ask=1#decide").get_by_role(
        "button", name="See the files that go with the question"
    ).click()
    expect(window.page.get_by_text("Nothing is sent yet.")).to_be_visible(timeout=_READ_MILLISECONDS)
    window.open("/schedule/2026-Q4/check").get_by_role("button", name=re.compile("^Publish")).click()
    expect(window.page.get_by_text("is published. It is kept")).to_be_visible(timeout=_READ_MILLISECONDS)
    window.page.get_by_role("button", name="Make it again and compare").click()
    expect(window.page.get_by_text("byte for byte what went out")).to_be_visible(timeout=_READ_MILLISECONDS)
    _try_a_template(window)
    filler.invitation = _invite(window)
    _write_to_a_list(window)
    gather_links(window, filler)
    context.close()
    return filler


def gather_links(window: Watched, filler: Filler) -> None:
    """Note where the pages that lead on lead to: what no rule says, such as the key of a template, stands there."""
    case = f"/requests/{filler.value('reference', '')}"
    manage = [f"/manage{hub}" for hub in ("", "/words", "/words/regions", "/templates", "/rules")]
    hubs = (*manage, "/people", "/circulation", "/schedule", "/advice", case)
    for address in hubs:
        page = window.open(address)
        filler.links |= set(
            page.eval_on_selector_all(
                "a[href]", "all => all.map(a => new URL(a.getAttribute('href'), location).pathname)"
            )
        )


def stops(app: Flask, filler: Filler) -> tuple[list[Stop], list[tuple[str, str]]]:
    """(every page to look at, the routes whose arguments nobody has said how to fill: endpoint and rule)."""
    places = app.url_map.bind("localhost")
    linked: dict[str, str] = {}
    for path in sorted(filler.links):
        with suppress(HTTPException):
            linked.setdefault(str(places.match(path)[0]), path)
    found: list[Stop] = []
    unknown: list[tuple[str, str]] = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()):
            continue
        values = {name: filler.value(name, rule.rule) for name in rule.arguments}
        if rule.endpoint in linked and rule.arguments:
            address = linked[rule.endpoint]
            found.append(Stop(rule.endpoint, address, rule.endpoint.split(".")[0] not in _SENDERS_PAGES))
            continue
        if None in values.values():
            unknown.append((rule.endpoint, rule.rule))
            continue
        address = _ARGUMENT.sub(lambda match, values=values: str(values[match[1]]), rule.rule)
        found.append(Stop(rule.endpoint, address, rule.endpoint.split(".")[0] not in _SENDERS_PAGES))
    return [*found, *_states(filler)], unknown


def _states(filler: Filler) -> Iterator[Stop]:
    """Pages in another state than the one a bare address shows."""
    case = f"/requests/{filler.one(f'SELECT reference {_A_CASE}')}"
    for query in ("?show=words", "?change=benefits#answer-benefits", "?change=functional_area#answer-functional_area"):
        yield Stop("case.show", f"{case}{query}", True)
    yield Stop("case.show", f"{case}?ask=1#decide", True)
    rule = filler.one("SELECT name FROM tallies WHERE kind = 'finding' AND name LIKE '%.weak'")
    finding = f"{rule}:{rule.partition('.')[0]}"
    yield Stop("case.show", f"{case}?accept={finding}#check-{finding}", True)
    for (status,) in _all(filler, "SELECT DISTINCT status FROM cases ORDER BY status"):
        reference = filler.one(f"SELECT reference FROM cases WHERE status = '{status}' ORDER BY id DESC")
        yield Stop("case.show", f"/requests/{reference}", True)
        token = filler.one(f"SELECT token FROM cases WHERE status = '{status}' ORDER BY id DESC")
        yield Stop("track.follow", f"/track/{token}", False)
    for query in ("?view=decided", "?view=mine", "?search=zzzz", "?due=later&form=supplementary-role&area=learning"):
        yield Stop("queue.show", f"/queue{query}", True)
    picks = _all(filler, "SELECT id || '-' || version FROM cases ORDER BY id LIMIT 4")
    for act in ("claim", "acknowledge"):
        yield Stop(
            "together.check", f"/queue/together?act={act}&" + "&".join(f"case={pick}" for (pick,) in picks), True
        )
    yield Stop("queue.everything", "/requests?search=training", True)
    yield Stop("reports.show", "/reports?first=soon", True)
    yield Stop("reports.show", "/reports?first=2020-01-01&last=2020-01-31", True)
    for key in ("title", "date_raised", "region"):
        yield Stop("draft.ask", f"/upload/{filler.drafts[0]}/answers/{key}", False)
    yield Stop("draft.show", f"/upload/{filler.drafts[1]}", False)
    yield Stop("error", "/there-is-no-such-page", True)
    yield Stop("error", "/there-is-no-such-page", False)


def _all(filler: Filler, question: str) -> Iterable[tuple[str]]:
    with closing(sqlite3.connect(f"file:{filler.data / 'formwright.sqlite3'}?mode=ro", uri=True)) as db:
        return db.execute(question).fetchall()


def _send_again(window: Watched, filler: Filler) -> None:
    """Send another version of a request that is read, so that two rounds can be compared."""
    token = filler.one("SELECT token FROM cases WHERE status = 'new' AND form = 'national-competency' ORDER BY id")
    _upload(window, next((_SAMPLES / "national-competency").glob("*.docx")), f"/track/{token}/new-version")
    window.page.get_by_role("button", name=re.compile("^Send")).last.click()
    window.page.wait_for_load_state()


def _try_a_template(window: Watched) -> None:
    """Upload a Word template that cannot be used, and wait until it is said why."""
    page = window.open("/manage/templates/word/letter")
    page.locator("input[type=file]").set_input_files(
        [{"name": "ours.docx", "mimeType": "application/octet-stream", "buffer": make_docx("{{ nothing.like.it }}")}]
    )
    page.get_by_label("Why does it change?").fill("Our own looks")
    page.get_by_role("button", name="Check and use it").click()
    expect(page.get_by_role("heading", name="What is wrong with the file")).to_be_visible(timeout=_READ_MILLISECONDS)


def _invite(window: Watched) -> str:
    """Invite somebody; returns the token of their link, which is shown where there is no mail."""
    page = window.open("/people/invite")
    page.get_by_label("Name", exact=True).fill("Bela Novak")
    page.get_by_label("Email address").fill("bela@example.nhs.uk")
    page.get_by_role("checkbox", name="Reviewer").first.check()
    page.get_by_role("button", name="Invite").click()
    return page.get_by_text("/invitation/").first.inner_text().rpartition("/invitation/")[2].split()[0]


def _write_to_a_list(window: Watched) -> None:
    """Make a list with one address, and a message to it that waits to be confirmed."""
    page = window.open("/circulation")
    page.get_by_label("Name", exact=True).fill("Regional groups")
    page.get_by_role("button", name="Add list").click()
    page.get_by_role("link", name="Regional groups").first.click()
    page.get_by_label("Email address").fill("north.group@example.nhs.uk")
    page.get_by_role("button", name="Add", exact=True).click()
    window.open("/circulation/new").get_by_role("checkbox", name="Regional groups").check()
    page.get_by_label("Subject").fill("The Development Schedule is published")
    page.get_by_role("textbox", name="Message").fill("This quarter's schedule is ready to read.")
    page.get_by_role("button", name="Save and preview").click()
    page.wait_for_load_state()


def _upload(window: Watched, sample: Path, start: str = "/start") -> str:
    """Upload a form, wait until it is read, and leave it unsent; returns its token."""
    page: Page = window.open(start)
    # The same bytes would only be answered with the reference that they have already.
    changed = BytesIO(sample.read_bytes())
    with zipfile.ZipFile(changed, "a") as archive:
        archive.comment = b"another copy"
    page.locator("input[type=file]").set_input_files(
        [{"name": sample.name, "mimeType": "application/octet-stream", "buffer": changed.getvalue()}]
    )
    if (asked := page.get_by_label("Your email address")).count():
        asked.fill("priya.nair@northmoor.example.nhs.uk")
    page.get_by_role("button", name=re.compile("^Upload")).click()
    page.wait_for_url("**/upload/*")
    expect(page.get_by_role("heading", name="Reading your form")).to_have_count(0, timeout=_READ_MILLISECONDS)
    return page.url.rsplit("/", 1)[1]
