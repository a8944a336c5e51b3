"""The command line: what it prints, how it ends, and never a trace."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.embedded import ROOT
from service.sandbox import protection
from store.database import open_database
from tests.builders_mail import PDF, a_mail


def formwright(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def command(data: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command in this process, on a data folder of its own."""
    monkeypatch.setenv("FORMWRIGHT_DATA", str(data))
    monkeypatch.delenv("REDIS_URL", raising=False)

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=typed)

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, blank: bytes) -> Path:
    """Files of every sort: forms, an empty one, garbage, a hidden one, one in a folder below, one with an odd name."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "b.docx").write_bytes(blank)
    (folder / "a.docx").write_bytes(b"")
    (folder / ".hidden.pdf").write_bytes(b"%PDF-1.4 cut")
    (folder / "below").mkdir()
    (folder / "below" / "c.docx").write_bytes(b"\x00garbage")
    (folder / "caf\u00e9.docx").write_bytes(blank)
    Path(os.fsdecode(os.fsencode(folder) + b"/bytes\xff.docx")).write_bytes(blank)
    with (folder / "z.docx").open("wb") as stream:
        stream.truncate(300_000_000)
    os.mkfifo(folder / "pipe")
    return folder


@pytest.fixture(scope="module")
def read_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    data = tmp_path_factory.mktemp("none") / "data"
    environment = {"FORMWRIGHT_DATA": str(data), "LC_ALL": "C", "PYTHONUTF8": "0", "REDIS_URL": "unix:///nobody"}
    done = formwright(
        "read", str(folder), str(folder / "b.docx"), "--json", "--today", "2026-11-23", environment=environment
    )
    assert not data.exists()
    return done


def test_read_gives_every_file_its_line_in_sorted_order(
    read_folder: subprocess.CompletedProcess[str], folder: Path
) -> None:
    lines = [json.loads(line) for line in read_folder.stdout.splitlines()]
    read = [
        (line["path"].removeprefix(f"{folder}/"), line["form"], (line["error"] or {}).get("code")) for line in lines
    ]
    form = "business-justification"
    assert read == [
        (".hidden.pdf", None, "corrupt"), ("a.docx", None, "empty"), ("b.docx", form, None),
        ("below/c.docx", None, "unsupported"), ("bytes\ufffd.docx", form, None), ("caf\u00e9.docx", form, None),
        ("z.docx", None, "too-large"), ("b.docx", form, None),
    ]  # fmt: skip
    assert read_folder.returncode == 3
    assert read_folder.stderr == ""


def test_read_names_the_file_in_its_message(read_folder: subprocess.CompletedProcess[str]) -> None:
    [message] = [
        line["error"]["message"] for line in map(json.loads, read_folder.stdout.splitlines())
        if line["path"].endswith("/a.docx")
    ]  # fmt: skip
    assert message.startswith("a.docx is empty")


def test_read_without_json_says_what_a_person_wants_to_know(folder: Path) -> None:
    done = formwright("read", str(folder / "b.docx"), "--today", "2026-11-23")
    assert done.returncode == 0
    first, *rest = done.stdout.splitlines()
    assert first.startswith(f"{folder}/b.docx: business-justification, 0 of ")
    assert any(line.startswith("  blocker: ") for line in rest)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("read", "/no/such/file"), "does not exist"),
        (("read", "README.md", "--today", "yesterday"), "write a date as 2026-03-31"),
        (("schedule", "--quarter", "soon", "--out", "x.docx"), "quarter"),
        (("frobnicate",), "No such command"),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_says_why(command: Any, arguments: tuple[str, ...], sentence: str) -> None:
    result = command(*arguments)
    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_a_wrong_setting_ends_with_status_2_and_one_sentence(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMWRIGHT_PORT", "http")
    result = command("ledger")
    assert result.exit_code == 2
    assert result.output == "FORMWRIGHT_PORT is 'http'; it must be a whole number from 1 to 65535.\n"


def test_a_fault_of_ours_ends_with_one_sentence_too(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise KeyError("Ann Lee")

    monkeypatch.setattr("service.cli_record.load_settings", broken)
    result = command("ledger")
    assert result.exit_code == 2
    assert result.output.startswith("Formwright has a fault: KeyError in test_cli.py, line ")
    assert "Ann" not in result.output


def test_a_folder_that_cannot_be_made_is_said_plainly(command: Any, data: Path) -> None:
    data.parent.joinpath("data").write_text("a file")
    assert command("ledger").output == f"FORMWRIGHT_DATA is {str(data)!r}, which is not a folder.\n"


def test_check_prints_a_line_for_each_answer(command: Any, tmp_path: Path) -> None:
    item = {
        "id": "a1",
        "form": "business-justification",
        "field": "justification",
        "title": "T",
        "other": {},
        "text": "",
    }
    answers = tmp_path / "answers.jsonl"
    answers.write_text(f"{json.dumps(item)}\n\n{json.dumps({**item, 'id': 'a2', 'text': 'N/A'})}\n")
    result = command("check", "--answers", str(answers), "--json")
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [(line["id"], line["adequacy"]) for line in lines] == [("a1", "absent"), ("a2", "placeholder")]


@pytest.mark.parametrize("line", ["not json", "[]", '{"id": "a1"}', '{"id": "a", "form": "x", "field": "y"}'])
def test_check_names_the_line_that_is_no_answer(command: Any, tmp_path: Path, line: str) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text(line)
    result = command("check", "--answers", str(answers), "--json")
    assert result.exit_code == 2
    assert result.output == f"{answers}, line 1 is not an answer to check.\n"


def test_receive_gives_a_reference_and_the_ledger_shows_it(command: Any, data: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.docx"
    form.write_bytes(b"the form")
    first, again = command("receive", str(form), "--sender", "ann.lee@example.nhs.uk"), command("receive", str(form))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output == f"{form}: We have received your form. Its reference is ESR-2026-0001.\n".replace(
        "2026", first.output.split("ESR-")[1][:4]
    )
    assert "We already have this exact file." in again.output
    newest, oldest = command("ledger").output.splitlines()
    assert newest.startswith("2  ")
    assert newest.endswith("form.docx  Exactly the same file as " + first.output.split()[-1].rstrip("."))
    assert oldest.endswith("form.docx  ann.lee@example.nhs.uk")
    assert "  folder  case  ESR-" in oldest
    assert command("ledger", "--limit", "1").output.splitlines() == [newest]
    assert data.stat().st_mode & 0o077 == 0


def test_receive_takes_a_saved_mail_as_if_it_had_come(command: Any, tmp_path: Path) -> None:
    saved = tmp_path / "mail.eml"
    saved.write_bytes(a_mail(files=[("form.pdf", PDF)]))
    first, again = command("receive", str(saved)), command("receive", str(saved))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "Kept as line 1 of the ledger. Its reference is ESR-" in first.output
    assert "This message is in the ledger already, as line 1." in again.output


def test_receive_ends_with_status_3_where_a_file_is_refused(
    command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORMWRIGHT_UPLOAD_LIMIT_MB", "1")
    (tmp_path / "huge.docx").write_bytes(bytes(1_000_001))
    result = command("receive", str(tmp_path / "huge.docx"))
    assert result.exit_code == 3
    assert "must be smaller than 1 MB" in result.output


def test_accounts_are_added_and_listed(command: Any) -> None:
    typed = "a long enough password\n" * 2
    arguments = ("user", "add", "--email", "r@example.nhs.uk", "--name", "Rose", "--role", "reviewer")
    assert command(*arguments, typed=typed).exit_code == 0
    assert command("user", "list").output == "r@example.nhs.uk  Rose  reviewer\n"
    short = command(*arguments, typed="short\nshort\n")
    assert short.exit_code == 2
    assert "at least 12 characters" in short.output


def test_audit_verify_names_the_first_broken_event(command: Any, data: Path, tmp_path: Path) -> None:
    (tmp_path / "form.docx").write_bytes(b"the form")
    command("receive", str(tmp_path / "form.docx"))
    whole = command("audit", "verify")
    assert whole.exit_code == 0
    assert whole.output.startswith("The record is whole: 2 events, last hash ")
    db = open_database(data / "formwright.sqlite3")
    db.execute("DROP TRIGGER events_are_never_changed")
    db.execute("UPDATE events SET actor = 'user:1' WHERE number = 2")
    db.close()
    broken = command("audit", "verify")
    assert broken.exit_code == 1
    assert broken.output == "The record is broken at event 2: it was changed after it was written.\n"


def test_health_is_not_well_while_nothing_reads(command: Any, tmp_path: Path) -> None:
    (tmp_path / "form.docx").write_bytes(b"the form")
    command("receive", str(tmp_path / "form.docx"))
    result = command("health")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Arrivals: 1, of which cases 1",
        "Readings: 0 done, 1 to do, 0 need a person",
        "Redis: does not answer",
        protection().words,
    ]


def test_the_whole_service_starts_heals_and_stops(data: Path, tmp_path: Path, blank: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "FORMWRIGHT_DATA": str(data), "FORMWRIGHT_PORT": str(port)}
    environment.pop("REDIS_URL", None)
    service = subprocess.Popen(
        [sys.executable, "-m", "service", "run"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert service.stdout is not None
        printed = ""
        while "Press Ctrl+C" not in printed:
            line = service.stdout.readline()
            assert line, service.stderr.read()  # type: ignore[union-attr]
            printed += line
        assert f"Formwright is at http://127.0.0.1:{port}/" in printed
        assert _answers(port)

        below = [process for process in _below(service.pid) if "service" in _line_of(process)]
        for process in below:
            os.kill(process, signal.SIGKILL)
        (tmp_path / "form.docx").write_bytes(blank)
        handed_in = formwright("receive", str(tmp_path / "form.docx"), environment={"FORMWRIGHT_DATA": str(data)})
        assert handed_in.returncode == 0
        db = open_database(data / "formwright.sqlite3")
        assert _wait(lambda: db.execute("SELECT count(*) FROM readings").fetchone() == (1,), 40)
        db.close()
        assert _wait(lambda: _answers(port), 20)
        assert formwright("health", environment={"FORMWRIGHT_DATA": str(data)}).returncode == 0

        everything = list(_below(service.pid))
        service.send_signal(signal.SIGTERM)
        assert service.wait(20) == 0
        assert _wait(lambda: not any(_line_of(process) for process in everything), 5)
    finally:
        service.kill()
        service.wait()
        service.stdout.close()  # type: ignore[union-attr]
        service.stderr.close()  # type: ignore[union-attr]


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait(condition: Any, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def _below(process: int) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            if entry.read_text().rpartition(")")[2].split()[1] == str(process):
                yield int(entry.parent.name)
                yield from _below(int(entry.parent.name))
        except OSError:
            continue


def _line_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
