"""The public register, and the codes of Dutch public bodies in it."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.models import Layer, Membership, Organisation, Sector
from consult.people.organisations.queries import get_body, organisation_by_tooi
from consult.people.organisations.services import (
    OrganisationFacts,
    change_organisation,
    create_organisation,
)
from consult.people.organisations.tooi import (
    KINDS,
    address_of,
    code_error,
    code_of,
    find_public_bodies,
    kind_of,
    public_bodies,
)
from tests.cast import person
from tests.statements import counted
from tests.world import SINCE

pytestmark = pytest.mark.usefixtures("app")
REGISTER = "/en/organisations"
AMSTERDAM = OrganisationFacts("Gemeente Amsterdam", Sector.GOVERNMENT, Layer.MUNICIPALITY, "gm0363")


def test_the_list_is_what_its_header_says() -> None:
    bodies = public_bodies()
    kinds = [kind_of(code) for code in bodies]
    assert {kind: kinds.count(kind) for kind in KINDS} == {
        "mnre": 18,
        "pv": 12,
        "gm": 342,
        "ws": 32,
    }
    current = [body for body in bodies.values() if kind_of(body.code) == "ws" and not body.ended]
    assert len(current) == 21
    assert all(code_error(code) is None for code in bodies)
    assert all(body.name.strip() for body in bodies.values())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("gm0363", "gemeente Amsterdam"),
        ("mnre1034", "ministerie van Binnenlandse Zaken en Koninkrijksrelaties"),
        ("pv23", "provincie Overijssel"),
        ("ws0652", "waterschap Brabantse Delta"),
    ],
)
def test_bodies_that_everybody_knows_are_in_it(code: str, name: str) -> None:
    assert public_bodies()[code].name == name


def test_a_code_is_read_as_people_write_it() -> None:
    assert code_of(" https://identifier.overheid.nl/tooi/id/gemeente/gm0363 ") == "gm0363"
    assert code_of("GM0363") == "gm0363"
    assert address_of("ws0152") == "https://identifier.overheid.nl/tooi/id/waterschap/ws0152"


@pytest.mark.parametrize(
    "code", ["gm363", "gm03630", "xx0363", "0363", "pv99", "mnre9999", "ws0001"]
)
def test_a_code_that_cannot_be_is_refused(code: str, now: datetime) -> None:
    facts = OrganisationFacts("X", Sector.GOVERNMENT, Layer.MUNICIPALITY, code)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_organisation(person("ana"), facts, "", now)
    assert "tooi" in refused.value.errors
    assert organisation_by_tooi(code) is None


def test_a_municipality_that_is_not_in_the_list_is_taken() -> None:
    """The list of municipalities is not complete: only the shape of the code is checked."""
    assert "gm9999" not in public_bodies()
    assert code_error("gm9999") is None


def test_a_code_belongs_to_one_organisation_and_to_its_layer(now: datetime) -> None:
    ana = person("ana")
    with unit_of_work():
        made = create_organisation(ana, AMSTERDAM, "", now)
    assert organisation_by_tooi("gm0363") is made
    with pytest.raises(InvalidInput) as twice, unit_of_work():
        create_organisation(ana, OrganisationFacts(**{**vars(AMSTERDAM), "name": "Y"}), "", now)
    assert "Gemeente Amsterdam" in str(twice.value.errors["tooi"])
    with unit_of_work():
        change_organisation(ana, made, AMSTERDAM, made.version, now)
    wrong = OrganisationFacts("Z", Sector.GOVERNMENT, Layer.PROVINCE, "gm0014")
    with pytest.raises(InvalidInput) as other, unit_of_work():
        create_organisation(ana, wrong, "", now)
    assert set(other.value.errors) == {"layer"}
    business = OrganisationFacts("B", Sector.BUSINESS, None, "gm0014")
    with pytest.raises(InvalidInput) as none, unit_of_work():
        create_organisation(ana, business, "", now)
    assert set(none.value.errors) == {"layer"}


def test_looking_a_body_up() -> None:
    assert [body.code for body in find_public_bodies("BRABANTSE delta")] == ["ws0652"]
    assert find_public_bodies("") == []
    assert find_public_bodies("bestaat niet") == []
    names = [body.name for body in find_public_bodies("waterschap ve")]
    assert names.index("waterschap Vallei en Veluwe") < names.index("waterschap Veluwe")
    assert len(find_public_bodies("e")) == 20


def test_a_public_body_fills_the_form(browse: Any) -> None:
    ana = browse("ana")
    found = ana.get("/en/organisations/new?q=amsterdam").text
    assert "/en/organisations/new?tooi=gm0363#name" in found
    filled = ana.get("/en/organisations/new?tooi=gm0363").text
    assert 'value="Gemeente Amsterdam"' in filled
    assert '<option selected value="municipality">' in filled
    assert "No public body was found" in ana.get("/en/organisations/new?q=nergens").text
    assert ana.get("/en/organisations/new?tooi=onzin").status_code == 200
    form = {"name": "Gemeente Amsterdam", "sector": "government", "layer": "municipality",
            "slug": "", "tooi": address_of("gm0363")}  # fmt: skip
    assert ana.post("/en/organisations/new", data=form).status_code == 303
    again = ana.post("/en/organisations/new", data={**form, "slug": "anders"})
    assert again.status_code == 422
    assert 'href="#tooi"' in again.text
    assert 'href="https://identifier.overheid.nl/tooi/id/gemeente/gm0363"' in (
        browse().get(REGISTER).text
    )


def test_everyone_reads_the_register_and_nobody_reads_who_speaks(browse: Any) -> None:
    page = browse().get(REGISTER).text
    assert "Stichting Helder Bestuur" in page
    assert "Stakeholder forum" in page
    assert "Somebody speaks for it" in page
    for name in ("Pia", "Kees", "Coen"):
        assert name not in page
    assert "/organisations/helder-bestuur" not in page
    assert "/organisations/new" not in page
    assert "/en/organisations/helder-bestuur" in browse("ana").get(REGISTER).text


def test_the_register_is_searched_by_name_and_sector(browse: Any) -> None:
    reader = browse()
    assert "Stichting Helder Bestuur" in reader.get(f"{REGISTER}?q=HELDER").text
    assert "No organisation was found" in reader.get(f"{REGISTER}?q=100%25").text
    assert "No organisation was found" in reader.get(f"{REGISTER}?sector=business").text
    assert reader.get(f"{REGISTER}?sector=onzin").status_code == 200
    assert reader.get(f"{REGISTER}?cursor=onzin").status_code == 422


@pytest.mark.parametrize("many", [10, 1000])
def test_a_page_of_the_register_costs_the_same(
    app: Flask, browse: Any, now: datetime, many: int
) -> None:
    with unit_of_work():
        sectors = list(Sector)
        rows = [
            {"slug": f"o-{n}", "name": f"Organisatie {n:04}", "sector": sectors[n % 4],
             "created_at": now, "version": 1}
            for n in range(many)
        ]  # fmt: skip
        db.session.execute(insert(Organisation), rows)
        ids = db.session.scalars(select(Organisation.id).where(Organisation.slug != "x")).all()
        forum = get_body("stakeholderforum").id
        db.session.execute(
            insert(Membership),
            [{"body_id": forum, "organisation_id": id_, "starts_on": SINCE} for id_ in ids[1:]],
        )
    reader, seen, address = browse(), [], REGISTER
    reader.get("/nl/bodies")  # reads what all pages have, once after a change
    for _ in range(30):
        with counted(app) as statements:
            page = reader.get(address)
        assert page.status_code == 200
        assert statements.number <= 3, str(statements)
        seen += [part.split("<")[0] for part in page.text.split('consult-row__title">')[1:]]
        if 'rel="next"' not in page.text:
            break
        address = page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == many + 1
