"""What the tests of the pages may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import load_settings
from tests.review.house import House, build_house

STYLES = Path(__file__).resolve().parents[2] / "review" / "static" / "nhsuk" / "VERSION"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An app with a clock, a database and three people of its own."""
    if not STYLES.exists():
        pytest.skip("the page styles are not installed: run make setup")
    return build_house(load_settings({"FORMWRIGHT_DATA": str(tmp_path / "var"), "FORMWRIGHT_UPLOAD_LIMIT_MB": "1"}))
