"""A letter as a Word document: the same words as the e-mail, in the shipped template or the organisation's own."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any

from casework.wording import long_date
from outputs.letter import Letter
from outputs.letter_blocks import blocks_of
from outputs.word import describe_document, one_line, save_stable
from outputs.word_template import fill_template

AUTHOR = "ESR Development Team"


def load_letter_template() -> bytes:
    """The shipped Word template of letters."""
    return (files("outputs") / "templates" / "letter.docx").read_bytes()


def build_word_letter(letter: Letter, *, reference: str, when: date, template: bytes) -> bytes:
    """The letter as Word bytes, the same for the same letter; SettingError where the template is wrong."""
    document = fill_template(template, letter_values(letter, reference=reference, when=when))
    subject, _ = letter
    describe_document(document, title=one_line(subject), subject=reference, author=AUTHOR, when=when)
    return save_stable(document)


def letter_values(letter: Letter, *, reference: str, when: date) -> dict[str, Any]:
    """What a template of letters may use: texts, and `blocks` that each have a `kind` and a `text`."""
    subject, body = letter
    _, colon, rest = subject.partition(": ")
    return {
        "reference": one_line(reference),
        "subject": one_line(subject),
        "title": one_line(rest[:1].upper() + rest[1:]) if colon else one_line(subject),
        "date": long_date(when),
        "from": AUTHOR,
        "blocks": [
            {"kind": block.kind, "text": text}
            for block in blocks_of(body)
            for text in (
                ["\n".join(map(one_line, block.lines))]
                if block.kind == "p"
                else [one_line(line) for line in block.lines]
            )
        ],
    }
