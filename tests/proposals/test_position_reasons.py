"""What a page shows of positions: by sector to everybody, the reasons to whom they are for."""

from datetime import datetime
from typing import Any

import pytest

from consult.consultation.proposals.models import Proposal, SectorCount, Stance
from consult.consultation.proposals.positions import take_position
from consult.consultation.proposals.sectors import groups_of
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.models import Sector
from tests.cast import person
from tests.factories import make_proposal

pytestmark = pytest.mark.usefixtures("app")


def test_the_page_shows_positions_by_sector_and_to_each_their_own(
    browse: Any, now: datetime
) -> None:
    proposal = make_proposal("open", author="lotte")
    with unit_of_work():
        for sector in (Sector.CIVIL_SOCIETY, Sector.GOVERNMENT):
            db.session.add(SectorCount(proposal_id=proposal.id, sector=sector, support_count=5))
        db.session.get_one(Proposal, proposal.id).support_count = 15
    db.session.refresh(proposal)
    assert [one.people for one in groups_of(proposal)] == [5, 5, 5]
    with unit_of_work():
        helder = next(iter(person("pia").grants.ids("organisation")))
        take_position(person("pia"), proposal, Stance.OBJECT, "Veel te duur.", now, helder)
    db.session.refresh(proposal)
    assert [one.people for one in groups_of(proposal)] == [6, 5, 5]
    page = "/en/rounds/open/proposals/1"
    for who, reads in (("pia", True), ("kees", False), (None, False), ("ana", True)):
        seen = browse(who).get(page).text
        assert "By sector" in seen
        assert ("Veel te duur." in seen) is reads, who
    form = browse("pia").get(page).text
    assert 'value="object"' in form
    assert "Change my position" in form
