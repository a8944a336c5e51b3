"""Runs the whole service on a free port with a data folder of its own, and watches what its pages do in a browser."""

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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import ConsoleMessage as AsyncConsoleMessage
from playwright.async_api import Page as AsyncPage
from playwright.async_api import Request as AsyncRequest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
STYLES = ROOT / "review" / "static" / "nhsuk" / "VERSION"
PASSWORD = "correct horse battery"
_START_SECONDS = 90
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")

Someone = tuple[str, str, list[str]]
"""(email address, name, roles)."""


@dataclass
class Ear:
    """What a page does that it must not: console errors, and requests to anywhere else than `base`."""

    base: str
    complaints: list[str] = field(default_factory=list)

    def listen(self, page: Page | AsyncPage) -> None:
        """Listen from now on; what a policy forbids stands in the console too."""
        page.on("console", self._hear)
        page.on("pageerror", lambda problem: self.complaints.append(f"script: {problem}"))
        page.on("request", self._see)

    def _hear(self, line: ConsoleMessage | AsyncConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            self.complaints.append(f"console: {line.text}")

    def _see(self, asked: Request | AsyncRequest) -> None:
        if not asked.url.startswith(self.base):
            self.complaints.append(f"outside: {asked.url}")


class Watched(Ear):
    """A page of the service at `base` with everything that it must not do."""

    def __init__(self, page: Page, base: str) -> None:
        super().__init__(base)
        self.page = page

    def watch(self) -> None:
        """Listen from now on."""
        self.listen(self.page)

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


@dataclass(frozen=True, slots=True)
class Running:
    """A service that runs: its address and its data folder."""

    address: str
    data: Path


@contextmanager
def running_service(folder: Path, people: Iterable[Someone], *, with_samples: bool = False) -> Iterator[Running]:
    """`formwright run` in `folder` with these people, until the block ends."""
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("FORMWRIGHT_", "REDIS_URL"))},
        "FORMWRIGHT_DATA": str(folder / "var"),
        "FORMWRIGHT_PORT": str(port),
    }

    def formwright(*words: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "service", *words], cwd=ROOT, env=environment, check=True, capture_output=True
        )

    for email, name, roles in people:
        options = [option for role in roles for option in ("--role", role)]
        formwright("user", "add", "--email", email, "--name", name, "--password", PASSWORD, *options)
    log = (folder / "log.txt").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "run"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process, folder / "log.txt")
        if with_samples:
            formwright("samples")
        yield Running(address, folder / "var")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


def find_chromium() -> str | None:
    """Where Chromium is on this machine, None where there is none."""
    return next((path for name in _CHROMIUM if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """A real Chromium for the block, None where there is none on this machine."""
    found = find_chromium()
    if found is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


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
    raise AssertionError(f"the service did not start:\n{log.read_text(errors='replace')[-3000:]}")
