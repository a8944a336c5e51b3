"""The `formwright` command: every process and every errand of the service."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import structlog

from casework.errors import CaseworkError, RefusedError, UnavailableError
from casework.form import FormLibrary
from casework.lifecycle import UserRole
from casework.model import ErrorCode, FileKind, Reading, ReadingProblem
from service.cli_schedule import schedule
from service.settings import Settings, load_settings

_READ_ERROR = 3
_WRONG = 2
_START_SECONDS = 90.0
# Bytes; anything larger is not even loaded to be refused.
_READ_AT_ONCE = 200_000_000
# Their log is read by whoever runs the service; a fault there needs its trace.
_HAS_A_LOG = ("work", "dispatch", "post")
ROLES = [role.value for role in UserRole]


class OneSentence(click.Group):
    """A group whose commands end trouble with one sentence, never a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; trouble is printed in one sentence and ends with status 2."""
        try:
            return super().invoke(ctx)
        except CaseworkError as problem:
            click.echo(problem.public_message, err=True)
        except BrokenPipeError:
            # Whoever read our output has gone; Python would complain once more when it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(1) from None
        except OSError as problem:
            where = f"{problem.filename}: " if problem.filename else ""
            click.echo(f"{where}{problem.strerror or problem}.", err=True)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as problem:  # noqa: BLE001 - the edge of the process
            if ctx.invoked_subcommand in _HAS_A_LOG:
                structlog.get_logger().error("fault", exc_info=problem)
                raise click.exceptions.Exit(_WRONG) from None
            last = traceback.extract_tb(problem.__traceback__)[-1]
            place = f"{Path(last.filename).name}, line {last.lineno}"
            click.echo(f"Formwright has a fault: {type(problem).__name__} in {place}. Please report it.", err=True)
        raise click.exceptions.Exit(_WRONG)


@click.group(cls=OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Read, queue, review and schedule requests for changes to ESR."""


def _day(_ctx: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise click.BadParameter("write a date as 2026-03-31") from problem


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as the reading contract fixes it.")
@click.option("--today", callback=_day, help="The day that dates are judged against (default: the clock).")
def read(paths: tuple[Path, ...], as_json: bool, today: date | None) -> None:
    """Read files (folders are walked) and print what they say; needs no server, database or network."""
    from casework.reading_json import reading_to_json
    from service.jobs import warm_up
    from service.library import load_library
    from service.log import set_up_log

    set_up_log()
    library = load_library()
    warm_up(library)
    day = today or _today()
    failed = False
    for path in _walk(paths):
        for reading in _readings(path, library, day):
            failed = failed or reading.problem is not None
            line = reading_to_json(reading, _printable(path))
            _print(json.dumps(line, ensure_ascii=False) if as_json else _summary(line))
    sys.exit(_READ_ERROR if failed else 0)


def _readings(path: Path, library: FormLibrary, day: date) -> list[Reading]:
    """What a file says; every file gets an answer, one that cannot be opened or that breaks its reader too."""
    from service.jobs import read_safely
    from service.messages import is_message, read_message_safely

    try:
        if path.stat().st_size > _READ_AT_ONCE:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            message = f"{_printable(Path(path.name))} is far too large for a form. Send it without pictures in it."
            return [Reading(digest, FileKind.UNKNOWN, problem=ReadingProblem(ErrorCode.TOO_LARGE, message))]
        data = path.read_bytes()
    except OSError as problem:
        message = f"The file cannot be opened ({problem.strerror}). Check that it is there and that you may read it."
        return [Reading(sha256="", kind=FileKind.UNKNOWN, problem=ReadingProblem(ErrorCode.CORRUPT, message))]
    read_it = read_message_safely if is_message(data) else read_safely
    return read_it(data, day, library=library, name=_printable(Path(path.name)))


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--answers", type=click.Path(allow_dash=True, path_type=Path), help="Single answers, a JSON object a line."
)
@click.option("--json", "as_json", is_flag=True, help="With --answers: one JSON object a line.")
@click.option("--today", callback=_day, help="The day that dates are judged against (default: the clock).")
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
    for path in _walk(paths):
        for reading in _readings(path, library, today or _today()):
            failed = failed or reading.problem is not None
            _print(report(reading, library, " > ".join([_printable(path), *reading.within[1:]])) + "\n")
    sys.exit(_READ_ERROR if failed else 0)


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
            _print(
                json.dumps(result, ensure_ascii=False) if as_json else f"{result['id']}: {result['adequacy']}; {rules}"
            )


@main.command()
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
    for path in _walk(paths):
        if path.stat().st_size > settings.message_limit:
            _print(f"{_printable(path)}: The file is larger than {settings.message_limit // 1_000_000} MB.")
            refused = True
            continue
        data = path.read_bytes()
        if is_message(data):
            _print(f"{_printable(path)}: {receive_saved_mail(settings, db, data)}")
            continue
        receipt = receive_arrival(settings, db, Arrival(data, path.name, "folder", sender))
        refused = refused or receipt.reference is None
        _print(f"{_printable(path)}: {receipt.message}")
    sys.exit(_READ_ERROR if refused else 0)


