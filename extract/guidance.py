"""Tells a form's printed prompts from what a sender wrote, one line or sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from casework.form import FormDefinition
from extract.labels import Spellings, plain

NOT_A_PROMPT, MAYBE, SURELY = 0, 1, 2
"""How far some words read like an instruction to the person who fills in the form."""

LEADERS = re.compile(r"\.{4,}|…{2,}|_{3,}|·{3,}|-{6,}|(?<=\s)\.(?:\s\.){3,}")
"""Runs of dots or underscores that only show where to write."""

_SURE_START = re.compile(
    r"(?:please(?! note| see| find| refer| be aware| contact| ignore| disregard| consider| could| can)\b"
    r"|describe (?:the|your|any|how|why|what|in|briefly|here|current|each|it|this|fully|clearly)\b"
    r"|explain (?:the|your|any|how|why|what|in|briefly|here|who|fully|clearly)\b"
    r"|(?:briefly|clearly|fully) (?:describe|explain|state|outline|summari[sz]e|set out)\b"
    r"|state (?:the|your|any|how|why|what|clearly|here|who|which|if|whether)\b"
    r"|specify\b|summari[sz]e (?:the|your|what|how|why|in|briefly)\b|outline (?:the|your|any|how|why"
    r"|what|here|briefly)\b"
    r"|enter (?:the|your|a|an|here|text|date|name|sr)\b|insert\b|indicate\b"
    r"|(?:tick|select|choose|circle|underline|highlight|mark|delete|cross|check) (?:the|one|all|as|a"
    r"|an|your|which|any|only"
    r"|this|those|whichever|appropriate|box|each)\b"
    r"|click (?:or|here|to)\b|choose an item|complete (?:only|this|if|the|all|in full|every)\b|type here|type your\b"
    r"|tell us\b|(?:give|provide|list|name|identify|set out|include|note|say|show) (?:[a-z]+ ){0,3}"
    r"(?:details|reasons|name|names|evidence|examples|your|you|who|what|why|how|which|where|whether|any|all)\b"
    r"|leave (?:blank|empty)\b|continue on\b|attach (?:any|the|a|further|supporting)\b|use (?:the|this) (?:space|box)\b"
    r"|dd\s?[/.\- ]\s?mm|max(?:imum|\.)?(?: of)? \d+ (?:words|characters)|(?:up to"
    r"|no more than) \d+ (?:words|characters)"
    r"|\d+ words (?:max|or)|questions to consider\b|if (?:known|applicable|yes|not|so|other|employee|any)\b[^.]*$"
    r"|where (?:known|applicable|appropriate|possible)\b|office use|mandatory field|required field|as it should appear)"
)
_MAYBE_START = re.compile(
    r"(?:give|provide|list|name|identify|set out|say|include|use|type|mark|only|if|attach|do not|don't|describe|explain"
    r"|state|enter|outline|summari[sz]e|e\.?\s?g\.?\b|for example\b|i\.?e\.?\b|for instance\b|such as\b|note:|complete"
    r"|refer|see (?:the )?guidance|tick|select|choose|circle|highlight|delete|optional\b|required\b"
    r"|mandatory\b|this (?:should"
    r"|must|section|field|box|is the)|must\b|should\b|one\b|short\b|in your own words|be specific|consider|think about"
    r"|full\b|include|you (?:should|must|may|can|need)|your\b|and\b|or\b|remember|ensure|make sure"
    r"|for employee|not\b|put\b"
    r"|write\b|answer\b|add (?:any|details|further|the name)\b|quote\b|confirm\b|cover\b|be\b|keep\b)"
)
_QUESTION = re.compile(
    r"(?:what|which|who|whom|whose|how|why|when|where|is|are|does|do|did|will|would|can|could|should|has|have|had|was"
    r"|were|in what|to what|for whom|by when|at what|if (?:so|not|yes|no)|on what|and)\b.*\?$"
)
_TO_THE_SENDER = re.compile(r"\b(?:if known|if applicable|if any|where known|you|your|yourself|this form|above)\b")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_INSTRUCTION = re.compile(
    r"(?:please |briefly |in |using |tell us|give|provide|use|include|list|name|state|describe|explain|keep|do not"
    r"|don't|attach|continue|set out|quote|say|show|write|put|add|enter|specify|outline|summari[sz]e|note)\b.*"
    r"(?:\byou (?:can|have|know|need|wish|would|think|expect|are)\b|\byour (?:own|answer|request|reason|reasons)\b"
    r"|\b(?:no more|not more|fewer|less) than \d+ words\b|\b(?:max|maximum|up to|around|about) (?:of )?\d+ words\b"
    r"|\bthat (?:apply|applies|are relevant)\b|\b(?:where|if) (?:relevant|known|possible|appropriate|applicable)\b"
    r"|\bplain english\b|\bas (?:fully|much detail|clearly|briefly) as\b|\b(?:separate|another) (?:sheet|page)\b"
    r"|\b(?:this|the) (?:form|box|section|space)\b|\bany (?:patient|staff|personal|identifiable)\b.*\bhere\b)"
)
"""An order to whoever fills in a form, with words that point to the form or to that person."""
_NO_WORD = re.compile(r"[\W_]+")
_FIRST_WORD = re.compile(r"\W*(\w+)")
_ABBREVIATION = re.compile(r"(?:\be\.g|\bi\.e|\betc|\bno|\bapprox|\bincl|\bmax)\.$", re.IGNORECASE)
_BRACKETED = re.compile(
    r"^\s*(?:\[(?P<square>[^\[\]]*)\]|<(?P<angle>[^<>]*)>|\((?P<round>[^()]*)\)|\{(?P<curly>[^{}]*)\})[\s.:*]*$"
)
_TICK_INSIDE = re.compile(r"[xX✓✔√☒☑ _]*")


def sentences(text: str) -> list[str]:
    """The sentences of a line, roughly; abbreviations such as "e.g." do not end one."""
    return list(_sentences(text))


def _sentences(text: str) -> Iterator[str]:
    """One at a time: a long answer's first sentence mostly says that it is no prompt."""
    text = text.strip()
    sentence, start = None, 0
    for gap in _SENTENCE_END.finditer(text):
        part = text[start : gap.start()]
        start = gap.end()
        if sentence is not None and not _ABBREVIATION.search(sentence):
            yield sentence
            sentence = part
        else:
            sentence = part if sentence is None else f"{sentence} {part}"
    rest = text[start:]
    if sentence is not None and _ABBREVIATION.search(sentence):
        yield f"{sentence} {rest}"
        return
    if sentence is not None:
        yield sentence
    yield rest


