"""What people ask to have made, made by a worker: a schedule's files, a template's trial, what goes with a letter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from casework.form import FormLibrary
from casework.mend import Enclosure
from casework.schedule_json import schedule_from_json
from outputs.issue import LayOut, Press, compare_issue, print_files
from service.jobs import attempted
from service.schedules import lay_out
from service.send_back import make_enclosures
from service.settings import load_settings
from service.templates import build_schedule_safely, try_word
from service.words import library_of
from store.commissions import CommissionKind, load_order
from store.originals import keep_original, load_original
from store.schedules import issue_from_record


def make_files(attempt: str, sha256: str, _day: str = "", _given: str = "", words_sha256: str = "") -> str:
    """Make what the order with this hash asks for, for one attempt, and keep it; returns the attempt's id.

    Like a reading it is safe to run any number of times: what is made counts once, when the dispatcher commits it.
    """
    originals = load_settings().originals

    def work() -> bytes:
        return make(load_order(originals, sha256), originals, library=library_of(originals, words_sha256))

    return attempted(originals, attempt, work)


def make(asked: Mapping[str, Any], originals: str, *, library: FormLibrary, lay_out: LayOut = lay_out) -> bytes:
    """What an order asks for, as the record that goes back to the dispatcher: hashes of files, or what is wrong."""
    match CommissionKind(asked["kind"]):
        case CommissionKind.SCHEDULE:
            made = _schedule(asked, originals, lay_out)
        case CommissionKind.TEMPLATE:
            made = _template(asked, originals)
        case CommissionKind.REBUILD:
            rebuilt = compare_issue(issue_from_record(asked["issue"]), originals, build_schedule_safely)
            made = {"same": rebuilt.same, "kept": rebuilt.kept, "differences": rebuilt.differences}
        case _:
            made = {"files": [_kept(file, originals) for file in make_enclosures(asked, library, originals)]}
    return json.dumps(made, ensure_ascii=False).encode()


def _kept(file: Enclosure, originals: str) -> dict[str, Any]:
    digest = keep_original(originals, file.data)
    return {"key": file.key, "name": file.name, "words": file.words, "sha256": digest, "size": len(file.data)}


def _schedule(asked: Mapping[str, Any], originals: str, lay_out: LayOut) -> dict[str, Any]:
    template = load_original(originals, asked["template"])
    press = Press(template, lay_out, originals, build_schedule_safely)
    return asdict(print_files(schedule_from_json(asked["schedule"]), press))


def _template(asked: Mapping[str, Any], originals: str) -> dict[str, Any]:
    tried = try_word(asked["key"], load_original(originals, asked["template"]))
    if tried.faults:
        return {"faults": [[fault.place, fault.message, fault.words] for fault in tried.faults]}
    return {
        "sample": keep_original(originals, tried.sample),
        "picture": keep_original(originals, tried.picture) if tried.picture else "",
    }
