"""A second, plain opinion on what a Word file says, from ECMA-376 alone: to hold the reader to, never to read with.

Where the reader walks once and keeps state, this rewrites the tree step by step until only paragraphs, tables, rows and
cells are left, and then counts. The two share no code, so they are unlikely to be wrong in the same way.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml import etree

Element = Any

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHORT = {
    _W: "w",
    _R: "r",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
}
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": _W.encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": _R.encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    b"http://purl.oclc.org/ooxml/drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
    b"http://purl.oclc.org/ooxml/drawingml/diagram": b"http://schemas.openxmlformats.org/drawingml/2006/diagram",
}
_STRUCTURE = frozenset(("w:p", "w:tbl", "w:tr", "w:tc", "w:txbxContent"))
_NO_WORDS = frozenset(
    f"w:{name}"
    for name in (
        *("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblPrEx", "tblGrid", "trPr", "tcPr", "customXmlPr"),
        *("smartTagPr", "rubyPr", "instrText", "delText", "delInstrText", "sectPr", "ffData"),
    )
)
_PICTURE_FONTS = frozenset(("wingdings", "wingdings 2", "wingdings 3", "webdings", "symbol", "zapf dingbats"))
_GREEK = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SEPARATORS = frozenset(("separator", "continuationSeparator", "continuationNotice"))


@dataclass(slots=True)
class Part:
    """One story of the document: its part, which one of that part it is, and its rewritten tree."""

    part: str
    prefix: str
    root: Element


@dataclass(slots=True)
class WordFile:
    """What a Word file says: its stories, what stands in them, and how many list numbers Word adds by itself."""

    parts: list[Part] = field(default_factory=list)
    inserted: list[str] = field(default_factory=list)
    numbered: int = 0

    def paragraphs(self) -> list[str]:
        """The words of every paragraph, wherever it stands."""
        texts = [text for part in self.parts for paragraph in _paragraphs(part.root) for text in [_text(paragraph)]]
        texts += [text for part in self.parts for text in _drawn(part.root)]
        return [*texts, *self.inserted]

    def text_at(self, part: str, path: str) -> str:
        """The words at a path as the transcript's Locator defines it; LookupError where there is no such place."""
        if part == "textbox":
            return self._text_in_box(path)
        steps = [step for step in path.split(", ") if step]
        root = self._story(part, steps)
        return _text_below(root, steps)

    def _story(self, part: str, steps: list[str]) -> Element:
        stories = [story for story in self.parts if story.part == part]
        first = steps[0] if steps else ""
        named = [story for story in stories if story.prefix and story.prefix == first]
        if named:
            del steps[0]
            return named[0].root
        plain = [story for story in stories if not story.prefix]
        if not plain:
            raise LookupError(f"no {part}")
        return plain[0].root

    def _text_in_box(self, path: str) -> str:
        anchor, number, rest = path.rpartition(", text box ")[0], *_cut(path.rpartition(", text box ")[2])
        part, _, inside = anchor.partition(", ")
        if part in ("header", "footer", "footnote", "endnote", "comment"):
            steps = inside.split(", ")
        elif ", text box " in anchor:
            raise LookupError("boxes within boxes are not looked up here")
        else:
            part, steps = "body", anchor.split(", ")
        container = _parent_of(self._story(part, steps), steps)
        boxes = [box for paragraph in _own(container, "w:p") for box in _boxes(paragraph)]
        return _text_below(boxes[number - 1], rest)


