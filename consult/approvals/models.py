"""Frozen versions of a plan."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from consult.core.db import Base, Moment, Row, public, restricted
from consult.plans.models import Plan


class PlanVersion(Row, Base):
    """The exact text of a plan at a moment. `content` is canonical JSON, `digest` its SHA-256."""

    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    plan_id: Mapped[int] = public(ForeignKey("plan.id"))
    number: Mapped[int] = public()
    label: Mapped[str] = public(String(120))
    content: Mapped[str] = public(Text)
    digest: Mapped[str] = public(String(64))
    frozen_at: Mapped[datetime] = public(Moment)
    frozen_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))

    plan: Mapped[Plan] = relationship()
