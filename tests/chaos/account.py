"""The account after the chaos: what was sent against what the store, the mailboxes and the mail server hold."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlite_utils import Database

from casework.errors import CaseworkError
from intake.receive import READ
from store.deliveries import DeliveryState
from store.events import verify_events
from store.ledger import Outcome, count_by_outcome
from store.originals import load_original
from store.work import WorkState, count_by_state
from tests.chaos.letters import GONE, Letter, as_served
from tests.chaos.sink import Sink

_MAY_HOLD_A_CASE = "damaged"


@dataclass
class Account:
    """`wrong` is empty where everything is accounted for; `figures` are for the summary."""

    wrong: list[str] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)

    def expect(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.wrong.append(f"{what}: {found!r}, expected {expected!r}")


@dataclass(frozen=True)
class Row:
    """One message with its ledger line."""

    id: int
    ledger_id: int
    box: str
    sha256: str
    state: str
    starts: int
    outcome: Outcome
    reference: str | None
    note: str


def settle_accounts(
    db: Database, originals: str, letters: list[Letter], sink: Sink, limit: int, most_twins: int
) -> Account:
    """Every equation that must hold. `most_twins` is how often a process could die between the 250 and our record."""
    account = Account()
    rows = _rows(db)
    _messages(account, rows, letters, limit)
    _forms(account, db, letters)
    _cases(account, db, letters, rows, limit)
    _letters_out(account, db, letters, sink, most_twins)
    _record(account, db, originals)
    return account


def _rows(db: Database) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in db.query(
        "SELECT messages.id, messages.ledger_id, messages.mailbox, messages.sha256, messages.state, messages.starts,"
        " ledger.outcome, cases.reference, ledger.note FROM ledger LEFT JOIN messages ON messages.ledger_id = ledger.id"
        " LEFT JOIN cases ON cases.id = ledger.case_id WHERE ledger.channel = 'mail' AND ledger.parent_id IS NULL"
    ):
        key = (row["mailbox"], row["sha256"])
        values = [row[name] for name in ("id", "ledger_id", "mailbox", "sha256", "state", "starts")]
        found[key].append(Row(*values, Outcome(row["outcome"]), row["reference"], row["note"]))
    return found


def _messages(account: Account, rows: dict[tuple[str, str], list[Row]], letters: list[Letter], limit: int) -> None:
    """Each distinct message has one line with an outcome that its letter allows; its twins are duplicates."""
    expected = {(letter.box, digest) for letter in letters for digest in _digests(letter, limit)}
    account.expect("messages that nobody sent", set(rows) - expected, set())
    for letter in letters:
        lines = [line for digest in _digests(letter, limit) for line in rows.get((letter.box, digest), [])]
        name = f"{letter.kind} of {letter.sender}"
        account.expect(f"ledger lines of {name}", len(lines), len(_digests(letter, limit)))
        kept = [line for line in lines if line.outcome is not Outcome.DUPLICATE]
        account.expect(f"lines that are no duplicate, of {name}", len(kept), 1)
        for line in kept:
            if line.outcome not in letter.outcomes:
                account.wrong.append(f"{name}: {line.outcome.value} ({line.note}), expected {sorted(letter.outcomes)}")
            if letter.reference and Outcome.REPLY in letter.outcomes:
                account.expect(f"case of {name}", line.reference, letter.reference)
    everything = [line for found in rows.values() for line in found]
    account.expect("messages not sorted", [line for line in everything if line.state == "arrived"], [])
    account.figures["distinct messages"] = len(expected)
    account.figures["outcomes"] = dict(sorted(Counter(line.outcome.value for line in everything).items()))
    account.figures["most starts of one message"] = max((line.starts for line in everything), default=0)


def _digests(letter: Letter, limit: int) -> set[str]:
    return {hashlib.sha256(as_served(raw, limit)).hexdigest() for raw in letter.copies}


def _forms(account: Account, db: Database, letters: list[Letter]) -> None:
    """Each form is the form of exactly one round, read once, and says what its sender wrote."""
    read = Counter(
        json.loads(facts)["submission"]
        for (facts,) in db.execute("SELECT facts FROM events WHERE kind = 'form-read'").fetchall()
    )
    for letter in letters:
        for form in letter.forms:
            name = f"{form.key} of {form.person}"
            found = list(
                db.query(
                    "SELECT submissions.id, submissions.round, submissions.role, submissions.case_id, cases.reference,"
                    " ledger.outcome, readings.record FROM submissions JOIN cases ON cases.id = submissions.case_id"
                    " JOIN ledger ON ledger.id = submissions.ledger_id"
                    " LEFT JOIN readings ON readings.submission_id = submissions.id WHERE submissions.sha256 = ?",
                    (form.sha256,),
                )
            )
            account.expect(f"rounds with the {name}", len(found), 1)
            for row in found:
                account.expect(f"role of the {name}", row["role"], "form")
                account.expect(f"readings of the {name}", read[row["id"]], 1)
                account.expect(f"person read in the {name}", _requester(row["record"]), form.person)
                account.expect(f"round of the {name}", row["round"] > 1, letter.is_correction)
                account.expect(f"line of the {name}", row["outcome"], "round" if letter.is_correction else "case")
                if letter.is_correction:
                    account.expect(f"case of the {name}", row["reference"], letter.reference)


def _requester(record: str | None) -> str:
    readings = json.loads(record)["readings"] if record else []
    answers = readings[0]["answers"] if len(readings) == 1 else []
    return next((answer["value"] for answer in answers if answer["field"] == "requester_name"), "")


def _cases(
    account: Account,
    db: Database,
    letters: list[Letter],
    rows: dict[tuple[str, str], list[Row]],
    limit: int,
) -> None:
    """As many cases as forms were sent (a damaged message may make one more), and one receipt for each."""
    forms = {form.sha256 for letter in letters for form in letter.forms if not letter.is_correction}
    damaged = {
        line.ledger_id
        for letter in letters
        if letter.kind == _MAY_HOLD_A_CASE
        for digest in _digests(letter, limit)
        for line in rows.get((letter.box, digest), [])
    }
    cases: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for reference, sha256, parent in db.execute(
        "SELECT cases.reference, submissions.sha256, ledger.parent_id FROM cases"
        " LEFT JOIN submissions ON submissions.case_id = cases.id AND submissions.round = 1"
        " LEFT JOIN ledger ON ledger.id = submissions.ledger_id"
    ).fetchall():
        cases[reference].append((sha256, parent))
    of_forms = [files[0][0] for files in cases.values() if files[0][0] in forms]
    account.expect("cases of forms", sorted(of_forms), sorted(forms))
    others = {ref: files for ref, files in cases.items() if files[0][0] not in forms}
    account.expect("cases of nothing", {ref for ref, files in others.items() if files[0][1] not in damaged}, set())
    parents = Counter(files[0][1] for files in others.values())
    account.expect("damaged messages with two cases", [line for line, count in parents.items() if count > 1], [])
    receipts = dict(
        db.execute(
            "SELECT cases.reference, count(deliveries.id) FROM cases LEFT JOIN deliveries ON"
            " deliveries.case_id = cases.id AND deliveries.delivery_key LIKE 'receipt-s%' GROUP BY cases.id"
        ).fetchall()
    )
    expected = {ref: 1 for ref in cases if ref not in others}
    account.expect("receipts of cases", {ref: receipts[ref] for ref in expected if receipts[ref] != 1}, {})
    again = Counter(letter.reference for letter in letters if letter.is_correction)
    found = Counter(
        dict(
            db.execute(
                "SELECT cases.reference, count(*) FROM deliveries JOIN cases ON cases.id = deliveries.case_id"
                " WHERE delivery_key LIKE 'receipt-m%' GROUP BY cases.id"
            ).fetchall()
        )
    )
    account.expect("receipts of new versions", found, again)
    replied = db.execute("SELECT count(*) FROM events WHERE kind = 'replied'").fetchone()[0]
    lines = sum(line.outcome is Outcome.REPLY for found_ in rows.values() for line in found_)
    account.expect("answers on cases", replied, lines)
    account.figures["forms sent"], account.figures["cases"] = len(forms), len(cases)
    account.figures["new versions"] = sum(again.values())


def _letters_out(account: Account, db: Database, letters: list[Letter], sink: Sink, most_twins: int) -> None:
    """Each letter of ours reached the server under its one Message-ID, twice only where we could not know."""
    deliveries = {row["message_id"]: row for row in db.query("SELECT * FROM deliveries WHERE message_id <> ''")}
    taken = Counter(message_id.strip("<>") for message_id, _, _ in sink.taken)
    account.expect("letters that we do not know of", set(taken) - set(deliveries), set())
    for message_id, recipient, _ in sink.taken:
        row = deliveries.get(message_id.strip("<>"))
        account.expect(f"recipient of {message_id}", recipient, row["recipient"] if row else None)
    bounced = {letter.about.strip("<>") for letter in letters if letter.kind == "bounce"}
    for row in db.query("SELECT * FROM deliveries ORDER BY id"):
        name = f"{row['kind']} {row['id']} to {row['recipient']}"
        state = DeliveryState.SENT
        if row["recipient"].startswith(GONE):
            state = DeliveryState.FAILED
        elif row["message_id"] in bounced:
            state = DeliveryState.BOUNCED
        account.expect(f"state of {name} ({row['problem']})", row["state"], state.value)
        if (taken[row["message_id"]] > 0) != (state is not DeliveryState.FAILED):
            account.wrong.append(f"{name} was taken {taken[row['message_id']]} times")
    twins = sum(count - 1 for count in taken.values())
    if twins > most_twins:
        account.wrong.append(f"{twins} letters left again, {most_twins} at most can be explained")
    states = Counter(row["state"] for row in db.query("SELECT state FROM deliveries"))
    account.figures["letters out"] = dict(sorted(states.items()))
    account.figures["left twice, with the same Message-ID"] = twins
    account.figures["most tries of one letter"] = db.execute("SELECT max(attempts) FROM deliveries").fetchone()[0]


def _record(account: Account, db: Database, originals: str) -> None:
    """The chain of events is whole, every original is what was stored, all work is done, nothing waits."""
    audit = verify_events(db)
    account.expect("the chain of events", audit.why, "")
    account.expect("damaged originals", list(_damaged(db, originals)), [])
    not_done = db.execute(
        "SELECT work.stage, work.state, submissions.name, submissions.case_id, starts, attempts, problem FROM work"
        " LEFT JOIN submissions ON submissions.id = work.submission_id"
        " WHERE work.state = 'failed' OR (work.state <> 'done' AND work.stage = ?)",
        (READ,),
    )
    account.expect("work not done", not_done.fetchall(), [])
    outcomes = count_by_outcome(db)
    account.expect("lines that wait", outcomes[Outcome.WAITING], 0)
    account.figures["events"], account.figures["originals"] = audit.events, _count(db, "originals")
    account.figures["readings"] = count_by_state(db, READ)[WorkState.DONE]
    account.figures["most attempts, most starts of one reading"] = tuple(
        db.execute("SELECT max(attempts), max(starts) FROM work WHERE stage = ?", (READ,)).fetchone()
    )


def _damaged(db: Database, originals: str) -> Iterator[str]:
    for (sha256,) in db.execute("SELECT sha256 FROM originals").fetchall():
        try:
            load_original(originals, sha256)
        except CaseworkError:
            yield sha256


def _count(db: Database, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
