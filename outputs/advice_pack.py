"""The requests that wait for one group's advice as a Word document: what is asked and why, never who asks."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.shared import Cm

from casework.advice import AdviceItem, AdvicePack
from casework.wording import counted, long_date
from outputs.word import (
    LINED_TABLE,
    add_band,
    add_callout,
    add_page_footer,
    describe_table,
    new_document,
    one_line,
    own_lines,
    save_stable,
    say_where_headings_stand,
    set_widths,
)

_LABEL, _ANSWER = Cm(4.5), Cm(12.5)


def build_advice_pack(pack: AdvicePack) -> bytes:
    """The pack as Word bytes; the same requests on the same day give the same bytes."""
    title = f"Requests for advice: {pack.group}"
    document = new_document(title=title, subject=title, author="ESR Development Team", when=pack.day)
    add_band(
        document,
        "NHS Electronic Staff Record",
        title,
        f"{counted(len(pack.items), 'request')}, {long_date(pack.day)}",
    )
    add_callout(
        document,
        "Advice, not a decision.",
        "The group is asked for the views of users. The ESR Development Team decides. Requesters are not named.",
    )
    for item in pack.items:
        _add_item(document, item)
    add_page_footer(document.sections[0], title, _LABEL + _ANSWER)
    return save_stable(document)


def _add_item(document: WordDocument, item: AdviceItem) -> None:
    document.add_heading(f"{item.reference}: {one_line(item.title)}", level=1)
    add_callout(document, "Question to the group:", own_lines(item.question))
    rows = [("Kind of request", item.form), ("Answer wanted by", item.by), *item.answers, ("What the group says", "")]
    table = document.add_table(rows=len(rows), cols=2, style=LINED_TABLE)
    for row, (label, words) in zip(table.rows, rows, strict=True):
        row.cells[0].paragraphs[0].add_run(one_line(label)).bold = True
        row.cells[1].paragraphs[0].add_run(own_lines(words))
    set_widths(table, (_LABEL, _ANSWER))
    say_where_headings_stand(table, row=False, column=True)
    describe_table(table, f"Request {item.reference}", "What is asked for and why, one answer in each row.")
