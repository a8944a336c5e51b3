"""The pages' own style sheets, scripts and pictures, named by their hash so that a browser may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request

FOLDER = Path(__file__).resolve().parent / "static"
_A_YEAR = 31_536_000
_AN_HOUR = 3_600
_TEXT = ("text/", "image/svg", "application/json")
_HASH_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, the same packed where that helps, its type and the name with its hash in it."""

    data: bytes
    packed: bytes | None
    kind: str
    hashed_name: str


class Assets:
    """Every file below the static folder, read once: a file that changes on disk is served after a restart."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._by_name: dict[str, Asset] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name != "VERSION":
                name = path.relative_to(folder).as_posix()
                self._by_name[name] = _load(path, name)
        self._by_hashed_name = {asset.hashed_name: asset for asset in self._by_name.values()}

    def address(self, name: str) -> str:
        """The address of the file `name`; KeyError where there is none, which a test finds before a user does."""
        return f"/static/{self._by_name[name].hashed_name}"

    def has(self, name: str) -> bool:
        """Whether there is a file `name`."""
        return name in self._by_name

    def find(self, name: str) -> tuple[Asset, int] | None:
        """The file with this plain or hashed name and how many seconds it may be kept, or None."""
        if name in self._by_hashed_name:
            return self._by_hashed_name[name], _A_YEAR
        asset = self._by_name.get(name)
        return (asset, _AN_HOUR) if asset is not None else None


blueprint = Blueprint("assets", __name__)


@blueprint.get("/static/<path:name>")
def serve(name: str) -> Response:
    """One file."""
    assets: Assets = current_app.extensions["assets"]
    found = assets.find(name)
    if found is None:
        abort(404)
    asset, seconds = found
    response = Response(asset.data, content_type=asset.kind)
    if asset.packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
        if request.accept_encodings["gzip"] > 0:
            response.set_data(asset.packed)
            response.headers["Content-Encoding"] = "gzip"
    unchanging = ", immutable" if seconds == _A_YEAR else ""
    response.headers["Cache-Control"] = f"public, max-age={seconds}{unchanging}"
    return response


def _load(path: Path, name: str) -> Asset:
    data = path.read_bytes()
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = kind.startswith(_TEXT)
    packed = gzip.compress(data, 9, mtime=0) if is_text and len(data) > 500 else None
    stem, dot, ending = name.rpartition(".")
    hashed_name = f"{stem}.{hashlib.sha256(data).hexdigest()[:_HASH_LENGTH]}{dot}{ending}"
    return Asset(data, packed, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, hashed_name)
