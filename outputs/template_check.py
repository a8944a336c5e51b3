"""Looks through a Word template before it is used: each fault with its place in the document and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn
from jinja2 import TemplateSyntaxError, nodes

from casework.errors import RefusedError
from casework.templates import Fault
from outputs.annotated import xml_parts
from outputs.word_places import paragraphs_by_path
from outputs.word_template import sandbox

Shape = Mapping[str, Any]
"""What a template may use, by name: `None` for a text, a Shape in a list for what is repeated."""

WHOLE = "The whole file"
_MAINS = ("wordprocessingml.document.main+xml", "wordprocessingml.template.main+xml")
_ACTIVE = ("macro", "vba", "activex", "oleobject")
_INSIDE = frozenset({"oleObject", "package", "control", "aFChunk", "subDocument", "vbaProject", "attachedToolbars"})
_OPEN, _CLOSE = re.compile(r"\{[{%#]"), re.compile(r"[}%#]\}")
_DOCX_TAG = re.compile(r"\{%(-?)\s*(?:p|tr|tc|r)\s")
_RAW = re.compile(r"\{\{\s*r\s")
_FILTERS = frozenset({"upper", "lower", "capitalize", "title", "trim", "length"})
_LOOP = dict.fromkeys(("index", "index0", "first", "last", "length"))
_DEEPEST = 3
_WHAT = {
    nodes.Call: "calls a function",
    nodes.CallBlock: "calls a function",
    nodes.Getitem: "reaches into a value with brackets",
    nodes.Macro: "defines a macro",
    nodes.Assign: "sets a value of its own",
    nodes.AssignBlock: "sets a value of its own",
    nodes.Import: "takes in another file",
    nodes.FromImport: "takes in another file",
    nodes.Include: "takes in another file",
    nodes.Extends: "takes in another file",
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One paragraph of a part: its place in words and its text."""

    place: str
    text: str


def check_template(data: bytes, shape: Shape, must_repeat: Mapping[str, str]) -> list[Fault]:
    """Everything that is wrong with a template, none where it may be tried.

    `must_repeat` names lists that the template has to show, each with what it is. Parses what somebody uploaded: to be
    run in a disposable child.
    """
    try:
        parts = xml_parts(data)
    except RefusedError:
        return [Fault(WHOLE, "This is not a Word file that can be opened. Save it in Word as .docx and upload that.")]
    faults = list(_package_faults(parts))
    if faults:
        return faults
    seen: set[str] = set()
    for name, root in parts.items():
        lines = list(_lines_of(name, root))
        if lines:
            faults += _Checker(lines, shape, seen).faults()
    if not faults:
        faults += [
            Fault(WHOLE, f"Nothing repeats for each of “{name}” ({what}). Add {{%p for … in {name} %}} or a table row.")
            for name, what in must_repeat.items()
            if name not in seen
        ]
    return faults


def _package_faults(parts: Mapping[str, Any]) -> Iterator[Fault]:
    types = parts.get("[content_types].xml")
    stated = [entry.get("ContentType", "").lower() for entry in types] if types is not None else []
    if any(word in kind for kind in stated for word in _ACTIVE):
        yield Fault(
            WHOLE, "The file holds macros or other active parts. Save it as a Word document without them (.docx)."
        )
    elif not any(kind.endswith(_MAINS) for kind in stated):
        yield Fault(WHOLE, "This is not a Word document or template. Save it in Word as .docx and upload that.")
    for name, root in parts.items():
        if not name.endswith(".rels"):
            continue
        owner = _part_in_words(name.rpartition("/")[2].removesuffix(".rels"))
        for link in root.iter("{*}Relationship"):
            kind, target = link.get("Type", "").rpartition("/")[2], link.get("Target", "")
            outside = link.get("TargetMode", "").lower() == "external"
            if outside and not (kind == "hyperlink" and re.match(r"(https?://|mailto:)", target, re.I)):
                what = {"image": "a picture", "attachedTemplate": "a template"}.get(kind, f"something ({kind})")
                yield Fault(owner, f"It takes {what} from another place: {target[:120]}. Put it into the file itself.")
            elif kind in _INSIDE:
                yield Fault(owner, "Another file stands inside it. Take it out, or put its words into the template.")


def _part_in_words(name: str) -> str:
    stem = re.sub(r"\d*\.xml$", "", name)
    known = {"document": "Document", "header": "Header", "footer": "Footer", "settings": "Settings"}
    return known.get(stem, stem.capitalize() or WHOLE)


def _lines_of(name: str, root: Any) -> Iterator[_Line]:
    """The paragraphs that are rendered: of the document, its headers, footers and notes, and its properties."""
    file = name.rpartition("/")[2]
    if name == "docprops/core.xml":
        for entry in root:
            yield _Line(f"Properties, {str(entry.tag).rpartition('}')[2].lower()}", _one_line(entry.text or ""))
        return
    part = _part_in_words(file)
    if part not in ("Document", "Header", "Footer", "Footnotes", "Endnotes", "Comments") or not name.startswith(
        "word/"
    ):
        return
    container = root.find(qn("w:body")) if part == "Document" else root
    placed = {} if container is None else {element: path for path, element in paragraphs_by_path(container).items()}
    for element in root.iter(qn("w:p")):
        path = placed.get(element, "text box")
        place = path[:1].upper() + path[1:] if part == "Document" else f"{part}, {path}"
        own = (t for t in element.iter(qn("w:t")) if next(t.iterancestors(qn("w:p"))) is element)
        yield _Line(place, _one_line("".join(t.text or "" for t in own)))


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


