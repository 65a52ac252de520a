"""What a plan document holds: plain values, gathered by the caller, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from consult.foundation.core.languages import pick


@dataclass(frozen=True)
class Untranslated:
    """A text, in Markdown, that the language of the document lacks: in the one it is in."""

    text: str
    language: str


Prose = str | Untranslated
"""A text in Markdown: in the language of the document, or said not to be."""


def text_of(prose: Prose) -> str:
    """Return the text itself, in whatever language."""
    return prose if isinstance(prose, str) else prose.text


def prose_in(texts: Mapping[str, str], language: str) -> Prose:
    """Return a text for a document in a language, or in the language there is."""
    text, spoken = pick(texts, language)
    return text if not text or spoken == language else Untranslated(text, spoken)


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who publishes a document, and in which colours; those of the theme where none are chosen."""

    name: str = ""
    accent: str = "#6b1a6b"
    band: str = "#35103a"
    on_band_soft: str = "#e6d3e8"
    band_line: str = "#d58add"
    logo: bytes = b""
    logo_type: str = ""

    @property
    def author(self) -> str:
        """Whom the properties of a file name: the publisher, or the software."""
        return self.name or "Consult"


NOBODY = Letterhead()
"""The letterhead where nobody said who publishes here."""


@dataclass(frozen=True, kw_only=True)
class SourceLink:
    """A proposal that a commitment was made from, and where it stands.

    `language` is the label's own language where that may differ from the document's.
    """

    label: str
    address: str
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class CommitmentEntry:
    """A commitment in the fields of the OGP form (handbook 5.0, 2022); the long texts are Markdown.

    `origin` is a word for readers, already in the language of the document.
    """

    number: int
    title: str
    holder: str | None = None
    partners: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    origin: str = ""
    problem: Prose = ""
    description: Prose = ""
    results: Prose = ""
    relevance: Prose = ""
    funding: Prose = ""
    amount_cents: int | None = None
    sources: tuple[SourceLink, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ThemeChapter:
    """A theme of the plan with its commitments; none is allowed."""

    number: int
    title: str
    description: Prose = ""
    commitments: tuple[CommitmentEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlanDocument:
    """A plan as it leaves the house.

    A frozen version has `version_number`, `frozen_at` and `digest` (SHA-256, hex); the living plan
    has none of them and may say the moment it was taken in `as_of`. Moments carry their zone.
    """

    title: str
    language: str
    term_from: date
    term_until: date
    web_address: str
    subtitle: str = ""
    introduction: Prose = ""
    notes: tuple[Prose, ...] = ()
    """What is said beside the introduction: a disclaimer, and which plan went before."""
    version_number: int | None = None
    frozen_at: datetime | None = None
    digest: str | None = None
    as_of: datetime | None = None
    publisher: Letterhead = NOBODY
    omissions: tuple[str, ...] = ()
    """Of a frozen version: what was left out since, a sentence each."""
    themes: tuple[ThemeChapter, ...] = ()
