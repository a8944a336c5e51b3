"""Loading the samples: through the real intake, queue and worker, and some of them decided."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from casework.errors import RefusedError
from service.samples import REVIEWER, SAMPLES, find_samples, load_samples
from service.settings import load_settings
from store.cases import load_links
from store.database import open_database
from store.ledger import load_lines
from store.people import find_person_by_email


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """One sample that is approved for a release, one that is asked about, and one that cannot be read."""
    folder = tmp_path / "samples"
    folder.mkdir()
    wanted = {"approved": None, "ask": None, "": None}
    for sample in find_samples(SAMPLES):
        decide = str(sample.expected.get("decide") or "")
        if decide in wanted and wanted[decide] is None:
            wanted[decide] = sample.path.name
            expectations = json.dumps(sample.expected)
            (folder / sample.path.name).write_bytes(sample.path.read_bytes())
            (folder / f"{sample.path.stem}.expected.json").write_text(expectations)
    assert None not in wanted.values()
    return folder


def test_every_sample_has_a_form_and_its_expectations() -> None:
    found = find_samples(SAMPLES)
    assert len(found) >= 15
    assert {sample.expected.get("decide") for sample in found} >= {"approved", "declined", "deferred"}


def test_a_folder_without_samples_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="There are no sample forms in"):
        load_samples(load_settings({"FORMWRIGHT_DATA": str(tmp_path / "data")}), tmp_path)


def test_no_samples_are_loaded_where_letters_would_really_leave(tmp_path: Path, few: Path) -> None:
    settings = load_settings(
        {
            "FORMWRIGHT_DATA": str(tmp_path / "data"),
            "FORMWRIGHT_SMTP": "smtp://127.0.0.1:25?tls=no",
            "FORMWRIGHT_MAIL_FROM": "esr@example.nhs.uk",
        }
    )
    with pytest.raises(RefusedError, match="Samples are not loaded where mail is set up"):
        load_samples(settings, few)
    assert not settings.database.exists()


def test_samples_are_read_and_decided_once_however_often_they_are_loaded(tmp_path: Path, few: Path) -> None:
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path / "data")})
    load_samples(settings, few)
    db = open_database(settings.database)
    cases = db.execute("SELECT reference, status, version FROM cases ORDER BY id").fetchall()
    assert {status for _, status, _ in cases} >= {"waiting"}
    assert {status for _, status, _ in cases} & {"allocated", "approved"}
    assert db.execute("SELECT count(*) FROM work WHERE state = 'done' AND stage = 'read'").fetchone() == (len(cases),)
    assert stat.S_IMODE(settings.demo_sign_in.stat().st_mode) == 0o600
    assert not settings.samples_unfinished.exists()
    account = find_person_by_email(db, REVIEWER)

    load_samples(settings, few)
    assert db.execute("SELECT reference, status, version FROM cases ORDER BY id").fetchall() == cases
    assert find_person_by_email(db, REVIEWER) == account
    db.close()


def test_sample_mails_become_requests_and_lines_for_a_person(tmp_path: Path, few: Path) -> None:
    shutil.copytree(SAMPLES / "mail", few / "mail")
    settings = load_settings({"FORMWRIGHT_DATA": str(tmp_path / "data")})
    load_samples(settings, few)
    load_samples(settings, few)
    db = open_database(settings.database)
    lines = [line for line in load_lines(db) if line.channel == "mail" and line.parent_id is None]
    assert sorted(line.outcome.value for line in lines) == ["ignored", "no-form", "sorted"]
    champion = next(db.query("SELECT id FROM cases WHERE title = 'Carers champion'"))
    assert [link.kind for link in load_links(db, champion["id"])] == ["came-with"]
