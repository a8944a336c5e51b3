"""The vocabularies that count here: the shipped ones with what an administrator changed, for pages and for workers."""

from __future__ import annotations

import json
from functools import lru_cache

from sqlite_utils import Database

from casework.form import FormLibrary
from casework.word_lists import with_word_lists
from service.library import load_library
from store.edited_texts import load_newest_texts
from store.originals import keep_original, load_original

PREFIX = "vocabulary/"


def library_now(db: Database) -> FormLibrary:
    """The forms and the vocabularies as they count here now."""
    return _with(_edited(db))


def hand_over_words(db: Database, originals: str) -> str:
    """The hash under which workers find what was edited, beside the originals; empty where nothing was."""
    text = _edited(db)
    return _kept(originals, text) if text else ""


def library_of(originals: str, sha256: str) -> FormLibrary:
    """The library that a job names by what `hand_over_words` gave; the shipped one where it names nothing."""
    return _with(load_original(originals, sha256).decode()) if sha256 else load_library()


def _edited(db: Database) -> str:
    """Everything that was edited as one text, empty where nothing was."""
    newest = load_newest_texts(db, PREFIX)
    texts = {name.removeprefix(PREFIX): edited.text for name, edited in newest.items()}
    return json.dumps(texts, ensure_ascii=False, sort_keys=True) if texts else ""


@lru_cache(maxsize=4)
def _with(text: str) -> FormLibrary:
    return with_word_lists(load_library(), json.loads(text)) if text else load_library()


@lru_cache(maxsize=4)
def _kept(originals: str, text: str) -> str:
    return keep_original(originals, text.encode())
