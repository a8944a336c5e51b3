"""AcroForm fields as PDFium tells them, faster than the file's objects do, and none where it cannot tell all."""

from __future__ import annotations

import codecs
import ctypes
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from casework.transcript import Control, ControlKind
from extract.pdf_reader.bounds import object_streams
from extract.pdf_reader.controls import MAX_FIELDS, PASSWORD, RADIO, Form, put_on_page
from extract.pdf_reader.page import Frame, annotation_text

_NAME = re.compile(rb"/T\s*(?:\(([^()\\]*)\)|<([0-9A-Fa-f\s]*)>|(\(|\d+\s+\d+\s+R\b))")
"""A field's own part of its name, or an annotation's author (ISO 32000-1, 12.7.3.1 and 12.5.6.2)."""
_OPENING = re.compile(rb"/OpenAction(?!\s*\[)")
_SHOWN_UNSET = re.compile(rb"\[\s*(?:\((?:\xfe\xff)?\)|<\s*(?:[Ff][Ee][Ff][Ff])?\s*>)\s*[(<]")
"""An entry of a list that stores nothing and shows something, which an unset list then shows."""
_DATE_EVENTS = (12, 13, 14, 15)
"""Keystroke, format, validate and calculate, as FPDF_ANNOT_AACTION_* numbers them."""


class _CannotTellError(Exception):
    """PDFium's interface does not show something that the field's reading hangs on."""


