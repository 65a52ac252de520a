"""Sam follows things: she hears of each change once, by the way she chose, never of a secret."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import Comment, ContributionState
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.models import Plan, Theme
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import revise_proposal
from consult.consultation.rounds.dates import move_date
from consult.consultation.rounds.models import Moderation, MovedDate, Readers
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.kinds import Frequency, Topic
from consult.foundation.notifications.models import Message, Notice
from consult.foundation.notifications.services import choose
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.commitments.services import (
    CommitmentText,
    change_commitment,
    make_commitment,
    publish_commitment,
)
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import ResponseText, prepare_response, publish_responses
from consult.outcomes.summaries.services import SummaryText, save_summary
from consult.people.following.models import Follow
from consult.people.following.queries import MOST
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy
from tests.cast import person
from tests.conftest import Clock
from tests.factories import acts, find_round, make_proposal
from tests.privacy.exported import export_of
from tests.proposals.test_services import TEXT
from tests.world import NOON, both

DAY = timedelta(days=1)


@pytest.fixture
def sam(browse: Any) -> Any:
    """Sam's browser: an account without any role."""
    return browse("sam")


@pytest.fixture
def proposal(app: Flask) -> Proposal:
    """A proposal of Pia about a theme, in a round that publishes at once."""
    with app.test_request_context():
        with unit_of_work():
            find_round("open").moderation = Moderation.POST
        return make_proposal("open", title="Eén plek", theme_id=theme().id)


def theme() -> Theme:
    return db.session.scalars(select(Theme).order_by(Theme.position).limit(1)).one()


def follow(browser: Any, kind: str, number: int, expected: int = 303) -> Any:
    answer = browser.post(f"/nl/following/{kind}/{number}")
    assert answer.status_code == expected, answer.text
    return answer


def heard(name: str = "sam") -> Counter[str]:
    """What stands among somebody's notices: how often each kind."""
    db.session.rollback()
    rows = db.session.scalars(select(Notice.kind).where(Notice.person_id == person(name).id))
    return Counter(rows)


def mails(name: str = "sam") -> list[Message]:
    db.session.rollback()
    sent = select(Message).where(Message.person_id == person(name).id, Message.sent_at.is_not(None))
    return list(db.session.scalars(sent.order_by(Message.id)))


def choose_for(name: str, topic: Topic, how: Frequency) -> None:
    with unit_of_work():
        choose(person(name).id, {topic: how}, NOON)


def says(app: Flask, name: str, on: Proposal, now: datetime, parent: Comment | None = None) -> int:
    with app.test_request_context(), unit_of_work():
        found = db.session.get_one(Proposal, on.id)
        text = CommentText("Zet de data erbij.")
        receipt = add_comment(person(name), found, text, now, now, parent)
    run_all(now)
    return receipt.event.subject_id


def hide(app: Flask, on: Proposal, now: datetime) -> None:
    with app.test_request_context(), unit_of_work():
        found = db.session.get_one(Proposal, on.id)
        decide(person("mo"), found, Judgement(Verb.HIDE, "Een adres.", Ground.PERSONAL_DATA), now)
    run_all(now)


# The deadline


def test_a_moved_deadline_reaches_a_follower_once_with_its_reason(
    app: Flask, sam: Any, proposal: Proposal, now: datetime
) -> None:
    """Whatever the ways: she follows the plan, the round and a proposal in it."""
    round_ = find_round("open")
    for kind, number in (("plan", round_.plan_id), ("round", round_.id), ("proposal", proposal.id)):
        follow(sam, kind, number)
    with app.test_request_context(), unit_of_work():
        becomes = round_.closes_at + 7 * DAY
        move_date(person("ana"), find_round("open"), MovedDate.CLOSES, becomes, "Vakantie.", now)
    run_all(now)
    (mail,) = mails()
    assert "Vakantie." in mail.body
    assert heard() == {"round-moved": 1}
    assert heard("lotte") == {"round-moved": 1}  # a member hears it as before
    page = sam.get("/nl/rounds/open").text
    assert ">1</span>" in page
    assert "1 nieuw bericht" in page


