"""Slugs: the readable last part of an address, unique among its kind."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from consult.core.db import db
from consult.core.errors import Sentence

LONGEST = 80
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# These stand where a slug could stand: /plans/new.
RESERVED = frozenset({"new"})


def slug_error(column: Any, slug: str, *among: ColumnElement[bool]) -> Sentence | None:
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
