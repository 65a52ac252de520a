"""Two take the next number of one series at once: each gets one of its own."""

from flask import Flask
from sqlalchemy import select

from consult.consultation.plans.models import Theme
from consult.foundation.core.db import db
from consult.foundation.core.series import next_number
from consult.outcomes.commitments.models import Commitment
from tests.core.together import Act, meet, plan, the
from tests.world import NOON, both


def numbered() -> Act:
    """Make a commitment as a service does, but without the policy, which holds the plan as well."""
    of, theme = plan(), the(Theme)

    def act() -> None:
        made = Commitment(
            plan_id=of.id,
            number=next_number(Commitment.number, within=of),
            theme_id=theme.id,
            title=both("Eén plek", "One place"),
            created_at=NOON,
            saved_at=NOON,
        )
        db.session.add(made)

    return act


def test_who_takes_a_number_holds_the_series(app: Flask) -> None:
    assert meet(app, *[numbered] * 4) == ["done"] * 4
    found = db.session.scalars(select(Commitment.number).order_by(Commitment.number)).all()
    assert found == [1, 2, 3, 4]
