"""Every issue of the schedule that a test run publishes, kept in one data folder, so that all can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from store.database import open_database, transaction
from store.originals import keep_original, load_original
from store.schedules import IssueRow, add_issue, load_issues


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
