"""Errands on the record: accounts, rules tried, what reviewers said, the audit chain, arrivals, health."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from casework.lifecycle import UserRole
from service.settings import load_settings
from service.terminal import print_line

ROLES = [role.value for role in UserRole]


@click.group()
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


@click.group()
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
    print_line(trial.in_words)
    for row in trial.rows:
        told = [*(f"+{rule}" for rule in row.new), *(f"-{rule}" for rule in row.gone), *(f"~{r}" for r in row.changed)]
        print_line(f"{row.reference}  {' '.join(told)}  {row.title}")


@click.group()
def feedback() -> None:
    """What reviewers said of the checks."""


@feedback.command("export")
def feedback_export() -> None:
    """Print every finding that a reviewer called right or wrong as a labelled example, one JSON object a line."""
    from dataclasses import asdict

    from service.doors import shared_database
    from store.feedback import load_examples

    for example in load_examples(shared_database(load_settings())):
        print_line(json.dumps(asdict(example), ensure_ascii=False))


@feedback.command("agreement")
def feedback_agreement() -> None:
    """Show for each rule how often reviewers agreed with it."""
    from service.doors import shared_database
    from store.feedback import load_agreement

    for found in load_agreement(shared_database(load_settings())):
        print_line(
            f"{found.rule}, version {found.version}: {found.right} right, {found.wrong} wrong ({found.share:.0%})"
        )


@click.group()
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


@click.command()
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
        print_line("  ".join(part for part in parts if part))


@click.command()
def health() -> None:
    """Say whether everything that was received has ended or is being worked on; exit 1 where not."""
    from service.doors import health_lines, shared_database

    settings = load_settings()
    well, lines = health_lines(settings, shared_database(settings))
    click.echo("\n".join(lines))
    sys.exit(0 if well else 1)
