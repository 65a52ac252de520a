"""One search over everything that is public: plans, rounds, contributions, answers, meetings.

Each kind has its statement, in which stands again what makes it public: what was indexed while it
was public and is not any more is not found.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.consultation.comments.models import Comment
from consult.consultation.meetings.models import Meeting
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import public_comment, public_proposal
from consult.consultation.rounds.models import Readers, Round, RoundKind
from consult.foundation.core.languages import in_all_languages, pick
from consult.foundation.core.pages import Keyset, Page
from consult.foundation.core.search import HitCount, WordSearch
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.responses.models import Response
from consult.people.organisations.models import Body


class FoundKind(enum.StrEnum):
    """What a search finds."""

    PROPOSAL = "proposal"
    COMMENT = "comment"
    RESPONSE = "response"
    COMMITMENT = "commitment"
    ROUND = "round"
    PLAN = "plan"
    MEETING = "meeting"


@dataclass(frozen=True)
class Hit:
    """One thing that was found: where it stands, and the texts in which words are marked."""

    href: str
    title: str
    language: str
    text: str
    text_language: str
    at: datetime | None = None
    number: str = ""
    """Under which it is cited: #12, or #12.3."""
    within: Mapping[str, str] | None = None
    """The name of the round, plan or body in which it stands."""
    in_round: RoundKind | None = None
    """The kind of the round in which it was handed in."""


@dataclass(frozen=True)
class _Source:
    """How one kind is found: its statement, the id that sorts it, and how a row is shown."""

    statement: Select[*tuple[Any, ...]]
    key: InstrumentedAttribute[int]
    hit: Callable[..., Hit]


_PUBLIC_ROUND: tuple[ColumnElement[bool], ...] = (
    Round.published_at.is_not(None),
    Round.readers == Readers.EVERYONE,
)
_PUBLIC_PROPOSAL: tuple[ColumnElement[bool], ...] = (
    public_proposal(),
    Proposal.published_at.is_not(None),
    *_PUBLIC_ROUND,
)


def _proposal_hit(
    slug: str, round_title: Mapping[str, str], round_kind: RoundKind, number: int, title: str,
    language: str, text: str, at: datetime | None,
) -> Hit:  # fmt: skip
    href = url_for("publishing.proposal", round_slug=slug, number=number)
    return Hit(href, title, language, text, language, at, f"#{number}", round_title, round_kind)


def _comment_hit(
    slug: str, round_title: Mapping[str, str], _kind: RoundKind, number: int, title: str,
    language: str, comment: int, body: str, spoken: str, at: datetime | None,
) -> Hit:  # fmt: skip
    href = url_for(
        "publishing.proposal",
        round_slug=slug,
        number=number,
        comment=comment,
        _anchor=f"comment-{comment}",
    )
    return Hit(href, title, language, body, spoken, at, f"#{number}.{comment}", round_title)


def _response_hit(
    slug: str, round_title: Mapping[str, str], _kind: RoundKind, number: int, title: str,
    language: str, reason: str, first: str, translations: Mapping[str, str], at: datetime | None,
) -> Hit:  # fmt: skip
    href = url_for("publishing.proposal", round_slug=slug, number=number, _anchor="response")
    reason, spoken = pick(in_all_languages(first, reason, translations))
    return Hit(href, title, language, reason, spoken, at, f"#{number}", round_title)


def _localized_hit(
    href: str,
    title: Mapping[str, str],
    text: Mapping[str, str],
    at: datetime | None = None,
    within: Mapping[str, str] | None = None,
) -> Hit:
    (said, language), (more, spoken) = pick(title), pick(text)
    return Hit(href, said, language, more, spoken, at, within=within)


_OPENED = case((Round.dates_known, Round.opens_at))
"""When a round opened; nothing where nobody knows."""


