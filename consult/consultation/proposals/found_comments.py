"""Comments that a search finds, each with the proposal that it is on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from consult.consultation.comments.models import Comment
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import public_comment
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page
from consult.foundation.core.search import HitCount, WordSearch
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation

_NEWEST_FIRST = Keyset(Comment.id, descending=True)


@dataclass(frozen=True)
class FoundComment:
    """A public comment on a public proposal, as a list of what was found shows it."""

    id: int
    number: int
    body: str
    language: str
    arrived_at: datetime
    author: str | None
    organisation: str | None
    proposal_number: int
    proposal_title: str
    proposal_language: str


def _found(round_id: int) -> Select[int]:
    return (
        select(Comment.id)
        .join(Proposal, Proposal.thread_id == Comment.thread_id)
        .where(
            Comment.round_id == round_id,
            # What was said about a proposal that is hidden is not shown, and not found.
            public_comment(),
        )
    )


def count_found_comments(round_id: int, query: str) -> HitCount:
    """Count the public comments of a round that a search finds; one statement."""
    return _words(query).count(_found(round_id))


def _words(query: str) -> WordSearch:
    return WordSearch("comment", query, Comment.id)


def find_comments(
    round_id: int,
    query: str,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    *,
    hits: HitCount | None = None,
) -> Page[FoundComment]:
    """Return a page of the public comments of a round that a search finds, newest first.

    `hits` is what `count_found_comments` counted, where it did.
    """
    statement = (
        _found(round_id)
        .add_columns(
            Comment.number,
            Comment.body,
            Comment.language,
            Comment.arrived_at,
            Person.display_name,
            Organisation.name,
            Proposal.number,
            Proposal.title,
            Proposal.language,
        )
        .outerjoin(Person, Person.id == Comment.author_id)
        .outerjoin(Organisation, Organisation.id == Comment.organisation_id)
    )
    return _words(query).page(_NEWEST_FIRST, statement, cursor, size, make=FoundComment, hits=hits)
