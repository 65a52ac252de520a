"""Documents made once: a PDF or a Word document is made when it is first asked for, and kept.

It is kept under the digest of everything that it is made from: the text with what was left out of
it, the language, and the program. So what is kept is never stale, and a living plan that changes
gets a new document. A process makes one at a time; whoever asks for another one meanwhile is told
when to come back, and no thread waits.
"""

import io
import threading
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from consult.approvals.queries import kept_documents
from consult.files.kept import keep, kept
from consult.publishing.documents import PlanDocument, render_docx, render_pdf

RENDERERS: dict[str, Callable[[PlanDocument], bytes]] = {"pdf": render_pdf, "docx": render_docx}
RETRY_SECONDS = 3
_making = threading.Lock()
_HOUSE = Path(__file__).parents[1]
_PARTS = ("typst", "python-docx", "markdown-it-py", "flask-babel", "babel")
"""Libraries that a document depends on."""


class BeingMade(Exception):  # noqa: N818
    """This process makes a document now, and this one is not there yet."""


@cache
def _program() -> str:
    """Give the digest of the program that makes documents: its code, its words, its libraries."""
    digest = sha256(repr([version(name) for name in _PARTS]).encode())
    for folder, pattern in (
        ("publishing", "*.py"),
        ("publishing/documents", "*"),
        ("core", "*.py"),
        ("translations", "**/*.mo"),
    ):
        for path in sorted(path for path in (_HOUSE / folder).glob(pattern) if path.is_file()):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def made_once(plan_id: int, document: PlanDocument, kind: str) -> tuple[Path | io.BytesIO, str]:
    """Give a document, made now or kept, and its digest; `kind` is pdf or docx.

    Raises BeingMade while this process makes another one, or this one for somebody else.
    """
    number = document.version_number
    place = f"{kept_documents(plan_id)}{number or 'living'}-{document.language}-{kind}"
    digest = sha256(f"{_program()}|{kind}|{document!r}".encode()).hexdigest()
    if found := kept(place, digest):
        return found, digest
    if not _making.acquire(blocking=False):
        raise BeingMade
    try:
        if found := kept(place, digest):
            return found, digest
        content = RENDERERS[kind](document)
        keep(place, digest, content)
        return io.BytesIO(content), digest
    finally:
        _making.release()
