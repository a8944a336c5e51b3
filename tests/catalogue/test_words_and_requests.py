"""Hostile words, file names and requests: shown as they were written, or refused, and never run."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from lxml import etree

from casework.lifecycle import Decision
from casework.model import Arrival, Receipt
from intake.receive import receive
from outputs.letter import build_decision
from service.settings import load_settings
from tests.review.conftest import STYLES
from tests.review.house import REVIEWER, House, a_reading, build_house, post, upload

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "＝1+1", '=HYPERLINK("http://198.51.100.7")']
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "&lt;script&gt;",
]
CODE = ["{{ 7*7 }}", "{% for x in ().__class__ %}", "${7*7}", "<w:p/>]]>", "'; DROP TABLE cases;--", "a\x1b[31m"]
NAMES = [
    "../../etc/passwd.docx",
    "..\\\\..\\\\x.docx",
    "/etc/passwd",
    "-rf.docx",
    "CON.docx",
    "x" * 300 + ".docx",
    "request\u202excod.exe",
    "<script>alert(1)</script>.docx",
    "=1+1.docx",
    ".docx",
    "a;b&c|d.docx",
    "caf\u00e9 \u0177.docx",
]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An app with a clock, a database and three people of its own."""
    if not STYLES.exists():
        pytest.skip("the page styles are not installed: run make setup")
    return build_house(load_settings({"FORMWRIGHT_DATA": str(tmp_path / "var"), "FORMWRIGHT_UPLOAD_LIMIT_MB": "1"}))


@pytest.mark.parametrize("words", [*FORMULAS, *MARKUP, *CODE])
def test_hostile_words_are_shown_as_they_were_written(words: str, house: House) -> None:
    case = house.send(reading=a_reading(title=words, benefits=words, unplaced=words))
    page = house.client(REVIEWER).get(f"/requests/{case.reference}").text
    visible = words.replace("\x1b", "").strip()
    root = etree.HTML(page)
    shown = " ".join("".join(root.itertext()).split())
    assert " ".join(visible.split()) in shown.replace("\x1b", "").replace("\ufffd", "")
    assert root.xpath("//script[not(@src) and not(@nonce)]") == []
    assert root.xpath("//@onerror | //@onload | //@onclick") == []
    assert root.xpath("//a[starts-with(@href, 'javascript:')] | //img[@src='x']") == []


@pytest.mark.parametrize("words", [*FORMULAS, *MARKUP, *CODE[:-1]])
def test_hostile_words_stand_in_a_letter_as_they_were_written(words: str) -> None:
    _, body = build_decision(reference="ESR-2026-0001", title=words, decision=Decision.DECLINE, reason=words)
    assert body.count(words) == 2


def handed_in(house: House, data: bytes, name: str) -> Receipt:
    """A file taken in as it is when somebody has sent it."""
    return receive(
        Arrival(data, name, "upload", "priya@example.nhs.uk"),
        db=house.db,
        originals=house.settings.originals,
        now=house.moment[0],
        limit_bytes=1_000_000,
        receipt_text=lambda reference, name, moment: (reference, name),
    )


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_file_name_is_only_ever_shown(name: str, house: House) -> None:
    before = set(house.settings.data.parent.rglob("*"))
    receipt = handed_in(house, b"words of a form", name)
    (line,) = house.db.query("SELECT name, sha256 FROM ledger")
    assert 0 < len(line["name"]) <= 120
    assert line["name"].isprintable()
    assert not set("/\\") & set(line["name"])
    made = {path for path in set(house.settings.data.parent.rglob("*")) - before if path.is_file()}
    stored = [path for path in made if "sqlite" not in path.name]
    assert len(stored) == 1
    assert line["sha256"] in "".join(stored[0].parts[-3:])
    (case,) = house.db.query("SELECT reference, token FROM cases")
    house.read(case["token"], a_reading())
    assert receipt.reference == case["reference"]
    page = etree.HTML(house.client(REVIEWER).get(f"/requests/{case['reference']}").text)
    assert page.xpath("//script[not(@src) and not(@nonce)]") == []
    (address, *_) = page.xpath("//a[contains(@href, 'original')]/@href")
    headers = house.client(REVIEWER).get(address).headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Disposition"].isascii()
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_same_bytes_again_name_the_first_request_and_a_repacked_file_is_read_anew(house: House) -> None:
    document = docx.Document()
    document.add_paragraph("words of a form")
    stream = io.BytesIO()
    document.save(stream)
    data = stream.getvalue()
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
    first, again = handed_in(house, data, "a.docx"), handed_in(house, data, "b.docx")
    assert "already have this exact file" in again.message
    assert again.reference == first.reference
    assert handed_in(house, packed.getvalue(), "a.docx").reference not in (None, first.reference)


# Requests that no browser makes. Nothing is kept of any.


@pytest.mark.parametrize(
    ("method", "path", "about", "status"),
    [
        ("POST", "/start", {"data": b"x"}, 400),
        ("POST", "/start", {"data": b"--b", "content_type": "multipart/form-data"}, 400),
        ("POST", "/start", {"data": b"--b\r\n\r\n", "content_type": "multipart/form-data; boundary=b"}, 400),
        ("POST", "/start", {"data": {f"f{at}": "x" for at in range(2000)}}, 400),
        ("POST", "/start", {"data": {"csrf_token": "x" * 1000}}, 400),
        ("POST", "/start", {"data": b"", "content_type": "application/json"}, 400),
        ("PUT", "/start", {"data": b"x"}, 405),
        ("TRACE", "/start", {}, 405),
        ("GET", "/start/../../etc/passwd", {}, 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", {}, 404),
        ("GET", "/track/%00", {}, 404),
        ("GET", "/static/..%2f..%2fpyproject.toml", {}, 404),
    ],
)
def test_a_request_that_no_browser_makes_is_refused(
    method: str, path: str, about: dict[str, object], status: int, house: House
) -> None:
    answer = house.app.test_client().open(path, method=method, **about)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert list(house.db.query("SELECT id FROM cases")) == []


def test_a_body_far_over_the_limit_is_refused_before_it_is_read(house: House) -> None:
    answer = upload(house.app.test_client(), b"x" * 2_500_000, "a.docx")
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert [row["outcome"] for row in house.db.query("SELECT outcome FROM ledger")] == ["refused"]


def test_a_form_with_another_sites_token_is_refused(house: House) -> None:
    stolen = post(house.client(), "/start", page="/start", email="priya@example.nhs.uk")
    assert stolen.status_code == 400
    answer = house.client().post("/start", data={"csrf_token": "forged", "email": "priya@example.nhs.uk"})
    assert answer.status_code == 400
    assert list(house.db.query("SELECT id FROM ledger")) == []
