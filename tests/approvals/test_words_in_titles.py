"""Words left out of a title, and the title that goes and comes back with its proposal."""

import json
import re
from datetime import datetime
from typing import Any

import pytest

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal, ProposalVersion
from consult.consultation.proposals.services import withdraw_proposal
from consult.consultation.proposals.states import resubmit
from consult.consultation.rounds.models import Moderation
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.record.verify import verify_record
from consult.outcomes.approvals.redaction import redact_version
from consult.outcomes.approvals.titles import leave_out_what_was_missed
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
    """Change the title of a proposal; the one of before stays among the texts handed in."""
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
    assert re.search(rf'lang="nl"\s*>#{proposal.number} Weggelaten', browse().get(PAGE).text)
    with pytest.raises(InvalidInput):
        redact(now)


def judged(proposal: Proposal, verb: Verb, now: datetime, ground: Ground | None = None) -> None:
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(verb, "Graag zonder naam.", ground), now)
    run_all(now)


def test_a_public_title_waits_in_its_version_and_goes_when_its_author_gets_it_back(
    browse: Any, now: datetime
) -> None:
    proposal, _version = frozen(now, TITLE)
    with unit_of_work():
        proposal.round.moderation = Moderation.PRE
        proposal.published_at = now
        resubmit(proposal, now)
    run_all(now)
    assert proposal.state is State.PENDING
    assert NAME in readable(browse), "it was public, and nobody decided that it may not be"
    judged(proposal, Verb.RETURN, now)
    said = readable(browse)
    assert NAME not in said
    assert "de schrijver heeft het voorstel terug" in said
    assert '"ground":"returned"' in said
    with unit_of_work():
        resubmit(proposal, now)
    assert NAME not in readable(browse)
    judged(proposal, Verb.PUBLISH, now)
    assert NAME in readable(browse)
    assert verify_record().sound


def test_a_title_that_went_back_goes_from_the_database_once_its_ground_asks_for_it(
    browse: Any, now: datetime
) -> None:
    proposal, _version = frozen(now, TITLE)
    with unit_of_work():
        proposal.state, proposal.published_at = State.PENDING, now
    judged(proposal, Verb.RETURN, now)
    assert title_now() == TITLE
    with unit_of_work():
        resubmit(proposal, now)
    judged(proposal, Verb.HIDE, now, Ground.PERSONAL_DATA)
    assert title_now() is None
    judged(proposal, Verb.RESTORE, now)
    assert title_now() == TITLE
    assert NAME in readable(browse)


def test_a_title_that_went_back_before_is_left_out_by_the_daily_look(
    browse: Any, now: datetime
) -> None:
    proposal, _version = frozen(now, TITLE)
    with unit_of_work():
        proposal.state = State.RETURNED
    leave_out_what_was_missed({}, now)
    assert NAME not in readable(browse)
