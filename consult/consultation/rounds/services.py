"""Keeping the counts of a round, in the transaction that changes them."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from consult.consultation.rounds.models import Round, RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotAllowed
from consult.foundation.core.row_locks import lock_rows


def count(round_id: int, **changes: int) -> None:
    """Change counts of a round: `count(3, pending=-1, published=1)`; one UPDATE."""
    values = {name: getattr(RoundTally, name) + by for name, by in changes.items() if by}
    if values:
        db.session.execute(
            update(RoundTally)
            .where(RoundTally.round_id == round_id)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def lock_for_input(round_: Round) -> None:
    """Hold the round still while something is handed in, and read its dates anew.

    Whoever moves the dates waits for us, and what was decided just before we got here counts.
    Raises NotAllowed when the round was cancelled meanwhile.
    """
    lock_rows(round_)
    if round_.cancelled_at is not None:
        raise NotAllowed(_l("This round was cancelled."), _l("The round page says why."))
