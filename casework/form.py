"""Form definitions and vocabularies as values, parsed from TOML text that somebody else has read from a file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from casework.errors import SettingError
from casework.model import Severity


class FieldKind(StrEnum):
    """What sort of answer a field takes."""

    TEXT = "text"
    LONG = "long"
    DATE = "date"
    CHOICE = "choice"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One question of a form.

    `labels` are the wordings it is known by besides `label`; `guidance` are published prompts to subtract; `hint` is
    our own blank's guidance. `required` is the severity of leaving it out, or None. `only_if` names a (field, choice)
    without which the field is not required. `persuades` marks the long answers whose adequacy is judged.
    """

    key: str
    label: str
    kind: FieldKind
    section: str = ""
    labels: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    hint: str = ""
    required: Severity | None = None
    only_if: tuple[str, str] | None = None
    vocabulary: str | None = None
    persuades: bool = False
    columns: tuple[str, ...] = ()
    """Head-row words of a grid that may hold the answer (a benefits table, a sign-off table)."""


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One published form in one version."""

    key: str
    version: str
    title: str
    reference: str
    introduction: str
    fields: tuple[FieldDefinition, ...]
    titles: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    office_headings: tuple[str, ...] = ()
    office_labels: tuple[str, ...] = ()

    def field(self, key: str) -> FieldDefinition:
        """The field definition for `key`; KeyError where the form has none."""
        for definition in self.fields:
            if definition.key == key:
                return definition
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Whether the form has a field `key`."""
        return any(definition.key == key for definition in self.fields)


@dataclass(frozen=True, slots=True)
class Term:
    """One canonical value with the words people write for it. `note` carries what a term is (a law, a body...)."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed list of values, or a gazetteer of names to recognise."""

    name: str
    terms: tuple[Term, ...]

    def label(self, key: str) -> str:
        """The label of a canonical value, or the value itself where it is not in the list."""
        return next((term.label for term in self.terms if term.key == key), key)


@dataclass(frozen=True, slots=True)
class FormLibrary:
    """Every form and vocabulary in use."""

    forms: tuple[FormDefinition, ...]
    vocabularies: tuple[Vocabulary, ...]

    def form(self, key: str) -> FormDefinition:
        """The newest definition of form `key`; KeyError where there is none."""
        found = [form for form in self.forms if form.key == key]
        if not found:
            raise KeyError(key)
        return max(found, key=lambda form: form.version)

    def vocabulary(self, name: str) -> Vocabulary:
        """The vocabulary called `name`; KeyError where there is none."""
        for vocabulary in self.vocabularies:
            if vocabulary.name == name:
                return vocabulary
        raise KeyError(name)


def parse_library(form_texts: Iterable[str], vocabulary_texts: Iterable[str]) -> FormLibrary:
    """A library from the TOML texts of forms and vocabularies; SettingError names what is wrong."""
    vocabularies = tuple(parse_vocabulary(text) for text in vocabulary_texts)
    forms = tuple(parse_form(text) for text in form_texts)
    known = {vocabulary.name for vocabulary in vocabularies}
    for form in forms:
        for definition in form.fields:
            if definition.vocabulary is not None and definition.vocabulary not in known:
                raise SettingError(
                    f"form {form.key}, field {definition.key}: there is no vocabulary {definition.vocabulary!r}"
                )
    return FormLibrary(forms, vocabularies)


def parse_form(text: str) -> FormDefinition:
    """One form from its TOML text."""
    table = _parse_toml(text, "form definition")
    try:
        return FormDefinition(
            key=table["key"],
            version=table["version"],
            title=table["title"],
            reference=table.get("reference", ""),
            introduction=table.get("introduction", ""),
            fields=tuple(_parse_field(entry) for entry in table["field"]),
            titles=tuple(table.get("titles", ())),
            signals=tuple(table.get("signals", ())),
            guidance=tuple(table.get("guidance", ())),
            headings=tuple(table.get("headings", ())),
            office_headings=tuple(table.get("office_headings", ())),
            office_labels=tuple(table.get("office_labels", ())),
        )
    except (KeyError, ValueError) as problem:
        raise SettingError(f"form definition {table.get('key', '?')}: {problem}") from problem


def parse_vocabulary(text: str) -> Vocabulary:
    """One vocabulary from its TOML text."""
    table = _parse_toml(text, "vocabulary")
    try:
        terms = tuple(
            Term(entry["key"], entry.get("label", entry["key"]), tuple(entry.get("aliases", ())), entry.get("note", ""))
            for entry in table["term"]
        )
        return Vocabulary(table["name"], terms)
    except KeyError as problem:
        raise SettingError(f"vocabulary {table.get('name', '?')}: {problem} is missing") from problem


def _parse_field(entry: dict[str, Any]) -> FieldDefinition:
    condition = entry.get("only_if")
    return FieldDefinition(
        key=entry["key"],
        label=entry["label"],
        kind=FieldKind(entry.get("kind", "text")),
        section=entry.get("section", ""),
        labels=tuple(entry.get("labels", ())),
        guidance=tuple(entry.get("guidance", ())),
        hint=entry.get("hint", ""),
        required=Severity(entry["required"]) if "required" in entry else None,
        only_if=(condition[0], condition[1]) if condition else None,
        vocabulary=entry.get("vocabulary"),
        persuades=bool(entry.get("persuades", False)),
        columns=tuple(entry.get("columns", ())),
    )


def _parse_toml(text: str, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SettingError(f"a {what} is not valid TOML: {problem}") from problem
