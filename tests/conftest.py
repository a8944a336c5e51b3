"""What every test may ask for: the corpus, the shipped forms, and skips that become failures where all is required."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from casework.form import FormLibrary
from service.library import load_library
from service.log import shape_log
from tests.issued import Issued, noting

# How fast a machine is says nothing about whether the code is right.
settings.register_profile("formwright", deadline=None)
settings.load_profile("formwright")

# What a failing test shows of the log is as bare as the log of the service.
shape_log()

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = os.environ.get("FORMWRIGHT_REQUIRE_ALL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """With FORMWRIGHT_REQUIRE_ALL=1 a skip is a failure: something that the tests need is missing."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped although FORMWRIGHT_REQUIRE_ALL=1: {reason}"
    return report


@pytest.fixture(scope="session", autouse=True)
def issued(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issued]:
    """Every issue of the schedule that this run publishes; at its end each is made again, to the same bytes."""
    found = Issued(tmp_path_factory.mktemp("issued"))
    if all(item.get_closest_marker("pure") for item in request.session.items):
        yield found
        return
    with noting(found):
        yield found
    found.gather()
    assert found.make_again() == []


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of documents with known answers; skips where there is none."""
    folder = Path(os.environ.get("FORMWRIGHT_CORPUS", ROOT / ".." / "shared" / "corpus")).resolve()
    if not (folder / "forms" / "truth.jsonl").is_file():
        pytest.skip(f"no corpus at {folder}: set FORMWRIGHT_CORPUS")
    return folder


@pytest.fixture(scope="session")
def library() -> FormLibrary:
    """The shipped forms and vocabularies."""
    return load_library()


@pytest.fixture
def today() -> date:
    """A fixed day, late in 2026."""
    return date(2026, 11, 23)
