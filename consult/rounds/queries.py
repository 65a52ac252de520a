"""Reading rounds."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from consult.core.db import db
from consult.core.errors import NotFound
from consult.plans.models import Plan
from consult.rounds.models import Round, RoundBody


def rounds_with_frame() -> Select[Round]:
    """Give the SELECT of rounds with what every page about one needs, in one statement."""
    return select(Round).options(
        joinedload(Round.plan).joinedload(Plan.themes),
        joinedload(Round.bodies).joinedload(RoundBody.body),
        joinedload(Round.tally),
    )


def get_round(slug: str) -> Round:
    """Give a round with its plan, themes, bodies and counts; NotFound when there is none."""
    found: Round | None = (
        db.session.scalars(rounds_with_frame().where(Round.slug == slug)).unique().one_or_none()
    )
    if found is None:
        raise NotFound(_l("There is no such round."), _l("The plan page lists all rounds."))
    return found
