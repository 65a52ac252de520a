"""Beginning and ceasing to follow something."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.foundation.core.db import db
from consult.foundation.core.errors import NotAllowed
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.people.accounts.models import Person
from consult.people.following.models import Follow, FollowedKind
from consult.people.following.queries import MOST, find_follow, number_followed
from consult.people.following.searches import forget_searches
from consult.people.following.subjects import FollowedSubject


def follow(person: Person, subject: FollowedSubject, now: datetime) -> None:
    """Let a person hear of what happens to something; doing it again changes nothing.

    Raises NotFound for whoever may not read it, and NotAllowed where they follow very much.
    """
    ensure(person, Action.FOLLOW_BEGIN, subject, now)
    lock_rows(person)  # two clicks at once are one
    if find_follow(person.id, subject.kind, subject.id) is not None:
        return
    if number_followed(person.id) >= MOST:
        raise NotAllowed(
            _l("You follow %(most)s things already, which is the most.", most=MOST),
            _l("Stop following something first: the list stands on your page."),
        )
    db.session.add(Follow(person_id=person.id, kind=subject.kind, subject_id=subject.id, since=now))


def stop_following(person: Person, kind: FollowedKind, subject_id: int, now: datetime) -> None:
    """Let a person hear no more of something, whether or not they may still read it."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    found = find_follow(person.id, kind, subject_id)
    if found is not None:
        db.session.delete(found)
        forget_searches()
