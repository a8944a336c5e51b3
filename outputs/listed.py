"""Whether a built document lists everything it should: counted in its own words, after the template did its work."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

from lxml import etree

from casework.schedule import Schedule

_REFERENCE = re.compile(r"[A-Z]{2,}-\d{4}-\d{4,}")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def find_missing(schedule: Schedule, document: bytes) -> tuple[str, ...]:
    """The references that stand less often in the Word document than the schedule has lines for them."""
    wanted = Counter(line.reference for line in schedule.lines())
    found = Counter(reference for words in _paragraphs(document) for reference in _REFERENCE.findall(words))
    return tuple(sorted((wanted - found).keys()))


def _paragraphs(document: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        body = etree.fromstring(
            package.read("word/document.xml"), etree.XMLParser(resolve_entities=False, huge_tree=True)
        )
    return ["".join(part.text or "" for part in p.iter(f"{_WORD}t")) for p in body.iter(f"{_WORD}p")]
