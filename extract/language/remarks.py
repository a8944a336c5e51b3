"""Sentences that were typed but say nothing that answers: stand-ins, pointers, promises, denials, questions."""

from __future__ import annotations

import re
from functools import cache

from extract.language.handoffs import is_handed_on
from extract.language.wording import load_wording

_LONGEST = 2_000
_EDGES = " \t\u00a0.,;:!?…-–—*•>\"'()[]/|_"
_PLACE = (
    r"(?:above|below|attached|attachment|box|section|question|page|form|title|sr|email|e-mail|"
    r"appendix|annex|outline|overleaf|description|document|doc|"
    r"paper|spreadsheet|requirement|file|enclosed|previous|elsewhere|other|part|field|answer|"
    r"justification|benefits?|impact|reasons?|case|folder|sharepoint|link|here|covering|letter|minutes|job"
    r"|notes?|ticket|situation|workaround|process)"
)
_POINTER = re.compile(
    r"^(?:(?:please|pls|kindly|also|ditto|again)\b[ ,]*)*(?:see|refer to|ref\.?|cf\.?|as (?:per|in|"
    r"above|below|before|set out|stated|given|described|already|previously|discussed|mentioned|"
    r"explained|for)|read|look at|same as|gweler|fel uchod|detailed in|included in|contained in|"
    r"covered (?:in|by|elsewhere|above|below)|already (?:given|stated|covered|answered|provided|set "
    r"out|explained|described|sent|supplied)|described (?:above|below|in)|given (?:above|below|in|"
    r"elsewhere)|stated (?:above|below|in)|explained (?:above|in)|answered (?:above|in|under)|set "
    r"out (?:above|in|elsewhere)|copied from|taken from)\b.{0,120}$",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"\b(?:attached|enclosed|appended|ynghlwm|in the attachment|in attachment|in the zip|in appendix|"
    r"in the appendix|on sharepoint|on the shared drive|in the folder|separate(?:ly)? (?:document|"
    r"paper|sheet|file|cover)|under separate cover|sent separately|is in the (?:e-?mail|attachment|"
    r"document|paper|spreadsheet)|covering (?:e-?mail|letter)|on page \d+|already (?:given|stated|"
    r"provided|submitted|answered|covered)|covered elsewhere|elsewhere (?:on|in) (?:this|the) "
    r"(?:form|document)|(?:in|under) (?:box|section|question|q(?! ?[1-4]\b)) ?\d)\b",
    re.IGNORECASE,
)
_CROSS_REFERENCE = re.compile(r"(?:please |pls )?(?:x|cross)[- ]?ref(?:er|s|erence|erred)?\b", re.IGNORECASE)
_SAID_TO_SEE = re.compile(
    r"\b(?:say|write|put|answer|reply|enter|type)\b:? ?[\"'“‘](?:please )?(?:see|as|refer|n/?a|tb[ac])\b", re.I
)
_PROMISE = re.compile(
    r"\b(?:will|shall|'ll) (?:be )?(?:follow|send|sent|supply|supplied|provide|provided|fill|filled|"
    r"complete|completed|add|added|confirm|confirmed|advise|advised|forward|forwarded|get back|come "
    r"back|let you know|be in touch|write|written|do (?:this|it)|chase|ask|update|updated|finish|"
    r"draft|drafted|agree|agreed|email|e-mail|pick this up|put (?:this|something|it)|look (?:into|"
    r"at)|think|sort|give you|have (?:it|this|something) (?:to|for|by|ready)|insert|inserted|"
    r"determined|decided|i'w)\b|\b(?:to|i) (?:follow|ddilyn)\b|\b(?:leave (?:this|it) with me|bear "
    r"with|watch this space|^(?:(?:i'm|we're|i am|we are|still|just|currently|we|i) )*(?:waiting|"
    r"awaiting|chasing)\b|^pending\b|\bpending$|\bstill pending|^still (?:waiting|being|to be|to "
    r"come|with|needs|has to)|in hand|in progress|being (?:written|drafted|prepared|worked on|"
    r"collected|finali[sz]ed)|work(?:ing)? in progress|under (?:discussion|review)|not (?:yet "
    r")?(?:finished|finali[sz]ed|ready|written|agreed|available|complete|completed)|(?:is|are|am|i'm|"
    r"he's|she's|they're) (?:on|away on|off) (?:leave|holiday|annual leave|sick)|back (?:on (?:mon|"
    r"tue|wed|thu|fri)|next week|from leave)|once (?:they|we|she|he|it|the|i|this)\b.{0,80}\b(?:will|"
    r"can|we'll|'ll)|leave this (?:section|box|part) blank|left (?:this|it|blank)|don't meet|doesn't "
    r"meet|is (?:doing|writing|drafting|preparing|working on|finalising|checking)|sits with|hasn't "
    r"(?:sent|come|replied|got back|written)|haven't (?:had|got|written|finished|received)|has yet "
    r"to|have yet to|yet to be|coming soon|to come$|asap|tomorrow$|next week$|by (?:friday|monday|"
    r"tuesday|wednesday|thursday|the end of)|when (?:i|we) (?:get|have|hear|come)|"
    r"when (?:she|he|they) (?:gets?|comes?|has|have) (?:back|finished|replied|sent)|"
    r"remind me|has (?:the|all the) (?:figures|details|wording|numbers)|my (?:manager|boss|"
    r"colleague) (?:has|will|knows))",
    re.IGNORECASE,
)
_FUTURE_ANSWER = re.compile(
    r"\b(?:will (?:be |then )?(?:send|sent|supply|supplied|provide|provided|fill|complete|completed|"
    r"add|confirm|advise|forward|follow|write|get back|come back|let you|be in touch|email|e-mail|"
    r"drop|share|pass|submit)|'ll (?:send|fill|add|do|get|let|write|come|be in touch|email|complete|"
    r"confirm|finish|look|ask|check)|to follow|ddilyn|leave (?:this|it) with|(?:somebody|someone) "
    r"(?:else )?will (?:be in|send|ring|call|write|get back|let|supply|add|complete|fill|provide|confirm)"
    r"|will (?:do|put|have) (?:this|it|something)|be in touch|blank for (?:now|the time being)|"
    r"in due course)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"^(?:(?:sorry|honestly|tbh|i|we|it is|it's|is|this is|at the moment|currently|as yet|really|to "
    r"be honest|er|erm|um|hmm|well)\b[ ,]*)*(?:do(?:n't| not) (?:know|have (?:this|that|it|any))|"
    r"haven't a clue|have no idea|no idea|not sure|unsure|can't say|couldn't say|hard to say|not "
    r"known|unknown|no clue|not certain|cannot say|who knows|dunno|search me|ask (?:\w+|me|us|the "
    r"\w+)|speak to|talk to|ring|call|contact|phone|email|over to|none|nil|nothing)\b.{0,100}$",
    re.IGNORECASE,
)
# That it was agreed says nothing of why.
_AGREED = re.compile(
    r"^(?:(?:fully|all|now|already|was|has been|been|this was|it was|to be) )*(?:discussed|agreed|approved"
    r"|signed off|supported"
    r"|endorsed|minuted|authori[sz]ed|cleared|noted|considered|rubber-?stamped)\b.{0,60}$"
    r"|^(?:everyone|everybody|all(?: of us| parties)?|we all|both sides|nobody) (?:agree[sd]?|supports?"
    r"|supported|is happy"
    r"|are happy|is content|signed|approve[sd]?|is on board|objected|objects|disagree[sd]?)\b.{0,30}$",
    re.IGNORECASE,
)
_PASS_MARK = re.compile(r"\bpass(?:[ -]?mark| rate)?:? (?:is |of )?\d{1,3} ?(?:%|per ?cent)", re.IGNORECASE)
_CODE = re.compile(r"(?<=\d )[a-z]{2,4}(?= \d)")
"""Letters between two numbers are part of a reference."""
_REFERENCE_WORD = re.compile(
    r"(?:https?://\S+|www\.\S+|e-?learning|package|pass|mark|cost|cent(?:re|er)|budget|code|service|signatures?|signed|countersigned|initialled|obtained|(?:director"
    r"|manager|head|chair)'?s?"
    r"|sr|inc|ref|reference|request|ticket|call|form|no|number|nos|slide|p|pp|pg|page|pages|box|tel|telephone|phone"
    r"|ext|extn|dated?|our|your|the|see|of|and|version|v|ver|release|raised|logged|under|on|at|in|para|section|item"
    r"|appendix|part|line|draft|minutes?|agenda|doc|document|file|rev|copy|cc|q|as|per|to|from|am|pm|mon|tues?|wed"
    r"|thur?s?|fri|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*|course|module"
    r"|mins?|hours?|\W+|[\d#/.,:;()&+-]*\d[\d#/.,:;()&+-]*[a-z]?|[a-z]{1,4}[-/]?\d[\w/.-]*)[.,:;)]*",
    re.IGNORECASE,
)
_NOTHING = (
    r"(?:none|no|nothing|nil|not|never|neither|without|isn't|aren't|wasn't|doesn't|don't|won't|"
    r"wouldn't|can't|cannot|couldn't|hasn't|haven't|didn't|nowhere|dim|nid oes|does dim)"
)
_DENIAL = re.compile(rf"^(?:[\w'’-]+[ ,:]+){{0,9}}?{_NOTHING}\b", re.IGNORECASE)
_TOLD_ALREADY = re.compile(
    r"^(?:the |our |any |these |those"
    r" )?(?:benefits?|figures?|savings?|costs?|numbers?|case|justification|impact|details?)"
    r" (?:have|has|are|is|were|was)(?: yet to be|n't| not)(?: yet)?(?: been)? (?:worked"
    r" out|quantified|costed|established"
    r"|written|calculated|assessed|agreed|known|identified|available|drawn up)\b|"
    r"\b(?:you (?:already |should )?(?:have|know|got) (?:this|it|that|these|all)|(?:already|have) told (?:you"
    r"|the|them)"
    r"|as i (?:said|told|explained|wrote)|(?:said|explained|went through|gave) (?:it|this|that|all "
    r"this)? ?(?:on|over) the phone"
    r"|(?:was|been) told to (?:put|write|fill|use|send)|not my (?:area|job|department|field)|(?:someone"
    r"|somebody) else(?!')"
    r"|over to (?:you|\w+)|up to (?:you|them)|to be (?:discussed|written|drafted|worked up|finali[sz]ed|costed)"
    r"|needs? (?:writing|completing|filling|discussing|agreeing|to be (?:written|agreed|discussed))"
    r"|(?:is|are|was|it's|they're|that's) (?:all )?(?:in|on) (?:the|my|our|his|her|that|your) (?:sr|"
    r"e-?mail|ticket|letter|folder"
    r"|paper|minutes|spreadsheet|slides?|business case|other form|covering|attachment|drive|document|log|call)"
    r"|what (?:do|does|should) (?:you|this|i|we) (?:mean|want|put|write|need))\b"
    r"|^[a-z]+(?: [a-z]+)? to (?:add|complete|confirm|advise|supply|send|write|fill|provide|finish|"
    r"update|follow|do|chase)\b",
    re.IGNORECASE,
)
# Who was to write the answer, and where it went: about the form, whatever the subject.
_WRITING = re.compile(
    r"\b(?:is|are|was|were|am|'s|'m|'re) (?:just |still |all )?(?:going|due|meant|supposed|about|hoping|trying) to "
    r"(?:word|write|draft|do|send|complete|fill|finish|sort|supply|provide)\b"
    r"|\b(?:have|has|i've|we've|'ve) left (?:him|her|them|\w+)? ?(?:a )?(?:message|voicemail)\b"
    r"|\b(?:will|to|shall|'ll) check (?:with|w/)|\b(?:is|am|are|'s|'m|'re) checking (?:with|w/)"
    r"|\bcome back to (?:you|this)\b"
    r"|^(?:the |my |our |a )?(?:\w+ )?(?:spreadsheet|paper|workings|figures|business case|document|details"
    r"|slides?|evidence|report)\b"
    r".{0,60}\b(?:sent|attached|e-?mailed|uploaded|submitted|posted|forwarded|to follow|on (?:its|their) way)\b"
    r"|^(?:i |we |i'll |we'll )?(?:will|shall|must|need to|'ll) (?:think|ask|see|check|sort|look|have a think"
    r"|have a word)\b"
    r"|\bembedded (?:below|above|here|in)\b|\bole object\b|^i'?w (?:gadarnhau|ddilyn|gwblhau)\b"
    r"|\b(?:waiting|awaiting|wait) (?:for |on |to hear )?(?:a |the )?(?:steer|sign-?off|reply|response|word"
    r"|confirmation|approval)\b",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"^(?:we'd|we would|i'd|i would|i'm|we're|i am|we are|would|will|very|always|more than|hope|please feel)\b.{0,14}"
    r"\b(?:glad|happy|pleased|grateful|free|that's ok|helps)\b.{0,60}$",
    re.IGNORECASE,
)
_BARE_YES = re.compile(r"^(?:yes|yep|yeah|aye|ok|okay|ydy|oes)\b[ ,.:;–-]*(?:[a-z']+ ?){0,3}$", re.IGNORECASE)
_LABEL = re.compile(r"^(?:benefits?|justification|impact|(?:national |wellbeing )?link|reasons?) ?[-–:=]+ ?")
_LEFT_BLANK = re.compile(
    r"\b(?:leave|left|leaving|keep) (?:this|it|the) (?:\w+ )?(?:blank|empty|open|with (?:me|us|him|her))\b"
    r"|\bblank (?:for now|for the (?:time being|moment)|until)\b|\b(?:be|get|been) in touch\b",
    re.IGNORECASE,
)
# "Cash releasing: none. Non-cash: 6 hours a week": one kind is denied, and the next is not.
_ANOTHER_KIND = re.compile(
    r"^[^.;|,]{0,60}\b(?:none|nil|no|n/?a|nothing)\b[^.;|,]{0,40}[.;|,] *(?:and |but )?(?:[a-z][a-z/-]+ ){0,3}"
    r"[a-z/-]+ ?(?::|=| [-–]) ?(?!none|nil|no\b|n/?a\b|nothing|tb[ac]|see\b|as above|unknown|not )\w",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"\?+[\s\"')]*$")
_REQUEST = re.compile(r"\b(?:could|can|would|may|might) (?:you|we|this|it|the|i|someone|somebody)\b", re.IGNORECASE)
_FILLER = re.compile(
    r"^(?:[x?.\-–—*/\\_~#=]{1,12}|(?:x ?){2,}|(?:\?+ ?)+|(?:blah ?)+|(?:lorem ipsum.*)|"
    r"(?:test(?:ing)? ?)+|asdf\w*|qwerty\w*|abc|123)$",
    re.I,
)
_STAND_IN_START = re.compile(
    r"^(?:tb[cad]|to be (?:confirmed|advised|agreed|completed|decided|added|determined|supplied|"
    r"provided|written|finalised|discussed)|n/?k|not known yet|details to (?:follow|be)|(?:more |"
    r"further )?(?:details?|information|info|figures|wording)? ?(?:will|to) follow)\b.{0,80}$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:hi|hello|hiya|dear|hey|good (?:morning|afternoon)|thanks|thank you|many thanks|ta|cheers|"
    r"kind regards|best wishes|regards|best(?=[\s,.!]*$)|diolch|shwmae|bore da|sent from my \w+|from:|to:|cc:|"
    r"subject:|sent:|date:|-+ ?(?:original|forwarded) message ?-+|on .{0,60} wrote:)(?:\W.{0,80})?$",
    re.IGNORECASE,
)
_NOT_APPLICABLE = re.compile(r"^\s*(?:n\s?/\s?a|n\.a\.|not applicable|amherthnasol)\b[\s.:,;–—-]*", re.IGNORECASE)


def after_not_applicable(sentence: str) -> str:
    """What is left of a sentence once a leading N/A is taken away."""
    return _NOT_APPLICABLE.sub("", sentence, count=1)


def is_greeting(sentence: str) -> bool:
    """A greeting, a signature or a mail header: neither for nor against."""
    return bool(_GREETING.match(sentence.strip(" \t>*")[:_LONGEST]))


def is_hollow(sentence: str) -> bool:
    """Whether a sentence stands in for an answer, points elsewhere, promises one, or asks back. Denials are apart."""
    sentence = sentence[:_LONGEST].replace("’", "'")
    bare = _LABEL.sub("", sentence.strip(_EDGES).lower())
    if not bare or bare in _stand_ins() or _FILLER.match(sentence.strip()):
        return True
    if _STAND_IN_START.match(bare) or _is_reference(bare):
        return True
    if _LEFT_BLANK.search(bare) or not any(character.isalnum() for character in bare):
        return True
    words = len(bare.split())
    if is_handed_on(bare):
        return True
    if words <= 25 and _WRITING.search(bare) and not _makes_point(bare):
        return True
    if (_BARE_YES.match(bare) or (words <= 14 and _COURTESY.match(bare))) and not _makes_point(bare):
        return True
    if words <= 12 and _AGREED.match(bare) and not _makes_point(bare):
        return True
    if words <= 18 and _TOLD_ALREADY.search(bare) and not _makes_point(bare):
        return True
    if _POINTER.match(bare) and (words <= 10 or _ATTACHED.search(bare)):
        return re.search(rf"\b{_PLACE}\b|\d", bare, re.IGNORECASE) is not None and not _makes_point(bare)
    if _SAID_TO_SEE.search(sentence) and not _makes_point(bare):
        return True
    if _CROSS_REFERENCE.match(bare) and words <= 6:
        return True
    if _UNKNOWN.match(bare) and words <= 12 and not _makes_point(bare) and not _ANOTHER_KIND.search(bare):
        return True
    if words <= 14 and _ATTACHED.search(bare) and not _makes_point(bare):
        return True
    if _FUTURE_ANSWER.search(bare) and not _makes_point(bare):
        return True
    if words <= 9 and _PROMISE.search(bare) and not _makes_point(bare):
        return True
    return bool(_QUESTION.search(sentence)) and words <= 20 and not _REQUEST.search(sentence) and not _makes_point(bare)


def is_bare_reference(sentence: str) -> bool:
    """Whether a sentence is nothing but a number, a date or a place to look."""
    return _is_reference(sentence[:_LONGEST].strip(_EDGES).lower())


def is_promise(sentence: str) -> bool:
    """Whether a sentence says who will answer later, however long it is."""
    return bool(_PROMISE.search(sentence[:_LONGEST]) or _FUTURE_ANSWER.search(sentence[:_LONGEST]))


def is_denial(field: str, sentence: str) -> bool:
    """Whether a sentence says that there is no such link, impact, benefit or reason as `field` asks for."""
    sentence = sentence[:_LONGEST].replace("’", "'").strip(_EDGES)
    start = sentence[:160]
    if _ANOTHER_KIND.search(sentence):
        return False
    if re.match(
        r"(?:nothing national|not national|dim (?:byd|cyswllt|effaith|angen)|nid oes|does dim)\b", start, re.IGNORECASE
    ):
        return True
    if re.match(
        r"(?:none|nil|no|nothing)\b[ ,;.-]{0,3}(?:$|that|at all|whatsoever|really|to|for|as|i'm|we|known|"
        r"identified|much|it|sorry|apart|there|this|but|national)",
        start,
        re.IGNORECASE,
    ):
        return True
    if _ANSWER_IS_NO.match(start) or (field == "national_link" and _ONLY_LOCAL.match(sentence)):
        return True
    if _NO_LEADING_UP.search(sentence) and _is_denied_noun(field, sentence):
        return True
    if field in _OWNED_UP_TO and (_NONE_FOUND.match(start) or _LOOKED_IN_VAIN.search(start)):
        return True
    if field == "impact_of_not_changing" and _WOULD_COPE.match(sentence):
        return True
    if not _DENIAL.match(start):
        return False
    return _is_denied_noun(field, start) or (
        len(start.split()) <= 6 and re.search(r"\b(?:one|any|none|such|no)$", start) is not None
    )


def _is_denied_noun(field: str, sentence: str) -> bool:
    return field in _DENIED and _DENIED[field].search(sentence) is not None


_ONLY_LOCAL = re.compile(
    r"(?:(?:it|this|that)(?:'s| is| was) )?(?:purely|just|only|entirely|simply|solely|very much|strictly) (?:an?"
    r" )?local\b"
    r"(?: \w+){0,2}$",
    re.IGNORECASE,
)
_ANSWER_IS_NO = re.compile(
    r"(?:the |my |our )?(?:\w+ )?(?:answer|reply|response)(?: \w+){0,4}? (?:is|would be|has to be|must be) (?:a )?"
    r"(?:no|none|nil)\b(?!t)",
    re.IGNORECASE,
)
# "With regret, having looked everywhere, there does not appear to be one": courtesies before the denial.
_NO_LEADING_UP = re.compile(
    r"^(?:(?:with|having|after|despite|in spite of|much as|try as|unfortunately|regrettably|sadly|i regret|i am sorry"
    r"|sorry|i'm afraid|we're afraid|to the best of)\b[^.;,]{0,100}, ?(?:that )?(?:and )?){1,3}"
    r"(?:(?:i|we)(?:'m| am|'re| are| have to| must)? (?:say|report|confirm|find|think|believe|afraid)(?: that)? )?"
    r"(?:there|it|this|i|we)(?:'s| is| are|'re)?\b(?: \w+){0,2}? ?(?:not|n't|no|nothing|doesn't|don't|isn't|aren't"
    r"|can't|cannot|couldn't|didn't)\b",
    re.IGNORECASE,
)


_OWNED_UP_TO = ("national_link", "wellbeing_link", "benefits")
# "I can't see that there's one, to be honest": said of oneself, and of nothing that others lack.
_NONE_FOUND = re.compile(
    r"(?:(?:sorry|honestly|well|frankly|tbh|to be (?:fair|honest|frank)|at present|currently"
    r"|as far as (?:i|we) (?:know|can see)|i'm afraid|afraid|hand on heart|if i'm honest)[ ,]*)*(?:(?:i|we|there"
    r"|this|it|you|one) )?"
    r"(?:can't|cannot|couldn't|could not|don't|do not|doesn't|isn't|is not|not|haven't|have not|wouldn't"
    r"|am not|aren't"
    r"|fail to|struggle to|hard to)\b(?: [\w'’]+){0,6}? (?:one|any|anything|much of one|there being one)\b"
    r"(?=$|[ ,.;:]*(?:$|to be|if i'm|honestly|tbh|really|here|myself|at present|as such|yet|,|;|it\b|but\b"
    r"|other than))",
    re.IGNORECASE,
)


_LOOKED_IN_VAIN = re.compile(
    r"\b(?:could|can)(?:n't|not| not) (?:name|find|identify|point to|think of|recall) (?:one|any|anything)\b"
    r"|^not that (?:i|we|any\w+|\w+)\b.{0,30}\b(?:know|knows|recall|aware|remembers?|can see|heard)\b|"
    r"\b(?:i|we)(?:'ve| have|'re| are|'m| am| were| was)? (?:\w+ )?(?:been )?(?:unable|failed|not able|struggl\w+) to "
    r"(?:find|identify|locate|trace|see|point to|come up with|think of|establish|ascertain|name)\b|"
    r"\bdr[ae]wn? a blank\b|\bcame (?:up|back|away) (?:with nothing|empty.?handed)\b|\bnothing (?:came|turned) up\b"
    r"|^(?:(?:i|we)\b.{0,60}|(?:looked|searched|asked|tried|checked)\b.{0,50})\bwithout (?:success|luck|result)\b"
    r"|\b(?:there )?(?:aren't|isn't|is not"
    r"|are not) (?:any|one|much)"
    r"(?: of one)? (?:as such|really|to speak of|to be honest|that \w+ \w+|here)\b"
    r"|^(?:it's |it is |rather |very )?(?:hard|difficult|impossible|not easy) to (?:put|find|see|think of"
    r"|name|claim|argue"
    r"|point to) (?:an?|any|what|the|much of a) (?:\w+ )?(?:benefits?|link|connection|one)\b",
    re.IGNORECASE,
)
_WOULD_COPE = re.compile(
    r"^(?:(?:honestly|well|oh|probably|i (?:expect|suppose|think)),? )*(?:we|they|people|staff|everyone"
    r"|everybody|i|the \w+)"
    r"(?:'d| would|'ll| will| can| could) (?:just |probably |still |all |always )*(?:cope|manage|get by|carry on"
    r"|survive|live(?: with it)?"
    r"|muddle through|make do|be (?:just |perfectly )?(?:fine|ok|okay|all right|alright))\b[^,;.]{0,20}$"
    r"|^(?:it|this|that)(?: really)? (?:wouldn't|would not|won't|will not) be (?:an? |the |much of an? )?"
    r"(?:big |great |real )?(?:disaster|end of the world|tragedy|problem|loss|deal|issue)\b.{0,20}$"
    r"|^(?:it|this|that) (?:can|could|will) wait\b.{0,20}$|^(?:life|work|things) (?:would |will )?goe?s? on\b.{0,20}$"
    r"|^(?:it's |it is )?not the end of the world\b.{0,20}$",
    re.IGNORECASE,
)


def _no_such(nouns: str) -> re.Pattern[str]:
    return re.compile(rf"\b{_NOTHING}\b(?:[ ,'-]+[\w'-]+){{0,8}}?[ ,'-]+(?:{nouns})\b", re.IGNORECASE)


_DENIED = {
    "national_link": _no_such(
        "national|nationally|link|linked|programmes?|policy|policies|laws?|legislation|initiatives?|acts?|framework"
        "|statute|basis|driver|body|bodies|strategy|scheme|learning|cyswllt|rhaglen"
    ),
    "wellbeing_link": _no_such(
        "link|linked|links|connection|connected|wellbeing|well-being|related|relevant|agenda|lles|claim one"
    ),
    "benefits": _no_such("benefits?|savings|advantages?|gains?|buddion|budd"),
    "impact_of_not_changing": _no_such(
        "impact|effects?|consequences?|difference|affects?|affected|matter|happen|effaith|go wrong|be lost"
    ),
    "justification": _no_such("justification|reason|reasons|rationale|rheswm"),
}


def _is_reference(bare: str) -> bool:
    """Nothing but a number, a date or a place to look, perhaps with the initial and name of who sent it."""
    plain = _CODE.sub("0", _PASS_MARK.sub("0", bare))
    return all(_REFERENCE_WORD.fullmatch(word) for word in plain.split())


_POINT = re.compile(
    r"\b(?:because|since|so that|otherwise|means|£|%|per cent|save|saves|lost|wrong|late|errors?|"
    r"overpaid|harm|must|required|duty)\b|[£%]",
    re.IGNORECASE,
)


def _makes_point(bare: str) -> bool:
    return bool(_POINT.search(bare))


@cache
def _stand_ins() -> frozenset[str]:
    return frozenset(phrase.strip(_EDGES) for phrase in load_wording()["hollow"])
