"""How many answers a minute one core checks, and how much memory the process takes.

    python benchmarks/judge.py [FILE.jsonl]

Without a file, the labelled answers that ship are checked again and again, each time under another title, so that
nothing is remembered from the round before.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # in place of this folder, whose queue.py hides the library's

from extract.checks import check_item  # noqa: E402
from extract.language.classifier import load_classifier  # noqa: E402
from service.library import load_library  # noqa: E402
from tools.train_labelled import load_labelled  # noqa: E402

_SECONDS = 20.0


def main() -> None:
    """Print what was measured."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    start = time.perf_counter()
    library = load_library()
    items = (
        [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
        if len(sys.argv) > 1
        else [entry.item() for entry in load_labelled()]
    )
    load_classifier()
    check_item(items[0], library)
    print(f"loaded in {time.perf_counter() - start:.2f} s (after importing spaCy)")
    spent, checked, rounds = time.process_time(), 0, 0
    while (used := time.process_time() - spent) < _SECONDS:
        for item in items:
            check_item({**item, "title": f"{item['title']} {rounds}"}, library)
        checked, rounds = checked + len(items), rounds + 1
    characters = sum(len(item["text"]) for item in items) / len(items)
    print(f"{checked / used * 60:,.0f} answers a minute on one core; {characters:.0f} characters each on average")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident at most")


if __name__ == "__main__":
    main()
