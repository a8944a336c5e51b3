"""`formwright schedule`: publish a quarter, name the issues there are, and make one again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from service.settings import load_settings
from service.templates import build_schedule_safely
from service.terminal import parse_day

_DIFFERS = 1


@click.group(invoke_without_command=True)
@click.option("--quarter", help="Such as 2026-Q4, or Q3 2026/27 in a financial year.")
@click.option("--issued", callback=parse_day, help="The issue date, which ends the six months (default: the last day).")
@click.option("--note", default="", help="What changed, for the change record: needed from the second version on.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the Word file.")
@click.pass_context
def schedule(ctx: click.Context, quarter: str | None, issued: date | None, note: str, out: Path | None) -> None:
    """Publish a quarter's Development Schedule, with what its editor saved for it."""
    if ctx.invoked_subcommand is not None:
        return
    if quarter is None or out is None:
        raise click.UsageError("Give --quarter and --out, or one of the commands below.")
    from dataclasses import replace

    from casework.period import quarter_key
    from service.clock import read_clock
    from service.doors import shared_database
    from service.schedules import publish_now
    from store.originals import load_original
    from store.schedule_drafts import load_schedule_draft

    settings = load_settings()
    db = shared_database(settings)
    saved = load_schedule_draft(db, quarter_key(quarter)).editing
    editing = replace(saved, issued=issued or saved.issued, change_note=note or saved.change_note)
    issue = publish_now(settings, db, quarter, editing, now=read_clock())
    out.write_bytes(load_original(settings.originals, issue.sha256))
    click.echo(f"{out}: version {issue.version}, SHA-256 {issue.sha256}")


@schedule.command("list")
def list_issues() -> None:
    """Name every issue of the schedule: id, quarter, version, issue date, files."""
    from service.doors import shared_database
    from store.schedules import load_issues

    for issue in load_issues(shared_database(load_settings())):
        files = ", ".join(issue.files)
        click.echo(f"{issue.id}  {issue.quarter}  version {issue.version}  {issue.issued.isoformat()}  {files}")


@schedule.command()
@click.argument("issue_id", metavar="ID", type=int)
def rebuild(issue_id: int) -> None:
    """Make an issue again from what it was made from, and say what differs from what went out."""
    from outputs.issue import rebuild_issue
    from service.doors import shared_database

    settings = load_settings()
    made = rebuild_issue(shared_database(settings), issue_id, settings.originals, build_schedule_safely)
    name = f"{made.issue.quarter} version {made.issue.version}"
    if made.same:
        click.echo(f"{name}: {', '.join(made.same)} made again, the same bytes as went out.")
    if made.kept:
        click.echo(f"{name}: {', '.join(made.kept)} kept, unchanged since it went out.")
    if not made.issue.record:
        click.echo("It was published before what it was made from was kept, so it cannot be made again.")
    for difference in made.differences:
        click.echo(difference, err=True)
    if made.differences:
        raise click.exceptions.Exit(_DIFFERS)
