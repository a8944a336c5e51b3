"""Sentences that hand the answer on: to a colleague, a later day, another paper, or what was said elsewhere."""

from __future__ import annotations

import re

_LONGEST_WORDS, _LONGEST_INVITATION = 26, 32
_LONGEST_COURTESY = 60
"""In so many words it must hand the answer on in two ways at least."""
_ANSWER = (
    r"(?:wording|form of words|words|rationale|reason(?:s|ing)?|arguments?|case|answer|reply|response|paragraph"
    r"|narrative"
    r"|write-?up|paperwork|particulars|explanation|justification|benefits?|bit|box|section|question|statement"
    r"|text|draft"
    r"|this|it|these|that|one)"
)
_PAPER = (
    r"(?:papers?|minutes|pack|submission|inbox|mailbox|e-?mails?|mail|letter|slides?|deck|spreadsheet|folder|drive"
    r"|sharepoint|teams (?:site|chat|folder)|channel|ticket|call log|notes?|business case|board papers?"
    r"|proposal|bid|report|form|document"
    r"|attachment|zip|link|file)"
)
_OURS = (
    r"(?:the|a|my|our|your|his|her|their|last|next|march|april|may|june|july|january|february|september"
    r"|october|november"
    r"|december|spring|summer|autumn|winter)"
)
_WHO = r"(?:he|she|they|i|we|you|who|someone|somebody|[a-z]+)(?:'ll|'d|'s|'re|'ve|'m)?"
_SAY = (
    r"(?:word|write|draft|phrase|explain|answer|supply|provide|complete|fill|expand|elaborate|set (?:this|it"
    r"|that) out"
    r"|put (?:this|it|something|pen)|talk (?:you|it|this|that|them|about)|discuss|go (?:through|over)"
    r"|walk you|describe|clarify|comment|say|share|send"
    r"|take a call|finish"
    r"|do (?:this|it|that)|sort|tell you|speak to)"
)
_IN_CASE = (
    r"(?:questions?|quer(?:y|ies)|anything (?:else|further|more|is|isn't|you)|more|further|unclear|not clear"
    r"|clarif\w+"
    r"|details?|information|chat|need|want|doubts?)"
)
_REACH = (
    r"(?<!to )(?<!must )(?<!they )(?<!you )(?<!we )(?:(?:ring|call|phone|contact|e-?mail|bleep|message|text|speak to"
    r"|ask(?: for)?|get hold of|get in touch with|come and find) (?:me|us|him|her|my \w+|the \w+|[a-z]+ (?:on"
    r"|in|at)|on"
    r"|0\d+)"
    r"|(?:give|drop) (?:me|us|him|her|[a-z]+) an? (?:ring|call|bell|buzz|shout|line|note|message|e-?mail)"
    r"|get in touch"
    r"|let (?:me|us) know)"
)
_HANDING_ON = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        # Who is to write it, or may be asked.
        rf"(?<!n't )(?<!not )\b(?:going|due|meant|want(?:s|ed|ing)?|like|likes|rather|prefer(?:s|red)?|hop(?:e"
        rf"|es|ing)|promised|offered|agreed"
        rf"|(?:best|better) (?:placed|able)(?: than (?:i|we|me|us)(?: am| are)?)?|happy|glad|willing|available"
        rf"|free|yet) (?:to |not to )?{_SAY}\b",
        r"\b(?:will|can|could|shall|should|must|'ll|'d|needs? to|has to|have to|reckons|thinks) (?:\w+ ){0,3}?"
        r"(?:word|draft|phrase|find a form of words|do the words|write (?:this|it|that|something)|put (?:this"
        r"|it) into)",
        rf"\b(?:owns|holds|deals with|looks after|is (?:doing|writing|drafting|wording|handling"
        rf"|leading on)) {_ANSWER}\b",
        r"\b(?:the|a|best) (?:person|one|man|woman|lady|chap|colleague) to (?:ask|answer|speak to|explain"
        r"|tell you)\b",
        r"\b(?:check with|run (?:it|this) past|refer (?:it|this) to|defer to) (?:my|our|the|him|her|them)\b",
        # Not now.
        r"\b(?:hold|held|holding) (?:fire|off|back|answer|reply|response|position)\b|\bholding (?:text|statement"
        r"|note)\b",
        r"\b(?:keep|keeping) (?:this|it) back\b|\bnot (?:at liberty|in a position|able|allowed|ready) to (?:say"
        r"|write|share|"
        r"put|answer|comment|commit|confirm|give)\b",
        r"\b(?:put|commit|putting|committing) (?:\w+ ){0,2}(?:in|into|to|on) (?:writing|paper|print)\b",
        r"^(?:still )?(?:pending|awaiting|subject to|waiting (?:for|on)|until|after|once) .{0,60}\b(?:meeting"
        r"|conversation|"
        r"discussion|approval|sign-?off|board|committee|chat|call|review|consultation|reply|steer|workshop"
        r"|figures)\b",
        r"\b(?:wants?|would like|needs?|asked for|insists on) (?:a|another|one more) (?:look|read|go)\b",
        r"\b(?:watch this space|bear with (?:me|us)|work in progress|under construction|more anon|soon as poss\w*)\b",
        r"\b(?:give|allow|grant) (?:us|me) (?:till|until|a (?:week|day|few|couple)|more time|to)\b",
        r"\b(?:am|i'm|we're|is|she's|he's|they're) (?:off|away|out|on (?:\w+ )?leave|on holiday)\b.{0,12}"
        r"\b(?:till|until|this|next)\b",
        r"\bwill (?:chase|nudge|nag|remind|pester)\b|\bchased (?:it|this|him|her|them|up|twice|again)\b",
        r"\b(?:park(?:ed|ing)?|shelv(?:ed|ing)|defer(?:red|ring)?) (?:this|it|that|for now)\b",
        r"\b(?:until|till|once|when) (?:i|we)(?:'ve| have)? (?:seen|spoken|heard|talked|met|had (?:a|the|my)"
        r"|checked)\b",
        r"\b(?:dig|look|hunt|fish|get|print) (?:it|this|that|them|these) (?:all )?(?:out|off|up)\b"
        r"(?! (?:their|your|his|her|my|one's))",
        r"\b(?:on|in) (?:his|her|my|their|somebody's) (?:laptop|pc|desk|desktop|c: ?drive|hard drive|tray|drawer)\b",
        # Told or sent already.
        rf"\b(?:went|gone|ran|run|talked|took|taken|discussed|explained|covered|told|gave|spoke|said|mentioned)"
        rf"\b.{{0,30}}\b(?:with|to|at|on|over|in) (?:your|you|one of your|the (?:service ?desk|desk|helpdesk"
        rf"|help desk|user"
        rf" group|sig|phone|call|meeting|team)|{_OURS} (?:call|meeting|workshop|visit|conversation)|teams|zoom)\b",
        rf"\b(?:e-?mailed|sent|posted|forwarded|mailed|passed|uploaded|submitted|went|attached|included|copied)"
        rf"\b.{{0,40}}\b(?:{_ANSWER[3:-1].replace('|this|it|these|that|one', '')}|{_PAPER[3:-1]}|round|over"
        rf"|across|you)\b",
        rf"\b(?:is|are|was|were|'s|find|found|set out|laid out|contained|spelt out)\b(?: \w+){{0,4}}?"
        rf" (?:in|on|among|amongst|with|within) {_OURS} (?:\w+ ){{0,4}}?{_PAPER}\b",
        r"\b(?:have|has|got) (?:all )?(?:this|it|that|the (?:details|figures|background|answer)) (?:on file"
        r"|already)\b",
        r"\b(?:took|has|have|made|kept) (?:the |all the |some )?(?:notes|minutes|details|particulars)\b",
        rf"\b(?:as|like) (?:i|we|{_WHO}) (?:said|told|discussed|explained|agreed|wrote|mentioned)\b",
    )
)
# Who knows more, and how to reach us in case.
_INVITATIONS = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        r"\b(?:can|could|will|would|'d|'ll|may) (?:say|tell|explain|put|describe|answer|set out"
        r"|speak to) (?:it|this|that|you"
        r"|these|them)\b(?: \w+){0,3}? (?:better|best|properly|in full|more)\b|\bbetter than (?:i|me"
        r"|we) (?:can|could|do)\b",
        r"\bnot (?:want|wish|like|dare|care|presume|be right|be for (?:me|us)) to (?:pre-?empt|pre-?judge|misrepresent"
        r"|get ahead|second"
        r"-?guess|guess|say|speak for|answer for|put words)\b|\bnot (?:for (?:me|us)|my place"
        r"|our place) to (?:say|judge)\b"
        r"|\b(?:above|beyond|outside) my (?:pay ?grade|remit|knowledge|brief|station)\b|\bi'?(?:m| am) only the\b",
        r"\b(?:asked|told|here|meant) (?:only |just )?to (?:type|key|copy|submit|forward|transcribe)\b"
        r"|\bhandwriting\b"
        r"|\b(?:typing|filling|writing|completing|sending) (?:this|it|the form|these)(?: \w+){0,2} (?:for"
        r"|on behalf of)\b",
        r"(?<!nobody )(?<!no one )\b(?:has|have|holds?|knows?|'s got|got) (?:all |most |more )?(?:of )?(?:the|this) "
        r"(?:full |whole )?(?:background|history|context|back ?story|ins and outs)\b(?! (?:of|to|needed|that|which))",
        rf"^(?:if|should|in case) (?:you|there|any\w*|this|that|it|more|further)\b.{{0,50}}\b{_IN_CASE}\b.{{0,40}}"
        rf"{_REACH}\b",
        rf"^(?:for|any|with) (?:\w+ ){{0,2}}{_IN_CASE}\b.{{0,40}}{_REACH}\b",
        rf"^(?:please|do|just|feel free to|you can|you may|by all means|and|or|,| )*{_REACH}\b.{{0,60}}\b(?:if|with|for"
        rf"|should|in case|about)\b.{{0,30}}\b{_IN_CASE}\b",
        r"\b(?:i|we|he|she|they) (?:can|may|am|are) (?:always |best |usually )?(?:be )?(?:reached|contacted|found"
        r"|got hold of) (?:on|at|via|by|in)\b",
        r"\b(?:my|our|her|his|the best) (?:mobile|number|extension|ext|direct line|bleep|e-?mail(?: address)?) is\b",
    )
)
# Sent by mistake, or the same as what somebody else sent: there is nothing to read here.
_WITHDRAWN = re.compile(
    r"^(?:please |pls |kindly |sorry,? )*(?:ignore|disregard|delete|bin|scrap|withdraw|cancel) "
    r"(?:this|that|my|the (?:first|last|earlier|previous|other))\b(?! (?:rule|field|limit|box))"
    r"|\b(?:sent|submitted|filled (?:it |this )?in|posted|typed|started) (?:it |this |that )?(?:in error|by mistake"
    r"|too (?:soon|early)|by accident)\b"
    r"|\b(?:correct|right|proper|final|updated|revised|amended|full|new) (?:version|one|form|copy|answer|text|wording)"
    r" (?:is |will be )?(?:on (?:its|the) way|coming|to follow|to come|following)\b"
    r"|^(?:have|take) a look at (?:what )?\w+(?: \w+){0,3} (?:wrote|put|said|sent|form|answer|theirs|request)\b"
    r"|\b(?:ours|mine|this one|our answer|my answer) (?:is|are|would be|will be|'d be) "
    r"(?:just |exactly |much )?(?:the same|no different|identical)\b",
    re.IGNORECASE,
)
_LONGEST_WITHDRAWAL = 16
# Why a box was ticked is about the form, and "because" makes it no reason.
_BOX_CHOSEN = re.compile(
    r"^(?:i |we |have |i've |we've )*(?:only )?(?:ticked|crossed|circled|selected|chose|picked|marked)\b(?! box)"
    r".{0,60}\b(?:box(?:es)?"
    r"|options?|the other (?:two|ones)|others|fit(?:ted|s)?|appl(?:y|ied|ies)|closest|nearest|best match|first one)\b",
    re.IGNORECASE,
)
# What is at stake, told beside it, makes it an answer all the same.
_AT_STAKE = re.compile(
    r"\b(?:because|so that|otherwise|which means|meaning|means that|lose|lost|overp\w+|underp\w+|wrong|late"
    r"|errors?|harm\w*"
    r"|injur\w*|die[ds]?|death|patients?|nurses?|penalt\w+|fined?|unsafe|unlawful|duty|require[sd]?|must be"
    r"|leave the|quit"
    r"|resign\w*|complain\w*|waste[ds]?|save[sd]?|saving|spend|spent"
    r"|scald\w*|burn\w*|fell|hurt\w*|collaps\w+|assault\w*|sent home|missed|sued|overtime)\b|[£%]",
    re.IGNORECASE,
)


def is_handed_on(sentence: str) -> bool:
    """Whether a short sentence says who will answer, when, or where it was said, and nothing that is at stake."""
    words = len(sentence.split())
    if words <= _LONGEST_WORDS and _BOX_CHOSEN.match(sentence):
        return True
    withdrawn = _WITHDRAWN.search(sentence) if words <= _LONGEST_WITHDRAWAL else None
    if withdrawn is not None and not _AT_STAKE.search(sentence.replace(withdrawn[0], "")):
        return True
    if _LONGEST_INVITATION < words <= _LONGEST_COURTESY and not _AT_STAKE.search(sentence):
        return sum(bool(expression.search(sentence)) for expression in _HANDING_ON + _INVITATIONS) > 1
    if words > _LONGEST_INVITATION or _AT_STAKE.search(sentence):
        return False
    ways = _HANDING_ON + _INVITATIONS if words <= _LONGEST_WORDS else _INVITATIONS
    return any(expression.search(sentence) for expression in ways)
