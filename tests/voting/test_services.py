"""Three hundred people vote, Pia adds a statement, and no group under five is ever shown."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import (
    Position,
    PositionHistory,
    Proposal,
    SectorCount,
    Stance,
)
from consult.consultation.proposals.positions import VOTES, position_of, take_position
from consult.consultation.proposals.sectors import SMALLEST_GROUP, sector_counts, shares_of
from consult.consultation.proposals.services import withdraw_proposal
from consult.consultation.rounds.models import Moderation, Round, RoundTally
from consult.consultation.statements.models import LONGEST_STATEMENT
from consult.consultation.statements.personal import RULES, forget_views
from consult.consultation.statements.queries import in_view, own_votes, progress_of
from consult.consultation.statements.services import (
    StatementText,
    revise_statement,
    show_statement,
    submit_statement,
    vote,
)
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from consult.people.organisations.models import Mandate, Membership, Organisation, Sector
from consult.people.organisations.on_behalf import MYSELF, first_choice
from tests.cast import person
from tests.factories import (
    acts,
    find_round,
    make_proposal,
    make_round_of_statements,
    make_statement,
)
from tests.world import NOON, SINCE, agreement

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _links(app: Flask) -> object:
    """Mails hold links, which need an address as in a request."""
    with app.test_request_context():
        yield


@pytest.fixture
def round_() -> Round:
    """Return an open round of statements, on which everyone may vote."""
    return make_round_of_statements(everyone=True)


def voters(how_many: int) -> list[Person]:
    """Invent people; every second of the first forty has a seat of a sector in the forum."""
    with unit_of_work():
        made = [
            Person(display_name=f"Stemmer {n}", email=f"stem{n}@consult.example", confirmed_at=NOON)
            for n in range(how_many)
        ]
        db.session.add_all(made)
        db.session.flush()
        db.session.add_all(agreement(one) for one in made)
    return made


def seat(people: list[Person], sector: Sector, slug: str = "stellingen") -> None:
    body = find_round(slug).bodies[0].body_id
    with unit_of_work():
        db.session.add_all(
            Membership(body_id=body, person_id=one.id, starts_on=SINCE, seat=sector)
            for one in people
        )


def cast(who: Person, about: Proposal, stance: Stance, now: datetime) -> None:
    with unit_of_work():
        vote(who, about, stance, now)


def counts(about: Proposal) -> tuple[int, int, int, int]:
    db.session.refresh(about)
    return about.support_count, about.object_count, about.pass_count, about.shown_count


def test_three_hundred_people_see_every_statement_equally_often(
    round_: Round, now: datetime
) -> None:
    drawn = random.Random(12)
    first = [make_statement(f"Stelling {n}") for n in range(12)]
    late: list[Proposal] = []
    told: Counter[tuple[int, Stance]] = Counter()
    for at, who in enumerate(voters(300)):
        if at == 150:
            late.append(make_statement("Een stelling die later kwam"))
        with unit_of_work():
            shown = show_statement(who, round_, now)
            if at == 150:
                assert shown == late[0]  # new ones come first, until they were shown as often
            for _ in range(drawn.randint(0, 3)):
                if shown is None:
                    break
                stance = drawn.choice(VOTES)
                told[shown.id, stance] += 1
                shown = vote(who, shown, stance, now)
    exposure = [counts(one)[3] for one in first]
    assert max(exposure) - min(exposure) <= 0.1 * min(exposure)
    assert counts(late[0])[3] <= max(exposure)
    assert counts(late[0])[3] >= 0.9 * min(exposure)
    # Counted independently: what was pressed, and what stands in the rows of people.
    for one in [*first, *late]:
        pressed = tuple(told[one.id, stance] for stance in VOTES)
        assert counts(one)[:3] == pressed
        rows = select(Position.stance, func.count()).where(Position.proposal_id == one.id)
        by_stance = {row[0]: row[1] for row in db.session.execute(rows.group_by(Position.stance))}
        assert tuple(by_stance.get(stance, 0) for stance in VOTES) == pressed


def test_who_comes_back_sees_the_same_statement_and_it_is_counted_once(
    round_: Round, now: datetime
) -> None:
    one, two = make_statement("De eerste"), make_statement("De tweede")
    lotte = person("lotte")
    for _ in range(3):
        with unit_of_work():
            assert show_statement(lotte, round_, now) == one
    assert counts(one)[3] == 1
    cast(lotte, one, Stance.SUPPORT, now)
    seen = in_view(round_.id, lotte.id)
    assert seen is not None
    assert seen.proposal == two
    assert counts(two)[3] == 1


def test_a_vote_is_one_per_person_and_can_change(round_: Round, now: datetime) -> None:
    one, two = make_statement("De eerste"), make_statement("De tweede")
    pia = person("pia")
    cast(pia, one, Stance.SUPPORT, now)
    helder = speaks_for(pia, "Stichting Helder Bestuur")
    with unit_of_work():
        following = vote(pia, one, Stance.OBJECT, now + timedelta(minutes=1), helder)
    assert following == two  # whoever changes an earlier vote goes on where they were
    assert counts(one) == (0, 1, 0, 1)
    history = db.session.scalars(select(PositionHistory.stance).order_by(PositionHistory.id))
    assert list(history) == [Stance.SUPPORT, Stance.OBJECT]
    assert db.session.scalar(select(func.count()).select_from(Position)) == 1
    # She speaks for an organisation of the civil society now: there her vote counts too.
    assert sector_counts([one.id])[one.id][Sector.CIVIL_SOCIETY][Stance.OBJECT] == 1
    assert sector_counts([one.id])[one.id][Sector.CIVIL_SOCIETY][Stance.SUPPORT] == 0
    assert acts() == ["position.taken", "position.taken"]
    assert [row[1] for row in own_votes(round_.id, pia.id, None)] == [Stance.OBJECT]
    assert progress_of(round_, pia.id).voted == 1


def test_a_hidden_statement_is_no_longer_put_before_anybody(round_: Round, now: datetime) -> None:
    one, two = make_statement("De eerste"), make_statement("De tweede")
    lotte = person("lotte")
    with unit_of_work():
        assert show_statement(lotte, round_, now) == one
    with unit_of_work():
        db.session.get_one(Proposal, one.id).state = State.HIDDEN
    with unit_of_work():
        assert show_statement(lotte, round_, now) == two
    with pytest.raises(NotFound):
        cast(lotte, one, Stance.SUPPORT, now)


def test_who_may_not_and_what_is_no_vote(round_: Round, now: datetime) -> None:
    one = make_statement("De eerste")
    with pytest.raises(InvalidInput):
        cast(person("lotte"), one, Stance.NEUTRAL, now)
    with pytest.raises(NotAllowed), unit_of_work():
        take_position(person("lotte"), one, Stance.SUPPORT, "", now)
    with unit_of_work():
        round_.open_to_everyone = False
    with pytest.raises(NotAllowed):
        cast(person("sam"), one, Stance.SUPPORT, now)
    with pytest.raises(NotAllowed), unit_of_work():
        show_statement(person("sam"), round_, now)
    with pytest.raises(NotAllowed):
        cast(person("lotte"), one, Stance.SUPPORT, now + timedelta(days=60))
    assert counts(one) == (0, 0, 0, 0)


def submit(who: str, text: str, now: datetime) -> None:
    with unit_of_work():
        submit_statement(person(who), find_round("stellingen"), StatementText(text), now, now)


def test_a_statement_is_handed_in_with_a_receipt_and_waits_for_a_moderator(
    round_: Round, now: datetime
) -> None:
    submit("pia", "  Elke vergadering   is te volgen. ", now)
    made = db.session.scalars(select(Proposal)).one()
    assert (made.title, made.action, made.state) == (
        "Elke vergadering is te volgen.", "", State.PENDING,
    )  # fmt: skip
    assert made.number == 1
    assert made.origin is None
    assert acts() == ["proposal.submitted"]
    tally = db.session.get_one(RoundTally, round_.id)
    assert (tally.received, tally.pending) == (1, 1)
    with unit_of_work():
        assert show_statement(person("lotte"), round_, now) is None
    with unit_of_work():
        withdraw_proposal(person("pia"), made, "", now)
    assert made.state is State.WITHDRAWN


@pytest.mark.parametrize("text", ["", " \u200b ", "x" * (LONGEST_STATEMENT + 1)])
def test_what_is_no_statement_is_refused_beside_its_field(
    round_: Round, now: datetime, text: str
) -> None:
    assert round_
    with pytest.raises(InvalidInput) as refused:
        submit("pia", text, now)
    assert "sentence" in refused.value.errors
    assert not db.session.scalars(select(Proposal)).all()


def test_only_a_returned_statement_is_written_again(round_: Round, now: datetime) -> None:
    assert round_
    pia, public = person("pia"), make_statement("Dit staat er al")
    again = StatementText("Dit is beter gezegd")
    with pytest.raises(NotAllowed), unit_of_work():
        revise_statement(pia, public, again, public.version, now)
    returned = make_statement("Dit is onduidelijk", State.RETURNED)
    with pytest.raises(NotFound), unit_of_work():
        revise_statement(person("lotte"), returned, again, returned.version, now)
    with pytest.raises(Conflict), unit_of_work():
        revise_statement(pia, returned, again, returned.version - 1, now)
    with unit_of_work():
        revise_statement(pia, returned, again, returned.version, now)
    assert (returned.title, returned.state) == (again.sentence, State.PENDING)


def test_a_round_that_publishes_at_once_shows_it_at_once(round_: Round, now: datetime) -> None:
    with unit_of_work():
        round_.moderation = Moderation.POST
    submit("pia", "Meteen te zien", now)
    with unit_of_work():
        shown = show_statement(person("lotte"), round_, now)
    assert shown is not None
    assert shown.title == "Meteen te zien"


def test_sectors_are_counted_with_every_vote(round_: Round, now: datetime) -> None:
    assert round_
    one = make_statement("De eerste")
    people = voters(12)
    seat(people[:5], Sector.GOVERNMENT)
    seat(people[5:9], Sector.BUSINESS)
    for who in people:
        cast(who, one, Stance.SUPPORT, now)
    cast(people[0], one, Stance.PASS, now)
    told = sector_counts([one.id])[one.id]
    assert told[Sector.GOVERNMENT] == {
        Stance.SUPPORT: 4, Stance.NEUTRAL: 0, Stance.OBJECT: 0, Stance.PASS: 1,
    }  # fmt: skip
    assert sum(told[Sector.BUSINESS].values()) == 4
    assert db.session.scalar(select(func.count()).select_from(SectorCount)) == 2
    whole = {Stance.SUPPORT: 11, Stance.OBJECT: 0, Stance.PASS: 1}
    shares = shares_of(whole, told)
    assert [(one.sector, one.people) for one in shares] == [(Sector.GOVERNMENT, 5), (None, 7)]


def test_a_vote_counts_for_the_sector_one_speaks_for_now(round_: Round, now: datetime) -> None:
    assert round_
    one, pia = make_statement("De eerste"), person("pia")
    seat([pia], Sector.GOVERNMENT)  # she speaks for an organisation of civil society too
    helder = speaks_for(pia, "Stichting Helder Bestuur")
    other = speaks_for(pia, "Bedrijf", Sector.BUSINESS)
    for organisation, sector in (
        (helder, Sector.CIVIL_SOCIETY), (other, Sector.BUSINESS), (None, None),
    ):  # fmt: skip
        with unit_of_work():
            vote(person("pia"), one, Stance.SUPPORT, now, organisation)
        held = position_of(one.id, pia.id)
        assert held is not None
        assert (held.sector, held.organisation_id) == (sector, None)
        counted = sector_counts([one.id]).get(one.id, {})
        assert [name for name, told in counted.items() if sum(told.values())] == (
            [sector] if sector else []
        )
        assert first_choice(person("pia")) == (organisation or MYSELF)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        vote(person("lotte"), one, Stance.SUPPORT, now, helder)
    assert "on_behalf" in refused.value.errors


def test_a_position_counts_for_the_sector_one_speaks_for_now(now: datetime) -> None:
    proposal, pia = make_proposal("open", author="kees"), person("pia")
    helder = speaks_for(pia, "Stichting Helder Bestuur")
    for organisation, sector in ((helder, Sector.CIVIL_SOCIETY), (None, None)):
        with unit_of_work():
            held = take_position(person("pia"), proposal, Stance.SUPPORT, "", now, organisation)
        assert held.sector is sector


def speaks_for(who: Person, name: str, sector: Sector | None = None) -> int:
    """Return the number of an organisation that somebody speaks for, made here for a sector."""
    if sector is None:
        known = select(Organisation.id).where(Organisation.name == name)
        return db.session.scalars(known).one()
    with unit_of_work():
        made = Organisation(name=name, slug=name.lower(), sector=sector, created_at=NOON)
        db.session.add(made)
        db.session.flush()
        db.session.add(Mandate(person_id=who.id, organisation_id=made.id, starts_on=SINCE))
    who.forget_grants()
    return made.id


votes_of_a_group = st.fixed_dictionaries({stance: st.integers(0, 9) for stance in VOTES})


@given(
    st.dictionaries(st.sampled_from(list(Sector)), votes_of_a_group),
    votes_of_a_group,
)
@settings(max_examples=300)
def test_no_group_under_five_is_shown_nor_left_when_the_others_are_taken_away(
    by_sector: dict[Sector, dict[Stance, int]], others: dict[Stance, int]
) -> None:
    whole = {
        stance: others[stance] + sum(one[stance] for one in by_sector.values()) for stance in VOTES
    }
    shares = shares_of(whole, by_sector)
    assert all(one.people >= SMALLEST_GROUP for one in shares)
    if shares:
        for stance in VOTES:
            assert sum(one.counts[stance] for one in shares) == whole[stance]
    shown = {one.sector for one in shares} - {None}
    left = sum(whole.values()) - sum(sum(by_sector[one].values()) for one in shown if one)
    assert not shown or left == 0 or left >= SMALLEST_GROUP


def test_what_stood_before_whom_is_forgotten_after_the_round(round_: Round, now: datetime) -> None:
    make_statement("De eerste")
    with unit_of_work():
        show_statement(person("lotte"), round_, now)
        show_statement(person("pia"), round_, now)
    with unit_of_work():
        forget_views(SYSTEM, person("pia").id, now)
    assert in_view(round_.id, person("pia").id) is None
    (rule,) = RULES
    assert rule.select_due is not None
    assert rule.apply is not None
    soon, later = now + timedelta(days=19), now + timedelta(days=21)
    assert not db.session.scalars(rule.select_due(soon)).all()
    due = db.session.scalars(rule.select_due(later)).all()
    with unit_of_work():
        assert rule.apply(due, now) == 1
    assert in_view(round_.id, person("lotte").id) is None
