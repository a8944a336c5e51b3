"""The `formwright` command: every process and every errand of the service."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click
import structlog

from casework.errors import CaseworkError, UnavailableError
from service.cli_files import check, read, receive
from service.cli_record import audit, feedback, health, ledger, rules, user
from service.cli_schedule import schedule
from service.log import place_of
from service.settings import Settings, load_settings

_WRONG = 2
_START_SECONDS = 90.0
# Their log is read by whoever runs the service; a fault there needs its trace.
_HAS_A_LOG = ("work", "dispatch", "post")


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
            click.echo(f"Formwright has a fault: {place_of(problem)}. Please report it.", err=True)
        raise click.exceptions.Exit(_WRONG)


@click.group(cls=OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Read, queue, review and schedule requests for changes to ESR."""


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
                settings.originals,
                lambda text, db, now: judge_record(text, db, load_library(), london_day(now)),
                financial=settings.financial_quarters,
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


for command in (read, check, receive, schedule, user, rules, feedback, audit, ledger, health):
    main.add_command(command)


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
