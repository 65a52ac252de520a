"""What statements keep about people: which one stands before somebody. It goes after the round."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from consult.consultation.rounds.models import Round
from consult.consultation.rounds.phases import over_by
from consult.consultation.statements.models import StatementInView
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import Ids, Rule, deletes

PARTS = (
    ExportPart(
        "statements_in_view", _l("Statements that stood before me last"), StatementInView,
        (StatementInView.person_id,), place=35,
    ),
)  # fmt: skip


def forget_views(_actor: Actor, person_id: int, _now: datetime) -> None:
    """Forget which statements stood before somebody whose account closes."""
    db.session.execute(delete(StatementInView).where(StatementInView.person_id == person_id))


def _of_rounds_over(cut_off: datetime) -> Ids:
    return (
        select(StatementInView.id)
        .join(Round, Round.id == StatementInView.round_id)
        .where(over_by(cut_off))
    )


RULES = (
    Rule(
        kind="statements_in_view",
        what=_l("Which statement stood before somebody last"),
        since=_l("the round closed"),
        period=timedelta(days=30),
        effect=_l("deleted"),
        why=_l("Nobody votes any more; the votes themselves stay with the statements."),
        select_due=_of_rounds_over,
        apply=deletes(StatementInView),
    ),
)
