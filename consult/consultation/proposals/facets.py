"""By what the proposals of a round can be narrowed: only what is there, with how many there are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import String, cast, func, select

from consult.consultation.proposals.listing import NONE, ProposalFilter, count_found
from consult.consultation.proposals.models import Facet, FacetCount, Proposal
from consult.foundation.core.db import db
from consult.foundation.core.search import HitCount
from consult.people.organisations.models import Organisation

Facets = Mapping[Facet, Mapping[str, int]]
"""Of each facet its values, as a filter names them, and how many proposals have each."""
COLUMNS = {
    Facet.THEME: Proposal.theme_id,
    Facet.SECTOR: Proposal.sector,
    Facet.BODY: Proposal.body_id,
    Facet.ORGANISATION: Proposal.organisation_id,
    Facet.OUTCOME: Proposal.outcome,
}
WITHOUT = frozenset({Facet.THEME, Facet.SECTOR, Facet.BODY})
"""Facets whose filter can also ask for what has none."""


def facets_of(round_id: int, hits: HitCount | None = None) -> Facets:
    """Return what the published proposals of a round can be narrowed by; one statement.

    `hits` is what a search found: then only what is among those counts, where they are few enough
    to be counted. The numbers of the whole round are kept, and cost the same for any round.
    """
    counted: dict[Facet, Counter[str]] = {facet: Counter() for facet in Facet}
    if hits is not None and hits.is_exact:
        rows = db.session.execute(select(*COLUMNS.values()).where(Proposal.id.in_(hits.ids)))
        for row in rows:
            for facet, value in zip(COLUMNS, row, strict=True):
                counted[facet][_named(value)] += 1
    else:
        kept = select(FacetCount.facet, FacetCount.value, FacetCount.proposals)
        for facet, value, number in db.session.execute(kept.where(FacetCount.round_id == round_id)):
            counted[facet][_named(value)] += number
    return {facet: _offered(facet, values) for facet, values in counted.items()}


def _named(value: object) -> str:
    return str(value) if value not in (None, "") else NONE


def _offered(facet: Facet, values: Counter[str]) -> dict[str, int]:
    """Return the values of a facet, those of most proposals first and having none last."""
    if facet not in WITHOUT:
        values.pop(NONE, None)
    ordered = sorted((+values).items(), key=lambda one: (one[0] == NONE, -one[1], one[0]))
    return dict(ordered)


def organisations_in(round_id: int) -> dict[str, str]:
    """Return the organisations of which a round has published proposals: id, as text, and name."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .join(FacetCount, FacetCount.value == cast(Organisation.id, String))
        .where(
            FacetCount.round_id == round_id,
            FacetCount.facet == Facet.ORGANISATION,
        )
        .group_by(Organisation.id)
        .having(func.sum(FacetCount.proposals) > 0)
        .order_by(Organisation.name_order)
    )
    return {str(row[0]): row[1] for row in rows}


def count_listed(round_id: int, wanted: ProposalFilter, facets: Facets, *, team: bool) -> HitCount:
    """Count what a filter without words finds; from the kept numbers where those say it."""
    chosen = [facet for facet in Facet if getattr(wanted, facet.value)]
    only = ProposalFilter(state=wanted.state, order=wanted.order)
    if len(chosen) == 1 and wanted.state == "published":
        value = getattr(wanted, chosen[0].value)
        if replace(only, **{chosen[0].value: value}) == wanted:
            return HitCount(facets[chosen[0]].get(value, 0))
    return count_found(round_id, wanted, team=team)
