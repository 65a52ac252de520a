"""Moderation decisions, and what moderators keep among themselves about a contribution."""

import enum
from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, relationship

from consult.consultation.comments.models import Comment, ContributionState
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Row,
    Shown,
    choice,
    index_where_null,
    private,
    public,
    random_id,
    restricted,
)
from consult.people.accounts.models import Person


class Verb(enum.StrEnum):
    """What was decided."""

    PUBLISH = "publish"
    RETURN = "return"
    HIDE = "hide"
    RESTORE = "restore"
    ADMIT = "admit"
    KEEP = "keep"
    """Looked at after it was public, and it stays."""
    CONFIRM = "confirm"
    """A second moderator agrees that it is hidden."""
    REVERSE = "reverse"
    """A hiding is taken back, by who hid it at once or by a second moderator."""
    REDACT = "redact"
    """Words are left out of the text for good."""
    UNREDACT = "unredact"
    """Words that were left out are put back, by who left them out a moment before."""


EXCEPTIONS = frozenset(Verb) - {Verb.PUBLISH, Verb.KEEP}
"""All but what is decided about most contributions: they stand out in the log."""


class Ground(enum.StrEnum):
    """Why something was hidden."""

    PERSONAL_DATA = "personal_data"
    OFFENSIVE = "offensive"
    DISCRIMINATION = "discrimination"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off_topic"
    UNLAWFUL = "unlawful"
    SOURCE_MODERATION = "source_moderation"


class RedactedKind(enum.StrEnum):
    """What was left out of a text: what the detectors of personal data know, or something else."""

    CITIZEN_NUMBER = "citizen_number"
    BANK_ACCOUNT = "bank_account"
    TELEPHONE = "telephone"
    EMAIL = "email"
    ADDRESS = "address"
    NAME = "name"
    DATE_OF_BIRTH = "date_of_birth"
    LICENCE_PLATE = "licence_plate"
    DOCUMENT_NUMBER = "document_number"
    FILE = "file"
    """A file that nobody but the team opens any more, with its name."""
    OTHER = "other"


class Decision(Row, Base):
    """One decision about one contribution."""

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        Index("ix_decision_log", "round_id", "id"),
        Index("ix_decision_verbs", "round_id", "verb"),
    )

    round_id: Mapped[int] = public(ForeignKey("round.id"))
    proposal_id: Mapped[int | None] = public(ForeignKey("proposal.id"), index=True)
    comment_id: Mapped[int | None] = public(ForeignKey("comment.id"), index=True)
    verb: Mapped[Verb] = public(choice(Verb))
    ground: Mapped[Ground | None] = public(choice(Ground))
    reason: Mapped[str] = public(Text, default="")
    decided_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = public(Moment)
    """None where the source of an import does not say."""

    proposal: Mapped[Proposal | None] = relationship()
    comment: Mapped[Comment | None] = relationship()
    decided_by: Mapped[Person | None] = relationship()


class OnContribution:
    """A row about one proposal or one comment of a round, that is for who moderates only."""

    @declared_attr
    def round_id(self) -> Mapped[int]:
        """Refer to the round of the contribution."""
        return restricted(ForeignKey("round.id"))

    @declared_attr
    def proposal_id(self) -> Mapped[int | None]:
        """Refer to the proposal, unless it is about a comment."""
        return restricted(ForeignKey("proposal.id"), index=True)

    @declared_attr
    def comment_id(self) -> Mapped[int | None]:
        """Refer to the comment, unless it is about a proposal."""
        return restricted(ForeignKey("comment.id"), index=True)

    @declared_attr
    def round(self) -> Mapped[Round]:
        """Lead to the round."""
        return relationship(Round)

    @declared_attr
    def proposal(self) -> Mapped[Proposal | None]:
        """Lead to the proposal."""
        return relationship(Proposal)

    @declared_attr
    def comment(self) -> Mapped[Comment | None]:
        """Lead to the comment."""
        return relationship(Comment)


