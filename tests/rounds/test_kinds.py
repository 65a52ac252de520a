"""A kind of round says what it takes; the policy asks it, and nothing else."""

from copy import copy
from datetime import datetime

import pytest
from flask import Flask

from consult.consultation.comments.models import ContributionState
from consult.consultation.rounds.kinds import KINDS
from consult.consultation.rounds.models import RoundKind
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.errors import NotAllowed
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from tests.cast import person
from tests.factories import make_proposal


def test_every_kind_has_its_rules() -> None:
    assert set(KINDS) == set(RoundKind)


@pytest.mark.parametrize(
    ("rule", "actions"),
    [
        ("takes_proposals", {Action.PROPOSAL_DRAFT, Action.PROPOSAL_SUBMIT}),
        ("takes_comments", {Action.COMMENT_ADD}),
        ("takes_positions", {Action.POSITION_TAKE}),
    ],
)
def test_what_a_kind_does_not_take_is_refused(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch, rule: str, actions: set[Action]
) -> None:
    assert app
    proposal, round_ = make_proposal("open", ContributionState.PUBLISHED), get_round("open")
    subjects = {
        Action.PROPOSAL_DRAFT: round_, Action.PROPOSAL_SUBMIT: round_,
        Action.COMMENT_ADD: proposal, Action.POSITION_TAKE: proposal,
    }  # fmt: skip
    lotte = person("lotte")
    assert all(can(lotte, action, subject, now) for action, subject in subjects.items())
    without = copy(KINDS[RoundKind.PROPOSALS])
    object.__setattr__(without, rule, False)
    monkeypatch.setitem(KINDS, RoundKind.PROPOSALS, without)
    assert {one for one, about in subjects.items() if not can(lotte, one, about, now)} == actions
    for action in actions:
        with pytest.raises(NotAllowed):
            ensure(lotte, action, subjects[action], now)