@main.command()
@click.option("--with-samples", is_flag=True, help="Load the sample requests when the data folder is new.")
def run(with_samples: bool) -> None:
    """Run the whole service on this machine until Ctrl+C."""
    from service.embedded import check_port_is_free, embedded_redis
    from service.log import set_up_log
    from service.queue import connect
    from service.samples import load_samples

    set_up_log()
    settings = load_settings()
    _check_sandbox(settings)
    check_port_is_free(settings)
    if with_samples and (settings.samples_unfinished.exists() or not settings.database.exists()):
        load_samples(settings)
    stop = _stop_on_signal()
    if settings.redis_url is not None:
        connect(settings.redis_url).check()
        _keep_running(settings, settings.redis_url, stop)
        return
    with embedded_redis(settings) as address:
        _keep_running(settings, address, stop)


@main.command()
def web() -> None:
    """Serve the pages."""
    settings = load_settings()
    arguments = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"{settings.host}:{settings.port}",
        "--workers",
        "2",
        "--worker-class",
        "service.web_worker.PatientWorker",
        "--threads",
        "4",
        "--timeout",
        "60",
        "--log-level",
        "warning",
        "service.web:create_app()",
    ]
    os.execv(arguments[0], arguments)  # noqa: S606 - gunicorn takes this process's place, so signals reach it


@main.command()
def work() -> None:
    """Read forms that the dispatcher rings for; needs only Redis and the originals' store."""
    from service.embedded import redis_address
    from service.jobs import warm_up
    from service.library import load_library
    from service.log import set_up_log
    from service.pipeline import PIPELINE
    from service.queue import connect

    set_up_log()
    settings = load_settings()
    _check_sandbox(settings)
    doorbell = connect(redis_address(settings), timeout=None)
    doorbell.check()
    warm_up(load_library())
    name = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(3)}"
    doorbell.work(PIPELINE[0].queue, name=name)


@main.command()
def dispatch() -> None:
    """Ring for the work that is owed, collect what was read and record it; one for each data folder."""
    from casework.working_days import london_day
    from service import dispatch as dispatching
    from service.clock import read_clock
    from service.doors import receipt_wording, shared_database
    from service.embedded import redis_address
    from service.endings import endings
    from service.library import load_library
    from service.log import set_up_log
    from service.queue import connect
    from service.rules import judge_record

    set_up_log()
    settings = load_settings()
    stop = _stop_on_signal()
    with dispatching.the_only_dispatcher(settings.data):
        doorbell = connect(redis_address(settings))
        with contextlib.suppress(UnavailableError):
            doorbell.check()
        db = shared_database(settings)
        dispatcher = dispatching.Dispatcher(
            db=db,
            doorbell=doorbell,
            originals=settings.originals,
            window=settings.workers * dispatching.WINDOW_PER_WORKER,
            now=read_clock,
            endings=endings(
                receipt_wording(settings, db),
                lambda text, db, now: judge_record(text, db, load_library(), london_day(now)),
            ),
        )
        dispatching.run(dispatcher, keep_going=lambda: not stop.is_set(), sleep=lambda seconds: _pause(stop, seconds))


@main.command()
def post() -> None:
    """Fetch mail, sort it, send what is in the outbox and do the daily duties; one for each data folder."""
    from service import post as post_room
    from service.doors import open_post_room
    from service.log import set_up_log

    set_up_log()
    settings = load_settings()
    stop = _stop_on_signal()
    with post_room.the_only_post_room(settings.data):
        room = open_post_room(settings)
        post_room.run(room, keep_going=lambda: not stop.is_set(), sleep=lambda seconds: _pause(stop, seconds))


