"""The door of reading: bytes and a name in, Readings out. No store, no network, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from casework.errors import UnreadableError
from casework.form import FormDefinition, FormLibrary
from casework.model import ErrorCode, FieldStatus, FileKind, Passage, Reading, ReadingProblem, Role
from casework.sniff import name_of_unknown, sniff
from casework.transcript import Block, Transcript, paragraphs_of
from extract.answers import find_answers
from extract.asides import mails_of
from extract.cautions import notes_of
from extract.form_match import find_form
from extract.form_version import match_version
from extract.lines import lay_out, lines_of, passages_of
from extract.scan_reader import READ_FROM_PICTURE
from extract.split import Part, split_forms, telling_fields

_SURE_OF_PICTURES = 0.8
_FEWEST_TOLD, _SURELY_A_FORM = 3, 0.5

LARGEST = 25 * 1024 * 1024
"""Bytes; anything larger is refused before it is opened."""

_SEND_WORD_OR_PDF = "Save the form as a Word document (.docx) or as a PDF and send it again."


def read(data: bytes, name: str, *, library: FormLibrary, today: date, pictures: bool = False) -> list[Reading]:
    """The readings of one file, at least one. A file that cannot be read gives a reading with its `problem`.

    `name` is only used in messages. `today` is the day that dates are judged against. With `pictures`, scans and
    photographs are read too, which takes seconds a page; without, they give the problem `needs-ocr`.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    kind = FileKind.UNKNOWN
    try:
        _check_size(data, name)
        kind = sniff(data)
        transcript = _transcript(data, kind, name, pictures)
        transcript = replace(transcript, notes=notes_of(data, transcript))
    except UnreadableError as trouble:
        return [Reading(sha256, kind, problem=ReadingProblem(ErrorCode(trouble.code), trouble.public_message))]
    return _read_forms(transcript, sha256, kind, name, library, today)


@dataclass(frozen=True, slots=True)
class Pasted:
    """The forms in the text of a message, and what of the text is in none of them: greetings, signatures, quotes."""

    readings: tuple[Reading, ...]
    rest: tuple[Passage, ...]


def read_pasted(
    text: str,
    html: bytes | str | None,
    *,
    subject: str = "",
    sha256: str,
    kind: FileKind,
    library: FormLibrary,
    today: date,
) -> Pasted:
    """The filled-in forms that stand in the text of a message; no readings where none is there beyond doubt.

    `html` is preferred to `text`, as it shows what was ticked and highlighted. Of a thread, the newest mail that holds
    a form is read. `sha256` and `kind` are the message's. UnreadableError where the text is beyond all bounds.
    """
    from extract.html_reader import read_html
    from extract.text_reader import read_text

    shown = [read_html(html)] if html and html.strip() else []
    shown += [read_text(text)] if text.strip() or not shown else []
    for transcript in shown:
        for mail in mails_of(transcript):
            titled = replace(mail.letter, properties=(("subject", subject),) if subject else ())
            found = _read_letter(titled, sha256, kind, library, today)
            if found is not None:
                readings, around = found
                return Pasted(readings, (*_words(mail.before), *around, *_words(mail.aside), *_words(mail.after)))
    # An HTML body that shows no words is the wrapper of a message in plain text.
    whole = next((transcript for transcript in shown if transcript.blocks), shown[0])
    return Pasted((), _words(whole.blocks))


def _read_letter(
    letter: Transcript, sha256: str, kind: FileKind, library: FormLibrary, today: date
) -> tuple[tuple[Reading, ...], tuple[Passage, ...]] | None:
    """The forms in one mail and the words round them, or None where nothing in it is a form beyond doubt."""
    match = find_form(letter, library)
    if match is None:
        return None
    readings: list[Reading] = []
    around: list[Passage] = []
    for part in split_forms(letter, match, library):
        reading = _read_part(part, sha256, kind, library, today)
        if _is_filled_in(reading, part.match.form, library):
            before, held, after = _trimmed(reading.passages)
            readings.append(replace(reading, passages=held))
            around += [*before, *after]
        else:
            around += [replace(passage, role=Role.UNPLACED, field=None) for passage in reading.passages]
    if not readings:
        return None
    return tuple(readings if len(readings) == 1 else _numbered(readings)), tuple(around)


def _is_filled_in(reading: Reading, form: FormDefinition, library: FormLibrary) -> bool:
    """Whether a pasted form is one beyond doubt: a covering note names a form and gives a phone number too."""
    telling = telling_fields(form, library.forms)
    told = sum(answer.status is FieldStatus.ANSWERED and answer.field in telling for answer in reading.answers)
    return told >= _FEWEST_TOLD and reading.form_confidence >= _SURELY_A_FORM


def _trimmed(passages: tuple[Passage, ...]) -> tuple[tuple[Passage, ...], tuple[Passage, ...], tuple[Passage, ...]]:
    """The passages before a form's first word, the form's own and those after its last."""
    own = [at for at, passage in enumerate(passages) if passage.role is not Role.UNPLACED]
    first, last = own[0], own[-1] + 1
    return passages[:first], passages[first:last], passages[last:]


def _words(blocks: tuple[Block, ...]) -> tuple[Passage, ...]:
    return passages_of(lines_of(lay_out(Transcript("text", blocks))))


def _transcript(data: bytes, kind: FileKind, name: str, pictures: bool) -> Transcript:
    try:
        return _READERS[kind](data, name)
    except UnreadableError as trouble:
        if trouble.code != ErrorCode.NEEDS_OCR or not pictures:
            raise
    from extract.scan_reader import read_image, read_scanned_pdf

    return read_scanned_pdf(data, name) if kind is FileKind.PDF else read_image(data, name)


