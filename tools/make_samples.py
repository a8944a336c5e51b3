"""Makes the sample forms below tests/samples from tools/samples.toml: the same files, byte for byte, every time."""

from __future__ import annotations

import copy
import io
import json
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import Path
from typing import Any

from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from casework.form import FieldDefinition, FieldKind, FormDefinition, FormLibrary  # noqa: E402
from casework.wording import long_date  # noqa: E402
from outputs.blank import fill_blank  # noqa: E402
from outputs.word import new_document, save_stable, set_widths, shade  # noqa: E402
from service.library import load_library  # noqa: E402

SAMPLES = ROOT / "tests" / "samples"
_UNREADABLE = {"truncated": "corrupt", "pdf-password": "encrypted", "text-as-docx": "unsupported"}
_WHEN = date(2026, 6, 1)
_OFFICE = (("Reference", ""), ("Date received", ""), ("Outcome", ""))

Answers = dict[str, Any]


def make_all(folder: Path) -> list[Path]:
    """Write every sample and its expectations below `folder`; returns the sample files."""
    library = load_library()
    entries = tomllib.loads((ROOT / "tools" / "samples.toml").read_text(encoding="utf-8"))["sample"]
    made = []
    for entry in entries:
        form = library.form(entry["form"])
        form = _relabelled(form, entry)
        ending, data = make_sample(entry["layout"], form, library, entry.get("answers", {}))
        path = folder / form.key / f"{entry['name']}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.with_name(f"{entry['name']}.expected.json").write_text(
            json.dumps(_expected(entry, form), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        made.append(path)
    return made


def make_mails(folder: Path) -> list[Path]:
    """Write every sample e-mail below `folder`; returns the files."""
    library = load_library()
    made = []
    for entry in tomllib.loads((ROOT / "tools" / "sample_mails.toml").read_text(encoding="utf-8"))["mail"]:
        path = folder / "mail" / f"{entry['name']}.eml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_mail(entry, library))
        made.append(path)
    return made


def _mail(entry: dict[str, Any], library: FormLibrary) -> bytes:
    mail = EmailMessage()
    mail["From"] = entry["sender"]
    mail["To"] = "esr.forms@formwright.example"
    mail["Subject"] = entry["subject"]
    mail["Date"] = "Mon, 23 Nov 2026 08:40:00 +0000"
    mail["Message-ID"] = f"<{entry['name']}@formwright.example>"
    if entry.get("automatic"):
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(entry["text"].lstrip())
    for attached in entry.get("attached", []):
        data = _attachment(attached, library)
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=attached["file"])
    if mail.is_multipart():
        # Chosen by ourselves, so that the file is the same every time.
        mail.set_boundary(f"=_{entry['name']}")
    return mail.as_bytes(policy=SMTP)


def _attachment(attached: dict[str, Any], library: FormLibrary) -> bytes:
    if "form" in attached:
        return fill_blank(library.form(attached["form"]), library, attached["answers"])
    document = new_document(title=attached["file"], subject="", author="A sample", when=_WHEN)
    for line in attached["document"].split("\n\n"):
        document.add_paragraph(line)
    return save_stable(document)


def _relabelled(form: FormDefinition, entry: dict[str, Any]) -> FormDefinition:
    """The form as this sender's organisation words it: its own title and labels where the sample names some."""
    labels = entry.get("labels", {})
    fields = tuple(replace(field, label=labels.get(field.key, field.label)) for field in form.fields)
    return replace(form, title=entry.get("title", form.title), fields=fields)


