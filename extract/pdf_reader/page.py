"""One page through PDFium: its characters gathered into words, its drawing into rules, fills and shapes."""

from __future__ import annotations

import ctypes
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

from casework.errors import UnreadableError
from casework.model import ErrorCode
from casework.transcript import Box
from extract.pdf_reader.glyphs import SymbolTable, is_private, plain, sign_of, symbol_table, tick_state
from extract.pdf_reader.ink import BLACK, Colour, Fill, Look, Notice, Point, Rule, Sheet, Word

MAX_CHARACTERS = 120_000
MAX_OBJECTS = 60_000
MAX_SEGMENTS = 200_000
THIN = 2.6
"""A filled rectangle this thin (points) is a drawn line."""

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
_MARKING_KINDS = {9: "Highlight", 10: "Underline", 11: "Underline", 12: "StrikeOut"}
_DRAWN_KINDS = {4: "Line", 5: "Square", 6: "Circle", 15: "Ink"}
_WRITTEN_KINDS = {1: "Text", 3: "FreeText"}
_SPACES = frozenset((0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0xA0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F, 0x3000))


class Frame:
    """Maps PDF user space to points from the top left of the page as it is displayed."""

    def __init__(self, left: float, bottom: float, right: float, top: float, turns: int) -> None:
        self._left, self._top, self._turns = left, top, turns % 4
        self._w, self._h = right - left, top - bottom
        self.width, self.height = (self._w, self._h) if turns % 2 == 0 else (self._h, self._w)
        self.turns = turns % 4

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The displayed position of a point in user space."""
        u, v = x - self._left, self._top - y
        if self._turns == 0:
            return u, v
        if self._turns == 1:
            return self._h - v, u
        if self._turns == 2:
            return self._w - u, self._h - v
        return v, self._w - u

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The displayed rectangle of a rectangle in user space, corners in any order."""
        ax, ay = self.point(x0, y0)
        bx, by = self.point(x1, y1)
        return (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def read_sheet(document: Any, index: int, also: Callable[[Any, int, Frame], None] | None = None) -> tuple[Sheet, Frame]:
    """Page `index` (0-based) of an open PDFium document. UnreadableError("too-complex") for absurd amounts.

    `also` is given the open page, its number and its frame, for what others want of it: opening a page twice is slow.
    """
    import pypdfium2.raw as pdfium

    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        frame = Frame(0, 0, 595, 842, 0)
        return Sheet(index + 1, frame.width, frame.height, unreadable=1), frame
    try:
        frame = _frame(pdfium, page)
        sheet = Sheet(index + 1, frame.width, frame.height)
        drawing = _Drawing(pdfium, frame, sheet)
        drawing.walk(page)
        text_page = pdfium.FPDFText_LoadPage(page)
        if text_page:
            try:
                _Characters(pdfium, frame, sheet, drawing.painted).walk(text_page)
            finally:
                pdfium.FPDFText_ClosePage(text_page)
        _read_notices(pdfium, page, frame, sheet, document)
        if also is not None:
            also(page, sheet.number, frame)
    finally:
        pdfium.FPDF_ClosePage(page)
    return sheet, frame


def _frame(pdfium: Any, page: Any) -> Frame:
    bounds = pdfium.FS_RECTF()
    turns = max(0, pdfium.FPDFPage_GetRotation(page))
    if not pdfium.FPDF_GetPageBoundingBox(page, bounds) or bounds.right - bounds.left < 1:
        return Frame(0, 0, 612, 792, turns)
    return Frame(bounds.left, bounds.bottom, bounds.right, bounds.top, turns)


class _Characters:
    """Gathers a text page's characters into words."""

    def __init__(self, pdfium: Any, frame: Frame, sheet: Sheet, painted: dict[int, int]) -> None:
        self._pdfium, self._frame, self._sheet, self._painted = pdfium, frame, sheet, painted
        self._looks: dict[int, tuple[Look, SymbolTable | None, int]] = {}
        self._fonts: dict[int, tuple[bool, bool, SymbolTable | None]] = {}
        self._letters: list[str] = []
        self._box: list[float] = []
        self._last: Box | None = None
        self._baseline = 0.0
        self._run = self._order = 0
        self._look = Look()
        self._turn = 0
        self._sideways: list[Word] = []

    def walk(self, text_page: Any) -> None:
        """Fill the sheet's words."""
        pdfium = self._pdfium
        count = pdfium.FPDFText_CountChars(text_page)
        if count > MAX_CHARACTERS:
            raise UnreadableError(ErrorCode.TOO_COMPLEX, "This PDF has far more text on one page than a form can have.")
        get_code, get_box, get_object = (
            pdfium.FPDFText_GetUnicode,
            pdfium.FPDFText_GetLooseCharBox,
            pdfium.FPDFText_GetTextObject,
        )
        unmapped = pdfium.FPDFText_HasUnicodeMapError
        rect = pdfium.FS_RECTF()
        reference = ctypes.byref(rect)
        addressof, frame_box = ctypes.addressof, self._frame.box
        for index in range(count):
            code = get_code(text_page, index)
            if code in _SPACES:
                self._end_word(spaced=True)
                if code in (0x0A, 0x0D):
                    self._end_sideways()
                continue
            if code == 0x02:
                # PDFium's own sign for a hyphen at the end of a line.
                code = 0x2D
            elif code == 0xFFFE:
                code = 0xAD
            text_object = get_object(text_page, index)
            if not text_object:
                continue
            address = addressof(text_object.contents)
            known = self._looks.get(address)
            if known is None:
                known = self._looks[address] = self._look_of(text_page, index, text_object)
            look, table, turn = known
            if 0xD800 <= code <= 0xDFFF:
                self._sheet.unreadable += 1
                continue
            sign = "\u00ad" if code == 0xAD else sign_of(code, table)
            lost = unmapped(text_page, index) == 1 and (table is None or code not in table)
            if lost or code == 0 or (sign and is_private(ord(sign[0]))):
                # The font does not say which letter this is: whatever the code looks like is rubbish.
                self._sheet.unreadable += 1
                continue
            if not sign:
                continue
            if not get_box(text_page, index, reference):
                continue
            box = frame_box(rect.left, rect.bottom, rect.right, rect.top)
            if (
                address != self._run
                and len(self._letters) > 1
                and not turn
                and box[0] - self._box[2] > 0.12 * look.size
            ):
                # Two runs of text with a little air between them stand in neighbouring cells.
                self._end_word(spaced=True)
            self._run = address
            if not self._letters:
                self._order = self._painted.get(address, 0)
            self._add(sign, box, look, turn)
            if len(self._letters) == 1:
                self._baseline = self._baseline_of(text_page, index)
        self._end_word(spaced=True)
        self._end_sideways()

    def _add(self, sign: str, box: Box, look: Look, turn: int) -> None:
        if self._letters and box != self._last:
            here = self._box
            if turn == 0:
                gap = box[0] - here[2]
                middle = (box[1] + box[3]) / 2
                same_line = here[1] - 0.5 <= middle <= here[3] + 0.5
                broken = not same_line or gap > 0.3 * look.size or gap < -0.6 * look.size - 0.3 * (box[2] - box[0])
            else:
                broken = False
            if broken or turn != self._turn:
                self._end_word(spaced=True)
            elif look is not self._look and look != self._look:
                self._end_word(spaced=False)
            elif tick_state(sign) is not None or tick_state("".join(self._letters)) is not None:
                self._end_word(spaced=True)
        # The letters of a ligature share one box.
        self._last = box
        if not self._letters:
            self._box = list(box)
            self._look, self._turn = look, turn
        else:
            here = self._box
            here[0], here[1] = min(here[0], box[0]), min(here[1], box[1])
            here[2], here[3] = max(here[2], box[2]), max(here[3], box[3])
        self._letters.append(sign)

    def _end_word(self, *, spaced: bool) -> None:
        if not self._letters:
            words = self._sideways if self._turn else self._sheet.words
            if spaced and words:
                words[-1].glued = False
            return
        raw = "".join(self._letters)
        # A soft hyphen inside a word shows nothing; at its end it may be the hyphen of a line wrap.
        text = plain(raw) + ("\u00ad" if raw.endswith("\u00ad") else "")
        self._letters = []
        if not text:
            return
        x0, top, x1, bottom = self._box
        size = self._look.size
        if self._turn == 0 and top - size < self._baseline < bottom + size and bottom - top < 4 * size:
            # Fonts differ in how tall they say their letters are; the line they stand on is what counts.
            top, bottom = self._baseline - 0.78 * size, self._baseline + 0.22 * size
        word = Word(text, x0, top, x1, bottom, self._look, self._sheet.number, glued=not spaced, order=self._order)
        (self._sideways if self._turn else self._sheet.words).append(word)

    def _baseline_of(self, text_page: Any, index: int) -> float:
        x, y = ctypes.c_double(), ctypes.c_double()
        self._pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
        return self._frame.point(x.value, y.value)[1]

    def _end_sideways(self) -> None:
        if not self._sideways:
            return
        words, self._sideways = self._sideways, []
        self._sheet.words.append(
            Word(
                "".join(word.text + ("" if word.glued else " ") for word in words).strip(),
                min(word.x0 for word in words),
                min(word.top for word in words),
                max(word.x1 for word in words),
                max(word.bottom for word in words),
                words[0].look,
                self._sheet.number,
                apart=True,
            )
        )

    def _look_of(self, text_page: Any, index: int, text_object: Any) -> tuple[Look, SymbolTable | None, int]:
        pdfium = self._pdfium
        size = ctypes.c_float()
        pdfium.FPDFTextObj_GetFontSize(text_object, size)
        matrix = pdfium.FS_MATRIX()
        points, turn = size.value, 0
        if pdfium.FPDFText_GetMatrix(text_page, index, matrix):
            scale = math.hypot(matrix.c, matrix.d)
            points = abs(size.value) * (scale or 1.0)
            angle = math.degrees(math.atan2(matrix.b, matrix.a)) - (90 * self._frame.turns)
            angle = (angle + 360) % 360
            turn = 0 if angle < 20 or angle > 340 else 1
            if 160 < angle < 200 and matrix.a < 0 < matrix.d:
                turn = 0
        bold, italic, table = self._font(text_object)
        colour, alpha = _colour_of(pdfium, pdfium.FPDFPageObj_GetFillColor, text_object)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(text_object)
        if mode == 2:
            bold = True
        look = Look(round(points, 1) or 1.0, bold, italic, colour, mode in (3, 7) or alpha < 8)
        return look, table, turn

    def _font(self, text_object: Any) -> tuple[bool, bool, SymbolTable | None]:
        pdfium = self._pdfium
        font = pdfium.FPDFTextObj_GetFont(text_object)
        if not font:
            return False, False, None
        address = ctypes.addressof(font.contents)
        known = self._fonts.get(address)
        if known is None:
            length = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
            buffer = ctypes.create_string_buffer(max(1, length))
            pdfium.FPDFFont_GetBaseFontName(font, buffer, length)
            name = buffer.value.decode("utf-8", "replace")
            name = name.split("+", 1)[-1]
            lower = name.lower()
            flags = pdfium.FPDFFont_GetFlags(font)
            angle = ctypes.c_int()
            slanted = bool(pdfium.FPDFFont_GetItalicAngle(font, angle)) and angle.value != 0
            bold = any(part in lower for part in _BOLD_NAMES) or pdfium.FPDFFont_GetWeight(font) >= 600
            if flags > 0 and flags & (1 << 18):
                bold = True
            italic = "italic" in lower or "oblique" in lower or slanted or (flags > 0 and bool(flags & (1 << 6)))
            known = self._fonts[address] = (bold, italic, symbol_table(name))
        return known


class _Drawing:
    """Sorts a page's objects into rules, fills and shapes, form objects included."""

    def __init__(self, pdfium: Any, frame: Frame, sheet: Sheet) -> None:
        self._pdfium, self._frame, self._sheet = pdfium, frame, sheet
        self._objects = self._segments = self._order = 0
        self.painted: dict[int, int] = {}
        """Address of each text object -> how many objects were painted before it."""
        self._page_area = max(1.0, frame.width * frame.height)

    def walk(self, page: Any) -> None:
        """Fill the sheet's rules, fills, shapes and image share."""
        pdfium = self._pdfium
        self._each(pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, page, _IDENTITY, 0)

    def _each(self, count: Callable[..., int], get: Callable[..., Any], owner: Any, matrix: Matrix, depth: int) -> None:
        pdfium = self._pdfium
        kind_of, addressof = pdfium.FPDFPageObj_GetType, ctypes.addressof
        number = count(owner)
        self._objects += max(0, number)
        if self._objects > MAX_OBJECTS:
            raise UnreadableError(
                ErrorCode.TOO_COMPLEX,
                "This PDF has far more drawing on one page than a form can have. Please send the Word form instead.",
            )
        for index in range(number):
            item = get(owner, index)
            kind = kind_of(item)
            self._order += 1
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._path(item, matrix)
            elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
                self.painted[addressof(item.contents)] = self._order
            elif kind == pdfium.FPDF_PAGEOBJ_SHADING:
                box = self._bounds(item, matrix)
                if box:
                    self._sheet.shapes.append(box)
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                box = self._bounds(item, matrix)
                if box:
                    self._sheet.image_share += min(
                        1.0, max(0.0, (box[2] - box[0]) * (box[3] - box[1])) / self._page_area
                    )
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < 8:
                own = _matrix_of(pdfium, item)
                self._each(
                    pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, item, _times(own, matrix), depth + 1
                )

    def _bounds(self, item: Any, matrix: Matrix) -> Box | None:
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not self._pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return None
        corners = [_apply(matrix, x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
        return self._frame.box(
            min(x for x, _ in corners),
            min(y for _, y in corners),
            max(x for x, _ in corners),
            max(y for _, y in corners),
        )

    def _path(self, item: Any, matrix: Matrix) -> None:
        pdfium = self._pdfium
        fill_mode, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item, fill_mode, stroke)
        filled, stroked = fill_mode.value != 0, stroke.value != 0
        if not filled and not stroked:
            return
        fill_colour, fill_alpha = _colour_of(pdfium, pdfium.FPDFPageObj_GetFillColor, item)
        stroke_colour, stroke_alpha = _colour_of(pdfium, pdfium.FPDFPageObj_GetStrokeColor, item)
        filled, stroked = filled and fill_alpha > 8, stroked and stroke_alpha > 8 and min(stroke_colour) < 250
        if not filled and not stroked:
            return
        opaque = filled and fill_alpha == 255 and not pdfium.FPDFPageObj_HasTransparency(item)
        if filled and fill_alpha < 255:
            fill_colour = _blended(fill_colour, fill_alpha)
        width = ctypes.c_float()
        pdfium.FPDFPageObj_GetStrokeWidth(item, width)
        whole = _times(_matrix_of(pdfium, item), matrix)
        thick = width.value * math.sqrt(abs(whole[0] * whole[3] - whole[1] * whole[2]))
        for points, straight in self._outlines(item, whole):
            self._outline(points, straight, filled, stroked, fill_colour, thick, opaque)

    def _outlines(self, item: Any, matrix: Matrix) -> Iterator[tuple[list[tuple[float, float]], bool]]:
        pdfium, frame = self._pdfium, self._frame
        count = pdfium.FPDFPath_CountSegments(item)
        self._segments += max(0, count)
        if self._segments > MAX_SEGMENTS:
            raise UnreadableError(
                ErrorCode.TOO_COMPLEX,
                "This PDF has far more drawing on one page than a form can have. Please send the Word form instead.",
            )
        x, y = ctypes.c_float(), ctypes.c_float()
        points: list[tuple[float, float]] = []
        straight = True
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(item, index)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO and points:
                if len(points) > 1:
                    yield points, straight
                points, straight = [], True
            if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                straight = False
            points.append(frame.point(*_apply(matrix, x.value, y.value)))
            if pdfium.FPDFPathSegment_GetClose(segment) and points[0] != points[-1]:
                points.append(points[0])
        if len(points) > 1:
            yield points, straight

    def _outline(
        self,
        points: list[tuple[float, float]],
        straight: bool,
        filled: bool,
        stroked: bool,
        colour: Colour,
        thick: float,
        opaque: bool,
    ) -> None:
        sheet = self._sheet
        box = (
            min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points),
        )  # fmt: skip
        square = straight and all(
            abs(ax - bx) < 0.35 or abs(ay - by) < 0.35 for (ax, ay), (bx, by) in itertools.pairwise(points)
        )
        width, height = box[2] - box[0], box[3] - box[1]
        if not square:
            sheet.shapes.append(box)
            if filled:
                sheet.blots.append(Fill(box, colour))
            if straight or not stroked or width < 4 or height < 4:
                return
            # A rounded rectangle frames words as a square one does: take its long straight sides.
        if filled and square:
            if min(width, height) <= THIN and max(width, height) > 2 * min(width, height) and min(colour) < 250:
                sheet.rules.append(_rule_of(box))
            elif width > 0.5 and height > 0.5 and len(points) <= 6:
                sheet.fills.append(Fill(box, colour, self._order, opaque))
            else:
                sheet.shapes.append(box)
        if stroked:
            for (ax, ay), (bx, by) in itertools.pairwise(points):
                if abs(ax - bx) < 0.35 and abs(ay - by) >= 0.5:
                    sheet.rules.append(Rule(True, (ax + bx) / 2, min(ay, by), max(ay, by)))
                elif abs(ay - by) < 0.35 and abs(ax - bx) >= 0.5:
                    if thick > 6 and not filled:
                        # A stroke as thick as text is how some programs paint a highlight.
                        sheet.fills.append(Fill((min(ax, bx), ay - thick / 2, max(ax, bx), ay + thick / 2), colour))
                    else:
                        sheet.rules.append(Rule(False, (ay + by) / 2, min(ax, bx), max(ax, bx)))


def _rule_of(box: Box) -> Rule:
    if box[2] - box[0] >= box[3] - box[1]:
        return Rule(False, (box[1] + box[3]) / 2, box[0], box[2])
    return Rule(True, (box[0] + box[2]) / 2, box[1], box[3])


def _read_notices(pdfium: Any, page: Any, frame: Frame, sheet: Sheet, document: Any) -> None:
    for index in range(min(2000, pdfium.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            flags = pdfium.FPDFAnnot_GetFlags(annotation)
            if kind == pdfium.FPDF_ANNOT_LINK:
                action = pdfium.FPDFLink_GetAction(pdfium.FPDFAnnot_GetLink(annotation))
                if action and pdfium.FPDFAction_GetType(action) == 4:
                    sheet.actions.add("starts another program")
            elif kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
                sheet.actions.add("attached file")
            if flags & 2:
                continue
            name = _MARKING_KINDS.get(kind) or _DRAWN_KINDS.get(kind) or _WRITTEN_KINDS.get(kind)
            if name is None:
                continue
            boxes = _quads(pdfium, annotation, frame) if kind in _MARKING_KINDS else []
            rect = pdfium.FS_RECTF()
            if not boxes and pdfium.FPDFAnnot_GetRect(annotation, rect):
                boxes = [frame.box(rect.left, rect.bottom, rect.right, rect.top)]
            strokes = _strokes(pdfium, annotation, frame) if name in ("Ink", "Line") else ()
            sheet.notices.append(Notice(name, tuple(boxes), annotation_text(pdfium, annotation, b"Contents"), strokes))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _quads(pdfium: Any, annotation: Any, frame: Frame) -> list[Box]:
    boxes = []
    quad = pdfium.FS_QUADPOINTSF()
    for index in range(min(500, pdfium.FPDFAnnot_CountAttachmentPoints(annotation))):
        if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, index, quad):
            xs, ys = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
            boxes.append(frame.box(min(xs), min(ys), max(xs), max(ys)))
    return boxes


def _strokes(pdfium: Any, annotation: Any, frame: Frame) -> tuple[tuple[Point, ...], ...]:
    """The lines of a drawing made by hand, or of a straight one."""
    start, end = pdfium.FS_POINTF(), pdfium.FS_POINTF()
    if pdfium.FPDFAnnot_GetLine(annotation, start, end):
        return ((frame.point(start.x, start.y), frame.point(end.x, end.y)),)
    strokes = []
    for index in range(min(50, pdfium.FPDFAnnot_GetInkListCount(annotation))):
        length = min(2_000, pdfium.FPDFAnnot_GetInkListPath(annotation, index, None, 0))
        points = (pdfium.FS_POINTF * length)()
        if length and pdfium.FPDFAnnot_GetInkListPath(annotation, index, points, length):
            strokes.append(tuple(frame.point(point.x, point.y) for point in points))
    return tuple(strokes)


def annotation_text(pdfium: Any, annotation: Any, key: bytes) -> str:
    """A text or name in an annotation's dictionary, "" where it has none."""
    length = pdfium.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if length <= 2:
        return ""
    buffer = (ctypes.c_ushort * (length // 2))()
    pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, length)
    text = bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _colour_of(pdfium: Any, getter: Callable[..., Any], item: Any) -> tuple[Colour, int]:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not getter(item, red, green, blue, alpha):
        return BLACK, 255
    return (red.value, green.value, blue.value), alpha.value


def _blended(colour: Colour, alpha: int) -> Colour:
    share = alpha / 255
    red, green, blue = (round(part * share + 255 * (1 - share)) for part in colour)
    return red, green, blue


def _matrix_of(pdfium: Any, item: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, matrix):
        return _IDENTITY
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
