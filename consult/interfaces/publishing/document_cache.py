"""Documents made once: a PDF or a Word document is made when it is first asked for, and kept.

It is kept under the digest of everything that it is made from: the text with what was left out of
it, the language, and the program. So what is kept is never stale, and a living plan that changes
gets a new document. A process makes one at a time; whoever asks for another one meanwhile is told
when to come back, and no thread waits.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from consult.foundation.files.cache import cache_file, cached_file
from consult.interfaces.publishing.documents import PlanDocument, render_docx, render_pdf
from consult.outcomes.approvals.queries import document_cache_prefix

RENDERERS: dict[str, Callable[[PlanDocument], bytes]] = {"pdf": render_pdf, "docx": render_docx}
RETRY_SECONDS = 3
_making = threading.Lock()
_HOUSE = Path(__file__).parents[2]
_PARTS = ("typst", "python-docx", "markdown-it-py", "flask-babel", "babel", "XlsxWriter")
"""Libraries that a document depends on."""


class BeingMade(Exception):  # noqa: N818
    """This process makes a document now, and this one is not there yet."""


@cache
def program_digest() -> str:
    """Return the digest of the program that makes files: its code, its words, its libraries."""
    digest = sha256(repr([version(name) for name in _PARTS]).encode())
    for folder, pattern in (
        ("interfaces/publishing", "*.py"),
        ("interfaces/publishing/documents", "*"),
        ("interfaces/exchange/exporting", "*.py"),
        ("interfaces/exchange/format", "*.py"),
        ("foundation/core", "*.py"),
        ("translations", "**/*.mo"),
    ):
        for path in sorted(path for path in (_HOUSE / folder).glob(pattern) if path.is_file()):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class DocumentFile:
    """A document that was made: its bytes, and under which digest they are kept where."""

    place: str
    digest: str
    content: bytes


def _kept(place: str, digest: str) -> DocumentFile | None:
    # Read whole and once: what is kept may be dropped while it is sent.
    content = cached_file(place, digest)
    return None if content is None else DocumentFile(place, digest, content)


def cached_document(plan_id: int, document: PlanDocument, kind: str) -> DocumentFile:
    """Return a document, made now or kept; `kind` is pdf or docx.

    Raises BeingMade while this process makes another one, or this one for somebody else.
    """
    number = document.version_number
    place = f"{document_cache_prefix(plan_id)}{number or 'living'}-{document.language}-{kind}"
    digest = sha256(f"{program_digest()}|{kind}|{document!r}".encode()).hexdigest()
    if found := _kept(place, digest):
        return found
    if not _making.acquire(blocking=False):
        raise BeingMade
    try:
        if found := _kept(place, digest):  # by another thread, between the two looks
            return found
        content = RENDERERS[kind](document)
        cache_file(place, digest, content)
        return DocumentFile(place, digest, content)
    finally:
        _making.release()


DocumentRequest = tuple[str, int | None, str, str]
"""A plan, the number of a version or None, a language and a kind."""
_latest: dict[DocumentRequest, tuple[int, str, str]] = {}


def remembered(asked: DocumentRequest, revision: int) -> DocumentFile | None:
    """Return the document that this was last answered with, if no public page changed since.

    So a document that is kept costs no reading of the plan. There are as many as were made.
    """
    then, place, digest = _latest.get(asked, (None, "", ""))
    return _kept(place, digest) if then == revision else None


def remember(asked: DocumentRequest, revision: int, made: DocumentFile) -> None:
    """Remember with what this was answered, at a revision that was read before the plan was."""
    _latest[asked] = revision, made.place, made.digest
