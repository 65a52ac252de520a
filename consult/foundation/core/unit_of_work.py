"""The one place that commits: everything inside the block happens, or nothing does."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import structlog
from sqlalchemy import String, UniqueConstraint, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from consult.foundation.core.clock import now
from consult.foundation.core.db import Base, Moment, Row, Shown, begin_writing, db, private, secret
from consult.foundation.core.errors import Clash, Refusal, SentBefore

log = structlog.get_logger()


class IdempotentRequest(Row, Base):
    """A form that was posted, by its idempotency key: a second click gets the first answer."""

    shown_on: ClassVar = Shown.NOWHERE

    __tablename__ = "once"

    __table_args__ = (UniqueConstraint("actor", "key"),)

    actor: Mapped[str] = private(String(40))
    key: Mapped[str] = secret(String(64))
    fingerprint: Mapped[str] = secret(String(64))
    leads_to: Mapped[str] = private(String(500))
    done_at: Mapped[datetime] = private(Moment, index=True)


@dataclass(frozen=True)
class IdempotencyKey:
    """Who posted which form (`actor`, `key`), and a digest of what was in it."""

    actor: str
    key: str
    fingerprint: str

    @classmethod
    def of(cls, actor: str, key: str, body: str) -> "IdempotencyKey":
        """Make the key of a form; `body` is what was posted, in a stable order."""
        return cls(actor, key[:64], hashlib.sha256(body.encode()).hexdigest())


class AlreadyDone(Exception):  # noqa: N818
    """The same form was posted before; `leads_to` is the address of the first answer."""

    def __init__(self, leads_to: str) -> None:
        super().__init__(leads_to)
        self.leads_to = leads_to


@dataclass
class Work:
    """One piece of work; the view says where its answer stands."""

    leads_to: str = ""


_FIRST_ANSWER = select(IdempotentRequest).where(
    IdempotentRequest.actor == bindparam("actor"), IdempotentRequest.key == bindparam("key")
)


def _first_answer(key: IdempotencyKey) -> IdempotentRequest | None:
    return db.session.scalar(_FIRST_ANSWER, {"actor": key.actor, "key": key.key})


def first_answer(key: IdempotencyKey) -> str | None:
    """Return where the first answer to a form stands; None if it was not sent before like this."""
    found = _first_answer(key)
    return found.leads_to if found and found.fingerprint == key.fingerprint else None


def is_spent(key: IdempotencyKey) -> bool:
    """Whether a form with this key was sent and taken, with whatever in it."""
    return _first_answer(key) is not None


def _refuse_repeat(key: IdempotencyKey | None) -> None:
    """Answer as the first time (AlreadyDone) where this form was posted before.

    Raises SentBefore where it was posted with something else in it.
    """
    if key is None or (found := _first_answer(key)) is None:
        return
    if found.fingerprint == key.fingerprint:
        raise AlreadyDone(found.leads_to)
    raise SentBefore(found.leads_to)


def _keep_answer(key: IdempotencyKey | None, work: Work) -> None:
    if key is not None:
        db.session.add(
            IdempotentRequest(
                actor=key.actor,
                key=key.key,
                fingerprint=key.fingerprint,
                leads_to=work.leads_to,
                done_at=now(),
            )
        )


# What a database says when two acts met: PostgreSQL by its code (Appendix A of its manual), SQLite
# by a name. That a row must be there, or must not be, is a fault of the program, and stays one.
_MET = frozenset({
    "23503", "23505", "23P01", "40001", "40P01", "55P03",
    "SQLITE_CONSTRAINT_FOREIGNKEY", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE",
})  # fmt: skip
_DONE, _WORKS = "done", "works"


def _met(error: Exception) -> bool:
    """Whether an error says no more than that somebody else acted at the same instant."""
    if isinstance(error, DBAPIError):
        said = getattr(error.orig, "sqlstate", None)
        return (said or getattr(error.orig, "sqlite_errorname", None)) in _MET
    return isinstance(error, StaleDataError | ObjectDeletedError)


def _where(error: Exception) -> str:
    """Name the constraint or the kind of error, and no value: those may be of a person."""
    told = getattr(getattr(error, "orig", None), "diag", None)
    return getattr(told, "constraint_name", None) or type(getattr(error, "orig", error)).__name__


def is_working() -> bool:
    """Whether we are inside a unit of work."""
    return bool(db.session.info.get(_WORKS))


def has_done_work() -> bool:
    """Whether something was committed since the session was opened (one per request)."""
    return bool(db.session.info.get(_DONE))


@contextmanager
def unit_of_work(once: IdempotencyKey | None = None) -> Iterator[Work]:
    """Do one piece of work: commit at the end, roll back on any exception.

    With `once`, a form that was posted before raises `AlreadyDone` and changes nothing. Where
    somebody else did something at the same instant that this cannot stand beside, it raises
    `Clash`, on either database and whatever stood in the way.
    """
    session = db.session
    work = Work()
    try:
        begin_writing(session())
        session.info[_WORKS] = True
        _refuse_repeat(once)
        yield work
        _keep_answer(once, work)
        session.commit()
        session.info[_DONE] = True
    except Refusal:
        session.rollback()
        # Two clicks at the same instant: the other one was first, and may be why this is refused.
        _refuse_repeat(once)
        raise
    except Exception as error:
        session.rollback()
        if not _met(error):
            raise
        _refuse_repeat(once)
        log.info("two acts met", at=_where(error))
        raise Clash from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WORKS, None)


def commit_library_work() -> None:
    """Commit what a library (Flask-Security) changed in its own views."""
    try:
        db.session.commit()
        db.session.info[_DONE] = True
    except BaseException:
        db.session.rollback()
        raise
