"""What tests of the desk share: a second moderator, and what moderators do there."""

from typing import Any

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.holding import decide_at_desk
from consult.consultation.moderation.models import HeldDecision
from consult.consultation.moderation.services import Judgement
from consult.consultation.plans.models import PlanRole, Role
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round


def let_time_pass(clock: Clock) -> None:
    """Let the time go by in which a decision can be taken back, and do what waits for that."""
    run_all(clock.forward(seconds=31))


def let_moderate(name: str, clock: Clock) -> None:
    """Let somebody of the cast moderate the plan too."""
    with unit_of_work():
        plan_id = find_round("open").plan_id
        db.session.add(
            PlanRole(
                plan_id=plan_id,
                person_id=person(name).id,
                role=Role.MODERATOR,
                granted_at=clock(),
            )
        )


def hold(about: Any, judgement: Judgement, clock: Clock) -> HeldDecision:
    """Let Mo decide at the desk, and return what is held."""
    with unit_of_work():
        held = decide_at_desk(person("mo"), about, judgement, clock())
    assert isinstance(held, HeldDecision)
    return held


def page_of_item(about: Any) -> str:
    """Return the address of a contribution on the desk."""
    kind = "proposal" if isinstance(about, Proposal) else "comment"
    return f"/en/moderation/{kind}/{about.public_id}"


def state_of(about: Any) -> State:
    """Return where a contribution stands now."""
    db.session.expire_all()
    state: State = about.state
    return state
