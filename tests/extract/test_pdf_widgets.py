"""Fields read through PDFium are what the file's objects say, and where it cannot tell, the objects are asked."""

from __future__ import annotations

import pytest

from extract import pdf_reader
from extract.pdf_reader import read_pdf
from tests.builders_pdf import form_pdf
from tests.extract.test_pdf_reader import spans

WIDGET = b"/Type/Annot/Subtype/Widget/Rect[72 %d 200 %d]"
NAMED = b"<</FT/Tx/T(name)/V(Okafor)" + WIDGET % (700, 715) + b">>"
BUTTON = b"<</Type/Annot/Subtype/Widget/Parent 6 0 R/AS/%s/AP<</N<</%s 4 0 R/Off 4 0 R>>>>/Rect[72 %d 82 %d]>>"
KID = b"<<%s/Parent 6 0 R" + WIDGET % (700, 715) + b">>"
LISTED = b"<</FT/Ch/T(region)%s/Opt[%s]" + WIDGET % (700, 715) + b">>"
TOLD = {
    "text": form_pdf([NAMED]),
    "text from above": form_pdf(
        [
            b"<</T(person)/FT/Tx/V(Okafor)/TU(Who)/Kids[7 0 R]>>",
            b"<<" + WIDGET % (700, 715) + b"/T(surname)/Parent 6 0 R>>",
        ]
    ),
    "text in other letters": form_pdf([b"<</FT/Tx/T(name)/V<FEFF0141014D0021>" + WIDGET % (700, 715) + b">>"]),
    "lines": form_pdf([b"<</FT/Tx/T(name)/V(one\\r\\ntwo\\rthree)" + WIDGET % (700, 715) + b">>"]),
    "a secret": form_pdf([b"<</FT/Tx/T(name)/Ff 8192/V(word)" + WIDGET % (700, 715) + b">>"]),
    "hidden": form_pdf([b"<</FT/Tx/T(name)/F 2/V(word)" + WIDGET % (700, 715) + b">>"]),
    "radio": form_pdf(
        [
            b"<</FT/Btn/T(level)/Ff 32768/V/two/Kids[7 0 R 8 0 R]>>",
            BUTTON % (b"Off", b"one", 660, 670),
            BUTTON % (b"two", b"two", 640, 650),
        ]
    ),
    "list": form_pdf([LISTED % (b"/V(Wales)", b"(Wales)(London)")]),
    "list left alone": form_pdf([LISTED % (b"", b"(Wales)(London)")]),
    "list with words of the sender's own": form_pdf([LISTED % (b"/Ff 393216/V(Jersey)", b"(Wales)(London)")]),
    "opening on a page": form_pdf([NAMED], catalogue_extra=b"/OpenAction[3 0 R/Fit]"),
}
NOT_TOLD = {
    "value on no page": (form_pdf([NAMED, b"<</FT/Tx/T(role)/V(Champion)>>"]), "Champion"),
    "value on no page, name in other letters": (form_pdf([NAMED, b"<</FT/Tx/T<FEFF0141>/V(Champion)>>"]), "Champion"),
    "second place of a field on no page": (
        form_pdf([b"<</FT/Tx/T(name)/Kids[7 0 R 8 0 R]>>", KID % b"", KID % b"/V(Champion)"]).replace(
            b"/Annots[6 0 R 7 0 R 8 0 R]", b"/Annots[7 0 R]            "
        ),
        "Champion",
    ),
    "stored value": (form_pdf([LISTED % (b"/V(w)", b"[(w)(Wales)][(l)(London)]")]), "Wales"),
    "words of an empty choice": (form_pdf([LISTED % (b"", b"[()(Please choose)][(l)(London)]")]), "Please choose"),
    "several chosen": (form_pdf([LISTED % (b"/Ff 2097152/V[(Wales)(London)]", b"(Wales)(London)")]), "Wales; London"),
    "default that nobody chose": (form_pdf([LISTED % (b"/DV(Wales)", b"(Wales)(London)")]), ""),
    "state by value alone": (
        form_pdf([b"<</FT/Btn/T(one)/V/Yes/AP<</N<</Yes 4 0 R/Off 4 0 R>>>>" + WIDGET % (700, 715) + b">>"]),
        "\u2612",
    ),
}


@pytest.mark.parametrize("data", TOLD.values(), ids=TOLD)
def test_what_pdfium_tells_is_what_the_objects_say(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    told = read_pdf(data)
    monkeypatch.setattr(pdf_reader.Widgets, "form", lambda self, data: None)
    assert told == read_pdf(data)


@pytest.mark.parametrize("data", TOLD.values(), ids=TOLD)
def test_the_objects_are_not_asked_for_what_pdfium_tells(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(pdf_reader, "read_form", never)
    assert read_pdf(data).blocks


@pytest.mark.parametrize(("data", "shown"), NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_pdfium_does_not_tell_is_read_all_the_same(data: bytes, shown: str) -> None:
    assert shown in [span.text for span in spans(read_pdf(data))]
