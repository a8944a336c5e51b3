"""The nouns of the service as frozen values: Answer, Finding, Reading."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from casework.transcript import Locator, Unread


class FileKind(StrEnum):
    """What a file is, from its bytes and never from its name."""

    DOCX = "docx"
    DOCM = "docm"
    DOTX = "dotx"
    DOC = "doc"
    RTF = "rtf"
    ODT = "odt"
    PDF = "pdf"
    IMAGE = "image"
    EML = "eml"
    MSG = "msg"
    UNKNOWN = "unknown"


class FieldStatus(StrEnum):
    """What became of a field: see the reading contract."""

    ANSWERED = "answered"
    BLANK = "blank"
    PROMPT = "prompt"
    PLACEHOLDER = "placeholder"
    MISSING = "missing"


class Adequacy(StrEnum):
    """How far an answer that must persuade does so, weakest first."""

    ABSENT = "absent"
    PLACEHOLDER = "placeholder"
    RESTATED = "restated"
    ASSERTED = "asserted"
    EVIDENCED = "evidenced"


class Severity(StrEnum):
    """What a finding asks for: a blocker is to be put right, a query checked, advice taken or left."""

    BLOCKER = "blocker"
    QUERY = "query"
    ADVICE = "advice"


Value = str | tuple[str, ...] | None
"""Text, a tuple of canonical choices, or nothing. Dates are ISO text where they are real dates, else as written."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One field of one reading: what the sender entered, how sure we are, and where it stands."""

    field: str
    value: Value
    text: str
    status: FieldStatus
    confidence: float = 1.0
    adequacy: Adequacy | None = None
    places: tuple[Locator, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quoted passage of an answer; `start` and `end` count code points of that answer's text value."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says about a reading; no evidence where the finding is an absence.

    `message` tells the reviewer what was found, `advice` the sender what to mend; it may be empty.
    """

    rule: str
    severity: Severity
    field: str | None
    message: str
    evidence: tuple[Evidence, ...] = ()
    version: int = 1
    advice: str = ""

    @property
    def key(self) -> str:
        """What the finding is known by when somebody acts on it."""
        return finding_key(self.rule, self.field)


def finding_key(rule: str, field: str | None) -> str:
    """What a finding is known by: its rule and the field that it is about, so that two of one rule are told apart."""
    return f"{rule}:{field or ''}"


def is_among(keys: Collection[str], rule: str, field: str | None) -> bool:
    """Whether a finding is one of these; a bare rule, as older records have it, stands for it in every field."""
    return rule in keys or finding_key(rule, field) in keys


class Role(StrEnum):
    """Whose words a passage holds: the form's own, an answer, or something of the sender's that no field took."""

    FORM = "form"
    ANSWER = "answer"
    UNPLACED = "unplaced"


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of the document in reading order and what it was taken for. Together they cover every visible word.

    `level` is 1-9 for a heading, `marker` the list number or bullet that the program shows before it.
    """

    text: str
    place: Locator
    role: Role
    field: str | None = None
    level: int = 0
    marker: str = ""


class ErrorCode(StrEnum):
    """Why a file could not be read, in the reading contract's words."""

    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_LARGE = "too-large"
    TOO_COMPLEX = "too-complex"
    DANGEROUS = "dangerous"
    NEEDS_OCR = "needs-ocr"
    TIMEOUT = "timeout"
    NO_FORM = "no-form"


@dataclass(frozen=True, slots=True)
class ReadingProblem:
    """The reason a file gave no form, in plain English with what the sender can do next."""

    code: ErrorCode
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file (or one form of several in it) turned out to say.

    `form_index` counts the forms of a file that holds several, from 1. `within` names what the file or the pasted form
    came in, outermost first, and then itself; nothing for a file by itself. `rules` are the ids of the checks that had
    something to look at; what they did not find is what passed. `rules_version` is the version of the edited rules that
    the findings went by, 0 for the shipped ones.
    """

    sha256: str
    kind: FileKind
    form: str | None = None
    form_version: str | None = None
    form_confidence: float = 0.0
    form_index: int | None = None
    answers: tuple[Answer, ...] = ()
    findings: tuple[Finding, ...] = ()
    passages: tuple[Passage, ...] = ()
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    problem: ReadingProblem | None = None
    within: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    rules_version: int = 0

    def answer(self, key: str) -> Answer | None:
        """The answer to field `key`, or None where the form has no such field."""
        return next((answer for answer in self.answers if answer.field == key), None)

    def words(self, key: str) -> str:
        """The answer's text value, empty where there is none or it is a choice."""
        answer = self.answer(key)
        return answer.value if answer is not None and isinstance(answer.value, str) else ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes at the door, before anything is decided about them. `channel` is `upload`, `folder` or `mail`."""

    data: bytes
    name: str
    channel: str
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender may be told once everything is safely stored."""

    ledger_id: int
    outcome: str
    reference: str | None
    message: str
