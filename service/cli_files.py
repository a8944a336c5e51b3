"""`formwright read`, `check` and `receive`: files in, what they say out."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from casework.errors import RefusedError
from casework.form import FormLibrary
from casework.model import ErrorCode, FileKind, Reading, ReadingProblem
from service.settings import load_settings
from service.terminal import parse_day, print_line, printable, this_day, walk_files

_READ_ERROR = 3
# Bytes; anything larger is not even loaded to be refused.
_READ_AT_ONCE = 200_000_000


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as the reading contract fixes it.")
@click.option("--today", callback=parse_day, help="The day that dates are judged against (default: the clock).")
def read(paths: tuple[Path, ...], as_json: bool, today: date | None) -> None:
    """Read files (folders are walked) and print what they say; needs no server, database or network."""
    from casework.reading_json import reading_to_json
    from service.jobs import warm_up
    from service.library import load_library
    from service.log import set_up_log

    set_up_log()
    library = load_library()
    warm_up(library)
    day = today or this_day()
    failed = False
    for path in walk_files(paths):
        for reading in _readings(path, library, day):
            failed = failed or reading.problem is not None
            line = reading_to_json(reading, printable(path))
            print_line(json.dumps(line, ensure_ascii=False) if as_json else _summary(line))
    sys.exit(_READ_ERROR if failed else 0)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--answers", type=click.Path(allow_dash=True, path_type=Path), help="Single answers, a JSON object a line."
)
@click.option("--json", "as_json", is_flag=True, help="With --answers: one JSON object a line.")
@click.option("--today", callback=parse_day, help="The day that dates are judged against (default: the clock).")
def check(paths: tuple[Path, ...], answers: Path | None, as_json: bool, today: date | None) -> None:
    """Check forms and print a report of each; or, with --answers, check single answers."""
    if answers is not None:
        _check_answers(answers, as_json=as_json)
        return
    if not paths:
        raise click.UsageError("Name the forms to check, or --answers with a file of single answers.")
    from service.jobs import warm_up
    from service.library import load_library
    from service.log import set_up_log
    from service.report import report

    set_up_log()
    library = load_library()
    warm_up(library)
    failed = False
    for path in walk_files(paths):
        for reading in _readings(path, library, today or this_day()):
            failed = failed or reading.problem is not None
            print_line(report(reading, library, " > ".join([printable(path), *reading.within[1:]])) + "\n")
    sys.exit(_READ_ERROR if failed else 0)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--sender", default="", help="The address that the receipt goes to.")
def receive(paths: tuple[Path, ...], sender: str) -> None:
    """Take files in, saved e-mails as if they had come to a mailbox; prints what became of each."""
    from casework.model import Arrival
    from service.doors import receive_arrival, receive_saved_mail, shared_database
    from service.messages import is_message

    settings = load_settings()
    db = shared_database(settings)
    refused = False
    for path in walk_files(paths):
        if path.stat().st_size > settings.message_limit:
            print_line(f"{printable(path)}: The file is larger than {settings.message_limit // 1_000_000} MB.")
            refused = True
            continue
        data = path.read_bytes()
        if is_message(data):
            print_line(f"{printable(path)}: {receive_saved_mail(settings, db, data)}")
            continue
        receipt = receive_arrival(settings, db, Arrival(data, path.name, "folder", sender))
        refused = refused or receipt.reference is None
        print_line(f"{printable(path)}: {receipt.message}")
    sys.exit(_READ_ERROR if refused else 0)


def _readings(path: Path, library: FormLibrary, day: date) -> list[Reading]:
    """What a file says; every file gets an answer, one that cannot be opened or that breaks its reader too."""
    from service.jobs import read_safely
    from service.messages import is_message, read_message_safely

    try:
        if path.stat().st_size > _READ_AT_ONCE:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            message = f"{printable(Path(path.name))} is far too large for a form. Send it without pictures in it."
            return [Reading(digest, FileKind.UNKNOWN, problem=ReadingProblem(ErrorCode.TOO_LARGE, message))]
        data = path.read_bytes()
    except OSError as problem:
        message = f"The file cannot be opened ({problem.strerror}). Check that it is there and that you may read it."
        return [Reading(sha256="", kind=FileKind.UNKNOWN, problem=ReadingProblem(ErrorCode.CORRUPT, message))]
    read_it = read_message_safely if is_message(data) else read_safely
    return read_it(data, day, library=library, name=printable(Path(path.name)))


def _check_answers(answers: Path, *, as_json: bool) -> None:
    from extract.checks import check_item
    from service.library import load_library

    library = load_library()
    stream = sys.stdin if str(answers) == "-" else answers.open(encoding="utf-8")
    with stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                item = json.loads(line)
                if not isinstance(item, dict):
                    raise TypeError("not an object")
                result = check_item(item, library)
            except (ValueError, LookupError, TypeError) as problem:
                raise RefusedError(f"{answers}, line {number} is not an answer to check.") from problem
            rules = ", ".join(result["rules"]) or "no findings"
            print_line(
                json.dumps(result, ensure_ascii=False) if as_json else f"{result['id']}: {result['adequacy']}; {rules}"
            )


def _summary(line: dict[str, Any]) -> str:
    name = " > ".join([line["path"], *line.get("within", "").split(" > ")[1:]])
    name += f", form {line['form_index']}" if "form_index" in line else ""
    if line["error"]:
        return f"{name}: {line['error']['message']}"
    if line["form"] is None:
        return f"{name}: a message"
    answered = sum(field["status"] == "answered" for field in line["fields"].values())
    findings = [f"  {finding['severity']}: {finding['message']}" for finding in line["findings"]]
    return "\n".join([f"{name}: {line['form']}, {answered} of {len(line['fields'])} answered", *findings])
