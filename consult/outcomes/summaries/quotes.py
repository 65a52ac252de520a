"""Summaries that say words which are left out of a contribution to their round."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.moderation.quoted_words import QuotedWords, any_says
from consult.consultation.moderation.redacted_copies import Rewriting
from consult.foundation.core.addresses import page_path
from consult.foundation.core.db import db
from consult.outcomes.summaries.models import Summary


def quotes(rewriting: Rewriting) -> Iterator[QuotedWords]:
    """Yield the summary of the round, where it says the words."""
    round_ = rewriting.contribution.round
    found = db.session.scalar(select(Summary).where(Summary.round_id == round_.id))
    if found is None:
        return
    if any_says(rewriting, found.introduction, *(one.text for one in found.sections)):
        yield QuotedWords(
            _l("The summary of the round"), page_path("summaries.edit", {"round_slug": round_.slug})
        )
