"""What the page with a round's proposals shows: the list, how to narrow it, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from consult.consultation.proposals.facets import (
    Facets,
    count_listed,
    facets_of,
    organisations_in,
)
from consult.consultation.proposals.found_comments import (
    FoundComment,
    count_found_comments,
    find_comments,
)
from consult.consultation.proposals.listing import ProposalFilter, count_found, list_proposals
from consult.consultation.proposals.queries import ListedProposal
from consult.foundation.core.errors import Sentence
from consult.foundation.core.pages import Page
from consult.foundation.core.search import HitCount, fault_in
from consult.foundation.core.spelling import suggestion


@dataclass(frozen=True)
class ListPage:
    """The list of a round as a reader asked for it; what it shows is read when it is shown.

    Raises InvalidInput then, for a filter, an order or a cursor that we do not know.
    """

    round_id: int
    wanted: ProposalFilter
    cursor: str | None
    team: bool
    """Whether it is for who works on the plan, and sees what is not public."""
    in_comments: bool
    """Whether the comments that a search finds are listed, and not the proposals."""

    @cached_property
    def query_fault(self) -> Sentence | None:
        """Why nothing can be searched for with these words."""
        return fault_in(self.wanted.query)

    @property
    def _searches(self) -> bool:
        return self.wanted.query != "" and self.query_fault is None

    @cached_property
    def hits(self) -> HitCount | None:
        """How many proposals a search found; None where nothing was searched for."""
        if not self._searches:
            return None
        return count_found(self.round_id, self.wanted, team=self.team)

    @cached_property
    def comment_hits(self) -> HitCount | None:
        """How many comments a search found."""
        if not self._searches:
            return None
        return count_found_comments(self.round_id, self.wanted.query)

    @cached_property
    def facets(self) -> Facets:
        """By what the list can be narrowed."""
        return facets_of(self.round_id, self.hits)

    @cached_property
    def organisations(self) -> Mapping[str, str]:
        """The names of the organisations that the list can be narrowed to."""
        return organisations_in(self.round_id)

    @cached_property
    def page(self) -> Page[ListedProposal] | Page[FoundComment]:
        """What is listed."""
        if self.in_comments:
            return find_comments(
                self.round_id, self.wanted.query, self.cursor, hits=self.comment_hits
            )
        return list_proposals(
            self.round_id, self.wanted, self.cursor, team=self.team, hits=self.hits
        )

    @cached_property
    def number_found(self) -> HitCount | None:
        """How many proposals the filters leave; None where there is no filter."""
        if not self.wanted.filtered or self.hits is not None or self.query_fault:
            return self.hits
        return count_listed(self.round_id, self.wanted, self.facets, team=self.team)

    @cached_property
    def meant(self) -> str | None:
        """What a reader may have meant who found nothing."""
        if self.hits is None or self.hits or self.comment_hits:
            return None
        return suggestion(self.wanted.query, self._finds)

    def _finds(self, query: str) -> bool:
        public = replace(ProposalFilter(), query=query)
        return bool(
            count_found(self.round_id, public) or count_found_comments(self.round_id, query)
        )
