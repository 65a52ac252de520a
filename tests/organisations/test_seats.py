"""Ana agrees on seats; no more members sit than there are, and a term ends or is renewed."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.foundation.core.calendar import months_after
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed
from consult.foundation.core.people import load_grants
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.memberships import (
    MemberPlace,
    add_organisation,
    add_person,
    change_place,
    end_membership,
    renew_term,
)
from consult.people.organisations.models import (
    Body,
    Function,
    Membership,
    Organisation,
    SeatGroup,
    Sector,
)
from consult.people.organisations.queries import get_body, get_organisation, members_of
from consult.people.organisations.seating import SHAPES, seating
from consult.people.organisations.seats import Agreed, Seats, agree_on_seats, ending_soon, seats_of
from tests.cast import person
from tests.factories import acts

pytestmark = pytest.mark.usefixtures("app")

TODAY = date(2026, 11, 23)
CIVIL, STATE = Sector.CIVIL_SOCIETY, Sector.GOVERNMENT
BODY = "/en/bodies/stakeholderforum"


def forum() -> Body:
    return get_body("stakeholderforum")


def agree(now: datetime, **seats: int) -> None:
    """Agree on seats: so many of a sector, for two years."""
    body = forum()
    wanted = {Sector(sector): Agreed(number, 24) for sector, number in seats.items()}
    with unit_of_work():
        agree_on_seats(person("ana"), body, wanted, body.version, now)


def seat(who: str, now: datetime, sector: Sector = CIVIL, **fields: Any) -> Membership:
    """Return somebody who is no member yet a seat."""
    with unit_of_work():
        return add_person(
            person("ana"), forum(), f"{who}@consult.example",
            fields.get("starts_on", TODAY), fields.get("ends_on"), now, MemberPlace(sector),
        )  # fmt: skip


def filled() -> dict[Sector, tuple[int, int]]:
    present = members_of(forum().id, TODAY).on(TODAY)
    return {one.sector: (one.filled, one.seats) for one in seats_of(forum().id, present)}


def test_ana_agrees_on_seats_and_a_member_fills_one_for_its_term(now: datetime) -> None:
    agree(now, civil_society=2, government=1)
    made = seat("sam", now)
    assert made.ends_on == date(2028, 11, 23)
    assert filled() == {CIVIL: (1, 2), STATE: (0, 1)}
    verbs = acts()
    assert verbs == ["body.seats_changed", "membership.started"]
    assert load_grants(made.person_id or 0, now + timedelta(days=700)).ids("body")
    assert not load_grants(made.person_id or 0, now + timedelta(days=800)).ids("body")


def test_more_members_than_seats_is_refused_with_a_sentence(now: datetime) -> None:
    agree(now, civil_society=1)
    seat("sam", now)
    with pytest.raises(InvalidInput) as refused:
        seat("bo", now)
    assert set(refused.value.errors) == {"seat"}
    assert "1" in str(refused.value.errors["seat"])
    assert len(members_of(forum().id, TODAY).people) == 3


def test_a_seat_is_free_after_the_term_of_another_and_not_a_day_before(now: datetime) -> None:
    agree(now, civil_society=1)
    seat("sam", now, ends_on=date(2027, 6, 1))
    with pytest.raises(InvalidInput):
        seat("bo", now, starts_on=date(2027, 5, 31))
    seat("bo", now, starts_on=date(2027, 6, 1))


def test_a_seat_that_somebody_takes_later_is_not_given_away_before(now: datetime) -> None:
    agree(now, civil_society=1)
    seat("bo", now, starts_on=date(2027, 6, 1))
    with pytest.raises(InvalidInput):
        seat("sam", now)
    seat("sam", now, ends_on=date(2027, 6, 1))


def test_the_busiest_day_counts_not_the_sum(now: datetime) -> None:
    """Two short terms one after another leave the second seat free the whole time."""
    agree(now, civil_society=2)
    seat("bo", now, ends_on=date(2027, 1, 1))
    seat("hanna", now, starts_on=date(2027, 1, 1), ends_on=date(2027, 6, 1))
    seat("sam", now, ends_on=date(2027, 6, 1))


def test_a_sector_without_seats_and_a_seat_of_another_sector_are_refused(now: datetime) -> None:
    agree(now, government=2)
    with pytest.raises(InvalidInput) as none:
        seat("sam", now, CIVIL)
    assert set(none.value.errors) == {"seat"}
    other = Organisation(slug="x", name="X", sector=CIVIL, created_at=now)
    with unit_of_work():
        db.session.add(other)
    with pytest.raises(InvalidInput) as wrong, unit_of_work():
        add_organisation(person("ana"), forum(), other, TODAY, None, now, MemberPlace(STATE))
    assert "eigen sector" in str(wrong.value.errors["seat"])


def test_nobody_sits_twice(now: datetime) -> None:
    agree(now, civil_society=5)
    seat("sam", now)
    with pytest.raises(InvalidInput) as refused:
        seat("sam", now)
    assert set(refused.value.errors) == {"address"}
    with pytest.raises(InvalidInput) as earlier:
        seat("sam", now, starts_on=date(2026, 1, 1))
    assert "address" in earlier.value.errors, "it would run into the membership that is there"


def test_an_end_before_the_start_is_refused(now: datetime) -> None:
    agree(now, civil_society=5)
    with pytest.raises(InvalidInput) as refused:
        seat("sam", now, ends_on=TODAY - timedelta(days=1))
    assert set(refused.value.errors) == {"ends_on"}


def test_seats_are_not_agreed_away_under_who_sits_there(now: datetime) -> None:
    agree(now, civil_society=2)
    seat("sam", now)
    seat("bo", now, starts_on=date(2027, 1, 1))
    for left in (1, 0):
        with pytest.raises(InvalidInput) as refused:
            agree(now, civil_society=left)
        assert set(refused.value.errors) == {"civil_society_seats"}
    agree(now, civil_society=3, business=1)
    agree(now, civil_society=2)
    assert db.session.scalars(select(SeatGroup.sector)).all() == [CIVIL]


def test_a_stale_agreement_shows_both(now: datetime) -> None:
    body = forum()
    read = body.version
    agree(now, civil_society=2)
    with pytest.raises(Conflict) as conflict, unit_of_work():
        agree_on_seats(person("ana"), body, {STATE: Agreed(3, 12)}, read, now)
    assert "3 zetels, 12 maanden" in conflict.value.mine.values()
    assert "2 zetels, 24 maanden" in conflict.value.theirs.values()


@pytest.mark.parametrize("who", ["mo", "pia", "sam"])
def test_only_organisers_keep_seats(who: str, now: datetime) -> None:
    agree(now, civil_society=2)
    held = seat("bo", now)
    with pytest.raises(NotAllowed):
        agree_on_seats(person(who), forum(), {}, forum().version, now)
    with pytest.raises(NotAllowed):
        change_place(person(who), held, MemberPlace(), now)
    with pytest.raises(NotAllowed):
        renew_term(person(who), held, None, now)


def test_a_term_is_renewed_for_as_long_as_the_seat_says(now: datetime) -> None:
    agree(now, civil_society=1)
    held = seat("sam", now, ends_on=date(2026, 12, 31))
    with unit_of_work():
        renew_term(person("ana"), held, None, now)
    assert (held.ends_on, held.term) == (date(2028, 12, 31), 2)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        renew_term(person("ana"), held, date(2028, 12, 31), now)
    assert set(refused.value.errors) == {"ends_on"}


def test_a_term_is_not_renewed_over_who_comes_next(now: datetime) -> None:
    agree(now, civil_society=1)
    held = seat("sam", now, ends_on=date(2026, 12, 31))
    seat("bo", now, starts_on=date(2026, 12, 31))
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        renew_term(person("ana"), held, None, now)
    assert set(refused.value.errors) == {"ends_on"}
    assert db.session.get_one(Membership, held.id).ends_on == date(2026, 12, 31)


def test_what_ended_or_has_no_term_is_not_renewed(now: datetime) -> None:
    agree(now, civil_society=1)
    held = seat("sam", now)
    with unit_of_work():
        end_membership(person("ana"), held, TODAY, now)
    without = members_of(forum().id, TODAY).people[0]
    for one in (held, without):
        with pytest.raises(InvalidInput), unit_of_work():
            renew_term(person("ana"), one, date(2029, 1, 1), now)
    with pytest.raises(InvalidInput), unit_of_work():
        change_place(person("ana"), held, MemberPlace(), now)


def test_who_sat_there_before_gets_a_seat_and_a_function(now: datetime) -> None:
    agree(now, civil_society=1)
    lotte, pia = members_of(forum().id, TODAY).people
    with unit_of_work():
        change_place(person("ana"), lotte, MemberPlace(CIVIL, Function.CHAIR), now)
    assert lotte.ends_on == date(2028, 11, 23)
    assert lotte.function is Function.CHAIR
    with pytest.raises(InvalidInput) as full, unit_of_work():
        change_place(person("ana"), pia, MemberPlace(CIVIL), now)
    assert set(full.value.errors) == {"seat"}
    with unit_of_work():
        change_place(person("ana"), pia, MemberPlace(None, Function.SECRETARY), now)
    assert filled() == {CIVIL: (1, 1)}


def test_the_seat_of_a_suspended_account_is_open(now: datetime) -> None:
    agree(now, civil_society=1)
    seat("sam", now)
    with unit_of_work():
        person("sam").active = False
    assert filled() == {CIVIL: (0, 1)}
    seat("bo", now)
    with unit_of_work():
        person("sam").active = True
    assert filled() == {CIVIL: (2, 1)}


def test_terms_that_end_soon_are_found_to_the_day(now: datetime) -> None:
    agree(now, civil_society=3)
    for who, days in (("sam", 60), ("bo", 61), ("hanna", 1)):
        seat(who, now, ends_on=TODAY + timedelta(days=days))
    soon = [one.name for one in ending_soon([forum().id], TODAY)]
    assert soon == ["Hanna Kok", "Sam Peeters"]


def test_a_term_that_has_not_begun_does_not_end_soon(now: datetime) -> None:
    agree(now, civil_society=1)
    seat("sam", now, starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=30))
    assert list(ending_soon([forum().id], TODAY)) == []
    assert [one.name for one in ending_soon([forum().id], TODAY + timedelta(days=1))] == [
        "Sam Peeters"
    ]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 15), -18, date(2024, 9, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_later_is_a_day_that_exists(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


@pytest.mark.parametrize("many", [0, 1, 2, 9, 13, 14, 15, 24, 31, 60, 240])
def test_every_seat_has_a_place_of_its_own_in_the_picture(many: int) -> None:
    half = many // 2
    groups = [Seats(CIVIL, half, 24, max(half - 1, 0)), Seats(STATE, many - half, 12, 0)]
    picture = seating(groups)
    chairs, scale = picture.chairs, picture.scale
    assert len(chairs) == many
    spots = {(chair.x, chair.y) for chair in chairs}
    assert len(spots) == many
    assert all(0 < x < 400 * scale and 0 < y < 216 * scale for x, y in spots)
    apart = [
        (a.x - b.x) ** 2 + (a.y - b.y) ** 2 for n, a in enumerate(chairs) for b in chairs[n + 1 :]
    ]
    assert all(distance > 26**2 for distance in apart), "no seat covers another one"
    assert {chair.shape for chair in chairs} <= set(SHAPES.values())
    assert picture.filled == max(half - 1, 0)


def test_the_pages_of_seats(browse: Any) -> None:
    ana, address = browse("ana"), f"{BODY}/seats"
    form = {f"{sector}_{part}": 0 if part == "seats" else 24
            for sector in Sector for part in ("seats", "months")}  # fmt: skip
    wrong = ana.post(address, data={**form, "civil_society_seats": "veel", "version": "1"})
    assert wrong.status_code == 422
    assert "veel" in wrong.text
    form["civil_society_seats"], form["government_seats"] = 2, 1
    assert ana.post(address, data={**form, "version": "1"}).status_code == 303
    stale = ana.post(address, data={**form, "version": "1", "business_seats": 9})
    assert stale.status_code == 409
    who = {"person-address": "sam@consult.example", "person-starts_on": "2026-11-23",
           "person-seat": "civil_society", "person-function": "chair"}  # fmt: skip
    assert ana.post(f"{BODY}/members/people", data=who).status_code == 303
    helder = get_organisation("helder-bestuur")
    last = db.session.scalars(select(Membership).order_by(Membership.id.desc())).first()
    assert last is not None
    page = browse().get(BODY).text
    assert "1 / 3" in page
    assert "Sam Peeters" not in page
    member = db.session.scalars(
        select(Membership).where(Membership.organisation_id == helder.id)
    ).one()
    moved = {"seat": "civil_society", "function": "member"}
    assert ana.post(f"{BODY}/members/{member.id}/place", data=moved).status_code == 303
    other = ana.post(f"{BODY}/members/{member.id}/place", data={**moved, "seat": "government"})
    assert other.status_code == 422
    pia = members_of(forum().id, TODAY).people[1]
    full = ana.post(f"{BODY}/members/{pia.id}/place", data=moved)
    assert full.status_code == 422
    assert "All 2 seats of this sector are taken" in full.text
    renewed = ana.post(f"{BODY}/members/{last.id}/renew", data={"ends_on": "2030-01-01"})
    assert renewed.status_code == 303
    early = ana.post(f"{BODY}/members/{last.id}/renew", data={"ends_on": "2027-01-01"})
    assert early.status_code == 422
    assert "2027-01-01" in early.text
    assert browse("pia").post(f"{BODY}/members/{last.id}/renew").status_code == 403
