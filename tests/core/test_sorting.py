"""Names stand where a reader looks for them, in Python and on both databases alike."""

import pytest
from sqlalchemy import insert, select

from consult.foundation.core.db import db
from consult.foundation.core.sorting import name_order
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.models import Organisation, Sector
from consult.people.organisations.queries import all_organisations
from consult.people.organisations.register import register_page
from tests.world import NOON

IN_ORDER = [
    "2 Samen", "10 Samen", "Aa en Hunze", "Ærø", "Ålborg", "Alkmaar", "de Bilt", "De Ronde Venen",
    "Den Haag", "Denemarken", "Eemnes", "Één stad", "Egmond", "e-mail voor iedereen",
    "Émile Zola", "IJburg", "IJsselstein", "ÎLE", "Łódź", "Lomé", "Mook", "Ørsted", "Otterlo",
    "Programma 2", "Programma 2.1", "Programma 2.10", "Programma 10", "Programma 1.000",
    "programma Z", "Scherpenzeel", "Schouwen-Duiveland", "'s-Gravenhage", "\u2019s-Hertogenbosch",
    "Straatweg", "Straße", "'t Hoogt", "Tiel", "van Dam", "Zaanstad", "Ελλάδα",
]  # fmt: skip


def test_names_stand_in_the_order_of_a_reader() -> None:
    backwards = IN_ORDER[::-1]
    assert sorted(backwards, key=name_order) == IN_ORDER


@pytest.mark.parametrize("name", ["", "&", "...", "🙂", "7" * 5000, "a" * 5000, "\u00ad", "٣", "_"])
def test_every_name_has_a_place(name: str) -> None:
    assert len(name_order(name)) <= 300
    assert bool(name_order(name)) == bool(name)


@pytest.mark.usefixtures("app")
def test_both_databases_order_alike_page_after_page() -> None:
    names = [name for name in IN_ORDER for _twice in "ab"]
    rows = [
        {"slug": f"o{n}", "name": name, "sector": Sector.BUSINESS, "created_at": NOON}
        for n, name in enumerate(reversed(names))
    ]
    with unit_of_work():
        db.session.execute(insert(Organisation), rows)
    listed: list[str] = []
    cursor = None
    while True:
        page = register_page("", Sector.BUSINESS, cursor, NOON.date())
        listed += [one.organisation.name for one in page]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert listed == names
    assert [one.name for one in all_organisations() if one.slug.startswith("o")][:2] == names[:2]
    found = register_page("s-gravenhage", None, None, NOON.date())
    assert {one.organisation.name for one in found} == {"'s-Gravenhage"}
    assert len(register_page("STRASSE", None, None, NOON.date())) == 2


@pytest.mark.usefixtures("app")
def test_a_new_name_gets_a_new_place() -> None:
    with unit_of_work():
        organisation = db.session.scalars(select(Organisation)).first()
        assert organisation
        organisation.name = "'t Hoogt 12"
    assert organisation.name_order == "t hoogt 0212"
