"""The questions that the table asks. The packages that know register the answers.

A question's sentence is what a person reads when the answer is no; its help says what would. A
question that `hides` is refused as if the thing did not exist.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.foundation.core.people import Actor

Predicate = Callable[[Actor, Any, datetime], bool]
Answers = Mapping["Question", Predicate]
_answers: dict["Question", Predicate] = {}


@dataclass(frozen=True)
class Wording:
    """What a refusal says, and whether it may say so at all."""

    refusal: Sentence = ""
    help: Sentence = ""
    hides: bool = False


class Question(enum.Enum):
    """A question about actor, subject and moment, with the words of its refusal."""

    SIGNED_IN = Wording(_l("You need to sign in for this."))
    ADMINISTRATOR = Wording(_l("Only an administrator of the platform does this."))
    THE_PLATFORM = Wording(_l("Only the platform itself does this."))
    DEMONSTRATION = Wording(_l("This page exists in the demonstration only."), hides=True)
    READABLE = Wording(_l("Only who may read this follows it."), hides=True)
    OWN_EXPORT = Wording(_l("This export is not here, or no longer."), hides=True)
    OWN_UPLOAD = Wording(_l("This file is not here, or no longer."), hides=True)
    ORGANISER = Wording(
        _l("Only an organiser of this plan does this."),
        _l("Ask an organiser of the plan to give you that role."),
    )
    MODERATOR = Wording(
        _l("Only a moderator of this plan does this."),
        _l("Ask an organiser of the plan to give you that role."),
    )
    TEAM = Wording(
        _l("Only the people who work on this plan see this."),
        _l("Ask an organiser of the plan to give you a role."),
    )
    CONTACT = Wording(
        _l("Only the contact of this organisation does this."),
        _l("Ask an organiser of the plan who that is."),
    )
    SPEAKER = Wording(_l("Only the person who speaks for the organisation does this."))
    BODY_MEMBER = Wording(
        _l("Only members of this body read this before the minutes are published."),
        _l("Ask an organiser of the plan to make you a member."),
    )
    MEETING_PUBLISHED = Wording(_l("The minutes of this meeting are not published."))
    MEETING_PLANNED = Wording(_l("This meeting was held or cancelled already."))
    MEETING_STANDS = Wording(_l("This meeting was cancelled."))
    MEETING_BEGUN = Wording(
        _l("This meeting has not begun."), _l("Note who was there once it has.")
    )
    MEETING_HELD = Wording(
        _l("This meeting was not held, or its minutes are published already."),
        _l("Note who was there, and write the minutes first."),
    )
    INVITED = Wording(_l("Only who was invited answers this."), hides=True)
    INVITATION_OPEN = Wording(
        _l("This invitation was answered, or it is no longer valid."),
        _l("Ask who invited you for a new one."),
    )
    ROUND_ANNOUNCED = Wording(_l("This round has not been announced."), hides=True)
    ROUND_IS_DRAFT = Wording(_l("This round was announced already."))
    ROUND_NOT_OVER = Wording(_l("This round is over."))
    ROUND_OPENED = Wording(
        _l("This round does not take contributions yet."),
        _l("The round page says when it opens."),
    )
    ROUND_OPEN = Wording(
        _l("This round is closed."),
        _l("The round page says when it closed and what happens next."),
    )
    ROUND_CLOSED = Wording(
        _l("This round is still open."), _l("This can be done after the round has closed.")
    )
    ROUND_UNANSWERED = Wording(_l("The responses of this round were published already."))
    ROUND_READABLE = Wording(_l("Only participants read this round."), hides=True)
    PROPOSALS_TAKEN = Wording(_l("This round takes no proposals."))
    COMMENTS_TAKEN = Wording(_l("In this round nobody comments."))
    POSITIONS_TAKEN = Wording(_l("In this round nobody takes a position."))
    STATEMENTS_TAKEN = Wording(_l("This round takes no statements."))
    THEMES_ASKED = Wording(_l("This round does not ask about themes."))
    VOTES_TAKEN = Wording(_l("In this round nobody votes."))
    TAKES_PART = Wording(
        _l("This round is for members of the bodies that it addresses."),
        _l("Ask an organiser of the plan to make you a member."),
    )
    AUTHOR = Wording(_l("Only its author does this."), hides=True)
    NOT_OWN = Wording(
        _l("You wrote this yourself."), _l("Another moderator has to decide about it.")
    )
    DRAFT = Wording(_l("This was handed in already."), _l("Revise it on its own page."))
    PUBLIC = Wording(_l("This is not public."), hides=True)
    TEXT_PUBLIC = Wording(_l("This text is not public."), hides=True)
    PENDING = Wording(_l("Somebody decided about this already."))
    PUBLISHED = Wording(_l("This is not published."), _l("A moderator decides about it first."))
    FOR_PUBLICATION = Wording(
        _l("Its author wants this read, and not published."),
        _l("You can answer it. Only its author can let it be published: ask them."),
    )
    NOT_FOR_PUBLICATION = Wording(_l("This is not kept from publication."))
    UNREVIEWED = Wording(_l("A moderator looked at this already."))
    HANDED_IN = Wording(_l("This was not handed in."), hides=True)
    RETURNED = Wording(_l("This was not returned to its author."))
    REVISABLE = Wording(_l("This can no longer be revised."))
    WITHDRAWABLE = Wording(_l("This was withdrawn already."))
    HIDEABLE = Wording(_l("This is not visible to the public."))
    HIDDEN = Wording(_l("This was not hidden."))
    SECOND_LOOK = Wording(
        _l("This asks for no second look of yours."),
        _l("Whoever hid a text does not confirm it themselves."),
    )
    OWN_DECISION = Wording(_l("Only who decided takes that back."), hides=True)
    DECISION_HELD = Wording(
        _l("This decision took effect already, or was taken back."),
        _l("Look at it as it is now, and decide again if you must."),
    )
    LATE = Wording(_l("This did not arrive late."))
    PUBLISHED_SUMMARY = Wording(_l("This summary is not published."), hides=True)
    PUBLISHED_COMMITMENT = Wording(_l("This commitment is not published."), hides=True)
    UNPUBLISHED_COMMITMENT = Wording(_l("This commitment was published already."))

    @property
    def wording(self) -> Wording:
        """The words of the refusal."""
        return self.value

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return self is other

    def ask(self, actor: Actor, subject: object, now: datetime) -> bool:
        """Ask the question; an unanswered question is a fault of the program (KeyError)."""
        return _answers[self](actor, subject, now)


def answer(answers: Answers) -> None:
    """Register who answers questions: the table of a package's room `answers.py`."""
    _answers.update(answers)


def unanswered() -> list[Question]:
    """List the questions that nobody answers; the application does not start with one."""
    return [question for question in Question if question not in _answers]


def _signed_in(actor: Actor, _subject: object, _now: datetime) -> bool:
    return actor.is_authenticated and actor.is_active


def _administrator(actor: Actor, _subject: object, _now: datetime) -> bool:
    return actor.grants.has("platform", 0, "administrator")


def _the_platform(actor: Actor, _subject: object, _now: datetime) -> bool:
    return actor.grants.has("platform", 0, "system")


ANSWERS: Answers = {
    Question.SIGNED_IN: _signed_in,
    Question.ADMINISTRATOR: _administrator,
    Question.THE_PLATFORM: _the_platform,
}
