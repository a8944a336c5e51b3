"""Pictures of pages in, a Transcript out: straightened, read by Tesseract, rules and tick boxes found in the ink."""

from __future__ import annotations

import csv
import io
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from casework.errors import UnreadableError
from casework.model import ErrorCode
from casework.transcript import Control, ControlKind, Transcript
from extract.pdf_reader.assemble import assemble
from extract.pdf_reader.ink import Look, Rule, Sheet, Word
from extract.programs import SEARCH_PATH, find_program

READ_FROM_PICTURE = "The form was read from a picture, so letters may be wrong."
MOST_PAGES = 20
SECONDS_A_PAGE = 20
_MOST_PIXELS = 60_000_000
_WORK_WIDTH = 2480
"""Pixels across an A4 page at 300 dots an inch, the size that Tesseract reads best."""
_A4_WIDTH = 595.0
_LEAST_CONFIDENCE = 20.0
_STEEPEST = 4.0
_CLEARLY_LARGER = 1.35
_TYPE_SIZE = 1.25
"""Type size as a multiple of the height of its letters."""

Ink = Any  # a numpy array of booleans, True where there is ink
Picture = Any  # a PIL image


@dataclass(frozen=True, slots=True)
class _Run:
    """A straight stretch of ink: `at` across its direction, from `start` to `end`, in pixels."""

    at: float
    start: int
    end: int


def read_image(data: bytes, name: str) -> Transcript:
    """What a photograph or scan of a form says; UnreadableError where there is nothing to read, or to read it with."""
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    _find_tesseract(name)
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data)) as image:
            frames = [ImageOps.exif_transpose(frame).convert("L") for frame in ImageSequence.Iterator(image)]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as problem:
        raise UnreadableError(
            ErrorCode.CORRUPT, f"{name} is a damaged picture. Send the form itself, as a Word document or a PDF."
        ) from problem
    except Image.DecompressionBombError as problem:
        raise UnreadableError(
            ErrorCode.TOO_LARGE, f"{name} is too large a picture. Send the form itself, as a Word document or a PDF."
        ) from problem
    return read_pictures(frames, name)


def read_scanned_pdf(data: bytes, name: str) -> Transcript:
    """What a PDF that holds only pictures of pages says."""
    from pypdfium2 import PdfDocument, PdfiumError

    _find_tesseract(name)
    document = PdfDocument(data)
    try:
        if len(document) > MOST_PAGES:
            raise UnreadableError(
                ErrorCode.TOO_COMPLEX, f"{name} has {len(document)} scanned pages. Send only the pages of the form."
            )
        pages = [
            document[number].render(scale=_WORK_WIDTH / _A4_WIDTH / 1.0).to_pil() for number in range(len(document))
        ]
    except PdfiumError as problem:
        raise UnreadableError(
            ErrorCode.CORRUPT, f"{name} is damaged: it has pages that cannot be shown. Export it again and resend."
        ) from problem
    finally:
        document.close()
    return read_pictures([page.convert("L") for page in pages], name)


def read_pictures(pictures: Sequence[Picture], name: str) -> Transcript:
    """The pages of one form, first page first."""
    if len(pictures) > MOST_PAGES:
        raise UnreadableError(ErrorCode.TOO_COMPLEX, f"{name} has too many pages. Send only the pages of the form.")
    sheets = [_read_page(picture, number, name) for number, picture in enumerate(pictures, start=1)]
    if not any(word.text.isalpha() and len(word.text) > 2 for sheet in sheets for word in sheet.words):
        raise UnreadableError(
            ErrorCode.NEEDS_OCR,
            f"{name} is a picture, and we could not read any words in it. Send the form as a Word document, or as a"
            " PDF saved from it.",
        )
    return Transcript("pdf", tuple(assemble(sheets, (), ())), notes=(READ_FROM_PICTURE,))


def _read_page(picture: Picture, number: int, name: str) -> Sheet:
    import numpy

    page = _straightened(picture)
    ink = numpy.asarray(page) < 140
    scale = _A4_WIDTH / page.width
    words = list(_recognised(page, scale, number, name))
    ticks = [_tick(ink, square, scale, number) for square in _squares(ink)]
    # A letter is square too: a box that stands inside a word is part of it.
    ticks = [tick for tick in ticks if not any(_is_in_word(tick, word) for word in words)]
    words = [word for word in words if not any(_covers(tick, word) for tick in ticks)]
    sheet = Sheet(number, page.width * scale, page.height * scale, words=[*words, *ticks])
    # A line of text is no rule: rules are far longer than any stroke of a letter.
    sheet.rules = [
        Rule(False, run.at * scale, run.start * scale, run.end * scale) for run in _runs(ink, int(30 / scale))
    ] + [Rule(True, run.at * scale, run.start * scale, run.end * scale) for run in _runs(ink.T, int(13 / scale))]
    return sheet


