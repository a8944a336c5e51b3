"""A small bar chart in a Word document: drawn by the program that shows it, from figures that stand in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

_BLUE = "005EB8"
_INK = "212B32"
_CENTIMETRE = 360_000
_WIDTH = 17.0
_BAR_HEIGHT, _FRAME_HEIGHT = 0.66, 0.3
# Where the bars stand, as shares of the picture: a name of two words fits on one line at their left.
_PLOT = (
    "<c:layout><c:manualLayout><c:layoutTarget val='inner'/><c:xMode val='edge'/><c:yMode val='edge'/>"
    "<c:x val='0.2'/><c:y val='0.02'/><c:w val='0.72'/><c:h val='0.96'/></c:manualLayout></c:layout>"
)
_CHART = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
_DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PLACE = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
_LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


@dataclass(frozen=True, slots=True)
class BarChart:
    """Level bars, first at the top: a title, what is told instead of the picture, and (name, number) for each bar."""

    title: str
    told: str
    bars: tuple[tuple[str, int], ...]


def put_chart(document: WordDocument, mark: str, chart: BarChart) -> None:
    """Put the chart in place of each paragraph that holds `mark` alone; one without bars leaves nothing there."""
    for number, paragraph in enumerate([p for p in document.paragraphs if p.text.strip() == mark], start=1):
        if not chart.bars:
            document.element.body.remove(paragraph._p)
            continue
        name = PackURI(f"/word/charts/chart{number}.xml")
        part = Part(name, CONTENT_TYPE.DML_CHART, _chart_xml(chart), document.part.package)
        relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        for run in list(paragraph.runs):
            paragraph._p.remove(run._r)
        paragraph._p.append(_drawing(relation, number, chart))


def _drawing(relation: str, number: int, chart: BarChart) -> Any:
    height = round((_FRAME_HEIGHT + _BAR_HEIGHT * len(chart.bars)) * _CENTIMETRE)
    return parse_xml(
        f"<w:r {_WORD} {_PLACE} {_DRAWING} {_LINKS}><w:drawing><wp:inline distT='0' distB='0' distL='0' distR='0'>"
        f"<wp:extent cx='{round(_WIDTH * _CENTIMETRE)}' cy='{height}'/><wp:effectExtent l='0' t='0' r='0' b='0'/>"
        f"<wp:docPr id='{9000 + number}' name='Chart {number}' descr={quoteattr(chart.told)}"
        f" title={quoteattr(chart.title)}/><wp:cNvGraphicFramePr/><a:graphic>"
        "<a:graphicData uri='http://schemas.openxmlformats.org/drawingml/2006/chart'>"
        f"<c:chart {_CHART} r:id='{relation}'/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _chart_xml(chart: BarChart) -> bytes:
    count = f"<c:ptCount val='{len(chart.bars)}'/>"
    names = "".join(f"<c:pt idx='{n}'><c:v>{escape(name)}</c:v></c:pt>" for n, (name, _) in enumerate(chart.bars))
    numbers = "".join(f"<c:pt idx='{n}'><c:v>{value}</c:v></c:pt>" for n, (_, value) in enumerate(chart.bars))
    words = (
        f"<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz='1000' b='0'><a:solidFill><a:srgbClr val='{_INK}'/></a:solidFill>"
        "<a:latin typeface='Arial'/></a:defRPr></a:pPr><a:endParaRPr lang='en-GB'/></a:p></c:txPr>"
    )
    no_line = "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
        f"<c:chartSpace {_CHART} {_DRAWING} {_LINKS}><c:lang val='en-GB'/><c:roundedCorners val='0'/>"
        f"<c:chart><c:autoTitleDeleted val='1'/><c:plotArea>{_PLOT}"
        "<c:barChart><c:barDir val='bar'/><c:grouping val='clustered'/><c:varyColors val='0'/>"
        "<c:ser><c:idx val='0'/><c:order val='0'/>"
        f"<c:tx><c:v>{escape(chart.title)}</c:v></c:tx>"
        f"<c:spPr><a:solidFill><a:srgbClr val='{_BLUE}'/></a:solidFill></c:spPr><c:invertIfNegative val='0'/>"
        f"<c:dLbls><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{words}<c:dLblPos val='outEnd'/>"
        "<c:showLegendKey val='0'/><c:showVal val='1'/><c:showCatName val='0'/><c:showSerName val='0'/>"
        "<c:showPercent val='0'/><c:showBubbleSize val='0'/></c:dLbls>"
        f"<c:cat><c:strLit>{count}{names}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>General</c:formatCode>{count}{numbers}</c:numLit></c:val></c:ser>"
        "<c:gapWidth val='45'/><c:axId val='111111111'/><c:axId val='222222222'/></c:barChart>"
        "<c:catAx><c:axId val='111111111'/><c:scaling><c:orientation val='maxMin'/></c:scaling><c:delete val='0'/>"
        "<c:axPos val='l'/><c:numFmt formatCode='General' sourceLinked='0'/><c:majorTickMark val='none'/>"
        "<c:minorTickMark val='none'/><c:tickLblPos val='nextTo'/>"
        f"<c:spPr><a:ln w='9525'><a:solidFill><a:srgbClr val='768692'/></a:solidFill></a:ln></c:spPr>{words}"
        "<c:crossAx val='222222222'/><c:crosses val='autoZero'/><c:auto val='1'/><c:lblAlgn val='ctr'/>"
        "<c:lblOffset val='100'/><c:noMultiLvlLbl val='0'/></c:catAx>"
        "<c:valAx><c:axId val='222222222'/><c:scaling><c:orientation val='minMax'/><c:min val='0'/></c:scaling>"
        "<c:delete val='1'/><c:axPos val='t'/><c:numFmt formatCode='General' sourceLinked='0'/>"
        "<c:majorTickMark val='none'/><c:minorTickMark val='none'/><c:tickLblPos val='none'/>"
        "<c:crossAx val='111111111'/><c:crosses val='autoZero'/></c:valAx>"
        f"{no_line}</c:plotArea><c:plotVisOnly val='1'/><c:dispBlanksAs val='gap'/></c:chart>{no_line}"
        "</c:chartSpace>"
    ).encode()
