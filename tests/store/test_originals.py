"""Bytes by their hash: whole or not there, checked on every reading, and never found by a sender's name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from casework.errors import DamagedError
from store.originals import (
    find_attempts,
    find_result,
    forget_attempt,
    keep_original,
    keep_result,
    load_original,
    mark_started,
    was_started,
)

DIGEST = hashlib.sha256(b"the form").hexdigest()


@pytest.fixture(params=["folder", "address"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A folder, and the same by an fsspec address."""
    return str(tmp_path) if request.param == "folder" else f"file://{tmp_path}"


def stored(tmp_path: Path) -> Path:
    return tmp_path / "originals" / DIGEST[:2] / DIGEST


def test_what_was_kept_comes_back(root: str) -> None:
    assert keep_original(root, b"the form") == DIGEST
    assert load_original(root, DIGEST) == b"the form"


def test_an_empty_file_is_kept_too(root: str) -> None:
    assert load_original(root, keep_original(root, b"")) == b""


def test_nothing_but_the_original_is_left_in_its_folder(tmp_path: Path) -> None:
    keep_original(str(tmp_path), b"the form")
    keep_original(str(tmp_path), b"the form")
    assert [path.name for path in stored(tmp_path).parent.iterdir()] == [DIGEST]


def test_damage_is_named_and_never_handed_out(root: str, tmp_path: Path) -> None:
    keep_original(root, b"the form")
    stored(tmp_path).write_bytes(b"the farm")
    with pytest.raises(DamagedError, match=f"The original {DIGEST[:12]} is not what was stored"):
        load_original(root, DIGEST)


def test_a_missing_original_is_named(root: str) -> None:
    with pytest.raises(DamagedError, match=f"The original {DIGEST[:12]} is not in the store"):
        load_original(root, DIGEST)


def test_sending_the_same_file_again_heals_a_damaged_original(root: str, tmp_path: Path) -> None:
    keep_original(root, b"the form")
    stored(tmp_path).write_bytes(b"the farm")
    keep_original(root, b"the form")
    assert load_original(root, DIGEST) == b"the form"


@pytest.mark.parametrize("name", ["../x", "a/b", "", "x" * 81, "W1", "w1\n", "w1.json"])
def test_a_name_that_is_no_id_is_refused(root: str, name: str) -> None:
    with pytest.raises(ValueError, match="not a store name"):
        keep_result(root, name, b"")


def test_an_attempt_leaves_its_start_and_its_result_until_it_is_forgotten(root: str) -> None:
    assert find_attempts(root) == []
    assert (was_started(root, "w1-a1"), find_result(root, "w1-a1")) == (False, None)
    mark_started(root, "w1-a1")
    keep_result(root, "w1-a1", b"{}")
    mark_started(root, "w2-a1")
    assert (was_started(root, "w1-a1"), find_result(root, "w1-a1")) == (True, b"{}")
    assert find_attempts(root) == ["w1-a1", "w2-a1"]

    forget_attempt(root, "w1-a1")
    forget_attempt(root, "w1-a1")
    assert find_attempts(root) == ["w2-a1"]
