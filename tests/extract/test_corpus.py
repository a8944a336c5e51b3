"""Every field of every readable form in the corpus of known answers has the right status and value."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from casework.form import FormLibrary
from casework.sniff import sniff
from extract.answers import find_answers
from extract.form_match import find_form
from extract.read import _READERS

KINDS = ("docx", "docm", "pdf")
WRONG_AT_MOST = 0.005
"""Of all fields: a slip in reading one document must not hide behind the others."""


def tokens(value: object) -> list[str]:
    plain = unicodedata.normalize("NFKC", str(value)).translate({0x2018: "'", 0x2019: "'", 0xAD: None}).casefold()
    return re.findall(r"[^\W_]+", plain)


def matches(wanted: Any, got: object) -> bool:
    if isinstance(wanted, list):
        return isinstance(got, tuple) and set(got) == set(wanted)
    return "".join(tokens(wanted)) == "".join(tokens(got))


def test_the_corpus_reads_as_it_is_known_to_be(corpus: Path, library: FormLibrary) -> None:
    truths = [json.loads(line) for line in (corpus / "forms" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    wrong: list[str] = []
    leaks: list[str] = []
    fields = 0
    for truth in truths:
        if truth["kind"] not in KINDS or truth["error_allowed"]:
            continue
        data = (corpus / "forms" / truth["path"]).read_bytes()
        transcript = _READERS[sniff(data)](data, truth["path"])
        match = find_form(transcript, library)
        assert (match.form.key if match else None) == truth["form"], truth["path"]
        if match is None:
            continue
        answers, _ = find_answers(transcript, match.form, library)
        held = "\n".join(answer.value for answer in answers if isinstance(answer.value, str))
        leaks += [f"{truth['path']}: {text}" for text in truth["must_not_contain"] if text in held]
        for answer in answers:
            known = truth["fields"][answer.field]
            fields += 1
            status = answer.status.value in (known["status"], *known.get("alt_status", ()))
            value = not answer.text or any(matches(v, answer.value) for v in (known["value"], *known.get("alts", ())))
            if not status or not (value or answer.status.value == "placeholder"):
                wrong.append(f"{truth['path']}: {answer.field} is {answer.status.value} {answer.value!r}")
    assert leaks == []
    assert len(wrong) <= fields * WRONG_AT_MOST, wrong


@pytest.mark.parametrize("form", ["business-justification", "supplementary-role", "national-competency"])
def test_every_form_of_the_library_stands_in_the_corpus(corpus: Path, form: str) -> None:
    assert form in (corpus / "forms" / "truth.jsonl").read_text(encoding="utf-8")
