"""What was typed into a dynamic XFA form, from the data packet that the PDF carries beside its "Please wait" page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from casework.transcript import Control, ControlKind, Locator, Paragraph, Span
from extract.pdf_reader.glyphs import plain

LARGEST = 4_000_000
"""Bytes of one packet; more is no form."""
MAX_VALUES = 2_000
LONGEST = 50_000
DEEPEST = 60
_ON = frozenset(("1", "true", "yes", "on", "y"))


@dataclass(frozen=True, slots=True)
class _Field:
    """What the form's template says of a field: its printed label, and for a tick box the value when it is on."""

    caption: str = ""
    is_tick: bool = False
    on: str = ""


def read_packets(template: bytes, datasets: bytes) -> list[Paragraph]:
    """One paragraph for each filled field, in the data's order: label, tab, value. Nothing in XML with a DTD is read.

    Labels are the template's captions (XFA 3.3, "caption"), or the fields' own names where it has none.
    """
    data = _tree(datasets)
    if data is None:
        return []
    fields: dict[str, _Field] = {}
    form = _tree(template)
    if form is not None:
        for node in form.iter("{*}field"):
            fields.setdefault(node.get("name", ""), _field_of(node))
    return [_paragraph(name, value, fields.get(name, _Field())) for name, value in _values(data)]


def _tree(xml: bytes) -> Any:
    from lxml import etree

    # A DTD can hide in UTF-16, which a search for its letters would not find.
    if not xml.strip() or len(xml) > LARGEST or b"<!DOCTYPE" in xml.replace(b"\0", b""):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        return None


def _values(root: Any) -> Iterator[tuple[str, str]]:
    """(name, value) of the leaves below the data element, empty ones left out."""
    data = next((node for node in root.iter("{*}data")), root)
    count = 0
    for node in data.iter("*"):
        if len(node) or node is data or sum(1 for _ in node.iterancestors()) > DEEPEST:
            continue
        value = plain((node.text or "").strip())[:LONGEST]
        if value:
            count += 1
            yield _local(node), value
        if count >= MAX_VALUES:
            return


def _field_of(node: Any) -> _Field:
    caption = node.find("{*}caption/{*}value")
    items = [" ".join(item.itertext()).strip() for item in node.findall("{*}items/*")]
    return _Field(
        " ".join(" ".join(caption.itertext()).split()) if caption is not None else "",
        node.find("{*}ui/{*}checkButton") is not None,
        items[0] if items else "",
    )


def _paragraph(name: str, value: str, field: _Field) -> Paragraph:
    label = field.caption or _spelt_out(name)
    place = Locator(page=1, control=name)
    if field.is_tick:
        checked = value == field.on if field.on else value.casefold() in _ON
        control = Control(ControlKind.TICK, name, name, label, checked=checked, value=value)
        return Paragraph(
            (Span("☒" if checked else "☐", control=control, place=place), Span(f" {label}", place=place)), place
        )
    control = Control(ControlKind.TEXT, name, name, label)
    return Paragraph((Span(f"{label}\t", place=place), Span(value, control=control, place=place)), place)


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _spelt_out(name: str) -> str:
    """A machine name as words: "JobTitle" and "job_title" are "Job title"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").split()
    return " ".join(words[:1] + [word if word.isupper() else word.lower() for word in words[1:]]).capitalize()