def _contributions() -> dict[FoundKind, _Source]:
    on_proposal = (
        Round.slug, Round.title, Round.kind, Proposal.number, Proposal.title, Proposal.language,
    )  # fmt: skip
    return {
        FoundKind.PROPOSAL: _Source(
            select(*on_proposal, Proposal.action, Proposal.arrived_at)
            .join(Round, Round.id == Proposal.round_id)
            .where(*_PUBLIC_PROPOSAL),
            Proposal.id,
            _proposal_hit,
        ),
        FoundKind.COMMENT: _Source(
            select(*on_proposal, Comment.number, Comment.body, Comment.language, Comment.arrived_at)
            .join(Comment, Comment.thread_id == Proposal.thread_id)
            .join(Round, Round.id == Proposal.round_id)
            .where(public_comment(), *_PUBLIC_PROPOSAL),
            Comment.id,
            _comment_hit,
        ),
        FoundKind.RESPONSE: _Source(
            select(
                *on_proposal,
                Response.reason,
                Response.language,
                Response.translations,
                Response.given_at,
            )
            .join(Response, Response.proposal_id == Proposal.id)
            .join(Round, Round.id == Proposal.round_id)
            .where(Response.published_at.is_not(None), *_PUBLIC_PROPOSAL),
            Response.id,
            _response_hit,
        ),
    }


def _pages() -> dict[FoundKind, _Source]:
    return {
        FoundKind.COMMITMENT: _Source(
            select(
                Plan.slug, Commitment.number, Commitment.title, Commitment.description,
                Commitment.published_at, Plan.title,
            )
            .join(Plan, Plan.id == Commitment.plan_id)
            .where(Commitment.published_at.is_not(None)),
            Commitment.id,
            lambda slug, number, *said: _localized_hit(
                url_for("publishing.commitment", plan_slug=slug, number=number), *said
            ),
        ),
        FoundKind.ROUND: _Source(
            select(Round.slug, Round.title, Round.introduction, _OPENED, Plan.title)
            .join(Plan, Plan.id == Round.plan_id)
            .where(*_PUBLIC_ROUND),
            Round.id,
            lambda slug, *said: _localized_hit(
                url_for("publishing.round", round_slug=slug), *said
            ),
        ),
        FoundKind.PLAN: _Source(
            select(Plan.slug, Plan.title, Plan.introduction),
            Plan.id,
            lambda slug, *said: _localized_hit(url_for("publishing.plan", plan_slug=slug), *said),
        ),
        FoundKind.MEETING: _Source(
            select(
                Body.slug, Meeting.number, Meeting.title, Meeting.minutes, Meeting.starts_at,
                Body.name,
            ).join(Body, Body.id == Meeting.body_id),
            Meeting.id,
            lambda slug, number, *said: _localized_hit(
                url_for("meetings.meeting", body_slug=slug, number=number), *said
            ),
        ),
    }  # fmt: skip


_SOURCES = {**_contributions(), **_pages()}


def _words(kind: FoundKind, query: str) -> WordSearch:
    return WordSearch(kind.value, query, _SOURCES[kind].key)


def _rows(source: _Source) -> Select[*tuple[Any, ...]]:
    # SQLite would go through the rounds, and sort all that is in them.
    return source.statement.with_hint(source.key.class_, "NOT INDEXED", "sqlite")


def count_everything(query: str) -> dict[FoundKind, HitCount]:
    """Count what a question finds of each kind; one statement for each."""
    return {kind: _words(kind, query).count(_rows(one)) for kind, one in _SOURCES.items()}


def find_everything(
    kind: FoundKind, query: str, cursor: str | None = None, hits: HitCount | None = None
) -> Page[Hit]:
    """Return a page of what a question finds of one kind, the newest first.

    `hits` is how many `count_everything` counted of it, where it did.
    """
    source = _SOURCES[kind]
    newest_first = Keyset(source.key, descending=True)
    words, rows = _words(kind, query), _rows(source)
    return words.page(newest_first, rows, cursor, make=source.hit, hits=hits)
