"""Rounds, the bodies they address and the counts kept with them."""

import enum
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, cast, func, select
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import (
    Base,
    Localized,
    Moment,
    Row,
    Shown,
    choice,
    public,
    restricted,
    table_of,
)
from consult.foundation.core.findable import in_each_language
from consult.foundation.policy.actions import Action
from consult.people.organisations.models import Body


class RoundKind(enum.StrEnum):
    """What a round asks for."""

    PROPOSALS = "proposals"
    """What should be done, in the fields of an action plan."""
    STATEMENTS = "statements"
    """Short sentences, each to agree or disagree with (as in Polis)."""
    THEMES = "themes"
    """How important each theme of the plan is, what is missing in it, what belongs elsewhere."""


class Moderation(enum.StrEnum):
    """Whether a moderator looks before a contribution is published, or after."""

    PRE = "pre"
    POST = "post"


class Readers(enum.StrEnum):
    """Who may read a round and what was handed in."""

    EVERYONE = "everyone"
    PARTICIPANTS = "participants"


class RoundState(enum.StrEnum):
    """Where a round stands; follows from its dates and the decisions about it."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    OPEN = "open"
    GRACE = "grace"
    CLOSED = "closed"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


class Round(Row, Base):
    """A consultation round of a plan."""

    READ_BY: ClassVar = Action.ROUND_READ

    plan_id: Mapped[int] = public(ForeignKey("plan.id"), index=True)
    slug: Mapped[str] = public(String(80), unique=True)
    kind: Mapped[RoundKind] = public(choice(RoundKind), default=RoundKind.PROPOSALS)
    title: Mapped[dict[str, str]] = public(Localized)
    introduction: Mapped[dict[str, str]] = public(Localized, default=dict)
    questions: Mapped[dict[str, str]] = public(Localized, default=dict)
    """One question a line, in each language."""
    opens_at: Mapped[datetime] = public(Moment)
    closes_at: Mapped[datetime] = public(Moment)
    dates_known: Mapped[bool] = public(default=True)
    """Whether it opened and closed then. Of an import that does not say when, the two moments are
    those of the import: they keep it in its place, and no page shows them."""
    grace_minutes: Mapped[int] = public(default=15)
    open_to_everyone: Mapped[bool] = public(Boolean, default=False)
    moderation: Mapped[Moderation | None] = public(choice(Moderation), default=Moderation.PRE)
    """None where the source of an import does not say."""
    readers: Mapped[Readers] = public(choice(Readers), default=Readers.EVERYONE)
    published_at: Mapped[datetime | None] = public(Moment)
    short_notice_reason: Mapped[str] = public(Text, default="")
    answered_at: Mapped[datetime | None] = public(Moment)
    cancelled_at: Mapped[datetime | None] = public(Moment)
    cancelled_reason: Mapped[str] = public(Text, default="")
    source: Mapped[str] = public(String(300), default="")
    """Where an imported round comes from, as its file says."""
    source_url: Mapped[str] = public(String(500), default="")
    invented: Mapped[bool] = public(default=False)
    """Contributions were invented for the demonstration, and the pages say so."""
    created_at: Mapped[datetime] = restricted(Moment)
    version: Mapped[int] = public(default=1)

    plan: Mapped[Plan] = relationship()
    bodies: Mapped[list["RoundBody"]] = relationship(cascade="all, delete-orphan")
    tally: Mapped["RoundTally"] = relationship(viewonly=True, uselist=False)
    tally_slots: Mapped[list["TallySlot"]] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def public_texts(self) -> dict[str, str]:
        """What the public may read of it, by language: by that it is found."""
        if self.published_at is None or self.readers is not Readers.EVERYONE:
            return {}
        return in_each_language(self.title, self.introduction or {}, self.questions or {})

    @property
    def round_id(self) -> int:
        """The round a subject belongs to: for a round, itself."""
        return self.id

    @property
    def was_imported(self) -> bool:
        """Whether it was held elsewhere, and came here with an import."""
        return bool(self.source)

    @property
    def grace_ends_at(self) -> datetime:
        """Until when a form that was opened in time is still taken."""
        return self.closes_at + timedelta(minutes=self.grace_minutes)

    def is_late(self, arrived: datetime, opened_at: datetime | None) -> bool:
        """Whether what arrives then is late (docs/decisions/0006).

        In time is what arrives until closing, and during the grace period what was typed in a
        form that was opened before closing (`opened_at`, None if unknown).
        """
        if arrived <= self.closes_at:
            return False
        in_grace = arrived <= self.grace_ends_at
        return not (in_grace and opened_at is not None and opened_at <= self.closes_at)

    def state_at(self, moment: datetime) -> RoundState:
        """Return the state of the round at a moment."""
        if self.cancelled_at is not None:
            return RoundState.CANCELLED
        if self.published_at is None:
            return RoundState.DRAFT
        if moment < self.opens_at:
            return RoundState.UPCOMING
        if moment <= self.closes_at:
            return RoundState.OPEN
        if moment <= self.grace_ends_at:
            return RoundState.GRACE
        return RoundState.ANSWERED if self.answered_at else RoundState.CLOSED


SINCE_0024 = (Round.dates_known,)
"""What the events of earlier versions do not bind."""


class MovedDate(enum.StrEnum):
    """Which date of a round was moved."""

    OPENS = "opens"
    CLOSES = "closes"


class DateMove(Row, Base):
    """That a date of an announced round was moved, and why; shown on the round's page."""

    round_id: Mapped[int] = public(ForeignKey("round.id"), index=True)
    which: Mapped[MovedDate] = public(choice(MovedDate))
    was: Mapped[datetime] = public(Moment)
    becomes: Mapped[datetime] = public(Moment)
    reason: Mapped[str] = public(Text)
    moved_at: Mapped[datetime] = public(Moment)


