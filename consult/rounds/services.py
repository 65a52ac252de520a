"""Keeping the counts of a round, in the transaction that changes them."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from consult.core.db import db
from consult.core.errors import NotAllowed
from consult.rounds.models import Round, RoundTally


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


def take_number(round_id: int, **changes: int) -> int:
    """Take the next proposal number of a round, and change its counts in the same statement.

    Two people never get the same number.
    """
    values = {name: getattr(RoundTally, name) + by for name, by in changes.items()}
    taken = db.session.scalar(
        update(RoundTally)
        .where(RoundTally.round_id == round_id)
        .values(next_number=RoundTally.next_number + 1, **values)
        .returning(RoundTally.next_number)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise LookupError(f"round {round_id} has no counts")
    return taken - 1


def lock_for_input(round_: Round) -> None:
    """Hold the round's dates still while something is handed in, and read them anew.

    Whoever moves the dates waits for us (PostgreSQL: FOR SHARE; SQLite has one writer at a time),
    and what was decided just before we got here counts. Raises NotAllowed when the round was
    cancelled meanwhile.
    """
    db.session.refresh(
        round_,
        ["opens_at", "closes_at", "grace_minutes", "cancelled_at", "version"],
        with_for_update={"read": True},
    )
    if round_.cancelled_at is not None:
        raise NotAllowed(_l("This round was cancelled."), _l("The round page says why."))
