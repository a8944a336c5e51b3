"""Files that are no form at all, whatever their names say, and repeats of one that is."""

from __future__ import annotations

import struct
import zlib
from functools import partial

from tests.builders_ole import a_compound_file
from tests.catalogue.entry import Accepted, Entry, Refused
from tests.catalogue.pdf_files import form_page
from tests.catalogue.word_files import form, other_package, png, with_members
from tests.catalogue.zip_files import member, zip_file

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_NOT_KNOWN = "is a kind of file that we do not know"


def old_word(*, locked: bool = False) -> bytes:
    """A Word 97 file of which only the first block is there; `locked` sets the bit that says it is encrypted."""
    block = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0x0100 if locked else 0).ljust(4096, b"\0")
    return a_compound_file({"WordDocument": block, "1Table": b"x" * 64})


def open_document() -> bytes:
    """An OpenDocument text without its content."""
    return zip_file([member("mimetype", "application/vnd.oasis.opendocument.text"), member("meta.xml", "<x/>")])


def locked_package() -> bytes:
    """A Word file with a password: a compound file with the packed one inside."""
    return a_compound_file({"EncryptedPackage": bytes(512), "EncryptionInfo": b"\4\0\4\0"})


def both_kinds() -> bytes:
    """A PDF that is a Word file too, read from its end."""
    return form_page() + form()


def _picture() -> bytes:
    rows = b"".join(b"\0" + b"\xff" * 300 for _ in range(100))
    return png(100, 100).replace(
        struct.pack(">L", 9) + b"IDAT" + zlib.compress(b"\0"), struct.pack(">L", len(rows)) + b"IDAT" + rows
    )


def _entries() -> list[Entry]:
    found: list[Entry] = []

    def add(number: int, name: str, how: str, make: object, outcome: Accepted | Refused) -> None:
        found.append(Entry(number, name, how, make, outcome))  # type: ignore[arg-type]

    add(1, "empty", "no bytes", lambda: b"", Refused("empty", "is empty"))
    add(1, "one-byte", "one byte", lambda: b"x", Refused("unsupported", _NOT_KNOWN))
    add(1, "blanks", "nothing but zeros", lambda: bytes(4096), Refused("empty", "is empty"))
    for name, data, said in (
        ("text", b"Dear team, please find my form.", "is plain text"),
        ("html", b"<html><body>My form</body></html>", "is a web page"),
        ("exe", b"MZ\x90\x00" + bytes(500), "is a program"),
    ):
        add(2, f"renamed-{name}", f"{name} named .docx", partial(bytes, data), Refused("unsupported", said))
    add(
        2,
        "renamed-rtf",
        "Rich Text named .docx",
        lambda: b"{\\rtf1\\ansi My form}",
        Refused("no-form", "not one of the forms we know"),
    )
    add(
        2,
        "renamed-jpeg",
        "a damaged picture named .docx",
        lambda: b"\xff\xd8\xff\xe0" + bytes(200),
        Refused("corrupt", "damaged picture"),
    )
    add(3, "renamed-pdf-inside", "a PDF named .docx", form_page, Accepted())
    add(3, "renamed-docx-as-pdf", "a Word file named .pdf", form, Accepted())
    add(
        4,
        "legacy-doc",
        "an old Word file with nothing in it",
        old_word,
        Refused("no-form", "there is no text in it"),
    )
    add(5, "password-docx", "a Word file with a password", locked_package, Refused("encrypted", "password"))
    add(
        5,
        "password-doc",
        "an old Word file with a password",
        partial(old_word, locked=True),
        Refused("encrypted", "password"),
    )
    add(
        5,
        "zip-encrypted-flag",
        "a part marked as encrypted",
        lambda: with_members(member("word/x.bin", "x", flags=1)),
        Refused("encrypted", "password"),
    )
    add(
        6,
        "xlsx-as-docx",
        "a spreadsheet named .docx",
        partial(other_package, "xl/workbook.xml", _SHEET),
        Refused("unsupported", "is a spreadsheet"),
    )
    add(
        6,
        "pptx-as-docx",
        "a presentation named .docx",
        partial(other_package, "ppt/presentation.xml", _SHEET),
        Refused("unsupported", "is a presentation"),
    )
    add(
        6,
        "xls-as-doc",
        "an old spreadsheet named .doc",
        lambda: a_compound_file({"Workbook": b"x"}),
        Refused("unsupported", "is a spreadsheet"),
    )
    add(6, "odt-as-docx", "OpenDocument named .docx", open_document, Refused("corrupt", "Save it as a Word document"))
    add(
        6,
        "plain-zip-as-docx",
        "a zip file named .docx",
        lambda: zip_file([member("form.docx", form())]),
        Refused("unsupported", "is a zip file"),
    )
    add(15, "polyglot-pdf-zip", "a PDF that is a Word file too", both_kinds, Accepted(("two kinds at once",)))
    add(
        34,
        "picture-flood",
        "a picture of 50,000 by 50,000 dots, alone",
        partial(png, 50_000, 50_000),
        Refused("too-large", "too large a picture"),
    )
    return found


OTHER_FILES = _entries()
