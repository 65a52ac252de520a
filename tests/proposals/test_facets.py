"""What the published proposals of a round are counted by, whatever happens to them."""

from collections import Counter

import pytest
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.facets import COLUMNS, count_listed, facets_of
from consult.consultation.proposals.listing import NONE, ProposalFilter, count_found
from consult.consultation.proposals.models import Facet, Proposal
from consult.consultation.proposals.states import make_findable
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from tests.cast import person
from tests.factories import find_round, make_proposal
from tests.world import NOON

pytestmark = [pytest.mark.both_engines, pytest.mark.usefixtures("app")]


def counted_anew(round_id: int) -> dict[Facet, dict[str, int]]:
    """Return the same numbers, counted from the proposals themselves."""
    found = {}
    for facet, column in COLUMNS.items():
        rows = db.session.scalars(
            select(column).where(Proposal.round_id == round_id, Proposal.state == State.PUBLISHED)
        )
        counts = Counter(str(value) if value is not None else NONE for value in rows)
        if facet in (Facet.ORGANISATION, Facet.OUTCOME):
            counts.pop(NONE, None)
        found[facet] = dict(counts)
    return found


def test_the_numbers_follow_every_decision_and_change() -> None:
    round_ = find_round("open")
    theme = db.session.scalars(select(Theme).order_by(Theme.id)).first()
    assert theme is not None
    first = make_proposal(theme_id=theme.id)
    make_proposal()
    waits = make_proposal(state=State.PENDING, theme_id=theme.id)
    assert facets_of(round_.id) == counted_anew(round_.id)
    assert facets_of(round_.id)[Facet.THEME] == {str(theme.id): 1, NONE: 1}

    with unit_of_work():
        decide(person("mo"), waits, Judgement(Verb.PUBLISH), NOON)
    assert facets_of(round_.id)[Facet.THEME] == {str(theme.id): 2, NONE: 1}

    with unit_of_work():
        hiding = Judgement(Verb.HIDE, "Hier staat een telefoonnummer.", Ground.PERSONAL_DATA)
        decide(person("mo"), first, hiding, NOON)
    assert facets_of(round_.id) == counted_anew(round_.id)
    assert facets_of(round_.id)[Facet.THEME] == {str(theme.id): 1, NONE: 1}


def test_what_was_searched_for_is_counted_among_what_was_found() -> None:
    round_ = find_round("open")
    theme = db.session.scalars(select(Theme).order_by(Theme.id)).first()
    assert theme is not None
    for title, theme_id in (("Fiets", theme.id), ("Fiets", None), ("Trein", theme.id)):
        made = make_proposal(title=title, theme_id=theme_id)
        with unit_of_work():
            make_findable(made)
    hits = count_found(round_.id, ProposalFilter(query="fiets"))
    assert facets_of(round_.id, hits)[Facet.THEME] == {str(theme.id): 1, NONE: 1}
    assert facets_of(round_.id)[Facet.THEME] == {str(theme.id): 2, NONE: 1}


def test_the_number_of_a_filter_is_that_of_its_list() -> None:
    round_ = find_round("open")
    make_proposal()
    make_proposal()
    facets = facets_of(round_.id)
    for wanted in (ProposalFilter(theme=NONE, state="published"), ProposalFilter(sector=NONE)):
        assert count_listed(round_.id, wanted, facets, team=False).number == 2
