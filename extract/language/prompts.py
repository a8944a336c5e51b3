"""Which lines and sentences of an answer are the form's own: guidance, labels, leaders and boxes nobody ticked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

_ALIKE = 92
_LONGEST_LINE = 600

# What one does with a form: an order to the sender when a sentence begins with it.
_ORDER = (
    r"(?:explain|describe|state|give|provide|tell us|say (?:why|how|what|who|which|when|whether)|"
    r"list|set out|include|insert|enter|type|use|"
    r"indicate|complete|specify|outline|summari[sz]e|detail|name the|name any|identify|attach|refer "
    r"to the guidance|continue on|quote|quantify|"
    r"click|choose|select|tick|delete|highlight|circle|write|answer|note any|show how|consider|"
    r"demonstrate|justify|confirm (?:that|the|how|whether)|fill in|add (?:any|details|more)|do not|"
    r"don't|see guidance|be specific|max(?:imum)?\b|minimum|min\b)"
)
_PROMPTS = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        rf"^(?:please|pls|kindly)[ ,]+(?:also |briefly |clearly |fully |now )*{_ORDER}\b",
            rf"^(?:briefly |clearly |fully )?{_ORDER}\b.{{0,200}}(?:\byour?\b|\bhere\b|\btext\b|\brole\b|"
            rf"\bchange\b|\brequest\b|\bbenefits?\b|\breasons?\b|\bneed|\bwords\b"
            r"|\bappropriate|\bapplicable|\bnational\b|\bimpact\b|\bdetails?\b|\bevidence\b|"
            r"\bjustification\b|\blink\b|\bwellbeing\b|\bpolicy\b|\bcompetenc|\bform\b|\bwhy\b|\bfigures\b|"
            r"\bdate\b|\bitem\b|\bsheet\b)",
        rf"^\((?:please )?{_ORDER}\b[^()]{{0,300}}\)\.?$",
        rf"^(?:if|where|for|when|only if)\b[^,.]{{1,60}},? (?:please |also )?{_ORDER}\b",
        r"^\[[^\]]{1,300}\]\.?$",
        r"^<[^>]{1,300}>\.?$",
        r"^\{[^}]{1,300}\}\.?$",
        r"^(?:e\.?g\.?|for example|for instance|i\.e\.|examples?:)[ ,:]",
            r"^(?:click|tap|type|enter|insert)(?: or tap)?(?: here)?(?: to)?(?: enter)?(?: your)?(?: text| "
            r"answer)?(?: here)?\.?$",
            r"^\(?(?:max(?:imum)?|min(?:imum)?|up to|no more than|at least|approx\.?)(?: of)?:? \d+ (?:words|"
            r"characters|lines)\)?\.?$",
        r"^\(?\d+ words(?: max(?:imum)?| min(?:imum)?)?\)?\.?$",
        r"^\(?(?:mandatory|required|optional|compulsory)(?: field)?\)?\.?$",
            r"\b(?:this|the|your) (?:request|form|application)s? (?:will not|won't|is unlikely to|are "
            r"unlikely to|may not|cannot|can't|must|should) (?:progress|proceed|be (?:considered|progressed|"
            r"completed|accepted|returned|taken|processed)|normally)",
        r"\b(?:this (?:section|box|field|question|part)) (?:must|should|needs to|is to|has to|will) be\b",
            r"^(?!.{0,200}\b(?:i|we|me|us|ours?|count|suffice|enough|ok|words|examples?|box(?:es)?|fill(?:ed)?"
                r"|in mind|you (?:mean|wanting)|already|copied|model answer|anywhere|here"
                r"|you(?:'re|'ve|'d)? (?:after|looking for))\b)"
                r"(?:why|how|what|who|which|where|when|is|"
                r"are|does|do|will|has|have|can)\b.{0,200}\b(?:the|this|"
            r"your|a|be|these|you|would|new|it)\b.{0,200}\?$",
            r"^(?:why|why now|why not|how|what if not|so what|by when|by whom|when|where|who(?: benefits)?"
            r"|why national|what for|how much|"
            r"how many|who is affected)\?$",
            r"^(?:a )?(?:clear|good|strong) (?:justification|benefits statement|link)\b.{0,120}\b(?:required|"
            r"needed|expected)\b",
        r"^(?:ceisiadau|disgrifiwch|nodwch|rhowch|eglurwch|esboniwch|cliciwch)\b",
        rf"^(?:benefits?|justification|impact|reasons?|(?:national |wellbeing )?link)\b[^.;?!]{{0,60}}[-–:]"
        rf" (?:please )?{_ORDER}\b",
        r"^(?:guidance|note to (?:author|requester|applicant)|hint|tip|help text|prompt|instructions?)\b ?[:\-–]",
        r"^(?:your|my) (?:text|answer|response|words|comments?)(?: goes)? here\.?$",
        r"^(?:your answer|your response|answer|response|text|free text|comments?|details?)(?: here)?:?$",
    )
)  # fmt: skip
_ENCLOSED = tuple(prompt for prompt in _PROMPTS if prompt.pattern.endswith("$"))
# A request to the reader is the sender's own.
_TO_THE_READER = re.compile(
    r"^(?:please|pls|kindly)[ ,]+(?:note|don't|do not|understand|see|refer|be aware|could|can|bear|"
    r"remember|add|put|consider us|help|find|look|get|let|make|take|ask|ring|contact|call|accept|"
    r"also see|read|speak|treat|ignore)\b",
    re.IGNORECASE,
)
_NOTE_AS_PROMPT = re.compile(r"^(?:please )?note\b.{0,40}\b(?:requests|forms|you|your)\b", re.IGNORECASE)
_LEADER = re.compile(r"^[\s._\-–—…*=~|:;,'\"•·\u00a0\u200b\ufeff]*$")
_BOX = r"(?:\[ ?\]|\( ?\)|[☐□◻❑❏▢])"
_TICKED = r"(?:\[ ?[xX✓✔/] ?\]|\( ?[xX✓✔/] ?\)|[☑☒✓✔■])"
_UNTICKED = re.compile(
    rf"^\s*(?:[\w &/,'’-]{{0,60}}:?\s*)?(?:{_BOX}\s*[\w &/,'’()-]{{0,60}}\s*)+(?:(?:[:?][ _.…]*)|[_.…]{{3,}})?$"
)
_NUMBERED = re.compile(
    r"^\s*(?:section |part |question |q)?\d{1,2}(?:[.)]|(?:\.\d{1,2})+[.):]?)\s+(?=[A-Za-z])", re.IGNORECASE
)
_LED = re.compile(r"^[ \t]*[A-Za-z][\w &/,?'’()-]{0,80}[:?][ \t]*(?:[_.…·*=-]{3,}|…+)[ \t_.…·*=-]*$")
"""A label with the line to write on behind it, and nothing written."""
_HEADING = re.compile(r"^[ \t]*(?:\d{1,2}[.)] *)?[A-Z][\w &/'’()-]{0,60}:[ \t]*$")
_CHOICES = re.compile(
    r"^[^/.;!?]{1,40}(?:/[^/.;!?]{1,40}){1,5}"
    r"\((?:please )?(?:delete|circle|tick|strike|choose|select)\b[^()]{0,60}\)\.?\s*$",
    re.IGNORECASE,
)
"""Answers to choose from, none of them struck out."""
_ANY_TICKED = re.compile(_TICKED)
_BOX_AT_ALL = re.compile(_BOX)
_LABEL_TAIL = re.compile(r"\s*(?:\((?:[^()]{0,160})\))?\s*[*:?–-]*\s*$")
_LABEL_WORDS = frozenset(
    [
        "justification",
        "benefits",
        "benefit",
        "statement",
        "national",
        "link",
        "initiative",
        "impact",
        "wellbeing",
        "reason",
        "reasons",
        "rationale",
        "business",
        "need",
        "case",
        "expected",
        "of",
        "for",
        "the",
        "to",
        "a",
        "and",
        "or",
        "if",
        "not",
        "done",
        "change",
        "changing",
        "made",
        "making",
        "is",
        "why",
        "how",
        "what",
        "request",
        "requested",
        "wellbeing",
        "well-being",
        "health",
        "agenda",
        "learning",
        "programme",
        "policy",
        "driver",
        "legislation",
        "description",
        "field",
        "answer",
        "response",
        "section",
        "question",
        "consequences",
        "risk",
        "risks",
        "cost",
        "costs",
        "measure",
        "measures",
        "owner",
        "value",
        "type",
        "quantity",
        "source",
        "ref",
        "reference",
        "notes",
        "comments",
        "details",
        "evidence",
        "effect",
        "do",
        "nothing",
        "doing",
        "statement",
        "name",
        "role",
        "competence",
        "competency",
        "date",
        "area",
        "baseline",
        "target",
        "when",
        "who",
        "amount",
        "unit",
        "saving",
        "savings",
        "realised",
        "realisation",
        "financial",
        "non-financial",
        "non",
        "cash",
        "releasing",
        "non-cash",
        "whom",
        "category",
        "supporting",
        "information",
        "link(s)",
        "outcome",
        "figure",
        "figures",
        "on",
        "finance",
        "finances",
        "safety",
        "organisation",
        "organisations",
        "staff",
        "patients",
        "service",
        "services",
        "users",
        "trust",
        "employees",
        "managers",
        "team",
        "nhs",
        "individual",
        "before",
        "after",
        "current",
        "progressed",
        "progressing",
        "implemented",
        "approved",
        "actioned",
        "agreed",
        "introduced",
        "supported",
        "proceed",
        "declined",
        "rejected",
    ]
)
_LABEL_STARTS = re.compile(
    (
        r"^(?:justification|benefits?|national|link|impact|wellbeing|well-being|health and wellbeing|"
        r"reasons?|rationale|business need|"
        r"expected|on (?:patients|staff|finances?|services?|safety)|"
        r"consequences|effect|case for|source|measure|type|owner|do nothing|risk|statement|"
        r"evidence|supporting|description|what|why|how|benefit)\b"
    ),
    re.IGNORECASE,
)


def own_words(text: str, prompts: Iterable[str], labels: Iterable[str]) -> list[tuple[int, int]]:
    """Spans of `text` that are the form's: `prompts` and `labels` are what it is known to print here."""
    known = tuple(dict.fromkeys(_plain(prompt) for prompt in prompts if prompt.strip()))
    names = frozenset(_plain(label) for label in labels)
    spans: list[tuple[int, int]] = []
    at = 0
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    if len(filled) > 1 and all(_HEADING.match(line) for line in filled):
        return [(0, len(text))]
    dashes = sum(bool(_LEADER.match(line)) and _is_dash_answer(line) for line in filled)
    for line in lines:
        if _is_form_line(line, known, names, bullets=dashes > 1) or _heads_empty_table(line, filled):
            spans.append((at, at + len(line)))
        else:
            spans += [(at + start, at + end) for start, end in _form_parts(line, known, names)]
        at += len(line) + 1
    return [(start, end) for start, end in spans if end > start]


