"""Answers that say words which are left out of the proposal that they are about."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.consultation.moderation.quoted_words import QuotedWords, any_says
from consult.consultation.moderation.redacted_copies import Rewriting
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.addresses import page_path
from consult.foundation.core.db import db
from consult.outcomes.responses.models import Response


def quotes(rewriting: Rewriting) -> Iterator[QuotedWords]:
    """Yield the answer to a proposal that says the words; what it was before counts too."""
    proposal = rewriting.contribution
    if not isinstance(proposal, Proposal):
        return
    of_it = select(Response).where(Response.proposal_id == proposal.id)
    found = db.session.scalar(of_it.options(joinedload(Response.corrections)))
    if found is None:
        return
    before = [text for one in found.corrections for text in (one.reasons, one.because)]
    if any_says(rewriting, found.reasons, *before):
        here = {"round_slug": proposal.round.slug, "number": proposal.number}
        yield QuotedWords(_l("The answer to it"), page_path("responses.prepare", here))
