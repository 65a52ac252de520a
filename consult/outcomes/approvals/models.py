"""Frozen versions of a plan."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from consult.consultation.moderation.models import Ground
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import Base, Moment, Row, choice, public, restricted, secret


class PlanVersion(Row, Base):
    """The exact text of a plan at a moment: `content` is canonical JSON.

    The digest is that of the sealed text (approvals/sealing); of a version from before there was
    one, it is the SHA-256 of `content`. Triggers let nothing change but content, label and salts,
    and those only where an omission stands (below).
    """

    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    plan_id: Mapped[int] = public(ForeignKey("plan.id"))
    number: Mapped[int] = public()
    label: Mapped[str] = public(String(120))
    content: Mapped[str] = public(Text)
    digest: Mapped[str] = public(String(64))
    sealed: Mapped[str | None] = public(Text)
    salts: Mapped[dict[str, str]] = secret(JSON, default=dict)
    """What opens the sealed text: the salt of each field, but of those that were removed."""
    checkpoint: Mapped[str | None] = public(Text)
    """The latest checkpoint of the public log when it was frozen."""
    frozen_at: Mapped[datetime] = public(Moment)
    frozen_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    plan: Mapped[Plan] = relationship()
    omissions: Mapped[list["Omission"]] = relationship(order_by="Omission.id")


class Omission(Row, Base):
    """That a field of a frozen version is left out, or words of it, and on which ground.

    A salted digest binds what stood there, so that the same text can be put back and no other.
    """

    version_id: Mapped[int] = public(ForeignKey("plan_version.id"), index=True)
    pointer: Mapped[str] = public(String(200))
    """Which field of the content: a JSON Pointer (RFC 6901)."""
    proposal_id: Mapped[int | None] = public(ForeignKey("proposal.id"), index=True)
    """Whose title it is, where it goes and comes back with that proposal."""
    ground: Mapped[Ground | None] = public(choice(Ground))
    """None where its author withdrew the proposal, or has it back to change it."""
    reason: Mapped[str] = public(Text, default="")
    whole: Mapped[bool] = public(default=True)
    """Whether the whole field is left out, or words within it."""
    removed: Mapped[bool] = public(default=False)
    """Whether the text is gone from the database too, and not only from what readers get."""
    salt: Mapped[str] = secret(String(64))
    digest: Mapped[str] = public(String(64))
    omitted_at: Mapped[datetime] = public(Moment)
    omitted_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = public(Moment)
    """When the field was put back."""

    proposal: Mapped[Proposal | None] = relationship(viewonly=True)
