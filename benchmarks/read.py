"""Reads the corpus with our reader, its peers and at the raw limit, in one run: times as ratios, and what was lost.

    python benchmarks/read.py CORPUS [--rounds N]

Each tool runs in a process of its own, which imports before the clock starts. A time is the best of N rounds for a
file, in processor time, so that a busy machine tells the same story as an idle one; ours is the reader and the
answers, in process. Shown are the median and the 95th percentile over the files, the median multiple of the raw limit
in the same run (unzipping document.xml, parsing it and joining its text for Word, PDFium's text for PDF), and the peak
memory of the process. Forms and public documents are told apart. A second table counts, for each construct that texts
stand in, how many of the known texts stand in what the tool gives back: the true answers of the forms, and the texts
of the public manifest.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import resource
import statistics
import subprocess
import sys
import time
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Reader = Callable[[bytes], str]
LARGEST = 3_000_000
"""Bytes; above this a file says more about its pictures than about a reader."""
PAGE = re.compile(r" p\d+$")
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def ours() -> Reader:
    sys.path.insert(0, str(ROOT))
    from casework.transcript import paragraphs_of
    from extract.answers import find_answers
    from extract.docx_reader import read_docx
    from extract.form_match import find_form
    from extract.pdf_reader import read_pdf
    from service.library import load_library

    library = load_library()

    def read(data: bytes) -> str:
        transcript = read_pdf(data) if b"%PDF-" in data[:1024] else read_docx(data)
        match = find_form(transcript, library)
        if match is not None:
            find_answers(transcript, match.form, library, match.walked)
        # A paragraph's number stands beside its text, since the sender did not type it; a page shows both.
        return "\n".join(f"{paragraph.marker} {paragraph.text}" for paragraph in paragraphs_of(transcript.blocks))

    return read


def raw_word() -> Reader:
    from lxml import etree

    def read(data: bytes) -> str:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            root = etree.fromstring(package.read("word/document.xml"))
        return " ".join(root.itertext())

    return read


def raw_pdf() -> Reader:
    from pypdfium2 import PdfDocument

    def read(data: bytes) -> str:
        document = PdfDocument(data)
        return "\n".join(page.get_textpage().get_text_range() for page in document)

    return read


def plain_python_docx() -> Reader:
    import docx

    def read(data: bytes) -> str:
        document = docx.Document(io.BytesIO(data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])

    return read


def mammoth() -> Reader:
    import mammoth as library

    return lambda data: str(library.extract_raw_text(io.BytesIO(data)).value)


def docx2python() -> Reader:
    from docx2python import docx2python as library

    def read(data: bytes) -> str:
        with library(io.BytesIO(data)) as document:
            return str(document.text)

    return read


def markitdown() -> Reader:
    from markitdown import MarkItDown, StreamInfo

    converter = MarkItDown(enable_plugins=False)
    return lambda data: str(
        converter.convert_stream(io.BytesIO(data), stream_info=StreamInfo(extension=".docx")).markdown
    )


def pdfplumber() -> Reader:
    import logging

    import pdfplumber as library

    logging.getLogger("pdfminer").setLevel(logging.ERROR)

    def read(data: bytes) -> str:
        parts = []
        with library.open(io.BytesIO(data)) as document:
            for page in document.pages:
                parts.append(page.extract_text() or "")
                parts += [str(cell) for table in page.extract_tables() for row in table for cell in row if cell]
        return "\n".join(parts)

    return read


def pypdf() -> Reader:
    from pypdf import PdfReader

    def read(data: bytes) -> str:
        reader = PdfReader(io.BytesIO(data))
        values = [str(field.value) for field in (reader.get_fields() or {}).values() if field.value]
        return "\n".join([*(page.extract_text() for page in reader.pages), *values])

    return read


TOOLS: dict[str, tuple[tuple[str, Callable[[], Reader]], ...]] = {
    ".docx": (
        ("raw limit", raw_word),
        ("Formwright", ours),
        ("python-docx", plain_python_docx),
        ("mammoth", mammoth),
        ("docx2python", docx2python),
        ("markitdown", markitdown),
    ),
    ".pdf": (("raw limit", raw_pdf), ("Formwright", ours), ("pdfplumber", pdfplumber), ("pypdf", pypdf)),
}


def measure(folder: str, ending: str, tool: str, corpus: Path, rounds: int) -> dict[str, object]:
    """One tool over every file of one kind in one folder of the corpus, in this process."""
    read = dict(TOOLS[ending])[tool]()
    wanted = known_texts(corpus)
    times: dict[str, float] = {}
    kept: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    failed = 0
    for path in sorted(path for path in (corpus / folder).rglob(f"*{ending}") if path.stat().st_size < LARGEST):
        data = path.read_bytes()
        best, text = float("inf"), None
        for _ in range(rounds):
            began = time.process_time()
            try:
                text = read(data)
            except Exception:  # noqa: BLE001 - a peer may fail in any way; it is counted
                break
            best = min(best, time.process_time() - began)
        failed += not squash(text or "")
        if text is not None:
            times[str(path)] = best * 1000
        squashed = squash(text or "")
        for construct, words in wanted.get(path.name, []):
            asked[construct] += 1
            kept[construct] += squash(words) in squashed
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return {"times": times, "failed": failed, "kept": kept, "asked": asked, "peak": peak}


def known_texts(corpus: Path) -> dict[str, list[tuple[str, str]]]:
    """What a file is known to say, by file name: (construct it stands in, words)."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    manifest, truth = corpus / "public" / "MANIFEST.csv", corpus / "forms" / "truth.jsonl"
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                places = [PAGE.sub("", place) for place in json.loads(row["must_where"] or "[]")]
                found[row["path"].rpartition("/")[2]] += zip(places, json.loads(row["must"] or "[]"), strict=False)
    if truth.is_file():
        for line in truth.read_text(encoding="utf-8").splitlines():
            form = json.loads(line)
            for answer in form["fields"].values():
                # Choices and dates are stored in our own words, so only answers in the sender's are looked for.
                if isinstance(answer["value"], str) and not DATE.fullmatch(answer["value"]):
                    found[form["path"]] += [("answer", words) for words in answer["value"].split("\n")]
    return found


