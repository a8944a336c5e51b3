"""The letter that goes back with a form: what to change in it, in the words of the checks' advice."""

from __future__ import annotations

from collections.abc import Sequence

from casework.mend import Remark
from outputs.letter import Letter


def build_cover_letter(*, reference: str, title: str, remarks: Sequence[Remark], why: str = "") -> Letter:
    """(subject, body) of the list of what to change; `why` says why it is not written into the sender's own file."""
    parts = [f"Your request: {title}\nReference: {reference}"]
    if why:
        parts.append(why)
    needed = [remark for remark in remarks if remark.is_needed]
    others = [remark for remark in remarks if not remark.is_needed]
    if needed:
        lines = (f"{number}. {_line(remark)}" for number, remark in enumerate(needed, start=1))
        parts.append("\n".join(["What to change", *lines]))
    if others:
        parts.append("\n".join(["You may also want to", *(f"- {_line(remark)}" for remark in others)]))
    parts.append(
        f"How to send it back\nChange your form and send it again. Give the reference {reference}, so that it joins"
        " your request."
    )
    return f"{reference}: what to change in your form", "\n\n".join([*parts, "ESR Development Team\n"])


def _line(remark: Remark) -> str:
    return f"{remark.label}: {' '.join(' '.join(words.split()) for words in remark.words)}"
