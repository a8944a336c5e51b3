"""A Word document's table of fonts: the ones that our documents are written in, and what replaces them."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsdecls

# Name, what kind of letters it has, whether each is as wide as the other.
_FONTS = (("Arial", "swiss", "variable"), ("Courier New", "modern", "fixed"), ("Symbol", "auto", "variable"))


def name_fonts(document: WordDocument) -> None:
    """Put our fonts in the place of those that the library's own template names."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:charset w:val="{"02" if name == "Symbol" else "00"}"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="{pitch}"/></w:font>'
        for name, family, pitch in _FONTS
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table._blob = f"{head}<w:fonts {nsdecls('w')}>{fonts}</w:fonts>".encode()
