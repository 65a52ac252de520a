"""In which phase rounds are: sets of phases, and the same asked of the database.

`Round.state_at` says it of one round; a test holds that the conditions here agree with it.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from consult.consultation.rounds.models import Round, RoundState

TAKES_INPUT = frozenset({RoundState.OPEN, RoundState.GRACE})
"""What is handed in now is in time, if its form was opened in time."""
CLOSED = frozenset({RoundState.CLOSED, RoundState.ANSWERED})
OPENED = TAKES_INPUT | CLOSED
"""What is handed in now is kept, if only as late."""
OVER = CLOSED | {RoundState.CANCELLED}
"""Nothing of the round can be changed any more."""


def announced() -> ColumnElement[bool]:
    """Return the condition that a round was announced, and not cancelled."""
    return and_(Round.published_at.is_not(None), Round.cancelled_at.is_(None))


def open_at(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a round is open."""
    return and_(open_or_upcoming_at(moment), Round.opens_at <= moment)


def open_or_upcoming_at(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a round is open, or still to open."""
    return and_(announced(), Round.closes_at >= moment)


def over_by(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a round was closed or cancelled by a moment, that one included."""
    return or_(Round.closes_at <= moment, Round.cancelled_at <= moment)
