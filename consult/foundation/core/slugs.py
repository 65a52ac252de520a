"""Slugs: the readable last part of an address, unique among its kind."""

import re
from itertools import count

from anyascii import anyascii
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.visible import says_nothing

LONGEST = 80
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# These stand where a slug could stand: /plans/new, /plans/<plan>/bodies/add.
RESERVED = frozenset({"new", "add", "requests"})


def slug_of(title: str, longest: int = LONGEST) -> str:
    """Make the words of a title readable in an address, in any script: 'План' becomes 'plan'.

    A title without a sign that can be spelt gives "".
    """
    spelt = anyascii(title).lower()
    return re.sub(r"[^a-z0-9]+", "-", spelt).strip("-")[:longest].strip("-")


def new_slug(
    column: InstrumentedAttribute[str], typed: str, title: str, *among: ColumnElement[bool]
) -> tuple[str, Sentence | None]:
    """Return the slug of something new, and what is wrong with it.

    Without one that was typed it is made from the title; where no sign of the title can be spelt,
    from the name of the kind, with a number behind it.
    """
    slug = typed or slug_of(title)
    if not slug and not says_nothing(title):
        slug = free_slug(column, column.class_.__tablename__, *among)
    return slug, slug_error(column, slug, *among)


def free_slug(column: InstrumentedAttribute[str], wanted: str, *among: ColumnElement[bool]) -> str:
    """Return a slug that is free: the one wanted, or that with a number behind it."""
    like_it = select(column).where(column.startswith(wanted, autoescape=True), *among)
    taken = RESERVED | set(db.session.scalars(like_it))
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(one for one in numbered if one not in taken)


def slug_error(
    column: InstrumentedAttribute[str], slug: str, *among: ColumnElement[bool]
) -> Sentence | None:
    """Say what is wrong with a slug; None if it can be used.

    `column` is the model's column of slugs, `among` what limits where it must be unique.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > LONGEST:
        return _l("Use small letters, digits and single hyphens, for example: round-2027.")
    if slug in RESERVED:
        return _l("This word is in use by the platform. Choose another one.")
    if db.session.scalar(select(column).where(column == slug, *among).limit(1)) is not None:
        return _l("This address is taken. Choose another one.")
    return None
