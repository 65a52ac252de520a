"""What following keeps about people: what they follow, until they stop or close their account."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, select

from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import Rule
from consult.people.following.models import Follow, FollowedKind, FollowedSearch
from consult.people.following.searches import forget_searches


def _my_searches(person_id: int) -> ColumnElement[bool]:
    mine = select(Follow.subject_id).where(
        Follow.person_id == person_id, Follow.kind == FollowedKind.SEARCH
    )
    return FollowedSearch.id.in_(mine)


PARTS = (
    ExportPart("follows", _l("What I follow"), Follow, (Follow.person_id,), place=18),
    ExportPart(
        "followed_searches", _l("Searches that I follow"), FollowedSearch, where=_my_searches,
        leaves_out=("made_at",), place=19,
    ),
)  # fmt: skip


def stop_all(_actor: Actor, person_id: int, _now: datetime) -> None:
    """Forget what somebody followed whose account closes."""
    db.session.execute(delete(Follow).where(Follow.person_id == person_id))
    forget_searches()


RULES = (
    Rule(
        "follows", _l("What somebody follows"), _l("they began to follow it"), None,
        _l("deleted when they stop, or close their account"),
        _l("Without it nobody could be told."),
    ),
)  # fmt: skip
