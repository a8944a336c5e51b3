"""AcroForm fields from a PDF's own objects: their full names, values, tick states and places on the page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casework.transcript import Box, Control, ControlKind, Mark
from extract.pdf_reader.ink import Look, Word
from extract.pdf_reader.page import Frame

MAX_FIELDS = 5_000
PUSH_BUTTON, RADIO, PASSWORD = 1 << 16, 1 << 15, 1 << 13
_UNSEEN = 1 << 1 | 1 << 5
"""Hidden, or not to be viewed on a screen."""
RADIO_GROUP = ("radio",)


@dataclass(slots=True)
class Form:
    """What a PDF's form holds. `dynamic` says that the pages are only a notice and the form is XFA, `stored` that some
    list stores another value than it shows. `packets` are an XFA form's parts, by their names.
    """

    words: list[Word] = field(default_factory=list)
    homeless: list[Word] = field(default_factory=list)
    dynamic: bool = False
    xfa: bool = False
    actions: set[str] = field(default_factory=set)
    truncated: bool = False
    stored: bool = False
    packets: dict[str, bytes] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Inherited:
    """Attributes that a field takes from those above it."""

    name: str = ""
    kind: str = ""
    flags: int = 0
    value: Any = None
    options: Any = None
    label: str = ""
    dated: bool = False


def read_form(data: bytes, frames: Sequence[Frame]) -> Form:
    """The form fields of a PDF file; an empty Form where it has none or they are too damaged to read."""
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # Damaged files make the library log a line for each oddity; what matters is reported by the Transcript.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    form = Form()
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        root: Any = _object(reader.trailer["/Root"])
        _note_actions(root, form)
        acro = _object(root.get("/AcroForm"))
        if not isinstance(acro, dict):
            return form
        form.xfa = "/XFA" in acro
        if form.xfa:
            form.packets = _packets(_object(acro["/XFA"]))
        homes = _homes(reader, len(frames))
        walker = _Walker(form, homes, frames)
        for entry in _array(acro.get("/Fields")):
            walker.visit(entry, _Inherited(), 0)
        for widget in walker.unvisited():
            walker.visit(widget, _Inherited(), 0)
        _settle_radios(form)
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
    ) as problem:
        _ = problem
        form.truncated = True
    form.dynamic = form.xfa and not form.words
    return form


def _object(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _array(value: Any) -> list[Any]:
    value = _object(value)
    return list(value) if isinstance(value, list) else []


def _text(value: Any) -> str:
    """A PDF string, name or text stream as text."""
    value = _object(value)
    if value is None or (isinstance(value, (dict, list)) and not hasattr(value, "get_data")):
        return ""
    if hasattr(value, "get_data"):
        raw: bytes = value.get_data()
        text = raw.decode("utf-16", "replace") if raw[:2] in (b"\xfe\xff", b"\xff\xfe") else raw.decode("latin-1")
    elif isinstance(value, bytes):
        text = value.decode("latin-1")
    else:
        text = str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _packets(xfa: Any) -> dict[str, bytes]:
    """The template and the data of an XFA form, which come as one stream or as a list of names and streams."""
    if hasattr(xfa, "get_data"):
        whole = bytes(xfa.get_data())
        return {"template": whole, "datasets": whole}
    parts = _array(xfa)
    streams = {_text(name): _object(part) for name, part in zip(parts[::2], parts[1::2], strict=False)}
    return {
        name: bytes(streams[name].get_data())
        for name in ("template", "datasets")
        if hasattr(streams.get(name), "get_data")
    }


def _note_actions(root: Any, form: Form) -> None:
    names = _object(root.get("/Names"))
    if isinstance(names, dict):
        if "/JavaScript" in names:
            form.actions.add("script")
        if "/EmbeddedFiles" in names:
            form.actions.add("attached file")
    opening = _object(root.get("/OpenAction"))
    if isinstance(opening, dict):
        kind = _text(opening.get("/S"))
        if kind == "/JavaScript":
            form.actions.add("script")
        elif kind == "/Launch":
            form.actions.add("starts another program")
        elif kind == "/SubmitForm":
            form.actions.add("sends itself elsewhere")


def _homes(reader: Any, count: int) -> dict[int, tuple[int, Any]]:
    """Object number of each widget -> (page index, the widget)."""
    homes: dict[int, tuple[int, Any]] = {}
    for index in range(min(count, len(reader.pages))):
        for entry in _array(reader.pages[index].get("/Annots")):
            number = getattr(entry, "idnum", None)
            widget = _object(entry)
            if isinstance(widget, dict) and widget.get("/Subtype") == "/Widget":
                homes[number if number is not None else -len(homes) - 1] = (index, entry)
    return homes


class _Walker:
    """Walks the tree of fields, each node once."""

    def __init__(self, form: Form, homes: dict[int, tuple[int, Any]], frames: Sequence[Frame]) -> None:
        self._form, self._homes, self._frames = form, homes, frames
        self._seen: set[int] = set()
        self._count = 0

    def unvisited(self) -> Iterator[Any]:
        """Widgets on pages that the form's own list of fields leaves out."""
        for number, (_, entry) in list(self._homes.items()):
            if number not in self._seen and "/Parent" not in _object(entry):
                yield entry

    def visit(self, entry: Any, above: _Inherited, depth: int) -> None:
        """Read one field or widget and those below it."""
        number = getattr(entry, "idnum", None)
        node = _object(entry)
        self._count += 1
        if not isinstance(node, dict) or depth > 40 or self._count > MAX_FIELDS or (number in self._seen):
            return
        if number is not None:
            self._seen.add(number)
        own = self._inherited(node, above)
        kids = _array(node.get("/Kids"))
        if kids:
            for position, kid in enumerate(kids):
                self._kid(kid, own, depth, position)
            return
        self._widget(entry, node, own, 0)

    def _kid(self, kid: Any, own: _Inherited, depth: int, position: int) -> None:
        node = _object(kid)
        if isinstance(node, dict) and "/T" not in node and "/Kids" not in node:
            number = getattr(kid, "idnum", None)
            self._count += 1
            if number in self._seen or self._count > MAX_FIELDS:
                return
            if number is not None:
                self._seen.add(number)
            self._widget(kid, node, self._inherited(node, own), position)
        else:
            self.visit(kid, own, depth + 1)

    def _inherited(self, node: Any, above: _Inherited) -> _Inherited:
        part = _text(node.get("/T"))
        flags = _object(node.get("/Ff"))
        actions = _object(node.get("/AA"))
        dated = above.dated
        if isinstance(actions, dict):
            dated = dated or any("AFDate" in _text((_object(action) or {}).get("/JS")) for action in actions.values())
        return _Inherited(
            ".".join(piece for piece in (above.name, part) if piece),
            _text(node.get("/FT")) or above.kind,
            int(flags) if isinstance(flags, int) else above.flags,
            node.get("/V") if "/V" in node else above.value,
            node.get("/Opt") if "/Opt" in node else above.options,
            _text(node.get("/TU")) or above.label,
            dated,
        )

    def _widget(self, entry: Any, node: Any, own: _Inherited, position: int) -> None:
        if own.kind == "/Btn":
            if not own.flags & PUSH_BUTTON:
                self._button(entry, node, own, position)
        elif own.kind == "/Ch":
            options = [_option(option) for option in _array(own.options)]
            values = [_text(value) for value in _array(own.value)] or [_text(own.value)]
            shown = [dict(options).get(value, value) for value in values]
            control = Control(
                ControlKind.CHOICE, own.name, own.name, own.label, value="; ".join(values) or None,
                options=tuple(shown_as for _, shown_as in options),
            )  # fmt: skip
            self._place(entry, node, "; ".join(shown), control)
            self._keep_stored(entry, [value for value in values if value and value not in shown], control)
        elif own.kind == "/Tx":
            text = "" if own.flags & PASSWORD else _text(own.value)
            kind = ControlKind.DATE if own.dated else ControlKind.TEXT
            self._place(entry, node, text, Control(kind, own.name, own.name, own.label))
        elif own.kind == "/Sig" and _object(own.value) is not None:
            self._form.actions.add("digital signature")

    def _button(self, entry: Any, node: Any, own: _Inherited, position: int) -> None:
        states = [name for name in _appearances(node) if name != "/Off"]
        state = states[0] if states else None
        shown = _text(node.get("/AS")) if "/AS" in node else None
        chosen = _text(own.value)
        if shown is not None:
            checked = shown not in ("", "/Off") and (state is None or shown in states)
        elif state is None:
            checked = chosen not in ("", "/Off", "Off", "No")
        else:
            checked = chosen.lstrip("/") == state.lstrip("/")
        export = (state or "/Yes").lstrip("/")
        options = [_option(option) for option in _array(own.options)]
        if options:
            index = int(export) if export.isdigit() else position
            if index < len(options):
                export = options[index][0]
        control = Control(
            ControlKind.TICK, own.name, own.name, own.label, checked=checked, value=export,
            options=RADIO_GROUP if own.flags & RADIO else (),
        )  # fmt: skip
        self._form.chosen[own.name] = chosen.lstrip("/")
        before = len(self._form.words)
        self._place(entry, node, "☒" if checked else "☐", control)
        if len(self._form.words) > before:
            self._form.states[id(self._form.words[-1])] = (state or "").lstrip("/")

    def _keep_stored(self, entry: Any, values: list[str], control: Control) -> None:
        """What a list stores and shows otherwise is in the file, and a program that takes the form in would read it."""
        if values:
            home = self._homes.get(getattr(entry, "idnum", None) or 0)
            page = home[0] + 1 if home else 1
            self._form.stored = True
            self._form.homeless.append(
                Word("; ".join(values), 0, 0, 0, 0, page=page, apart=True, control=control, marks={Mark.HIDDEN})
            )

    def _place(self, entry: Any, node: Any, text: str, control: Control) -> None:
        home = self._homes.get(getattr(entry, "idnum", None) or 0)
        numbers = [_object(number) for number in _array(node.get("/Rect"))]
        flags = _object(node.get("/F"))
        if home is None or len(numbers) != 4 or not all(isinstance(number, (int, float)) for number in numbers):
            if text and control.kind is not ControlKind.TICK:
                marks = {Mark.HIDDEN} if isinstance(flags, int) and flags & _UNSEEN else set()
                self._form.homeless.append(
                    Word(text, 0, 0, 0, 0, page=home[0] + 1 if home else 1, apart=True, control=control, marks=marks)
                )
            return
        page = home[0]
        box = self._frames[page].box(*(float(number) for number in numbers))
        put_on_page(self._form, box, page + 1, text, control, flags if isinstance(flags, int) else 0)