class Widgets:
    """The form of one open PDFium document. Show it every page while that is open, then ask for `form`, then close.

    Runs no script: PDFium gets no platform to run one on.
    """

    def __init__(self, pdfium: Any, document: Any) -> None:
        self._pdfium = pdfium
        self._form = Form(xfa=pdfium.FPDF_GetFormType(document) >= 2)
        self._seen: Counter[str] = Counter()
        self._controls: dict[str, int] = {}
        self._has_unset = False
        self._pressed: Counter[str] = Counter()
        self._authors: set[str] = set()
        # PDFium keeps a pointer to this for as long as the environment lives.
        self._info = pdfium.FPDF_FORMFILLINFO(version=1)
        self._env = pdfium.FPDFDOC_InitFormFillEnvironment(document, self._info)
        self._told = bool(self._env)

    def close(self) -> None:
        """Let go of the document, which must still be open."""
        if self._env:
            self._pdfium.FPDFDOC_ExitFormFillEnvironment(self._env)

    def read_page(self, page: Any, number: int, frame: Frame) -> None:
        """Take in the widgets of an open page, `number` counted from 1."""
        pdfium = self._pdfium
        count = pdfium.FPDFPage_GetAnnotCount(page) if self._told else 0
        loaded = False
        try:
            for index in range(count):
                annotation = pdfium.FPDFPage_GetAnnot(page, index)
                if not annotation:
                    continue
                try:
                    subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
                    if subtype != pdfium.FPDF_ANNOT_WIDGET:
                        if subtype != pdfium.FPDF_ANNOT_UNKNOWN:
                            self._authors.add(annotation_text(pdfium, annotation, b"T"))
                        continue
                    kind = pdfium.FPDFAnnot_GetFormFieldType(self._env, annotation)
                    if not loaded and kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
                        # Only then does PDFium know the states of buttons.
                        pdfium.FORM_OnAfterLoadPage(page, self._env)
                        loaded = True
                    self._read(annotation, kind, number, frame)
                finally:
                    pdfium.FPDFPage_CloseAnnot(annotation)
        except _CannotTellError:
            self._told = False
        finally:
            if loaded:
                pdfium.FORM_OnBeforeClosePage(page, self._env)

    def form(self, data: bytes) -> Form | None:
        """What the pages' widgets hold, or None where the file has, or may have, more than PDFium has shown."""
        if not self._told or (self._form.xfa and not self._seen) or self._seen != Counter(self._controls):
            return None
        if any(pressed > 1 for pressed in self._pressed.values()):
            return None
        return None if self._may_hold_more(data) else self._form

    def _read(self, annotation: Any, kind: int, number: int, frame: Frame) -> None:
        pdfium = self._pdfium
        name = self._text(pdfium.FPDFAnnot_GetFormFieldName, annotation)
        self._seen[name] += 1
        self._controls[name] = pdfium.FPDFAnnot_GetFormControlCount(self._env, annotation)
        label = annotation_text(pdfium, annotation, b"TU")
        label = label or self._text(pdfium.FPDFAnnot_GetFormFieldAlternateName, annotation)
        if kind == pdfium.FPDF_FORMFIELD_TEXTFIELD:
            secret = pdfium.FPDFAnnot_GetFormFieldFlags(self._env, annotation) & PASSWORD
            text = "" if secret else self._value(annotation)
            control = Control(self._typed_kind(annotation), name, name, label)
        elif kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
            control = self._button(annotation, name, label)
            text = "☒" if control.checked else "☐"
        elif kind in (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
            control = self._choice(annotation, name, label)
            text = control.value or ""
        elif kind == pdfium.FPDF_FORMFIELD_PUSHBUTTON:
            return
        elif kind == pdfium.FPDF_FORMFIELD_SIGNATURE and not pdfium.FPDFAnnot_HasKey(annotation, b"Parent"):
            if pdfium.FPDFAnnot_HasKey(annotation, b"V"):
                self._form.actions.add("digital signature")
            return
        else:
            raise _CannotTellError
        rect = pdfium.FS_RECTF()
        if not pdfium.FPDFAnnot_GetRect(annotation, rect) or len(self._form.words) >= MAX_FIELDS:
            raise _CannotTellError
        # PDFium's numbers are short of digits: 12.35 comes as 12.3500003.
        box = frame.box(*(round(edge, 4) for edge in (rect.left, rect.bottom, rect.right, rect.top)))
        put_on_page(self._form, box, number, text, control, pdfium.FPDFAnnot_GetFlags(annotation))

    def _value(self, annotation: Any) -> str:
        """The widget's own value, as odd forms have it, or its field's."""
        if self._pdfium.FPDFAnnot_GetValueType(annotation, b"V") == self._pdfium.FPDF_OBJECT_STRING:
            return _lines(annotation_text(self._pdfium, annotation, b"V"))
        return self._text(self._pdfium.FPDFAnnot_GetFormFieldValue, annotation)

    def _typed_kind(self, annotation: Any) -> ControlKind:
        has = self._pdfium.FPDFAnnot_HasKey
        if has(annotation, b"AA") or has(annotation, b"Parent"):
            ask = self._pdfium.FPDFAnnot_GetFormAdditionalActionJavaScript
            if any("AFDate" in self._text(ask, annotation, event) for event in _DATE_EVENTS):
                return ControlKind.DATE
        return ControlKind.TEXT

    def _button(self, annotation: Any, name: str, label: str) -> Control:
        """A tick box or radio button; which of two pressed radio buttons holds is left to the file's own objects."""
        pdfium = self._pdfium
        state = annotation_text(pdfium, annotation, b"AS")
        checked = bool(pdfium.FPDFAnnot_IsChecked(self._env, annotation))
        if not state or checked == (state == "Off"):
            raise _CannotTellError
        if checked and pdfium.FPDFAnnot_GetFormFieldFlags(self._env, annotation) & RADIO:
            self._pressed[name] += 1
        export = self._text(pdfium.FPDFAnnot_GetFormFieldExportValue, annotation)
        if not export.isascii():
            # A name's bytes may be of any alphabet (ISO 32000-1, 7.3.5), and PDFium takes them to be of one.
            raise _CannotTellError
        return Control(ControlKind.TICK, name, name, label, checked=checked, value=export)

    def _choice(self, annotation: Any, name: str, label: str) -> Control:
        """A list whose entry shown is the one stored: PDFium does not tell the stored values of the others."""
        pdfium = self._pdfium
        ask = pdfium.FPDFAnnot_GetOptionLabel
        count = min(MAX_FIELDS, max(0, pdfium.FPDFAnnot_GetOptionCount(self._env, annotation)))
        options = [self._text(ask, annotation, index) for index in range(count)]
        value = self._value(annotation)
        selected = [
            option
            for index, option in enumerate(options)
            if pdfium.FPDFAnnot_IsOptionSelected(self._env, annotation, index)
        ]
        if not value and not selected:
            self._has_unset = True
        elif selected != [value] and (selected or not pdfium.FPDFAnnot_HasKey(annotation, b"V")):
            # Without a value of its own, PDFium gives the default, which nobody chose.
            raise _CannotTellError
        return Control(ControlKind.CHOICE, name, name, label, value=value or None, options=tuple(options))

    def _may_hold_more(self, data: bytes) -> bool:
        """Whether the file names a field that stands on no page, or something that happens when it is opened."""
        known = {part for name in self._seen for part in (name, *name.split("."), "")} | self._authors
        for part in (data, *object_streams(data)):
            if _OPENING.search(part) or (self._has_unset and _SHOWN_UNSET.search(part)):
                return True
            if any(_name(found) not in known for found in set(_NAME.findall(part))):
                return True
        return False

    def _text(self, ask: Callable[..., int], annotation: Any, *more: int) -> str:
        length = ask(self._env, annotation, *more, None, 0)
        if length <= 2:
            return ""
        buffer = ctypes.create_string_buffer(length)
        ask(self._env, annotation, *more, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
        return _lines(buffer.raw.decode("utf-16-le", "replace"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _name(found: tuple[bytes, bytes, bytes]) -> str | None:
    """A name as the file writes it, or None for one that is written in an unusual way."""
    literal, digits, odd = found
    try:
        raw = literal or bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return None
    if raw.startswith(codecs.BOM_UTF16_BE):
        return _lines(raw[2:].decode("utf-16-be", "replace"))
    return None if odd or not raw.isascii() else _lines(raw.decode("ascii"))