@main.command()
@click.option("--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None)
def samples(folder: Path | None) -> None:
    """Load the sample requests through the real intake, queue and worker, and decide some of them."""
    from service.log import set_up_log
    from service.samples import load_samples

    set_up_log()
    load_samples(load_settings(), folder)


main.add_command(schedule)


@main.group()
def user() -> None:
    """Staff accounts."""


@user.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.password_option()
def user_add(email: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Add an account, or give an existing one a new name, password and roles."""
    from service.doors import add_account, shared_database

    settings = load_settings()
    add_account(shared_database(settings), email, name, password, roles)
    click.echo(f"{name} can sign in as {email}.")


@user.command("list")
def user_list() -> None:
    """Show who may sign in."""
    from service.doors import shared_database
    from store.people import load_people

    for person in load_people(shared_database(load_settings())):
        roles = ", ".join(sorted(role.value for role in person.roles))
        click.echo(f"{person.email}  {person.name}  {roles}{'' if person.active else '  (suspended)'}")


@main.group()
def rules() -> None:
    """The rules of the checks, as they count here."""


@rules.command("dry-run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1, 100_000), help="How many requests.")
def rules_dry_run(file: Path, limit: int) -> None:
    """Show what the rules in FILE (TOML, only what differs from the shipped ones) would have done to past requests."""
    from casework.rulebook import parse_rulebook
    from review.rule_trial import try_rules
    from service.doors import shared_database
    from service.library import load_library
    from service.rules import judged, rules_now, shipped_rules

    db = shared_database(load_settings())
    proposed = parse_rulebook(file.read_text(encoding="utf-8"), shipped_rules())
    library = load_library()
    trial = try_rules(
        db, rules_now(db)[0], proposed, lambda reading, book, day: judged(reading, book, library, day), limit=limit
    )
    _print(trial.in_words)
    for row in trial.rows:
        told = [*(f"+{rule}" for rule in row.new), *(f"-{rule}" for rule in row.gone), *(f"~{r}" for r in row.changed)]
        _print(f"{row.reference}  {' '.join(told)}  {row.title}")


@main.group()
def feedback() -> None:
    """What reviewers said of the checks."""


@feedback.command("export")
def feedback_export() -> None:
    """Print every finding that a reviewer called right or wrong as a labelled example, one JSON object a line."""
    from dataclasses import asdict

    from service.doors import shared_database
    from store.feedback import load_examples

    for example in load_examples(shared_database(load_settings())):
        _print(json.dumps(asdict(example), ensure_ascii=False))


@feedback.command("agreement")
def feedback_agreement() -> None:
    """Show for each rule how often reviewers agreed with it."""
    from service.doors import shared_database
    from store.feedback import load_agreement

    for found in load_agreement(shared_database(load_settings())):
        _print(f"{found.rule}, version {found.version}: {found.right} right, {found.wrong} wrong ({found.share:.0%})")


@main.group()
def audit() -> None:
    """The record of what happened."""


@audit.command("verify")
def audit_verify() -> None:
    """Check that no event was changed, removed or reordered; exit 1 and name the first one that was."""
    from service.doors import shared_database
    from store.events import verify_events

    result = verify_events(shared_database(load_settings()))
    if result.broken_at is not None:
        click.echo(f"The record is broken at event {result.broken_at}: {result.why}.", err=True)
        sys.exit(1)
    click.echo(f"The record is whole: {result.events} events, last hash {result.head}.")


@main.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many arrivals.")
def ledger(limit: int) -> None:
    """Show the newest arrivals, one a line: what came, when, from whom and what became of it."""
    from casework.working_days import LONDON
    from service.doors import shared_database
    from store.cases import load_case
    from store.ledger import load_lines

    db = shared_database(load_settings())
    for line in load_lines(db, limit=limit):
        reference = load_case(db, line.case_id).reference if line.case_id is not None else "-"
        arrived = line.arrived_at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M")
        parts = [str(line.id), arrived, line.channel, line.outcome.value, reference, line.name, line.sender, line.note]
        _print("  ".join(part for part in parts if part))


@main.command()
def health() -> None:
    """Say whether everything that was received has ended or is being worked on; exit 1 where not."""
    from service.doors import health_lines, shared_database

    settings = load_settings()
    well, lines = health_lines(settings, shared_database(settings))
    click.echo("\n".join(lines))
    sys.exit(0 if well else 1)


def _walk(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.is_file())
        else:
            yield path


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


def _today() -> date:
    from casework.working_days import london_day
    from service.clock import read_clock

    return london_day(read_clock())


def _check_sandbox(settings: Settings) -> None:
    from service.sandbox import require_protection

    if settings.require_sandbox:
        require_protection()


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _pause(stop: threading.Event, seconds: float) -> None:
    stop.wait(seconds)


def _keep_running(settings: Settings, address: str, stop: threading.Event) -> None:
    from service.embedded import Keeper, service_commands, wait_until_served

    keeper = Keeper(service_commands(settings, address))
    keeper.start()
    try:
        if not wait_until_served(settings, _START_SECONDS):
            raise UnavailableError("The pages are not served; the messages above say why.")
        click.echo(f"\nFormwright is at http://{settings.host}:{settings.port}/")
        if settings.demo_sign_in.exists():
            click.echo(settings.demo_sign_in.read_text())
        click.echo("Press Ctrl+C to stop.")
        stop.wait()
    finally:
        keeper.stop()


def _printable(path: Path) -> str:
    """A path as text that can be printed anywhere: file systems allow bytes that are no text."""
    return os.fsencode(path).decode("utf-8", "replace")


def _print(text: str) -> None:
    """A line in UTF-8, whatever this terminal's language is."""
    click.echo(text.encode("utf-8", "replace"))