def _heads_empty_table(line: str, filled: list[str]) -> bool:
    """Whether a row of cells is the heading of a table in which nobody wrote."""
    rows = [row for row in filled if "|" in row]
    return len(rows) > 1 and line == rows[0] and all(_LEADER.match(row) for row in rows[1:])


def _form_parts(line: str, known: tuple[str, ...], names: frozenset[str]) -> list[tuple[int, int]]:
    """Prompts and labels that stand in one line with the sender's words."""
    parts: list[tuple[int, int]] = []
    start = 0
    for hit in re.finditer(r"[.?!:\])](?=\s|$)", line[:_LONGEST_LINE]):
        piece = line[start : hit.end()]
        body = piece.strip()
        if (body.endswith(":") and parts_only_label(body, names)) or (
            body and hit[0] != ":" and is_prompt(body, known) and (start == 0 or parts)
        ):
            parts.append((start, hit.end()))
        elif hit[0] in ":)":
            continue
        start = hit.end()
    rest = line[start:].strip()
    if rest and start and parts and is_prompt(rest, known):
        parts.append((start, len(line)))
    return parts


def parts_only_label(text: str, names: frozenset[str]) -> bool:
    """Whether a piece that ends with a colon is one of the form's labels."""
    return _plain(text) in names or (
        bool(_LABEL_STARTS.match(text))
        and len(text.split()) <= 6
        and all(word in _LABEL_WORDS for word in re.findall(r"[\w'-]+", text.lower()))
    )


