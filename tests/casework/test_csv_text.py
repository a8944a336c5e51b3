"""CSV that opens in a spreadsheet as it is meant, whatever people wrote into it."""

import csv
import io
from datetime import date

import pytest

from casework.csv_text import csv_bytes

pytestmark = pytest.mark.pure


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_every_cell_is_quoted_and_the_file_says_that_it_is_utf_8() -> None:
    data = csv_bytes(("Region", "Requests"), [("Wales – £", 3)])
    assert data == '\ufeff"Region","Requests"\r\n"Wales – £","3"\r\n'.encode()


def test_numbers_and_days_and_nothing_are_written_plainly() -> None:
    assert read_back(csv_bytes(("a", "b", "c", "d"), [(-3, 2.5, date(2026, 3, 31), None)]))[1] == [
        "-3",
        "2.5",
        "2026-03-31",
        "",
    ]


STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u00a0=", "\0=")


@pytest.mark.parametrize("start", STARTS)
def test_words_that_a_spreadsheet_would_run_are_shown_instead(start: str) -> None:
    written = f'{start}HYPERLINK("http://example.test";"x")'
    assert read_back(csv_bytes(("Title",), [(written,)]))[1] == ["'" + written.replace("\0", "")]


def test_headings_are_as_safe_as_the_cells() -> None:
    assert read_back(csv_bytes(("=1+1",), []))[0] == ["'=1+1"]


def test_quotes_separators_and_line_breaks_stay_inside_their_cell() -> None:
    written = 'say "yes"; and, then\r\n=1+1'
    assert read_back(csv_bytes(("Words",), [(written,)]))[1] == [written]
