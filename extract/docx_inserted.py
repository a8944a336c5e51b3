"""The words of a file that Word was told to insert (`w:altChunk`), as plain lines."""

from __future__ import annotations

from html.parser import HTMLParser

_MOST_BYTES = 1 << 20
_SILENT = frozenset(("script", "style", "head", "title", "template"))
_BREAKS = frozenset(
    (
        *("p", "div", "br", "li", "tr", "table", "ul", "ol", "dl", "dt", "dd", "hr", "pre", "blockquote", "section"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "article", "header", "footer", "form", "fieldset", "body"),
    )
)


def read_lines(content: bytes, content_type: str) -> list[str] | None:
    """The lines of an inserted web page or plain text; None for a kind that cannot be read."""
    if len(content) > _MOST_BYTES:
        return None
    text = _decoded(content)
    if "html" in content_type or text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        page = _Page()
        page.feed(text)
        page.close()
        lines = page.lines()
    elif content_type.startswith("text/plain"):
        lines = text.splitlines()
    else:
        return None
    return [tidy for line in lines if (tidy := " ".join(line.split()))]


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


class _Page(HTMLParser):
    """The words of a page as they stand, line by line; table cells are set apart by ` | `."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._words: list[str] = []
        self._silent = 0

    def lines(self) -> list[str]:
        return [line.strip(" |") for line in "".join(self._words).split("\n")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self._words.append("\n")
        elif tag in ("td", "th"):
            self._words.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self._words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._words.append(data.replace("\n", " "))
