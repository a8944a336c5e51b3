"""What an answer is about: the wellbeing of staff, one employer's own need, or a value of the workforce data set."""

from __future__ import annotations

import re

from spacy.tokens import Doc, Span

from extract.language.denial import is_denied_at
from extract.language.wording import load_wording

_THING_AFTER = re.compile(
    (
        r"^[\s-]*(?:garden|building|centre|center|hub|room|pod|budget|webpage|newsletter contractor|fund|"
        r"trolley|area|day caterer|calendar app|of future generations"
        r"|of (?:the |our )?(?:(?:sick|older|elderly|young|vulnerable|frail|disabled|dying"
        r"|local) )?(?:people in our care|people we care for|patients?|pupils?|children|babies|families"
        r"|residents|servers?|racks?|machines?|cables?|computers?|boilers?|vehicles?|plants?|"
        r"trees|bees|public|community|service users|equipment|system|network|animals?|dogs?))\b"
    ),
    re.IGNORECASE,
)
_CARED_FOR = re.compile(
    r"\b(?:children|child|babies|baby|famil(?:y|ies)|public|community|pupils?|visitors)(?:'s|s')? "
    r"(?:settle|feel|well|are|is|get|have|who|and|health|on the|in the)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:peer|buddy|listener|ally|befriender|friend|companion|supporter|confidante?|listening)\b", re.I
)
_PLANNING_DUTY = re.compile(r"future generations|cenedlaethau'r dyfodol", re.IGNORECASE)
_FIRST_AID = re.compile(r"\bfirst[- ]aid(?:er|ers)?\b", re.IGNORECASE)
_WORKFORCE = re.compile(
    r"\b(?:job roles?|areas? of work|staff groups?|occupation(?:al)? codes?|occ(?:upation)? codes?|"
    r"jobroles?|role code|nwd codes?|occupation matrix)\b",
    re.IGNORECASE,
)
_ASKS_FOR_VALUE = re.compile(
    (
        r"\b(?:add(?:ed|ing)?|new|need(?:ed|s)?|want(?:ed|s)?|creat(?:e|ed|ing|ion)|set up|introduce|"
        r"have (?:a|an|our|its|their)|haven't|hasn't|no|not (?:a|an|on)|isn't|missing|request(?:ed|ing|"
        r"s)?|put|include[ds]?|give|separate|own"
        r"|ask(?:ed|ing)? for|require[sd]?|lacks?|without|would like|fits?|list|please|should be|must be|"
        r"change|amend|rename|extra|another|value)\b"
    ),
    re.IGNORECASE,
)
_NEW_VALUE = re.compile(r"\b(?:new|another|extra|separate) (?:value|code|job role|entry|occupation)\b", re.IGNORECASE)
_MERE_MENTION = re.compile(
    r"\b(?:by|per|each|every|for each|filter(?:ed)?(?: by)?|grouped by|same|any|split by|sort(?:ed)? "
    r"by|different|their|his|her|the right|which|what|all|whatever|based on|depending on|according "
    r"to|not|isn't|rather than|matrix of|linked to|against) (?:the |a |an )?$",
    re.IGNORECASE,
)
# What one employer has: a need of these alone is nobody else's.
_PREMISES = (
    r"(?:trusts?|hospitals?|sites?|wards?|building|estate|campus|grounds|laundry|kitchen|canteen|theatres?|department"
    r"|unit|clinic|entrance|car park|helipad|boiler|garden|lift|lab|laboratory|stores?|depot|premises|workshop|garage"
    r"|switchboard|mortuary|pharmacy|dispensary|atrium|roof)"
)
_MANAGEMENT = (
    r"(?:polic(?:y|ies)|procedures?|chief \w+|board|executive|director|people|staff|matron|induction|intranet|system"
    r"|fleet|machine|equipment|scheme|values|strategy|housekeepers|suppliers?|insurers?|contractors?|cleaners?|meters?"
    r"|registers?)"
)
_LOCAL_POINT = re.compile(
    rf"\b(?:our|this) (?:own |new |old |local |main |two |three )?"
    rf"(?:(?!(?:at|in|on|of|by|to|for|from|with|and|or) )[A-Za-z][\w'’-]* ){{0,2}}?"
    rf"(?:{_PREMISES}"
    rf"|{_MANAGEMENT})\b"
    rf"|\bour (?:own|very own|new|old) [a-z]"
    r"|\b(?:ours is the only|(?:is|are) the only (?:one|ones|site|place|trust|hospital|team)(?: left)? (?:in"
    r"|with|of|who|that)"
    r"|here at|just for us|only (?:us|we)|nobody else|no other (?:trust|employer|organisation|hospital|site)"
    r"|nobody but (?:them|us)|no one but (?:them|us)|nowhere else|unique to us|in[- ]house|just (?:us|our)"
    r"|(?:which|that|and) (?:is|are) (?:our own|ours(?! to)(?: alone)?)\b"
    r"|local (?:policy|procedure|need|induction|rule|requirement|arrangement|protocol)"
    r"|(?:only|specific to|peculiar to) (?:our|us|this (?:site|trust|hospital))"
    r"|the trust(?:'s)? (?:has|policy|own|needs|wants|board)|trust policy|on (?:our|this) site|for this site"
    r"|one site)\b",
    re.IGNORECASE,
)
# Figures come from one ward or another; that makes the need no less everybody's.
_COUNTED_THERE = re.compile(
    r"^ (?:alone )?(?:had|has|have|saw|sees|lost|loses|recorded|counted|logged|paid|reported|made|spent) "
    r"(?:about |around |over |nearly )?(?:£|\d)",
    re.IGNORECASE,
)
_NO_OTHERS = re.compile(r"\b(?:nobody|no other|nowhere)\b", re.IGNORECASE)
_ONLY_OURS = re.compile(
    r"only|ours is|(?:is|are) ours|just|nobody else|no other|nowhere else|unique|all (?:of )?our|in[- ]house"
    r"|local policy|our policy",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"\b(?:other|all|every|many|most|neighbouring|several|each|between|across|\d+|across the|any|"
    r"both|two|three|four|five|six|ten|dozen|same in) (?:of the |the |our |nhs )?"
    r"(?:mental health |acute |community |ambulance |foundation )?"
    r"(?:trusts?|"
    r"employers?|organisations?|health boards?|providers?|hospitals in|regions?|icbs?|units in)\b|"
    r"\b(?-i:national(?:ly)?)\b|\b(?:elsewhere|next door)\b|\bcountry\b|\bwho move\b|\bmove between\b|\bmoves? "
    r"employer\b|\bregion(?:al)?\b",
    re.IGNORECASE,
)


