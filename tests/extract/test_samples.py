"""Each sample form reads as its expectations say, and each form definition has samples."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from casework.form import FormLibrary
from extract.read import read

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FILES = sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".docx", ".pdf"))
pytestmark = pytest.mark.pure


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_sample_reads_as_its_expectations_say(path: Path, library: FormLibrary) -> None:
    expected = json.loads(path.with_name(f"{path.stem}.expected.json").read_text())
    (reading,) = read(path.read_bytes(), path.name, library=library, today=date(2026, 11, 23))
    problem = reading.problem.code.value if reading.problem else None
    assert (reading.form, problem) == (expected["form"], expected["error"])
    values = {a.field: list(a.value) if isinstance(a.value, tuple) else a.value for a in reading.answers}
    wanted = expected.get("fields", {})
    assert {key: values.get(key) for key in wanted} == wanted
    statuses = {a.field: a.status.value for a in reading.answers}
    assert expected.get("statuses", {}).items() <= statuses.items()


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_sample_gets_the_findings_it_was_made_for(path: Path, library: FormLibrary) -> None:
    """A sample that was made to be in order names no rule, and then there must be nothing to put right or to ask."""
    wanted = json.loads(path.with_name(f"{path.stem}.expected.json").read_text()).get("rules")
    (reading,) = read(path.read_bytes(), path.name, library=library, today=date(2026, 11, 23))
    found = {finding.rule for finding in reading.findings}
    if wanted == []:
        assert found == set()
    assert set(wanted or ()) <= found


def test_every_form_definition_has_samples(library: FormLibrary) -> None:
    assert {form.key for form in library.forms} <= {path.parent.name for path in FILES}
