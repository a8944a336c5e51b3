"""PDF bytes in, a Transcript out. Runs nothing that the file holds and knows no form."""

from __future__ import annotations

import re
from typing import Any

from casework.errors import UnreadableError
from casework.model import ErrorCode
from casework.transcript import Block, Locator, Mark, Transcript, Unread, paragraphs_of
from extract.pdf_reader.assemble import assemble, find_drawn
from extract.pdf_reader.bounds import refuse_bombs
from extract.pdf_reader.controls import Form, read_form
from extract.pdf_reader.ink import Sheet
from extract.pdf_reader.marks import PICTURE
from extract.pdf_reader.page import Frame, read_sheet
from extract.pdf_reader.second_look import look_again
from extract.pdf_reader.widgets import Widgets
from extract.pdf_reader.xfa import read_packets

MAX_BYTES = 60_000_000
MAX_PAGES = 100
_WAITING = re.compile(r"(?i)please wait|adobe reader|not supported")
LOST_SHARE = 0.2
"""With more of its letters than this unknown, a document is read from its picture instead."""
ENOUGH_LETTERS = 8
"""A page with fewer letters than this and a picture over most of it is a scan."""


def read_pdf(data: bytes) -> Transcript:
    """All that a PDF says, in reading order, with its form fields, ticks and marks.

    Raises UnreadableError: `empty`, `corrupt`, `encrypted`, `unsupported` (dynamic XFA), `needs-ocr` (pictures of
    pages, or letters that stand for nothing), `too-large` or `too-complex`.
    """
    _refuse_at_sight(data)
    refuse_bombs(data)
    sheets, frames, form_kind, properties, actions, form = _read_sheets(data)
    if form is None:
        form = read_form(data, frames) if form_kind or b"/AcroForm" in data or actions else Form()
    if form_kind >= 2 and (form.dynamic or not form.words) and _is_waiting_notice(sheets):
        return _dynamic_form(form, properties, actions)
    _refuse_unreadable(sheets, form)
    drawn = find_drawn(sheets)
    look_again(data, sheets, drawn)
    blocks = assemble(sheets, form.words, form.homeless, drawn)
    return Transcript(
        "pdf",
        tuple(blocks),
        tuple(_unread(sheets, form, actions)),
        tuple(_notes(sheets, blocks, form, actions)),
        properties,
    )


def _dynamic_form(form: Form, properties: tuple[tuple[str, str], ...], actions: set[str]) -> Transcript:
    """The data of a form whose only page says that the reader must wait, or UnreadableError where it holds none."""
    typed = read_packets(form.packets.get("template", b""), form.packets.get("datasets", b""))
    if not typed:
        raise UnreadableError(
            ErrorCode.UNSUPPORTED,
            "This PDF is a dynamic form that only Adobe Reader can open, and holds no answers that can be read here. "
            "Please open it there, print it to PDF and send that, or send the Word form instead.",
        )
    note = (
        "The PDF is a dynamic form that only Adobe Reader shows. Its answers were read from its data; how they look on "
        "the page could not be checked."
    )
    return Transcript("pdf", tuple(typed), (), (note, *_notes([], [], form, actions)), properties)


def _refuse_at_sight(data: bytes) -> None:
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableError(ErrorCode.EMPTY, "The file is empty. Please send it again.")
    if len(data) > MAX_BYTES:
        raise UnreadableError(
            ErrorCode.TOO_LARGE, "The PDF is larger than a form should be. Please send a smaller copy."
        )
    if b"%PDF-" not in data[:2048]:
        raise UnreadableError(
            ErrorCode.CORRUPT, "The file is not a PDF, whatever its name says. Please export it again."
        )


def _read_sheets(
    data: bytes,
) -> tuple[list[Sheet], list[Frame], int, tuple[tuple[str, str], ...], set[str], Form | None]:
    import pypdfium2.raw as pdfium
    from pypdfium2 import PdfDocument  # sets the library up once

    _ = PdfDocument
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        raise _opening_error(pdfium.FPDF_GetLastError(), pdfium)
    try:
        count = pdfium.FPDF_GetPageCount(document)
        if count < 1:
            raise UnreadableError(
                ErrorCode.CORRUPT, "The PDF is damaged: it has no pages. Please export it again and resend."
            )
        if count > MAX_PAGES:
            raise UnreadableError(
                ErrorCode.TOO_COMPLEX, f"The PDF has {count} pages; a form has far fewer. Please send only the form."
            )
        kind = pdfium.FPDF_GetFormType(document)
        pairs, form = _read_pages(pdfium, document, count, data if kind else b"")
        actions = {action for sheet, _ in pairs for action in sheet.actions}
        if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
            actions.add("script")
        if pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
            actions.add("attached file")
        return (
            [sheet for sheet, _ in pairs],
            [frame for _, frame in pairs],
            kind,
            _properties(pdfium, document),
            actions,
            form,
        )
    finally:
        pdfium.FPDF_CloseDocument(document)


