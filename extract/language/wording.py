"""The word lists that ship beside this file, as values."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("wording.toml")


@cache
def load_wording() -> dict[str, tuple[str, ...]]:
    """Every list of phrases by name, in the order of the file."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: _phrases(table["phrases"]) for name, table in tables.items()}


def _phrases(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in text.split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))
