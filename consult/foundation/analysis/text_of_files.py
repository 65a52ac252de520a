"""The text of a file that people attach, as far as a machine can read it; pure, and never trusted.

A file may be made to keep a machine busy or to fill its memory. So whoever calls this does so in a
process of its own with bounds (`consult.foundation.files.reading`); here only what is taken out is
bounded.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice

from lxml import etree
from openpyxl import load_workbook
from pypdf import PdfReader
from pypdf.errors import PyPdfError

MOST_SIGNS = 500_000
"""Signs of a file that are read; a report of two hundred pages holds as many."""
_MOST_PAGES = 1_000
_MOST_PART = 60 * 1024 * 1024
"""Bytes of a part of an office file, unpacked."""
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_TEXT_OF_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
_ENDS_OF_LINES = ("}p", "}br", "}tab", "}h", "}line-break", "}table-cell", "}tc", "}cr")


class NoText(Exception):  # noqa: N818  (as it is said: there is no text)
    """There is no text in a file that a machine can read: a scan, a picture, a locked file."""


def text_of(media_type: str, content: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether that is all of it.

    Raises NoText where there is none that a machine can read.
    """
    read = _READERS.get(media_type)
    if read is None:
        raise NoText
    try:
        return read(content)
    except (
        PyPdfError,
        etree.LxmlError,
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        OSError,
    ) as error:
        raise NoText from error


def _of_pdf(content: bytes) -> tuple[str, bool]:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise NoText
    pages = [page.extract_text() for page in islice(reader.pages, _MOST_PAGES)]
    filled = [page for page in pages if page.strip()]
    if not filled:
        raise NoText
    fields = [str(one) for one in (reader.get_form_text_fields() or {}).values() if one]
    text = "\n\n".join([*filled, *fields])
    is_all = len(filled) == len(reader.pages) and len(text) <= MOST_SIGNS
    return text[:MOST_SIGNS], is_all


def _of_parts(is_part: Callable[[str], bool]) -> Callable[[bytes], tuple[str, bool]]:
    def read(content: bytes) -> tuple[str, bool]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if is_part(name)]
            return _joined(piece for name in names for piece in _pieces_of(archive, name))

    return read


def _joined(pieces: Iterator[str]) -> tuple[str, bool]:
    """Join pieces as far as they are read; NoText where they say nothing."""
    taken: list[str] = []
    room = MOST_SIGNS
    for piece in pieces:
        taken.append(piece[:room])
        room -= len(piece)
        if room < 0:
            break
    text = "".join(taken)
    if not text.strip():
        raise NoText
    return text, room >= 0


def _pieces_of(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Yield the pieces of text of a part in XML, with the end of a line after each paragraph."""
    with archive.open(name) as part:
        content = part.read(_MOST_PART)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    words_only = name.startswith("word/")
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = str(element.tag)
        if event == "start":
            if element.text and (not words_only or tag == _TEXT_OF_WORD):
                yield element.text
            continue
        if tag.endswith(_ENDS_OF_LINES):
            yield "\n"
        elif tag.endswith("}s"):
            yield " "
        if element.tail and not words_only:
            yield element.tail


def _is_of_word(name: str) -> bool:
    parts = ("document", "header", "footer", "footnotes", "endnotes", "comments")
    return name.startswith(tuple(f"word/{one}" for one in parts)) and name.endswith(".xml")


def _is_of_open_document(name: str) -> bool:
    return name in {"content.xml", "styles.xml"}


def _of_sheet(content: bytes) -> tuple[str, bool]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return _joined(f"{value}\n" for row in rows for value in row if value is not None)


_READERS: dict[str, Callable[[bytes], tuple[str, bool]]] = {
    "application/pdf": _of_pdf,
    f"{_OOXML}wordprocessingml.document": _of_parts(_is_of_word),
    f"{_OOXML}spreadsheetml.sheet": _of_sheet,
    f"{_ODF}text": _of_parts(_is_of_open_document),
    f"{_ODF}spreadsheet": _of_parts(_is_of_open_document),
}