def put_on_page(form: Form, box: Box, page: int, text: str, control: Control, flags: int) -> None:
    """Add a field to the form where it stands; `flags` are its annotation's (ISO 32000-1, 12.5.3)."""
    height = box[3] - box[1]
    size = max(4.0, min(11.0, height * 0.75))
    apart = control.kind is not ControlKind.TICK and (height > 26 or "\n" in text)
    marks = {Mark.HIDDEN} if flags & _UNSEEN else set()
    form.words.append(Word(text, *box, Look(size), page, apart=apart, control=control, marks=marks))


def _settle_radios(form: Form) -> None:
    """Where more than one button of a radio group looks pressed, the group's own value decides."""
    groups: dict[str, list[Word]] = {}
    for word in form.words:
        if word.control is not None and word.control.options == RADIO_GROUP:
            groups.setdefault(word.control.tag, []).append(word)
    for name, words in groups.items():
        pressed = [word for word in words if word.control is not None and word.control.checked]
        chosen = [word for word in pressed if form.chosen.get(name) == form.states.get(id(word))]
        for word in pressed if len(pressed) > 1 and chosen else ():
            if word not in chosen and word.control is not None:
                word.text, word.control = "☐", replace(word.control, checked=False)
        for word in words:
            if word.control is not None:
                word.control = replace(word.control, options=())


def _option(option: Any) -> tuple[str, str]:
    """(export value, text shown) of one entry of /Opt."""
    pair = _array(option)
    if len(pair) >= 2:
        return _text(pair[0]), _text(pair[1])
    return _text(option), _text(option)


def _appearances(node: Any) -> list[str]:
    appearance = _object(node.get("/AP"))
    normal = _object(appearance.get("/N")) if isinstance(appearance, dict) else None
    return list(normal) if isinstance(normal, dict) and not hasattr(normal, "get_data") else []
