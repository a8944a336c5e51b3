"""Where a tab leads on a page when nobody has set a stop for it, in Word and in LibreOffice."""

from __future__ import annotations

UNSET = (36.0, 35.43)
"""Points between stops: half an inch, and 1.25 cm."""


def is_tab_stop(across: float, give: float = 0.4) -> bool:
    """Whether a word that starts this far from its line's beginning (points) may stand behind a tab."""
    return any(abs(across - round(across / stop) * stop) < give for stop in UNSET)
