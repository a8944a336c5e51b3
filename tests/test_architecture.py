"""The house keeps its own rules: contracts, introductions, commands and settings in the README, nothing unfenced."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("casework", "store", "intake", "extract", "review", "outputs", "service")
pytestmark = pytest.mark.pure


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def first_paragraph(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0]


def run_import_linter(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_package_at_the_root_is_fenced() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    at_root = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert at_root - {"tests"} == set(contracts["root_packages"]) == set(PACKAGES)


def test_every_module_introduces_itself_in_one_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if not re.match(
            r"^[A-Z`.].*[.!]$", (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0], re.S
        )
    ]
    assert silent == []


# One line that crosses each contract: (contract's name, the module it is put into, the line).
CROSSINGS = [
    ("Spine above rooms", "intake/crossing.py", "import review.access"),
    ("Spine above rooms", "store/crossing.py", "import extract.read"),
    ("The floor is pure", "casework/crossing.py", "import sqlite3"),
    ("Only the queue talks to Redis", "service/crossing.py", "import rq"),
    ("Only language and checks use spaCy", "extract/crossing.py", "import spacy"),
    (
        "Only the PDF reader, and the words for a chart, use the PDF libraries",
        "extract/crossing.py",
        "import pdfplumber",
    ),
    ("Only the Word reader and the outputs use python-docx", "review/crossing.py", "import docx"),
    ("Reading is stateless", "extract/crossing.py", "import sqlite3"),
    ("Only doors open the store", "outputs/crossing.py", "import store.cases"),
    ("Only the mailbox speaks IMAP", "service/crossing.py", "import imaplib"),
    ("Only delivery speaks SMTP", "service/crossing.py", "import smtplib"),
    ("Only mail logins fetch tokens", "intake/crossing.py", "import msal"),
]


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source tree alone, where a contract may be broken without harm."""
    tree = tmp_path_factory.mktemp("house")
    (tree / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for path in modules():
        copy = tree / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text())
    return tree


@pytest.mark.parametrize(("contract", "place", "line"), CROSSINGS, ids=[f"{c[0]}: {c[2]}" for c in CROSSINGS])
def test_each_import_contract_breaks_when_it_is_crossed(
    copied_house: Path, contract: str, place: str, line: str
) -> None:
    intruder = copied_house / place
    intruder.write_text(f'"""Crosses a contract on purpose."""\n\n{line}\n')
    try:
        result = run_import_linter(copied_house)
    finally:
        intruder.unlink()
    broken = [row for row in result.stdout.splitlines() if row.endswith("BROKEN")]
    assert result.returncode == 1
    assert any(row.startswith(contract) for row in broken), result.stdout


def test_the_house_as_it_stands_keeps_every_contract(copied_house: Path) -> None:
    result = run_import_linter(copied_house)
    assert result.returncode == 0, result.stdout


def test_every_command_stands_in_the_readme() -> None:
    from service.cli import main

    readme = (ROOT / "README.md").read_text()
    names = [f"{name} {sub}" for name, c in main.commands.items() for sub in getattr(c, "commands", {})]
    names += [name for name, command in main.commands.items() if not hasattr(command, "commands")]
    assert [name for name in names if f"`formwright {name}" not in readme] == []


def test_every_setting_stands_in_the_readme_and_no_other() -> None:
    from service import settings

    known = {f"FORMWRIGHT_{name}" for name in settings._DEFAULTS} | settings._OTHERS
    assert set(re.findall(r"`(FORMWRIGHT_[A-Z_]+)", (ROOT / "README.md").read_text())) == known