def open_word_file(data: bytes) -> WordFile:
    """The file's stories with tracked changes accepted; KeyError, BadZipFile or XMLSyntaxError where it is none."""
    package = _Package(data)
    found = WordFile()
    main = package.main()
    if main is None:
        raise KeyError("no main document")
    links = package.links(main)
    document = package.tree(main)
    body = next(iter(document.iter("w:body")), document)
    sections = list(body.iter("w:sectPr"))
    found.parts.append(Part("body", "", body))
    _rewrite(body, package, links, found)
    for kind in ("header", "footer"):
        seen: list[str] = []
        for target in dict.fromkeys(
            links.get(reference.get("r:id", ""), ("", ""))[1]
            for section in sections
            for reference in section.iter(f"w:{kind}Reference")
        ):
            if target not in package.names:
                continue
            root = package.tree(target)
            _rewrite(root, package, package.links(target), found)
            text = "\n".join(filter(None, [*map(_text, _paragraphs(root)), *_drawn(root)])).strip()
            if text and text not in seen:
                found.parts.append(Part(kind, f"{kind} {len(seen) + 1}" if seen else "", root))
                seen.append(text)
    for kind in ("footnote", "endnote", "comment"):
        target = next((to for name, to in links.values() if name == f"{kind}s"), "")
        if target not in package.names:
            continue
        notes = package.tree(target)
        _rewrite(notes, package, package.links(target), found)
        by_id = {note.get("w:id"): note for note in notes if note.get("w:type") not in _SEPARATORS}
        wanted = list(by_id)
        if kind != "comment":
            wanted = [ref.get("w:id") for ref in body.iter(f"w:{kind}Reference") if ref.get("w:id") in by_id]
        for number, name in enumerate(dict.fromkeys(wanted), start=1):
            found.parts.append(Part(kind, f"{kind} {number}", by_id[name]))
        for note in notes:
            if note.get("w:type") in _SEPARATORS:
                found.parts.append(Part(kind, f"{kind} separator", note))
    found.numbered = _numbered(found, package, links)
    return found


