"""The index: what a person looks for is found whatever they type, and what was erased is found no more."""

from __future__ import annotations

import json
import random
from datetime import datetime

import pytest
from sqlite_utils import Database

from casework.events import SENDER, Event, EventKind, user_actor
from casework.model import Answer, FieldStatus, FileKind, Reading
from casework.reading_json import reading_to_record
from casework.transcript import Locator
from store.cases import add_submission, commit_reading, open_case, record
from store.database import to_text, transaction
from store.events import erase_words
from store.ledger import Outcome, add_line
from store.messages import add_message, set_message
from store.search import (
    Candidate,
    Piece,
    fill_search,
    find_candidates,
    find_matches,
    find_passages,
    match_query,
    rebuild_search,
)


def add_case(db: Database, now: datetime, *, sender: str = "", **answers: str) -> int:
    """A case whose form was read and says this."""
    with transaction(db):
        case_id, reference = open_case(db, now)
        digest = f"{case_id:064d}"
        line = add_line(
            db, channel="upload", name="form.docx", sender=sender, size=1, sha256=digest, outcome=Outcome.CASE,
            case_id=case_id, note="", hand_in_key=None, now=now,
        )  # fmt: skip
        db.execute("INSERT INTO originals VALUES (?, 1, 'docx', ?)", (digest, to_text(now)))
        submission = add_submission(
            db, case_id=case_id, ledger_id=line, sha256=digest, name=f"{reference}.docx", channel="upload",
            sender=sender, now=now,
        )  # fmt: skip
        record(db, Event(EventKind.RECEIVED, now, SENDER, case_id, facts={"submission": submission}))
        found = tuple(
            Answer(key, text, text, FieldStatus.ANSWERED, 1.0, None, (Locator(path="x"),))
            for key, text in answers.items()
        )
        reading = Reading(digest, FileKind.DOCX, form="business-justification", answers=found)
        text = json.dumps({"readings": [reading_to_record(reading)]})
        commit_reading(db, submission_id=submission, attempt="w1-a1", record_text=text, now=now)
    return case_id


def say(db: Database, now: datetime, case_id: int, kind: EventKind, facts: dict[str, str], **words: str) -> int:
    with transaction(db):
        return record(db, Event(kind, now, user_actor(1), case_id, facts=dict(facts), words=words))


def found(db: Database, text: str, *, contacts: bool = True) -> list[int]:
    query = match_query(text, contacts=contacts)
    rows = db.execute("SELECT rowid FROM case_words WHERE case_words MATCH ? ORDER BY rowid", (query,)) if query else []
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    "words",
    [
        "ESR-2026-0001",
        "esr 2026 0001",
        "payslip",
        "PAYSLIPS large",
        "print payslips",
        "Zoë",
        "zoe muller",
        "Northmoor",
        "44182",
        "4418207",
        "law asks",
        '"the law asks"',
        "priya.nair@northmoor.example.nhs.uk",
        "priya",
    ],
)
def test_a_request_is_found_by_whatever_stands_in_it(db: Database, now: datetime, words: str) -> None:
    add_case(
        db,
        now,
        sender="priya.nair@northmoor.example.nhs.uk",
        title="Payslips in large print",
        organisation="Northmoor",
        sr_number="4418207",
        requester_name="Zoë Müller",
        justification="The law asks for it",
    )
    add_case(db, now, title="Another")
    assert found(db, words) == [1]


@pytest.mark.parametrize("words", ["payslip training", '"print large"', "lip", '"pay"', "ab"])
def test_every_word_must_stand_there_from_its_beginning(db: Database, now: datetime, words: str) -> None:
    add_case(db, now, title="Payslips in large print about")
    assert found(db, words) == []


def test_what_people_say_about_a_request_is_found(db: Database, now: datetime) -> None:
    case = add_case(db, now, title="Paysilps")
    say(db, now, case, EventKind.ANSWER_CORRECTED, {"field": "title"}, value="Payslips", reason="A slip of the pen")
    say(db, now, case, EventKind.NOTED, {}, note="Ask the Wales team")
    say(db, now, case, EventKind.INFORMATION_REQUESTED, {}, message="Which trusts are affected?")
    say(db, now, case, EventKind.DECIDED, {"decision": "decline"}, reason="Possible already")
    for words in ("payslips", "paysilps", "slip of", "wales", "which trusts", "possible already"):
        assert found(db, words) == [case], words


def test_whoever_may_not_see_contacts_looks_only_where_there_are_none(db: Database, now: datetime) -> None:
    case = add_case(db, now, sender="lee@example.nhs.uk", title="Payslips", requester_name="Ann Lee")
    say(db, now, case, EventKind.NOTED, {}, note="Confidential")
    for words in ("confidential", "ann", "lee@example.nhs.uk", "payslips confidential"):
        assert (found(db, words), found(db, words, contacts=False)) == ([case], []), words
    assert found(db, "payslips", contacts=False) == [case]


def test_erased_words_are_found_no_more(db: Database, now: datetime) -> None:
    case = add_case(db, now, title="Payslips")
    number = say(db, now, case, EventKind.NOTED, {}, note="Confidential")
    with transaction(db):
        erase_words(db, number)
    assert found(db, "confidential") == []
    assert found(db, "payslips") == [case]