def test_a_notice_is_read_once_and_can_be_kept_as_new(
    app: Flask, sam: Any, browse: Any, proposal: Proposal, now: datetime
) -> None:
    follow(sam, "proposal", proposal.id)
    says(app, "lotte", proposal, now)
    page = sam.get("/nl/notices").text
    assert "1 bericht is nieuw." in page
    assert "Een reactie op een voorstel dat je volgt: Eén plek" in page
    number = db.session.scalars(select(Notice.id).where(Notice.person_id == person("sam").id)).one()
    answer = sam.post(f"/nl/notices/{number}/open")
    assert answer.headers["Location"].endswith(
        f"/nl/rounds/open/proposals/{proposal.number}?comment=1#comment-1"
    )
    assert "Je hebt alles gelezen." in sam.get("/nl/notices").text
    assert sam.post(f"/nl/notices/{number}/unread").status_code == 303
    assert "1 bericht is nieuw." in sam.get("/nl/notices").text
    assert sam.post(f"/nl/notices/{number}/all-read").status_code == 303
    assert "Je hebt alles gelezen." in sam.get("/nl/notices").text
    for path in ("open", "unread"):  # nobody else's
        assert browse("lotte").post(f"/nl/notices/{number}/{path}").status_code == 404


# Once


def test_who_is_told_in_another_way_is_not_told_again(
    app: Flask, browse: Any, sam: Any, proposal: Proposal, now: datetime
) -> None:
    """Pia wrote it, Lotte comments, Kees answers her: and all of them follow it."""
    for name in ("pia", "lotte", "kees"):
        follow(browse(name), "proposal", proposal.id)
    follow(sam, "proposal", proposal.id)
    first = says(app, "lotte", proposal, now)
    assert (heard("pia"), heard("lotte")) == ({"comment-received": 1}, {})
    assert heard("kees") == heard() == {"followed-comment": 1}
    says(app, "kees", proposal, now, db.session.get(Comment, first))
    assert heard("pia") == {"comment-received": 2}
    assert heard("lotte") == {"comment-answered": 1}
    assert heard("kees") == {"followed-comment": 1}
    assert heard() == {"followed-comment": 2}


def test_by_the_way_that_was_chosen(
    app: Flask, sam: Any, proposal: Proposal, clock: Clock, only_work: Callable[..., None]
) -> None:
    only_work("digests")
    follow(sam, "proposal", proposal.id)
    says(app, "lotte", proposal, clock.time)
    assert not mails()  # daily, unless she chooses otherwise
    choose_for("sam", Topic.FOLLOWING, Frequency.IMMEDIATELY)
    says(app, "lotte", proposal, clock.time)
    assert [one.kind for one in mails()] == ["followed-comment"]
    choose_for("sam", Topic.FOLLOWING, Frequency.SITE)
    says(app, "lotte", proposal, clock.time)
    choose_for("sam", Topic.FOLLOWING, Frequency.OFF)
    says(app, "lotte", proposal, clock.time)
    assert heard() == {"followed-comment": 3}
    choose_for("sam", Topic.FOLLOWING, Frequency.DAILY)
    clock.forward(days=1)
    ask_due(clock.time, set())
    run_all(clock.time)
    digest = mails()[-1]
    assert digest.kind == "digest"
    assert digest.body.count("Een reactie op een voorstel dat je volgt") == 1  # the first one


def test_what_was_read_on_the_site_is_not_mailed_again(
    app: Flask, sam: Any, proposal: Proposal, clock: Clock, only_work: Callable[..., None]
) -> None:
    only_work("digests")
    follow(sam, "proposal", proposal.id)
    says(app, "lotte", proposal, clock.time)
    number = db.session.scalars(select(Notice.id).where(Notice.kind == "followed-comment")).one()
    sam.post(f"/nl/notices/{number}/open")
    clock.forward(days=1)
    ask_due(clock.time, set())
    run_all(clock.time)
    assert not mails()


