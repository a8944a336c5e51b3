"""Amounts about the matter: money, shares, counts and durations, and none of the numbers that measure nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 2_000
"""No expression ever sees more than this many characters at once."""

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_SMALL = r"(?:two|three|four|five|six|seven|eight|nine)"
_LARGE = (
    r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred|thousand|million)"
)
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_WORDS = rf"(?:{_SMALL}|{_LARGE})"
_IN_WORDS = (
    rf"(?:{_WORDS}|one hundred|one thousand|a hundred|a thousand)(?:(?:[ -]| and )(?:{_LARGE}|{_SMALL}|one)\b){{0,4}}"
)
_AMOUNT = rf"(?:{_DIGITS}|{_IN_WORDS}|(?:a |half a )?dozen)"
_UNIT = (
    r"(?:hours?|hrs?|minutes?|mins?|seconds?|secs?|days?|weeks?|months?|years?|mornings?|afternoons?|shifts?|nights?)"
)

_REFERENCE_WORD = (
    r"(?:sr|ref|reference|request|form|course|module|ticket|inc|number|box|section|sect|sec|s|para|paragraph"
    r"|pages?|pp?|slide|standards?|levels?|tier|bands?|grade|stage|phase|domain|goal|regulations?|"
    r"regs?|article|chapter|part"
    r"|schedule|annex|appendix|release|rel|version|ver|issue|step|option|question|item|action|theme|room|ward|site"
    r"|table|figure|bleep|ext|extn|extension|line|chair|priority|score|rev|box|group|step|no|nos|act|clause)"
)
# Numbers that say nothing about how much: masked before amounts are looked for.
_NOT_AMOUNTS = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        r"https?://\S{1,300}|www\.\S{1,300}",
        r"\b[\w.+-]{1,60}@[\w-]{1,60}\.[\w.]{2,60}",
        r"(?<![\d.])\+?44[ \d()]{8,16}",
        r"(?<![\d.£,])\(?0\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{3,4}\b",
        r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b",
        r"\b(?:19|20)\d\d-\d{1,2}(?:-\d{1,2})?\b",
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b(?:,? ?(?:19|20)\d\d|,? ?'?\d\d\b(?! ?[a-z%]))?",
        rf"\b{_MONTH} ?(?:\d{{1,2}}(?:st|nd|rd|th)?\b,? ?)?(?:(?:19|20)\d\d|'\d\d)?",
        rf"(?<=\b(?:in|to|of) ){_MONTH} \d\d\b",
        r"\b\d{1,2}(?:st|nd|rd|th)\b",
        r"(?<![£\d,.])\b(?:19|20)\d\d(?:[/-]\d{2,4})?\b(?!,\d)",
        r"\b(?:fy|q[1-4])[ ']?\d{0,4}",
        r"\b\d{1,2}[:.]\d{2} ?(?:am|pm|hrs|hours)\b|\b\d{1,2}:\d{2}\b|\b\d{1,2} ?(?:am|pm)\b|\bat \d{4}\b",
        r"\b\d+(?:\.\d+)? ?(?:m|cm|mm|kg|km|ft|inch(?:es)?|metres?|miles?)"
        r" (?:high|long|wide|deep|tall|away|apart|x|by)\b",
        # When a shift ends, and for how long a place is open, is a time of day.
        r"\bat (?:about |around |half )?\d{1,2}[.:]\d\d\b(?! ?%)",
        r"\b(?:goes|go|went|gone|home|starts?|ends?|closes?|opens?|shuts?|finish(?:es)?|begins?|arrives?|leaves?)"
        r"(?: home| up| off)? at \d{1,2}\b(?! ?%)",
        r"\b(?:open|staffed|manned|runs?|running|available|covered|works?) (?:for |all )?24 hours?\b",
        r"\b(?:on|by|from|until|at|in) (?:day|week|month) (?:\d{1,2}|one|two|three|four)\b",
        r"\b(?:scored|scores|scoring|rated) (?:it |this )?(?:at |as )?\d{1,2}\b(?! ?%| out of)",
        r"\b\d{1,2} ?[x×*] ?\d{1,2} ?= ?\d{1,3}\b(?! ?[a-z%£])",
        r"\b\d{1,3} ?[x×] ?\d{1,3}\b",
        # How long a course is, and in how many parts, measures no trouble.
        rf"\b(?:course|module|session|training|package|programme|workshop|video|e-?learning)\b(?: \w+){{0,3}}? "
        rf"(?:is|takes|lasts|runs (?:to|for)|of|=|[:–-]) (?:about |around |just |only )?{_AMOUNT}[ -]{_UNIT}",
        rf"\b(?:in|has|of|over|into) {_AMOUNT} (?:parts?|sections?|chapters?|units?|sittings?)\b",
        rf"\b{_AMOUNT}[- ](?:question|item|slide|page|part|minute|hour)s?[- ](?:\w+[- ])?(?:quiz|test|assessment|video"
        r"|exam|paper|course|talk|module)\b",
        r"\b24/7\b|\b9 ?(?:-|to) ?5\b|\bcovid[- ]?19\b|\b24[- ]hours? a day\b|\b365\b",
        r"\b(?:complaint|case|claim|grievance|incident|finding|recommendation|datix|dtx|petition)"
        r"(?: no\.?| number)? ?#?\d[\w/-]*",
        rf"\b{_REFERENCE_WORD}\b[.:#]? ?(?:no\.? |number )?#?(?:[a-z]{{0,4}}[-/]?)?\d[\w./-]*(?: (?:and|"
        rf"of|&|to) \d[\w./-]*)?",
        r"\b(?:[a-z]{1,6}-?\d[\w/-]*|\d{1,8}[a-z]\d[\w/-]*)\b",
        r"\b\d-\d{6,12}\b|\b\d+/\d+\b|\b\d{6,}\b",
        r"(?m)^[ \t]*\(?\d{1,2}(?:[.)]|(?:\.\d{1,2})+[.)]?)(?=\s)",
        # A value as it is keyed, how far along a pregnancy was, and what this form took, measure no trouble.
        rf"\b(?:entered|recorded|keyed|shown|shows?|held|put in|reads?|typed) as {_DIGITS}(?: ?(?:fte|wte|hours?|%))?",
        r"\bat \d{1,2} weeks\b",
        rf"\bform (?:takes?|took|has taken|was) {_AMOUNT} {_UNIT}|\btaken? me (?:{_AMOUNT}|an?|half an?) {_UNIT}",
        r"\b(?:\d+|five|three|ten|two)[- ]?(?:year|yr)s?[- ](?:plan|strategy|vision|programme|old)\b",
        r"\b100 ?%|\b110 ?%",
        rf"\b(?:older than|over|aged?|under|age of) {_AMOUNT}(?: years?)?(?: old| of age)\b|\b{_AMOUNT} years? old\b",
        rf"\b(?:people|anyone|anybody|those|staff|men|women|colleagues|folk) (?:over|under) {_AMOUNT}\b",
        rf"\b(?:every|renewed? every|refresh(?:ed)? every|valid for|lasts?(?: for)?) {_AMOUNT} {_UNIT}",
        rf"\b(?:holds?|held|valid|current|in date|certificates?|competenc\w+|lasts?)\b[^.;]{{0,40}}"
        rf"\bfor {_AMOUNT} {_UNIT}",
        rf"\b{_AMOUNT}[- ]{_UNIT}[- ](?:course|module|session|video|e-?learning|package|programme|workshop|renewal)",
        rf"\b{_AMOUNT} {_UNIT} ?(?:,|and)? ?(?:online|e-?learning|long)\b",
        rf"\b{_AMOUNT}-{_UNIT}(?= (?!wait|delay|queue|backlog|gap|overrun|saving)[a-z])",
        r"\b(?:of|aged?) 1\d (?:or|and|to) [12]\d\b",
        r"\byears? \d{1,2}\b(?: (?:and|to|or) \d{1,2}\b)?(?! [a-z-]+s\b)",
        # How long somebody has been about, and the window that is looked at, are not what happened in it.
        rf"\b(?:in|over|during|within|for|of) (?:the |our |these )?(?:last|past|previous|next|coming|first) "
        rf"{_AMOUNT} {_UNIT}\b",
        rf"\b(?:i|i've|he|she|he's|she's|who|who's)\b[^.;,]{{0,40}} (?:for|after|in) "
        rf"(?:over |nearly |about |more than |almost )?{_AMOUNT} (?:{_UNIT[3:-1]})\b",
        rf"\b(?:after|with) {_AMOUNT} years?(?:'|’)? (?:in|on|at|of|as) (?!wait|delay|debt|limbo|arrears)",
        rf"\b{_AMOUNT} years?(?:'|’)? (?:ago|in (?:the job|post|payroll|nursing|hr)|of service|here|experience"
        r"|service)\b",
        r"(?<![\w-])one (?:of|or|by|another|place|day|to one)\b|\btwo (?:and two|sides|ways)\b",
    )
)
_SIZE = (
    r"(?:fields?|rows?|columns?|box(?:es)?|buttons?|tabs?|screens?|pages?|characters?|letters?|options?|lists?|digits?"
    r"|values?|items?|lines?|menus?|levels?|versions?|channels?|sheets?|icons?|colou?rs?|decimals?|places?|steps?"
    r"|ticks?|words?|parts?|sections?|questions?|types?|kinds?|sorts?|languages?|sizes?|slides?|forms?|drop-?downs?"
    r"|modules?|metres?|meters?|miles?|yards?|km|feet|floors?|copies|names?|plan|things?|ways?|point|"
    r"of them|or|and|not|x|by|to|for)"
)
_PEOPLE_AND_EVENTS = (
    r"(?:staff|nurses?|doctors?|midwives|people|employees|managers|patients|colleagues|starters|leavers"
    r"|trainees|wards?"
    r"|trusts|employers|health boards|cases|calls|errors|mistakes|complaints|grievances|incidents|e-?mails"
    r"|queries|records|overpayments|tickets|posts|vacancies|referrals|injuries|claims|teams|clerks|officers|payrolls"
    r"|times|women|men|times|resignations|sites|of us|suicides|deaths|breaches|never events|"
    r"tribunals|reports|out of|of (?:our|the)|in (?:every )?\d+"
    r"|persons|porters|students|volunteers|clinics|shifts|appeals|files|accidents|assaults|members)"
)
_AMOUNTS = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        r"[£$€] ?\d[\d,]*(?:\.\d+)?(?: ?(?:k|m|bn|million|thousand)\b)?|\b\d[\d,]*p\b",
        rf"\b{_AMOUNT} ?(?:%|per ?cent|percent|percentage points)",
        rf"\b(?:one|{_AMOUNT}) (?:in|out of) (?:every )?{_AMOUNT}\b",
        rf"\b{_AMOUNT} of (?:the |our |these |those |all )?{_AMOUNT}\b",
        r"(?<!top )(?<!bottom )(?<!first )(?<!second )(?<!other )"
        r"\b(?:half|a third|two thirds|two-thirds|a quarter|three quarters|three-quarters|a fifth|a tenth)\b"
        r"(?![ -]?(?:term|way|hearted|time|empty|done|full|baked|price|day|an hour|past))"
        # Half of something that was written or shown is how it looks, not how much of anything.
        r"(?! (?:of )?(?:an?|the|my|his|her|their|your|that|this) (?:sentence|word|line|paragraph|name|title|answer"
        r"|story|thought|note|message|address|picture|screen|page|conversation|explanation|reason|point)\b)",
        r"\b(?:an?|one|two|three|four|five|six|seven) (?:thirds?|quarters|fifths?|sixths?|sevenths?|eighths?"
        r"|ninths?|tenths?)\b",
        r"\b(?:halve[sd]?|halving|doubled|trebled|tripled|quadrupled)\b",
        r"\b(?:a |half a |several )?dozen\b",
        rf"\b{_AMOUNT}(?: or (?:so|more|{_AMOUNT}))?(?: (?:full|whole|working|good|extra|person|staff|wte|"
        rf"calendar|paid))?[ -]{_UNIT}\b",
        rf"\b(?:an?|one|half an?)(?: (?:full|whole|working|good|half))? {_UNIT}(?: and (?:a half|{_AMOUNT} {_UNIT}))?"
        r" (?:a|an|per|each|every|of(?! (?:his|her|their|your|our|my|its|one's) (?:own |choosing|choice|liking))) ",
        rf"\b(?:an?|one) {_UNIT} and {_AMOUNT} {_UNIT}\b|\bhalf an? (?:hour|day|week|shift|year)\b",
        rf"\b{_AMOUNT} ?(?:wte|fte|whole[- ]time)\b",
        rf"\b{_SMALL}(?: [a-z'-]+)? (?!(?:fields?|columns?|boxes|screens?|tabs?|buttons?)\b)[a-z'-]+s "
        r"(?:was|were|had|went|lost|left|did|could|took|told|asked|came|fell|missed|failed|died)\b",
        rf"\b(?:we|they|i|i've|we've)(?: had to)? (?:\w+ed|cut|threw|wrote|broke|sent|took|gave|bought|hired|made|rang)"
        rf"(?: off| out| back| up| away)? {_SMALL} (?!{_SIZE}\b|{_UNIT}\b)[a-z'-]{{3,}}s\b",
        rf"\b(?:lost|lose|losing|saw|sacked|dismissed|suspended|injured|killed|overpaid|underpaid|missed|buried"
        rf"|turned away|paid|caught|found) {_SMALL}(?: [a-z'-]+)? (?!{_SIZE}\b|{_UNIT}\b)[a-z'-]{{3,}}s\b",
        rf"\b{_AMOUNT}(?: [a-z'-]+){{0,2}} {_PEOPLE_AND_EVENTS}\b",
        rf"\b(?:{_DIGITS}|{_LARGE}(?:[ -]{_WORDS})?|a hundred)(?: ?(?:k|m)\b)?(?: or (?:so|"
        rf"more))?[ -](?!{_SIZE}\b)[a-z][a-z'-]+",
        rf"\b{_AMOUNT} (?:a|per|each|every) (?:day|week|month|year|quarter|shift|person|head|ward|rotation|starter)\b",
        rf"\b{_AMOUNT} [a-z-]+ (?:a|an|per|each|every) (?:day|week|month|year|quarter|shift|person|head)\b",
        rf"(?<=\| ){_DIGITS}(?= ?(?:\||$))",
        rf"(?<=_ = ){_DIGITS}\b|(?<=_: ){_DIGITS}(?=[,;.]|$)",
    )
)

_BARE_AMOUNT = re.compile(
    rf"\b(?:from|to|by|than|target|now|about|around|only|nearly|over|under|least|was|were|is|had|"
    rf"average|averages?d?|counted) {_DIGITS}"
    rf"(?=[.,;)]|$| (?:to|a|an|per|each|and|in|of|last|this|since|so|with|against|for) )",
    re.IGNORECASE,
)
# "Make it 120 characters": how large the thing asked for is to be, and so are the other bare numbers beside it.
_SIZE_OF_REQUEST = re.compile(
    rf"\b{_DIGITS} (?:characters?|letters?|digits?|fields?|columns?|rows?|box(?:es)?|lines?|decimals?|words)\b", re.I
)


def find_quantities(text: str) -> list[tuple[int, int]]:
    """Spans of `text` that state an amount, in order, overlapping ones joined. Looks at the text line by line."""
    found: list[tuple[int, int]] = []
    for start, line in _pieces(text):
        masked = _mask(line)
        for expression in _AMOUNTS if _SIZE_OF_REQUEST.search(masked) else (*_AMOUNTS, _BARE_AMOUNT):
            found += [
                (start + hit.start(), start + len(hit[0].rstrip()) + hit.start()) for hit in expression.finditer(masked)
            ]
    return joined(found)


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap made one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _mask(line: str) -> str:
    for expression in _NOT_AMOUNTS:
        line = expression.sub(lambda hit: re.sub(r"\w|[£%]", "_", hit[0]), line)
    return line


def _pieces(text: str) -> list[tuple[int, str]]:
    pieces: list[tuple[int, str]] = []
    at = 0
    for line in text.split("\n"):
        pieces += [(at + cut, line[cut : cut + LONGEST]) for cut in range(0, len(line), LONGEST)]
        at += len(line) + 1
    return pieces
