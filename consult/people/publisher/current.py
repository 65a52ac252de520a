"""The publisher as pages, mails and documents show it: remembered, so that a page asks nothing.

A process reads the row at most once in ten seconds, and anew for a page that is kept for everybody
where anything changed since (core/page_cache.py); over a connection of its own: what is not
committed yet is never remembered. The process that changes it forgets what it knew; others, on
other machines too, follow within those seconds. Where the database does not answer, what was last
known stays: a page that says so can still be made.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.languages import pick
from consult.foundation.core.page_cache import seen_revision
from consult.foundation.core.public_revision import Revision
from consult.foundation.files.models import StoredFile
from consult.foundation.notifications.email import Sender
from consult.people.publisher.colours import shades_of
from consult.people.publisher.models import Publisher, PublisherText

KEPT = timedelta(seconds=10)
_KEY = "publisher"
_reading = threading.Lock()
THEME_ACCENT, THEME_BAND = "#6b1a6b", "#3b1040"
"""The colours of the theme, for what no style sheet reaches: mails, the bar of a browser."""
DIGEST = 12
"""Signs of a digest in the address of a file that may be kept for a year."""


@dataclass(frozen=True)
class ShownPublisher(PublisherText):
    """Who speaks here, as far as anybody may know; empty where nobody filled it in yet."""

    logo_holds_name: bool = False
    logo_digest: str = ""
    logo_type: str = ""

    @property
    def is_known(self) -> bool:
        """Whether somebody said who speaks here."""
        return any(self.name.values())

    @property
    def is_reachable(self) -> bool:
        """Whether there is a way to write, call or go there."""
        return bool(self.email or self.phone or self.address)

    @property
    def title(self) -> str:
        """Return the name in the reader's language, or that of the software."""
        return pick(self.name)[0] or "Consult"

    @property
    def name_language(self) -> str:
        """Return the language of the name that the reader gets."""
        return pick(self.name)[1]

    @cached_property
    def tokens(self) -> Mapping[str, str]:
        """Return the colours that take the place of the theme's; none where none are chosen."""
        return shades_of(self.accent, self.band).tokens() if self.accent else {}

    @cached_property
    def colours_digest(self) -> str:
        """Return a name for the colours; empty where none are chosen."""
        return sha256(repr(self.tokens).encode()).hexdigest()[:DIGEST] if self.tokens else ""

    @cached_property
    def look_digest(self) -> str:
        """Return a name for all that is seen of the publisher: name, colours and logo."""
        seen = repr((dict(self.name), self.tokens, self.logo_digest))
        return sha256(seen.encode()).hexdigest()[:DIGEST]

    @property
    def bar(self) -> str:
        """Return the colour that a browser may give its own bar: that of the band."""
        return self.tokens.get("--consult-band", THEME_BAND)

    @property
    def missing(self) -> list[object]:
        """Return what an administrator has still to fill in, in words."""
        found = [
            (_l("the name"), self.is_known),
            (_l("how you are reached"), self.is_reachable),
            (_l("who you are"), any(self.about.values())),
            (_l("the imprint"), any(self.imprint.values())),
        ]
        return [said for said, is_there in found if not is_there]

    def logo_address(self) -> str:
        """Return the address of the logo; empty without one."""
        return url_for("publisher_files.logo", v=self.logo_digest) if self.logo_digest else ""


_OF_LOGO = {"logo_digest", "logo_type"}
"""What stands in the row of its file."""
NOBODY = ShownPublisher()


@dataclass(frozen=True)
class _Remembered:
    shown: ShownPublisher
    read_at: datetime
    seen: Revision | None

    def is_fresh(self, at: datetime) -> bool:
        """Whether the present request may tell it: a kept page tells what was read for it."""
        seen = seen_revision()
        if seen is not None:
            return self.seen is not None and self.seen.pages == seen.pages
        return abs(at - self.read_at) < KEPT


def current_publisher() -> ShownPublisher:
    """Return who speaks here; it never fails."""
    at = now()
    known: _Remembered | None = current_app.extensions.get(_KEY)
    if known is not None and known.is_fresh(at):
        return known.shown
    if not _reading.acquire(blocking=known is None or seen_revision() is not None):
        return known.shown if known else NOBODY  # another thread reads it now
    try:
        read: _Remembered | None = current_app.extensions.get(_KEY)
        if read is None or not read.is_fresh(at):  # nor did another thread meanwhile
            read = _Remembered(read_publisher(), at, seen_revision())
            current_app.extensions[_KEY] = read
    except SQLAlchemyError:
        return known.shown if known else NOBODY
    else:
        return read.shown
    finally:
        _reading.release()


def read_publisher() -> ShownPublisher:
    """Return who speaks here, read now: for what is kept longer than a page."""
    shown = [name for name in ShownPublisher.__dataclass_fields__ if name not in _OF_LOGO]
    statement = select(
        *(getattr(Publisher, name) for name in shown), StoredFile.sha256, StoredFile.media_type
    ).outerjoin(StoredFile, StoredFile.id == Publisher.logo_id)
    with db.engine.connect() as connection:
        found = connection.execute(statement).first()
    if found is None:
        return NOBODY
    *said, digest, kind = found
    return ShownPublisher(
        **dict(zip(shown, said, strict=True)),
        logo_digest=(digest or "")[:DIGEST],
        logo_type=kind or "",
    )


def forget() -> None:
    """Forget who speaks here: the next page reads it anew."""
    current_app.extensions.pop(_KEY, None)


def forget_after_commit() -> None:
    """Forget it once the present change is committed, and not where it is not."""
    session: Session = db.session()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def _forget(_session: Session) -> None:
        app.extensions.pop(_KEY, None)

    event.listen(session, "after_commit", _forget, once=True)


def contact_address() -> str:
    """Return where people report what does not work: the publisher's, or that of the setting."""
    return current_publisher().email or str(current_app.config["CONTACT"])


def sender() -> Sender:
    """Return who sends a mail, in the language that is being written in now."""
    shown = current_publisher()
    if not shown.is_known:
        return Sender()
    return Sender(shown.title, shown.accent or THEME_ACCENT, shown.email, shown.phone)