class _Package:
    """The parts of the zip file by lower-case name."""

    def __init__(self, data: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self.names = {name.lower(): name for name in self._zip.namelist()}

    def bytes(self, name: str) -> bytes:
        return self._zip.read(self.names[name])

    def tree(self, name: str) -> Element:
        """The part with short prefixed names ("w:p") in place of namespaces, comments left out."""
        data = self.bytes(name)
        for strict, usual in _STRICT.items():
            data = data.replace(strict, usual)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        return _shortened(etree.fromstring(data, parser))

    def main(self) -> str | None:
        return next((to for kind, to in self.links("").values() if kind == "officeDocument"), None)

    def links(self, name: str) -> dict[str, tuple[str, str]]:
        """(kind, target) by id."""
        folder, _, base = name.rpartition("/")
        path = f"{folder}/_rels/{base}.rels".lstrip("/")
        if path not in self.names:
            return {}
        found = {}
        for link in etree.fromstring(self.bytes(path)):
            target = (link.get("Target") or "").replace("\\", "/").lower()
            if link.get("TargetMode") != "External":
                whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                found[link.get("Id")] = ((link.get("Type") or "").rpartition("/")[2], whole.lstrip("/"))
        return found


class _Node(list["_Node"]):
    """An element as a list of its children, with a short name, attributes and text."""

    def __init__(self, tag: str, attributes: dict[str, str], text: str) -> None:
        super().__init__()
        self.tag = tag
        self.attributes = attributes
        self.text = text

    def get(self, name: str, default: str | None = None) -> Any:
        return self.attributes.get(name, default)

    def iter(self, *tags: str) -> Iterator[_Node]:
        if not tags or self.tag in tags:
            yield self
        for child in self:
            yield from child.iter(*tags)

    def first(self, tag: str) -> _Node | None:
        return next((child for child in self if child.tag == tag), None)

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__


def _name(name: str) -> str:
    uri, _, local = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
    return f"{_SHORT.get(uri, '?')}:{local}" if uri else local


def _shortened(element: Element) -> _Node:
    attributes = {_name(key): value for key, value in element.attrib.items()}
    node = _Node(_name(str(element.tag)), attributes, element.text or "")
    node.extend(_shortened(child) for child in element if isinstance(child.tag, str))
    return node


# Rewriting: each step makes the tree plainer.


def _rewrite(root: _Node, package: _Package, links: dict[str, tuple[str, str]], found: WordFile) -> None:
    _choose_branches(root)
    _drop_deleted(root)
    _read_controls(root)
    _insert_files(root, package, links, found)
    _unwrap(root)
    _read_fields(root)
    _join_paragraphs(root)


def _choose_branches(node: _Node) -> None:
    """One branch of mc:AlternateContent: ECMA-376 part 3, 7.5; the first with words, since Word draws them all."""
    for at, child in enumerate(node):
        if child.tag == "mc:AlternateContent":
            branches = [branch for branch in child if branch.tag in ("mc:Choice", "mc:Fallback")]
            spoken = [branch for branch in branches if any(word.text for word in branch.iter("w:t", "a:t"))]
            chosen = _Node("kept", {}, "")
            chosen.extend(*(spoken or branches)[:1] or [()])
            node[at] = chosen
    node[:] = [child for child in node if child.tag != "mc:Fallback"]
    for child in node:
        _choose_branches(child)


def _drop_deleted(node: _Node) -> None:
    """17.13.5: what was deleted or moved away, whole rows and cells too."""
    kept = []
    for child in node:
        if child.tag in ("w:del", "w:moveFrom") and node.tag not in ("w:rPr", "w:trPr"):
            continue
        about = child.first("w:trPr") if child.tag == "w:tr" else child.first("w:tcPr") if child.tag == "w:tc" else None
        if about is not None and any(mark.tag in ("w:del", "w:cellDel") for mark in about):
            continue
        kept.append(child)
    node[:] = kept
    for child in node:
        _drop_deleted(child)


def _read_controls(node: _Node) -> None:
    """A tick box's picture is no word; its state is told by w14:checkbox ([MS-DOCX] 2.6.1.15)."""
    for child in node:
        if child.tag == "w:sdt":
            about = child.first("w:sdtPr")
            if about is not None and any(True for _ in about.iter("w14:checkbox", "w:checkbox")):
                _drop_picture(child)
        _read_controls(child)


def _drop_picture(control: _Node) -> None:
    for words in control.iter("w:t", "w:sym"):
        if words.tag == "w:sym":
            words.tag = "gone"
            return
        if words.text.strip():
            first = words.text.lstrip()
            if len(first) == 1 or not first[0].isalnum():
                words.text = first[1:]
            return


def _insert_files(root: _Node, package: _Package, links: dict[str, tuple[str, str]], found: WordFile) -> None:
    """Files shown in place (17.17.2), and diagrams, whose words stand in a part of their own."""
    for chunk in root.iter("w:altChunk"):
        target = links.get(chunk.get("r:id", ""), ("", ""))[1]
        data = package.bytes(target) if target in package.names else b""
        if data.startswith(b"PK"):
            inner = open_word_file(data)
            found.inserted += [text for part in inner.parts if part.part == "body" for text in _texts(part.root)]
        elif b"<html" in data[:200].lower():
            page = data.decode("utf-8-sig", "replace")
            page = re.sub(r"(?is)<(head|script|style)\b.*?</\1>|<!--.*?-->|<!\[CDATA\[|\]\]>", " ", page)
            found.inserted.append(unescape(re.sub(r"(?s)</?(?:b|i|u|em|strong|span|font|a)\b[^>]*>", "", page)))
            found.inserted[-1] = re.sub(r"(?s)<[^>]*>", "\n", found.inserted[-1])
    for diagram in root.iter("dgm:relIds"):
        target = links.get(diagram.get("r:dm", ""), ("", ""))[1]
        if target in package.names:
            for paragraph in package.tree(target).iter("a:p"):
                found.inserted.append("".join(text.text for text in paragraph.iter("a:t")))


def _texts(root: _Node) -> list[str]:
    return [*map(_text, _paragraphs(root)), *_drawn(root)]


def _unwrap(node: _Node) -> None:
    """Round paragraphs, rows and cells every other element is only a wrapper."""
    flat: list[_Node] = []
    for child in node:
        _unwrap(child)
        holds = (
            child.tag not in _STRUCTURE
            and child.tag not in _NO_WORDS
            and any(grand.tag in _STRUCTURE - {"w:txbxContent"} for grand in child)
        )
        if holds and child.tag not in ("w:footnote", "w:endnote", "w:comment"):
            flat += child
        else:
            flat.append(child)
    node[:] = flat


def _read_fields(root: _Node) -> None:
    """17.16: of a complex field only its result shows; a list of choices shows the entry that its data names."""
    for story in [root, *root.iter("w:txbxContent")]:
        state: list[list[str]] = []
        for paragraph in _paragraphs(story, boxes=False):
            for run in list(_inline(paragraph)):
                if run.tag == "w:fldChar":
                    _turn(run, state)
                elif run.tag in ("w:t", "w:sym", "m:t") and any(is_mute == "mute" for is_mute, _ in state):
                    run.tag = "gone"
            for open_field in state:
                open_field[0] = ""


def _turn(character: _Node, state: list[list[str]]) -> None:
    kind = character.get("w:fldCharType")
    if kind == "begin":
        data = character.first("w:ffData")
        names = {entry.tag for entry in data} if data is not None else set()
        listed = next(iter(data.iter("w:ddList")), None) if data is not None else None
        if listed is not None:
            entries = [entry.get("w:val", "") for entry in listed if entry.tag == "w:listEntry"]
            picks = [pick for name in ("w:result", "w:default") if (pick := listed.first(name)) is not None]
            at = int(picks[0].get("w:val", "0")) if picks else 0
            character.tag, character.text = "w:t", entries[at] if at < len(entries) else ""
        boxed = bool(names & {"w:checkBox", "w:ddList"})
        state.append(["" if data is not None and not boxed else "mute", "boxed" if boxed else ""])
    elif kind == "separate" and state:
        state[-1][0] = "mute" if state[-1][1] else ""
    elif kind == "end" and state:
        state.pop()


def _join_paragraphs(node: _Node) -> None:
    """17.13.5.15: where a paragraph's mark was deleted, the next paragraph's words follow on."""
    kept: list[_Node] = []
    for child in node:
        before = kept[-1] if kept else None
        if child.tag == "w:p" and before is not None and before.tag == "w:p" and _mark_is_gone(before):
            about = child.first("w:pPr")
            before[:] = [part for part in before if part.tag != "w:pPr"] + list(child)
            if about is None:
                before.insert(0, _Node("w:pPr", {}, ""))
        else:
            kept.append(child)
    node[:] = kept
    for child in node:
        _join_paragraphs(child)


def _mark_is_gone(paragraph: _Node) -> bool:
    about = paragraph.first("w:pPr")
    mark = about.first("w:rPr") if about is not None else None
    return mark is not None and any(sign.tag in ("w:del", "w:moveFrom") for sign in mark)


# Words and places in the plain tree.


def _paragraphs(root: _Node, *, boxes: bool = True) -> Iterator[_Node]:
    """Every paragraph, those in text boxes behind the one that they hang on; loose words count as one."""
    loose = _Node("w:p", {}, "")
    for child in root:
        if child.tag == "w:p":
            yield child
            if boxes:
                for box in _boxes(child):
                    yield from _paragraphs(box)
        elif child.tag == "w:txbxContent":
            if boxes:
                yield from _paragraphs(child)
        elif child.tag in ("w:r", "w:hyperlink", "w:fldSimple", "w:t", "w:ruby", "m:oMath", "m:oMathPara"):
            loose.append(child)
        elif child.tag not in _NO_WORDS:
            yield from _paragraphs(child, boxes=boxes)
    if loose:
        yield loose


def _boxes(node: _Node) -> Iterator[_Node]:
    for child in node:
        if child.tag == "w:txbxContent":
            yield child
        else:
            yield from _boxes(child)


def _inline(node: _Node) -> Iterator[_Node]:
    """What stands in a paragraph itself, not in boxes that hang on it."""
    for child in node:
        if child.tag != "w:txbxContent" and child.tag not in _NO_WORDS:
            yield child
            yield from _inline(child)


def _text(paragraph: _Node) -> str:
    words: list[str] = []
    _write(paragraph, words)
    return "".join(words)


def _in_font(text: str, font: str) -> str:
    """Letters of the Symbol font are Greek; those of the other picture fonts are no words."""
    if font == "symbol":
        return "".join(_GREEK.get(chr(ord(letter) & 0xFF), letter) for letter in text)
    return re.sub(r"\w", "\u2022", text) if font in _PICTURE_FONTS else text


def _write(node: _Node, words: list[str], font: str = "") -> None:
    for child in node:
        if child.tag in _NO_WORDS or child.tag in ("w:txbxContent", "gone", "w:fldChar", "a:p"):
            continue
        if child.tag in ("w:t", "m:t"):
            text = " ".join(line.strip() for line in child.text.split("\n")) if "\n" in child.text else child.text
            words.append(_in_font(text, font))
        elif child.tag == "w:sym":
            words.append(_in_font(chr(int(child.get("w:char", "20"), 16) & 0xFF), child.get("w:font", "").lower()))
        elif child.tag in ("w:tab", "w:ptab", "w:br", "w:cr"):
            words.append("\t")
        elif child.tag == "w:noBreakHyphen":
            words.append("-")
        elif child.tag == "w:r":
            about = child.first("w:rPr")
            fonts = about.first("w:rFonts") if about is not None else None
            name = (fonts.get("w:ascii") or "") if fonts is not None else ""
            _write(child, words, name.lower())
        elif child.tag == "w:p":
            words.append("\n")
            _write(child, words)
        elif child.tag == "w:object" and any(True for _ in child.iter("o:OLEObject")):
            continue
        elif child.tag == "w:ruby":
            for name in ("w:rubyBase", "w:rt"):
                for part in child.iter(name):
                    _write(part, words, font)
        else:
            _write(child, words, font)


def _drawn(root: _Node) -> list[str]:
    """Words that are drawn: along a line, or in a drawing of another kind."""
    found = [path.get("string") or "" for path in root.iter("v:textpath")]
    return found + ["".join(text.text for text in drawn.iter("a:t")) for drawn in root.iter("a:p")]


def _own(container: _Node, tag: str) -> list[_Node]:
    """The blocks of one kind that stand in a container itself."""
    return [child for child in container if child.tag == tag]


def _cut(text: str) -> tuple[int, list[str]]:
    number, _, rest = text.partition(", ")
    return int(number), [step for step in rest.split(", ") if step]


def _parent_of(node: _Node, steps: list[str]) -> _Node:
    """The container that the last step counts in: a cell's first paragraph is named by its cell alone."""
    last = steps[-1] if steps else ""
    for step in steps[:-1] if last.startswith("paragraph ") else steps:
        node = _step(node, step)
    return node


def _step(node: _Node, step: str) -> _Node:
    name, _, number = step.rpartition(" ")
    tag = {"paragraph": "w:p", "table": "w:tbl", "row": "w:tr", "cell": "w:tc"}[name]
    found = _own(node, tag)
    if int(number) > len(found):
        raise LookupError(f"{step}: there are only {len(found)}")
    return found[int(number) - 1]


def _text_below(node: _Node, steps: list[str]) -> str:
    for step in steps:
        node = _step(node, step)
    if node.tag == "w:p":
        return _text(node)
    paragraphs = _own(node, "w:p")
    if not paragraphs:
        raise LookupError("no paragraph there")
    return _text(paragraphs[0])


def _numbered(found: WordFile, package: _Package, links: dict[str, tuple[str, str]]) -> int:
    """How many paragraphs may show a list number that is not in their words: by themselves or by their style."""
    target = next((to for name, to in links.values() if name == "styles"), "")
    styles = list(package.tree(target).iter("w:style")) if target in package.names else []
    base = {
        style.get("w:styleId"): next((entry.get("w:val") for entry in style if entry.tag == "w:basedOn"), None)
        for style in styles
    }
    listed = {style.get("w:styleId") for style in styles if any(True for _ in style.iter("w:numPr"))}
    count = 0
    for part in found.parts:
        for paragraph in part.root.iter("w:p"):
            about = paragraph.first("w:pPr")
            named = about.first("w:pStyle") if about is not None else None
            style, seen = named.get("w:val") if named is not None else None, set[Any]()
            by_style = False
            while style is not None and style not in seen:
                seen.add(style)
                by_style |= style in listed
                style = base.get(style)
            count += by_style or (about is not None and about.first("w:numPr") is not None)
    return count