# -- the page made straight, flat and black on white ------------------------------------------------------------------


def _straightened(picture: Picture) -> Picture:
    """The page upright, without its surroundings, evenly lit, at the working size."""
    from PIL import Image, ImageChops, ImageFilter, ImageOps

    page = _without_surroundings(picture)
    if page.width > page.height * 1.2:
        page = page.rotate(90, expand=True)
    page = page.resize((_WORK_WIDTH, round(page.height * _WORK_WIDTH / page.width)), Image.Resampling.LANCZOS)
    # Divide by the paper's own brightness, so that a shadow is not taken for ink.
    small = page.resize((page.width // 8, page.height // 8))
    paper = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(12)).resize(page.size)
    flat = ImageChops.invert(ImageChops.subtract(paper, page))
    flat = ImageOps.autocontrast(flat, cutoff=(1, 40))
    angle = _slope(flat)
    if abs(angle) >= 0.05:
        flat = flat.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    return flat


def _without_surroundings(picture: Picture) -> Picture:
    """A photographed page cut out of the table it lies on, its corners pulled straight."""
    import numpy
    from PIL import Image

    small = picture.resize((300, max(1, round(picture.height * 300 / picture.width))))
    grey = numpy.asarray(small).astype(float)
    border = numpy.concatenate([grey[:4].ravel(), grey[-4:].ravel(), grey[:, :4].ravel(), grey[:, -4:].ravel()])
    middle = float(numpy.percentile(grey, 75))
    if float(numpy.median(border)) > 0.75 * middle:
        return picture
    bright = grey > (float(numpy.median(border)) + middle) / 2
    ys, xs = numpy.nonzero(bright)
    if len(xs) < 0.2 * bright.size:
        return picture
    both, across = xs + ys, xs - ys
    corners = [int(both.argmin()), int(across.argmin()), int(both.argmax()), int(across.argmax())]
    factor = picture.width / 300
    points = [(float(xs[at]) * factor, float(ys[at]) * factor) for at in corners]
    width = round(max(_distance(points[0], points[3]), _distance(points[1], points[2])))
    height = round(max(_distance(points[0], points[1]), _distance(points[3], points[2])))
    flat = [value for point in points for value in point]
    return (
        picture.transform((width, height), Image.Transform.QUAD, flat, Image.Resampling.BICUBIC) if width else picture
    )


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def _slope(page: Picture) -> float:
    """Degrees to turn the page so that its lines lie level: where the rows' ink varies most."""
    import numpy

    small = page.resize((800, round(page.height * 800 / page.width)))

    def sharpness(angle: float) -> float:
        rows = (255 - numpy.asarray(small.rotate(angle, fillcolor=255)).astype(float)).sum(axis=1)
        return float(((rows[1:] - rows[:-1]) ** 2).sum())

    best = max((step / 2 for step in range(int(-2 * _STEEPEST), int(2 * _STEEPEST) + 1)), key=sharpness)
    return max((best + step / 10 for step in range(-5, 6)), key=sharpness)


# -- words ------------------------------------------------------------------------------------------------------------


def _find_tesseract(name: str) -> str:
    found = find_program("tesseract")
    if found is None:
        raise UnreadableError(
            ErrorCode.NEEDS_OCR,
            f"{name} is a picture of a form, and Tesseract, which reads pictures, is not installed here. Send the form"
            " as a Word document, or as a PDF saved from it.",
        )
    return found


def _recognised(page: Picture, scale: float, number: int, name: str) -> Iterator[Word]:
    stream = io.BytesIO()
    page.save(stream, "PNG")
    command = [_find_tesseract(name), "stdin", "stdout", "--dpi", "300", "--psm", "11", "-l", "eng", "tsv"]
    environment = {"OMP_THREAD_LIMIT": "1", "PATH": SEARCH_PATH}
    try:
        done = subprocess.run(
            command, input=stream.getvalue(), capture_output=True, timeout=SECONDS_A_PAGE, check=False, env=environment
        )
    except subprocess.TimeoutExpired as late:
        raise UnreadableError(
            ErrorCode.TIMEOUT, f"{name} is a picture that takes too long to read. Send the form as a Word document."
        ) from late
    lines: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in csv.DictReader(
        io.StringIO(done.stdout.decode("utf-8", "replace")), delimiter="\t", quoting=csv.QUOTE_NONE
    ):
        if row.get("text", "").strip() and float(row["conf"]) >= _LEAST_CONFIDENCE:
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row)
    heights = {key: statistics.median(int(row["height"]) for row in line) for key, line in lines.items()}
    usual = statistics.median(heights.values()) if heights else 1.0
    for key, line in lines.items():
        # Words of a line share its height, as they do in a PDF, whatever letters they are made of.
        top = min(int(row["top"]) for row in line)
        bottom = max(int(row["top"]) + int(row["height"]) for row in line)
        # Lines of one type differ by which letters stand in them: only what is clearly larger is a heading.
        height = heights[key] if heights[key] > _CLEARLY_LARGER * usual else usual
        size = max(6.0, round(height * scale * _TYPE_SIZE))
        for row in line:
            left, width = int(row["left"]), int(row["width"])
            text = _without_rules(row["text"].strip())
            if text:
                yield Word(
                    text, left * scale, top * scale, (left + width) * scale, bottom * scale, Look(size=size), number
                )