def test_a_new_proposal_on_a_theme_or_in_a_round_is_told_once(
    app: Flask, sam: Any, browse: Any, clock: Clock, only_work: Callable[..., None]
) -> None:
    """Of a theme each one by itself; of a round a number a day, also where both are followed."""
    only_work("round-growth")
    kees = browse("kees")
    follow(sam, "theme", theme().id)
    for kind, number in (("theme", theme().id), ("round", find_round("open").id)):
        follow(kees, kind, number)
    for _ in range(2):
        waiting = make_proposal("open", ContributionState.PENDING, theme_id=theme().id)
        with app.test_request_context(), unit_of_work():
            found = db.session.get_one(Proposal, waiting.id)
            decide(person("mo"), found, Judgement(Verb.PUBLISH), clock.time)
        run_all(clock.time)
    assert (heard(), heard("kees"), heard("pia")) == (
        {"followed-proposal": 2}, {}, {"contribution-decided": 2},
    )  # fmt: skip
    for _ in range(3):
        clock.forward(days=1)
        ask_due(clock.time, set())
        run_all(clock.time)
    assert (heard(), heard("kees")) == ({"followed-proposal": 2}, {"followed-round-grew": 1})
    line = select(Notice.line).where(Notice.kind == "followed-round-grew")
    assert db.session.scalars(line).one() == "2 nieuwe voorstellen in de ronde Ronde open"


def test_a_new_text_is_told_when_it_is_public(
    app: Flask, sam: Any, proposal: Proposal, now: datetime
) -> None:
    follow(sam, "proposal", proposal.id)
    with app.test_request_context(), unit_of_work():
        found = db.session.get_one(Proposal, proposal.id)
        found.text_version, found.shown_versions = 1, [1]
        revise_proposal(person("pia"), found, TEXT, found.version, now)
    run_all(now)
    assert (heard(), heard("pia")) == ({"followed-revised": 1}, {})


def test_every_step_to_the_plan_is_told_once(app: Flask, sam: Any, now: datetime) -> None:
    made = make_proposal("closed", title="Eén plek", theme_id=theme().id)
    plan_id = find_round("closed").plan_id
    for kind, number in (("plan", plan_id), ("theme", theme().id), ("proposal", made.id),
                         ("round", find_round("closed").id)):  # fmt: skip
        follow(sam, kind, number)
    with app.test_request_context(), unit_of_work():
        ana, found = person("ana"), db.session.get_one(Proposal, made.id)
        text = ResponseText(Outcome.ADOPTED, {"nl": "Goed idee."})
        answer = prepare_response(ana, found, text, None, now)
        publish_responses(ana, find_round("closed"), now)
    run_all(now)
    assert heard() == {"round-answered": 1}
    with app.test_request_context(), unit_of_work():
        corrected = ResponseText(Outcome.NOT_ADOPTED, {"nl": "Te duur."}, "Er is geen geld.")
        found = db.session.get_one(Proposal, made.id)
        prepare_response(person("ana"), found, corrected, answer.version, now)
        summary = SummaryText(both("Gezegd.", "Said."))
        save_summary(person("ana"), find_round("closed"), summary, None, now, publish=True)
        said = CommitmentText(theme().id, both("Belofte", "Promise"), sources={made.id: {}})
        plan = db.session.get_one(Plan, plan_id)
        promise = make_commitment(person("ana"), plan, said, now)
        publish_commitment(person("ana"), promise, now)
    run_all(now)
    told = {"round-answered": 1, "followed-answer": 1, "followed-summary": 1,
            "followed-commitment": 1}  # fmt: skip
    assert heard() == told
    follow(sam, "commitment", promise.id)
    for title in ("Belofte", "Andere belofte"):  # saved as it was, that is no news
        with app.test_request_context(), unit_of_work():
            here = db.session.get_one(Commitment, promise.id)
            said = CommitmentText(theme().id, both(title, "Promise"), sources={made.id: {}})
            change_commitment(person("ana"), here, said, here.version, now)
        run_all(now)
    with app.test_request_context(), unit_of_work():
        freeze_plan(person("ana"), db.session.get_one(Plan, plan_id), "Ter besluit", now)
    run_all(now)
    assert heard() == {**told, "followed-commitment-changed": 1, "followed-version": 1}


# Never of what is hidden


def test_what_is_hidden_meanwhile_is_told_to_nobody(
    app: Flask, sam: Any, proposal: Proposal, clock: Clock, only_work: Callable[..., None]
) -> None:
    only_work("digests")
    follow(sam, "proposal", proposal.id)
    says(app, "lotte", proposal, clock.time)
    assert "Eén plek" in sam.get("/nl/notices").text
    hide(app, proposal, clock.time)
    for path in ("/nl/notices", "/nl/following"):
        page = sam.get(path).text
        assert "Eén plek" not in page
        assert "niet meer te lezen" in page or "Niet meer te lezen" in page
    clock.forward(days=1)
    ask_due(clock.time, set())
    run_all(clock.time)
    assert not mails()
    follow(sam, "proposal", proposal.id, 404)


