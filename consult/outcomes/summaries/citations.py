"""Citations: #12 is proposal 12 of the round, #12.3 the third comment on it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from consult.consultation.comments.models import Comment, ContributionState
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db

_CITATION = re.compile(r"(?<![\w#&/=?])#(\d{1,6})(?:\.(\d{1,6}))?(?![\w])")


@dataclass(frozen=True, order=True)
class Cited:
    """What a citation names: a proposal's number, and a comment's on it, or None."""

    proposal: int
    comment: int | None = None

    def __str__(self) -> str:
        return f"#{self.proposal}" + (f".{self.comment}" if self.comment is not None else "")


def citations_in(texts: Iterable[str]) -> list[Cited]:
    """Return what some texts cite, each once, in order of number."""
    found = {
        Cited(int(match[1]), int(match[2]) if match[2] else None)
        for text in texts
        for match in _CITATION.finditer(text)
    }
    return sorted(found, key=lambda cited: (cited.proposal, cited.comment or 0))


def linked(text: str, address: Callable[[Cited], str | None]) -> str:
    """Turn the citations of a Markdown text into links; unknown ones stay as they are."""

    def link(match: re.Match[str]) -> str:
        cited = Cited(int(match[1]), int(match[2]) if match[2] else None)
        to = address(cited)
        return f"[{match[0]}]({to})" if to else match[0]

    return _CITATION.sub(link, text)


@dataclass(frozen=True)
class Found:
    """The rows behind a citation."""

    proposal_id: int
    comment_id: int | None


def find_cited(round_id: int, wanted: Iterable[Cited]) -> dict[Cited, Found]:
    """Find the public contributions that are cited; what is not public is not found."""
    wanted = list(wanted)
    numbers = {cited.proposal for cited in wanted}
    public = (ContributionState.PUBLISHED, ContributionState.WITHDRAWN)
    rows = db.session.execute(
        select(Proposal.number, Proposal.id, Comment.number, Comment.id)
        .outerjoin(
            Comment,
            (Comment.thread_id == Proposal.thread_id)
            & Comment.number.in_({cited.comment for cited in wanted} - {None})
            & Comment.state.in_(public)
            & Comment.published_at.is_not(None),
        )
        .where(
            Proposal.round_id == round_id,
            Proposal.number.in_(numbers),
            Proposal.state.in_(public),
            Proposal.published_at.is_not(None),
        )
    ).all()
    known: dict[Cited, Found] = {}
    for number, proposal_id, comment_number, comment_id in rows:
        if number is None:
            continue
        known[Cited(number)] = Found(proposal_id, None)
        if comment_id is not None:
            known[Cited(number, comment_number)] = Found(proposal_id, comment_id)
    return {cited: known[cited] for cited in wanted if cited in known}


def find_unquotable(round_id: int, unknown: Iterable[Cited]) -> list[Cited]:
    """Return which of some citations name what its author wants read, and not published."""
    unknown = list(unknown)
    rows = db.session.execute(
        select(Proposal.number, Proposal.not_for_publication, Comment.number)
        .outerjoin(
            Comment,
            (Comment.thread_id == Proposal.thread_id)
            & Comment.number.in_({cited.comment for cited in unknown} - {None})
            & Comment.not_for_publication,
        )
        .where(
            Proposal.round_id == round_id,
            Proposal.number.in_({cited.proposal for cited in unknown}),
        )
    ).all()
    whole = {number for number, not_for_publication, _ in rows if not_for_publication}
    said = {(number, comment) for number, _, comment in rows if comment is not None}
    return sorted(
        one for one in unknown if one.proposal in whole or (one.proposal, one.comment) in said
    )
