"""Copies of a text that packages below keep: mails, notices, exports of people, suggested words.

Those packages know nothing of moderation, so it is moderation that registers for them.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.queries import discussed
from consult.consultation.moderation.redacted_copies import Rewriting
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.core.spelling import forget_words_of
from consult.foundation.notifications.models import Message, Notice
from consult.foundation.notifications.services import LONGEST_LINE, LONGEST_SUBJECT
from consult.people.privacy.exports import drop_exports_of


def rewrite_messages(_actor: Actor, rewriting: Rewriting, _now: datetime) -> None:
    """Leave words out of what the outbox holds, sent or not: what was sent is with its reader."""
    for one in messages_with(rewriting):
        one.subject = rewriting.rewritten(one.subject, LONGEST_SUBJECT)
        one.body = rewriting.rewritten(one.body)


def messages_with(rewriting: Rewriting) -> list[Message]:
    """Return the mails that tell of a contribution and hold words of it."""
    found = db.session.scalars(
        select(Message).where(
            or_(*_words_in(rewriting, Message.subject, Message.body)),
            or_(_is_about(rewriting, Message), Message.body.contains(_number_of(rewriting))),
        )
    )
    return [one for one in found if rewriting.holds(f"{one.subject}\n{one.body}")]


def rewrite_notices(_actor: Actor, rewriting: Rewriting, _now: datetime) -> None:
    """Leave words out of the notices that stand on the site, or wait for a digest."""
    for one in _notices_with(rewriting):
        one.line = rewriting.rewritten(one.line, LONGEST_LINE)


def _notices_with(rewriting: Rewriting) -> list[Notice]:
    found = db.session.scalars(
        select(Notice).where(
            or_(*_words_in(rewriting, Notice.line)),
            or_(_is_about(rewriting, Notice), Notice.line.contains(_number_of(rewriting))),
        )
    )
    return [one for one in found if rewriting.holds(one.line)]


def _words_in(
    rewriting: Rewriting, *columns: InstrumentedAttribute[str]
) -> list[ColumnElement[bool]]:
    """Return conditions that find all rows with the words; their patterns tell the rest apart."""
    longest = [max(one.words.split(), key=len) for one in rewriting.passages]
    return [column.contains(part, autoescape=True) for column in columns for part in longest]


def _is_about(rewriting: Rewriting, model: type[Message | Notice]) -> ColumnElement[bool]:
    """Return the condition that it is about a contribution, or about what is said on it."""
    subject = rewriting.contribution
    proposal = subject if isinstance(subject, Proposal) else discussed(subject)
    comments = select(Comment.id).where(Comment.thread_id == proposal.thread_id)
    return or_(
        (model.about_type == "proposal") & (model.about_id == proposal.id),
        (model.about_type == "comment") & model.about_id.in_(comments),
    )


def _number_of(rewriting: Rewriting) -> str:
    subject = rewriting.contribution
    proposal = subject if isinstance(subject, Proposal) else discussed(subject)
    return f"#{proposal.number}"


def drop_personal_exports(_actor: Actor, rewriting: Rewriting, now: datetime) -> None:
    """Drop the exports of their own data that lie ready for who wrote the words or got them."""
    told = {one.person_id for one in messages_with(rewriting)}
    told |= {one.person_id for one in _notices_with(rewriting)}
    drop_exports_of({one for one in told | {rewriting.contribution.author_id} if one}, now)


def forget_suggestions(_actor: Actor, rewriting: Rewriting, _now: datetime) -> None:
    """Let the words go that are suggested to who searches, unless another text holds them."""
    words = " ".join(one.words for one in rewriting.passages)
    forget_words_of(words, rewriting.contribution.language)
