"""What a person does with a comment: add, revise, withdraw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l

from consult.consultation.comments import states
from consult.consultation.comments.models import ABOUT_THEMES, Comment, CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.notices import tell_arrived, tell_published
from consult.consultation.comments.publication import reason_missing, refuse_if_once_public
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.services import lock_for_input
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotFound, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.series import reserve_number
from consult.foundation.core.visible import says_nothing
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.models import Receipt
from consult.foundation.record.services import record, record_with_receipt
from consult.people.organisations.on_behalf import remember_choice
from consult.people.privacy.consents import ensure_agreed

DEEPEST = 4
"""How deep answers to answers go; a deeper one stands beside the one it answers."""


class Discussable(Protocol):
    """Whatever people comment on."""

    @property
    def thread_id(self) -> int | None:
        """Its thread; there is none before it is public."""

    @property
    def round(self) -> Round:
        """Its round."""

    @property
    def signatories(self) -> frozenset[int]:
        """The organisations whose name stands under it."""


@dataclass(frozen=True)
class CommentText:
    """What somebody wrote in the form of a comment."""

    body: str
    kind: CommentKind = CommentKind.REACTION
    language: str = "nl"
    organisation_id: int | None = None
    not_for_publication: bool = False
    not_for_publication_reason: str = ""


def add_comment(
    actor: Actor,
    discussed: Discussable,
    text: CommentText,
    arrived: datetime,
    opened_at: datetime | None,
    parent: Comment | None = None,
    agreed_in: str | None = None,
) -> Receipt:
    """Add a comment, or an answer to one, and return the receipt. A late one is kept as late.

    `agreed_in` is the language in which its writer agreed to the conditions, on this form. Raises
    NotAllowed for whoever may not take part, InvalidInput for an organisation that the actor does
    not speak for or who did not agree, NotFound for an answer to what is not public in this thread.
    """
    ensure(actor, Action.COMMENT_ADD, discussed, arrived)
    ensure_agreed(actor, agreed_in, arrived)
    thread_id = _check(actor, discussed, text, parent)
    remember_choice(actor, text.organisation_id, arrived)
    lock_for_input(discussed.round)
    comment = Comment(
        thread_id=thread_id,
        round_id=discussed.round.id,
        number=reserve_number(Comment.number, Comment.thread_id, thread_id),
        author_id=actor.actor_id,
        state=State.DRAFT,
        arrived_at=arrived,
        **vars(text),
    )
    _place(comment, parent)
    late = discussed.round.is_late(arrived, opened_at)
    states.arrive(comment, discussed.round, arrived, late=late)
    db.session.add(comment)
    db.session.flush()
    states.make_findable(comment)
    _tell(comment, arrived)
    verb = "comment.received_late" if late else "comment.added"
    receipt = _record(actor, comment, discussed.round, verb, arrived)
    states.count_arrival(comment)
    return receipt


def _tell(comment: Comment, now: datetime) -> None:
    """Ask to tell of a comment that was taken in: moderators, and whoever is answered."""
    tell_arrived("comment", comment.id, comment.version, now)
    if comment.state is State.PUBLISHED:
        tell_published(comment, now)


def may_dissent(actor: Actor, discussed: Discussable) -> bool:
    """Whether the actor speaks for an organisation whose name stands under the text."""
    return bool(actor.grants.ids("organisation") & discussed.signatories)


def _check(actor: Actor, discussed: Discussable, text: CommentText, parent: Comment | None) -> int:
    _ensure_complete(text)
    spoken_for = actor.grants.ids("organisation")
    if text.organisation_id is not None and text.organisation_id not in spoken_for:
        not_theirs = _l(
            "It is not recorded that you speak for this organisation. Ask an organiser to record "
            "it, or write for yourself."
        )
        raise InvalidInput(_l("Nothing is sent."), errors={"organisation_id": not_theirs})
    if text.kind in ABOUT_THEMES and not rules_of(discussed.round).asks_about_themes:
        not_here = _l("Only of a theme one says this. Choose another kind of comment.")
        raise InvalidInput(_l("This cannot be stored as it is."), errors={"kind": not_here})
    if text.kind is CommentKind.DISSENT and not may_dissent(actor, discussed):
        not_signed = _l(
            "A dissenting note is for who speaks for an organisation that signed this. Write it "
            "as a reaction."
        )
        raise InvalidInput(_l("Nothing is sent."), errors={"kind": not_signed})
    if parent and (parent.thread_id != discussed.thread_id or parent.state is not State.PUBLISHED):
        raise NotFound(_l("The comment that you answer is not here."))
    if discussed.thread_id is None:
        raise NotFound(_l("Nobody can comment on this yet."))
    return discussed.thread_id


def _ensure_complete(text: CommentText) -> None:
    errors: dict[str, Sentence] = reason_missing(text)
    if says_nothing(text.body):
        errors["body"] = _l("Write your comment first.")
    if errors:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)


def _place(comment: Comment, parent: Comment | None) -> None:
    if parent is None:
        return
    if parent.depth >= DEEPEST:
        comment.parent_id, comment.depth = parent.parent_id, parent.depth
    else:
        comment.parent_id, comment.depth = parent.id, parent.depth + 1
    comment.root_id = parent.root_id or parent.id


def _said(comment: Comment) -> dict[str, object]:
    more = {
        "organisation": comment.organisation_id,
        "not_for_publication": comment.not_for_publication_reason,
    }
    kept = {name: said for name, said in more.items() if said}
    return {"body": comment.body, "kind": comment.kind.value, **kept}


def _record(actor: Actor, comment: Comment, round_: Round, verb: str, now: datetime) -> Receipt:
    return record_with_receipt(
        actor,
        verb,
        comment,
        now,
        content=_said(comment),
        plan_id=round_.plan_id,
        round_id=round_.id,
    )


def revise_comment(actor: Actor, comment: Comment, text: CommentText, now: datetime) -> Receipt:
    """Hand in a new text of a comment that was returned; it goes back to the queue.

    What its author now wants read only goes out of it.
    """
    ensure(actor, Action.COMMENT_REVISE, comment, now)
    refuse_if_once_public(comment, text)
    _ensure_complete(text)
    comment.body = text.body
    comment.kind = text.kind
    comment.language = text.language
    comment.not_for_publication = text.not_for_publication
    comment.not_for_publication_reason = text.not_for_publication_reason
    states.resubmit(comment)
    states.make_findable(comment)
    tell_arrived("comment", comment.id, comment.version + 1, now)
    return _record(actor, comment, comment.round, "comment.revised", now)


def withdraw_comment(actor: Actor, comment: Comment, now: datetime) -> None:
    """Withdraw a comment; answers to it keep standing."""
    ensure(actor, Action.COMMENT_WITHDRAW, comment, now)
    states.withdraw(comment)
    record(
        actor,
        "comment.withdrawn",
        comment,
        now,
        plan_id=comment.round.plan_id,
        round_id=comment.round_id,
    )


def agree_to_publish_comment(actor: Actor, comment: Comment, now: datetime) -> None:
    """Let a comment be published that was not for publication; it goes to the queue.

    Nobody but its author does so, and a moderator looks at it first.
    """
    ensure(actor, Action.COMMENT_AGREE_TO_PUBLISH, comment, now)
    comment.not_for_publication, comment.not_for_publication_reason = False, ""
    states.resubmit(comment)
    record(
        actor,
        "comment.agreed_to_publish",
        comment,
        now,
        plan_id=comment.round.plan_id,
        round_id=comment.round_id,
    )
    db.session.flush()
    tell_arrived("comment", comment.id, comment.version, now)
