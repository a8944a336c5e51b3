"""HTML as the text that a person reads: paragraphs and rows on their own lines, cells apart, no scripts or styles."""

from __future__ import annotations

import re

from lxml import etree

MOST_HTML = 2_000_000
"""Characters of a page that are read."""

_PARAGRAPH = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote"})
_OWN_LINE = _PARAGRAPH | {"address", "article", "br", "caption", "center", "dd", "div", "dl", "dt", "fieldset"}
_OWN_LINE |= {"footer", "form", "header", "hr", "li", "main", "nav", "pre", "section", "tbody", "tfoot", "thead", "tr"}
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})


def html_to_text(html: str) -> str:
    """The text of an HTML page; empty where there is none. Never raises, fetches nothing."""
    words = _Words()
    # libxml2 closes what was left open and is linear in the size; the standard library's HTML parser is neither.
    parser = etree.HTMLParser(target=words, encoding="utf-8", no_network=True, recover=True)  # type: ignore[arg-type]
    page = html[:MOST_HTML].replace("\x00", "").encode("utf-8", "replace")
    try:
        parser.feed(page or b" ")
        parser.close()
    except etree.LxmlError:
        # What came before the fault has reached `words`.
        pass
    lines = (re.sub(r"[^\S\n\t]+", " ", line).strip() for line in "".join(words.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words:
    """What libxml2 reports, one element at a time."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._unseen = 0

    def start(self, tag: str, attributes: object) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _OWN_LINE:
            self.pieces.append("\n\n" if tag in _PARAGRAPH else "\n")
        elif tag in ("td", "th") and self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\t")

    def end(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen -= 1
        elif tag in _OWN_LINE and tag != "br":
            self.pieces.append("\n\n" if tag in _PARAGRAPH else "\n")

    def data(self, data: str) -> None:
        if self._unseen < 1:
            # Line ends in the source are spaces.
            self.pieces.append(re.sub(r"\s+", " ", data))

    def close(self) -> None:
        """Nothing to hand back: the pieces are read where they are."""
