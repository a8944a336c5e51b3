"""Fills `{{ field }}` in a text with words, once and in one pass: a template language without a language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_FIELD = re.compile(r"\{\{[ \t]*([A-Za-z_][A-Za-z_0-9]*)[ \t]*\}\}")
_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


def faults_of(text: str, fields: Iterable[str]) -> list[str]:
    """What is wrong with a text, each fault with its line: unknown fields and broken braces."""
    known = sorted(fields)
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        for name in _FIELD.findall(line):
            if name not in known:
                found.append(f"Line {number}: there is no field “{name}”. You can use {_listed(known)}.")
        left = _BRACES.search(_FIELD.sub("", line))
        if left is not None:
            found.append(
                f"Line {number}: “{left[0]}” is not part of a whole field. Write a field like {{{{ {known[0]} }}}}."
            )
    return found


def fields_in(text: str) -> frozenset[str]:
    """The fields that a text uses."""
    return frozenset(_FIELD.findall(text))


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in it. What a value holds is never looked at again, whatever it looks like.

    A paragraph that has fields, all of them empty, is left out. KeyError where a field has no value.
    """
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip("\n"))
    kept = [paragraph for paragraph in paragraphs if not _is_idle(paragraph, values)]
    return "\n\n".join(_FIELD.sub(lambda found: values[found[1]], paragraph) for paragraph in kept)


def _is_idle(paragraph: str, values: Mapping[str, str]) -> bool:
    names = _FIELD.findall(paragraph)
    return bool(names) and not any(values[name] for name in names)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)
