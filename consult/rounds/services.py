"""Keeping the counts of a round, in the transaction that changes them."""

from sqlalchemy import select, update

from consult.core.db import db
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


def take_number(round_id: int) -> int:
    """Take the next proposal number of a round; two people never get the same one."""
    taken = db.session.scalar(
        update(RoundTally)
        .where(RoundTally.round_id == round_id)
        .values(next_number=RoundTally.next_number + 1)
        .returning(RoundTally.next_number)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise LookupError(f"round {round_id} has no counts")
    return taken - 1


def lock_for_input(round_: Round) -> None:
    """Hold the round's dates still while something is handed in (PostgreSQL: FOR SHARE).

    Whoever moves the dates waits for us, or we for them, so that no count is taken between.
    SQLite has one writer at a time anyway.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(Round.id).where(Round.id == round_.id).with_for_update(read=True))