def test_a_message_is_found_at_the_request_that_it_was_put_to(db: Database, now: datetime) -> None:
    first, second = add_case(db, now, title="First"), add_case(db, now, title="Second")
    with transaction(db):
        line = add_line(
            db, channel="mail", name="m", sender="lee@example.nhs.uk", size=1, sha256="f" * 64, outcome=Outcome.REPLY,
            case_id=None, note="", hand_in_key=None, now=now,
        )  # fmt: skip
        db.execute("INSERT INTO originals VALUES (?, 1, 'eml', ?)", ("f" * 64, to_text(now)))
        message = add_message(db, ledger_id=line, mailbox="m", sha256="f" * 64, now=now)
        set_message(db, message, sender="lee@example.nhs.uk", subject="Our timetable", words="Thursday", case_id=first)
    assert (found(db, "thursday"), found(db, "timetable lee@")) == ([first], [first])
    with transaction(db):
        set_message(db, message, case_id=second)
    assert found(db, "thursday") == [second]


def test_a_word_in_the_title_counts_for_more_than_one_in_an_answer(db: Database, now: datetime) -> None:
    answer = add_case(db, now, title="Absence", justification="Nobody can read a payslip")
    title = add_case(db, now, title="Payslip", justification="Nobody can read it at all")
    assert [candidate.case_id for candidate in find_candidates(db, ["payslip"], 5, common=1)] == [title, answer]


def test_of_too_many_matches_the_newest_in_titles_come_first_and_then_the_newest(db: Database, now: datetime) -> None:
    old_title = add_case(db, now, title="Payslips in large print", benefits="None")
    new_title = add_case(db, now, title="Payslips by post", benefits="None")
    others = [add_case(db, now, title="Rotas", benefits=f"Fewer payslips, {number} a year") for number in range(4)]
    query = match_query("payslips")
    few = find_matches(db, query, 6, ranked=True)
    assert (set(few.ids[:2]), few.is_capped) == ({old_title, new_title}, False)
    assert sorted(few.ids) == sorted([old_title, new_title, *others])
    many = find_matches(db, query, 3, ranked=True)
    assert (set(many.ids[:2]), many.ids[2:], many.is_capped) == ({old_title, new_title}, others[:0:-1], True)
    assert find_matches(db, query, 3, ranked=False).ids == [*reversed(others[1:]), new_title, old_title]


def test_nothing_that_is_typed_is_a_mistake_of_syntax(db: Database, now: datetime) -> None:
    add_case(db, now, title="Payslips")
    chance = random.Random(7)
    parts = ['"', "'", "*", "^", "(", ")", "{", "}", ":", "-", "+", "AND", "OR", "NOT", "NEAR(", "title", "\\", "\0",
             "\x02", "\ud800", "½", "🂡", "́", "ﷺ", "payslips", " ", "  ", "a", "%", ";", "--", "日本"]  # fmt: skip
    for _ in range(3000):
        text = "".join(chance.choice(parts) for _ in range(chance.randrange(1, 12)))
        assert set(found(db, text)) <= {1}, text
        find_candidates(db, [text, text], 3)


def test_without_a_word_nothing_is_asked(db: Database) -> None:
    assert [match_query(text) for text in ("", "   ", '""', "—", '"-" *')] == [""] * 5


def test_the_passage_that_matches_is_shown_as_plain_text(db: Database, now: datetime) -> None:
    case = add_case(db, now, title="Absence", justification="Nobody <b>can</b> read a \x02payslip\x03 on paper")
    assert find_passages(db, match_query("payslip"), [case, 99]) == {
        case: (Piece("Absence\nNobody <b>can</b> read a  ", False), Piece("payslip", True), Piece("  on paper", False))
    }


def test_the_rarest_words_tell_which_requests_are_alike(db: Database, now: datetime) -> None:
    here = add_case(db, now, title="Show the study leave balance")
    near = add_case(db, now, title="Study leave balances", justification="Study leave is counted by hand")
    for number in range(8):
        add_case(db, now, title=f"Show the rota {number}")
    found_for = find_candidates(db, ["show", "the", "study leave", "balance", "balances"], 5, besides=here, common=0.5)
    assert [candidate.case_id for candidate in found_for] == [near]
    assert found_for[0].score > 0
    assert find_candidates(db, ["the"], 5) == []
    assert find_candidates(db, ["-", '"'], 5) == []
    assert isinstance(found_for[0], Candidate)


def test_an_index_that_is_made_anew_is_the_same(db: Database, now: datetime) -> None:
    for number in range(5):
        say(db, now, add_case(db, now, title=f"Request {number}"), EventKind.NOTED, {}, note=f"Note {number}")
    before = db.execute("SELECT rowid, * FROM case_words ORDER BY rowid").fetchall()
    assert rebuild_search(db) == 5
    assert db.execute("SELECT rowid, * FROM case_words ORDER BY rowid").fetchall() == before


def test_an_index_that_is_missing_is_filled_from_what_is_stored(db: Database, now: datetime) -> None:
    add_case(db, now, title="Payslips")
    db.execute("DELETE FROM case_words")
    fill_search(db)
    assert found(db, "payslips") == [1]


def test_a_change_that_is_rolled_back_leaves_the_index_as_it_was(db: Database, now: datetime) -> None:
    case = add_case(db, now, title="Payslips")

    def note_and_fail() -> None:
        with transaction(db):
            record(db, Event(EventKind.NOTED, now, user_actor(1), case, words={"note": "Never said"}))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        note_and_fail()
    assert found(db, "never said") == []
