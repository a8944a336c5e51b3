"""The door for people's acts: claim, correct, ask, assess, decide; each is one transaction with its event."""

from __future__ import annotations

from review.decide.act import GRACE, LONGEST_REASON, Act, Letter, recipient_of
from review.decide.advice import ask_advice, record_advice
from review.decide.allocation import allocate
from review.decide.assessment import prioritise, record_assessment
from review.decide.belonging import confirm_claim, refuse_claim
from review.decide.correction import add_note, correct_answer, note_requirement, read_again
from review.decide.correspondence import acknowledge, ask_for_information, send_again
from review.decide.decision import Particulars, decide, record_appeal, why_not
from review.decide.deferral import bring_back_due
from review.decide.lease import assign, claim, release, take_over
from review.decide.opinion import accept_finding, agree_with_finding, tell_apart
from review.decide.release_plan import change_release
from review.decide.undo import find_undoable, take_back

__all__ = [
    "GRACE",
    "LONGEST_REASON",
    "Act",
    "Letter",
    "Particulars",
    "accept_finding",
    "acknowledge",
    "add_note",
    "agree_with_finding",
    "allocate",
    "ask_advice",
    "ask_for_information",
    "assign",
    "bring_back_due",
    "change_release",
    "claim",
    "confirm_claim",
    "correct_answer",
    "decide",
    "find_undoable",
    "note_requirement",
    "prioritise",
    "read_again",
    "recipient_of",
    "record_advice",
    "record_appeal",
    "record_assessment",
    "refuse_claim",
    "release",
    "send_again",
    "take_back",
    "take_over",
    "tell_apart",
    "why_not",
]
