"""Pia builds on what was proposed before: she sees what is like hers, and names it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import TEXT_FIELDS, Proposal
from consult.consultation.proposals.similar import similar_proposals
from consult.consultation.proposals.states import make_findable
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.verify import verify_record
from tests.cast import person
from tests.factories import find_round, make_proposal
from tests.world import NOON

NEW = "/en/rounds/open/proposals/new"
FORM = {
    "title": "Besluiten van raden op één plek", "problem": "Versnipperd.", "action": "Bundelen.",
    "theme_id": "0", "organisation_id": "0", "language": "nl", "origin": "new", "amount": "",
    "act": "submit",
}  # fmt: skip
PAGE = "/en/rounds/open/proposals/"


def found_proposal(
    title: str, state: State = State.PUBLISHED, author: str = "lotte", **texts: Any
) -> Proposal:
    made = make_proposal("open", state, title=title, author=author, **texts)
    with unit_of_work():
        make_findable(made)
    return made


def newest() -> Proposal:
    db.session.expire_all()
    return db.session.scalars(select(Proposal).order_by(Proposal.id.desc()).limit(1)).one()


def titles(title: str, without: int | None = None) -> list[str]:
    found = similar_proposals(person("pia"), find_round("open"), title, NOON, without)
    return [one.title for one in found]


def test_what_looks_like_it_is_shown_the_most_alike_first(browse: Any) -> None:
    other: dict[str, Any] = dict.fromkeys(TEXT_FIELDS[1:], "Groen.")
    found_proposal("Een moestuin bij elke school", **other)
    found_proposal("Alle besluiten van de raden begrijpelijk")
    best = found_proposal("Besluiten van raden op één plek bijeen")
    found_proposal("Besluiten van raden op één plek, verborgen", State.HIDDEN)
    found_proposal("Besluiten van raden op één plek, wachtend", State.PENDING)
    found_proposal("Besluiten van raden op één plek, mijn eigen", State.PENDING, author="pia")
    assert titles(FORM["title"]) == [best.title, "Alle besluiten van de raden begrijpelijk"]
    assert titles(FORM["title"], without=best.id) == ["Alle besluiten van de raden begrijpelijk"]
    assert titles("Iets over gratis zwemmen") == []
    found_proposal("Een moestuin", problem="Alle besluiten van raden staan verspreid.")
    assert "Een moestuin" not in titles(FORM["title"]), "a long text mentions much"
    pia = browse("pia")
    live = pia.get("/en/rounds/open/proposals/similar?title=Besluiten+van+raden").text
    assert best.title in live
    assert (
        "We look for proposals like it."
        in pia.get("/en/rounds/open/proposals/similar?title=Bes").text
    )
    assert (
        "We found no proposal" in pia.get("/en/rounds/open/proposals/similar?title=Zwembaden").text
    )
    next_page = pia.get(pia.post(NEW, data={**FORM, "act": "to-proposal"}).location).text
    assert "2 proposals look like yours" in next_page
    assert f'href="{PAGE}{best.number}"' in next_page
    for secret in ("verborgen", "wachtend"):
        assert secret not in live + next_page


@pytest.mark.parametrize(
    "written", ["1", "#1", "open#1", "https://consult.example/nl/rounds/open/proposals/1"]
)
def test_the_link_leads_both_ways(browse: Any, written: str) -> None:
    earlier = found_proposal("Het vorige plan")
    sent = browse("pia").post(NEW, data={**FORM, "continues_id": written})
    assert sent.status_code == 303
    later = newest()
    assert later.continues_id == earlier.id
    reader = browse()
    assert FORM["title"] not in reader.get(f"{PAGE}1").text, "it is not public yet"
    with unit_of_work():
        decide(person("mo"), later, Judgement(Verb.PUBLISH), NOON + timedelta(hours=1))
    assert f'href="{PAGE}{later.number}"' in reader.get(f"{PAGE}1").text
    assert "Het vorige plan" in reader.get(f"{PAGE}{later.number}").text
    with unit_of_work():
        hide = Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE)
        decide(person("mo"), earlier, hide, NOON + timedelta(hours=2))
    assert "Het vorige plan" not in reader.get(f"{PAGE}{later.number}").text
    assert verify_record().sound


@pytest.mark.parametrize("written", ["#99", "elders#1", "zomaar iets", "#2"])
def test_what_cannot_be_continued_is_refused_and_kept(browse: Any, written: str) -> None:
    found_proposal("Het vorige plan")
    found_proposal("Nog niet bekeken", State.PENDING)
    pia = browse("pia")
    refused = pia.post(NEW, data={**FORM, "continues_id": written})
    assert refused.status_code == 422
    assert 'href="#continues_id"' in refused.text
    assert f'value="{written}"' in refused.text
    kept = pia.post(NEW, data={**FORM, "continues_id": written, "act": "save"})
    assert f'value="{written}"' in pia.get(f"{kept.location}?step=about").text
    assert newest().as_typed == {"continues_id": written}


def test_it_stays_when_the_earlier_one_is_gone_and_no_circle_is_made(browse: Any) -> None:
    earlier = found_proposal("Het vorige plan")
    later = make_proposal("open", State.PENDING, continues_id=earlier.id)
    with unit_of_work():
        hide = Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE)
        decide(person("mo"), earlier, hide, NOON + timedelta(hours=2))
    pia, there = browse("pia"), f"{PAGE}{later.number}/revise"
    assert 'value="#1"' in pia.get(there).text
    text = {**FORM, "version": str(later.version), "continues_id": "#1"}
    assert pia.post(there, data=text).status_code == 303
    assert newest().continues_id == earlier.id
    mine = found_proposal("Een derde")
    with unit_of_work():
        mine.author_id = person("pia").id
    circle = {**FORM, "version": str(mine.version), "continues_id": f"#{mine.number}"}
    refused = pia.post(f"{PAGE}{mine.number}/revise", data=circle)
    assert refused.status_code == 422
    assert "not itself or a later one" in refused.text
