"""Makes the Word template of letters, outputs/templates/letter.docx."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from docx.shared import Cm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from outputs.word import add_band, add_page_footer, new_document, save_stable  # noqa: E402

TARGET = ROOT / "outputs" / "templates" / "letter.docx"
_STYLES = (("heading", "Heading 2"), ("ol", "List Number"), ("ul", "List Bullet"))


def make_template() -> bytes:
    """The template's bytes; the same every time."""
    document = new_document(
        title="{{ title }}", subject="{{ reference }}", author="ESR Development Team", when=date(2026, 1, 5)
    )
    add_band(document, "ELECTRONIC STAFF RECORD", "{{ title }}", "{{ reference }}")
    document.add_paragraph("{{ date }}")
    document.add_paragraph("{%p for block in blocks %}")
    for number, (kind, style) in enumerate(_STYLES):
        document.add_paragraph(f'{{%p {"elif" if number else "if"} block.kind == "{kind}" %}}')
        document.add_paragraph("{{ block.text }}", style=style)
    document.add_paragraph("{%p else %}")
    document.add_paragraph("{{ block.text }}")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endfor %}")
    add_page_footer(document.sections[0], "{{ reference }}. {{ from }}, {{ date }}.", Cm(17))
    return save_stable(document)


if __name__ == "__main__":
    TARGET.write_bytes(make_template())
