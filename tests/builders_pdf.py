"""PDFs for tests, drawn in code: words, ruled tables, fields, marks and damage."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

PAGE = (595.0, 842.0)


@dataclass
class Page:
    """One page to draw on; positions are points from its top left, words sit on the baseline given."""

    canvas: Canvas
    height: float = PAGE[1]

    def text(
        self, x: float, y: float, words: str, *, size: float = 11, font: str = "Helvetica", colour: str = "black"
    ) -> float:
        """Draw words and give back where they end."""
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colors.toColor(colour))
        self.canvas.drawString(x, self.height - y, words)
        self.canvas.setFillColor(colors.black)
        return x + pdfmetrics.stringWidth(words, font, size)

    def lines(self, x: float, y: float, rows: Sequence[str], *, pitch: float = 13.5, size: float = 11) -> None:
        """Draw lines of one block of text."""
        for number, row in enumerate(rows):
            self.text(x, y + number * pitch, row, size=size)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a straight line."""
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def box(self, x0: float, y0: float, x1: float, y1: float, *, fill: str | None = None, stroke: bool = True) -> None:
        """Draw a rectangle."""
        if fill is not None:
            self.canvas.setFillColor(colors.toColor(fill))
        self.canvas.rect(x0, self.height - y1, x1 - x0, y1 - y0, stroke=int(stroke), fill=int(fill is not None))
        self.canvas.setFillColor(colors.black)

    def grid(self, columns: Sequence[float], rows: Sequence[float]) -> None:
        """Draw the lines of a table."""
        self.canvas.grid(list(columns), [self.height - row for row in rows])


def make_pdf(*draw: Callable[[Page], None], encrypt: object = None, rotate: int = 0, title: str = "") -> bytes:
    """A PDF with one page for each drawing function."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PAGE, invariant=1, encrypt=encrypt)
    if title:
        canvas.setTitle(title)
    for page in draw:
        if rotate:
            canvas.setPageRotation(rotate)
        page(Page(canvas))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def raw_pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF file from the bodies of its objects; the first is the catalogue."""
    out = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """The body of a stream object."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), extra, content)


def form_pdf(
    fields: Sequence[bytes], *, content: bytes = b"", form_extra: bytes = b"", catalogue_extra: bytes = b""
) -> bytes:
    """A one-page PDF with these field dictionaries (objects 6, 7, ...), all on the page and in the form."""
    numbers = b" ".join(b"%d 0 R" % (6 + index) for index in range(len(fields)))
    roots = b" ".join(b"%d 0 R" % (6 + index) for index, field in enumerate(fields) if b"/Parent" not in field)
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]%s>>%s>>" % (roots, form_extra, catalogue_extra),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>"
            b"/Annots[%s]>>" % numbers,
            stream(content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *fields,
        ]
    )
