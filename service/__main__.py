"""Lets `python -m service` stand in for the `formwright` command."""

from service.cli import main

main()