def _without_rules(text: str) -> str:
    """A table's line beside a word is read as `|`; one between two letters is the sender's."""
    inner = text.strip("|[]")
    return text.strip("[]") if "|" in inner else inner


# -- rules and tick boxes ---------------------------------------------------------------------------------------------


def _runs(ink: Ink, least: int) -> list[_Run]:
    """Level stretches of ink at least `least` pixels long, a slight slope allowed, each once."""
    import numpy

    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    padded = numpy.zeros((thick.shape[0], thick.shape[1] + 2), dtype=numpy.int8)
    padded[:, 1:-1] = thick
    steps = numpy.diff(padded, axis=1)
    rows, starts = numpy.nonzero(steps == 1)
    _, ends = numpy.nonzero(steps == -1)
    long_enough = (ends - starts) >= least
    found = list(zip(rows[long_enough].tolist(), starts[long_enough].tolist(), ends[long_enough].tolist(), strict=True))
    groups: list[list[tuple[int, int, int]]] = []
    for row, start, end in found:
        for group in reversed(groups[-40:]):
            last_row, last_start, last_end = group[-1]
            if row - last_row <= 2 and start <= last_end and end >= last_start:
                group.append((row, start, end))
                break
        else:
            groups.append([(row, start, end)])
    runs = []
    for group in groups:
        height = group[-1][0] - group[0][0] + 1
        start, end = min(g[1] for g in group), max(g[2] for g in group)
        # A thick patch is a shaded cell or a picture, not a line.
        if height <= max(14, least // 6):
            runs.append(_Run(sum(g[0] for g in group) / len(group), start, end))
    return runs


def _squares(ink: Ink) -> list[tuple[int, int, int, int]]:
    """Drawn boxes of about a letter's size: (left, top, right, bottom) in pixels."""
    least, most = 22, 60
    across = [run for run in _runs(ink, least) if run.end - run.start <= most]
    down = [run for run in _runs(ink.T, least) if run.end - run.start <= most]
    found: list[tuple[int, int, int, int]] = []
    for upper in across:
        for lower in across:
            side = upper.end - upper.start
            tall = lower.at - upper.at
            if not 0.75 * side <= tall <= 1.3 * side:
                continue
            if abs(upper.start - lower.start) > 5 or abs(upper.end - lower.end) > 5:
                continue
            left = any(_stands(run, upper.start, upper.at, lower.at) for run in down)
            right = any(_stands(run, upper.end, upper.at, lower.at) for run in down)
            box = (upper.start, round(upper.at), upper.end, round(lower.at))
            if left and right and not any(abs(box[0] - b[0]) < 8 and abs(box[1] - b[1]) < 8 for b in found):
                found.append(box)
    return found


def _stands(run: _Run, at: float, top: float, bottom: float) -> bool:
    return abs(run.at - at) <= 6 and run.start <= top + 6 and run.end >= bottom - 6


def _tick(ink: Ink, square: tuple[int, int, int, int], scale: float, number: int) -> Word:
    left, top, right, bottom = square
    margin = max(4, (right - left) // 5)
    inner = ink[top + margin : bottom - margin, left + margin : right - margin]
    checked = bool(inner.size) and float(inner.mean()) > 0.08
    return Word(
        "☒" if checked else "☐",
        left * scale,
        top * scale,
        right * scale,
        bottom * scale,
        Look(size=10.0),
        number,
        control=Control(ControlKind.TICK, checked=checked),
    )


def _is_in_word(tick: Word, word: Word) -> bool:
    letters = sum(char.isalnum() for char in word.text)
    inside = word.x0 - 2 <= tick.centre <= word.x1 + 2 and word.top - 3 <= tick.middle <= word.bottom + 3
    return inside and letters >= 2 and letters >= 0.7 * len(word.text) and word.x1 - word.x0 > 1.5 * (tick.x1 - tick.x0)


def _covers(tick: Word, word: Word) -> bool:
    """Whether what was read as a word is the tick box."""
    overlap = min(tick.x1, word.x1) - max(tick.x0, word.x0)
    level = tick.top - 4 <= word.middle <= tick.bottom + 4
    return level and overlap > 0.5 * min(tick.x1 - tick.x0, word.x1 - word.x0) and len(word.text) <= 3