def squash(text: str) -> str:
    """Letters and digits only, folded, as the public scorer compares."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", ""))


def run(folder: str, ending: str, tool: str, corpus: Path, rounds: int) -> dict[str, Any] | str:
    """`measure` in a process of its own, or the last line of what went wrong there."""
    command = [sys.executable, __file__, str(corpus), "--rounds", str(rounds), "--one", folder, ending, tool]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it gave no reason"])[-1][:80]
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def report(folder: str, ending: str, corpus: Path, rounds: int) -> None:
    """Print both tables for one folder and one kind of file."""
    print(f"\n### {folder}, {ending}\n\n| tool | median ms | p95 ms | x raw | files | failed | peak MB |")
    print("|---|---|---|---|---|---|---|")
    raw: dict[str, float] = {}
    results: dict[str, dict[str, Any]] = {}
    for tool, _ in TOOLS[ending]:
        result = run(folder, ending, tool, corpus, rounds)
        if isinstance(result, str):
            print(f"| {tool} | not measured: {result} |")
            continue
        results[tool] = result
        times = result["times"]
        raw = raw or times
        ratio = statistics.median(times[path] / raw[path] for path in times if path in raw)
        ordered = sorted(times.values())
        median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95) - 1]
        figures = f"{median:.1f} | {late:.1f} | {ratio:.1f} | {len(ordered)} | {result['failed']}"
        print(f"| {tool} | {figures} | {result['peak']:.0f} |", flush=True)
    constructs = sorted({construct for result in results.values() for construct in result["asked"]})
    print(f"\n| texts kept | {' | '.join(results)} |\n|{'---|' * (len(results) + 1)}")
    for construct in constructs:
        shares = [f"{result['kept'].get(construct, 0)}/{result['asked'][construct]}" for result in results.values()]
        print(f"| {construct} | {' | '.join(shares)} |")


def main() -> None:
    """Run every tool in its own process and print two tables for each kind of file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=3, metavar=("FOLDER", "ENDING", "TOOL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        json.dump(measure(*options.one, options.corpus, options.rounds), sys.stdout)
        return
    for ending in TOOLS:
        for folder in ("forms", "public"):
            report(folder, ending, options.corpus, options.rounds)


if __name__ == "__main__":
    main()
