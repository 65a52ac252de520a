"""OpenDocument (ODF 1.3): a zip that is written as its content comes, and text inside it.

Nothing is held: whoever writes hands over pieces of `content.xml` in order. Part 2 of the standard
says what the zip holds (`mimetype` first and not compressed, and a manifest), part 3 what the text.
"""

import enum
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

_VERSION = 'office:version="1.3"'
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {
    "office": f"{_NAMESPACE}office:1.0",
    "style": f"{_NAMESPACE}style:1.0",
    "text": f"{_NAMESPACE}text:1.0",
    "table": f"{_NAMESPACE}table:1.0",
    "fo": f"{_NAMESPACE}xsl-fo-compatible:1.0",
    "meta": f"{_NAMESPACE}meta:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_NAMESPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _PREFIXES.items())
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
# What would be lost: one blank at an edge, each after the first, and tabs (part 3, 6.1.2).
_BLANKS = re.compile(" {2,}|^ | $|\t|\n")


class OpenDocumentKind(enum.StrEnum):
    """The kinds of documents that we write, by their media types."""

    SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
    TEXT = "application/vnd.oasis.opendocument.text"


@dataclass(frozen=True, kw_only=True)
class DocumentProperties:
    """What a document says of itself."""

    title: str
    language: str
    licence: str = ""
    author: str = "Consult"
    made_at: datetime | None = None


def attribute(text: str) -> str:
    """Return the value of an attribute, with its quotation marks."""
    return quoteattr(text)


def inline(text: str) -> str:
    """Return a text as it stands in a paragraph, with every blank, tab and line end."""
    return _BLANKS.sub(_kept, escape(text))


def _kept(found: re.Match[str]) -> str:
    blanks = found[0]
    if blanks == "\t":
        return "<text:tab/>"
    if blanks == "\n":
        return "<text:line-break/>"
    return f'<text:s text:c="{len(blanks)}"/>'


@contextmanager
def written_into(
    file: BinaryIO, kind: OpenDocumentKind, properties: DocumentProperties, styles: str = ""
) -> Iterator[Callable[[str], object]]:
    """Write a document into a file: hands over what takes the pieces of its content, in order.

    `styles` is what stands inside styles.xml, if there is to be one.
    """
    with zipfile.ZipFile(file, "w") as archive:

        def put(name: str, text: str, how: int = zipfile.ZIP_DEFLATED) -> None:
            archive.writestr(_entry(name, how), text)

        put("mimetype", kind, zipfile.ZIP_STORED)
        put("META-INF/manifest.xml", _manifest(kind, ["styles.xml"] if styles else []))
        put("meta.xml", _meta(properties))
        if styles:
            put("styles.xml", _root("document-styles", styles))
        begin, end = _root("document-content", "\0").split("\0")
        with (
            archive.open(_entry("content.xml"), "w") as part,
            io.TextIOWrapper(part, "utf-8", newline="\n") as content,
        ):
            content.write(begin)
            yield content.write
            content.write(end)


def _entry(name: str, how: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = how
    return entry


def _root(name: str, content: str) -> str:
    return f"{_HEAD}<office:{name} {_NAMESPACES} {_VERSION}>{content}</office:{name}>\n"


def _manifest(kind: OpenDocumentKind, more: list[str]) -> str:
    files = {"/": str(kind), **dict.fromkeys(["content.xml", "meta.xml", *more], "text/xml")}
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{media}"'
        + (' manifest:version="1.3"/>' if name == "/" else "/>")
        for name, media in files.items()
    )
    root = f'manifest:manifest xmlns:manifest="{_NAMESPACE}manifest:1.0" manifest:version="1.3"'
    return f"{_HEAD}<{root}>{entries}</manifest:manifest>\n"


def _meta(properties: DocumentProperties) -> str:
    said = [
        "<meta:generator>Consult</meta:generator>",
        f"<dc:creator>{escape(properties.author)}</dc:creator>",
        f"<dc:title>{escape(properties.title)}</dc:title>",
        f"<dc:language>{escape(properties.language)}</dc:language>",
    ]
    if properties.made_at:
        made = properties.made_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        said.append(f"<meta:creation-date>{made}Z</meta:creation-date>")
    if properties.licence:
        licence = escape(properties.licence)
        said.append(
            f'<meta:user-defined meta:name="Licence" meta:value-type="string">{licence}'
            "</meta:user-defined>"
        )
    return _root("document-meta", f"<office:meta>{''.join(said)}</office:meta>")