def is_prompt(sentence: str, known: tuple[str, ...] = ()) -> bool:
    """Whether one sentence tells the sender what to write."""
    sentence = sentence.strip(" \t\u00a0-–•*>\"'()")[:_LONGEST_LINE]
    if not sentence:
        return False
    if any(_alike(_plain(sentence), prompt) for prompt in known):
        return True
    if _TO_THE_READER.match(sentence):
        return bool(_NOTE_AS_PROMPT.match(sentence))
    return any(prompt.search(sentence) for prompt in _PROMPTS)


def _is_form_line(line: str, known: tuple[str, ...], names: frozenset[str], *, bullets: bool) -> bool:
    line = _NUMBERED.sub("", line[:_LONGEST_LINE])
    if _LEADER.match(line):
        return bool(line) and (bullets or not _is_dash_answer(line))
    if _BOX_AT_ALL.search(line) and not _ANY_TICKED.search(line) and _UNTICKED.match(line):
        return True
    if _LED.match(line) or _CHOICES.match(line):
        return True
    sentences = [part for part in re.split(r"(?<=[.?!])(?<!e\.g\.)(?<!i\.e\.)\s+", line.strip()) if part]
    if (sentences and all(is_prompt(sentence, known) for sentence in sentences)) or _is_whole_prompt(
        line.strip(), known
    ):
        return not re.match(r"^\s*(?:low|high|medium|\?)", line, re.IGNORECASE)
    return _is_label(line, names)


