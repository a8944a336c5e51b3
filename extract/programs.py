"""The programs that reading may call, where they are installed, and the little they are told."""

from __future__ import annotations

import shutil

SEARCH_PATH = (
    "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/opt/local/bin:/Applications/LibreOffice.app/Contents/MacOS"
)
"""Where programs are looked for: the environment is empty in the child that reads."""


def find_program(*names: str) -> str | None:
    """The full path of the first of these programs that is installed, or None."""
    return next((found for name in names if (found := shutil.which(name, path=SEARCH_PATH))), None)
