"""The originals' store: bytes by SHA-256, a folder or any fsspec address, shared with workers on other hosts.

Beside the originals stand the results that workers hand back, one file an attempt. Names are hashes and attempt ids
only: nothing here is found by a name that a sender chose.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Any

import fsspec

from casework.errors import DamagedError, UnavailableError

_NAME = re.compile(r"[0-9a-z-]{1,80}")


def keep_original(root: str, data: bytes) -> str:
    """Store the bytes for good and return their SHA-256 in hex; on disk (file and folder synced) when it returns."""
    digest = hashlib.sha256(data).hexdigest()
    _write(root, _original_path(digest), data)
    return digest


def load_original(root: str, digest: str) -> bytes:
    """The original with this SHA-256; DamagedError where it is gone or no longer what was stored."""
    data = _read(root, _original_path(digest))
    if data is None:
        raise DamagedError(f"The original {digest[:12]} is not in the store. Restore it from a backup.")
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedError(f"The original {digest[:12]} is not what was stored. Restore it from a backup.")
    return data


def keep_result(root: str, attempt: str, data: bytes) -> None:
    """Store what attempt `attempt` produced."""
    _write(root, f"results/{_checked(attempt)}.json", data)


def find_result(root: str, attempt: str) -> bytes | None:
    """What attempt `attempt` produced, or None where it has not (yet)."""
    return _read(root, f"results/{_checked(attempt)}.json")


def mark_started(root: str, attempt: str) -> None:
    """Note that somebody began attempt `attempt`; starts are what poison documents are counted by."""
    # Not empty: on a disk that has no room for a byte there is no use in beginning.
    _write(root, f"results/{_checked(attempt)}.started", b"started\n")


def was_started(root: str, attempt: str) -> bool:
    """Whether anybody began attempt `attempt`."""
    return _read(root, f"results/{_checked(attempt)}.started") is not None


def forget_attempt(root: str, attempt: str) -> None:
    """Remove what an attempt left behind; nothing happens where there is nothing."""
    for ending in ("json", "started"):
        _remove(root, f"results/{_checked(attempt)}.{ending}")


def find_attempts(root: str) -> list[str]:
    """The attempts that left anything behind, in order of name."""
    names = _names(root, "results")
    return sorted({name.rpartition(".")[0] for name in names if name.endswith((".json", ".started"))} - {""})


def _original_path(digest: str) -> str:
    return f"originals/{_checked(digest)[:2]}/{digest}"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a store name: {name!r}")
    return name


def _is_remote(root: str) -> bool:
    return "://" in root


def _filesystem(root: str) -> tuple[Any, str]:
    filesystem, base = fsspec.core.url_to_fs(root)
    return filesystem, str(base).rstrip("/")


def _write(root: str, name: str, data: bytes) -> None:
    try:
        if _is_remote(root):
            filesystem, base = _filesystem(root)
            filesystem.makedirs(f"{base}/{name}".rpartition("/")[0], exist_ok=True)
            filesystem.pipe_file(f"{base}/{name}", data)
        else:
            _write_synced(Path(root) / name, data)
    except OSError as problem:
        raise UnavailableError(
            "The form could not be stored and was not sent. Try again in a few minutes."
        ) from problem


def _write_synced(path: Path, data: bytes) -> None:
    """Whole or not at all: a temporary file, synced, renamed, and the folder synced so that the name survives too."""
    if _holds(path, data):
        # Whoever wrote it may have died before syncing the folder, and we are about to acknowledge it.
        _sync_folder(path.parent)
        return
    _make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _holds(path: Path, data: bytes) -> bool:
    """Whether the file holds these very bytes: one that has been damaged since is written again."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(root: str, name: str) -> bytes | None:
    try:
        if _is_remote(root):
            filesystem, base = _filesystem(root)
            return bytes(filesystem.cat_file(f"{base}/{name}"))
        return (Path(root) / name).read_bytes()
    except FileNotFoundError:
        return None


def _names(root: str, folder: str) -> list[str]:
    try:
        if _is_remote(root):
            filesystem, base = _filesystem(root)
            found = filesystem.ls(f"{base}/{folder}", detail=False)
            return [str(path).rstrip("/").rpartition("/")[2] for path in found]
        return [path.name for path in (Path(root) / folder).iterdir()]
    except FileNotFoundError:
        return []


def _remove(root: str, name: str) -> None:
    try:
        if _is_remote(root):
            filesystem, base = _filesystem(root)
            filesystem.rm_file(f"{base}/{name}")
        else:
            (Path(root) / name).unlink()
    except FileNotFoundError:
        return
