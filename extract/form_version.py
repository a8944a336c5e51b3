"""Says which version of a form a transcript is: the one it names itself, or the one whose questions fit it best."""

from __future__ import annotations

from dataclasses import replace

from casework.form import FormDefinition, FormLibrary
from casework.transcript import Transcript
from extract.form_match import FormMatch
from extract.layout import Walked, walk_form


def match_version(transcript: Transcript, match: FormMatch, library: FormLibrary) -> tuple[FormMatch, str]:
    """The match with the version that fits, and what a reviewer should know of it ("" where nothing).

    Our own blanks name their version in the file's properties. Where that version is not among the forms, or none is
    named, the version is taken that has most of the questions asked, in its own wording; of equals, the newest.
    """
    versions = sorted(
        (form for form in library.forms if form.key == match.form.key), key=lambda form: form.version, reverse=True
    )
    named = _named(transcript, match.form.key)
    own = next((form for form in versions if form.version == named), None)
    note = f"says it is version {named} of the form, which is not among ours" if named and own is None else ""
    if own is not None:
        return (match if own is match.form else replace(match, form=own, walked=None)), note
    if len(versions) < 2:
        return match, note
    walks = [(form, walk_form(transcript, form, library)) for form in versions]
    form, walked = max(walks, key=lambda entry: _fit(*entry))
    return replace(match, form=form, walked=walked), note


def _named(transcript: Transcript, key: str) -> str:
    """The version that the file's own identifier gives, as our blanks do ("supplementary-role 1.0")."""
    identifier = next((value for name, value in transcript.properties if name == "identifier"), "")
    name, _, version = identifier.partition(" ")
    return version.strip() if name == key else ""


def _fit(form: FormDefinition, walked: Walked) -> float:
    """How well the questions asked are this version's: sure matches count for it, questions left out against it."""
    found: dict[str, float] = {}
    for slot in walked.walk.slots:
        if slot.field:
            found[slot.field] = max(found.get(slot.field, 0.0), slot.confidence)
    return sum(found.values()) - 0.5 * (len(form.fields) - len(found))
