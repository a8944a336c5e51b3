"""The files to hold readings to: the samples, and whatever corpus there is."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_CORPUS = Path(os.environ.get("FORMWRIGHT_CORPUS", ROOT / ".." / "shared" / "corpus")).resolve()


def files(*endings: str, folders: tuple[str, ...] = ("forms", "public")) -> list[Path]:
    """Every sample and corpus file with one of these endings; without a corpus, the samples alone."""
    places = [ROOT / "tests" / "samples", *(_CORPUS / folder for folder in folders)]
    return [path for place in places for path in sorted(place.rglob("*")) if path.suffix in endings]
