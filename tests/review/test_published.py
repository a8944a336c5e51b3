"""The public page of schedules: every version with its files, the same bytes, cached, and nobody's name on it."""

from __future__ import annotations

from casework.schedule import Editing
from service.schedules import publish_now
from tests.review.house import PUBLISHER, REVIEWER, House


def issued(house: House, note: str = "") -> bytes:
    """A schedule of the last quarter of 2026, published from the record as it stands: its Word file."""
    made = publish_now(
        house.settings, house.db, "2026-Q4", Editing(change_note=note), now=house.moment[0], lay_out=lambda word: None
    )
    return house.rooms.load_original(made.sha256)


def test_without_any_schedule_the_page_says_so(house: House) -> None:
    answer = house.client().get("/development-schedule")
    assert answer.status_code == 200
    assert "No schedule is published yet." in answer.text


def test_anybody_reads_every_version_with_its_correction_and_downloads_the_same_bytes(house: House) -> None:
    first = issued(house)
    house.send(title="Payslips & leave")
    second = issued(house, "The date of Release 71 <b>")
    page = house.client().get("/development-schedule")
    assert "Version 2.0" in page.text
    assert "The date of Release 71 &lt;b&gt;" in page.text
    assert page.text.index("Version 2.0") < page.text.index("Version 1.0")
    assert page.text.count(">Replaced</strong>") == 1
    assert page.text.count(">Corrected</strong>") == 1
    for version, data in (("1.0", first), ("2.0", second)):
        assert house.client().get(f"/development-schedule/2026-Q4/{version}.docx").data == data


def test_nothing_personal_stands_on_the_page(house: House) -> None:
    house.send()
    issued(house)
    page = house.client().get("/development-schedule").text
    for name in ("Priya", "Asha", "Marcus", "@"):
        assert name not in page


def test_the_page_is_kept_for_minutes_the_files_for_good_and_nothing_of_somebody_signed_in(house: House) -> None:
    issued(house)
    client = house.client()
    page = client.get("/development-schedule")
    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in page.headers
    file = client.get("/development-schedule/2026-Q4/1.0.docx")
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = client.get("/development-schedule/2026-Q4/1.0.docx", headers={"If-None-Match": file.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert house.client(REVIEWER).get("/development-schedule").headers["Cache-Control"] == "private, no-store"
    assert house.client(PUBLISHER).get("/schedule").headers["Cache-Control"] == "private, no-store"


def test_what_was_not_published_is_not_there(house: House) -> None:
    issued(house)
    for address in ("2026-Q4/2.0.docx", "2026-Q4/1.0.xls", "2026-Q3/1.0.docx", "x/1.0.docx", "2026-Q4/1.0.exe"):
        assert house.client().get(f"/development-schedule/{address}").status_code == 404


def test_the_web_page_of_an_issue_opens_where_nothing_can_run_and_its_csv_is_saved(house: House) -> None:
    issued(house)
    page = house.client().get("/development-schedule/2026-Q4/1.0.html")
    assert "attachment" not in page.headers.get("Content-Disposition", "")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert page.headers["Content-Security-Policy"].endswith("sandbox")
    assert "Electronic Staff Record" in page.text
    assert (
        house.client().get("/development-schedule/2026-Q4/1.0.csv").headers["Content-Disposition"].startswith("attach")
    )
