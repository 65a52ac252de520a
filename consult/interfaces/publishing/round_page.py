"""What the page of a round shows: its life, its numbers, its newest contributions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask_babel import gettext as _

from consult.consultation.proposals.pages import latest_of
from consult.consultation.proposals.queries import ListedProposal
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import DateMove, Round
from consult.consultation.rounds.queries import moves_of
from consult.consultation.rounds.timeline import Milestone, timeline_of
from consult.outcomes.responses.queries import answered_counts
from consult.outcomes.summaries.models import Summary
from consult.outcomes.summaries.queries import Share, find_summary, shares_by_theme


@dataclass(frozen=True)
class RoundPage:
    """A round as everybody reads it who may read it; each piece is read when it is shown."""

    round: Round
    now: datetime

    @property
    def is_public(self) -> bool:
        """Whether it was announced, so that all of it is public."""
        return self.round.published_at is not None

    @cached_property
    def summary(self) -> Summary | None:
        """The summary of the round, once it is published."""
        found = find_summary(self.round.id)
        return found if found is not None and found.published_at else None

    @cached_property
    def moves(self) -> Sequence[DateMove]:
        """The dates that were moved, and why."""
        return moves_of(self.round.id)

    @property
    def milestones(self) -> Sequence[Milestone]:
        """The life of the round."""
        at = self.summary.published_at if self.summary else None
        summarised = Milestone(_("Summary published"), at)
        return timeline_of(self.round, self.moves, self.now, after=[summarised])

    @cached_property
    def themes(self) -> Sequence[Share]:
        """How many public proposals each theme has."""
        return shares_by_theme(self.round.id)

    @cached_property
    def outcomes(self) -> Mapping[str, int]:
        """What became of the proposals."""
        known = self.round.answered_at or self.round.source
        return answered_counts(self.round.id) if known else {}

    @cached_property
    def latest(self) -> Sequence[ListedProposal]:
        """The newest proposals."""
        return latest_of(self.round.id) if rules_of(self.round).takes_proposals else ()
