"""The whole service on a free port with its own data folder, and a real browser that watches what pages do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.issued import Issued
from tests.journeys.running import ROOT as ROOT
from tests.journeys.running import STYLES, Watched, chromium, running_service

REVIEWER = "asha@example.nhs.uk"
APPROVER = "tom@example.nhs.uk"
ADMINISTRATOR = "grace@example.nhs.uk"
_PEOPLE = (
    (REVIEWER, "Asha Rahman", ["reviewer"]),
    (APPROVER, "Tom Beckett", ["reviewer", "lead", "approver", "publisher"]),
    (ADMINISTRATOR, "Grace Adeyemi", ["administrator"]),
)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, issued: Issued) -> Iterator[str]:
    """`formwright run` with three people; yields its address."""
    if not STYLES.exists():
        pytest.skip("the page styles are not installed: run make setup")
    with running_service(tmp_path_factory.mktemp("service"), _PEOPLE) as running:
        issued.services.append(running.data)
        yield running.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with chromium() as found:
        if found is None:
            pytest.skip("there is no Chromium on this machine")
        yield found


Visit = Callable[..., Watched]


@pytest.fixture
def visit(service: str, browser: Browser) -> Iterator[Visit]:
    """Open a window of a given size, with or without JavaScript; afterwards nothing may have gone wrong in it."""
    windows: list[tuple[Watched, Callable[[], None]]] = []

    def open_window(width: int = 1440, height: int = 960, *, javascript: bool = True) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=javascript, accept_downloads=True
        )
        watched = Watched(context.new_page(), service)
        watched.watch()
        windows.append((watched, context.close))
        return watched

    yield open_window
    for _, close in windows:
        close()
    assert [complaint for watched, _ in windows for complaint in watched.complaints] == []
