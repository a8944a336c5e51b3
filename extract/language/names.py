"""Names of national programmes, policies, laws, standards, courts and bodies, known ones and new by their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.language.quantities import LONGEST


@dataclass(frozen=True, slots=True)
class Name:
    """One name in a text. `kind` is a gazetteer's note (law, body, standard ...), or `local` for an employer's own."""

    start: int
    end: int
    kind: str

    @property
    def national(self) -> bool:
        """Whether it counts where something national is asked for."""
        return self.kind != "local"


_WORD = r"(?:[A-Z][\w'’-]*|\([A-Z][\w',’& -]{0,60}\))"
_LINK = r"(?:of|and|for|the|in|on|to|at|etc\.?|&|with|from)"
_TITLE = rf"{_WORD}(?:,? (?:{_LINK} ){{0,2}}{_WORD}){{0,11}}"
_YEAR = r"(?: \((?:Wales|England|Scotland|Northern Ireland|Amendment|No\.? ?\d+)\))?(?:,? (?:19|20)\d\d)?"
_NATIONAL_FIRST = (
    r"(?:All[- ]Wales|National|NHS|UK|British|Welsh|Royal|Government|European|England|"
    r"Wales|United Kingdom|International|WHO)"
)
_HEAD = (
    r"(?:Strategy|Framework|Plan|Programme|Program|Charter|Standards?|Guidance|Guidelines?|Code of "
    r"Practice|Code|Toolkit|Review"
    r"|Inquiry|Alert|Directions?|Pathway|Scheme|Contract|Agreement|Handbook|Concordat|Pledge|"
    r"Campaign|Survey|Audit|Covenant|Promise|Bundle"
    r"|Commission|Authority|Agency|Inspectorate|Ombudsman|Executive|Confederation|Council|Institute|"
    r"Society|Association|Academy"
    r"|Curriculum|Syllabus|Passport|Tribunal|Principles|Policy|Register|Return|Circular|Bulletin|"
    r"Capabilities|Competences|Competencies|Specification|Initiative|Taskforce|Collaborative)"
)
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("law", re.compile(rf"\b{_TITLE} (?:Act|Regulations?|Regs|Order|Measure|Bill|Rules)\b{_YEAR}(?=\W|$)")),
    ("law", re.compile(r"\b(?:[a-z]+,? (?:and )?){1,6}(?:act|regulations|regs|order|measure) (?:19|20)\d\d\b")),
    ("law", re.compile(r"\b(?:Act|Regulations|Order|Measure) (?:19|20)\d\d\b|\bS\.?I\.? ?(?:19|20)\d\d/\d+")),
    ("law", re.compile(
        r"\b(?:CQC )?[Rr]egulation \d{1,2}\b|\bDeddf [A-Z]\w+(?: \w+){0,5}(?: (?:19|"
        r"20)\d\d)?|\bMesur [A-Z]\w+(?: \w+){0,4}"
    )),
    ("court", re.compile(
        r"\b(?!(?:Since|In|See|From|The|After|Following|Under|Because|As|And|But|"
            r"Per)\b)[A-Z][\w'’&-]+(?: [A-Z][\w'’&-]+){0,4} v\.? [A-Z][\w'’&-]+(?: (?:of |and |the "
        r")?[A-Z][\w'’&-]+){0,5}"
    )),
    ("court", re.compile(
        r"\[(?:19|20)\d\d\] (?:EWCA|EWHC|UKSC|UKEAT|EAT|ICR|IRLR|UKHL)[ \w]{0,12}|"
        r"\b(?:UKEAT|CJEU|ECJ|EWCA)\b[/\w]{0,20}"
    )),
    ("standard", re.compile(
        r"\bNICE (?:guid\w+ )?(?:CG|NG|QS|PH|TA|SC|IPG|ESNM|HTG)? ?\d{1,4}\b|\b(?:CG|NG|"
        r"QS|PH)\d{1,3}\b"
    )),
    ("standard", re.compile(
        r"\b(?:BS |EN |ISO|IEC|BSI)(?:[ /-]?(?:EN|ISO|IEC))? ?\d{3,5}(?:[-:]\d+)*\b|\bPAS "
        r"?\d{3,5}\b"
    )),
    ("standard", re.compile(r"\b(?:DCB|SCCI|DAPB|ISB|ISN|DSCN|DDCN) ?\d{2,4}(?:/\d{1,4})?\b|\bDTAC\b")),
    ("standard", re.compile(r"\b(?:HTM|HBN|WHTM|HSG|INDG|ACOP|ACoP|HSE [A-Z]) ?[A-Z]?\d{1,3}(?:[-/]\d{1,3})?\b")),
    ("policy", re.compile(
        r"\bWHC ?[(/]?(?:19|20)\d\d[)/]? ?\d{1,3}\b|\b(?:AfC|M&D|Pay "
        r"Circular)[ (/]*(?:\(\w+\) )?\d+/(?:19|20)\d\d\b|\bNatPSA[/\w]*"
    )),
    ("programme", re.compile(
        r"\b(?:https?://)?(?:[\w-]+\.)*(?:england|wales|digital|hee|transform|improvement|"
        r"longtermplan|people|resolution|learninghub|horizons|leadershipacademy|jobs|"
        r"nhsbsa|ukhsa)\.(?:nhs\.uk|nhs\.wales)(?:/[\w./%-]*)?"
    )),
    ("programme", re.compile(
        r"\b(?:https?://)?(?:[\w-]+\.)*(?:gov\.uk|gov\.wales|llyw\.cymru|e-lfh\.org\.uk|"
        r"elfh\.org\.uk|skillsforhealth\.org\.uk|skillsforcare\.org\.uk|nice\.org\.uk|"
        r"nhsemployers\.org|cqc\.org\.uk|nmc\.org\.uk|gmc-uk\.org|hcpc-uk\.org|"
        r"heiw\.nhs\.wales|heiw\.wales|phw\.nhs\.wales|ncsc\.gov\.uk|resus\.org\.uk|"
        r"legislation\.gov\.uk|rc\w{1,5}\.(?:org|ac)\.uk)(?:/[\w./%-]*)?"
    )),
    ("standard", re.compile(
        rf"\b(?:the )?{_NATIONAL_FIRST}(?:'s|’s)?(?: (?:{_LINK} ){{0,2}}{_WORD}){{0,7}} "
        rf"{_HEAD}\b{_YEAR}"
    )),
    ("standard", re.compile(rf"\b{_WORD}(?: (?:{_LINK} ){{0,2}}{_WORD}){{1,7}} {_HEAD}\b{_YEAR}")),
    ("body", re.compile(
        rf"\b(?:Royal College|Royal Society|British (?:Association|Society)|National "
        rf"(?:Institute|Association|Council|Audit)|Faculty|College|Institute|Society|"
        rf"Association|Chartered Institute) (?:of|for) {_WORD}(?: (?:and |& "
        rf")?{_WORD}){{0,4}}"
    )),
    ("standard", re.compile(
        r"\b[A-Z]{3,7} (?:training |national |core |quality |clinical )?(?:standards?|"
        r"guidelines?|guidance|framework|toolkit|strategy|code|regulations|rules|charter|"
        r"curriculum|directions|requirements|programme|accreditation|syllabus)\b"
    )),
    ("standard", re.compile(
        r"\b[A-Z][A-Za-z]*[A-Z]{2,}[A-Za-z]* (?:core |national )?(?:capabilities|standards?|guidelines?"
        r"|framework|toolkit|(?:[a-z]+ )?rules)\b"
    )),
    ("standard", re.compile(
        rf"\b{_WORD}(?: (?:{_LINK} )?{_WORD}){{2,7}} (?:standards|guidelines|guidance|framework|toolkit"
        rf"|strategy|charter)\b"
    )),
    ("programme", re.compile(
        r"(?<=\bthe )(?!Annual|Monthly|Weekly|Internal|External|Audit|Trust|Board|Staff|Exit|Pay|Payroll)[A-Z][a-z]+ "
        r"(?:inquiry|enquiry|review|report|judgment|judgement|ruling)\b"
    )),
    ("law", re.compile(r"\b(?!ESR|SR|R\d)[A-Z]{3,8} (?:19|20)\d\d\b|\bEDS ?20\d\d\b")),
)  # fmt: skip
# Abbreviations of the trade, and words that only look like a body's name.
_NOT_A_NAME = re.compile(
    (
        r"^(?:the )?(?:ESR|OLM|HR|IT|OH|BI|SIG|NSIG|FAM|URP|SR|MSS|ESS|TBC|TBA|PDF|CSV|ED|ICU|ICS|ICB|OK|"
        r"JAN|FEB|MAR|APR|MAY"
        r"|JUN|JUL|AUG|SEP|OCT|NOV|DEC|WTE|FTE|MAND|PA|PAS|NHS MAND|FORM|DRAFT|VERSION|SINCE|FROM|JUNE|"
        r"JULY|TRUST|LOCAL|OUR"
        r"|NO|ANY|THIS|THAT|WHICH|SUCH|EACH|WHAT)\b"
    ),
    re.IGNORECASE,
)
_EMPLOYER = re.compile(
    r"\b(?:Trust|Hospitals?|Health Board|University|Our|Network|Region(?:al)?|ICS|ICB|Site|Ward|"
    r"County|City|Divisional|Supplier)\b"
)
_BODY = re.compile(
    r"\b(?:Commission|Authority|Agency|Inspectorate|Ombudsman|Executive|Confederation|Council|Institute|Society"
    r"|Association|Academy|Taskforce|Collaborative)$"
)
_OWN_POLICY = re.compile(
        r"\b(?:our|the|Trust|local)(?: own)?(?: Trust| local| trust)? (?:(?:[A-Z][\w-]+ ){1,5}[Pp]olicy|"
        r"[Pp]olicy (?:no\.? ?)?[A-Z]{0,4}[ -]?\d+)"
        r"|\b[Pp]olicy (?:no\.? ?)?[A-Z]{1,4}[ -]?\d+\b|\b(?:[A-Z][\w-]+ ){1,5}Policy\b|\bSFIs?\b"
        r"|\b(?:[A-Z][\w-]+ ){1,5}(?:Procedure|Protocol) (?:no\.? )?[A-Z]{1,5}[ -]?\d+\b|\bSOP[ -]?\d+\b|"
        r"\bStanding Financial Instructions\b"
)  # fmt: skip


def find_names_by_shape(text: str) -> Iterator[Name]:
    """Names that no gazetteer needs to know: statutes, cases, standards' numbers, national sites and titled schemes."""
    at = 0
    for line in text.split("\n"):
        for cut in range(0, len(line), LONGEST):
            piece = line[cut : cut + LONGEST]
            for kind, shape in _SHAPES:
                for hit in shape.finditer(piece):
                    if _NOT_A_NAME.match(hit[0]) or (kind != "law" and hit[0].isalpha() and hit[0].isupper()):
                        continue
                    own = kind in ("standard", "body", "policy") and _is_own(piece, hit)
                    # A society is no standard, whatever its name is shaped like.
                    shown = "body" if kind == "standard" and _BODY.search(hit[0]) else kind
                    yield Name(at + cut + hit.start(), at + cut + hit.end(), "local" if own else shown)
            for hit in _OWN_POLICY.finditer(piece):
                if not re.match(r"(?:All|National|NHS|UK|Welsh)", hit[0]):
                    yield Name(at + cut + hit.start(), at + cut + hit.end(), "local")
        at += len(line) + 1


def _is_own(piece: str, hit: re.Match[str]) -> bool:
    before = piece[max(0, hit.start() - 12) : hit.start()].lower()
    return bool(_EMPLOYER.search(hit[0])) or before.rstrip().endswith(
        ("our", "trust", "trust's", "own", "local", "regional")
    )
