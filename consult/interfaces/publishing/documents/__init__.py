"""Documents: a plan, or a copy of a round to read, as a tagged PDF and as a Word document.

One composition in words (`composition`, `round_composition`) is written out by each kind, so all
say the same; a round is written as an OpenDocument text too. Nothing here knows the database or a
request; the caller gathers a `PlanDocument` or a `RoundDocument` and gets bytes.
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
