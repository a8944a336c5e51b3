"""Turns .doc, .rtf and .odt into Word bytes, and any of Word's formats into pages, with LibreOffice if installed."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from pathlib import Path

from casework.errors import UnreadableError
from casework.model import ErrorCode, FileKind
from casework.sniff import is_encrypted_office
from extract.programs import SEARCH_PATH, find_program

WALL_SECONDS = 60
_NAMES = {
    FileKind.DOC: ("old Word 97-2003 (.doc)", "doc"),
    FileKind.RTF: ("Rich Text (.rtf)", "rtf"),
    FileKind.ODT: ("OpenDocument (.odt)", "odt"),
}
CONVERTED = frozenset(_NAMES)
_ENDINGS = {kind: ending for kind, (_, ending) in _NAMES.items()} | {
    FileKind.DOCX: "docx",
    FileKind.DOCM: "docm",
    FileKind.DOTX: "dotx",
}
DRAWN = frozenset(_ENDINGS)
"""The kinds that LibreOffice can lay out as pages."""
_LARGEST = 60 * 1024 * 1024
_TO_WORD = "docx:MS Word 2007 XML"
# Words in content controls are to be drawn like all others, and not made into form fields.
_TO_PAGES = 'pdf:writer_pdf_Export:{"ExportFormFields":{"type":"boolean","value":"false"}}'

# A document of ours that people read and print: tagged for screen readers, with its outline.
_TO_PUBLISHED = (
    'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},'
    '"PDFUACompliance":{"type":"boolean","value":"true"},"ExportBookmarks":{"type":"boolean","value":"true"},'
    '"UseLosslessCompression":{"type":"boolean","value":"true"}}'
)


def convert_to_word(data: bytes, kind: FileKind, name: str) -> bytes:
    """The same document as .docx bytes; UnreadableError where it is locked or damaged, or where nothing can convert it.

    LibreOffice runs with a profile of its own in a scratch folder, without macros or links, and is killed with all that
    it started when its time is up.
    """
    shown, _ = _NAMES[kind]
    return _converted(
        data,
        kind,
        name,
        _TO_WORD,
        f"{name} is in the {shown} format, and LibreOffice, which reads it, is not installed here. Save the form as"
        " a Word document (.docx) or as a PDF and send it again.",
    )


def convert_to_pdf(data: bytes, kind: FileKind, name: str) -> bytes:
    """The pages of a Word file (any kind in `DRAWN`) as PDF bytes; UnreadableError as for `convert_to_word`."""
    missing = f"{name} cannot be shown as pages: LibreOffice, which draws them, is not installed here."
    return _converted(data, kind, name, _TO_PAGES, missing)


def convert_to_published_pdf(data: bytes, name: str) -> bytes:
    """A Word document of ours as the PDF that goes out with it; UnreadableError as for `convert_to_word`."""
    missing = f"{name} cannot be made into a PDF: LibreOffice, which does it, is not installed here."
    return _converted(data, FileKind.DOCX, name, _TO_PUBLISHED, missing)


def _converted(data: bytes, kind: FileKind, name: str, target: str, missing: str) -> bytes:
    """The file as LibreOffice saves it; `target` is its filter, `missing` the message where it is not installed."""
    if is_encrypted_office(data):
        raise UnreadableError(
            ErrorCode.ENCRYPTED, f"{name} is protected by a password. Save a copy without the password and send that."
        )
    office = find_program("soffice", "libreoffice")
    if office is None:
        raise UnreadableError(ErrorCode.UNSUPPORTED, missing)
    with tempfile.TemporaryDirectory(prefix="formwright-convert-") as scratch:
        folder = Path(scratch)
        source = folder / f"form.{_ENDINGS[kind]}"
        source.write_bytes(data)
        _run(office, source, folder, name, target)
        made = folder / "out" / f"form.{target.partition(':')[0]}"
        if not made.is_file() or made.stat().st_size > _LARGEST:
            raise UnreadableError(
                ErrorCode.CORRUPT, f"{name} could not be opened. Save it as a Word document (.docx) and send that."
            )
        return made.read_bytes()


def _run(office: str, source: Path, folder: Path, name: str, target: str) -> None:
    command = [
        office,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--nologo",
        "--convert-to",
        target,
        "--outdir",
        str(folder / "out"),
        str(source),
    ]
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": SEARCH_PATH, "LC_ALL": "C.UTF-8"}
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environment, cwd=folder, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
    ) as process:
        try:
            process.wait(WALL_SECONDS)
        except subprocess.TimeoutExpired as late:
            os.killpg(process.pid, signal.SIGKILL)
            raise UnreadableError(
                ErrorCode.TIMEOUT, f"{name} took too long to open. Save it as a Word document (.docx) and send that."
            ) from late
