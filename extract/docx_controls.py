"""Word's content controls and legacy form fields as Controls: what they are, what they hold, what they offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casework.transcript import Control, ControlKind
from extract.docx_styles import VAL, W

Element = Any  # an lxml element; its stubs take comments, which are never kept here, for elements

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_SDT_PR = f"{W}sdtPr"
_ON = frozenset(("1", "true", "on"))
# Controls that hold no value of their own: galleries, groups, repeated sections, pictures, citations.
_HOLDERS = frozenset(
    (
        *(f"{W}{name}" for name in ("docPartObj", "docPartList", "group", "picture", "citation", "bibliography")),
        *(f"{_W15}{name}" for name in ("repeatingSection", "repeatingSectionItem")),
        f"{W}equation",
    )
)


def read_content_control(control: Element, shown: Callable[[], str]) -> Control | None:
    """What a `w:sdt` is; None for one that only holds other things together. `shown` gives the text it shows."""
    properties = next(control.iterchildren(_SDT_PR), None)
    if properties is None:
        return None
    kind, checked, value, options = ControlKind.TEXT, None, None, tuple[str, ...]()
    identity = tag = label = ""
    prompting = False
    for child in properties:
        name = child.tag
        if name in _HOLDERS:
            return None
        if name == f"{W}id":
            identity = child.get(VAL) or ""
        elif name == f"{W}tag":
            tag = child.get(VAL) or ""
        elif name == f"{W}alias":
            label = child.get(VAL) or ""
        elif name == f"{W}showingPlcHdr":
            prompting = _is_on(child)
        elif name == f"{_W14}checkbox":
            # The state stands in w14:checked, an [MS-DOCX] extension of ECMA-376; the glyph is only a picture of it.
            state = child.find(f"{_W14}checked")
            kind, checked = ControlKind.TICK, state is not None and (state.get(f"{_W14}val") or "1").lower() in _ON
        elif name in (f"{W}dropDownList", f"{W}comboBox"):
            kind = ControlKind.CHOICE
            items = [
                (item.get(f"{W}displayText") or item.get(f"{W}value") or "", item.get(f"{W}value"))
                for item in child.iterchildren(f"{W}listItem")
            ]
            options = tuple(text for text, _ in items if text)
            chosen = shown()
            value = next((stored for text, stored in items if text == chosen and stored not in (None, text)), None)
        elif name == f"{W}date":
            kind, value = ControlKind.DATE, (child.get(f"{W}fullDate") or "")[:10] or None
    return Control(
        kind=kind,
        identity=identity,
        tag=tag,
        label=label,
        checked=checked,
        # A tick box shows a box in any state, so "showing its placeholder" says nothing about it.
        prompting=prompting and kind is not ControlKind.TICK,
        value=None if prompting else value,
        options=options,
    )


def read_form_field(data: Element) -> Control:
    """A legacy form field from its `w:ffData`; a choice's `value` is the entry shown, a text's its default."""
    name = _value(data, "name")
    label = _value(data, "statusText") or _value(data, "helpText")
    box, choices = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        # No state at all means the default; a state without a value means "on" (ECMA-376 part 1, 17.16.8).
        state = box.find(f"{W}checked")
        if state is None:
            state = box.find(f"{W}default")
        return Control(ControlKind.TICK, name, name, label, checked=state is not None and _is_on(state))
    if choices is not None:
        options = tuple(entry.get(VAL) or "" for entry in choices.iterchildren(f"{W}listEntry"))
        chosen = _value(choices, "result") or _value(choices, "default") or "0"
        index = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 6 else 0
        shown = options[index] if index < len(options) else ""
        return Control(ControlKind.CHOICE, name, name, label, value=shown, options=options)
    typed = data.find(f"{W}textInput")
    return Control(ControlKind.TEXT, name, name, label, value=_value(typed, "default") or None)


def _is_on(switch: Element) -> bool:
    return (switch.get(VAL) or "1").lower() in _ON


def _value(parent: Element | None, name: str) -> str:
    child = parent.find(W + name) if parent is not None else None
    return (child.get(VAL) if child is not None else None) or ""
