"""Feeds almost-forms to both readers until told to stop, guided by coverage where atheris is installed.

Run by hand, with the repository's root as the working folder and atheris installed beside the other requirements (it
has wheels for Linux only, and so is not one of them):

    python tools/fuzz_readers.py --seconds 600 --reader word
    python tools/fuzz_readers.py --seconds 600 --reader pdf

Without atheris the same files are built from random choices. Each file that was neither read nor refused in our own
words, or that took longer than a second, is kept in build/fuzz with what went wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
FOUND = ROOT / "build" / "fuzz"
SLOW = 1.0
_MEBIBYTE_IN_KIB = 1024

try:
    import atheris
except ImportError:
    atheris = None


def main() -> None:
    """Fuzz one reader for a while and print how many files of which outcome there were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", choices=("word", "pdf"), required=True)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=20261123)
    asked = parser.parse_args()
    if atheris is None:
        _run_at_random(Hunt(asked.reader), asked.seconds, asked.seed)
        return
    with atheris.instrument_imports(include=["extract", "casework"]):
        hunt = Hunt(asked.reader)
    started = time.monotonic()

    def one(data: bytes) -> None:
        if time.monotonic() - started > asked.seconds:
            hunt.report()
        provider = atheris.FuzzedDataProvider(data)
        hunt.try_one(provider.ConsumeIntInRange)

    FOUND.mkdir(parents=True, exist_ok=True)
    options = [
        f"-artifact_prefix={FOUND}/",
        f"-seed={asked.seed}",
        "-max_len=400",
        "-len_control=0",
        "-timeout=30",
        "-rss_limit_mb=2048",
    ]
    atheris.Setup([sys.argv[0], *options, f"-max_total_time={asked.seconds + 30}"], one)
    atheris.Fuzz()


def _run_at_random(hunt: Hunt, seconds: int, seed: int) -> None:
    chance = random.Random(seed)
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        hunt.try_one(chance.randint)
    hunt.report()


class Hunt:
    """One reader, what became of the files it was given, and the kinds of trouble it had."""

    def __init__(self, reader: str) -> None:
        from casework.errors import UnreadableError
        from extract.answers import find_answers
        from extract.docx_reader import read_docx
        from extract.form_match import find_form
        from extract.pdf_reader import read_pdf
        from service.library import load_library
        from tests.builders_damage import damaged_pdf, damaged_word

        self._refusal = UnreadableError
        self._library = load_library()
        self._find_form, self._find_answers = find_form, find_answers
        self._read, self._build = (read_docx, damaged_word) if reader == "word" else (read_pdf, damaged_pdf)
        self._started = time.monotonic()
        self.outcomes: Counter[str] = Counter()
        self.troubles: Counter[str] = Counter()
        self.slowest = 0.0

    def try_one(self, choose: Callable[[int, int], int]) -> None:
        """Build a file from these choices, read it and write down how it went."""
        file = self._build(choose)
        began = time.process_time()
        try:
            self.outcomes[self._outcome(file)] += 1
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is what the hunt is for
            self.outcomes["crashed"] += 1
            last = traceback.extract_tb(problem.__traceback__)[-1]
            self._keep(file, f"{type(problem).__name__} in {Path(last.filename).name} line {last.lineno}")
        took = time.process_time() - began
        self.slowest = max(self.slowest, took)
        if took > SLOW:
            self._keep(file, f"slow: more than {int(took)} s")

    def _outcome(self, file: bytes) -> str:
        try:
            transcript = self._read(file)
        except self._refusal as refusal:
            return str(refusal.code)
        match = self._find_form(transcript, self._library)
        if match is not None:
            self._find_answers(transcript, match.form, self._library, match.walked)
        return "read"

    def _keep(self, file: bytes, trouble: str) -> None:
        self.troubles[trouble] += 1
        if self.troubles[trouble] == 1:
            FOUND.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(file).hexdigest()[:12]
            (FOUND / f"{name}.bin").write_bytes(file)
            (FOUND / f"{name}.txt").write_text(f"{trouble}\n{traceback.format_exc()}")
            print(f"{trouble}: {FOUND / name}.bin", flush=True)

    def report(self) -> None:
        """Print the figures and end the process."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEBIBYTE_IN_KIB
        total = sum(self.outcomes.values())
        print(
            f"{total} files in {time.monotonic() - self._started:.0f} s, slowest {self.slowest:.2f} s, {peak:.0f} MiB"
        )
        print(f"outcomes: {dict(self.outcomes.most_common())}")
        print(f"troubles: {dict(self.troubles.most_common())}", flush=True)
        # libFuzzer takes an ordinary exit for a find.
        os._exit(1 if self.troubles else 0)


if __name__ == "__main__":
    main()