class RoundBody(Base):
    """A body that a round addresses."""

    round_id: Mapped[int] = public(ForeignKey("round.id"), primary_key=True)
    body_id: Mapped[int] = public(ForeignKey("body.id"), primary_key=True)

    body: Mapped[Body] = relationship()


class TallySlot(Base):
    """What some of the connections counted in a round, in the transactions that changed it.

    The counts are the sum over its slots (RoundTally); the first is made with the round, the others
    when a connection counts in them.
    """

    shown_on: ClassVar = Shown.COUNTS

    round_id: Mapped[int] = public(ForeignKey("round.id"), primary_key=True)
    slot: Mapped[int] = public(primary_key=True, autoincrement=False, default=0)
    received: Mapped[int] = public(default=0)
    pending: Mapped[int] = public(default=0)
    published: Mapped[int] = public(default=0)
    returned: Mapped[int] = public(default=0)
    hidden: Mapped[int] = public(default=0)
    withdrawn: Mapped[int] = public(default=0)
    late: Mapped[int] = public(default=0)
    comments: Mapped[int] = public(default=0)
    """Published comments."""
    comments_pending: Mapped[int] = public(default=0)
    comments_late: Mapped[int] = public(default=0)
    not_for_publication: Mapped[int] = public(default=0)
    comments_not_for_publication: Mapped[int] = public(default=0)


COUNTS = tuple(
    column for column in table_of(TallySlot).columns if column.name not in {"round_id", "slot"}
)
"""What is counted in a round."""
_ROUND = table_of(TallySlot).c.round_id


class RoundTally(Base):
    """The counts of a round: what was counted in its slots, together. It is only read.

    Always true for proposals: received = pending + published + returned + hidden + withdrawn +
    not_for_publication. Late ones are counted apart and in no other total until an organiser
    admits them. A sum is a whole number again: PostgreSQL would add up sums to a decimal one.
    """

    __table__ = (
        select(_ROUND, *(cast(func.sum(count), Integer).label(count.name) for count in COUNTS))
        .group_by(_ROUND)
        .subquery("round_tally")
    )
    __mapper_args__ = {"primary_key": [__table__.c.round_id]}

    if TYPE_CHECKING:
        round_id: Mapped[int]
        received: Mapped[int]
        pending: Mapped[int]
        published: Mapped[int]
        returned: Mapped[int]
        hidden: Mapped[int]
        withdrawn: Mapped[int]
        late: Mapped[int]
        comments: Mapped[int]
        comments_pending: Mapped[int]
        comments_late: Mapped[int]
        not_for_publication: Mapped[int]
        comments_not_for_publication: Mapped[int]

    @property
    def waiting(self) -> int:
        """How many contributions wait for a moderator: proposals and comments together."""
        return self.pending + self.comments_pending

    @property
    def waiting_late(self) -> int:
        """How many contributions came late and wait for an organiser."""
        return self.late + self.comments_late

    @property
    def to_answer(self) -> int:
        """How many proposals the organiser owes an answer, public or not."""
        return self.published + self.not_for_publication

    @property
    def undecided(self) -> int:
        """How many contributions wait for anybody's decision."""
        return self.waiting + self.waiting_late
