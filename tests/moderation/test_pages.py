"""The desk in the browser: see all of it, decide once, lose nothing, and go on."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Decision, Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.models import Plan, PlanRole, Role
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round, TallySlot
from consult.foundation.core.db import db
from consult.foundation.core.pages import encode_cursor
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal
from tests.house.test_budgets import fill
from tests.statements import counted

QUEUE, DETAIL, LIST = 6, 14, 6
WHY = "Noem alstublieft geen namen van mensen."


def act(browser: Any, about: Proposal | Comment, verb: str, query: str = "", **form: Any) -> Any:
    kind = "proposal" if isinstance(about, Proposal) else "comment"
    db.session.refresh(about)
    address = f"/nl/moderation/{kind}/{about.public_id}/{verb}{query}"
    return browser.post(address, data={"seen": str(about.version), **form})


def let_time_pass(clock: Any) -> None:
    """Let the time go by in which a decision can be taken back, and do what waits for that."""
    run_all(clock.forward(seconds=31))


def state_of(about: Proposal | Comment) -> State:
    db.session.expire_all()
    return about.state


def decisions() -> int:
    return db.session.scalar(select(func.count()).select_from(Decision)) or 0


@pytest.fixture
def second_moderator(app: Flask, now: datetime) -> str:
    """Let Lotte moderate too and return her name."""
    del app
    with unit_of_work():
        db.session.add(
            PlanRole(
                plan_id=find_round("open").plan_id,
                person_id=person("lotte").id,
                role=Role.MODERATOR,
                granted_at=now,
            )
        )
    return "lotte"


@pytest.fixture
def elsewhere(app: Flask, now: datetime) -> Proposal:
    """Make a pending proposal in the round of a plan where nobody of the cast has a role."""
    del app
    with unit_of_work():
        plan = Plan(
            slug="ander", number=6, title={"nl": "Ander plan"}, introduction={},
            starts_on=now.date(), ends_on=now.date(), languages=["nl"], created_at=now,
        )  # fmt: skip
        db.session.add(plan)
        db.session.flush()
        day = timedelta(days=1)
        round_ = Round(
            plan_id=plan.id, slug="daar", title={"nl": "Daar"}, opens_at=now - day,
            closes_at=now + day, published_at=now - day, created_at=now,
        )  # fmt: skip
        db.session.add(round_)
        db.session.flush()
        db.session.add(TallySlot(round_id=round_.id))
    return make_proposal("daar", State.PENDING, title="Van een ander plan")


# Seeing


def test_an_open_item_shows_all_of_a_text_and_what_was_decided_before(
    browse: Any, clock: Any
) -> None:
    mo = browse("mo")
    act(mo, make_proposal("open", State.PENDING), "return", reason=WHY)
    shown = make_proposal("open", State.PENDING, result="Sneller.", openness="Bijzonder open.")
    let_time_pass(clock)
    page = mo.get(f"/en/moderation/proposal/{shown.public_id}").text
    assert "Sneller." in page
    assert "Bijzonder open." in page
    assert re.search(r"Decided before about this author:\s+returned to the author 1", page)


def test_a_comment_says_what_it_answers(browse: Any) -> None:
    proposal = make_proposal("open")
    first = make_comment(proposal)
    answer = make_comment(proposal, State.PENDING, parent=first, body="Daar ben ik het mee oneens.")
    mo = browse("mo")
    page = mo.get("/en/moderation").text
    assert "Comment #1.2, an answer to #1.1" in page
    assert "Daar ben ik het mee oneens." in page
    assert "attachment" not in page
    page = mo.get(f"/en/moderation/comment/{answer.public_id}").text
    assert "It answers #1.1" in page
    assert first.body in page
    assert "not public now" not in page
    act(mo, first, "hide", reason=WHY, ground="offensive")
    assert "not public now" in mo.get(f"/en/moderation/comment/{answer.public_id}").text


def test_own_texts_are_shown_with_why_they_cannot_be_decided(browse: Any) -> None:
    own = make_proposal("open", State.PENDING, author="mo", title="Van Mo zelf")
    mo = browse("mo")
    page = mo.get(f"/en/moderation/proposal/{own.public_id}").text
    assert "Van Mo zelf" in page
    assert "You wrote this yourself" in page
    assert "/publish" not in page
    assert re.search(r'name="ticked"[^>]*disabled', mo.get("/en/moderation").text)
    assert act(mo, own, "publish").status_code == 403
    assert state_of(own) is State.PENDING


def test_an_organiser_reads_the_queue_and_is_told_who_decides(browse: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    ana = browse("ana")
    page = ana.get("/en/moderation").text
    assert "A moderator of the plan decides about these." in page
    assert "/publish" not in page
    assert act(ana, waits, "publish").status_code == 403


def test_late_items_stand_apart_for_the_organiser(browse: Any) -> None:
    late = make_proposal("closed", State.LATE, title="Net te laat")
    mo, ana = browse("mo"), browse("ana")
    assert "Net te laat" not in ana.get("/en/moderation").text
    assert "An organiser of the plan decides about these." in mo.get("/en/moderation?tab=late").text
    assert "Net te laat" in ana.get("/en/moderation?tab=late").text
    assert act(mo, late, "admit", reason=WHY).status_code == 403
    assert act(ana, late, "admit", "?tab=late").status_code == 422
    answer = act(ana, late, "admit", "?tab=late", reason="De post was te laat.")
    assert answer.headers["Location"] == "/nl/moderation?tab=late"
    assert state_of(late) is State.PENDING


def test_the_filters_of_the_queue(browse: Any) -> None:
    make_proposal("closed", State.PENDING, title="In de gesloten ronde")
    shown = make_proposal("open", title="Waarover men praat")
    make_comment(shown, State.PENDING)
    mo = browse("mo")
    both = mo.get("/nl/moderation").text
    assert "In de gesloten ronde" in both
    assert "Waarover men praat" in both
    assert "Waarover men praat" not in mo.get("/nl/moderation?round=closed").text
    assert "In de gesloten ronde" not in mo.get("/nl/moderation?kind=comment").text
    assert "No contribution fits" in mo.get("/en/moderation?round=closed&kind=comment").text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("round=nergens", 404), ("round=x%00", 404), ("kind=x", 200), ("tab=x", 200),
        ("cursor=x", 422), (f"cursor={encode_cursor('2026-01-01', 'proposal', 1)}", 422),
        (f"cursor={encode_cursor('2026-01-01T00:00:00+00:00', 'round', 1)}", 200),
    ],
)  # fmt: skip
def test_what_is_typed_in_the_address(browse: Any, query: str, status: int) -> None:
    assert browse("mo").get(f"/nl/moderation?{query}").status_code == status


def test_a_round_that_was_not_announced_stands_in_no_queue(browse: Any) -> None:
    """A round that is being imported is announced last: nobody decides in half of one."""
    make_proposal("draft", State.PENDING, title="Nog niet")
    make_proposal("open", State.PENDING, title="Al wel")
    page = browse("mo").get("/nl/moderation").text
    assert "Al wel" in page
    assert "Nog niet" not in page


@pytest.mark.parametrize("who", ["pia", "kees", "lotte", "sam", "bo", "hanna", "adi"])
def test_who_moderates_nothing_sees_no_queue(browse: Any, who: str) -> None:
    waits = make_proposal("open", State.PENDING, author="ana")
    browser = browse(who)
    assert browser.get("/nl/moderation").status_code == 403
    # The approver may read it, so is told why not; to the others it is not there.
    status = 403 if who == "bo" else 404
    assert browser.get(f"/nl/moderation/proposal/{waits.public_id}").status_code == status
    assert act(browser, waits, "publish").status_code == status
    assert state_of(waits) is State.PENDING


def test_who_is_not_signed_in_is_asked_to(client: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    assert "/login" in client.get("/nl/moderation").headers["Location"]
    assert act(client, waits, "publish").status_code == 401
    assert state_of(waits) is State.PENDING


def test_a_draft_is_not_for_moderators(browse: Any) -> None:
    draft = make_proposal("open", State.DRAFT)
    mo = browse("mo")
    assert mo.get(f"/nl/moderation/proposal/{draft.public_id}").status_code == 404
    assert act(mo, draft, "publish").status_code == 404


def test_another_plan_is_another_queue(browse: Any, elsewhere: Proposal) -> None:
    mo = browse("mo")
    assert "Van een ander plan" not in mo.get("/nl/moderation").text
    assert mo.get("/nl/moderation?round=daar").status_code == 404
    assert mo.get(f"/nl/moderation/proposal/{elsewhere.public_id}").status_code == 404
    for verb in Verb:
        answer = act(mo, elsewhere, verb, reason=WHY, ground="offensive")
        assert answer.status_code == 404
    assert state_of(elsewhere) is State.PENDING


# Deciding


def test_after_a_decision_the_next_one_stands_ready(browse: Any, clock: Any) -> None:
    first, second, third = (
        make_proposal("open", State.PENDING, at=clock.forward(minutes=1)) for _ in range(3)
    )
    mo = browse("mo")
    answer = act(mo, second, "publish", "?round=open&only=proposal")
    there = f"/nl/moderation/proposal/{third.public_id}?round=open&only=proposal"
    assert answer.headers["Location"] == there
    answer = act(mo, third, "publish")
    assert answer.headers["Location"] == "/nl/moderation"
    assert first.public_id in mo.get("/nl/moderation").text, "what was passed over waits"


def test_a_double_click_decides_once(browse: Any, clock: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    mo, form = browse("mo"), {"seen": str(waits.version), "reason": WHY, "ground": "offensive"}
    answers = [act(mo, waits, "hide", once="k", **form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert decisions() == 1
    let_time_pass(clock)
    assert len(db.session.scalars(select(Message)).all()) == 1


def test_a_colleague_was_first(browse: Any, second_moderator: str, clock: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    seen = str(waits.version)
    act(browse("mo"), waits, "publish")
    lotte = browse(second_moderator)
    answer = act(lotte, waits, "return", seen=seen, reason="Mijn lange reden.")
    assert answer.status_code == 409, "it is held"
    assert "Mo Yilmaz heeft hier net over besloten." in answer.text
    let_time_pass(clock)
    answer = act(lotte, waits, "return", seen=seen, reason="Mijn lange reden.")
    assert answer.status_code == 409
    assert "Mo Yilmaz" in answer.text
    assert "Mijn lange reden." in answer.text
    assert state_of(waits) is State.PUBLISHED
    assert decisions() == 1


def test_nobody_publishes_a_text_that_they_did_not_read(browse: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    seen = str(waits.version)
    with unit_of_work():
        waits.action = "Iets heel anders."
    answer = act(browse("mo"), waits, "publish", seen=seen)
    assert answer.status_code == 409
    assert "Iets heel anders." in answer.text
    assert state_of(waits) is State.PENDING


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("return", {}),
        ("return", {"reason": "   "}),
        ("hide", {"ground": "offensive"}),
        ("hide", {"reason": WHY}),
        ("hide", {"reason": WHY, "ground": "because"}),
        ("hide", {"reason": WHY, "ground": "source_moderation"}),
        ("return", {"reason": "x" * 2_001}),
    ],
)
def test_an_incomplete_decision_comes_back_with_what_was_typed(
    browse: Any, verb: str, form: dict[str, str]
) -> None:
    waits = make_proposal("open", State.PENDING)
    answer = act(browse("mo"), waits, verb, **form)
    assert answer.status_code == 422
    assert "<details" in answer.text
    assert form.get("reason", "").strip() in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert state_of(waits) is State.PENDING
    assert not db.session.scalars(select(Message)).all()


def test_there_are_no_other_decisions(browse: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    assert act(browse("mo"), waits, "delete").status_code == 404


def test_a_sentence_is_written_in_the_language_of_the_contribution(browse: Any, clock: Any) -> None:
    waits = make_proposal("open", State.PENDING, language="en")
    answer = act(browse("mo"), waits, "return", ready="4", reason="See line two.")
    assert answer.status_code == 303
    let_time_pass(clock)
    decision = db.session.scalars(select(Decision)).one()
    assert decision.reason == (
        "Please write about other people in a friendly way. See line two."
    )  # the page was Dutch


def test_the_mail_says_who_in_which_role_why_and_what_to_do(browse: Any, clock: Any) -> None:
    with unit_of_work():
        person("pia").language = "en"
    comment = make_comment(make_proposal("open"), State.PENDING, author="pia")
    act(browse("mo"), comment, "return", reason=WHY)
    let_time_pass(clock)
    mail = db.session.scalars(select(Message)).one()
    assert (mail.address, mail.language) == ("pia@consult.example", "en")
    assert "Mo Yilmaz, moderator of the plan" in mail.body
    assert WHY in mail.body
    assert f"/en/comments/{comment.public_id}/revise" in mail.body


def test_the_mail_about_hiding_names_the_ground(browse: Any, clock: Any) -> None:
    act(browse("mo"), make_proposal("open"), "hide", reason=WHY, ground="personal_data")
    let_time_pass(clock)
    mail = db.session.scalars(select(Message)).one()
    assert "Persoonsgegevens" in mail.body
    assert "/nl/rounds/open/moderation-log" in mail.body


# The log, and what stays unseen


def test_the_public_log_names_no_moderator_and_shows_no_hidden_text(browse: Any) -> None:
    proposal = make_proposal("open", title="Geheim van de buren", action="Kwik kwak kwek.")
    shown = make_proposal("open")
    comment = make_comment(shown, body="Snater snater.")
    mo = browse("mo")
    act(mo, proposal, "hide", reason=WHY, ground="personal_data")
    act(mo, comment, "hide", reason="Gescheld.", ground="offensive")
    page = browse().get("/en/rounds/open/moderation-log").text
    assert WHY in page
    assert "Personal data of somebody" in page
    assert "Mo Yilmaz" not in page
    assert "a moderator" in page
    assert "Mo Yilmaz" in mo.get("/en/rounds/open/moderation-log").text
    for address in (
        "rounds/open", "rounds/open/proposals", "rounds/open/proposals?q=kwik",
        "rounds/open/proposals/1", "rounds/open/proposals/2", "rounds/open/moderation-log",
        "plans/open-overheid", "rounds/open/summary", "",
    ):  # fmt: skip
        page = browse().get(f"/nl/{address}").text
        for secret in ("Geheim van de buren", "Kwik kwak", "Snater snater"):
            assert secret not in page, address


def test_the_log_links_to_what_the_public_may_open(browse: Any, clock: Any) -> None:
    shown, gone = make_proposal("open", State.PENDING), make_proposal("open", State.PENDING)
    mo = browse("mo")
    act(mo, shown, "publish")
    act(mo, gone, "return", reason=WHY)
    let_time_pass(clock)
    page = browse().get("/nl/rounds/open/moderation-log").text
    assert f'/nl/rounds/open/proposals/{shown.number}"' in page
    assert f'/nl/rounds/open/proposals/{gone.number}"' not in page


def test_what_the_source_moderated_says_so(browse: Any, now: datetime) -> None:
    hidden = make_proposal("open", State.HIDDEN)
    with unit_of_work():
        db.session.add(
            Decision(
                round_id=hidden.round_id, proposal_id=hidden.id, verb=Verb.HIDE,
                ground=Ground.SOURCE_MODERATION, decided_at=now,
            )
        )  # fmt: skip
    page = browse().get("/en/rounds/open/moderation-log").text
    assert "Moderated at the source" in page
    assert "the source" in page


def test_the_log_goes_on_where_a_page_ended(browse: Any, now: datetime) -> None:
    proposal = make_proposal("open")
    with unit_of_work():
        for n in range(25):
            db.session.add(
                Decision(
                    round_id=proposal.round_id, proposal_id=proposal.id, verb=Verb.RETURN,
                    reason=f"reden-{n:02}", decided_at=now,
                )
            )  # fmt: skip
    reader = browse()
    first = reader.get("/nl/rounds/open/moderation-log").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = reader.get(following[1].replace("&amp;", "&")).text
    reasons = [re.findall(r"reden-\d\d", page) for page in (first, second)]
    assert reasons[0] + reasons[1] == [f"reden-{n:02}" for n in range(24, -1, -1)]
    assert reader.get("/nl/rounds/open/moderation-log?cursor=eA").status_code == 422


# What it costs


@pytest.mark.parametrize("rows", [10, 1000])
@pytest.mark.parametrize("query", ["", "?round=open&kind=proposal", "?tab=late"])
def test_the_statements_of_a_queue(
    app: Flask, browse: Any, now: datetime, rows: int, query: str
) -> None:
    fill(rows, State.LATE if "tab" in query else State.PENDING, now)
    mo = browse("mo")
    with counted(app) as statements:
        answer = mo.get(f"/nl/moderation{query}")
    assert answer.status_code == 200
    assert answer.text.count('class="consult-queue__item"') in {11, 20}
    assert statements.number <= QUEUE, str(statements)


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_statements_of_one_item(app: Flask, browse: Any, now: datetime, rows: int) -> None:
    fill(rows, State.PENDING, now)
    mo = browse("mo")
    comment = db.session.scalars(select(Comment).limit(1)).one()
    proposal = db.session.scalars(select(Proposal).limit(1)).one()
    for kind, public_id in (("comment", comment.public_id), ("proposal", proposal.public_id)):
        with counted(app) as statements:
            answer = mo.get(f"/nl/moderation/{kind}/{public_id}")
        assert answer.status_code == 200
        assert statements.number <= DETAIL, str(statements)


def test_the_statements_of_the_log(app: Flask, browse: Any, now: datetime) -> None:
    proposal = make_proposal("open")
    with unit_of_work():
        for _ in range(100):
            db.session.add(
                Decision(
                    round_id=proposal.round_id, proposal_id=proposal.id, verb=Verb.RETURN,
                    decided_by_id=person("mo").id, decided_at=now,
                )
            )  # fmt: skip
    mo = browse("mo")
    mo.get("/nl/rounds/open")  # the dates that change a page are read once
    with counted(app) as statements:
        assert mo.get("/nl/rounds/open/moderation-log").status_code == 200
    assert statements.number <= LIST, str(statements)


def test_of_what_is_hidden_the_place_and_the_reason_stay(browse: Any) -> None:
    gone = make_proposal("open")
    act(browse("mo"), gone, "hide", reason=WHY, ground="offensive")
    answer = browse().get(f"/en/rounds/open/proposals/{gone.number}")
    assert answer.status_code == 200
    assert "Hidden by a moderator" in answer.text
    assert WHY in answer.text
    assert gone.title not in answer.text
    assert gone.action not in answer.text


def test_a_comment_on_a_page_leads_a_moderator_to_its_decisions(browse: Any) -> None:
    said = make_comment(make_proposal("open"))
    there = f"/en/moderation/comment/{said.public_id}?on=page"
    assert there in browse("mo").get("/en/rounds/open/proposals/1").text
    assert there not in browse("pia").get("/en/rounds/open/proposals/1").text
    mo = browse("mo")
    form = {"reason": WHY, "ground": "offensive", "seen": said.version}
    answer = mo.post(f"/en/moderation/comment/{said.public_id}/hide?on=page", data=form)
    assert answer.headers["Location"].endswith("/en/rounds/open/proposals/1?comment=1#comment-1")
    page = mo.get("/en/rounds/open/proposals/1").text
    assert "#1.1 is hidden. Its author is told in 30 seconds." in page
    assert there in page, "and it can be shown again"


def test_exceptions_stand_out_in_the_log_and_can_be_read_alone(browse: Any, now: datetime) -> None:
    shown, hidden = make_proposal("open", State.PENDING), make_proposal("open")
    with unit_of_work():
        decide(person("mo"), shown, Judgement(Verb.PUBLISH), now)
        decide(person("mo"), hidden, Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE), now)
    reader = browse()
    log = "/en/rounds/open/moderation-log"
    page = reader.get(log).text
    assert page.count("consult-log__routine") == 1
    assert page.count("consult-log__exception") == 1
    only = reader.get(f"{log}?show=exceptions").text
    assert "consult-log__routine" not in only
    assert "Scheldt." in only
    assert reader.get(f"{log}?show=secrets").status_code == 422
