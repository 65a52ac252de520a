"""The table of jobs."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped

from consult.foundation.core.db import Base, Moment, Row, Shown, private, restricted


class Job(Row, Base):
    """One piece of work to do after the commit."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (Index("ix_job_open", "done_at", "run_at"),)

    kind: Mapped[str] = restricted(String(60))
    payload: Mapped[dict[str, object]] = private(JSON)
    key: Mapped[str] = restricted(String(120), unique=True)
    run_at: Mapped[datetime] = restricted(Moment)
    attempts: Mapped[int] = restricted(default=0)
    claimed_until: Mapped[datetime | None] = restricted(Moment)
    done_at: Mapped[datetime | None] = restricted(Moment)
    failed_at: Mapped[datetime | None] = restricted(Moment)
    last_error: Mapped[str] = restricted(Text, default="")


class Queue(Base):
    """How a queue stands: who walks it now, and whether its other end is away (see queues)."""

    shown_on: ClassVar = Shown.NOWHERE

    __tablename__ = "lane"

    name: Mapped[str] = restricted(String(40), primary_key=True)
    holder: Mapped[str] = restricted(String(36), default="")
    held_until: Mapped[datetime | None] = restricted(Moment)
    paused_until: Mapped[datetime | None] = restricted(Moment)
    failing_since: Mapped[datetime | None] = restricted(Moment)
    failures: Mapped[int] = restricted(default=0)
    last_error: Mapped[str] = restricted(Text, default="")
