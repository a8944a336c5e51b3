"""An issue made again from what it was made from, and compared with what went out, byte for byte."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from itertools import zip_longest

from lxml import etree
from sqlite_utils import Database

from casework.errors import DamagedError
from casework.schedule_json import schedule_from_json
from outputs.issue.code import code_in_use
from outputs.issue.publish import BuildWord, pages_of
from outputs.schedule import build_schedule
from outputs.schedule_csv import build_schedule_csv
from outputs.schedule_html import build_schedule_html
from store.originals import load_original
from store.schedules import IssueRow, load_issue

_PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
_SHOWN = 90


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What making an issue again showed: files that came out the same, that are only known to be unchanged since, and
    a sentence for each difference."""

    issue: IssueRow
    same: tuple[str, ...]
    kept: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def rebuild_issue(db: Database, issue_id: int, originals: str, build: BuildWord = build_schedule) -> Rebuilt:
    """Make the issue's files again and compare them. Reads only; RefusedError where there is no such issue.

    A PDF is LibreOffice's work and depends on its version: it is checked against its hash, as all files are of an issue
    from before the record of its making was kept.
    """
    return compare_issue(load_issue(db, issue_id), originals, build)


def compare_issue(issue: IssueRow, originals: str, build: BuildWord = build_schedule) -> Rebuilt:
    """The same for an issue that is at hand: it looks at no record, so that it can be done anywhere."""
    differences: list[str] = []
    kept_files: dict[str, bytes] = {}
    for ending, digest in issue.files.items():
        try:
            kept_files[ending] = load_original(originals, digest)
        except DamagedError as problem:
            differences.append(f"{ending}: {problem.public_message}")
    made = _make_again(issue, originals, differences, build) if issue.record else {}
    same = []
    for ending, data in made.items():
        if ending not in kept_files:
            continue
        if data == kept_files[ending]:
            same.append(ending)
        else:
            differences.append(f"{ending}: {_difference(kept_files[ending], data, ending)}")
    if made and differences and issue.code != code_in_use():
        differences.append(f"The program is another one: it was {issue.code}, and is {code_in_use()}.")
    kept = tuple(ending for ending in kept_files if ending not in made)
    return Rebuilt(issue, tuple(same), kept, tuple(differences))


def _make_again(issue: IssueRow, originals: str, differences: list[str], build: BuildWord) -> dict[str, bytes]:
    try:
        template = load_original(originals, issue.template_sha256)
    except DamagedError as problem:
        differences.append(f"Word template: {problem.public_message}")
        return {}
    schedule = schedule_from_json(issue.record)
    return {
        "docx": build(schedule, template, pages_of(issue)),
        "html": build_schedule_html(schedule),
        "csv": build_schedule_csv(schedule),
    }


def _difference(before: bytes, after: bytes, ending: str) -> str:
    """Where two files part, in words that a person can look up."""
    if ending == "docx":
        return _difference_of_packages(before, after)
    pairs = zip_longest(before.decode(errors="replace").splitlines(), after.decode(errors="replace").splitlines())
    return _first(pairs, "line")


def _difference_of_packages(before: bytes, after: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(before)) as was, zipfile.ZipFile(io.BytesIO(after)) as now:
        names = {*was.namelist(), *now.namelist()}
        parts = [name for name in sorted(names) if _part(was, name) != _part(now, name)]
        if "word/document.xml" not in parts:
            return f"{', '.join(parts)} differs" if parts else "the parts agree, their packing differs"
        pairs = zip_longest(_paragraphs(was.read("word/document.xml")), _paragraphs(now.read("word/document.xml")))
        return f"{', '.join(parts)}: {_first(pairs, 'paragraph')}"


def _first(pairs: zip_longest[tuple[str | None, str | None]], what: str) -> str:
    for number, (before, after) in enumerate(pairs, start=1):
        if before != after:
            return f"{what} {number} was “{_shown(before)}” and is “{_shown(after)}”"
    return "the words agree, their form differs"


def _shown(text: str | None) -> str:
    return "not there" if text is None else text[:_SHOWN]


def _part(package: zipfile.ZipFile, name: str) -> bytes | None:
    return package.read(name) if name in package.namelist() else None


def _paragraphs(xml: bytes) -> list[str]:
    body = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, huge_tree=True))
    return ["".join(map(str, p.itertext())) for p in body.iter(_PARAGRAPH)]