def test_a_follower_of_a_round_that_was_closed_to_her_hears_nothing(
    app: Flask, sam: Any, now: datetime
) -> None:
    round_ = find_round("open")
    follow(sam, "round", round_.id)
    sam.get("/nl/following")
    with app.test_request_context(), unit_of_work():
        find_round("open").readers = Readers.PARTICIPANTS
    with app.test_request_context(), unit_of_work():
        becomes = round_.closes_at + 7 * DAY
        move_date(person("ana"), find_round("open"), MovedDate.CLOSES, becomes, "Vakantie.", now)
    run_all(now)
    assert not mails()
    assert "Ronde open" not in sam.get("/nl/notices").text
    follow(sam, "round", round_.id, 404)


@pytest.mark.parametrize("state", ["draft", "pending", "hidden", "withdrawn", "returned", "late"])
def test_nobody_follows_what_they_may_not_read(sam: Any, state: str) -> None:
    unseen = make_proposal("open", ContributionState(state), author="lotte", title="geheim")
    for answer in (
        sam.get(f"/nl/following/proposal/{unseen.id}"),
        sam.post(f"/nl/following/proposal/{unseen.id}"),
    ):
        assert answer.status_code == 404
        assert "geheim" not in answer.text
    assert not db.session.scalars(select(Follow)).all()


def test_a_draft_round_and_what_is_not_there_are_alike(sam: Any) -> None:
    for kind, number in (("round", find_round("draft").id), ("round", 999_999), ("theme", 999_999),
                         ("plan", 999_999), ("commitment", 999_999)):  # fmt: skip
        follow(sam, kind, number, 404)


# The button, the list, the end of it


def test_from_the_button_to_the_list_and_back(client: Any, sam: Any, proposal: Proposal) -> None:
    page = f"/nl/rounds/open/proposals/{proposal.number}"
    offer = f"/nl/following/proposal/{proposal.id}"
    assert offer in client.get(page).text
    assert client.get(offer).status_code in {302, 401}  # who is not signed in does that first
    assert "Je hoort van reacties" in sam.get(offer).text
    answer = sam.post(offer, data={"next": page})
    assert answer.headers["Location"].endswith(page)
    assert "Je volgt dit" in sam.get(page).text
    sam.post(offer)  # a second time is no other follow
    assert db.session.scalar(select(func.count()).select_from(Follow)) == 1
    assert "Eén plek" in sam.get("/nl/following").text
    assert (
        sam.post(f"{offer}/stop", data={"next": "//elsewhere.example"})
        .headers["Location"]
        .endswith("/nl/following")
    )
    assert "Je volgt nog niets" in sam.get("/nl/following").text
    assert acts() == []  # what somebody follows is on no record


def test_there_is_an_end_to_what_one_follows(sam: Any, proposal: Proposal) -> None:
    mine = person("sam").id
    with unit_of_work():
        rows = [{"person_id": mine, "kind": "theme", "subject_id": 1_000 + n, "since": NOON}
                for n in range(MOST)]  # fmt: skip
        db.session.add_all([Follow(**one) for one in rows])
    answer = follow(sam, "proposal", proposal.id, 403)
    assert f"Je volgt al {MOST} dingen." in answer.text


def test_it_is_exported_and_forgotten_with_the_account(
    app: Flask, sam: Any, proposal: Proposal, now: datetime
) -> None:
    follow(sam, "proposal", proposal.id)
    says(app, "lotte", proposal, now)
    with app.test_request_context():
        parts = export_of("sam", now).parts
    assert [one["kind"] for one in parts["follows"]] == ["proposal"]
    assert [one["kind"] for one in parts["notices"]] == ["followed-comment"]
    with app.test_request_context(), unit_of_work():
        close_account(person("sam"), person("sam"), now, ClosedBy.SELF)
    assert not db.session.scalars(select(Follow)).all()
    assert not db.session.scalars(select(Notice).where(Notice.kind == "followed-comment")).all()
    says(app, "lotte", proposal, now)
    assert not db.session.scalars(select(Notice).where(Notice.kind == "followed-comment")).all()
