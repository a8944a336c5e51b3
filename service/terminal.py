"""What every command prints and takes: days, folders walked, lines in UTF-8 whatever the terminal's language is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click


def parse_day(_ctx: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    """An option's day, written as 2026-03-31; None where the option is not given."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise click.BadParameter("write a date as 2026-03-31") from problem


def this_day() -> date:
    """The day in London now."""
    from casework.working_days import london_day
    from service.clock import read_clock

    return london_day(read_clock())


def walk_files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """The files named, and those in the folders named, in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.is_file())
        else:
            yield path


def printable(path: Path) -> str:
    """A path as text that can be printed anywhere: file systems allow bytes that are no text."""
    return os.fsencode(path).decode("utf-8", "replace")


def print_line(text: str) -> None:
    """Print a line in UTF-8."""
    click.echo(text.encode("utf-8", "replace"))