def prompt_likeness(text: str) -> int:
    """How far the whole of `text` reads like a prompt: NOT_A_PROMPT, MAYBE or SURELY."""
    words = text.strip()
    inside = bracketed(words)
    if inside is not None:
        words = inside
    strength = NOT_A_PROMPT
    for number, sentence in enumerate(_sentences(words.strip(" *:-–—"))):
        this = _sentence_likeness(plain(sentence).strip(" *:-([\"'"))
        if this == NOT_A_PROMPT:
            return NOT_A_PROMPT
        strength = this if number == 0 else max(strength, min(this, MAYBE), key=int)
    return strength


def is_instruction(text: str) -> bool:
    """Whether every sentence tells the reader how to fill something in, so plainly that no sender writes it."""
    return all(_INSTRUCTION.match(plain(sentence).strip(" *:-([\"'")) for sentence in _sentences(text))


def _sentence_likeness(sentence: str) -> int:
    if _QUESTION.match(sentence) or _SURE_START.match(sentence):
        return SURELY
    if not _MAYBE_START.match(sentence):
        return NOT_A_PROMPT
    return SURELY if _TO_THE_SENDER.search(sentence) else MAYBE


def bracketed(text: str) -> str | None:
    """The words inside when the whole text stands in one pair of brackets, else None; tick brackets do not count."""
    found = _BRACKETED.match(text)
    if not found:
        return None
    inside = next(part for part in found.groups() if part is not None)
    return None if _TICK_INSIDE.fullmatch(inside) else inside


class Guidance:
    """The published prompts of one form."""

    def __init__(self, form: FormDefinition) -> None:
        phrases = [*form.guidance, *(prompt for field in form.fields for prompt in field.guidance)]
        phrases += [field.hint for field in form.fields if field.hint]
        phrases += [form.introduction] if form.introduction else []
        self._folded = {_fold(phrase) for phrase in phrases} - {""}
        self._long = Spellings((phrase for phrase in self._folded if len(phrase) >= 15), at_least=93)
        starts = sorted((phrase for phrase in phrases if len(_fold(phrase).split()) >= 3), key=len, reverse=True)
        self._starts = [
            (_tokens(phrase)[0], re.compile(r"\W*" + r"\W+".join(_tokens(phrase)) + r"[\W_]*", re.IGNORECASE))
            for phrase in starts
        ]
        self._by_first_word = {first: self._beginning_with(first) for first, _ in self._starts}
        self._by_no_word = self._beginning_with("")

    def published(self, text: str) -> bool:
        """Whether the whole of `text` is a printed prompt of this form, small slips allowed."""
        folded = _fold(text)
        if folded in self._folded:
            return True
        if len(folded) < 15 or len(folded) > 400:
            return False
        return self._long.nearest(folded) is not None

    def leading(self, text: str) -> int:
        """How many characters at the start of `text` are printed prompts of this form; 0 where none."""
        at = 0
        while True:
            found = next((m for start in self._fitting(text, at) if (m := start.match(text, at))), None)
            if found is None:
                return at
            at = found.end()

    def _fitting(self, text: str, at: int) -> list[re.Pattern[str]]:
        """The starts that may match from `at` on, by the first word there: mostly none."""
        first = _FIRST_WORD.match(text, at)
        if first is None:
            return self._by_no_word
        if not first[1].isascii():
            return [start for _, start in self._starts]
        return self._by_first_word.get(first[1].lower(), self._by_no_word)

    def _beginning_with(self, word: str) -> list[re.Pattern[str]]:
        """The starts whose first word is `word`, or one that regular expressions may take for it in another case."""
        return [start for first, start in self._starts if first == word or not first.isascii()]


def _fold(text: str) -> str:
    words = plain(text)
    return words if words.replace(" ", "").isalnum() else " ".join(_NO_WORD.sub(" ", words).split())


def _tokens(phrase: str) -> list[str]:
    return [re.escape(token) for token in re.findall(r"[^\W_]+", plain(phrase))]


@lru_cache(maxsize=32)
def guidance_of(form: FormDefinition) -> Guidance:
    """The published prompts of a form, prepared once."""
    return Guidance(form)
