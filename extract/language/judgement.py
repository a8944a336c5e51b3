"""How far one answer persuades, and the words that say so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from casework.model import Adequacy
from extract.language.likeness import same_words
from extract.language.pipeline import NAMES, QUANTITIES, read_words
from extract.language.prompts import own_words
from extract.language.quantities import joined
from extract.language.remarks import after_not_applicable, is_denial, is_greeting, is_hollow, is_promise
from extract.language.scope import find_local, find_workforce_request, ties_to_staff_wellbeing
from extract.language.stems import stem
from extract.language.wording import load_wording

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """An answer with what is needed to judge it: `request` are others, `prompts` and `labels` the form's words."""

    field: str
    title: str
    text: str
    request: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of it. Spans are (start, end) in the text; `thin` says that nobody and nothing particular is named."""

    adequacy: Adequacy
    evidence: Spans = ()
    measured: bool = False
    thin: bool = False
    named: Spans = ()
    wellbeing: bool = False
    local: Spans = ()
    workforce: Spans = ()


_SHORT_FACT, _SHORT_CLAIM = 20, 16
"""Sentences of up to so many words are quoted whole."""

ABSENT = Judgement(Adequacy.ABSENT)

_STOP = frozenset(load_wording()["small"])
_FIELD_WORDS = frozenset(stem(word) for word in load_wording()["asked"])
_CLAUSE = re.compile(
    r"[;:]\s|\s[-–—]\s|,\s(?=(?:but|so|which|and|as|since|because|though|although|while|whereas|or|"
    r"then|who|they|we|it|he|she|nor|yet|where|when|for|in which)\b)|\sbut\s|\s(?=because\b)|\s\|\s"
)
_DENIED_BEFORE = re.compile(
    r"\b(?:not|n't|no|nothing|never|neither|nor|without|isn't|aren't|doesn't|don't|outside|unlike|"
    r"won't|wasn't)\b[^.;]{0,70}\b(?:under|part of|linked|link|related|covered|come|comes|fall|falls|"
    r"mention\w*|in|by|within|from|of|required|the|an?|any|to|about|named|called)?\s*(?:the |an? |"
    r"any |our )?$"
    r"|\b(?:no|not an?|not the|nothing in|nothing about|outside) (?:the |such )?$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^[^.;,]{0,20}\b(?:does(?:n't| not)|do(?:n't| not)|did(?:n't| not)|says nothing|say nothing|is "
    r"silent|isn't|is not|aren't) ?(?:apply|cover|mention|require|say|ask|deal|include|about|on|"
    r"relevant|involved|concerned)?",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:please|pls) (?:note|understand|be aware|bear in mind|remember)(?: that)?,? |"
    r"n/?a\b[ ,.:;–-]*|(?:hi|hello|dear) \w+,? ",
    re.IGNORECASE,
)
_STATUS_QUO = re.compile(
    r"\bbusiness as usual\b|\bstatus quo\b|\bas now\b|\b(?:stays?|remains?|carry on|continues?|be|"
    r"left|goes on|same) (?:just |exactly )?(?:as (?:it|"
    r"they|we) (?:is|are|does|do)|as (?:now|before|at present)|the same|unchanged)\b",
    re.IGNORECASE,
)
_EVENT_DATE = re.compile(
    r"\b(?:(?:on|in|since|during|by|of|from|last|this|one|early|late|mid|the|until|before|after) "
    r")*(?:\d{1,2}(?:st|nd|rd|th)? )?(?:january|february|march|april|may|june|july|august|september|"
    r"october|november|december)\b(?! be\b)(?: \d{1,2})?"
    r"|\b(?:last|this) (?:year|month|week|winter|summer|spring|autumn|christmas|easter|friday|monday|"
    r"tuesday|wednesday|thursday|saturday|sunday|night)\b|\bin (?:19|20)\d\d\b|"
    r"\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\bat (?:christmas|easter)\b|\bon (?:christmas|boxing|new "
    r"year)\w*",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:was|were|wasn't|weren't|had|hadn't|got|went|came|left|lost|fell|told|found|took|missed|"
    r"broke|paid|died|moved|closed|opened|waited|stopped|started|failed|asked us|sent home|put|gave|"
    r"made|couldn't|didn't|collapsed|resigned|rang|sued|fined|ruled|crashed|leaked|turned|spent|"
    r"attended|reached|worked|bled|caught|ended|burnt|burned|scalded|hurt|injured|assaulted|attacked|"
    r"drove|walked|wrote|learnt|learned|heard)\b",
    re.IGNORECASE,
)
_CORRESPONDENCE = re.compile(
    r"\b(?:raised|discussed|agreed|submitted|e-?mailed|logged|reported to (?:the )?(?:sig|desk)|sent "
    r"(?:this|it|the form)|spoke|minuted|presented|asked for (?:this|it)|requested|meeting on|dated|"
    r"phoned|signed off|approved)\b",
    re.IGNORECASE,
)
_SOURCE = re.compile(
        r"\b(?:internal|external|clinical|payroll|data security|national)? ?audit (?:report "
        r")?(?:(?:no\.? )?\d[\w/-]*|(?:found|shows?|showed|said|says|report|recommend\w*|action))|"
        r"\baudit report\b|\b(?:nhs )?staff survey(?: (?:19|20)\d\d)?\b|\bexit interviews?\b|"
        r"\bcoroner'?s?\b|\bprevention of future deaths\b|\bpfd\b|\bregulation 28\b|\bimprovement "
        r"notice\b|\bprohibition notice\b|\benforcement notice\b|\bcqc (?:report|inspection|action|must|"
        r"said|found|told|asked|asks|rated)\b"
        r"|\b(?:serious incident|si) (?:report|panel|investigation|review)\b|\b(?:datix|steis|ulysses|"
        r"lfpse|wed|web\d+)\b|\brisk register\b|\bombudsman\b|\binternal audit\b|\btribunal\b|\bhse "
        r"(?:inspector|notice|visit)\b|\bemployment tribunal\b|\bwexford\b",
    re.IGNORECASE,
)  # fmt: skip
_DISBENEFIT = re.compile(
    r"\b(?:extra (?:work|time|cost|step)|will cost|would cost|costs? us|takes longer|more work|"
    r"slower|downside|drawback|disbenefit|need(?:s|ed)? (?:more|extra|training)|have to (?:learn|"
    r"enter|key|check)|added burden|on the other hand|the price|burden)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:patients?|pupils?|children|babies|families|relatives|visitors|residents|servers?|"
    r"machines?|printers?|kettles?)\b",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:staff|colleagues?|employees?|nurses|us|we|our|sick|OH|call takers|crews?|team|porters|"
    r"midwives|doctors|people)\b",
    re.IGNORECASE,
)
_CIRCULAR_START = re.compile(
    r"^(?:if (?:it|this) (?:isn't|is not|wasn't|were not|weren't)|without (?:it|this)|we'd|we would|"
    r"it would|it'd|it'll|things would)\b",
    re.IGNORECASE,
)


def judge(question: Question, language: Language) -> Judgement:
    """The judgement on one answer: each level is asked in turn, weakest first, and the first that fits stands."""
    doc = read_words(language, question.text)
    return _Answer(question, doc, language).judgement()


class _Answer:
    """One answer under judgement, with the pieces of it that are the sender's."""

    def __init__(self, question: Question, doc: Doc, language: Language) -> None:
        self.question, self.doc = question, doc
        self._found_names: list[Span] | None = None
        self.pieces = _sender_pieces(doc, own_words(doc.text, question.prompts, question.labels))
        base = language.pipe([question.title, *question.request])
        self.known = {token.lemma_ for other in base for token in other} | _FIELD_WORDS
        self.known_text = " ".join((question.title, *question.request)).lower()
        self.wellbeing = ties_to_staff_wellbeing(question.title, doc, self.pieces)

    def judgement(self) -> Judgement:
        """Absent, placeholder, evidenced, restated, asserted: in the order in which they can be told."""
        if not self.pieces:
            return self._as(Adequacy.ABSENT, ())
        speaking = self._speaking()
        if not speaking:
            return self._as(Adequacy.PLACEHOLDER, self._all())
        facts = self._facts(speaking)
        if self._denied(speaking, facts):
            return self._as(Adequacy.PLACEHOLDER, self._all())
        if self._is_copy():
            return self._as(Adequacy.RESTATED, self._all())
        if facts:
            return self._as(Adequacy.EVIDENCED, self._clauses(facts), facts=facts)
        claims = self._claims(speaking)
        if not claims:
            level = Adequacy.RESTATED if self._is_about_request(speaking) else Adequacy.PLACEHOLDER
            return self._as(level, self._all())
        return self._as(Adequacy.ASSERTED, self._best_claims(claims), thin=self._is_thin(speaking))

    def _as(
        self, adequacy: Adequacy, evidence: Spans, *, thin: bool = False, facts: list[Span] | None = None
    ) -> Judgement:
        return Judgement(
            adequacy,
            evidence,
            measured=any(fact.label_ == "quantity" for fact in facts or ()),
            thin=thin,
            named=tuple((name.start_char, name.end_char) for name in self._names()),
            wellbeing=self.wellbeing,
            local=tuple(find_local(self.doc)),
            workforce=tuple(find_workforce_request(self.doc.text)),
        )

    def _all(self) -> Spans:
        return ((self.pieces[0].start_char, self.pieces[-1].end_char),)

    def _speaking(self) -> list[Span]:
        """The pieces that answer: no greetings, stand-ins or promises, and no reason lost behind an N/A."""
        speaking = []
        waiting = False
        for piece in self.pieces:
            text = piece.text
            rest = after_not_applicable(text)
            if rest != text and rest.strip():
                piece = (
                    self.doc.char_span(piece.end_char - len(rest), piece.end_char, alignment_mode="contract") or piece
                )
                text = rest
            if is_greeting(text):
                continue
            if is_hollow(text) or (waiting and is_promise(text)):
                waiting = waiting or is_promise(text)
                continue
            speaking.append(piece)
        return speaking

    def _denied(self, speaking: list[Span], facts: list[Span]) -> bool:
        first = speaking[0]
        if not is_denial(self.question.field, first.text):
            return False
        if self.question.field == "national_link":
            return not facts
        return not any(fact.start >= first.end or " but " in first.text.lower() for fact in facts)

    def _is_copy(self) -> bool:
        text = " ".join(piece.text for piece in self.pieces)
        if not any(same_words(text, other) for other in self.question.request):
            return False
        return not re.search(r"\b(?:because|otherwise|since|as a result|so that)\b", text, re.IGNORECASE)

    def _is_about_request(self, speaking: list[Span]) -> bool:
        """Whether the words are at least those of the request, of the form or of a screen."""
        for piece in speaking:
            if any(_is_content(token) and token.lemma_ in self.known for token in piece):
                return True
            if self._in("request", piece) or _STATUS_QUO.search(piece.text) or _CIRCULAR_START.match(piece.text):
                return True
        return False

    def _names(self) -> list[Span]:
        if self._found_names is None:
            self._found_names = self._find_names()
        return self._found_names

    def _find_names(self) -> list[Span]:
        field = self.question.field
        names = [name for name in self.doc.spans[NAMES] if not _is_denied_name(name)]
        if field in ("national_link", "wellbeing_link"):
            return [name for name in names if name.label_ != "local"]
        return names

    def _facts(self, speaking: list[Span]) -> list[Span]:
        field = self.question.field
        if field == "wellbeing_link" and not self.wellbeing:
            return []
        facts: list[Span] = []
        for piece in speaking:
            names = [name for name in self._names() if piece.start <= name.start < piece.end]
            facts += [_labelled(name, "name") for name in names if self._backs(name, piece)]
            if field == "national_link":
                continue
            amounts = [amount for amount in self.doc.spans[QUANTITIES] if piece.start <= amount.start < piece.end]
            amounts = [amount for amount in amounts if amount.text.lower() not in self.known_text]
            if field == "wellbeing_link" and not _speaks_of_staff(piece):
                amounts = []
            if field == "benefits" and _DISBENEFIT.search(piece.text):
                amounts = [amount for amount in amounts if not _DISBENEFIT.search(_clause_of(amount, piece).text)]
            facts += [_labelled(amount, "quantity") for amount in amounts]
            if field == "benefits":
                continue
            facts += [
                _labelled(_char_span(self.doc, *hit.span(), piece), "source") for hit in _SOURCE.finditer(piece.text)
            ]
            if _is_incident(piece):
                facts.append(_labelled(piece, "incident"))
        return sorted(facts, key=lambda fact: fact.start)

    def _backs(self, name: Span, piece: Span) -> bool:
        """A body backs an answer only together with what it asks for or publishes; liking the idea is not enough."""
        if name.label_ != "body":
            return True
        others = [other for other in self._names() if other.label_ not in ("body", "local")]
        keen, demand = (
            self._in("keen", piece),
            [span for span in self._in("demand", piece) if span.start >= name.end or span.end <= name.start],
        )
        return bool(demand or others) and not (keen and not others and len(demand) <= len(keen))

    def _in(self, group: str, piece: Span) -> list[Span]:
        return [span for span in self.doc.spans[group] if piece.start <= span.start < piece.end]

    def _novel(self, piece: Span) -> list[Token]:
        """Content words that neither title nor request hold and that are more than parts of a screen."""
        screen = {token.i for span in self._in("screen", piece) for token in span}
        return [
            token for token in piece if _is_content(token) and token.lemma_ not in self.known and token.i not in screen
        ]

    def _claims(self, speaking: list[Span]) -> list[tuple[Span, float]]:
        """The pieces that claim something, with how strongly."""
        scored = []
        for piece in speaking:
            strength = self._strength(piece)
            if strength > 0:
                scored.append((piece, strength))
        return scored

    def _strength(self, piece: Span) -> float:
        if _STATUS_QUO.search(piece.text):
            return 0
        field = self.question.field
        novel = self._novel(piece)
        harm, gain, reason = (self._new(group, piece) for group in ("harm", "gain", "reason"))
        if field == "national_link":
            country = self._new("country", piece)
            if self._names() and any(piece.start <= name.start < piece.end for name in self._names()):
                return 3
            return (
                len(country) + len(harm) + len(gain) + 0.5 * len(reason)
                if len({token.lemma_ for token in novel}) >= 2 and (country or harm or gain or len(novel) >= 5)
                else 0
            )
        if field == "wellbeing_link":
            cared = [span for key in ("subject", "care") for span in self._new(f"wellbeing-{key}", piece)]
            if (cared or harm or gain) and novel:
                return len(cared) + len(harm) + len(gain)
            return 0.4 if len({token.lemma_ for token in novel}) >= 3 else 0
        worth = len(harm) + len(gain) + 0.5 * len(reason)
        if self._names() and any(piece.start <= name.start < piece.end for name in self._names()):
            worth += 2
        people = {token.lemma_ for span in self._in("people", piece) for token in span}
        apart = {token.lemma_ for token in novel} - people
        if worth and (harm or gain or worth >= 2 or len(apart) >= 3):
            return worth
        return 0.4 if len(novel) >= 5 and people else 0

    def _new(self, group: str, piece: Span) -> list[Span]:
        """The finds of a word list that are not the request's own words."""
        return [span for span in self._in(group, piece) if not all(token.lemma_ in self.known for token in span)]

    def _is_thin(self, speaking: list[Span]) -> bool:
        particular = general = 0
        for piece in speaking:
            vague = {token.i for span in self._in("vague", piece) for token in span}
            content = [token for token in piece if _is_content(token)]
            screen = {token.i for span in self._in("screen", piece) for token in span}
            general += sum(token.i in vague for token in content)
            particular += sum(
                token.i not in vague and token.i not in screen and token.lemma_ not in self.known for token in content
            )
        return particular <= 1 or (general >= 5 and general >= 0.8 * particular)

    def _clauses(self, facts: list[Span]) -> Spans:
        """The clauses that hold the facts, whole sentences where they are short."""
        spans = []
        for fact in facts:
            piece = next(piece for piece in self.pieces if piece.start <= fact.start < piece.end)
            spans.append(_trimmed(_clause_of(fact, piece) if len(piece) > _SHORT_FACT else piece))
        return tuple(joined(spans))

    def _best_claims(self, claims: list[tuple[Span, float]]) -> Spans:
        best = max(strength for _, strength in claims)
        chosen = [piece for piece, strength in claims if strength >= 0.75 * best][:1]
        spans = []
        for piece in chosen:
            clauses = _split(piece)
            strongest = max(clauses, key=lambda clause: (self._strength(clause), len(self._novel(clause))))
            spans.append(_trimmed(strongest if len(piece) > _SHORT_CLAIM else piece))
        return tuple(joined(spans))


