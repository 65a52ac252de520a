"""Ana makes a promise from what people proposed, and both ends know it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from consult.consultation.comments.models import ContributionState
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.models import Plan, PlanRole, Role, Theme
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.publishing.queries import links_of
from consult.outcomes.approvals.queries import versions_of
from consult.outcomes.approvals.sealing import version_digest
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.commitments.queries import (
    commitments_of,
    get_commitment,
    granted_cents,
)
from consult.outcomes.commitments.services import (
    CommitmentText,
    change_commitment,
    make_commitment,
    publish_commitment,
)
from tests.cast import person
from tests.factories import make_proposal

pytestmark = pytest.mark.usefixtures("app")


def text_from(*proposals: Proposal) -> CommitmentText:
    plan = get_plan("open-overheid")
    return CommitmentText(
        theme_id=plan.themes[0].id,
        title={"nl": "Besluiten vindbaar", "en": "Findable decisions"},
        problem={"nl": "Niemand vindt ze."},
        starts_on=date(2024, 1, 1),
        ends_on=date(2025, 12, 31),
        amount_cents=4_000_000,
        sources={p.id: {"nl": "De ene plek is overgenomen."} for p in proposals},
    )


def make(written: CommitmentText, now: datetime, who: str = "ana") -> Commitment:
    with unit_of_work():
        return make_commitment(person(who), get_plan("open-overheid"), written, now)


def published(now: datetime) -> tuple[Proposal, Commitment]:
    proposal = make_proposal("closed")
    commitment = make(text_from(proposal), now)
    with unit_of_work():
        publish_commitment(person("ana"), commitment, now)
    return proposal, commitment


def links_to_commitments(proposal_id: int) -> list[int | None]:
    """Return the numbers of the commitments to which the page of a proposal leads."""
    return [link.number for link in links_of(proposal_id) if link.kind == "commitment"]


def test_the_link_is_followed_both_ways(now: datetime) -> None:
    proposal, commitment = published(now)
    assert links_to_commitments(proposal.id) == [commitment.number]
    found = get_commitment("open-overheid", commitment.number)
    assert [source.proposal.title for source in found.sources] == [proposal.title]


def test_a_draft_is_not_shown_from_the_proposal(now: datetime) -> None:
    proposal = make_proposal("closed")
    make(text_from(proposal), now)
    assert not links_to_commitments(proposal.id)


def test_a_draft_is_not_on_the_page_of_its_proposal(browse: Any, now: datetime) -> None:
    commitment = make(text_from(make_proposal("closed")), now)
    page = "/en/rounds/closed/proposals/1"
    for who in (None, "pia", "hanna"):
        assert "Findable decisions" not in browse(who).get(page).text
    with unit_of_work():
        publish_commitment(person("ana"), commitment, now)
    assert "Findable decisions" in browse().get(page).text


def test_a_commitment_is_made_of_proposals_of_its_own_plan(now: datetime) -> None:
    """The form offers no others, but a form is no guard."""
    text = text_from(make_proposal("closed"))
    with unit_of_work():
        other = Plan(
            slug="ander-plan", number=6, title={"nl": "Ander"}, languages=["nl"], created_at=now,
            starts_on=date(2023, 1, 1), ends_on=date(2027, 12, 31),
        )  # fmt: skip
        other.themes = [Theme(slug="ander", position=1, title={"nl": "Ander"})]
        db.session.add(other)
        db.session.flush()
        ana = person("ana")
        db.session.add(
            PlanRole(plan_id=other.id, person_id=ana.id, role=Role.ORGANISER, granted_at=now)
        )
        ana.forget_grants()
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        make_commitment(person("ana"), other, replace(text, theme_id=other.themes[0].id), now)
    assert set(refused.value.errors) == {"sources"}


def test_numbers_follow_each_other(now: datetime) -> None:
    first, second = make(text_from(), now), make(text_from(), now)
    assert (first.number, second.number) == (1, 2)


def test_everything_wrong_is_said_at_once(now: datetime) -> None:
    pending = make_proposal("closed", ContributionState.PENDING)
    wrong = replace(
        text_from(pending), theme_id=999, starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1)
    )
    with pytest.raises(InvalidInput) as refusal:
        make(wrong, now)
    assert set(refusal.value.errors) == {"theme_id", "ends_on", "sources"}
    assert not commitments_of(get_plan("open-overheid").id, drafts=True)
    made = make(text_from(), now)
    with pytest.raises(InvalidInput) as again, unit_of_work():
        change_commitment(person("ana"), made, wrong, made.version, now)
    assert set(again.value.errors) == set(refusal.value.errors)
    db.session.expire_all()
    assert made.ends_on == text_from().ends_on


def test_the_end_does_not_lie_before_the_start(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make(replace(text_from(), ends_on=date(2023, 12, 31)), now)
    assert "ends_on" in refusal.value.errors


@pytest.mark.parametrize("who", ["pia", "mo", "sam", "bo", "hanna", "adi"])
def test_only_an_organiser_makes_commitments(who: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        make(text_from(), now, who)


def test_a_stale_change_is_a_conflict_and_changes_nothing(now: datetime) -> None:
    commitment = make(text_from(), now)
    stale = commitment.version
    newer = replace(text_from(), title={"nl": "Nieuwer", "en": "Newer"})
    with unit_of_work():
        change_commitment(person("ana"), commitment, newer, stale, now)
    with pytest.raises(Conflict) as conflict, unit_of_work():
        change_commitment(person("ana"), commitment, text_from(), stale, now)
    assert "Nieuwer" in conflict.value.theirs.values()
    assert get_commitment("open-overheid", 1).title["nl"] == "Nieuwer"


def test_a_missing_translation_of_the_title_stops_publication(now: datetime) -> None:
    commitment = make(replace(text_from(), title={"nl": "Alleen Nederlands"}), now)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        publish_commitment(person("ana"), commitment, now)
    assert set(refused.value.errors) == {"title_en"}


def test_a_commitment_is_published_once(now: datetime) -> None:
    _proposal, commitment = published(now)
    with pytest.raises(NotAllowed), unit_of_work():
        publish_commitment(person("ana"), commitment, now)


def test_the_money_is_summed(now: datetime) -> None:
    make(text_from(), now)
    make(text_from(), now)
    assert granted_cents(get_plan("open-overheid").id) == 8_000_000


def test_an_unknown_commitment_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_commitment("open-overheid", 99)


def test_a_version_freezes_the_exact_text(now: datetime) -> None:
    _proposal, commitment = published(now)
    with unit_of_work():
        version = freeze_plan(person("ana"), get_plan("open-overheid"), "Ter besluitvorming", now)
    assert version.number == 1
    assert version_digest(version.sealed or "") == version.digest
    later = replace(text_from(), title={"nl": "Later", "en": "Later"})
    with unit_of_work():
        change_commitment(person("ana"), commitment, later, commitment.version, now)
    with unit_of_work():
        second = freeze_plan(person("ana"), get_plan("open-overheid"), "Nog eens", now)
    first = versions_of(version.plan_id)[-1]
    assert "Besluiten vindbaar" in first.content
    assert "Later" not in first.content
    assert second.digest != first.digest


def test_an_empty_plan_is_not_frozen(now: datetime) -> None:
    with pytest.raises(InvalidInput), unit_of_work():
        freeze_plan(person("ana"), get_plan("open-overheid"), "Leeg", now)


def test_only_an_organiser_freezes(now: datetime) -> None:
    published(now)
    with pytest.raises(NotAllowed), unit_of_work():
        freeze_plan(person("bo"), get_plan("open-overheid"), "Versie", now)


def test_the_title_of_a_hidden_proposal_stands_nowhere(now: datetime, browse: Any) -> None:
    proposal, commitment = published(now)
    page = f"/nl/plans/open-overheid/commitments/{commitment.number}"
    assert proposal.title in browse().get(page).text
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE), now)
        version = freeze_plan(person("ana"), get_plan("open-overheid"), "Later", now)
    assert proposal.title not in browse().get(page).text
    assert f"Voorstel {proposal.number}" in browse().get(page).text
    assert proposal.title not in version.content
    assert proposal.title not in browse().get("/nl/plans/open-overheid/versions/1").text
    assert browse().get("/nl/plans/open-overheid/versions/1/plan.pdf").status_code == 200
