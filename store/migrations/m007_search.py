"""A full-text index over requests; it is filled when all steps are done, from what is stored."""

from __future__ import annotations

from sqlite_utils import Database


def m007_search(db: Database) -> None:
    """A full-text index over requests; it is filled when all steps are done, from what is stored."""
    db.execute(
        "CREATE VIRTUAL TABLE case_words USING fts5 (reference, title, organisation, sr_number, answers, people,"
        " messages, notes, tokenize = 'unicode61 remove_diacritics 2', prefix = '3 4')"
    )
    db.execute("CREATE VIRTUAL TABLE case_terms USING fts5vocab (case_words, row)")
