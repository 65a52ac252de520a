"""Commitments that say words which are left out of a proposal that they were made from."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.moderation.quoted_words import QuotedWords, any_says
from consult.consultation.moderation.redacted_copies import Rewriting
from consult.foundation.core.addresses import page_path
from consult.foundation.core.db import db
from consult.outcomes.commitments.models import Commitment


def quotes(rewriting: Rewriting) -> Iterator[QuotedWords]:
    """Yield the commitments of the plan that say the words."""
    plan = rewriting.contribution.round.plan
    of_plan = select(Commitment).where(Commitment.plan_id == plan.id)
    for one in db.session.scalars(of_plan.order_by(Commitment.number)):
        texts = (one.title, one.problem, one.description, one.results, one.relevance, one.funding)
        notes = [source.note for source in one.sources]
        if any_says(rewriting, *texts, one.partners, *notes):
            here = {"plan_slug": plan.slug, "number": one.number}
            yield QuotedWords(
                _l("Commitment %(number)s", number=one.number),
                page_path("commitments.edit", here),
            )
