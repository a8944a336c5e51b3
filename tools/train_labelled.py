"""The labelled answers that ship with the repository, as items to check and as what a fair reviewer expects."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "extract" / "language" / "answers"
SPENT = tuple(FOLDER / name for name in ("unseen", "fresh", "later", "last"))
"""Sets that once measured the judge, and are learnt from since."""
OTHERS = FOLDER / "others"
"""Answers that other people wrote and labelled, in the corpus's format; spent in the same way."""
_MARK = re.compile("[«»]")
_COMPETENCE = "national-competency"
_FLAGS = frozenset(
    {"thin", "measured", "unmeasured", "named", "wellbeing", "local", "copied", "redirect", "no-employee"}
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One answer and its labels; `evidence` are (start, end) in `text`, `rules` what must fire, `optional` what may."""

    id: str
    form: str
    field: str
    title: str
    text: str
    level: str
    evidence: tuple[tuple[int, int], ...]
    rules: frozenset[str]
    optional: frozenset[str]
    other: dict[str, str] = field(default_factory=dict)
    hard: str = ""

    @property
    def held_out(self) -> bool:
        """Whether this answer is kept for measuring: titles are dealt out whole, so that no half knows the other's."""
        return hashlib.sha256(f"{self.form}/{self.title}".encode()).digest()[0] % 2 == 1

    def item(self) -> dict[str, Any]:
        """What a checker is shown."""
        return {
            "id": self.id,
            "form": self.form,
            "field": self.field,
            "title": self.title,
            "other": self.other,
            "text": self.text,
        }


def load_labelled(folder: Path = FOLDER) -> list[Labelled]:
    """All answers in the order of the files; ValueError names one whose labels cannot be."""
    return [
        _labelled(path.stem, number, entry)
        for path in sorted(folder.glob("*.toml"))
        for number, entry in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["answer"], 1)
    ]


def load_spent() -> list[Labelled]:
    """All answers that measured once: in every fold they are learnt from."""
    ours = [entry for folder in SPENT for entry in load_labelled(folder)]
    return [*ours, *(entry for path in sorted(OTHERS.glob("*.jsonl")) for entry in read_gold(path))]


def read_gold(path: Path) -> list[Labelled]:
    """A labelled file in the corpus's format; a second label that a fair reviewer may give is not looked at."""
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        at, spans = 0, []
        for piece in item["evidence"]:
            start = item["text"].find(piece, at)
            at = start + len(piece)
            spans.append((start, at))
        entries.append(
            Labelled(
                item["id"], item["form"], item["field"], item["title"], item["text"], item["adequacy"], tuple(spans),
                frozenset(item["rules"]), frozenset(item.get("rules_optional", ())), dict(item["other"]), item["hard"],
            )
        )  # fmt: skip
    return entries


def _labelled(form: str, number: int, entry: dict[str, Any]) -> Labelled:
    flags = set(entry.get("flags", ()))
    if flags - _FLAGS:
        raise ValueError(f"{form} {number}: no such flag: {', '.join(sorted(flags - _FLAGS))}")
    text, evidence = _unmarked(entry["text"])
    level, key, other = entry["level"], entry["field"], dict(entry.get("other", {}))
    if not evidence and level != "absent":
        bare = text.strip()
        start = text.index(bare)
        evidence = ((start, start + len(bare)),)
    rules, optional = _rules(form, key, level, flags, other)
    return Labelled(
        f"{form}-{number:03}", form, key, entry["title"], text, level, evidence, rules, optional, other,
        entry.get("hard", ""),
    )  # fmt: skip


def _unmarked(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without its marks, and the spans that stood between them."""
    spans, text, at, start = [], "", 0, 0
    for hit in _MARK.finditer(marked):
        text += marked[at : hit.start()]
        at = hit.end()
        if hit[0] == "«":
            start = len(text)
        else:
            spans.append((start, len(text)))
    return text + marked[at:], tuple(spans)


def _rules(
    form: str, key: str, level: str, flags: set[str], other: dict[str, str]
) -> tuple[frozenset[str], frozenset[str]]:
    rules, optional = set(), set()
    employee = other.get("input_level") == "employee"
    if level in ("absent", "placeholder"):
        may = (key == "benefits" and form == _COMPETENCE) or (key == "wellbeing_link" and not employee)
        (optional if may else rules).add(f"required.{key}")
    if key in ("justification", "benefits") and (level == "restated" or "thin" in flags):
        rules.add(f"{key}.weak")
    if key == "benefits" and (level == "asserted" or "unmeasured" in flags):
        rules.add("benefits.unmeasured")
    if key == "national_link" and "named" not in flags:
        (rules if level in ("restated", "asserted") else optional).add("national-link.unnamed")
    if employee and "wellbeing" not in flags:
        rules.add("input-level.not-wellbeing")
    rules |= {
        rule
        for flag, rule in (
            ("copied", "justification.copied"),
            ("local", "competence.local"),
            ("redirect", "redirect.workforce-dataset"),
        )
        if flag in flags
    }
    return frozenset(rules), frozenset(optional)
