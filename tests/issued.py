"""Every issue of the schedule that a test run publishes, kept in one data folder, so that all can be made again."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from store.database import open_database, transaction
from store.originals import keep_original, load_original
from store.schedules import IssueRow, add_issue, load_issues

ROOT = Path(__file__).resolve().parents[1]

# Another day: whatever asks for the time, in Python or below it, is told one of more than a year later.
_ON_ANOTHER_DAY = """
import datetime, sys, time
later, told = 400 * 86_400, time.time
time.time = lambda: told() + later
time.time_ns = lambda: int(time.time() * 1_000_000_000)
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
    @classmethod
    def utcnow(cls):
        return cls.now(datetime.UTC).replace(tzinfo=None)
datetime.datetime = Later
from click.testing import CliRunner
from service.cli import main
from service.clock import read_clock
if __name__ == "__main__":
    print(read_clock().date())
    for number in range(1, int(sys.argv[1]) + 1):
        said = CliRunner().invoke(main, ["schedule", "rebuild", str(number)])
        print(number, said.exit_code, " | ".join(said.output.splitlines()))
"""


@dataclass(frozen=True, slots=True)
class Issued:
    """A data folder in which nothing but the issues of this run stand, in the order in which they were published."""

    folder: Path
    services: list[Path] = field(default_factory=list)
    """The data folders of services that run."""

    @property
    def database(self) -> Path:
        """Where the service would look for it."""
        return self.folder / "formwright.sqlite3"

    @property
    def originals(self) -> str:
        """Where the service would look for the files."""
        return str(self.folder / "store")

    def count(self) -> int:
        """How many issues were published so far; their numbers are 1 to this one."""
        with closing(open_database(self.database).conn) as connection:
            return len(load_issues(Database(connection)))

    def note(self, issue: IssueRow) -> None:
        """Keep an issue whose files are kept already; its publisher is nobody here, and its quarter has a number, since
        many tests publish the same."""
        with closing(open_database(self.database).conn) as connection:
            db = Database(connection)
            number = len(load_issues(db)) + 1
            with transaction(db):
                add_issue(db, replace(issue, published_by=None, quarter=f"{issue.quarter} no. {number}"))

    def gather(self) -> None:
        """Keep what services published that this run started, each into a data folder of its own."""
        while self.services:
            data = self.services.pop()
            with closing(open_database(data / "formwright.sqlite3").conn) as connection:
                found = load_issues(Database(connection))
            for issue in found:
                for digest in (*issue.files.values(), issue.template_sha256):
                    keep_original(self.originals, load_original(str(data / "store"), digest))
                self.note(issue)

    def make_again(self) -> list[str]:
        """What differs where every issue is made again: in one other process, more than a year later, in another zone,
        another language and with other hashes. Empty where each is the same bytes."""
        if (number := self.count()) == 0:
            return []
        environment = {
            "TZ": "America/St_Johns",
            "LC_ALL": "C",
            "PYTHONHASHSEED": "4711",
            "PYTHONPATH": str(ROOT),
            "PATH": "/usr/bin:/bin",
            "FORMWRIGHT_DATA": str(self.folder),
        }
        command = [sys.executable, "-c", _ON_ANOTHER_DAY, str(number)]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        day, *made = result.stdout.splitlines() or [""]
        if result.stderr or len(made) != number:
            return [f"{len(made)} of {number} were made again: {result.stderr[-2000:]}"]
        if (date.fromisoformat(day) - datetime.now(UTC).date()).days not in (399, 400, 401):
            return [f"they were made again on {day}, which is no other day"]
        as_before = re.compile(r"\d+ 0 .*docx, html, csv made again, the same bytes as went out\.")
        return [line for line in made if as_before.match(line) is None]


@contextmanager
def noting(issued: Issued) -> Iterator[None]:
    """For the time of the block, whatever is published in this process is kept a second time."""
    from outputs.issue import publish

    kept, added = publish.keep_original, publish.add_issue

    def keep(root: str, data: bytes) -> str:
        keep_original(issued.originals, data)
        return kept(root, data)

    def add(db: Database, issue: IssueRow) -> int:
        issued.note(issue)
        return added(db, issue)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "keep_original", keep)
        patch.setattr(publish, "add_issue", add)
        yield
