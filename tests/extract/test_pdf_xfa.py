"""Dynamic XFA forms, whose one page asks the reader to wait: their data is read, or they say what to do."""

from __future__ import annotations

import pytest

from casework.errors import UnreadableError
from casework.transcript import ControlKind, Paragraph, Transcript
from extract.pdf_reader import read_pdf
from tests.builders_pdf import raw_pdf, stream

pytestmark = pytest.mark.pure

WAIT = b"BT /F 11 Tf 72 738 Td (Please wait... If this message is not replaced) Tj ET"
TEMPLATE = b"""<template xmlns="http://www.xfa.org/schema/xfa-template/3.3/"><subform name="form1">
<field name="JobTitle"><caption><value><text>Your job title</text></value></caption><ui><textEdit/></ui></field>
<field name="Agreed"><caption><value><text>My manager agrees</text></value></caption><ui><checkButton/></ui>
<items><text>J</text><text>N</text></items></field></subform></template>"""
DATA = b"""<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1>
<JobTitle>Payroll &amp; Pensions Manager</JobTitle><Agreed>J</Agreed><nameOfRole>Carers Champion</nameOfRole><Costs/>
</form1></xfa:data></xfa:datasets>"""


def dynamic(*packets: tuple[bytes, bytes], whole: bytes = b"") -> bytes:
    """A PDF that shows only the notice and holds these XFA packets, in a list or as one stream."""
    numbers = range(6, 6 + len(packets))
    listed = b"[%s]" % b" ".join(
        b"(%s) %d 0 R" % (name, number) for number, (name, _) in zip(numbers, packets, strict=True)
    )
    return raw_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/NeedsRendering true/AcroForm<</Fields[]/XFA %s>>>>"
            % (b"6 0 R" if whole else listed),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            stream(WAIT),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *([stream(whole)] if whole else [stream(xml) for _, xml in packets]),
        ]
    )


def texts(transcript: Transcript) -> list[str]:
    return [block.text for block in transcript.blocks if isinstance(block, Paragraph)]


def refusal(data: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as refused:
        read_pdf(data)
    return refused.value


@pytest.mark.parametrize(
    "data",
    [
        dynamic((b"template", TEMPLATE), (b"datasets", DATA)),
        dynamic(whole=b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">' + TEMPLATE + DATA + b"</xdp:xdp>"),
    ],
    ids=["packets", "one stream"],
)
def test_the_answers_of_a_dynamic_form_are_read_from_its_data_and_that_is_said(data: bytes) -> None:
    transcript = read_pdf(data)
    assert texts(transcript) == [
        "Your job title\tPayroll & Pensions Manager",
        "☒ My manager agrees",
        "Name of role\tCarers Champion",
    ]
    assert [span.control.kind for block in transcript.blocks for span in block.spans if span.control] == [  # type: ignore[union-attr]
        ControlKind.TEXT,
        ControlKind.TICK,
        ControlKind.TEXT,
    ]
    assert transcript.notes[0].startswith("The PDF is a dynamic form that only Adobe Reader shows.")


@pytest.mark.parametrize(
    "datasets",
    [
        b"",
        b"<xfa:datasets",
        b"<datasets><data><form1><JobTitle/></form1></data></datasets>",
        b'<!DOCTYPE d [<!ENTITY a "aaaa">]><datasets><data><JobTitle>&a;</JobTitle></data></datasets>',
        b"<datasets><data>" + b"<x>" * 300 + b"deep" + b"</x>" * 300 + b"</data></datasets>",
    ],
    ids=["none", "broken", "nothing typed", "entities", "endlessly deep"],
)
def test_a_dynamic_form_without_readable_data_says_what_to_do(datasets: bytes) -> None:
    problem = refusal(dynamic((b"template", TEMPLATE), (b"datasets", datasets)))
    assert problem.code == "unsupported"
    assert "print it to PDF" in problem.public_message
