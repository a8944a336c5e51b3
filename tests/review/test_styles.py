"""Our own style sheet: every block that is opened is closed, so that no rule falls into the one before it."""

from __future__ import annotations

import re

from review.assets import FOLDER


def test_every_block_of_the_style_sheet_is_closed_before_the_next_part_begins() -> None:
    text = (FOLDER / "app.css").read_text(encoding="utf-8")
    depth, unclosed = 0, []
    # A comment at the start of a line begins a part: there nothing may be open.
    for found in re.finditer(r"^/\*.*|[{}]", text, re.MULTILINE):
        if found[0].startswith("/*"):
            unclosed += [found[0]] if depth else []
        else:
            depth += 1 if found[0] == "{" else -1
    assert (unclosed, depth) == ([], 0)
