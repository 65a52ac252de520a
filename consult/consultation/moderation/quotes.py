"""Other contributions, reasons, notes and reports that say words which are left out of a text."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import Decision, ModeratorNote, Report
from consult.consultation.moderation.queries import number_of
from consult.consultation.moderation.quoted_words import QuotedWords, any_says
from consult.consultation.moderation.redacted_copies import RedactedWords, Rewriting
from consult.consultation.moderation.redaction import redactable_fields
from consult.consultation.moderation.subjects import Moderated, about, kind_of
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.addresses import page_path
from consult.foundation.core.db import db
from consult.foundation.core.search import found_ids

SomeContribution = TypeVar("SomeContribution", Proposal, Comment)


def quotes(rewriting: Rewriting) -> Iterator[QuotedWords]:
    """Yield what else says the words: contributions of the plan, and what moderators wrote."""
    subject = rewriting.contribution
    if any(rewriting.holds(reason) for reason in db.session.scalars(_reasons(subject))):
        path = page_path("moderation.log", {"round_slug": subject.round.slug})
        yield QuotedWords(_l("The reason of a decision, which nobody can change"), path)
    kept = [
        *db.session.scalars(select(ModeratorNote.text).where(about(ModeratorNote, subject))),
        *db.session.scalars(select(Report.sentence).where(about(Report, subject))),
    ]
    if any_says(rewriting, *kept):
        yield QuotedWords(_l("A note or a report, which only moderators read"), _path(subject))
    for one in _others(rewriting):
        if any_says(rewriting, *redactable_fields(one).values()):
            number = number_of(one)
            what = (
                _l("Proposal %(number)s", number=number)
                if isinstance(one, Proposal)
                else _l("Comment %(number)s", number=number)
            )
            yield QuotedWords(what, _path(one))


def _reasons(subject: Moderated) -> Select[str]:
    return select(Decision.reason).where(about(Decision, subject))


def _path(subject: Moderated) -> str:
    here = {"kind": kind_of(subject), "public_id": subject.public_id}
    return page_path("moderation.item", here)


def _others(rewriting: Rewriting) -> Iterator[Moderated]:
    """Yield the other contributions of the plan that hold all words of a passage."""
    subject, seen = rewriting.contribution, set[str]()
    for passage in rewriting.passages:
        found: list[Moderated] = [
            *_with_words(Proposal, subject, passage),
            *_with_words(Comment, subject, passage),
        ]
        for one in found:
            if one.public_id not in {subject.public_id, *seen}:
                seen.add(one.public_id)
                yield one


def _with_words(
    model: type[SomeContribution], subject: Moderated, passage: RedactedWords
) -> Sequence[SomeContribution]:
    ids = found_ids(model.__tablename__, passage.words)
    of_plan = select(Round.id).where(Round.plan_id == subject.round.plan_id)
    found = select(model).where(model.id.in_(ids), model.round_id.in_(of_plan))
    return db.session.scalars(found.order_by(model.id)).all()
