"""Ana tells what was said, and every citation is a link both ways."""

from datetime import datetime

import pytest

from consult.consultation.comments.models import ContributionState
from consult.consultation.proposals.listing import Order, ProposalFilter
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.publishing.queries import links_of
from consult.outcomes.summaries.citations import Cited, citations_in, linked
from consult.outcomes.summaries.models import Summary
from consult.outcomes.summaries.queries import (
    ToldOf,
    find_summary,
    proposals_to_tell,
    shares_by_sector,
    shares_by_theme,
    told_by_theme,
)
from consult.outcomes.summaries.services import SummaryText, publish_summary, save_summary
from tests.cast import person
from tests.factories import acts, find_round, make_comment, make_proposal

pytestmark = pytest.mark.usefixtures("app")
IN_ORDER = ProposalFilter(order=Order.OLDEST.value)


def save(text: str, now: datetime, *, who: str = "ana", version: int | None = None) -> Summary:
    round_ = find_round("closed")
    theme = round_.plan.themes[0]
    with unit_of_work():
        return save_summary(
            person(who),
            round_,
            SummaryText({"nl": "Samengevat."}, {theme.id: {"nl": text}, None: {}}),
            version,
            now,
        )


def citing(proposal_id: int) -> list[str]:
    """Return the rounds of the summaries to which the page of a proposal leads."""
    return [link.name for link in links_of(proposal_id) if link.kind == "citation"]


def test_citations_are_found_in_text() -> None:
    assert citations_in(["Zie #12 en #3.4, en nog eens #12."]) == [Cited(3, 4), Cited(12)]
    assert citations_in(["C#1 is geen verwijzing, en ##1 ook niet, /#1 evenmin"]) == []


def test_citations_become_links() -> None:
    assert linked("Zie #12.", lambda cited: f"/p/{cited.proposal}") == "Zie [#12](/p/12)."
    assert linked("Zie #12.", lambda _cited: None) == "Zie #12."


def test_a_section_cites_a_proposal_and_the_proposal_knows(now: datetime) -> None:
    proposal = make_proposal("closed")
    save(f"Velen noemen #{proposal.number}.", now)
    summary = find_summary(proposal.round_id)
    assert summary is not None
    assert [c.proposal_id for s in summary.sections for c in s.citations] == [proposal.id]
    assert not citing(proposal.id), "a draft is nobody's business"
    with unit_of_work():
        publish_summary(person("ana"), summary, now)
    assert citing(proposal.id) == ["closed"]


def test_a_comment_is_cited_by_its_number(now: datetime) -> None:
    proposal = make_proposal("closed")
    comment = make_comment(proposal)
    summary = save(f"Zie #{proposal.number}.{comment.number}.", now)
    cited = [c.comment_id for s in summary.sections for c in s.citations]
    assert cited == [comment.id]


@pytest.mark.parametrize("text", ["Zie #99.", "Zie #1.7."])
def test_an_unknown_citation_is_refused_by_name(text: str, now: datetime) -> None:
    make_proposal("closed")
    with pytest.raises(InvalidInput, match=text.split()[1].rstrip(".")):
        save(text, now)
    assert find_summary(find_round("closed").id) is None


def test_what_is_hidden_cannot_be_cited(now: datetime) -> None:
    hidden = make_proposal("closed", ContributionState.HIDDEN)
    with pytest.raises(InvalidInput):
        save(f"Zie #{hidden.number}.", now)


def test_saving_again_changes_the_citations(now: datetime) -> None:
    one, two = make_proposal("closed"), make_proposal("closed")
    first = save(f"Zie #{one.number}.", now)
    second = save(f"Zie #{two.number}.", now, version=first.version)
    assert [c.proposal_id for s in second.sections for c in s.citations] == [two.id]


def test_a_stale_save_is_a_conflict_that_shows_both_texts(now: datetime) -> None:
    first = save("Van Ana.", now)
    stale = first.version
    save("Van een collega.", now, version=stale)
    with pytest.raises(Conflict) as conflict:
        save("Nog eens van Ana.", now, version=stale)
    assert "Van een collega." in conflict.value.theirs.values()
    assert "Nog eens van Ana." in conflict.value.mine.values()
    theme = find_round("closed").plan.themes[0]
    said = {conflict.value.labels.get(name, name) for name in conflict.value.mine}
    assert any(str(label).startswith(theme.title["nl"]) for label in said), said


@pytest.mark.parametrize("who", ["pia", "mo", "sam", "bo", "adi"])
def test_only_an_organiser_writes_the_summary(who: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        save("Tekst.", now, who=who)


def test_an_empty_summary_is_not_published(now: datetime) -> None:
    with unit_of_work():
        summary = save_summary(person("ana"), find_round("closed"), SummaryText({}), None, now)
    with pytest.raises(InvalidInput), unit_of_work():
        publish_summary(person("ana"), summary, now)


def test_a_summary_is_not_published_before_the_round_has_closed(now: datetime) -> None:
    with unit_of_work():
        summary = save_summary(
            person("ana"), find_round("open"), SummaryText({"nl": "Tot nu toe."}), None, now
        )
    with pytest.raises(NotAllowed), unit_of_work():
        publish_summary(person("ana"), summary, now)


def test_saving_and_publishing_stand_in_the_record(now: datetime) -> None:
    summary = save("Tekst.", now)
    with unit_of_work():
        publish_summary(person("ana"), summary, now)
    verbs = acts()
    assert verbs == ["summary.saved", "summary.published"]


def test_what_is_not_answered_or_cited_is_listed(now: datetime) -> None:
    one, two = make_proposal("closed"), make_proposal("closed")
    save(f"Zie #{one.number}.", now)
    listed = {
        item.number: (item.answered, item.cited)
        for item in proposals_to_tell(one.round_id, IN_ORDER)
    }
    assert listed == {one.number: (False, True), two.number: (False, False)}
    left = proposals_to_tell(one.round_id, IN_ORDER, only_uncited=True)
    assert [item.number for item in left] == [two.number]
    assert told_by_theme(one.round_id) == {None: ToldOf(proposals=2, cited=1, answered=0)}


def test_numbers_count_what_is_published_only() -> None:
    round_ = find_round("closed")
    theme = round_.plan.themes[0]
    proposal = make_proposal("closed", theme_id=theme.id)
    make_comment(proposal)
    make_proposal("closed", ContributionState.PENDING, theme_id=theme.id)
    make_proposal("closed", ContributionState.LATE)
    shares = shares_by_theme(round_.id)
    assert [(s.key, s.label, s.proposals, s.comments) for s in shares] == [
        (theme.id, theme.title, 1, 1)
    ]
    assert [(s.key, s.proposals) for s in shares_by_sector(round_.id)] == [(None, 1)]


def test_what_the_introduction_cites_is_cited(now: datetime) -> None:
    proposal = make_proposal("closed")
    with unit_of_work():
        text = SummaryText({"nl": f"Velen noemen #{proposal.number}."})
        save_summary(person("ana"), find_round("closed"), text, None, now)
    assert [one.cited for one in proposals_to_tell(proposal.round_id, IN_ORDER)] == [True]
    summary = find_summary(proposal.round_id)
    assert summary is not None
    wrong = SummaryText({"nl": "Velen noemen #99."})
    with pytest.raises(InvalidInput, match="#99"), unit_of_work():
        save_summary(person("ana"), find_round("closed"), wrong, summary.version, now)