def _check_size(data: bytes, name: str) -> None:
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableError(
            ErrorCode.EMPTY,
            f"{name} is empty: it holds nothing at all. Check the file opens for you and send it again.",
        )
    if len(data) > LARGEST:
        raise UnreadableError(
            ErrorCode.TOO_LARGE,
            f"{name} is {len(data) / 1024 / 1024:.0f} MB, and we can read files up to {LARGEST // 1024 // 1024} MB. "
            "Send the form without pictures or attachments in it.",
        )


def _read_forms(
    transcript: Transcript, sha256: str, kind: FileKind, name: str, library: FormLibrary, today: date
) -> list[Reading]:
    match = find_form(transcript, library)
    if match is None:
        return [
            Reading(
                sha256,
                kind,
                passages=passages_of(lines_of(lay_out(transcript))),
                unread=transcript.unread,
                notes=transcript.notes,
                problem=ReadingProblem(ErrorCode.NO_FORM, _no_form_message(transcript, name, library)),
            )
        ]
    parts = split_forms(transcript, match, library)
    readings = [_read_part(part, sha256, kind, library, today) for part in parts]
    return readings if len(readings) == 1 else _numbered(readings)


def _read_part(part: Part, sha256: str, kind: FileKind, library: FormLibrary, today: date) -> Reading:
    transcript = part.transcript
    match, remark = match_version(transcript, part.match, library)
    answers, passages = find_answers(transcript, match.form, library, match.walked)
    if READ_FROM_PICTURE in transcript.notes:
        answers = tuple(replace(answer, confidence=answer.confidence * _SURE_OF_PICTURES) for answer in answers)
    reading = Reading(
        sha256,
        kind,
        form=match.form.key,
        form_version=match.form.version,
        form_confidence=match.confidence,
        answers=answers,
        passages=passages,
        unread=transcript.unread,
        notes=(*transcript.notes, remark) if remark else transcript.notes,
    )
    return _checked(reading, match.form, library, today)


def _numbered(readings: list[Reading]) -> list[Reading]:
    return [replace(reading, form_index=number) for number, reading in enumerate(readings, start=1)]


def known_forms(library: FormLibrary) -> str:
    """The titles of the forms that are read, as a list in words."""
    titles = [form.title for form in {form.key: form for form in library.forms}.values()]
    return ", ".join(titles[:-1]) + f" or {titles[-1]}" if len(titles) > 1 else "".join(titles)


def _no_form_message(transcript: Transcript, name: str, library: FormLibrary) -> str:
    known = known_forms(library)
    opening = next((" ".join(p.text.split()) for p in paragraphs_of(transcript.blocks) if p.text.strip()), "")
    if not opening:
        return f"{name} opens, but there is no text in it. Send a filled-in {known}."
    shown = opening if len(opening) <= 80 else opening[:77].rstrip() + "..."
    return f"{name} can be read, but it is not one of the forms we know: it begins “{shown}”. Send a filled-in {known}."


def _checked(reading: Reading, form: FormDefinition, library: FormLibrary, today: date) -> Reading:
    # Imported when it is needed: spaCy takes longer to load than most forms take to read.
    from extract.checks import check

    return check(reading, form, library, today)


def _read_word(data: bytes, name: str) -> Transcript:
    from extract.docx_reader import read_docx

    return read_docx(data)


def _read_pdf(data: bytes, name: str) -> Transcript:
    from extract.pdf_reader import read_pdf

    return read_pdf(data)


def _read_converted(kind: FileKind) -> Callable[[bytes, str], Transcript]:
    def read_converted(data: bytes, name: str) -> Transcript:
        from extract.convert import convert_to_word

        return _read_word(convert_to_word(data, kind, name), name)

    return read_converted


def _refuse(code: ErrorCode, what: str, advice: str) -> Callable[[bytes, str], Transcript]:
    def refuse(data: bytes, name: str) -> Transcript:
        raise UnreadableError(code, f"{name} {what} {advice}")

    return refuse


def _refuse_unknown(data: bytes, name: str) -> Transcript:
    raise UnreadableError(ErrorCode.UNSUPPORTED, f"{name} is {name_of_unknown(data)}. {_SEND_WORD_OR_PDF}")


_READERS: dict[FileKind, Callable[[bytes, str], Transcript]] = {
    FileKind.DOCX: _read_word,
    FileKind.DOCM: _read_word,
    FileKind.DOTX: _read_word,
    FileKind.PDF: _read_pdf,
    FileKind.DOC: _read_converted(FileKind.DOC),
    FileKind.RTF: _read_converted(FileKind.RTF),
    FileKind.ODT: _read_converted(FileKind.ODT),
    FileKind.IMAGE: _refuse(
        ErrorCode.NEEDS_OCR,
        "is a picture, so there are no words in it that we can read.",
        "Send the form itself, as a Word document or as a PDF saved from it.",
    ),
    FileKind.EML: _refuse(
        ErrorCode.UNSUPPORTED, "is a saved e-mail, which we cannot read.", "Send the form that is attached to it."
    ),
    FileKind.MSG: _refuse(
        ErrorCode.UNSUPPORTED, "is a saved e-mail, which we cannot read.", "Send the form that is attached to it."
    ),
    FileKind.UNKNOWN: _refuse_unknown,
}