class HeldDecision(Row, OnContribution, Base):
    """What a moderator decided a moment ago and may take back, until `until`.

    Publishing and returning take effect then; hiding took effect at once, and is told then.
    """

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        index_where_null(
            "ix_held_decision_proposal", "proposal_id", null="settled_at", unique=True
        ),
        index_where_null("ix_held_decision_comment", "comment_id", null="settled_at", unique=True),
        Index("ix_held_decision_mine", "decided_by_id", "id"),
    )

    public_id: Mapped[str] = restricted(Identifier, unique=True, default=random_id)
    verb: Mapped[Verb] = restricted(choice(Verb, "heldverb"))
    ground: Mapped[Ground | None] = restricted(choice(Ground, "heldground"))
    reason: Mapped[str] = restricted(Text, default="")
    number: Mapped[str] = restricted(String(30))
    """The number by which the contribution is cited: #12, or #12.3 for a comment."""
    seen: Mapped[int] = restricted()
    """The version of the contribution that was read."""
    decided_by_id: Mapped[int] = restricted(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = restricted(Moment)
    until: Mapped[datetime] = restricted(Moment)
    act: Mapped[str] = restricted(Identifier, index=True)
    """What was decided with one press is taken back with one."""
    state_before: Mapped[ContributionState] = restricted(
        choice(ContributionState, "heldstatebefore")
    )
    decision_id: Mapped[int | None] = restricted(ForeignKey("decision.id"))
    """The decision on the record, once it took effect."""
    settled_at: Mapped[datetime | None] = restricted(Moment)
    taken_back_at: Mapped[datetime | None] = restricted(Moment)
    refusal: Mapped[str] = restricted(Text, default="")
    """Why it did not take effect, where the contribution had changed meanwhile."""

    decided_by: Mapped[Person] = relationship()
    decision: Mapped[Decision | None] = relationship()


class Claim(Row, OnContribution, Base):
    """That a moderator is reading a contribution, so that no other takes it up: for a while."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        UniqueConstraint("proposal_id"),
        UniqueConstraint("comment_id"),
    )

    person_id: Mapped[int] = restricted(ForeignKey("person.id"), index=True)
    until: Mapped[datetime] = restricted(Moment)

    person: Mapped[Person] = relationship()


class SuspectedData(Row, OnContribution, Base):
    """Where a contribution may hold personal data, as a machine saw it: places, and not the text.

    It holds for the version that was looked at; a later one was not looked at yet.
    """

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        UniqueConstraint("proposal_id"),
        UniqueConstraint("comment_id"),
    )

    version: Mapped[int] = restricted()
    places: Mapped[dict[str, list[list[int | str]]]] = restricted(JSON)
    """By field: where each piece begins and ends, and its kind."""
    number: Mapped[int] = restricted()
    """How many pieces there are, those in files included."""
    looked_at: Mapped[datetime] = restricted(Moment)


class ModeratorNote(Row, OnContribution, Base):
    """What moderators say to each other about a contribution. It is never public."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        Index("ix_moderator_note_discussed", "round_id", "to_discuss", "settled_at"),
    )

    text: Mapped[str] = private(Text)
    to_discuss: Mapped[bool] = restricted(default=False)
    """Whether it asks the others what they think, until somebody decides or settles it."""
    written_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"), index=True)
    """None once their account was closed."""
    written_at: Mapped[datetime] = restricted(Moment)
    settled_at: Mapped[datetime | None] = restricted(Moment)
    settled_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    written_by: Mapped[Person | None] = relationship(foreign_keys=[written_by_id])


