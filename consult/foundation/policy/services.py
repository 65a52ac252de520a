"""Asking the table."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.foundation.core.db import Base
from consult.foundation.core.errors import (
    NotAllowed,
    NotFound,
    Refusal,
    SecondFactorNeeded,
    SignInNeeded,
)
from consult.foundation.core.people import Actor, after_second_factor
from consult.foundation.core.row_locks import is_locked, lock_rows
from consult.foundation.core.unit_of_work import is_working
from consult.foundation.policy.actions import Action
from consult.foundation.policy.questions import Question
from consult.foundation.policy.table import alternatives


def can(actor: Actor, action: Action, subject: object, now: datetime) -> bool:
    """Whether the actor may do this to the subject at this moment."""
    return any(
        all(question.ask(actor, subject, now) for question in alternative)
        for alternative in alternatives(action)
    )


def ensure(actor: Actor, action: Action, subject: object, now: datetime) -> None:
    """Refuse (NotFound, SignInNeeded, NotAllowed) unless the table allows the act.

    Inside a unit of work, the subject is held first: the table is asked about the row as it is now,
    and nobody changes that before we are done.

    The refusal speaks for the alternative that came nearest: the one with the most questions
    answered yes before its first no.
    """
    if is_working() and isinstance(subject, Base) and not is_locked(subject):
        lock_rows(subject)
    nearest: tuple[int, Question] | None = None
    for alternative in alternatives(action):
        failed = next(
            (
                (place, question)
                for place, question in enumerate(alternative)
                if not question.ask(actor, subject, now)
            ),
            None,
        )
        if failed is None:
            return
        if nearest is None or failed[0] > nearest[0]:
            nearest = failed
    if nearest is None:
        raise LookupError(f"{action} has no alternative")
    later = after_second_factor(actor)
    if later is not None and can(later, action, subject, now):
        raise SecondFactorNeeded(
            _l("For this you need a second factor: an authenticator app or a passkey."),
            _l("Set one up, or give yours. Your text is below: copy it, and send it again then."),
        )
    if not _may_know_of(actor, subject, now):
        raise _nothing_here()
    raise _refusal(nearest[1])


def _may_know_of(actor: Actor, subject: object, now: datetime) -> bool:
    """Whether the actor may read the subject: to whoever may not, a refusal tells nothing of it.

    Some things say by which action they are read (`READ_BY`); of others, being there is no secret.
    """
    reading: Action | None = getattr(subject, "READ_BY", None)
    return reading is None or can(actor, reading, subject, now)


def _nothing_here() -> NotFound:
    return NotFound(_l("There is nothing here."), _l("Check the address, or search."))


def _refusal(question: Question) -> Refusal:
    wording = question.wording
    if wording.hides:
        return _nothing_here()
    if question is Question.SIGNED_IN:
        return SignInNeeded(wording.refusal, wording.help)
    return NotAllowed(wording.refusal, wording.help)
