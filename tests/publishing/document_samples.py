"""A plan document for the tests of both formats, and texts that try to break them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from consult.interfaces.publishing.documents import (
    CommitmentEntry,
    PlanDocument,
    SourceLink,
    ThemeChapter,
)

FROZEN_AT = datetime(2026, 11, 23, 21, 10, tzinfo=UTC)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WEB = "https://consult.example/nl/plans/open"
PROPOSAL = "https://consult.example/nl/rounds/spring/proposals/3"

PROSE = """\
Wij maken een *overzicht* met **vier** delen, zie [de wet](https://wetten.example/woo).

## Een kop van de schrijver

- eerste punt
- tweede punt

  1. drie
  2. vier

5. vijf
6. zes

> Een citaat.

```
code regel
```

| Maand | Aantal |
|---|---|
| mei | 20 |

Ruwe <b onclick="x()">HTML</b> en [kwaad](javascript:alert(1)).
"""

HOSTILE = (
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    '$ x $ <label> @cite = kop _em_ \\ ` ~ "}',
    "nul\x00 bel\x07 einde\x1b",
    "onteken \ufffe\uffff half \ud800 teken &#1; &#x202e;",
    "draai \u202eom\u2066 terug\ufeff",
    "العربية شكرا עברית",
    "a\u0653 q\u0654 x\u05b0 \u0e33\u0300",  # marks of one script on letters of another
    "中文 👍🏽 👩‍👩‍👧 \U0001f1f3\U0001f1f1",
    "woord " * 17_000,
    "x" * 20_000,
    "[" * 5_000 + "](" * 50,
    "> " * 400 + "diep",
    "<!-- --> <![CDATA[ ]]> </w:t> &amp; {{ x }} {% y %}",
)
LONGEST_WORD = pytest.param("x" * 100_000, marks=pytest.mark.long)


def commitment(number: int = 1, **changes: object) -> CommitmentEntry:
    entry = CommitmentEntry(
        number=number,
        title="Zien wie uw gegevens bekijkt",
        holder="Dienst Registers",
        partners=("Stichting Helder Bestuur", "Gemeente Oeverdam"),
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 12, 31),
        origin="Nieuw",
        problem="Mensen weten niet wie hun gegevens opvraagt.",
        description=PROSE,
        results="Eind 2027 is het overzicht er.",
        relevance="Het gebruik van gegevens wordt zichtbaar.",
        funding="Uit eigen middelen.",
        amount_cents=4_500_000,
        sources=(SourceLink(label="Show who looked", address=PROPOSAL, language="en"),),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def plan(language: str = "nl", **changes: object) -> PlanDocument:
    document = PlanDocument(
        title="Actieplan Open Overheid 2023-2027",
        subtitle="Vijfde actieplan",
        language=language,
        term_from=date(2023, 1, 1),
        term_until=date(2027, 12, 31),
        introduction="Een open overheid laat zien wat ze doet.\n\nEn legt uit waarom.",
        notes=("Dit plan is *niet* uitputtend.",),
        version_number=2,
        frozen_at=FROZEN_AT,
        digest=DIGEST,
        web_address=WEB,
        themes=(
            ThemeChapter(
                number=1,
                title="De burger is eigenaar",
                description="Mensen kunnen zien welke gegevens er zijn.",
                commitments=(commitment(1), commitment(2, title="Tweede actiepunt")),
            ),
            ThemeChapter(number=2, title="Toegankelijkheid verbeteren"),
            ThemeChapter(number=3, title="De ambtelijke eed"),
        ),
    )
    return replace(document, **changes)  # type: ignore[arg-type]


def living() -> PlanDocument:
    return plan(version_number=None, frozen_at=None, digest=None)


def hostile(text: str) -> PlanDocument:
    """A plan with one text in every field that people fill."""
    source = SourceLink(label=text, address=text, language=text)
    entry = commitment(
        title=text,
        holder=text,
        partners=(text, text),
        origin=text,
        problem=text,
        description=text,
        results=text,
        relevance=text,
        funding=text,
        sources=(source,),
    )
    theme = ThemeChapter(number=1, title=text, description=text, commitments=(entry,))
    return plan(
        title=text,
        subtitle=text,
        introduction=text,
        notes=(text,),
        web_address=text,
        digest=text,
        themes=(theme,),
    )
