"""Documents: the plan as a tagged PDF and as a Word document, made from plain values.

One composition in words (`composition`) is written out twice, so both say the same. Nothing here
knows the database or a request; the caller gathers a `PlanDocument` and gets bytes.
"""

from consult.interfaces.publishing.documents.content import (
    CommitmentEntry,
    PlanDocument,
    SourceLink,
    ThemeChapter,
)
from consult.interfaces.publishing.documents.pdf import render_pdf
from consult.interfaces.publishing.documents.word import render_docx

__all__ = [
    "CommitmentEntry",
    "PlanDocument",
    "SourceLink",
    "ThemeChapter",
    "render_docx",
    "render_pdf",
]
