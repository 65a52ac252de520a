"""Answers of meetings to the policy's questions: who sits at the body, where the meeting stands."""

from datetime import datetime

from consult.consultation.meetings.models import Meeting, MeetingState
from consult.foundation.core.people import Actor
from consult.foundation.policy.questions import Answers, Question


def is_member(actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether the actor sits at the body of the meeting, also for an organisation."""
    return isinstance(subject, Meeting) and actor.grants.has("body", subject.body_id, "member")


def is_published(_actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether everyone may read what was said."""
    return _stands(subject, MeetingState.PUBLISHED)


def is_planned(_actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether a meeting can still be changed or cancelled; a new one always can."""
    return not isinstance(subject, Meeting) or subject.state is MeetingState.PLANNED


def is_not_cancelled(_actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether a meeting takes place, or took place."""
    return isinstance(subject, Meeting) and subject.state is not MeetingState.CANCELLED


def has_begun(_actor: Actor, subject: object, now: datetime) -> bool:
    """Whether there is something to note about a meeting."""
    return isinstance(subject, Meeting) and subject.has_begun(now)


def is_held(_actor: Actor, subject: object, _now: datetime) -> bool:
    """Whether the minutes of a meeting wait to be published."""
    return _stands(subject, MeetingState.HELD)


def _stands(subject: object, state: MeetingState) -> bool:
    return isinstance(subject, Meeting) and subject.state is state


ANSWERS: Answers = {
    Question.BODY_MEMBER: is_member,
    Question.MEETING_PUBLISHED: is_published,
    Question.MEETING_PLANNED: is_planned,
    Question.MEETING_STANDS: is_not_cancelled,
    Question.MEETING_BEGUN: has_begun,
    Question.MEETING_HELD: is_held,
}
