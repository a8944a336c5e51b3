"""A database in memory and an originals' store on disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from store.database import open_database


@pytest.fixture
def db() -> Database:
    return open_database(":memory:")


@pytest.fixture
def originals(tmp_path: Path) -> str:
    return str(tmp_path / "store")


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
