"""In a large set of titles that are neither Dutch nor English, every word finds its title.

The titles are made of invented compounds, with a seed; `make test-long` makes ten thousand.
"""

import random
from datetime import datetime

import pytest
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.search import found_ids, index_text
from consult.foundation.core.spelling import learn_words, suggestion
from consult.foundation.core.unit_of_work import unit_of_work
from tests.conftest import Note

FIRST = (
    "Kinder", "Straßen", "Bürger", "Grün", "Flüchtlings", "Verkehrs", "Müll", "Jugend", "Schul",
    "Fahrrad", "Wasser", "Klima", "Kultur", "Sport", "Theater", "Bühnen", "Gewässer", "Nachbar",
    "Senioren", "Lärm", "Energie", "Wohnungs", "Markt", "Stadtteil", "Fußgänger", "Ämter",
)  # fmt: skip
LAST = (
    "garten", "beleuchtung", "beteiligung", "fläche", "unterkunft", "planung", "abfuhr", "zentrum",
    "gebäude", "brücke", "schutz", "förderung", "halle", "verträge", "gebühren", "überwachung",
    "schaft", "wohnheim", "minderung", "versorgung", "zuschüsse", "händler", "büro", "übergänge",
)  # fmt: skip
OTHER = (
    "günstiger", "schließen", "früher", "endlich", "größere", "kürzen", "erhöhen", "jüngere",
    "öffentlich", "zurück", "prüfen", "überall", "ausbauen", "wöchentlich", "verständlich",
)  # fmt: skip
FOLDED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "Ä": "A", "Ü": "U"})


def word(draw: random.Random) -> str:
    """Make a compound of two or three parts."""
    middle = draw.choice(("", "", draw.choice(FIRST).lower()))
    return draw.choice(FIRST) + middle + draw.choice(LAST)


def finds(query: str, id_: int) -> bool:
    every = found_ids("proposal", query).subquery()
    found = select(every.c.subject_id).where(every.c.subject_id == id_)
    return db.session.scalar(found) is not None


def finds_anything(query: str) -> bool:
    """Whether a question finds anything."""
    return db.session.scalar(found_ids("proposal", query).limit(1)) is not None


def slip(said: str, draw: random.Random) -> str:
    """Return a word with one letter changed, left out, doubled or in the place of the next."""
    at = draw.randrange(1, len(said) - 2)
    return draw.choice(
        (
            said[:at] + "x" + said[at + 1 :],
            said[:at] + said[at + 1 :],
            said[:at] + "x" + said[at:],
            said[:at] + said[at + 1] + said[at] + said[at + 2 :],
        )
    )


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("many", "looked_for"),
    [
        pytest.param(200, 20, id="some"),
        pytest.param(10_000, 500, marks=pytest.mark.long, id="ten thousand"),
    ],
)
def test_every_word_finds_its_title(many: int, looked_for: int, now: datetime, note: Note) -> None:
    draw = random.Random(2026)
    titles = {
        id_: [word(draw), draw.choice(OTHER), word(draw), draw.choice(OTHER)]
        for id_ in range(1, many + 1)
    }
    with unit_of_work():
        for id_, words in titles.items():
            index_text("proposal", id_, " ".join(words), "de")
    learn_words({}, now)
    chosen = draw.sample(sorted(titles), looked_for)
    lost = [(one, id_) for id_ in chosen for one in titles[id_] if not finds(one, id_)]
    assert not lost
    for id_ in chosen[:50]:
        compound = titles[id_][0]
        part = next(one for one in LAST if compound.endswith(one))
        if len(part) >= 5:
            assert finds(part, id_), (part, compound)
        assert finds(compound.translate(FOLDED), id_), compound
        typed = slip(compound.lower(), draw)
        if not finds(typed, id_):
            meant = suggestion(typed, finds_anything)
            assert meant is not None, (typed, compound)
            assert finds(meant, id_), (typed, meant, compound)
    note(f"{many} titles in German: each of {4 * looked_for} words of {looked_for} titles found "
         f"its title")  # fmt: skip