def _sender_pieces(doc: Doc, own: list[tuple[int, int]]) -> list[Span]:
    pieces = []
    for sentence in doc.sents:
        tokens = [token for token in sentence if not any(start <= token.idx < end for start, end in own)]
        if any(token.text.strip() for token in tokens):
            first, last = tokens[0], tokens[-1]
            piece = _stripped(doc[first.i : last.i + 1])
            if len(piece) and re.search(r"[^\W_]|[-.?–—*/]", piece.text):
                pieces.append(piece)
    return pieces


def _stripped(span: Span) -> Span:
    start, end = span.start, span.end
    doc = span.doc
    while start < end and not doc[start].text.strip():
        start += 1
    while end > start and not doc[end - 1].text.strip():
        end -= 1
    return doc[start:end]


def _is_content(token: Token) -> bool:
    return token.is_alpha and len(token) > 1 and token.lower_ not in _STOP and token.norm_ not in _STOP


def _is_denied_name(name: Span) -> bool:
    sentence = name.sent
    before = name.doc.text[max(sentence.start_char, name.start_char - 110) : name.start_char]
    before = re.split(r"\b(?:but|however|though|except|although|since|because)\b|[,;]", before, flags=re.IGNORECASE)[-1]
    after = name.doc.text[name.end_char : min(sentence.end_char, name.end_char + 60)]
    return bool(_DENIED_BEFORE.search(before)) or bool(_DENIED_AFTER.match(after))