def make_sample(layout: str, form: FormDefinition, library: FormLibrary, answers: Answers) -> tuple[str, bytes]:
    """(file ending, bytes) of one form filled in with `answers`, in the way that `layout` names."""
    match layout:
        case "blank":
            return "docx", fill_blank(form, library, answers)
        case "table":
            return "docx", _table_form(form, library, answers)
        case "headings":
            return "docx", _headings_form(form, library, answers)
        case "lines":
            return "docx", _lines_form(form, library, answers)
        case "pairs":
            return "docx", _pairs_form(form, library, answers)
        case "benefits-grid":
            return "docx", _benefits_grid_form(form, library, answers)
        case "tracked":
            return "docx", _table_form(form, library, answers, tracked=True)
        case "pdf-table":
            return "pdf", _pdf_table(form, library, answers)
        case "pdf-headings":
            return "pdf", _pdf_headings(form, library, answers)
        case "pdf-form":
            return "pdf", _pdf_form(form, library, answers)
        case "truncated":
            whole = _table_form(form, library, answers)
            return "docx", whole[: len(whole) * 2 // 3]
        case "pdf-password":
            return "pdf", _pdf_locked(form, answers)
        case "text-as-docx":
            return "docx", f"{form.title}\n\nRole: {answers.get('role_name', '')}\n".encode()
    raise ValueError(f"there is no layout {layout!r}")


def _expected(entry: dict[str, Any], form: FormDefinition) -> dict[str, Any]:
    error = _UNREADABLE.get(entry["layout"])
    expected: dict[str, Any] = {"form": None if error else form.key, "error": error}
    if not error:
        expected["fields"] = {key: _canonical(form, key, value) for key, value in entry.get("answers", {}).items()}
    return expected | {key: entry[key] for key in ("statuses", "rules", "decide", "reason", "release") if key in entry}


def _canonical(form: FormDefinition, key: str, value: Any) -> Any:
    if form.field(key).kind is FieldKind.CHOICE:
        return value if isinstance(value, list) else [value]
    return value


def _shown(definition: FieldDefinition, library: FormLibrary, answers: Answers) -> str:
    """An answer as a person writes it: a day in words, a choice by its label."""
    value = answers.get(definition.key, "")
    if not value:
        return ""
    if definition.kind is FieldKind.DATE:
        return long_date(date.fromisoformat(value))
    if definition.kind is FieldKind.CHOICE and definition.vocabulary:
        return library.vocabulary(definition.vocabulary).label(value)
    return str(value)


def _new_document(form: FormDefinition, font: str) -> Any:
    """A form as an organisation made it for itself: its own font, a plain title, none of our blank's band."""
    document = new_document(title=form.title, subject="Completed sample form", author="Sample requester", when=_WHEN)
    for name in ("Normal", "Heading 2"):
        document.styles[name].font.name = font
    title = document.add_paragraph()
    run = title.add_run(form.title)
    run.bold, run.font.size = True, Pt(18)
    return document


def _table_form(form: FormDefinition, library: FormLibrary, answers: Answers, *, tracked: bool = False) -> bytes:
    document = _new_document(form, "Calibri")
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    _fill_rows(table, form.fields, library, answers, tracked=tracked)
    set_widths(table, (Cm(5), Cm(12)))
    return save_stable(document)


def _fill_rows(
    table: Any,
    fields: Iterable[FieldDefinition],
    library: FormLibrary,
    answers: Answers,
    *,
    tracked: bool = False,
) -> None:
    for definition in fields:
        label, answer = table.add_row().cells
        shade(label, "DCE6F1")
        label.paragraphs[0].add_run(definition.label).bold = True
        if definition.key == "input_level":
            _highlighted_options(answer.paragraphs[0], definition, library, answers)
            continue
        lines = _shown(definition, library, answers).split("\n")
        answer.paragraphs[0].add_run(lines[0])
        for line in lines[1:]:
            answer.add_paragraph(line)
        if tracked and definition.key in ("requirement", "justification"):
            _track(answer.paragraphs[0])


def _highlighted_options(paragraph: Any, definition: FieldDefinition, library: FormLibrary, answers: Answers) -> None:
    for number, (label, is_chosen) in enumerate(_options(definition, library, answers)):
        if number:
            paragraph.add_run(" / ")
        run = paragraph.add_run(label)
        if is_chosen:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _options(definition: FieldDefinition, library: FormLibrary, answers: Answers) -> list[tuple[str, bool]]:
    """Each option of a choice with whether the sender marked it."""
    value = answers.get(definition.key, [])
    chosen = [value] if isinstance(value, str) else value
    terms = library.vocabulary(definition.vocabulary or "").terms
    return [(term.label, term.key in chosen) for term in terms]


def _pairs_form(form: FormDefinition, library: FormLibrary, answers: Answers) -> bytes:
    """Two short answers a row at the top, then each long one below its label, then a box that is not the sender's."""
    document = _new_document(form, "Verdana")
    short = [field for field in form.fields if field.kind is not FieldKind.LONG and field.key != "input_level"]
    box = document.add_table(rows=0, cols=4, style="Table Grid")
    for at in range(0, len(short), 2):
        cells = box.add_row().cells
        for number, definition in enumerate(short[at : at + 2]):
            cells[number * 2].paragraphs[0].add_run(definition.label).bold = True
            cells[number * 2 + 1].text = _shown(definition, library, answers)
            shade(cells[number * 2], "EEECE1")
    set_widths(box, (Cm(3.6), Cm(4.9), Cm(3.6), Cm(4.9)))
    document.add_paragraph()
    long = document.add_table(rows=0, cols=1, style="Table Grid")
    for definition in form.fields:
        if definition in short:
            continue
        head = long.add_row().cells[0]
        shade(head, "EEECE1")
        head.paragraphs[0].add_run(definition.label).bold = True
        answer = long.add_row().cells[0]
        if definition.key == "input_level":
            _struck_options(answer.paragraphs[0], definition, library, answers)
        else:
            answer.text = _shown(definition, library, answers)
    set_widths(long, (Cm(17),))
    document.add_paragraph()
    document.add_paragraph().add_run("For NHS ESR Team use only").bold = True
    office = document.add_table(rows=0, cols=2, style="Table Grid")
    for label, value in _OFFICE:
        cells = office.add_row().cells
        cells[0].text, cells[1].text = label, value
    return save_stable(document)


def _struck_options(paragraph: Any, definition: FieldDefinition, library: FormLibrary, answers: Answers) -> None:
    """Delete as appropriate: what is struck out is not meant."""
    for number, (label, is_chosen) in enumerate(_options(definition, library, answers)):
        if number:
            paragraph.add_run("    ")
        paragraph.add_run(label).font.strike = None if is_chosen else True


def _benefits_grid_form(form: FormDefinition, library: FormLibrary, answers: Answers) -> bytes:
    """A table of two columns, with the benefits in a grid of their own: a line of the answer is a row, `|` a column."""
    document = _new_document(form, "Calibri")
    at = next(number for number, field in enumerate(form.fields) if field.key == "benefits")
    before = document.add_table(rows=0, cols=2, style="Table Grid")
    _fill_rows(before, form.fields[:at], library, answers)
    set_widths(before, (Cm(5), Cm(12)))
    document.add_heading(form.fields[at].label, level=2)
    grid = document.add_table(rows=1, cols=3, style="Table Grid")
    for cell, words in zip(grid.rows[0].cells, ("Benefit", "Measure", "Owner"), strict=True):
        shade(cell, "DCE6F1")
        cell.paragraphs[0].add_run(words).bold = True
    for line in str(answers["benefits"]).split("\n"):
        for cell, words in zip(grid.add_row().cells, line.split(" | "), strict=True):
            cell.text = words
    document.add_paragraph()
    after = document.add_table(rows=0, cols=2, style="Table Grid")
    _fill_rows(after, form.fields[at + 1 :], library, answers)
    set_widths(after, (Cm(5), Cm(12)))
    return save_stable(document)


def _headings_form(form: FormDefinition, library: FormLibrary, answers: Answers) -> bytes:
    document = _new_document(form, "Arial")
    for definition in form.fields:
        document.add_heading(definition.label, level=2)
        if definition.key == "input_level":
            for label, is_chosen in _options(definition, library, answers):
                document.add_paragraph(f"{'☒' if is_chosen else '☐'} {label}")
            continue
        for line in _shown(definition, library, answers).split("\n"):
            document.add_paragraph(line)
    return save_stable(document)


def _lines_form(form: FormDefinition, library: FormLibrary, answers: Answers) -> bytes:
    document = _new_document(form, "Times New Roman")
    for definition in form.fields:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{definition.label}: ").bold = True
        paragraph.add_run(_shown(definition, library, answers))
    return save_stable(document)


def _track(paragraph: Any) -> None:
    """Turn the last sentence into a tracked insertion, with a tracked deletion before it."""
    run = paragraph.runs[0]
    before, dot, last = run.text.rstrip(".").rpartition(". ")
    if not dot:
        return
    run.text = before + dot
    for number, (wrapper, tag, text) in enumerate(
        (("w:del", "w:delText", "This sentence was taken out. "), ("w:ins", "w:t", f"{last}."))
    ):
        change = OxmlElement(wrapper)
        for name, value in (("w:id", str(number + 1)), ("w:author", "Colleague"), ("w:date", "2026-06-01T09:00:00Z")):
            change.set(qn(name), value)
        inner = copy.deepcopy(run._r)
        for child in inner.findall(qn("w:t")):
            inner.remove(child)
        words = OxmlElement(tag)
        words.set(qn("xml:space"), "preserve")
        words.text = text
        inner.append(words)
        change.append(inner)
        paragraph._p.append(change)


def _pdf_table(form: FormDefinition, library: FormLibrary, answers: Answers) -> bytes:
    styles = getSampleStyleSheet()
    rows = []
    for definition in form.fields:
        if definition.key == "input_level":
            marks = _options(definition, library, answers)
            shown = "<br/>".join(f"[{'X' if is_chosen else ' '}] {label}" for label, is_chosen in marks)
        else:
            shown = escape(_shown(definition, library, answers), quote=False).replace("\n", "<br/>")
        rows.append([Paragraph(f"<b>{definition.label}</b>", styles["BodyText"]), Paragraph(shown, styles["BodyText"])])
    table = Table(rows, colWidths=(5 * 28.35, 12 * 28.35))
    lines, fill, top = ("GRID", (0, 0), (-1, -1), 0.5, "#444444"), "#DCE6F1", ("VALIGN", (0, 0), (-1, -1), "TOP")
    table.setStyle(TableStyle([lines, ("BACKGROUND", (0, 0), (0, -1), fill), top]))
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream, pagesize=A4, title=form.title, author="Sample requester", invariant=1, lang="en-GB", pageCompression=0
    )
    document.build([Paragraph(form.title, styles["Title"]), Spacer(1, 8), table])
    return stream.getvalue()


