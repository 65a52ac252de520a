"""Counting how often somebody did something, in the database that all nodes share.

For sites on PostgreSQL that have no Redis: only posts of a few forms are counted, and opened keys.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from limits.storage import Storage
from sqlalchemy import String, case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped

from consult.foundation.core.clock import system_time
from consult.foundation.core.db import Base, Moment, Row, Shown, db, private, secret

IN_DATABASE = "database://"
"""What says that limits are counted here (RATELIMIT_STORAGE_URI)."""


class RateCount(Row, Base):
    """How often somebody did something in a period, until it ends."""

    shown_on: ClassVar = Shown.NOWHERE

    key: Mapped[str] = secret(String(300), unique=True)
    number: Mapped[int] = private()
    ends_at: Mapped[datetime] = private(Moment, index=True)


class DatabaseCounts(Storage):
    """The storage of the `limits` library, in a table of PostgreSQL.

    Each count is a transaction of its own: what a request does besides may be refused.
    """

    STORAGE_SCHEME = [IN_DATABASE.partition(":")[0]]

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what goes wrong where the database is away."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count once more, in a new period where the one before has ended."""
        at = system_time()
        fresh = {"number": amount, "ends_at": at + timedelta(seconds=expiry)}
        counts = insert(RateCount).values(key=key[:300], **fresh)
        ended = RateCount.ends_at <= at
        changed = counts.on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                "number": case((ended, amount), else_=RateCount.number + amount),
                "ends_at": case((ended, fresh["ends_at"]), else_=RateCount.ends_at),
            },
        ).returning(RateCount.number)
        with db.engine.begin() as connection:
            return int(connection.execute(changed).scalar_one())

    def _found(self, key: str) -> tuple[int, datetime]:
        at = system_time()
        wanted = select(RateCount.number, RateCount.ends_at).where(
            RateCount.key == key[:300], RateCount.ends_at > at
        )
        with db.engine.connect() as connection:
            row = connection.execute(wanted).first()
        return (row.number, row.ends_at) if row else (0, at)

    def get(self, key: str) -> int:
        """Return how often it was done in this period."""
        return self._found(key)[0]

    def get_expiry(self, key: str) -> float:
        """Return when the period ends, as a Unix time."""
        return self._found(key)[1].timestamp()

    def check(self) -> bool:
        """Whether the table can be read."""
        try:
            self._found("")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int:
        """Forget every count."""
        with db.engine.begin() as connection:
            return int(connection.execute(delete(RateCount)).rowcount)

    def clear(self, key: str) -> None:
        """Forget one count."""
        with db.engine.begin() as connection:
            connection.execute(delete(RateCount).where(RateCount.key == key[:300]))
