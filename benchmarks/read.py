"""Reads the corpus with our reader, its peers and at the raw limit, in one run: times as ratios, and what was lost.

    python benchmarks/read.py CORPUS [--rounds N]

Each tool runs in a process of its own, which imports before the clock starts. A time is the best of N rounds for a
file. Shown are the median and the 95th percentile over the files, the median multiple of the raw limit in the same run
(unzipping and parsing document.xml for Word, PDFium's text for PDF), and the peak memory of the process. "Kept" counts
the texts of the public manifest that stand in what the tool gives back.
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
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Reader = Callable[[bytes], str]


def ours() -> Reader:
    sys.path.insert(0, str(ROOT))
    from casework.transcript import blocks_text
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
        return blocks_text(transcript.blocks)

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


def measure(ending: str, tool: str, corpus: Path, rounds: int) -> dict[str, object]:
    """One tool over every file of one kind, in this process."""
    read = dict(TOOLS[ending])[tool]()
    wanted = manifest_texts(corpus)
    times: dict[str, float] = {}
    kept = asked = failed = 0
    for path in sorted(path for path in corpus.rglob(f"*{ending}") if path.stat().st_size < 3_000_000):
        data = path.read_bytes()
        best, text = float("inf"), None
        for _ in range(rounds):
            began = time.perf_counter()
            try:
                text = read(data)
            except Exception:  # noqa: BLE001 - a peer may fail in any way; it is counted
                break
            best = min(best, time.perf_counter() - began)
        failed += text is None
        if text is not None:
            times[str(path)] = best * 1000
        squashed = squash(text or "")
        texts = wanted.get(path.name, [])
        asked += len(texts)
        kept += sum(squash(words) in squashed for words in texts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return {"times": times, "failed": failed, "kept": kept, "asked": asked, "peak": peak}


def manifest_texts(corpus: Path) -> dict[str, list[str]]:
    """The texts that the public manifest says a file must give, by file name."""
    manifest = corpus / "public" / "MANIFEST.csv"
    if not manifest.is_file():
        return {}
    found: dict[str, list[str]] = {}
    with manifest.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            try:
                texts = json.loads(row.get("must") or "[]")
            except ValueError:
                texts = (row.get("must") or "").split(" || ")
            plain = [entry.get("text", "") if isinstance(entry, dict) else str(entry) for entry in texts]
            name = (row.get("path") or row.get("file") or "").rpartition("/")[2]
            found[name] = [words for words in plain if words]
    return found


def squash(text: str) -> str:
    """Letters and digits only, folded, as the public scorer compares."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", ""))


def main() -> None:
    """Run every tool in its own process and print a table for each kind of file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        json.dump(measure(options.one[0], options.one[1], options.corpus, options.rounds), sys.stdout)
        return
    for ending, tools in TOOLS.items():
        heads = f"{'median ms':>10}{'p95 ms':>9}{'x raw':>8}{'files':>7}{'failed':>8}{'kept':>11}{'peak MB':>9}"
        print(f"\n{ending[1:]:<14}{heads}")
        raw: dict[str, float] = {}
        for tool, _ in tools:
            command = [
                sys.executable,
                __file__,
                str(options.corpus),
                "--rounds",
                str(options.rounds),
                "--one",
                ending,
                tool,
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{tool:<14}  not measured: {done.stderr.strip().splitlines()[-1][:80]}")
                continue
            result = json.loads(done.stdout)
            times = result["times"]
            raw = raw or times
            ratio = statistics.median(times[path] / raw[path] for path in times if path in raw)
            ordered = sorted(times.values())
            median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95) - 1]
            print(
                f"{tool:<14}{median:>10.1f}{late:>9.1f}{ratio:>8.1f}"
                f"{len(ordered):>7}{result['failed']:>8}{result['kept']:>6}/{result['asked']:<4}{result['peak']:>9.0f}"
            )


if __name__ == "__main__":
    main()