def _is_whole_prompt(line: str, known: tuple[str, ...]) -> bool:
    """Whether a line of several sentences is one prompt: a known one, or all within brackets."""
    return any(_alike(_plain(line), prompt) for prompt in known) or any(whole.search(line) for whole in _ENCLOSED)


def _is_dash_answer(line: str) -> bool:
    """A lone mark is typed by somebody; a run of them is the form's."""
    return len(line.strip(" \t\u00a0\u200b\ufeff")) in (1, 2) and line.strip()[:1] in "-.–—*?x/"


def _is_label(line: str, names: frozenset[str]) -> bool:
    bare = _plain(line)
    if bare in names:
        return True
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) > 1:
        filled = [cell for cell in cells if cell]
        return all(_all_label_words(cell) for cell in filled)
    head = _LABEL_TAIL.sub("", line.strip())
    if _plain(head) in names:
        return True
    return (
        bool(_LABEL_STARTS.match(head))
        and _all_label_words(head)
        and (line.rstrip().endswith((":", "?", ")", "*")) or len(head.split()) <= 4)
    )


def _all_label_words(text: str) -> bool:
    words = re.findall(r"[\w'’()-]+", text.lower())
    return bool(words) and len(words) <= 10 and all(word in _LABEL_WORDS for word in words)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def _alike(sentence: str, prompt: str) -> bool:
    if abs(len(sentence) - len(prompt)) > 0.2 * len(prompt):
        return len(sentence.split()) >= 4 and f" {sentence} " in f" {prompt} "
    return fuzz.ratio(sentence, prompt, score_cutoff=_ALIKE) > 0
