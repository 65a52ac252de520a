"""Pia wrote for Helder Bestuur; Lotte signs for another organisation, and Kees dissents."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment, CommentKind
from consult.consultation.proposals.cosigning import cosign_proposal, withdraw_signature
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.models import Mandate, Organisation
from consult.people.organisations.queries import get_organisation
from tests.cast import person
from tests.factories import acts, make_proposal
from tests.world import NOON, SINCE

PAGE = "/en/rounds/open/proposals/1"


@pytest.fixture
def other(app: Flask) -> Organisation:
    """Another organisation, for which Lotte speaks."""
    del app
    with unit_of_work():
        made = Organisation(
            slug="open-stad", name="Vereniging Open Stad", sector="civil_society", created_at=NOON
        )
        db.session.add(made)
        db.session.flush()
        db.session.add(
            Mandate(person_id=person("lotte").id, organisation_id=made.id, starts_on=SINCE)
        )
    return made


@pytest.fixture
def proposal(app: Flask) -> Proposal:
    """What Pia handed in for Stichting Helder Bestuur."""
    del app
    helder = get_organisation("helder-bestuur")
    return make_proposal("open", organisation_id=helder.id, text_version=1)


def sign(proposal: Proposal, organisation: Organisation, now: datetime, who: str = "lotte") -> None:
    with unit_of_work():
        cosign_proposal(person(who), proposal, organisation.id, now)


def names(proposal: Proposal) -> list[str]:
    return [one.organisation.name for one in proposal.signed_by]


def test_another_organisation_signs(
    proposal: Proposal, other: Organisation, now: datetime, browse: Any
) -> None:
    sign(proposal, other, now)
    assert names(proposal) == ["Vereniging Open Stad"]
    assert acts() == ["proposal.cosigned"]
    page = browse().get(PAGE).text
    assert "Co-signed by" in page
    assert "Vereniging Open Stad" in page


def test_nobody_signs_for_whom_they_do_not_speak(
    proposal: Proposal, other: Organisation, now: datetime
) -> None:
    for who in ("pia", "kees"):
        with pytest.raises(InvalidInput):
            sign(proposal, other, now, who)
    assert names(proposal) == []


def test_the_own_organisation_and_a_second_time_are_refused(
    proposal: Proposal, other: Organisation, now: datetime
) -> None:
    with pytest.raises(InvalidInput):
        sign(proposal, get_organisation("helder-bestuur"), now, "kees")
    sign(proposal, other, now)
    with pytest.raises(InvalidInput):
        sign(proposal, other, now)


def test_after_closing_nobody_signs(other: Organisation, now: datetime) -> None:
    closed = make_proposal("closed")
    with pytest.raises(NotAllowed):
        sign(closed, other, now)


def test_a_signature_is_taken_away_and_stays_on_record(
    proposal: Proposal, other: Organisation, now: datetime
) -> None:
    sign(proposal, other, now)
    with pytest.raises(InvalidInput), unit_of_work():
        withdraw_signature(person("pia"), proposal, other.id, now)
    with unit_of_work():
        withdraw_signature(person("lotte"), proposal, other.id, now)
    assert names(proposal) == []
    sign(proposal, other, now)
    assert len(proposal.co_signatures) == 1
    assert len(acts()) == 3


def test_a_later_text_shows_which_one_was_signed(
    proposal: Proposal, other: Organisation, now: datetime, browse: Any
) -> None:
    sign(proposal, other, now)
    with unit_of_work():
        proposal.text_version = 2
    assert "signed version 1" in browse().get(PAGE).text


def test_the_whole_of_it_in_the_browser(
    proposal: Proposal, other: Organisation, browse: Any
) -> None:
    assert proposal.number == 1
    lotte = browse("lotte")
    assert f"{PAGE}/cosign" in lotte.get(PAGE).text
    assert f"{PAGE}/cosign" not in browse("kees").get(PAGE).text
    assert lotte.post(f"{PAGE}/cosign", data={"organisation_id": "999"}).status_code == 422
    form = {"organisation_id": str(other.id)}
    assert lotte.post(f"{PAGE}/cosign", data=form).status_code == 303
    assert "Take our name away" in lotte.get(PAGE).text
    assert "Take our name away" not in browse("kees").get(PAGE).text
    assert "no organisation that can still sign" in lotte.get(f"{PAGE}/cosign").text
    assert lotte.post(f"{PAGE}/cosign/{other.id}/withdraw").status_code == 303
    assert "Vereniging Open Stad" not in browse().get(PAGE).text


def comment(browser: Any, **fields: str) -> Any:
    form = {"kind": "dissent", "body": "Wij zijn het niet eens.", "organisation_id": "0",
            "language": "nl", **fields}  # fmt: skip
    return browser.post(f"{PAGE}/comments", data=form)


def test_kees_dissents_from_what_his_organisation_signed(proposal: Proposal, browse: Any) -> None:
    kees = browse("kees")
    assert "A dissenting note" in kees.get(PAGE).text
    assert comment(kees).status_code == 303
    assert db.session.scalars(select(Comment.kind)).all() == [CommentKind.DISSENT]
    assert proposal.number == 1


def test_who_speaks_for_no_signatory_does_not_dissent(proposal: Proposal, browse: Any) -> None:
    lotte = browse("lotte")
    assert "A dissenting note" not in lotte.get(PAGE).text
    answer = comment(lotte)
    assert answer.status_code == 422
    assert "Wij zijn het niet eens." in answer.text
    assert db.session.scalars(select(Comment)).all() == []
    assert proposal.number == 1