class _Checker:
    """One part of the template: its paragraphs are the lines of a source, so that a line number is a place."""

    def __init__(self, lines: list[_Line], shape: Shape, seen: set[str]) -> None:
        self.lines = lines
        self.shape = shape
        self.seen = seen
        self.found: list[Fault] = []

    def faults(self) -> list[Fault]:
        for number, line in enumerate(self.lines, start=1):
            if len(_OPEN.findall(line.text)) != len(_CLOSE.findall(line.text)):
                self._fault(
                    number, "A tag begins or ends here without its other half. Keep a whole tag in one paragraph."
                )
            elif _RAW.search(line.text):
                self._fault(number, "{{r … }} puts in raw Word code. Use {{ … }}, which puts in words.")
        if self.found:
            return self.found
        source = "\n".join(_DOCX_TAG.sub(r"{%\1 ", line.text) for line in self.lines)
        try:
            tree = sandbox().parse(source)
        except TemplateSyntaxError as problem:
            self._fault(problem.lineno, f"The tag cannot be understood: {problem.message}.")
            return self.found
        self._block(tree.body, dict(self.shape), 0)
        return self.found

    def _fault(self, number: int, message: str) -> None:
        line = self.lines[min(max(number, 1), len(self.lines)) - 1]
        found = Fault(line.place, message, line.text[:160])
        if found not in self.found:
            self.found.append(found)

    def _block(self, body: Iterable[nodes.Node], names: dict[str, Any], depth: int) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for part in node.nodes:
                        if not isinstance(part, nodes.TemplateData):
                            self._text(part, names)
                case nodes.If():
                    self._condition(node.test, names)
                    for branch in (node.body, node.else_):
                        self._block(branch, names, depth)
                    self._block(node.elif_, names, depth)
                case nodes.For():
                    self._loop(node, names, depth)
                case _:
                    self._not_allowed(node)

    def _loop(self, node: nodes.For, names: dict[str, Any], depth: int) -> None:
        shape = self._shape(node.iter, names)
        if shape is _WRONG:
            return
        if not isinstance(shape, list):
            self._fault(node.lineno, "Only a list can be repeated: a number, a text or a range cannot.")
            return
        if depth and isinstance(node.iter, nodes.Name) and node.iter.name in self.shape:
            self._fault(
                node.lineno, f"“{node.iter.name}” is repeated inside another repetition, which could go on for ever."
            )
            return
        if depth >= _DEEPEST or node.recursive or node.test is not None or not isinstance(node.target, nodes.Name):
            self._fault(
                node.lineno, "This repetition is too complicated. Write {% for one in list %} and nothing more."
            )
            return
        if isinstance(node.iter, nodes.Name):
            self.seen.add(node.iter.name)
        elif isinstance(node.iter, nodes.Getattr):
            self.seen.add(node.iter.attr)
        inner = {**names, node.target.name: shape[0], "loop": _LOOP}
        self._block(node.body, inner, depth + 1)
        self._block(node.else_, names, depth)

    def _text(self, node: nodes.Node, names: dict[str, Any]) -> None:
        shape = self._shape(node, names)
        if isinstance(shape, list):
            self._fault(
                node.lineno,
                "This is a list. Repeat a paragraph or a row for each of it with {%p for … %} or {%tr for … %}.",
            )
        elif isinstance(shape, dict):
            self._fault(node.lineno, f"This has parts. Write one of them: {', '.join(sorted(shape))}.")

    def _condition(self, node: nodes.Node, names: dict[str, Any]) -> None:
        match node:
            case nodes.And() | nodes.Or():
                self._condition(node.left, names)
                self._condition(node.right, names)
            case nodes.Not():
                self._condition(node.node, names)
            case nodes.Compare():
                for part in (node.expr, *(operand.expr for operand in node.ops)):
                    self._shape(part, names)
            case _:
                self._shape(node, names)

    def _shape(self, node: nodes.Node, names: dict[str, Any]) -> Any:
        """What an expression is: None for a text, a list, a mapping, or _WRONG after its fault was noted."""
        match node:
            case nodes.Const():
                return None
            case nodes.Name():
                if node.name in names:
                    return names[node.name]
                self._fault(node.lineno, f"There is no field “{node.name}”. You can use {', '.join(sorted(names))}.")
            case nodes.Getattr():
                inner = self._shape(node.node, names)
                if inner is _WRONG:
                    return _WRONG
                if isinstance(inner, dict) and node.attr in inner:
                    return inner[node.attr]
                known = f" You can use {', '.join(sorted(inner))}." if isinstance(inner, dict) else ""
                self._fault(node.lineno, f"There is no “.{node.attr}” here.{known}")
            case nodes.Filter() if node.name in _FILTERS and not node.args and not node.kwargs and node.node:
                self._shape(node.node, names)
                return None
            case nodes.Filter():
                self._fault(
                    node.lineno, f"The filter “{node.name}” is not allowed. You can use {', '.join(sorted(_FILTERS))}."
                )
            case _:
                self._not_allowed(node)
        return _WRONG

    def _not_allowed(self, node: nodes.Node) -> None:
        what = _WHAT.get(type(node), "calculates or does something else than putting in a value")
        self._fault(node.lineno, f"The tag {what}, which a template may not.")


_WRONG = object()


def shape_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The Shape of example values: texts become None, a list keeps its first item's shape."""
    return {name: _shape_of(value) for name, value in values.items()}


def _shape_of(value: Any) -> Any:
    if isinstance(value, Mapping):
        return shape_of(value)
    if isinstance(value, list):
        merged: dict[str, Any] = {}
        for item in value:
            if not isinstance(item, Mapping):
                return [None]
            merged |= shape_of(item)
        return [merged]
    return None
