"""A machine reads attached files: how much may be personal data in them, and no word of theirs."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
from docx import Document
from flask import Flask
from openpyxl import Workbook
from pypdf import PdfWriter
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.kinds import ALLOWED
from consult.foundation.files.models import StoredFile, TextRead
from consult.foundation.files.reading import read_files
from consult.foundation.files.services import keep_file
from tests.cast import person

pytestmark = pytest.mark.usefixtures("app")
SAID = ["Mevrouw Jansen is er op 06-12345678.", "BSN 111222333"]
FOUND = {"name": 1, "telephone": 1, "citizen_number": 1}


def pdf(lines: list[str]) -> bytes:
    """A PDF as the plainest programs write it: a page with lines of text."""
    shown = " T* ".join(f"({line}) Tj" for line in lines)
    content = f"BT /F1 12 Tf 14 TL 50 700 Td {shown} ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made = io.BytesIO(b"")
    made.write(b"%PDF-1.4\n")
    places = []
    for number, part in enumerate(parts, 1):
        places.append(made.tell())
        made.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    start = made.tell()
    made.write(b"xref\n0 6\n0000000000 65535 f \n")
    made.writelines(b"%010d 00000 n \n" % place for place in places)
    made.write(b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)
    return made.getvalue()


def locked_pdf() -> bytes:
    """A PDF that opens with a password."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf(SAID)))
    writer.encrypt("geheim", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def scan() -> bytes:
    """A PDF with a page and no text."""
    return pdf([])


def word() -> bytes:
    """A text with one sentence in a table and one in the foot of the page, in pieces."""
    document = Document()
    document.add_table(1, 1).cell(0, 0).text = SAID[0]
    foot = document.sections[0].footer.paragraphs[0]
    foot.add_run("BSN 111")
    foot.add_run("222333").bold = True
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def sheet() -> bytes:
    """A sheet, with a number as a number."""
    book = Workbook()
    book.create_sheet().append([SAID[0], 111222333])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def open_text() -> bytes:
    """A text in OpenDocument, with a piece in bold."""
    office, words = (
        f"urn:oasis:names:tc:opendocument:xmlns:{one}:1.0" for one in ("office", "text")
    )
    content = (
        f'<o:document-content xmlns:o="{office}" xmlns:t="{words}"><o:body><o:text>'
        f"<t:p>Mevrouw Jansen is er op 06-<t:span>1234</t:span>5678.</t:p><t:p>{SAID[1]}</t:p>"
        "</o:text></o:body></o:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", ALLOWED[".odt"])
        archive.writestr("content.xml", content)
    return made.getvalue()


def too_much() -> bytes:
    """A text that unpacks to far more than a machine has."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b"<a>" + b" " * 300_000_000)
    return made.getvalue()


def read(ending: str, content: bytes, now: datetime) -> tuple[TextRead | None, object]:
    """Store a file, let the job read it, and return what is kept of it."""
    with unit_of_work():
        keep_file(person("pia"), f"stuk{ending}", ALLOWED[ending], content, now)
    read_files({}, now)
    stored = db.session.scalars(select(StoredFile)).one()
    return stored.text_read, stored.suspected


@pytest.mark.parametrize(
    ("ending", "make"),
    [
        (".pdf", lambda: pdf(SAID)),
        (".docx", word),
        (".xlsx", sheet),
        (".odt", open_text),
    ],
)
def test_what_is_in_a_file_is_counted_by_kind(
    ending: str, make: Callable[[], bytes], now: datetime
) -> None:
    assert read(ending, make(), now) == (TextRead.WHOLE, FOUND)


@pytest.mark.parametrize(
    ("ending", "make"),
    [
        (".pdf", scan),
        (".pdf", locked_pdf),
        (".odt", too_much),
        (".png", lambda: b"\x89PNG"),
    ],
)
def test_what_no_machine_can_read_is_said_to_be_so(
    ending: str, make: Callable[[], bytes], now: datetime
) -> None:
    assert read(ending, make(), now) == (TextRead.UNREADABLE, {})


def test_a_file_is_read_once(app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    del app
    assert read(".png", b"\x89PNG", now) == (TextRead.UNREADABLE, {})
    monkeypatch.setattr("consult.foundation.files.reading.storage", None)
    read_files({}, now)