def _read_pages(pdfium: Any, document: Any, count: int, data: bytes) -> tuple[list[tuple[Sheet, Frame]], Form | None]:
    """Every page, and the form where there is `data` of one and PDFium tells all of it."""
    if not data:
        return [read_sheet(document, index) for index in range(count)], None
    widgets = Widgets(pdfium, document)
    try:
        return [read_sheet(document, index, widgets.read_page) for index in range(count)], widgets.form(data)
    finally:
        widgets.close()


def _opening_error(code: int, pdfium: Any) -> UnreadableError:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return UnreadableError(
            ErrorCode.ENCRYPTED, "The PDF needs a password to open. Please send a copy without a password."
        )
    if code == pdfium.FPDF_ERR_SECURITY:
        return UnreadableError(
            ErrorCode.ENCRYPTED,
            "The PDF is protected in a way that cannot be opened here. Please send an unprotected copy.",
        )
    return UnreadableError(
        ErrorCode.CORRUPT, "The PDF is damaged and cannot be opened. Please export it again and resend."
    )


def _properties(pdfium: Any, document: Any) -> tuple[tuple[str, str], ...]:
    import ctypes

    out = []
    for key in ("Title", "Author", "Subject", "Producer", "Creator"):
        length = pdfium.FPDF_GetMetaText(document, key.encode(), None, 0)
        if length > 2:
            buffer = ctypes.create_string_buffer(length)
            pdfium.FPDF_GetMetaText(document, key.encode(), buffer, length)
            text = buffer.raw.decode("utf-16-le", "replace").rstrip("\0").strip()
            if text:
                out.append((key.lower(), text[:500]))
    return tuple(out)


def _letters(sheet: Sheet) -> int:
    return sum(len(word.text) for word in sheet.words if not word.look.unseen)


def _is_scan(sheet: Sheet) -> bool:
    return _letters(sheet) < ENOUGH_LETTERS and (sheet.image_share > 0.3 or not sheet.words)


def _is_waiting_notice(sheets: list[Sheet]) -> bool:
    text = " ".join(word.text for sheet in sheets for word in sheet.words)
    return len(sheets) <= 2 and len(text) < 2500 and bool(_WAITING.search(text))


def _refuse_unreadable(sheets: list[Sheet], form: Form) -> None:
    if form.words or any(notice.kind == "FreeText" for sheet in sheets for notice in sheet.notices):
        return
    if all(_is_scan(sheet) for sheet in sheets):
        raise UnreadableError(
            ErrorCode.NEEDS_OCR,
            "The PDF holds pictures of pages and no text. Please send the Word form, or a PDF saved from it.",
        )
    letters, lost = sum(_letters(sheet) for sheet in sheets), sum(sheet.unreadable for sheet in sheets)
    if lost > 20 and lost > LOST_SHARE * (letters + lost):
        raise UnreadableError(
            ErrorCode.NEEDS_OCR,
            "The letters in this PDF cannot be made out by a computer. Please send the Word form instead.",
        )


def _is_recognised(sheet: Sheet) -> bool:
    """Whether the page is a picture with letters laid under it that a scanner's program made out."""
    unseen = sum(len(word.text) for word in sheet.words if word.look.unseen)
    return sheet.image_share >= PICTURE and unseen >= ENOUGH_LETTERS


def _unread(sheets: list[Sheet], form: Form, actions: set[str]) -> list[Unread]:
    out = []
    for sheet in sheets:
        place = Locator(page=sheet.number)
        if sheet.image_share > 0.3 and _is_scan(sheet) and not _is_recognised(sheet):
            out.append(Unread("scanned page", place))
        elif sheet.unreadable > 3:
            out.append(Unread("letters that stand for nothing readable", place))
    if "attached file" in actions | form.actions:
        out.append(Unread("file attached inside the PDF"))
    if form.truncated:
        out.append(Unread("form fields that are damaged"))
    return out


def _notes(sheets: list[Sheet], blocks: list[Block], form: Form, actions: set[str]) -> list[str]:
    found = actions | form.actions
    notes = []
    if found & {"script", "starts another program", "sends itself elsewhere"}:
        notes.append("The PDF holds instructions for the computer (a script or action). They were not run.")
    if "attached file" in found:
        notes.append("The PDF has other files attached inside it. They were not opened.")
    if "digital signature" in found:
        notes.append("The PDF is digitally signed; the signature was not checked.")
    notes += [
        f"Page {sheet.number} is a picture; its words are what a scanner made out, and may be wrong."
        for sheet in sheets
        if _is_recognised(sheet)
    ]
    if form.stored:
        notes.append("The form stores another value for some choices than it shows. Both are given.")
    if _has_hidden(blocks):
        notes.append("The PDF holds text that cannot be seen on the page.")
    return notes


def _has_hidden(blocks: list[Block]) -> bool:
    spans = (span for paragraph in paragraphs_of(tuple(blocks)) for span in paragraph.spans)
    hidden = (span for span in spans if Mark.HIDDEN in span.marks and span.text.strip())
    return any(span.place is None or span.place.control is None or span.place.box is not None for span in hidden)
