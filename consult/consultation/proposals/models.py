"""Proposals, their versions, attachments and positions."""

import enum
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    FetchedValue,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.comments.models import (
    AuthorRole,
    ContributionState,
    Thread,
    contribution_is_seen,
    keep_from_publication,
)
from consult.consultation.plans.models import Theme
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    Shown,
    choice,
    index_where_null,
    index_where_set,
    private,
    public,
    random_id,
    restricted,
)
from consult.foundation.files.models import StoredFile
from consult.foundation.policy.actions import Action
from consult.people.accounts.models import Person
from consult.people.organisations.models import MandateRequest, Organisation, Sector


class Origin(enum.StrEnum):
    """Whether the action is new (domain: bestaande initiatieven en nieuwe acties)."""

    NEW = "new"
    EXISTING = "existing"
    CONTINUED = "continued"


class Source(enum.StrEnum):
    """How a proposal reached us."""

    PLATFORM = "platform"
    MEETING = "meeting"
    LETTER = "letter"
    EMAIL = "email"
    IMPORT = "import"


class Stance(enum.StrEnum):
    """What somebody thinks of a proposal; a pass is what Polis calls skipping."""

    SUPPORT = "support"
    NEUTRAL = "neutral"
    OBJECT = "object"
    PASS = "pass"  # noqa: S105


class Facet(enum.StrEnum):
    """By what the published proposals of a round are counted, and can be narrowed."""

    THEME = "theme"
    SECTOR = "sector"
    BODY = "body"
    ORGANISATION = "organisation"
    OUTCOME = "outcome"


TEXT_FIELDS = ("title", "problem", "action", "result", "openness")
"""The prose of a proposal, in the order of the form."""


_PUBLIC_WITHOUT_THEME = text("published_at IS NOT NULL AND theme_id IS NULL")


