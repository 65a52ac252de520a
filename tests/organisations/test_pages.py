"""The pages of bodies and organisations: what the public sees, and what organisers do there."""

from typing import Any

import pytest
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.models import Body, Mandate, Membership, Organisation
from tests.world import NOON

BODY = "/nl/bodies/stakeholderforum"
HELDER = "/nl/organisations/helder-bestuur"


def test_everyone_reads_bodies_and_no_name_of_a_person(browse: Any) -> None:
    listed = browse().get("/en/bodies")
    assert listed.status_code == 200
    assert "Stakeholder forum" in listed.text
    page = browse().get("/en/bodies/stakeholderforum")
    assert "Stichting Helder Bestuur" in page.text
    assert "Pia" not in page.text
    assert "Lotte" not in page.text
    assert f"{BODY}/members" not in page.text


def test_a_body_that_is_not_there(browse: Any) -> None:
    assert browse().get("/nl/bodies/bestaat-niet").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        f"{BODY}/edit",
        f"{BODY}/members",
        f"{BODY}/seats",
        "/nl/organisations/new",
        HELDER,
        f"{HELDER}/edit",
    ],
)
def test_desks_are_for_organisers(browse: Any, address: str) -> None:
    assert "/login" in browse().get(address).headers["Location"]
    assert browse("pia").get(address).status_code == 403
    assert browse("ana").get(address).status_code == 200
    assert browse("adi").get(address).status_code == 200


def test_the_desk_of_members_knows_names(browse: Any) -> None:
    page = browse("ana").get(f"{BODY}/members")
    assert "Pia Jansen" in page.text
    ids = [part.split('"')[0] for part in page.text.split(' id="')[1:]]
    assert len(ids) == len(set(ids)), "two forms on one page"


def test_a_body_is_changed(browse: Any) -> None:
    ana = browse("ana")
    form = {"version": "1", "kind": "board", "name_nl": "Raad", "name_en": "Board"}
    answer = ana.post(f"{BODY}/edit", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BODY}/members")
    assert db.session.scalars(select(Body)).one().name == {"nl": "Raad", "en": "Board"}
    stale = ana.post(f"{BODY}/edit", data={**form, "name_nl": "Mijn raad"})
    assert stale.status_code == 409
    assert "Mijn raad" in stale.text
    assert ">Raad<" in stale.text


def test_a_person_and_an_organisation_are_added_and_ended(browse: Any) -> None:
    ana = browse("ana")
    who = {"person-address": "sam@consult.example", "person-starts_on": "2026-11-23"}
    assert ana.post(f"{BODY}/members/people", data=who).status_code == 303
    again = ana.post(f"{BODY}/members/people", data=who)
    assert again.status_code == 422
    assert "sam@consult.example" in again.text
    last = db.session.scalars(select(Membership).order_by(Membership.id.desc())).first()
    assert last is not None
    ended = ana.post(f"{BODY}/members/{last.id}/end", data={"ends_on": "2026-11-23"})
    assert ended.status_code == 303
    assert ana.post(f"{BODY}/members/{last.id}/end").status_code == 422
    with unit_of_work():
        made = Organisation(
            slug="open-stad", name="Vereniging Open Stad", sector="civil_society", created_at=NOON
        )
        db.session.add(made)
    member = {"organisation-organisation_id": made.id, "organisation-starts_on": "2026-11-23"}
    added = ana.post(f"{BODY}/members/organisations", data=member)
    assert added.headers["Location"] == f"{BODY}/members"
    assert "Vereniging Open Stad" in ana.get(f"{BODY}/members").text


def test_a_membership_cannot_end_before_it_began_and_its_row_says_so(browse: Any) -> None:
    ana = browse("ana")
    address = f"{BODY}/members/{db.session.scalars(select(Membership.id)).first()}/end"
    refused = ana.post(address, data={"ends_on": "1999-01-01"})
    assert refused.status_code == 422
    assert 'href="#ends_on"' in refused.text
    assert "Het einde ligt voor het begin." in refused.text
    assert "1999-01-01" in refused.text
    helder = db.session.scalars(select(Organisation)).one()
    member = {"organisation-organisation_id": helder.id, "organisation-starts_on": "2026-11-23"}
    assert ana.post(f"{BODY}/members/organisations", data=member).status_code == 422


def test_strangers_change_nothing(browse: Any) -> None:
    sam = browse("sam")
    posts: tuple[tuple[str, dict[str, str]], ...] = (
        (f"{BODY}/members/people", {"person-address": "sam@consult.example"}),
        (f"{BODY}/members/1/end", {"ends_on": "2026-11-23"}),
        (f"{BODY}/members/1/end", {}),
        (f"{HELDER}/mandates/1/end", {}),
        (f"{HELDER}/mandates", {"address": "sam@consult.example"}),
        (f"{HELDER}/mandates/1/end", {"ends_on": "2026-11-23"}),
    )
    for address, form in posts:
        # What is not there, or is not for them to know of, is not there.
        status = 404 if address.endswith("/mandates/1/end") else 403
        assert sam.post(address, data=form).status_code == status, address
        assert browse().post(address, data=form).status_code == 401, address


def test_a_membership_of_another_body_is_not_found_here(browse: Any) -> None:
    assert (
        browse("ana").post(f"{BODY}/members/999/end", data={"ends_on": "2026-11-23"}).status_code
        == 404
    )


def test_an_organisation_is_registered_with_who_speaks_for_it(browse: Any) -> None:
    ana = browse("ana")
    form = {"name": "Open State", "sector": "civil_society", "layer": "", "slug": ""}
    made = ana.post("/nl/organisations/new", data=form)
    assert made.headers["Location"] == "/nl/organisations/open-state"
    said = {"address": "lotte@consult.example", "starts_on": "2026-11-23", "note": "mail"}
    assert ana.post("/nl/organisations/open-state/mandates", data=said).status_code == 303
    mandate = db.session.scalars(select(Mandate).order_by(Mandate.id.desc())).first()
    assert mandate is not None
    end = f"/nl/organisations/open-state/mandates/{mandate.id}/end"
    assert ana.post(end, data={"ends_on": "2026-11-24"}).status_code == 303
    assert "Lotte Smit" in ana.get("/nl/organisations/open-state").text
    wrong = ana.post("/nl/organisations/new", data={**form, "layer": "province"})
    assert wrong.status_code == 422
    assert wrong.text.count('href="#layer"') == 1
    assert wrong.text.count('href="#slug"') == 1


def test_a_form_sent_twice_is_done_once(browse: Any) -> None:
    ana = browse("ana")
    form = {"name": "Eén", "sector": "business", "layer": "", "once": "een-sleutel"}
    first = ana.post("/nl/organisations/new", data=form)
    second = ana.post("/nl/organisations/new", data=form)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(db.session.scalars(select(Organisation)).all()) == 2
