"""On behalf of whom one writes: remembered, in sight, and asked for from where it is missing."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.consultation.comments.models import Comment
from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.consultation.proposals.positions import take_position
from consult.consultation.proposals.services import submit_proposal
from consult.consultation.proposals.texts import ProposalText
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.people.organisations.mandates import ask_mandate, decide_request
from consult.people.organisations.models import LastSpokenFor, MandateRequest
from consult.people.organisations.on_behalf import MYSELF, first_choice
from consult.people.organisations.queries import get_organisation
from tests.cast import person
from tests.factories import acts, find_round, make_proposal

pytestmark = pytest.mark.usefixtures("app")

DRAFT = "7b1d0f6e-4f2f-4f5e-9f39-0a4c6c1f0d11"
NEW = "/en/rounds/open/proposals/new"
TEXT = {"title": "Een archief", "problem": "Weg is weg.", "action": "Bewaar het.",
        "theme_id": "0", "origin": "new", "language": "nl"}  # fmt: skip


def helder_id() -> int:
    return get_organisation("helder-bestuur").id


def chosen(page: str) -> str:
    """Return what is selected in the list of the form."""
    listed = page.partition('name="organisation_id"')[2].partition("</select>")[0]
    return listed.partition("selected")[2].partition(">")[2].partition("<")[0].strip()


def ask(now: datetime, who: str = "lotte", **more: Any) -> MandateRequest:
    with unit_of_work():
        organisation = None if "named" in more else get_organisation("helder-bestuur")
        return ask_mandate(person(who), organisation, "Adviseur.", now, **more)


def decide(asked: MandateRequest, now: datetime, *, granted: bool = True, by: str = "coen") -> None:
    with unit_of_work():
        again = db.session.get_one(MandateRequest, asked.id)
        reason = "" if granted else "Wij kennen je niet."
        decide_request(person(by), again, granted=granted, reason=reason, now=now)


def hand_in(now: datetime, **fields: Any) -> Proposal:
    with unit_of_work():
        text = ProposalText(title="Een archief", problem="x", action="y", **fields)
        submit_proposal(person("lotte"), find_round("open"), text, now, now)
    return db.session.scalars(select(Proposal).order_by(Proposal.id.desc())).first()  # type: ignore[return-value]


def told(kind: str) -> list[str]:
    found = db.session.scalars(select(Message.address).where(Message.kind == kind))
    return sorted(one.partition("@")[0] for one in found)


def test_who_speaks_for_one_organisation_writes_for_it_and_the_last_choice_is_remembered(
    browse: Any,
) -> None:
    pia: FlaskClient = browse("pia")
    assert chosen(pia.get(NEW).text) == "Stichting Helder Bestuur"
    number = make_proposal("open", author="lotte").number
    comment = {"kind": "reaction", "body": "Goed.", "language": "nl", "organisation_id": "0"}
    assert pia.post(f"/en/rounds/open/proposals/{number}/comments", data=comment).status_code == 303
    assert chosen(pia.get(NEW).text) == "Myself"
    assert db.session.scalars(select(LastSpokenFor.organisation_id)).all() == [None]
    comment |= {"body": "Namens ons.", "organisation_id": str(helder_id())}
    pia.post(f"/en/rounds/open/proposals/{number}/comments", data=comment)
    assert db.session.scalars(select(Comment.organisation_id)).all() == [None, helder_id()]
    assert chosen(pia.get(NEW).text) == "Stichting Helder Bestuur"


def test_a_mandate_that_ended_is_no_choice_any_more(now: datetime, browse: Any) -> None:
    with unit_of_work():
        take_position(person("pia"), make_proposal("open"), Stance.SUPPORT, "", now, helder_id())
    assert first_choice(person("pia")) == helder_id()
    pia = browse("pia")
    mandate = pia.get("/en/mandates").text.partition("/mandates/")[2].partition("/")[0]
    pia.post(
        f"/en/organisations/helder-bestuur/mandates/{mandate}/end", data={"ends_on": "2026-11-23"}
    )
    db.session.rollback()
    assert first_choice(person("pia")) == MYSELF


def test_a_position_is_taken_on_behalf_of_an_organisation(browse: Any, now: datetime) -> None:
    shown = make_proposal("open", author="lotte")
    there = f"/en/rounds/open/proposals/{shown.number}/position"
    form = {"stance": "support", "reason": "", "on_behalf": str(helder_id())}
    assert browse("pia").post(there, data=form).status_code == 303
    assert db.session.scalars(select(Position.organisation_id)).all() == [helder_id()]
    assert browse("lotte").post(there, data=form).status_code == 422
    with pytest.raises(InvalidInput), unit_of_work():
        take_position(person("lotte"), shown, Stance.SUPPORT, "", now, helder_id())


def test_asking_for_a_mandate_from_the_form_keeps_the_text(browse: Any) -> None:
    lotte: FlaskClient = browse("lotte")
    page = lotte.get(NEW).text
    assert "yourself" in page
    form = {**TEXT, "organisation_id": "0", "draft": DRAFT, "version": ""}
    to_ask = lotte.post(NEW, data={**form, "act": "mandate"}).headers["Location"]
    assert to_ask.startswith("/en/mandates?next=")
    draft = parse_qs(urlsplit(to_ask).query)["next"][0]
    asked = {"organisation_id": str(helder_id()), "named": "", "note": "Adviseur.", "next": draft}
    back = lotte.post("/en/mandates", data=asked).headers["Location"]
    assert back.startswith(draft)
    filled = lotte.get(back).text
    assert "Weg is weg." in filled
    assert chosen(filled) == "Stichting Helder Bestuur, once they say yes"


def test_a_comment_outlives_asking_for_a_mandate(browse: Any) -> None:
    lotte: FlaskClient = browse("lotte")
    number = make_proposal("open").number
    comment = {"kind": "reaction", "body": "Wij vinden dit goed.", "language": "nl",
               "organisation_id": "0", "act": "mandate"}  # fmt: skip
    to_ask = lotte.post(f"/en/rounds/open/proposals/{number}/comments", data=comment)
    there = parse_qs(urlsplit(to_ask.headers["Location"]).query)["next"][0]
    assert "Wij vinden dit goed." in lotte.get(there).text
    assert db.session.scalars(select(Comment)).all() == []


def test_what_was_handed_in_for_oneself_becomes_the_organisations(
    browse: Any, now: datetime
) -> None:
    asked = ask(now)
    proposal = hand_in(now, request_id=asked.id)
    page = f"/en/rounds/open/proposals/{proposal.number}"
    assert not proposal.organisation_id
    assert "once they say yes" not in browse("mo").get(page).text
    assert "Once Stichting Helder Bestuur says yes" in browse("lotte").get(page).text
    decide(asked, now + timedelta(days=2))
    db.session.expire_all()
    assert proposal.organisation_id == helder_id()
    assert proposal.sector is get_organisation("helder-bestuur").sector
    shown = browse("mo").get(page).text
    assert "since 25 November 2026; handed in under" in shown
    assert "for Stichting Helder Bestuur" in shown
    verbs = acts()
    assert verbs[-3:] == ["mandate.granted", "mandate.recorded", "proposal.attributed"]


def test_a_refusal_leaves_it_with_who_wrote_it(browse: Any, now: datetime) -> None:
    asked = ask(now)
    proposal = hand_in(now, request_id=asked.id)
    decide(asked, now, granted=False)
    db.session.expire_all()
    assert (proposal.organisation_id, proposal.attribution) == (None, None)
    page = browse("lotte").get(f"/en/rounds/open/proposals/{proposal.number}").text
    assert "Stichting Helder Bestuur" not in page


def test_a_draft_is_the_organisations_as_soon_as_the_mandate_is_granted(
    browse: Any, now: datetime
) -> None:
    asked = ask(now)
    lotte: FlaskClient = browse("lotte")
    form = {**TEXT, "organisation_id": str(-asked.id), "act": "save",
            "draft": DRAFT, "version": ""}  # fmt: skip
    draft = lotte.post(NEW, data=form).headers["Location"]
    assert chosen(lotte.get(draft).text) == "Stichting Helder Bestuur, once they say yes"
    decide(asked, now)
    assert chosen(lotte.get(draft).text) == "Stichting Helder Bestuur"


def test_nobody_waits_for_a_mandate_that_somebody_else_asked(now: datetime) -> None:
    asked = ask(now, "sam")
    with pytest.raises(InvalidInput):
        hand_in(now, request_id=asked.id)


def test_the_address_of_somebody_elses_request_chooses_nothing(browse: Any, now: datetime) -> None:
    asked = ask(now, "sam")
    assert "once they say yes" not in browse("lotte").get(f"{NEW}?asked={asked.id}").text
    page = browse("ana").get(f"/en/organisations/new?request={asked.id}").text
    assert "Stichting Helder Bestuur" not in page


def test_an_organisation_that_is_not_in_the_list_reaches_who_keeps_the_register(
    browse: Any, now: datetime
) -> None:
    lotte, ana = browse("lotte"), browse("ana")
    form = {"organisation_id": "0", "named": "Bewonersgroep De Wilgen", "note": "Voorzitter."}
    assert lotte.post("/en/mandates", data=form).status_code == 303
    asked = db.session.scalars(select(MandateRequest)).one()
    assert told("mandate-asked") == ["ana"]
    assert "Bewonersgroep De Wilgen" in ana.get("/en/organisations/requests").text
    assert browse("lotte").get("/en/organisations/requests").status_code == 403
    proposal = hand_in(now, request_id=asked.id)
    with pytest.raises(InvalidInput):
        decide(asked, now, by="ana")
    page = ana.get(f"/en/organisations/new?request={asked.id}").text
    assert 'value="Bewonersgroep De Wilgen"' in page
    facts = {"name": "Bewonersgroep De Wilgen", "sector": "civil_society", "layer": "", "tooi": "",
             "slug": "", "version": ""}  # fmt: skip
    there = ana.post(f"/en/organisations/new?request={asked.id}", data=facts).headers["Location"]
    assert "Who asks to speak for it" in ana.get(there).text
    ana.post(f"{there}/requests/{asked.id}/grant", data={})
    db.session.expire_all()
    run_all(now)
    assert proposal.organisation_id == get_organisation("bewonersgroep-de-wilgen").id
    assert told("mandate-decided") == ["lotte"]


def test_one_that_is_there_under_another_name_is_pointed_out_or_refused(
    browse: Any, now: datetime
) -> None:
    asked, other = ask(now, named="Helder"), ask(now, named="Onzin")
    ana = browse("ana")
    form = {f"r{asked.id}-organisation_id": str(helder_id())}
    placed = ana.post(f"/en/organisations/requests/{asked.id}/place", data=form)
    assert placed.headers["Location"] == "/en/organisations/helder-bestuur"
    refused = f"/en/organisations/requests/{other.id}/refuse"
    assert browse("coen").post(refused, data={"reason": "Nee."}).status_code == 403
    assert ana.post(refused, data={"reason": ""}).status_code == 422
    assert ana.post(refused, data={"reason": "Die is er niet."}).status_code == 303
    db.session.expire_all()
    assert (asked.organisation_id, other.granted) == (helder_id(), False)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"organisation_id": "0", "named": " "}, "named"),
        ({"organisation_id": "0", "named": "Helder", "note": ""}, "note"),
        ({"organisation_id": "999", "named": ""}, "organisation_id"),
    ],
)
def test_a_request_that_is_not_complete_comes_back(
    browse: Any, form: dict[str, str], field: str
) -> None:
    page = browse("lotte").post("/en/mandates", data={"note": "Adviseur.", **form})
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert db.session.scalars(select(MandateRequest)).all() == []


def test_nobody_else_decides(now: datetime) -> None:
    asked = ask(now)
    with pytest.raises(NotAllowed):
        decide(asked, now, by="sam")