def ties_to_staff_wellbeing(title: str, doc: Doc, pieces: list[Span]) -> bool:
    """Whether title and text, of which `pieces` are the sender's, tie a role to the wellbeing of staff."""
    if title_says_wellbeing(title):
        return True
    if _FIRST_AID.search(title) and "mental" not in title.lower():
        return False
    company = _COMPANY.search(title) is not None
    return any(_tied(piece, company=company) for piece in pieces)


def _tied(piece: Span, *, company: bool) -> bool:
    """Whether one sentence speaks of the wellbeing of staff: a subject of it, or support and people who need it.

    `company` says that the title is of one who keeps others company, so that a word of support is enough.
    """
    if _PLANNING_DUTY.search(piece.text):
        return False
    groups = piece.doc.spans
    subjects = [span for span in _within(groups["wellbeing-subject"], piece) if _stands(span)]
    care = _within(groups["wellbeing-care"], piece)
    people = _within(groups["wellbeing-staff"], piece)
    ours = any(span.text.lower() in _OUR_PEOPLE for span in people)
    others = _within(groups["wellbeing-other"], piece) or _CARED_FOR.search(piece.text)
    if subjects:
        return ours or not others
    if others:
        return False
    plain = any(span.text.lower() in _STRONG_CARE for span in care)
    return bool(care) and (company or (bool(people) and (plain or ours or len(care) > 1)))


_OUR_PEOPLE = frozenset(load_wording()["our-people"])
_STRONG_CARE = frozenset(load_wording()["strong-care"])


def title_says_wellbeing(title: str) -> bool:
    """Whether a title names the wellbeing agenda or one of its subjects, and no garden or server of that name."""
    for hit in _TITLE_SUBJECT.finditer(title):
        rest = title[hit.end() :]
        if _THING_AFTER.match(rest) or re.search(
            r"\b(?:patients?|pupils?|child(?:ren)?|famil(?:y|ies)|server|contractor)\b", title, re.IGNORECASE
        ):
            continue
        return True
    return False


_TITLE_SUBJECT = re.compile(
    rf"\b(?:{'|'.join(re.escape(phrase) for phrase in load_wording()['title-wellbeing'])})\b", re.IGNORECASE
)


def find_local(doc: Doc) -> list[tuple[int, int]]:
    """Where an answer speaks of one employer's or site's own need; nothing where it says others share it."""
    text = doc.text[:10_000]
    hits = [
        hit.span()
        for hit in _LOCAL_POINT.finditer(text)
        if not is_denied_at(text, hit.start()) and not _COUNTED_THERE.match(text[hit.end() : hit.end() + 40])
    ]
    if not hits:
        return []
    shared = any(
        not _NO_OTHERS.search(text[max(0, hit.start() - 10) : hit.start() + 8]) for hit in _SHARED.finditer(text)
    )
    return hits if _ONLY_OURS.search(text) or not shared else []


def find_workforce_request(text: str) -> list[tuple[int, int]]:
    """Where the text asks for a job role, area of work, staff group or occupation code."""
    found: list[tuple[int, int]] = []
    for hit in _WORKFORCE.finditer(text[:10_000]):
        before, after = text[max(0, hit.start() - 90) : hit.start()], text[hit.end() : hit.end() + 60]
        if _MERE_MENTION.search(before):
            continue
        clause_before, clause_after = re.split(r"[.;\n]", before)[-1], re.split(r"[.;\n]", after)[0]
        if (
            _NEW_VALUE.search(text[:10_000])
            or _ASKS_FOR_VALUE.search(clause_before)
            or _ASKS_FOR_VALUE.search(clause_after)
        ):
            found.append(hit.span())
    return found


def _stands(span: Span) -> bool:
    return not _THING_AFTER.match(span.doc.text[span.end_char : span.end_char + 40])


def _within(spans: list[Span], sentence: Span) -> list[Span]:
    return [span for span in spans if sentence.start <= span.start < sentence.end]
