"""Somebody reports a public text: a moderator answers, and nobody else learns who it was."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.services import withdraw_comment
from consult.consultation.moderation.models import Ground, Report, ReportOutcome, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message, Notice
from consult.foundation.personal_data.retention import YEAR, rules
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy
from consult.people.privacy.retention import run_rule
from tests.cast import person
from tests.factories import make_comment, make_proposal
from tests.privacy.exported import export_of

SAID = {"kind": "personal_data", "sentence": "Mijn adres staat erin."}


@pytest.fixture
def proposal(app: Flask) -> Proposal:
    with app.test_request_context():
        return make_proposal("open", title="Eén plek", author="lotte")


def path_of(thing: Any) -> str:
    kind = "proposal" if isinstance(thing, Proposal) else "comment"
    return f"/nl/report/{kind}/{thing.public_id}"


def reports() -> list[Report]:
    db.session.rollback()
    return list(db.session.scalars(select(Report).order_by(Report.id)))


def lines(name: str, kind: str) -> list[str]:
    db.session.rollback()
    mine = select(Notice.line).where(Notice.person_id == person(name).id, Notice.kind == kind)
    return list(db.session.scalars(mine.order_by(Notice.id)))


def test_from_the_report_to_the_answer(browse: Any, proposal: Proposal, now: datetime) -> None:
    """Sam and Kees report; Mo hides it with a reason; both hear that once, and nobody else."""
    page = f"/nl/rounds/open/proposals/{proposal.number}"
    sam, mo = browse("sam"), browse("mo")
    assert path_of(proposal) in sam.get(page).text
    assert "Meld #1" in sam.get(path_of(proposal)).text
    answer = sam.post(path_of(proposal), data=SAID)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(page)
    assert "Dank je wel." in sam.get(page).text
    browse("kees").post(path_of(proposal), data={**SAID, "kind": "offensive"})
    run_all(now)
    assert lines("mo", "queue-report") == ["Iemand meldde een tekst: persoonsgegevens van iemand",
                                           "Iemand meldde een tekst: beledigend"]  # fmt: skip
    assert lines("lotte", "queue-report") == []
    assert "2 meldingen" in mo.get("/nl/moderation/reports").text
    item = mo.get(f"/nl/moderation/proposal/{proposal.public_id}").text
    assert "Mijn adres staat erin." in item
    assert "Sam Peeters" in item
    data = {"ground": "personal_data", "reason": "Er stond een adres in."}
    mo.post(f"/nl/moderation/proposal/{proposal.public_id}/hide", data=data)
    run_all(now)
    assert lines("sam", "report-answered") == [], "it can still be taken back"
    run_all(now + timedelta(seconds=31))
    for name in ("sam", "kees"):
        assert lines(name, "report-answered") == ["Wat je meldde is niet meer openbaar: #1"]
        mail = select(Message.body).where(
            Message.person_id == person(name).id, Message.kind == "report-answered"
        )
        body = db.session.scalars(mail).one()
        assert "Er stond een adres in." in body
        assert "Eén plek" not in body
    assert {one.outcome for one in reports()} == {ReportOutcome.TAKEN_AWAY}
    assert "Er is niets gemeld" in mo.get("/nl/moderation/reports").text


def test_it_stays_and_who_reported_it_hears_why(
    browse: Any, proposal: Proposal, now: datetime
) -> None:
    comment = make_comment(proposal, author="pia")
    browse("sam").post(path_of(comment), data=SAID)
    mo = browse("mo")
    path = f"/nl/moderation/comment/{comment.public_id}/reports"
    refused = mo.post(path, data={"answer": "  "})
    assert refused.status_code == 422
    assert mo.post(path, data={"answer": "Dit is een openbaar adres."}).status_code == 303
    run_all(now)
    assert lines("sam", "report-answered") == ["Wat je meldde blijft staan: #1.1"]
    assert db.session.get_one(type(comment), comment.id).state is State.PUBLISHED
    again = mo.post(path, data={"answer": "Nog eens."})
    assert again.status_code == 409
    assert "al beantwoord" in again.text


def test_nobody_but_who_moderates_sees_a_report(
    app: Flask, browse: Any, client: Any, proposal: Proposal, now: datetime
) -> None:
    browse("sam").post(path_of(proposal), data=SAID)
    run_all(now)
    pages = (f"/nl/rounds/open/proposals/{proposal.number}", "/nl/rounds/open/moderation-log",
             "/nl/rounds/open/moderation-log/feed.atom", "/nl/home", "/nl/notices")  # fmt: skip
    for reader in (client, browse("lotte"), browse("pia"), browse("bo"), browse("adi")):
        for page in pages:
            text = reader.get(page).text
            assert "Sam Peeters" not in text
            assert "Mijn adres" not in text
        for path in ("/nl/moderation/reports", f"/nl/moderation/proposal/{proposal.public_id}"):
            assert reader.get(path).status_code in {302, 401, 403, 404}
    with app.test_request_context():
        assert not export_of("lotte", now).parts["reports"]
        (mine,) = export_of("sam", now).parts["reports"]
    assert mine["sentence"] == "Mijn adres staat erin."


def test_a_moderator_does_not_answer_reports_about_their_own_text(browse: Any) -> None:
    own = make_proposal("open", author="mo")
    browse("sam").post(path_of(own), data=SAID)
    path = f"/nl/moderation/proposal/{own.public_id}/reports"
    assert browse("mo").post(path, data={"answer": "Mag."}).status_code == 403
    item = f"/nl/moderation/proposal/{own.public_id}"
    for name in ("mo", "ana"):  # who organises reads along, and does not learn who it was
        page = browse(name).get(item)
        assert page.status_code == 200
        assert "Sam Peeters" not in page.text
        assert "Sam Peeters" not in browse(name).get("/nl/moderation/reports").text
    assert reports()[0].settled_at is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "offensive", "sentence": " "}, "sentence"),
        ({"sentence": "Dit klopt niet."}, "kind"),
        ({"kind": "boring", "sentence": "Dit klopt niet."}, "kind"),
        ({"kind": "offensive", "sentence": "x" * 1_001}, "sentence"),
    ],
)
def test_what_is_not_complete_is_refused_and_kept(
    browse: Any, proposal: Proposal, sent: dict[str, str], said: str
) -> None:
    answer = browse("sam").post(path_of(proposal), data=sent)
    assert answer.status_code == 422
    assert f'href="#{said}' in answer.text
    assert sent["sentence"].strip() in answer.text
    assert reports() == []


def test_one_report_waits_at_a_time(browse: Any, proposal: Proposal) -> None:
    sam = browse("sam")
    sam.post(path_of(proposal), data=SAID)
    answer = sam.post(path_of(proposal), data={**SAID, "sentence": "Nog eens."})
    assert answer.status_code == 409
    assert "al gemeld" in answer.text
    assert len(reports()) == 1


@pytest.mark.parametrize("state", [state for state in State if state is not State.PUBLISHED])
def test_what_is_not_public_is_reported_by_nobody(browse: Any, state: State) -> None:
    unseen = make_proposal("open", state, title="geheim", author="lotte")
    for answer in (
        browse("sam").get(path_of(unseen)),
        browse("sam").post(path_of(unseen), data=SAID),
    ):
        assert answer.status_code == 404
        assert "geheim" not in answer.text
    assert reports() == []


def test_a_text_that_is_withdrawn_meanwhile_answers_the_report(
    app: Flask, browse: Any, proposal: Proposal, now: datetime, only_work: Any
) -> None:
    only_work("withdrawn-reports")
    comment = make_comment(proposal, author="pia")
    browse("sam").post(path_of(comment), data=SAID)
    with app.test_request_context(), unit_of_work():
        withdraw_comment(person("pia"), db.session.get_one(type(comment), comment.id), now)
    assert "Er is niets gemeld" in browse("mo").get("/nl/moderation/reports").text
    ask_due(now, set())
    run_all(now)
    assert lines("sam", "report-answered") == ["Wat je meldde is niet meer openbaar: #1.1"]


def test_an_account_that_closes_leaves_its_report_without_a_name(
    app: Flask, browse: Any, proposal: Proposal, now: datetime
) -> None:
    browse("sam").post(path_of(proposal), data=SAID)
    with app.test_request_context(), unit_of_work():
        close_account(person("sam"), person("sam"), now, ClosedBy.SELF)
    assert [one.reported_by_id for one in reports()] == [None]
    with app.test_request_context(), unit_of_work():
        found = db.session.get_one(Proposal, proposal.id)
        judgement = Judgement(Verb.HIDE, "Een adres.", Ground.PERSONAL_DATA)
        decide(person("mo"), found, judgement, now)  # nobody is told, and nothing fails
    assert reports()[0].outcome is ReportOutcome.TAKEN_AWAY


def test_a_report_is_kept_for_a_year_after_its_answer(
    app: Flask, browse: Any, proposal: Proposal, now: datetime
) -> None:
    browse("sam").post(path_of(proposal), data=SAID)
    (rule,) = [one for one in rules() if one.kind == "reports"]
    assert run_rule(rule, now + 3 * YEAR) == 0  # nobody answered it
    path = f"/nl/moderation/proposal/{proposal.public_id}/reports"
    browse("mo").post(path, data={"answer": "Mag."})
    assert run_rule(rule, now + YEAR - timedelta(seconds=1)) == 0
    assert run_rule(rule, now + YEAR) == 1
    assert reports() == []
    assert app
