"""What a file is, its bytes say; a refusal says what is wrong with it."""

import io
import zipfile

import pytest
from flask import Flask
from flask_babel import force_locale

from consult.foundation.core.errors import InvalidInput, TooLarge
from consult.foundation.files.kinds import ALLOWED, LARGEST, PDF_HEADER_WITHIN, checked

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe1" + b"\0" * 40


def archive(**entries: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        for name, content in entries.items():
            into.writestr(zipfile.ZipInfo(name), content)  # no time of now: tests are named by it
    return made.getvalue()


def office(part: str) -> bytes:
    return archive(**{"[Content_Types].xml": "<Types/>", part: "<x/>"})


def open_document(ending: str) -> bytes:
    return archive(mimetype=ALLOWED[ending], **{"content.xml": "<x/>"})


GOOD = {
    "nota.pdf": PDF,
    "NOTA.PDF": PDF,
    "plaat.png": PNG,
    "foto.jpg": JPEG,
    "foto.jpeg": JPEG,
    "brief.docx": office("word/document.xml"),
    "cijfers.xlsx": office("xl/workbook.xml"),
    "brief.odt": open_document(".odt"),
    "cijfers.ods": open_document(".ods"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_we_take_is_known_by_its_bytes(name: str) -> None:
    assert checked(name, GOOD[name]) == (name, ALLOWED["." + name.rpartition(".")[2].lower()])


@pytest.mark.parametrize("before", [1, 400, PDF_HEADER_WITHIN - len(b"%PDF-")])
def test_bytes_before_the_header_of_a_pdf_are_taken(before: int) -> None:
    assert checked("scan.pdf", b"\n" * before + PDF)[1] == "application/pdf"


def test_a_name_without_an_ending_gets_the_one_of_its_bytes() -> None:
    assert checked("nota", PDF)[0] == "nota.pdf"
    assert checked("file", GOOD["cijfers.ods"])[0] == "file.ods"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leeg.pdf", b"", "“leeg.pdf” is empty"),
        ("ver.pdf", b"x" * PDF_HEADER_WITHIN + PDF, "of a kind that we do not take"),
        ("nota.docx", PDF, "there is PDF in it. Give it a name that ends in .pdf"),
        ("nota.pdf", GOOD["brief.docx"], "there is Word in it"),
        ("cijfers.xlsx", GOOD["brief.docx"], "there is Word in it"),
        ("brief.odt", GOOD["cijfers.ods"], "there is OpenDocument sheet in it"),
        ("foto.png", JPEG, "there is JPEG in it"),
        ("brief.docx", archive(**{"lees.txt": "x"}), "of a kind that we do not take"),
        ("brief.docx", GOOD["brief.docx"][:60], "of a kind that we do not take"),
        ("pagina.html", b"<html></html>", "of a kind that we do not take"),
        ("nota.exe", PDF, "there is PDF in it"),
    ],
)
def test_a_refusal_says_what_is_wrong(app: Flask, name: str, content: bytes, said: str) -> None:
    with app.test_request_context(), force_locale("en"):
        with pytest.raises(InvalidInput) as refused:
            checked(name, content)
        assert said in str(refused.value)


def test_more_than_we_take_is_too_large() -> None:
    with pytest.raises(TooLarge):
        checked("nota.pdf", PDF + b"0" * LARGEST)