class Proposal(Row, Base):
    """A proposed action."""

    READ_BY: ClassVar = Action.PROPOSAL_READ
    unseen_columns: ClassVar = frozenset({"version", "saved_at", "reviewed_at", "shown_count"})

    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        Index("ix_proposal_author", "author_id", "round_id"),
        Index("ix_proposal_newest", "round_id", "arrived_at", "id"),
        # The newest ones often wait, all of them: the public list goes past none of those.
        index_where_set(
            "ix_proposal_public", "round_id", "arrived_at", "id", filled="published_at"
        ),
        # The same of one theme, which a round may hold few of.
        index_where_set(
            "ix_proposal_public_theme",
            "round_id",
            "theme_id",
            "arrived_at",
            "id",
            filled="published_at",
        ),
        # And of those without one: PostgreSQL reads no order out of an index of empty values.
        Index(
            "ix_proposal_public_no_theme",
            "round_id",
            "arrived_at",
            "id",
            sqlite_where=_PUBLIC_WITHOUT_THEME,
            postgresql_where=_PUBLIC_WITHOUT_THEME,
        ),
        # All that the shares of the themes are counted from.
        Index("ix_proposal_shares", "round_id", "state", "theme_id", "comment_count"),
        Index("ix_proposal_discussed", "round_id", "comment_count", "id"),
        Index("ix_proposal_supported", "round_id", "support_count", "id"),
        Index("ix_proposal_contested", "round_id", "contested_count", "id"),
        Index("ix_proposal_continued", "continues_id", "state", "arrived_at", "id"),
        Index("ix_proposal_queue", "state", "arrived_at", "id"),
        Index("ix_proposal_organisations", "round_id", "organisation_id", "state"),
        # Who votes is shown first what was shown least.
        Index("ix_proposal_shown", "round_id", "state", "shown_count", "id"),
        index_where_null(
            "ix_proposal_unreviewed", "state", "arrived_at", "id", "round_id", null="reviewed_at"
        ),
        keep_from_publication(),
    )

    public_id: Mapped[str] = public(Identifier, unique=True, default=random_id)
    round_id: Mapped[int] = public(ForeignKey("round.id"))
    number: Mapped[int | None] = public()
    thread_id: Mapped[int | None] = public(ForeignKey("thread.id"), unique=True)
    """The conversation about it, which begins when it becomes public."""
    theme_id: Mapped[int | None] = public(ForeignKey("theme.id"), index=True)
    author_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = public(ForeignKey("organisation.id"), index=True)
    sector: Mapped[Sector | None] = public(choice(Sector), server_default=FetchedValue())
    """The sector of the organisation when it was handed in; none for a person.

    The database works it out while it stores the row, and gives it back with the number.
    """
    body_id: Mapped[int | None] = public(ForeignKey("body.id"), index=True)
    """The body through which its author takes part, as it was when handed in."""
    language: Mapped[str] = public(String(8))
    state: Mapped[ContributionState] = public(choice(ContributionState))
    title: Mapped[str] = public(String(300), default="")
    problem: Mapped[str] = public(Text, default="")
    action: Mapped[str] = public(Text, default="")
    result: Mapped[str] = public(Text, default="")
    openness: Mapped[str] = public(Text, default="")
    origin: Mapped[Origin | None] = public(choice(Origin), default=Origin.NEW)
    """None where the source of an import does not say."""
    possible_holder: Mapped[str] = public(String(200), default="")
    period: Mapped[str] = public(String(120), default="")
    amount_cents: Mapped[int | None] = public(BigInteger)
    source: Mapped[Source] = public(choice(Source), default=Source.PLATFORM)
    source_note: Mapped[str] = public(String(300), default="")
    """Which meeting, letter or e-mail it was received in."""
    source_date: Mapped[date | None] = public(Date)
    on_behalf_of: Mapped[str] = public(String(200), default="")
    """For what was received elsewhere: on whose behalf, as it may be shown."""
    author_role: Mapped[AuthorRole | None] = public(choice(AuthorRole))
    scope: Mapped[str] = public(String(200), default="")
    """The area that it is about, as its source says: a district, a region."""
    reference: Mapped[str] = public(String(60), default="")
    """The code that its source gave it."""
    source_url: Mapped[str] = public(String(500), default="")
    """Where it stands at its source."""
    links: Mapped[list[dict[str, str]]] = public(JSON, default=list)
    """What its source links to: each an `url`, with a `title` where there is one."""
    entered_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    created_at: Mapped[datetime] = restricted(Moment)
    saved_at: Mapped[datetime] = restricted(Moment)
    arrived_at: Mapped[datetime | None] = public(Moment)
    published_at: Mapped[datetime | None] = public(Moment)
    reviewed_at: Mapped[datetime | None] = restricted(Moment)
    """When a moderator last looked at its present text; where they look afterwards, later."""
    outcome: Mapped[str | None] = public(String(40))
    """The published outcome of the response, set by responses."""
    comment_count: Mapped[int] = public(default=0)
    contested_count: Mapped[int] = public(default=0)
    """How many stand against each other: the smaller of `support_count` and `object_count`."""
    support_count: Mapped[int] = public(default=0)
    neutral_count: Mapped[int] = public(default=0)
    object_count: Mapped[int] = public(default=0)
    pass_count: Mapped[int] = public(default=0)
    shown_count: Mapped[int] = public(default=0)
    """To how many people it was shown to vote on, where one votes on one after the other."""
    text_version: Mapped[int] = public(default=0)
    """How many texts were handed in; each stands in proposal_version."""
    counted_support: Mapped[int | None] = public()
    """How many its source counted, without saying who; they are part of `support_count`."""
    counted_neutral: Mapped[int | None] = public()
    counted_object: Mapped[int | None] = public()
    as_typed: Mapped[dict[str, str]] = private(JSON, default=dict)
    """What could not be read in a draft, as it was typed, by field; empty once handed in."""
    shown_versions: Mapped[list[int]] = public(JSON, default=list)
    """Which of them were public: another one (returned, for instance) never is."""
    not_for_publication: Mapped[bool] = restricted(default=False)
    """Whether its author wants it read, and not published."""
    not_for_publication_reason: Mapped[str] = restricted(Text, default="")
    continues_id: Mapped[int | None] = public(ForeignKey("proposal.id"))
    """The earlier proposal that it continues, of this round or of another one of its plan."""
    version: Mapped[int] = public(default=1)

    round: Mapped[Round] = relationship()
    thread: Mapped[Thread | None] = relationship()
    theme: Mapped[Theme | None] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    organisation: Mapped[Organisation | None] = relationship()
    attribution: Mapped["Attribution | None"] = relationship(
        back_populates="proposal", cascade="all, delete-orphan"
    )
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id")
    co_signatures: Mapped[list["CoSignature"]] = relationship(order_by="CoSignature.id")
    continues: Mapped["Proposal | None"] = relationship(remote_side="Proposal.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def counted(self) -> dict[Stance, int]:
        """What its source counted, without saying who; empty where it did not count."""
        counts = {
            Stance.SUPPORT: self.counted_support,
            Stance.NEUTRAL: self.counted_neutral,
            Stance.OBJECT: self.counted_object,
        }
        return {stance: number for stance, number in counts.items() if number is not None}

    @property
    def request_id(self) -> int | None:
        """The mandate that was asked for and on which it waits to become an organisation's."""
        return self.attribution.request_id if self.attribution is not None else None

    @request_id.setter
    def request_id(self, request_id: int | None) -> None:
        if request_id == self.request_id:
            return
        self.attribution = Attribution(request_id=request_id) if request_id else None

    def is_seen(self) -> bool:
        """Whether a public page tells something of it."""
        return contribution_is_seen(self)

    @property
    def text_is_public(self) -> bool:
        """Whether its text, its title included, may be shown to everybody."""
        return self.state is ContributionState.PUBLISHED

    @property
    def signatories(self) -> frozenset[int]:
        """The organisations whose name stands under it: its own, and who signed with it."""
        own = {self.organisation_id} if self.organisation_id is not None else set()
        return frozenset(own | {one.organisation_id for one in self.signed_by})

    @property
    def signed_by(self) -> list["CoSignature"]:
        """The signatures of other organisations that stand now."""
        return [one for one in self.co_signatures if one.withdrawn_at is None]


DERIVED = (
    Proposal.outcome,
    Proposal.comment_count,
    Proposal.support_count,
    Proposal.neutral_count,
    Proposal.object_count,
    Proposal.pass_count,
    Proposal.contested_count,
    Proposal.shown_count,
)
"""What is taken or counted from other rows."""
SINCE_0019 = (
    Proposal.author_role,
    Proposal.reference,
    Proposal.counted_support,
    Proposal.counted_neutral,
    Proposal.counted_object,
)
SINCE_0026 = (Proposal.continues_id,)
SINCE_0030 = (Proposal.not_for_publication, Proposal.not_for_publication_reason)
"""What the events of earlier versions do not bind, by the migration that added it."""


def is_handed_in(proposal: Proposal) -> bool:
    """Whether a proposal is more than a draft."""
    return proposal.state is not ContributionState.DRAFT


class FacetCount(Base):
    """How many published proposals of a round have a value of a facet; an empty value is none.

    The database keeps it itself, in the statement that changes a proposal (migration 0039): so no
    way of changing one can forget it. It counts in the slot of the connection: the number is the
    sum, and one slot alone may hold less than nothing.
    """

    round_id: Mapped[int] = public(ForeignKey("round.id"), primary_key=True)
    facet: Mapped[Facet] = public(choice(Facet), primary_key=True)
    value: Mapped[str] = public(String(40), primary_key=True)
    slot: Mapped[int] = public(primary_key=True, autoincrement=False)
    proposals: Mapped[int] = public(default=0)


class Attribution(Row, Base):
    """That a proposal handed in for oneself becomes that of an organisation (attributions.py)."""

    proposal_id: Mapped[int] = restricted(ForeignKey("proposal.id"), unique=True)
    request_id: Mapped[int | None] = restricted(ForeignKey("mandate_request.id"), index=True)
    """The mandate that was asked for, until that is decided."""
    attributed_at: Mapped[datetime | None] = public(Moment)
    """Since when it is shown as the organisation's."""

    proposal: Mapped[Proposal] = relationship(back_populates="attribution")
    asked: Mapped[MandateRequest | None] = relationship()


class CoSignature(Row, Base):
    """That an organisation puts its name under a proposal of another."""

    __table_args__ = (UniqueConstraint("proposal_id", "organisation_id"),)

    proposal_id: Mapped[int] = public(ForeignKey("proposal.id"))
    organisation_id: Mapped[int] = public(ForeignKey("organisation.id"), index=True)
    signed_by_id: Mapped[int] = restricted(ForeignKey("person.id"))
    text_version: Mapped[int] = public()
    """Which text was signed: a later one shows that it is another."""
    signed_at: Mapped[datetime] = public(Moment)
    withdrawn_at: Mapped[datetime | None] = public(Moment)

    organisation: Mapped[Organisation] = relationship()


class ProposalVersion(Row, Base):
    """One text that was handed in. Never changed; triggers see to it."""

    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    proposal_id: Mapped[int] = public(ForeignKey("proposal.id"))
    number: Mapped[int] = public()
    content: Mapped[dict[str, object]] = public(JSON)
    saved_at: Mapped[datetime] = public(Moment)
    saved_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    def is_seen(self) -> bool:
        """Whether a public page tells something of it: a new one comes with its proposal."""
        return not inspect(self).pending


class Attachment(Row, Base):
    """A file with a proposal."""

    proposal_id: Mapped[int] = public(ForeignKey("proposal.id"), index=True)
    file_id: Mapped[int] = public(ForeignKey("stored_file.id"), unique=True)

    file: Mapped[StoredFile] = relationship()


class Position(Row, Base):
    """What one person thinks of a proposal now."""

    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)

    proposal_id: Mapped[int] = restricted(ForeignKey("proposal.id"))
    person_id: Mapped[int] = restricted(ForeignKey("person.id"), index=True)
    stance: Mapped[Stance] = restricted(choice(Stance))
    sector: Mapped[Sector | None] = restricted(choice(Sector))
    """The sector for which the person took it, as it was then; none where that is not one."""
    reason: Mapped[str] = restricted(Text, default="")
    """For its author and the people who work on the plan: no moderator looks at it."""
    taken_at: Mapped[datetime] = restricted(Moment)
    organisation_id: Mapped[int | None] = restricted(ForeignKey("organisation.id"), index=True)
    """On behalf of which organisation it was taken."""

    person: Mapped[Person] = relationship()


class SectorCount(Base):
    """How many people of a sector took which position on a proposal.

    Kept in the transaction that takes a position, as the counts of the proposal are. What may be
    shown of it decides `sectors.shares_of`.
    """

    proposal_id: Mapped[int] = restricted(ForeignKey("proposal.id"), primary_key=True)
    sector: Mapped[Sector] = restricted(choice(Sector), primary_key=True)
    support_count: Mapped[int] = restricted(default=0)
    neutral_count: Mapped[int] = restricted(default=0)
    object_count: Mapped[int] = restricted(default=0)
    pass_count: Mapped[int] = restricted(default=0)


class PositionHistory(Row, Base):
    """Every position that was ever taken, in order."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (Index("ix_position_history_order", "proposal_id", "id"),)

    proposal_id: Mapped[int] = restricted(ForeignKey("proposal.id"))
    person_id: Mapped[int] = restricted(ForeignKey("person.id"), index=True)
    stance: Mapped[Stance] = restricted(choice(Stance))
    reason: Mapped[str] = restricted(Text, default="")
    taken_at: Mapped[datetime] = restricted(Moment)
