"""Words left out of a title, and the title that goes and comes back with its proposal."""

import json
from datetime import datetime
from typing import Any

import pytest

from consult.approvals.redaction import redact_version
from consult.core.db import db
from consult.core.errors import InvalidInput
from consult.core.unit_of_work import unit_of_work
from consult.moderation.models import Ground
from consult.proposals.models import Proposal, ProposalVersion
from consult.proposals.services import withdraw_proposal
from consult.record.verify import verify_record
from tests.approvals.test_redaction import (
    NAME,
    PAGE,
    frozen,
    hide,
    readable,
    redaction,
    restore,
    stored,
)
from tests.cast import person

pytestmark = pytest.mark.usefixtures("app")

TWO_NAMES = "Wat Zwaantje Zeldenrijk en Karel Kwaadspreker deden"
TITLE = f"Wat {NAME} vond"
PROBLEM = f"Niemand vindt ze, zei {NAME}."
POINTER = "/themes/0/commitments/0/sources/0/title"


def withdraw(proposal: Proposal, now: datetime) -> None:
    with unit_of_work():
        withdraw_proposal(person("pia"), proposal, "Bedacht me.", now)


def redact(now: datetime, **wanted: Any) -> None:
    with unit_of_work():
        redact_version(person("ana"), stored(), redaction(**wanted), now)


def retitle(proposal: Proposal, title: str, now: datetime) -> None:
    """Give the proposal another title; the one of before stays among the texts handed in."""
    before = {"title": proposal.title}
    with unit_of_work():
        kept = ProposalVersion(
            proposal_id=proposal.id, number=77, content=before, saved_at=now, saved_by_id=None
        )
        db.session.add(kept)
        proposal.title = title


def title_now() -> str | None:
    content = json.loads(stored().content)
    title: str | None = content["themes"][0]["commitments"][0]["sources"][0]["title"]
    return title


@pytest.mark.parametrize("ground", [Ground.PERSONAL_DATA, Ground.OFFENSIVE, None])
def test_a_title_of_which_words_were_left_out_goes_with_its_proposal(
    browse: Any, now: datetime, ground: Ground | None
) -> None:
    proposal, _version = frozen(now, TWO_NAMES)
    redact(now, words="Zwaantje Zeldenrijk")
    assert "Wat █████ en Karel Kwaadspreker deden" in readable(browse)
    if ground is None:
        withdraw(proposal, now)
    else:
        hide(proposal, ground, now)
    said = readable(browse)
    assert "Karel Kwaadspreker" not in said
    assert "Zwaantje" not in said
    if ground is None:
        return
    restore(proposal, now)
    assert "Zwaantje" not in readable(browse)
    assert title_now() == (
        None if ground is Ground.PERSONAL_DATA else "Wat █████ en Karel Kwaadspreker deden"
    )
    assert verify_record().sound


@pytest.mark.parametrize("ground", [Ground.PERSONAL_DATA, Ground.OFFENSIVE])
def test_words_left_out_while_a_title_is_hidden_do_not_come_back_with_it(
    browse: Any, now: datetime, ground: Ground
) -> None:
    proposal, _version = frozen(now, TITLE, PROBLEM)
    hide(proposal, ground, now)
    redact(now)
    assert NAME not in stored().content
    retitle(proposal, "Wat iemand vond", now)
    restore(proposal, now)
    assert NAME not in readable(browse)
    assert NAME not in stored().content


@pytest.mark.parametrize("words", [NAME, ""])
def test_a_withdrawn_title_can_go_from_the_database(browse: Any, now: datetime, words: str) -> None:
    proposal, _version = frozen(now, TITLE)
    withdraw(proposal, now)
    assert NAME in stored().content
    redact(now, words=words, pointer=POINTER)
    assert NAME not in stored().content
    assert NAME not in readable(browse)
    assert f'lang="nl">#{proposal.number} Weggelaten' in browse().get(PAGE).text
    with pytest.raises(InvalidInput):
        redact(now)
