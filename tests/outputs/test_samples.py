"""The sample forms are what their maker makes: the same files, byte for byte."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.pure


def load_maker(name: str):  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_maker_makes_the_committed_samples_again(tmp_path: Path) -> None:
    maker = load_maker("make_samples")
    made = [*maker.make_all(tmp_path), *maker.make_mails(tmp_path)]
    kept = {str(path.relative_to(tmp_path)): path.read_bytes() for path in made}
    assert len(kept) >= 15
    committed = ROOT / "tests" / "samples"
    assert [name for name, data in kept.items() if (committed / name).read_bytes() != data] == []


def test_the_maker_makes_the_committed_schedule_template_again() -> None:
    committed = (ROOT / "outputs" / "templates" / "development-schedule.docx").read_bytes()
    assert load_maker("make_schedule_template").make_template() == committed
