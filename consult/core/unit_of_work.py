"""The one place that commits: everything inside the block happens, or nothing does."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.exc import StaleDataError

from consult.core.clock import now
from consult.core.db import Base, Moment, Row, begin_writing, db, private, secret
from consult.core.errors import Conflict, Refusal, SentBefore


class Once(Row, Base):
    """A form that was posted, by its idempotency key: a second click gets the first answer."""

    __table_args__ = (UniqueConstraint("actor", "key"),)

    actor: Mapped[str] = private(String(40))
    key: Mapped[str] = secret(String(64))
    fingerprint: Mapped[str] = secret(String(64))
    leads_to: Mapped[str] = private(String(500))
    done_at: Mapped[datetime] = private(Moment, index=True)


@dataclass(frozen=True)
class OnceKey:
    """Who posted which form (`actor`, `key`), and a digest of what was in it."""

    actor: str
    key: str
    fingerprint: str

    @classmethod
    def of(cls, actor: str, key: str, body: str) -> "OnceKey":
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


def _first_answer(key: OnceKey) -> Once | None:
    return db.session.scalar(select(Once).where(Once.actor == key.actor, Once.key == key.key))


def first_answer(key: OnceKey) -> str | None:
    """Give where the first answer to a form stands; None if it was not sent before like this."""
    found = _first_answer(key)
    return found.leads_to if found and found.fingerprint == key.fingerprint else None


def is_spent(key: OnceKey) -> bool:
    """Tell whether a form with this key was sent and taken, with whatever in it."""
    return _first_answer(key) is not None


def _refuse_repeat(key: OnceKey | None) -> None:
    """Give the first answer (AlreadyDone) where this form was posted before.

    Raises SentBefore where it was posted with something else in it.
    """
    if key is None or (found := _first_answer(key)) is None:
        return
    if found.fingerprint == key.fingerprint:
        raise AlreadyDone(found.leads_to)
    raise SentBefore(found.leads_to)


@contextmanager
def unit_of_work(once: OnceKey | None = None) -> Iterator[Work]:
    """Do one piece of work: commit at the end, roll back on any exception.

    With `once`, a form that was posted before raises `AlreadyDone` and changes nothing. A text
    that somebody else changed meanwhile raises `Conflict`.
    """
    session = db.session
    work = Work()
    try:
        begin_writing(session())
        _refuse_repeat(once)
        yield work
        if once:
            session.add(
                Once(
                    actor=once.actor,
                    key=once.key,
                    fingerprint=once.fingerprint,
                    leads_to=work.leads_to,
                    done_at=now(),
                )
            )
        session.commit()
    except (IntegrityError, Refusal):
        session.rollback()
        # Two clicks at the same instant: the other one was first, and may be why this is refused.
        _refuse_repeat(once)
        raise
    except StaleDataError as stale:
        session.rollback()
        _refuse_repeat(once)
        raise Conflict(
            _l("Somebody else changed this while you were working on it."),
            _l("Open the page again and compare."),
        ) from stale
    except BaseException:
        session.rollback()
        raise


def commit_library_work() -> None:
    """Commit what a library (Flask-Security) changed in its own views."""
    try:
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
