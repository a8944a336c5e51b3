"""Turns .doc, .rtf and .odt into Word bytes with LibreOffice, where it is installed."""

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
_LARGEST = 60 * 1024 * 1024


def convert_to_word(data: bytes, kind: FileKind, name: str) -> bytes:
    """The same document as .docx bytes; UnreadableError where it is locked or damaged, or where nothing can convert it.

    LibreOffice runs with a profile of its own in a scratch folder, without macros or links, and is killed with all that
    it started when its time is up.
    """
    shown, ending = _NAMES[kind]
    if is_encrypted_office(data):
        raise UnreadableError(
            ErrorCode.ENCRYPTED, f"{name} is protected by a password. Save a copy without the password and send that."
        )
    office = find_program("soffice", "libreoffice")
    if office is None:
        raise UnreadableError(
            ErrorCode.UNSUPPORTED,
            f"{name} is in the {shown} format, and LibreOffice, which reads it, is not installed here. Save the form as"
            " a Word document (.docx) or as a PDF and send it again.",
        )
    with tempfile.TemporaryDirectory(prefix="formwright-convert-") as scratch:
        folder = Path(scratch)
        source = folder / f"form.{ending}"
        source.write_bytes(data)
        _run(office, source, folder, name)
        made = folder / "out" / "form.docx"
        if not made.is_file() or made.stat().st_size > _LARGEST:
            raise UnreadableError(
                ErrorCode.CORRUPT, f"{name} could not be opened. Save it as a Word document (.docx) and send that."
            )
        return made.read_bytes()


def _run(office: str, source: Path, folder: Path, name: str) -> None:
    command = [
        office,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--nologo",
        "--convert-to",
        "docx:MS Word 2007 XML",
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