def _pdf_headings(form: FormDefinition, library: FormLibrary, answers: Answers) -> bytes:
    """As a word processor exports it: headings and paragraphs, with the file's name and page number on each page."""
    styles = getSampleStyleSheet()
    story: list[Any] = [Paragraph(form.title, styles["Title"]), Spacer(1, 8)]
    for definition in form.fields:
        story.append(Paragraph(definition.label, styles["Heading3"]))
        if definition.key == "input_level":
            shown = [
                f"[{'X' if is_chosen else ' '}] {label}" for label, is_chosen in _options(definition, library, answers)
            ]
        else:
            shown = _shown(definition, library, answers).split("\n")
        story += [Paragraph(escape(line, quote=False), styles["BodyText"]) for line in shown]
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream, pagesize=A4, title=form.title, author="Sample requester", invariant=1, lang="en-GB", pageCompression=0
    )
    document.build(story, onFirstPage=_page_number, onLaterPages=_page_number)
    return stream.getvalue()


def _page_number(canvas: Canvas, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(A4[0] - 60, 40, f"Page {document.page}")


def _pdf_form(form: FormDefinition, library: FormLibrary, answers: Answers) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1, lang="en-GB", pageCompression=0)
    canvas.setTitle(form.title)
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(60, 790, form.title)
    top = 760.0
    for definition in form.fields:
        height = 60 if definition.kind is FieldKind.LONG else 18
        if top - height - 20 < 50:
            canvas.showPage()
            top = 790.0
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(60, top, definition.label)
        canvas.acroForm.textfield(
            name=definition.key,
            tooltip=definition.label,
            value=_shown(definition, library, answers),
            x=60,
            y=top - height - 6,
            width=475,
            height=height,
            fontSize=9,
            fieldFlags="multiline" if definition.kind is FieldKind.LONG else "",
            maxlen=4000,
        )
        top -= height + 24
    canvas.save()
    return stream.getvalue()


def _pdf_locked(form: FormDefinition, answers: Answers) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(
        stream, pagesize=A4, invariant=1, pageCompression=0, encrypt=StandardEncryption("sample", strength=128)
    )
    canvas.drawString(60, 790, form.title)
    canvas.drawString(60, 760, str(answers.get("competence_name", "")))
    canvas.save()
    return stream.getvalue()


if __name__ == "__main__":
    for sample in [*make_all(SAMPLES), *make_mails(SAMPLES)]:
        print(sample.relative_to(ROOT))
