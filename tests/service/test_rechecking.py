"""Checking again for somebody who waits: the answer comes at once, or nobody waits for it any more."""

from __future__ import annotations

import threading
from datetime import date

from casework.form import FormLibrary
from casework.model import Answer, FieldStatus, FileKind, Reading
from service.rechecking import open_check_again

TODAY = date(2026, 11, 23)
ROLE = Reading(
    "0" * 64,
    FileKind.DOCX,
    form="supplementary-role",
    answers=(Answer("email", "nobody", "nobody", FieldStatus.ANSWERED),),
)


def test_the_checks_run_on_the_corrected_answers(library: FormLibrary) -> None:
    found = open_check_again(library, 60)(ROLE, {"email": "robin.vale@oakmere.nhs.uk"}, today=TODAY)
    assert found is not None
    assert "contact.email" in found.rules
    assert "contact.email" not in {finding.rule for finding in found.findings}


def test_what_takes_too_long_is_waited_for_no_more(library: FormLibrary) -> None:
    gate = threading.Event()

    def stuck(*_: object, **__: object) -> Reading:
        gate.wait(60)
        return ROLE

    try:
        assert open_check_again(library, 0.05, check=stuck)(ROLE, {}, today=TODAY) is None
    finally:
        gate.set()
