"""Uploads through the pages of an installation with a scanner, and on a disk that runs full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.errors import UnavailableError
from service.settings import load_settings
from service.uploads import keep_the_floor
from store.ledger import load_lines
from store.originals import load_original
from tests.review.conftest import STYLES
from tests.review.house import REVIEWER, House, a_file, build_house, said_at_the_top, send_form, upload
from tests.service.scanner import Scanner, a_scanner


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[Scanner]:
    with a_scanner(tmp_path) as scanner:
        yield scanner


@pytest.fixture
def house(tmp_path: Path, scanner: Scanner) -> House:
    """An installation with this scanner."""
    if not STYLES.exists():
        pytest.skip("the page styles are not installed: run make setup")
    return build_house(load_settings({"FORMWRIGHT_DATA": str(tmp_path / "var"), "FORMWRIGHT_CLAMD": scanner.address}))


def test_a_clean_file_goes_on_and_the_page_says_that_it_was_checked(house: House, scanner: Scanner) -> None:
    answer = upload(house.client(), a_file(), "form.pdf")
    assert "Checking for viruses" in answer.text
    assert scanner.scanned == [a_file()]


def test_a_file_with_a_virus_is_stopped_kept_and_given_to_nobody(house: House, scanner: Scanner) -> None:
    scanner.answer = b"stream: Some.Virus FOUND\0"
    answer = upload(house.client(), a_file(), "form.pdf")
    assert answer.status_code == 400
    assert said_at_the_top(answer.text)[1].startswith("We stopped the file: it may have a virus.")
    (line,) = load_lines(house.db)
    assert (line.outcome.value, line.case_id) == ("quarantined", None)
    assert load_original(house.settings.originals, line.sha256 or "") == a_file()
    for table in ("drafts", "cases", "submissions", "work", "deliveries"):
        assert house.db[table].count == 0
    assert "Some.Virus" in house.client(REVIEWER).get("/manage/arrivals").text


def test_while_the_scanner_is_away_nothing_is_taken_in_and_the_page_says_when_to_come_back(
    house: House, scanner: Scanner
) -> None:
    scanner.answer = None
    answer = upload(house.client(), a_file(), "form.pdf")
    assert answer.status_code == 503
    assert "Try again in a few minutes." in answer.text
    assert load_lines(house.db) == []
    scanner.answer = b"stream: OK\0"
    assert "Request received" in send_form(house.client(), a_file(), "form.pdf").text


@pytest.mark.parametrize(("free", "is_enough"), [(50, True), (49, False), (0, False)])
def test_nothing_is_taken_in_where_less_than_a_twentieth_of_the_disk_is_free(free: int, is_enough: bool) -> None:
    if is_enough:
        keep_the_floor(free, 1000)
    else:
        with pytest.raises(UnavailableError, match="Try again in an hour"):
            keep_the_floor(free, 1000)
