"""The whole service on a free port with its own data folder, and a real browser that watches what pages do."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
REVIEWER = "asha@example.nhs.uk"
APPROVER = "tom@example.nhs.uk"
ADMINISTRATOR = "grace@example.nhs.uk"
_PEOPLE = (
    (REVIEWER, "Asha Rahman", ["reviewer"]),
    (APPROVER, "Tom Beckett", ["reviewer", "lead", "approver", "publisher"]),
    (ADMINISTRATOR, "Grace Adeyemi", ["administrator"]),
)
_START_SECONDS = 90
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Watched:
    """A page with everything that it must not do: console errors, and requests to anywhere else."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def hear(self, line: ConsoleMessage) -> None:
        """Note an error or a warning in the console."""
        if line.type in ("error", "warning"):
            self.complaints.append(f"console: {line.text}")

    def see(self, asked: Request) -> None:
        """Note a request to anywhere else."""
        if not asked.url.startswith(self.base):
            self.complaints.append(f"outside: {asked.url}")

    def open(self, path: str) -> Page:
        """Go to a page of the service."""
        self.page.goto(f"{self.base}{path}")
        return self.page

    def sign_in(self, email: str) -> None:
        """Sign in as this person."""
        self.open("/sign-in")
        self.page.get_by_label("Email address").fill(email)
        self.page.get_by_role("textbox", name="Password").fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/queue")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`formwright run` with three people; yields its address."""
    if not (ROOT / "review" / "static" / "nhsuk" / "VERSION").exists():
        pytest.skip("the page styles are not installed: run make setup")
    folder = tmp_path_factory.mktemp("service")
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("FORMWRIGHT_", "REDIS_URL"))},
        "FORMWRIGHT_DATA": str(folder / "var"),
        "FORMWRIGHT_PORT": str(port),
    }
    command = [sys.executable, "-m", "service"]
    for email, name, roles in _PEOPLE:
        options = [option for role in roles for option in ("--role", role)]
        subprocess.run(
            [*command, "user", "add", "--email", email, "--name", name, "--password", PASSWORD, *options],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
    log = (folder / "log.txt").open("wb")
    process = subprocess.Popen(
        [*command, "run"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process, folder / "log.txt")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    found = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


Visit = Callable[..., Watched]


@pytest.fixture
def visit(service: str, browser: Browser) -> Iterator[Visit]:
    """Open a window of a given size, with or without JavaScript; afterwards nothing may have gone wrong in it."""
    windows: list[tuple[Watched, Callable[[], None]]] = []

    def open_window(width: int = 1440, height: int = 960, *, javascript: bool = True) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=javascript, accept_downloads=True
        )
        page = context.new_page()
        watched = Watched(page, service)
        page.on(
            "console",
            lambda line: (
                watched.complaints.append(f"console: {line.text}") if line.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda problem: watched.complaints.append(f"script: {problem}"))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(service) else watched.complaints.append(f"outside: {asked.url}"),
        )
        windows.append((watched, context.close))
        return watched

    yield open_window
    for _, close in windows:
        close()
    assert [complaint for watched, _ in windows for complaint in watched.complaints] == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/help", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None:
                break
            time.sleep(0.2)
    pytest.fail(f"the service did not start:\n{log.read_text(errors='replace')[-3000:]}")
