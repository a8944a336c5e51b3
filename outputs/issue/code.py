"""Which code makes documents here: a hash of its source, and the libraries that have a say in the bytes."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

_ROOMS = ("casework", "outputs")
_LIBRARIES = ("docxtpl", "Jinja2", "lxml", "python-docx")


@cache
def code_in_use() -> str:
    """Such as `source 1f0c2a9b3d4e, docxtpl 0.20.2, …`: the same text for the same code, on any machine."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for name, data in sorted(_sources(files(room), room)):
            digest.update(f"{name}\n{len(data)}\n".encode() + data)
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"source {digest.hexdigest()[:12]}, {libraries}"


def _sources(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _sources(entry, f"{path}/{entry.name}")
        elif entry.name.endswith((".py", ".html")):
            found.append((f"{path}/{entry.name}", entry.read_bytes()))
    return found
