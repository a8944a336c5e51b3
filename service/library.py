"""Loads the shipped form definitions and vocabularies."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from casework.form import FormLibrary, parse_library


@cache
def load_library() -> FormLibrary:
    """The shipped forms and vocabularies; SettingError names a definition that is wrong."""
    return parse_library(_texts("forms"), _texts("vocabulary"))


def _texts(folder: str) -> list[str]:
    found = (files("casework") / folder).iterdir()
    return [
        entry.read_text(encoding="utf-8")
        for entry in sorted(found, key=lambda e: e.name)
        if entry.name.endswith(".toml")
    ]
