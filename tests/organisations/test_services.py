"""Ana keeps bodies, members and mandates; nobody else does, and nothing is deleted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from consult.consultation.plans.models import Plan, PlanRole, Role
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed
from consult.foundation.core.people import Anonymous, load_grants
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from consult.people.organisations.mandates import end_mandate, record_mandate
from consult.people.organisations.memberships import (
    NOBODY,
    add_organisation,
    add_person,
    end_membership,
)
from consult.people.organisations.models import (
    Body,
    BodyKind,
    Layer,
    Membership,
    Organisation,
    Sector,
)
from consult.people.organisations.queries import (
    bodies_of,
    find_person,
    get_body,
    get_organisation,
    mandates_of,
    members_of,
    organisations_spoken_for,
    sizes_of_bodies,
)
from consult.people.organisations.services import (
    BodyText,
    OrganisationFacts,
    change_body,
    change_organisation,
    create_body,
    create_organisation,
)
from tests.cast import person
from tests.factories import acts

pytestmark = pytest.mark.usefixtures("app")

TODAY = date(2026, 11, 23)
COALITION = BodyText(BodyKind.COALITION, {"nl": "Coalitie Helder", "en": "Clear coalition"})
CITY = OrganisationFacts("Gemeente Voorbeeld", Sector.GOVERNMENT, Layer.MUNICIPALITY)


def verbs() -> list[str]:
    return acts()


def forum() -> Body:
    return get_body("stakeholderforum")


def helder() -> Organisation:
    return get_organisation("helder-bestuur")


def test_a_body_gets_its_address_from_its_name(now: datetime) -> None:
    with unit_of_work():
        made = create_body(person("ana"), COALITION, "", now)
    assert made.slug == "coalitie-helder"
    assert verbs() == ["body.created"]


@pytest.mark.parametrize(
    "slug", ["stakeholderforum", "new", "Groot", "met spatie", "a--b", "x" * 81]
)
def test_an_address_that_cannot_be_used_is_refused(slug: str, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_body(person("ana"), COALITION, slug, now)
    assert set(refused.value.errors) == {"slug"}
    assert verbs() == []


def test_all_errors_come_together(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_body(person("ana"), BodyText(BodyKind.FORUM, {}), "", now)
    assert set(refused.value.errors) == {"name_nl", "slug"}


@pytest.mark.parametrize("who", ["mo", "pia", "sam", "bo", "hanna"])
def test_only_organisers_and_administrators_keep_bodies(who: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        create_body(person(who), COALITION, "", now)
    with pytest.raises(NotAllowed):
        change_body(person(who), forum(), COALITION, 1, now)
    with pytest.raises(NotAllowed):
        add_person(person(who), forum(), "sam@consult.example", TODAY, None, now)
    with pytest.raises(NotAllowed):
        record_mandate(person(who), helder(), "sam@consult.example", TODAY, "", now)
    with pytest.raises(NotAllowed):
        create_organisation(person(who), CITY, "", now)


def test_the_anonymous_reader_keeps_nothing(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        create_organisation(Anonymous(), CITY, "", now)


def test_an_organiser_of_another_plan_does_not_keep_this_body(now: datetime) -> None:
    sam = person("sam")
    with unit_of_work():
        other = make_plan_organised_by_sam(now)
    sam.forget_grants()
    assert sam.grants.has("plan", other, "organiser")
    with pytest.raises(NotAllowed):
        add_person(sam, forum(), "sam@consult.example", TODAY, None, now)


def make_plan_organised_by_sam(now: datetime) -> int:
    plan = Plan(
        slug="ander-plan",
        title={"nl": "Ander plan"},
        starts_on=date(2024, 1, 1),
        ends_on=date(2028, 1, 1),
        languages=["nl"],
        created_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    role = PlanRole(
        plan_id=plan.id, person_id=person("sam").id, role=Role.ORGANISER, granted_at=now
    )
    db.session.add(role)
    return plan.id


def test_the_texts_of_a_body_change(now: datetime) -> None:
    body = forum()
    with unit_of_work():
        change_body(person("adi"), body, COALITION, body.version, now)
    assert get_body("stakeholderforum").name["en"] == "Clear coalition"
    assert verbs() == ["body.changed"]


def test_house_rules_say_when_they_were_changed_last(now: datetime) -> None:
    adi, ruled = person("adi"), replace(COALITION, house_rules={"nl": "Wees kort."})
    with unit_of_work():
        change_body(adi, forum(), ruled, forum().version, now)
    assert forum().rules_changed_at == now
    renamed = replace(ruled, name={"nl": "Coalitie", "en": "Coalition"})
    with unit_of_work():
        change_body(adi, forum(), renamed, forum().version, now + timedelta(days=1))
    assert forum().rules_changed_at == now, "another name is no other rule"


def test_a_stale_save_shows_both_texts(now: datetime) -> None:
    body = forum()
    read = body.version
    with unit_of_work():
        change_body(person("ana"), body, COALITION, read, now)
    mine = BodyText(BodyKind.FORUM, {"nl": "Van mij"})
    with pytest.raises(Conflict) as conflict, unit_of_work():
        change_body(person("ana"), body, mine, read, now)
    assert "Van mij" in conflict.value.mine.values()
    assert "Coalitie Helder" in conflict.value.theirs.values()


def test_an_organisation_of_the_government_has_a_layer(now: datetime) -> None:
    ana = person("ana")
    with unit_of_work():
        made = create_organisation(ana, CITY, "", now)
    assert made.slug == "gemeente-voorbeeld"
    for facts in (
        OrganisationFacts("Ministerie", Sector.GOVERNMENT),
        OrganisationFacts("Bedrijf", Sector.BUSINESS, Layer.NATIONAL),
    ):
        with pytest.raises(InvalidInput) as refused, unit_of_work():
            create_organisation(ana, facts, "", now)
        assert set(refused.value.errors) == {"layer"}


@pytest.mark.parametrize("name", ["", "\u200b", "https://voorbeeld.example", "x" * 201])
def test_an_organisation_needs_a_name_that_is_one(now: datetime, name: str) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_organisation(person("ana"), replace(CITY, name=name), "naam", now)
    assert set(refused.value.errors) == {"name"}


def test_a_stale_organisation_is_a_conflict(now: datetime) -> None:
    one = helder()
    facts = OrganisationFacts("Helder", Sector.KNOWLEDGE)
    with unit_of_work():
        change_organisation(person("ana"), one, facts, one.version, now)
    with pytest.raises(Conflict):
        change_organisation(person("ana"), one, facts, one.version - 1, now)


def test_a_member_takes_part_at_once_and_stops_at_once(now: datetime) -> None:
    sam = person("sam")
    assert not bodies_of(sam)
    with unit_of_work():
        made = add_person(person("ana"), forum(), " SAM@consult.example ", TODAY, None, now)
    assert [body.slug for body in bodies_of(sam)] == ["stakeholderforum"]
    with unit_of_work():
        end_membership(person("ana"), made, TODAY, now)
    assert not bodies_of(sam)
    assert sam.id in {one.person_id for one in members_of(forum().id, TODAY).former_people}
    assert verbs() == ["membership.started", "membership.ended"]


def test_people_and_organisations_that_were_members_stand_apart(now: datetime) -> None:
    with unit_of_work():
        end_membership(person("ana"), members_of(forum().id, TODAY).organisations[0], TODAY, now)
    members = members_of(forum().id, TODAY)
    assert {one.name for one in members.former_people} == {"Faas Dekker", "Evert Blom"}
    assert [one.organisation_id for one in members.former_organisations] == [helder().id]


def test_a_membership_holds_from_its_first_day_and_not_on_its_last(now: datetime) -> None:
    sam, tomorrow = person("sam"), TODAY + timedelta(days=1)
    with unit_of_work():
        add_person(
            person("ana"), forum(), "sam@consult.example", tomorrow, TODAY + timedelta(9), now
        )
    for days, sits in ((0, False), (1, True), (8, True), (9, False)):
        facts = sources_of(sam.id, now + timedelta(days=days))
        assert facts == sits, days


def sources_of(person_id: int, at: datetime) -> bool:
    return bool(load_grants(person_id, at).ids("body"))


def test_a_day_is_one_of_the_calendar_here_not_of_utc() -> None:
    """At 23:30 UTC it is the next day in the Netherlands."""
    late = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert sources_of(person("lotte").id, late), "she is a member since 1 January 2026"


@pytest.mark.parametrize("address", ["nobody@consult.example", "closed@consult.example", "ana"])
def test_nobody_under_an_address_is_one_same_sentence(address: str, now: datetime) -> None:
    with unit_of_work():
        db.session.add(Person(display_name="Dicht", email="closed@consult.example", active=False))
    for act in (
        lambda: add_person(person("ana"), forum(), address, TODAY, None, now),
        lambda: record_mandate(person("ana"), helder(), address, TODAY, "brief", now),
    ):
        with pytest.raises(InvalidInput) as refused, unit_of_work():
            act()
        assert refused.value.errors == {"address": NOBODY}


def test_who_is_a_member_is_not_added_again(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        add_person(person("ana"), forum(), "pia@consult.example", TODAY, TODAY, now)
    assert set(refused.value.errors) == {"address", "ends_on"}
    with pytest.raises(InvalidInput) as again, unit_of_work():
        add_organisation(person("ana"), forum(), helder(), TODAY, None, now)
    assert set(again.value.errors) == {"organisation_id"}


def test_who_left_can_come_back(now: datetime) -> None:
    first = members_of(forum().id, TODAY).people[0]
    with unit_of_work():
        end_membership(person("ana"), first, TODAY, now)
    assert first.person is not None
    with unit_of_work():
        add_person(person("ana"), forum(), str(first.person.email), TODAY, None, now)
    assert len(db.session.scalars(select(Membership)).all()) == 7


def test_an_end_is_set_once_and_not_before_the_start(now: datetime) -> None:
    one = members_of(forum().id, TODAY).people[0]
    with pytest.raises(InvalidInput), unit_of_work():
        end_membership(person("ana"), one, date(2025, 1, 1), now)
    with unit_of_work():
        end_membership(person("ana"), one, TODAY, now)
    with pytest.raises(InvalidInput), unit_of_work():
        end_membership(person("ana"), one, TODAY, now)


def test_a_mandate_gives_a_voice_and_a_seat(now: datetime) -> None:
    sam = person("sam")
    with unit_of_work():
        made = record_mandate(
            person("ana"), helder(), "sam@consult.example", TODAY, "Brief van 3 maart", now
        )
    assert [name for _id, name in organisations_spoken_for(sam)] == ["Stichting Helder Bestuur"]
    assert [body.slug for body in bodies_of(sam)] == ["stakeholderforum"]
    assert made.recorded_by_id == person("ana").id
    with unit_of_work():
        end_mandate(person("ana"), made, TODAY, now)
    assert not organisations_spoken_for(sam)
    assert len(mandates_of(helder().id)) == 5
    assert verbs() == ["mandate.recorded", "mandate.ended"]


def test_a_mandate_is_recorded_once(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        record_mandate(person("ana"), helder(), "pia@consult.example", TODAY, "brief", now)
    assert set(refused.value.errors) == {"address"}


def test_members_are_counted_per_body_and_a_suspended_account_is_not() -> None:
    assert sizes_of_bodies(TODAY) == {forum().id: (2, 1)}
    members = members_of(forum().id, TODAY)
    assert [one.name for one in members.people] == ["Lotte Smit", "Pia Jansen"]
    assert [one.name for one in members.suspended] == ["Sacha Vos"]
    with unit_of_work():
        person("sacha").active = True
    assert sizes_of_bodies(TODAY) == {forum().id: (3, 1)}
    assert sizes_of_bodies(date(2025, 1, 1)) == {}


def test_a_person_is_found_whatever_the_capitals() -> None:
    assert find_person("Pia@Consult.Example") is person("pia")
