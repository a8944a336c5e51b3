"""Fills a Word template: values go in as words, and a template reaches nothing but what it is given."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from docx.document import Document as WordDocument
from docxtpl import DocxTemplate
from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casework.errors import SettingError


def sandbox() -> ImmutableSandboxedEnvironment:
    """The only environment that templates run in: escaping on, no globals, no files, a missing value is an error."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, loader=DictLoader({}))
    environment.globals.clear()
    return environment


def fill_template(template: bytes, values: Mapping[str, Any]) -> WordDocument:
    """The template with `values` (texts, and lists and mappings of texts) put in as words, never run or rendered.

    SettingError where it asks for what there is not, or for what it may not have. An organisation's own template is to
    be filled in a disposable child: only its limits end a template that never would.
    """
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(dict(values), jinja_env=sandbox(), autoescape=True)
    except (TemplateError, SecurityError) as problem:
        raise SettingError(
            f"The Word template is wrong: {problem}. Put the shipped template back, or correct it."
        ) from problem
    filled: WordDocument = document.docx
    return filled
