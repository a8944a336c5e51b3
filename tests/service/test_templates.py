"""Templates in use: tried in a child with limits, hard values come out as written, a broken one stops no letter."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pytest

from casework.errors import SettingError
from casework.lifecycle import UserRole
from casework.templates import Fault
from outputs.letter import build_acknowledgement
from outputs.our_templates import HARD_WORDS, SHIPPED_BODY, SHIPPED_SUBJECT, WORD_TEMPLATES, check_mail_text
from outputs.schedule import build_schedule
from service import templates
from service.templates import (
    build_schedule_safely,
    find_word_template,
    make_letter,
    try_mail,
    try_word,
    worded,
)
from store.database import open_database, transaction
from store.edited_texts import save_edited_text
from store.originals import keep_original
from store.people import add_person
from tests.builders_docx import make_docx
from tests.builders_schedule import a_line, a_schedule

LETTER = ("ESR-2026-0418: not taken forward", "R&D <b> {{ 7*7 }} and O’Brien & Co\n\nESR Development Team\n")
DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def words_of(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def test_a_template_that_is_tried_shows_hard_values_as_they_are_written() -> None:
    tried = try_word("letter", WORD_TEMPLATES["letter"].shipped())
    assert tried.faults == ()
    for value in HARD_WORDS:
        assert value in words_of(tried.sample)


def test_a_template_that_would_never_end_is_ended_by_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check refuses it before; were the check ever wrong, the child's limits end it."""
    loop = "{% for a in blocks %}" * 15 + "x" + "{% endfor %}" * 15
    data = make_docx("{{ title }}", loop)
    assert try_word("letter", data).faults[0].place == "Paragraph 2"
    monkeypatch.setattr(templates, "check_template", lambda *_: [])
    monkeypatch.setattr(
        templates,
        "TRY_LIMITS",
        templates.Limits(resident=256 << 20, address_space=1 << 30, cpu_seconds=1, wall_seconds=3),
    )
    (fault,) = try_word("letter", data).faults
    assert fault in (Fault("The whole file", templates._BROKE[why]) for why in ("time", "memory"))


def test_a_hostile_expression_that_passed_the_check_is_stopped_by_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "check_template", lambda *_: [])
    for words in ("{{ title.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ lipsum.__globals__ }}", "{{ range(9) }}"):
        (fault,) = try_word("letter", make_docx(words)).faults
        assert fault.place == "The whole file"


def test_an_own_template_is_used_for_letters_and_the_shipped_one_where_it_fails(
    tmp_path: Path,
) -> None:
    db = open_database(tmp_path / "x.sqlite3")
    person = add_person(db, email="a@example.nhs.uk", name="A", password_hash="x", roles=[UserRole.ADMINISTRATOR])
    own = make_docx("Our own letter of {{ date }}", "{%p for block in blocks %}", "{{ block.text }}", "{%p endfor %}")
    broken = make_docx("{{ nothing.like.it }}")
    for version, data in enumerate((own, broken)):
        text = json.dumps({"name": "own.docx", "sha256": keep_original(str(tmp_path), data)})
        with transaction(db):
            save_edited_text(db, "template/letter", text, person_id=person, reason="R", now=NOW, seen_version=version)
        made = words_of(make_letter(find_word_template(db, str(tmp_path), "letter"), LETTER, "ESR-2026-0418", DAY))
        assert made.startswith("Our own letter of 23 November 2026") == (data is own)
        assert "R&D <b> {{ 7*7 }} and O’Brien & Co" in made


def test_an_own_email_goes_round_the_words_and_values_are_never_run(tmp_path: Path) -> None:
    db = open_database(tmp_path / "x.sqlite3")
    person = add_person(db, email="a@example.nhs.uk", name="A", password_hash="x", roles=[UserRole.ADMINISTRATOR])
    build = worded("acknowledgement", build_acknowledgement, lambda: db)
    facts = {"reference": "ESR-2026-0418", "title": "R&D {{ reference }} <b>"}
    assert build(**facts) == build_acknowledgement(**facts)
    text = json.dumps({"subject": "[Trust] {{ subject }}", "body": "Good day,\n\n{{ title }}\n\nThe desk"})
    with transaction(db):
        save_edited_text(db, "mail/acknowledgement", text, person_id=person, reason="R", now=NOW, seen_version=0)
    subject = "[Trust] ESR-2026-0418: your request has been acknowledged"
    assert build(**facts) == (subject, "Good day,\n\nR&D {{ reference }} <b>\n\nThe desk\n")


@pytest.mark.parametrize("key", ["receipt", "acknowledgement", "question", "decision"])
def test_the_shipped_text_of_every_email_passes_and_says_what_we_would_say(key: str) -> None:
    assert check_mail_text(key, SHIPPED_SUBJECT, SHIPPED_BODY) == ([], [])
    subject, body = try_mail(key, SHIPPED_SUBJECT, SHIPPED_BODY)
    assert subject.startswith("ESR-2026-0418: ")
    assert body.endswith("\n\nESR Development Team\n")


def test_an_email_that_would_not_tell_what_it_must_is_refused() -> None:
    assert check_mail_text("question", "{{ message }}", "We have a question.") == (
        ["Line 1: there is no field “message”. You can use reference, subject and title."],
        ["Use {{ message }} or {{ words }}: without it the reader does not learn what they must know."],
    )
    assert check_mail_text("decision", " ", "") == (["Enter a subject."], ["Enter the words of the email."])


def test_the_shipped_schedule_template_is_tried_like_any_other() -> None:
    tried = try_word("development-schedule", WORD_TEMPLATES["development-schedule"].shipped())
    assert tried.faults == ()
    assert docx.Document(io.BytesIO(tried.sample)).tables


def test_a_schedule_template_without_its_tables_is_refused() -> None:
    (first, second) = try_word("development-schedule", make_docx("{{ quarter }}")).faults
    assert "“releases” (the coming changes)" in first.message
    assert "“justifications” (the business justifications)" in second.message


def test_an_own_schedule_template_that_breaks_is_told_and_publishes_nothing() -> None:
    schedule = a_schedule(a_line())
    with pytest.raises(SettingError, match=r"template.* is wrong"):
        build_schedule_safely(schedule, make_docx("{{ nothing.like.it }}"), ())
    with pytest.raises(SettingError, match=r"template.* is wrong"):
        build_schedule_safely(schedule, b"PK no template", ())
    shipped = WORD_TEMPLATES["development-schedule"].shipped()
    assert build_schedule_safely(schedule, shipped, ()) == build_schedule(schedule, shipped)