class SecondLook(Row, OnContribution, Base):
    """That a hiding asks for two people: open until a second moderator confirms or reverses it."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        index_where_null("ix_second_look_open", "round_id", "id", null="settled_at"),
    )

    decision_id: Mapped[int] = restricted(ForeignKey("decision.id"), unique=True)
    state_before: Mapped[ContributionState] = restricted(
        choice(ContributionState, "secondlookstatebefore")
    )
    """Where the contribution goes when the hiding is reversed."""
    asked_at: Mapped[datetime] = restricted(Moment)
    settled_at: Mapped[datetime | None] = restricted(Moment)
    settled_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    decision: Mapped[Decision] = relationship()


class Redaction(Row, Base):
    """A passage that is left out of a text: in which field, of what kind; never what it said."""

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
    )

    round_id: Mapped[int] = public(ForeignKey("round.id"))
    proposal_id: Mapped[int | None] = public(ForeignKey("proposal.id"), index=True)
    comment_id: Mapped[int | None] = public(ForeignKey("comment.id"), index=True)
    decision_id: Mapped[int] = public(ForeignKey("decision.id"), index=True)
    """The decision in the log, with its ground and its reason."""
    field: Mapped[str] = public(String(40))
    """The field of the contribution in which it stood."""
    kind: Mapped[RedactedKind] = public(choice(RedactedKind))
    redacted_at: Mapped[datetime] = public(Moment)
    redacted_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = public(Moment)
    """When the words were put back, where leaving them out was a slip."""

    decision: Mapped[Decision] = relationship()


class SealedText(Row, OnContribution, Base):
    """The text of a field as it was before words were left out of it.

    For moderators and organisers, each opening on the record; no page and no export has it.
    """

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
    )

    decision_id: Mapped[int] = restricted(ForeignKey("decision.id"), index=True)
    field: Mapped[str] = restricted(String(40))
    text_version: Mapped[int | None] = restricted()
    """In which text that was handed in it stood; None for the present one."""
    file_id: Mapped[int | None] = restricted(ForeignKey("stored_file.id"), index=True)
    """The file whose name it is, of a file that is held back."""
    original: Mapped[str] = restricted(Text)
    passages: Mapped[list[list[str]]] = restricted(JSON)
    """What was left out of all texts: each the words, and the mark that stands there now."""
    sealed_at: Mapped[datetime] = restricted(Moment)


class ModerationRules(Base):
    """What moderators of a plan agreed on: ready reasons, and grounds that ask for two people."""

    shown_on: ClassVar = Shown.NOWHERE

    plan_id: Mapped[int] = restricted(ForeignKey("plan.id"), primary_key=True)
    reasons: Mapped[dict[str, dict[str, list[str]]]] = restricted(JSON, default=dict)
    """Ready reasons by verb and language, in the order in which they are offered."""
    grounds_for_two: Mapped[list[str]] = restricted(JSON, default=list)
    changed_at: Mapped[datetime] = restricted(Moment)
    version: Mapped[int] = restricted(default=1)

    plan: Mapped[Plan] = relationship()

    __mapper_args__ = {"version_id_col": version}


class ReportKind(enum.StrEnum):
    """What somebody says is wrong with a public text."""

    PERSONAL_DATA = "personal_data"
    OFFENSIVE = "offensive"
    DISCRIMINATION = "discrimination"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off_topic"
    UNLAWFUL = "unlawful"
    OTHER = "other"


class ReportOutcome(enum.StrEnum):
    """What became of a report."""

    TAKEN_AWAY = "taken_away"
    """The text is no longer public."""
    STAYS = "stays"


class Report(Row, OnContribution, Base):
    """That somebody reported a public text to the moderators: open until `settled_at` is set."""

    __table_args__ = (
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        index_where_null("ix_report_open", "round_id", "id", null="settled_at"),
    )

    kind: Mapped[ReportKind] = restricted(choice(ReportKind))
    sentence: Mapped[str] = private(Text)
    """What is wrong, in the words of who reported it."""
    reported_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"), index=True)
    """None once their account was closed."""
    reported_at: Mapped[datetime] = restricted(Moment)
    outcome: Mapped[ReportOutcome | None] = restricted(choice(ReportOutcome))
    answer: Mapped[str] = restricted(Text, default="")
    """What the moderator wrote to who reported it."""
    settled_at: Mapped[datetime | None] = restricted(Moment)
    settled_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    reported_by: Mapped[Person | None] = relationship(foreign_keys=[reported_by_id])
