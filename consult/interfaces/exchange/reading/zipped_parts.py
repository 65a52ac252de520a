"""The parts of a workbook that is a zip, within bounds: what it unpacks to, and no entities.

A part is counted as it really unpacks, whatever the zip says of its size. No office program writes
a DTD, and without one there are no entities that grow or that fetch another file.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import InvalidInput, TooLarge

MOST_UNPACKED = 100 * 1024 * 1024
"""Bytes of all parts that are read, together."""
MOST_PARTS = 2000
MOST_TAGS = 5_000_000
"""Tags of all parts together: a million cells have four each."""
LONGEST_TOKEN = 1024 * 1024
"""Bytes of a comment, or between two tags: parsers take quadratic time for what is longer."""
_PIECE = 256 * 1024
_OVERLAP = 16
_SPECIAL = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_FORBIDDEN = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"L\x6f\xa7")
"""How XML begins that is not UTF-8; no office program writes it, and it would hide a DTD."""
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", re.IGNORECASE)


def damaged() -> InvalidInput:
    """Return the refusal of a file that cannot be read."""
    return InvalidInput(
        _l("This file is damaged, or it is no spreadsheet: it cannot be read."),
        _l("Open it in Excel or LibreOffice, save it again, and choose that file."),
    )


@contextmanager
def readable_parts(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip, and refuse (InvalidInput) what goes wrong while its parts are read."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (
        zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error,
        ValueError, KeyError,
    ) as error:  # fmt: skip
        raise damaged() from error


def check_parts(archive: zipfile.ZipFile) -> dict[str, bool]:
    """Unpack every part once, and refuse what passes a bound; nothing of it is kept.

    A sheet may have any name, so what is XML is seen from its bytes. Gives the names of the parts,
    each with whether a formula (`<f`) stands in it.
    """
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or len({one.filename for one in parts}) < len(parts):
        raise damaged()
    left = MOST_UNPACKED
    found: dict[str, bool] = {}
    tokens = _Tokens()
    for part in parts:
        tokens.begin()
        left, found[part.filename] = _look_through(archive, part, left, tokens)
    return found


class _Tokens:
    """Follows the tags and comments of parts, as far as they are what a parser trips over."""

    def __init__(self) -> None:
        self.tags = 0

    def begin(self) -> None:
        """Begin a part."""
        self._end = b""
        self._since = 0
        self._tail = b""

    def follow(self, piece: bytes) -> None:
        """Go on with the next piece; refuses (InvalidInput) too many tags, and a token too long."""
        self.tags += piece.count(b"<")
        self._since = len(piece) - piece.rfind(b"<") if b"<" in piece else self._since + len(piece)
        if self.tags > MOST_TAGS or self._since > LONGEST_TOKEN:
            raise damaged()
        self._follow_special(self._tail + piece)

    def _follow_special(self, data: bytes) -> None:
        at = 0
        while True:
            if not self._end:
                found = _SPECIAL.search(data, at)
                if found is None:
                    self._tail = data[max(at, len(data) - _OVERLAP) :]
                    return
                self._end, self._inside, at = _ENDS[found[0]], 0, found.end()
            stop = data.find(self._end, at)
            if stop < 0:
                kept = max(at, len(data) - len(self._end) + 1)
                self._inside += kept - at
                if self._inside > LONGEST_TOKEN:
                    raise damaged()
                self._tail = data[kept:]
                return
            at, self._end = stop + len(self._end), b""


def _look_through(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, tokens: _Tokens
) -> tuple[int, bool]:
    tail, is_xml, holds_formula = b"", True, False
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            if not tail:
                is_xml = _may_be_xml(part.filename, piece)
                if is_xml and not _is_utf_8(piece):
                    raise damaged()
            left -= len(piece)
            if left < 0:
                raise TooLarge(
                    _l("This file unpacks to more than 100 MB."),
                    _l("Take pictures and sheets that are not needed out of it, or divide it."),
                )
            if is_xml:
                tokens.follow(piece)
            whole = tail + piece
            if is_xml and _FORBIDDEN.search(whole):
                raise damaged()
            holds_formula = holds_formula or b"<f>" in whole or b"<f " in whole
            tail = whole[-_OVERLAP:]
    return left, holds_formula


def _may_be_xml(name: str, beginning: bytes) -> bool:
    if name.lower().endswith((".xml", ".rels")) or beginning.startswith(_OTHER_ENCODINGS):
        return True
    return beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"<", b""}


def _is_utf_8(beginning: bytes) -> bool:
    if beginning.startswith(_OTHER_ENCODINGS):
        return False
    named = _ENCODING.match(beginning.removeprefix(b"\xef\xbb\xbf"))
    return named is None or named[1].lower() in {b"utf-8", b"us-ascii", b"ascii"}