def _is_incident(piece: Span) -> bool:
    text = piece.text
    return (
        bool(_EVENT_DATE.search(text))
        and bool(_EVENT.search(text))
        and not _CORRESPONDENCE.search(text)
        and len(piece) >= 8
    )


def _speaks_of_staff(piece: Span) -> bool:
    """Figures back a wellbeing link when staff are spoken of, or at least nobody else is."""
    return bool(_OURS.search(piece.text)) or not _OTHERS.search(piece.text)


def _labelled(span: Span, label: str) -> Span:
    return Span(span.doc, span.start, span.end, label=label)


def _char_span(doc: Doc, start: int, end: int, piece: Span) -> Span:
    span = doc.char_span(piece.start_char + start, piece.start_char + end, alignment_mode="expand")
    return span if span is not None else piece


def _split(piece: Span) -> list[Span]:
    cuts = [0, *(hit.end() for hit in _CLAUSE.finditer(piece.text)), len(piece.text)]
    spans = [
        piece.doc.char_span(piece.start_char + start, piece.start_char + end, alignment_mode="contract")
        for start, end in pairwise(cuts)
        if end > start
    ]
    return [span for span in spans if span is not None and len(span)] or [piece]


def _clause_of(find: Span, piece: Span) -> Span:
    clauses = [clause for clause in _split(piece) if clause.start < find.end and find.start < clause.end]
    if not clauses:
        return piece
    return piece.doc[min(clause.start for clause in clauses) : max(clause.end for clause in clauses)]


def _trimmed(span: Span) -> tuple[int, int]:
    text = span.text
    opening = _OPENING.match(text)
    if opening is not None and opening.end() < len(text):
        return _cut(span, opening.end())
    return _cut(span, 0)


def _cut(span: Span, skip: int) -> tuple[int, int]:
    text = span.text
    lead = skip + len(text[skip:]) - len(text[skip:].lstrip(' ,;:-–—>*•"\n'))
    tail = len(text.rstrip(" ,;:-–—|\n"))
    return (span.start_char + lead, span.start_char + max(tail, lead + 1))
