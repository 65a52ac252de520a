"""What kind of file it is: decided by us from the bytes, never by its sender."""

import io
import zipfile
import zlib

import puremagic
from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import InvalidInput, Sentence, TooLarge
from consult.foundation.files.names import split

LARGEST = 10 * 1024 * 1024
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
ALLOWED = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": _OOXML + "wordprocessingml.document",
    ".xlsx": _OOXML + "spreadsheetml.sheet",
    ".odt": _ODF + "text",
    ".ods": _ODF + "spreadsheet",
}
"""What may be attached: ending and the type we serve it as."""
NAMES: dict[str, Sentence] = {
    ".pdf": "PDF",
    ".png": "PNG",
    ".jpg": "JPEG",
    ".docx": "Word",
    ".xlsx": "Excel",
    ".odt": _l("OpenDocument text"),
    ".ods": _l("OpenDocument sheet"),
}
_SAME = {".jpeg": ".jpg"}
PDF_HEADER_WITHIN = 1024
"""Bytes: readers take what stands before the header of a PDF (ISO 32000, note on file headers)."""


def check_size(name: str, content: bytes) -> None:
    """Refuse a file that is empty (InvalidInput), or larger than we take (TooLarge)."""
    if not content:
        raise InvalidInput(
            _l("The file “%(name)s” is empty: there is nothing in it.", name=name),
            _l("Look whether it was saved, and choose it again."),
        )
    if len(content) > LARGEST:
        raise TooLarge(
            _l("The file “%(name)s” is too large.", name=name), _l("At most 10 MB a file.")
        )


def checked(name: str, content: bytes) -> tuple[str, str]:
    """Return the name of a file, with an ending, and its type by its bytes.

    Raises TooLarge, and InvalidInput where it is empty, of another kind than its name says, or of
    a kind that we do not take.
    """
    check_size(name, content)
    found = found_in(content)
    ending = split(name)[1].lower()
    if not found:
        raise InvalidInput(
            _l("The file “%(name)s” is of a kind that we do not take.", name=name),
            _l("You can attach PDF, Word, Excel, OpenDocument, JPEG and PNG files."),
        )
    if not ending:
        name, ending = name + found[0], found[0]
    if _SAME.get(ending, ending) not in found:
        raise InvalidInput(
            _l(
                "The file “%(name)s” is not what its name says: there is %(kind)s in it.",
                name=name,
                kind=NAMES[found[0]],
            ),
            _l("Give it a name that ends in %(ending)s, and choose it again.", ending=found[0]),
        )
    return name, ALLOWED[ending]


def found_in(content: bytes) -> list[str]:
    """Return the endings of the kinds we take that these bytes can be; none if they are no such."""
    if b"%PDF-" in content[:PDF_HEADER_WITHIN]:
        return [".pdf"]
    if content.startswith(b"PK"):
        return _in_archive(content)
    return [ending for ending in (".png", ".jpg") if ending in _endings(content)]


def _endings(content: bytes) -> set[str]:
    try:
        return {match.extension for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return set()


def _in_archive(content: bytes) -> list[str]:
    """Distinguish the office files, which are all archives, by what their standards put in them.

    OPC parts of ECMA-376 for Word and Excel, the entry `mimetype` of OpenDocument.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                with archive.open("mimetype") as entry:
                    said = entry.read(100).decode("ascii", "replace").strip()
                return [ending for ending in (".odt", ".ods") if ALLOWED[ending] == said]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, zlib.error):
        return []
    if "[Content_Types].xml" not in names:
        return []
    folders = {".docx": "word/", ".xlsx": "xl/"}
    return [
        ending
        for ending, folder in folders.items()
        if any(name.startswith(folder) for name in names)
    ]
