"""What a worker made begins to count: the schedule is published, the template used; or it is said why not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from casework.errors import RefusedError, StaleError
from casework.schedule_json import editing_from_json, schedule_from_json
from outputs.issue import PrintedFiles, commit_issue
from service.words import library_now
from store.attachments import Attachment
from store.commissions import Commission, CommissionKind, CommissionState, end_commission, load_commission, load_order
from store.deliveries import DeliveryState, enclose, end_delivery, find_delivery
from store.edited_texts import save_edited_text
from store.schedule_drafts import load_schedule_draft
from store.work import Work

_HASH = re.compile(r"[0-9a-f]{64}")
_FAULTS, _FILES, _LONGEST = 100, 10, 2000
_WITHOUT_FILES = "The files that go with it could not be made. Send it again."


@dataclass(frozen=True, slots=True)
class MakeEnding:
    """How the work of a commission ends. `originals` is where orders are kept, `financial` how quarters are called."""

    originals: str
    financial: bool

    def check(self, found: dict[str, Any]) -> str:
        """Hashes of files that exist in shape, or the faults of a template."""
        if "faults" in found:
            return json.dumps({"faults": _faults(found["faults"])}, ensure_ascii=False)
        if "differences" in found:
            said = {name: [str(words)[:_LONGEST] for words in found[name]] for name in ("same", "kept", "differences")}
            return json.dumps(said, ensure_ascii=False)
        if "files" in found:
            return json.dumps({"files": [_file(file) for file in found["files"][:_FILES]]}, ensure_ascii=False)
        if "sample" in found:
            return json.dumps({"sample": _digest(found["sample"]), "picture": _digest(found["picture"], may_lack=True)})
        return json.dumps(
            {
                **{name: _digest(found[name]) for name in ("word", "html", "csv", "template")},
                "pdf": _digest(found["pdf"], may_lack=True),
                "pages": [int(page) for page in found["pages"]],
                "code": str(found["code"])[:_LONGEST],
            }
        )

    def commit(self, db: Database, work: Work, attempt: str, record_text: str, *, now: datetime) -> None:
        """Once, with all that has to be true at this moment checked at this moment."""
        asked = load_commission(db, work.commission_id or 0)
        order, made = load_order(self.originals, asked.sha256), json.loads(record_text)
        try:
            match asked.kind:
                case CommissionKind.SCHEDULE:
                    outcome = self._publish(db, asked, order, made, now)
                case CommissionKind.TEMPLATE:
                    outcome = _use(db, asked, order, made, now)
                case CommissionKind.ENCLOSURES:
                    outcome = _enclose(db, asked, made)
                case CommissionKind.PREVIEW:
                    outcome = {"files": made["files"]}
                case CommissionKind.REBUILD:
                    outcome = {name: made[name] for name in ("same", "kept", "differences")}
        except (RefusedError, StaleError) as problem:
            self.fail(db, work, problem.public_message, now=now)
        else:
            state = CommissionState.REFUSED if "faults" in outcome else CommissionState.DONE
            end_commission(db, asked.id, state, outcome, now=now)

    def _publish(
        self, db: Database, asked: Commission, order: Mapping[str, Any], made: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        if load_schedule_draft(db, asked.subject).version != order["draft"]:
            raise StaleError("Somebody saved this schedule while the files were being made. Check it again.")
        issue_id = commit_issue(
            db,
            schedule_from_json(order["schedule"]),
            PrintedFiles(**{**made, "template": order["template"], "pages": tuple(made["pages"])}),
            library=library_now(db),
            editing=editing_from_json(order["editing"]),
            financial=self.financial,
            now=now,
            person_id=asked.asked_by,
        )
        return {"issue": issue_id}

    def fail(self, db: Database, work: Work, problem: str, *, now: datetime) -> None:
        """Nothing is published or used, and the person reads why; a letter without its files does not leave."""
        asked = load_commission(db, work.commission_id or 0)
        if asked.kind is CommissionKind.ENCLOSURES:
            letter = find_delivery(db, int(asked.subject))
            if letter is not None and letter.state == DeliveryState.WAITING:
                end_delivery(db, letter.id, DeliveryState.FAILED, problem=_WITHOUT_FILES, now=now)
        end_commission(db, work.commission_id or 0, CommissionState.REFUSED, {"problem": problem}, now=now)

    def settle(self, db: Database, work: Work, *, now: datetime) -> None:
        """Nothing else waits for it."""


def _use(
    db: Database, asked: Commission, order: Mapping[str, Any], made: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """A template without faults counts from now on."""
    if "faults" in made:
        return {"faults": made["faults"]}
    text = {"name": order["name"], "sha256": order["template"], "sample": made["sample"], "picture": made["picture"]}
    number = save_edited_text(
        db,
        f"template/{order['key']}",
        json.dumps(text, ensure_ascii=False),
        person_id=asked.asked_by,
        reason=order["reason"],
        now=now,
        seen_version=order["seen"],
    )
    return {"version": number}


def _enclose(db: Database, asked: Commission, made: Mapping[str, Any]) -> dict[str, Any]:
    """The letter has its files and may leave."""
    files = [Attachment(file["name"], file["words"], file["sha256"], file["size"]) for file in made["files"]]
    enclose(db, int(asked.subject), files)
    return {"files": len(files)}


def _file(found: Mapping[str, Any]) -> dict[str, Any]:
    words = {name: str(found[name])[:_LONGEST] for name in ("key", "name", "words")}
    return {**words, "sha256": _digest(found["sha256"]), "size": int(found["size"])}


def _faults(found: list[list[str]]) -> list[list[str]]:
    faults = [[str(part)[:_LONGEST] for part in fault] for fault in found[:_FAULTS]]
    if not faults or {len(fault) for fault in faults} != {3}:
        raise ValueError("a fault has a place, a message and words")
    return faults


def _digest(value: object, *, may_lack: bool = False) -> str:
    if value == "" and may_lack:
        return ""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError("not a hash")
    return value
