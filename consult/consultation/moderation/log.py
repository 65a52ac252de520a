"""The public log of a round: every decision about what may be seen, with its reason."""

import enum
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from consult.consultation.comments.answers import SEEN
from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import EXCEPTIONS, Decision, Ground, Verb
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.pages import Keyset, Page
from consult.people.accounts.models import Person


@dataclass(frozen=True)
class Logged:
    """A decision as the log shows it: about which number, never with what stands there."""

    id: int
    verb: Verb
    ground: Ground | None
    reason: str
    decided_at: datetime
    proposal_number: int | None
    leads_on: bool
    """Whether the public can open the page of the proposal that it is about."""
    comment_number: int | None
    decided_by: str | None
    """For the team only."""

    @property
    def is_exception(self) -> bool:
        """Whether it is other than what is decided about most contributions."""
        return self.verb in EXCEPTIONS


def _is_open(proposal: type[Proposal]) -> ColumnElement[bool]:
    return proposal.state.in_(SEEN) & proposal.published_at.is_not(None)


class LogPart(enum.StrEnum):
    """Which decisions of a round the log shows."""

    ALL = "all"
    EXCEPTIONS = "exceptions"
    """All but what was published, or looked at and left."""


def read_part(said: str) -> LogPart:
    """Read the part of the log that an address asks for; InvalidInput for one we do not know."""
    try:
        return LogPart(said)
    except ValueError:
        raise InvalidInput(
            _l("The list knows no “%(value)s” for “%(name)s”.", name="show", value=said[:60]),
            _l("Choose one of the filters on the page."),
        ) from None


def log_of(round_id: int, cursor: str | None = None, part: LogPart = LogPart.ALL) -> Page[Logged]:
    """Return a page of the decisions of a round, newest first."""
    on_comment = aliased(Proposal)
    statement = (
        select(
            Decision.id,
            Decision.verb,
            Decision.ground,
            Decision.reason,
            Decision.decided_at,
            func.coalesce(Proposal.number, on_comment.number),
            func.coalesce(_is_open(Proposal), _is_open(on_comment)),
            Comment.number,
            Person.display_name,
        )
        .outerjoin(Proposal, Proposal.id == Decision.proposal_id)
        .outerjoin(Comment, Comment.id == Decision.comment_id)
        .outerjoin(on_comment, on_comment.thread_id == Comment.thread_id)
        .outerjoin(Person, Person.id == Decision.decided_by_id)
        .where(Decision.round_id == round_id)
    )
    if part is LogPart.EXCEPTIONS:
        statement = statement.where(Decision.verb.in_(EXCEPTIONS))
    return Keyset(Decision.id, descending=True).page(statement, cursor, make=Logged)


def totals_of(round_id: int) -> dict[Verb, int]:
    """Count the decisions of a round by verb; one statement."""
    rows = db.session.execute(
        select(Decision.verb, func.count())
        .where(Decision.round_id == round_id)
        .group_by(Decision.verb)
    )
    return {row[0]: row[1] for row in rows}
