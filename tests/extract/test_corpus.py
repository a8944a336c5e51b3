"""The corpus of completed forms with known answers is read as the contract asks, by the contract's own scorer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_scorer_finds_the_readings_of_the_corpus_good_enough(corpus: Path, tmp_path: Path) -> None:
    scorer = corpus.parent / "score" / "score.py"
    if not scorer.is_file():
        pytest.skip(f"no scorer at {scorer}")
    readings = tmp_path / "readings.jsonl"
    command = [sys.executable, "-m", "service", "read", "--json", "--today", "2026-11-23", str(corpus / "forms")]
    with readings.open("w") as stream:
        status = subprocess.run(command, cwd=ROOT, stdout=stream, check=False).returncode
    assert status == 3, "the folder holds files that are no forms"
    bars = ["--min-form", ".99", "--min-f1", ".97", "--min-status", ".97", "--min-coverage", ".998"]
    bars += ["--min-rule-recall", ".9", "--min-rule-precision", ".9", "--min-error", ".97", "--max-leaks", "0"]
    truth = ["--truth", str(corpus / "forms" / "truth.jsonl"), "--readings", str(readings)]
    scored = subprocess.run(
        [sys.executable, str(scorer), *truth, "--exclude-kind", "doc,rtf,odt", *bars],
        capture_output=True,
        text=True,
        check=False,
    )
    assert scored.returncode == 0, scored.stdout + scored.stderr


def test_the_scorer_finds_the_checks_of_single_answers_good_enough(corpus: Path, tmp_path: Path) -> None:
    scorer = corpus.parent / "score" / "score_answers.py"
    if not scorer.is_file():
        pytest.skip(f"no scorer at {scorer}")
    gold = corpus / "answers" / "answers.jsonl"
    asked = tmp_path / "asked.jsonl"
    kept = ("id", "form", "field", "title", "other", "text")
    items = [json.loads(line) for line in gold.read_text().splitlines()]
    asked.write_text("".join(json.dumps({key: item[key] for key in kept}) + "\n" for item in items))
    predicted = tmp_path / "predicted.jsonl"
    with predicted.open("w") as stream:
        command = [sys.executable, "-m", "service", "check", "--answers", str(asked), "--json"]
        subprocess.run(command, cwd=ROOT, stdout=stream, check=True)
    bars = ["--min-macro-f1", "0.8", "--min-rule-f1", "0.8", "--min-kappa", "0.85"]
    scored = subprocess.run(
        [sys.executable, str(scorer), "--gold", str(gold), "--pred", str(predicted), *bars],
        capture_output=True,
        text=True,
        check=False,
    )
    assert scored.returncode == 0, scored.stdout + scored.stderr
