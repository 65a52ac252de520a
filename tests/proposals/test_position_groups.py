"""Positions by sector: what many think is shown, and never who they are."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.consultation.proposals.position_groups import (
    PositionGroup,
    positions_by_sector,
    put_small_together,
)
from consult.consultation.proposals.positions import take_position
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person
from consult.people.organisations.models import Sector
from tests.cast import person
from tests.factories import make_proposal
from tests.world import NOON

pytestmark = pytest.mark.usefixtures("app")

CIVIL, STATE, TRADE, KNOWLEDGE = (
    Sector.CIVIL_SOCIETY, Sector.GOVERNMENT, Sector.BUSINESS, Sector.KNOWLEDGE,
)  # fmt: skip


def group(sector: Sector | None, people: int) -> PositionGroup:
    return PositionGroup(sector, Counter({Stance.SUPPORT: people}))


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({CIVIL: 9, STATE: 5}, [9, 5]),
        ({CIVIL: 9, STATE: 4}, []),
        ({CIVIL: 9, STATE: 3, TRADE: 2}, [9, 5]),
        ({CIVIL: 9, STATE: 8, TRADE: 2}, [9, 10]),
        ({CIVIL: 9, STATE: 8, TRADE: 2, None: 4}, [9, 8, 6]),
        ({CIVIL: 4}, []),
        ({CIVIL: 40}, []),
        ({}, []),
    ],
)
def test_no_group_is_so_small_that_it_tells_who(
    sizes: dict[Sector | None, int], shown: list[int]
) -> None:
    groups = put_small_together([group(sector, people) for sector, people in sizes.items()])
    assert [one.people for one in groups] == shown
    assert sum(shown) in {0, sum(sizes.values())}, "nothing is left over to subtract"


def test_the_page_shows_them_by_sector_and_to_each_their_own(browse: Any, now: datetime) -> None:
    proposal = make_proposal("open", author="lotte")
    with unit_of_work():
        people = [Person(display_name=f"Persoon {n}", confirmed_at=NOON) for n in range(9)]
        db.session.add_all(people)
        db.session.flush()
        db.session.add_all(
            Position(
                proposal_id=proposal.id, person_id=one.id, stance=Stance.SUPPORT, taken_at=NOON,
                reason="Het helpt.", sector=CIVIL if n < 4 else STATE,
            )
            for n, one in enumerate(people)
        )  # fmt: skip
        db.session.get_one(Proposal, proposal.id).support_count = 9
    db.session.refresh(proposal)
    assert positions_by_sector(proposal) == []
    with unit_of_work():
        take_position(person("pia"), proposal, Stance.OBJECT, "Veel te duur.", now)
    db.session.refresh(proposal)
    assert [(one.sector, one.people) for one in positions_by_sector(proposal)] == [
        (CIVIL, 5), (STATE, 5),
    ]  # fmt: skip
    page = "/en/rounds/open/proposals/1"
    for who, reasons in (
        ("pia", {"Veel te duur."}),
        ("kees", set()),
        (None, set()),
        ("ana", {"Veel te duur.", "Het helpt."}),
    ):
        seen = browse(who).get(page).text
        assert "By sector" in seen
        assert {one for one in ("Veel te duur.", "Het helpt.") if one in seen} == reasons, who
    form = browse("pia").get(page).text
    assert 'value="object"' in form
    assert "Change my position" in form
