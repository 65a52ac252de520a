"""Everybody finds on their own page what waits for them."""

import re
from datetime import datetime, timedelta
from typing import Any

from consult.consultation.comments.models import CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.plans.models import PlanBody
from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.services import PlanText, create_plan
from consult.consultation.proposals.models import Stance
from consult.consultation.statements.services import show_statement, vote
from consult.foundation.core.db import db
from consult.foundation.core.languages import pick
from consult.foundation.core.unit_of_work import unit_of_work
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import (
    CommitmentText,
    make_commitment,
    publish_commitment,
)
from consult.people.organisations.models import Body, BodyKind, Mandate
from consult.people.organisations.queries import get_organisation
from tests.cast import person
from tests.factories import (
    find_round,
    make_comment,
    make_meeting,
    make_proposal,
    make_round_of_statements,
)
from tests.world import AUTUMN, DAY, NOON, SINCE

HOME = "/en/home"


def test_pia_goes_on_with_what_is_not_finished(browse: Any) -> None:
    draft = make_proposal("open", State.DRAFT, title="Half a thought")
    make_proposal("open", State.RETURNED, title="Names in it")
    page = browse("pia").get(HOME).text
    assert "This waits for you" in page
    assert f"/en/drafts/{draft.public_id}" in page
    assert "returned to you by a moderator" in page
    assert len(re.findall(r"Half a thought\s*</h3>", page)) == 1
    assert page.count(f"/en/drafts/{draft.public_id}") == 1
    assert "Half a thought" not in browse("lotte").get(HOME).text


def test_a_round_says_its_plan_for_whom_it_is_and_what_it_asks(browse: Any) -> None:
    round_ = find_round("open")
    with unit_of_work():
        round_.questions = {"en": "What is missing?\nWho should join?"}
    plan = pick(round_.plan.title, "en")[0]
    for path in (HOME, "/en/"):
        page = browse("pia").get(path).text
        assert "What is missing?" in page
        assert "Who should join?" not in page
        assert "for members of" in page
        assert re.search(rf"<span>{plan}</span>", page), path
    with unit_of_work():
        find_round("open").open_to_everyone = True
    assert "for everyone" in browse("pia").get(HOME).text
    assert "for everyone" in browse().get("/en/").text


def test_a_draft_of_a_round_that_closed_does_not_wait(browse: Any) -> None:
    make_proposal("closed", State.DRAFT, title="Too late now")
    waits, _, page = browse("pia").get(HOME).text.partition("My proposals")
    assert "Too late now" not in waits
    assert "Too late now" in page


def test_who_handed_in_nothing_is_invited_to_write(browse: Any) -> None:
    write = "/en/rounds/open/proposals/new"
    waits, _, _ = browse("lotte").get(HOME).text.partition("Rounds for you")
    assert waits.count(write) == 1
    assert "closes on" in waits
    make_proposal("open", State.PENDING, author="lotte")
    for who in ("lotte", "sam", "ana", "mo"):
        assert write not in browse(who).get(HOME).text.partition("Rounds for you")[0], who


def test_the_rounds_of_ones_own_bodies_come_first(browse: Any) -> None:
    make_round_of_statements("Every meeting can be followed.")
    with unit_of_work():
        everybody = find_round("stellingen")
        everybody.open_to_everyone = True
        everybody.bodies.clear()
        everybody.closes_at = find_round("open").closes_at - DAY
    page = browse("pia").get(HOME).text
    assert page.index("/en/rounds/open/proposals/new") < page.index("/stellingen/statements/vote")


def test_pia_finds_her_comments_and_what_was_returned(browse: Any) -> None:
    said = make_proposal("open", author="lotte")
    comment = make_comment(said, State.RETURNED, author="pia")
    page = browse("pia").get(HOME).text
    assert "My comments" in page
    assert f"/en/comments/{comment.public_id}/revise" in page
    assert "My comments" not in browse("lotte").get(HOME).text


def promise(now: datetime) -> None:
    """Put a commitment of Stichting Helder Bestuur in the public plan."""
    plan = get_plan("open-overheid")
    with unit_of_work():
        text = CommitmentText(
            theme_id=plan.themes[0].id, title={"nl": "Belofte", "en": "Promise"},
            holder_id=get_organisation("helder-bestuur").id,
        )  # fmt: skip
        made = make_commitment(person("ana"), plan, text, now)
        publish_commitment(person("ana"), made, now)


def test_bo_finds_the_version_to_read(browse: Any, now: datetime) -> None:
    promise(now)
    with unit_of_work():
        freeze_plan(person("ana"), get_plan("open-overheid"), "For decision", now)
    assert "For decision" in browse("bo").get(HOME).text
    assert "For decision" not in browse("pia").get(HOME).text


def test_hanna_finds_the_commitments_of_her_organisation(browse: Any, now: datetime) -> None:
    promise(now)
    helder = get_organisation("helder-bestuur")
    assert "Promise" not in browse("hanna").get(HOME).text
    with unit_of_work():
        db.session.add(
            Mandate(person_id=person("hanna").id, organisation_id=helder.id, starts_on=SINCE)
        )
    page = browse("hanna").get(HOME).text
    assert "Promise" in page
    assert "No proposals yet" not in page, "who works here is not asked to write one"


def test_adi_starts_a_plan_from_here_and_pia_does_not(browse: Any) -> None:
    assert "/en/plans/new" in browse("adi").get(HOME).text
    assert "/en/plans/new" not in browse("pia").get(HOME).text


def test_each_finds_the_plans_that_they_manage_the_newest_first(browse: Any, now: datetime) -> None:
    with unit_of_work():
        other = PlanText({"nl": "Ander plan", "en": "Other plan"}, SINCE, AUTUMN, number=6)
        create_plan(person("adi"), other, "ander", now)
    ours, theirs = "/en/plans/open-overheid/manage", "/en/plans/ander/manage"
    for who, found in (("adi", [theirs, ours]), ("ana", [ours]), ("pia", [])):
        page = browse(who).get(HOME).text
        assert re.findall(r'href="(/en/plans/[a-z-]+/manage)"', page) == found, who


def test_the_next_step_is_the_same_here_and_at_the_desk(browse: Any) -> None:
    make_proposal("closed", State.LATE)
    ana = browse("ana")
    for page in (HOME, "/en/rounds/closed/manage"):
        assert "Decide about what came late" in ana.get(page).text


def test_pia_finds_her_body_and_its_next_meeting(browse: Any) -> None:
    assert "No meeting is planned." in browse("pia").get(HOME).text
    made = make_meeting("planned")
    page = browse("pia").get(HOME).text
    assert "My bodies" in page
    assert f"/en/bodies/stakeholderforum/meetings/{made.number}" in page
    assert "My bodies" not in browse("sam").get(HOME).text


def test_the_next_meeting_of_a_body_is_the_one_that_comes_first(browse: Any) -> None:
    _, first, _ = [make_meeting(at=NOON + timedelta(days=days)) for days in (5, 3, 9)]
    page = browse("pia").get(HOME).text
    assert f"/en/bodies/stakeholderforum/meetings/{first.number}" in page
    assert len(re.findall("/en/bodies/stakeholderforum/meetings/", page)) == 1


def test_mo_finds_how_many_of_each_wait(browse: Any) -> None:
    said = make_proposal("open")
    for _ in range(2):
        make_proposal("open", State.PENDING)
    for _ in range(3):
        make_comment(said, State.PENDING)
    page = browse("mo").get(HOME).text
    assert "2 proposals" in page
    assert "3 comments" in page
    assert "3 comments" not in browse("pia").get(HOME).text


def test_ana_is_asked_to_convene_the_bodies_of_her_plans_only(browse: Any, now: datetime) -> None:
    with unit_of_work():
        body = Body(
            slug="elders", kind=BodyKind.COALITION, name={"nl": "Elders", "en": "Elsewhere"},
            half_yearly=True, created_at=now - 400 * DAY,
        )  # fmt: skip
        other = PlanText({"nl": "Ander plan", "en": "Other plan"}, SINCE, AUTUMN, number=6)
        plan = create_plan(person("adi"), other, "", now)
        db.session.add(body)
        db.session.flush()
        db.session.add(PlanBody(plan_id=plan.id, body_id=body.id, position=1))
    assert "Elsewhere" not in browse("ana").get(HOME).text
    with unit_of_work():
        hers = get_plan("open-overheid")
        db.session.add(PlanBody(plan_id=hers.id, body_id=body.id, position=2))
    assert "Elsewhere" in browse("ana").get(HOME).text


def test_pia_is_asked_to_answer_a_question_until_she_did(browse: Any) -> None:
    said = make_proposal("open")
    question = make_comment(said, kind=CommentKind.QUESTION, body="Who pays for it?")
    make_comment(said, body="Good.")
    make_comment(said, author="pia", kind=CommentKind.QUESTION, body="Who joins me?")
    page = browse("pia").get(HOME).text
    assert "a question about your proposal #1" in page
    assert f"/en/rounds/open/proposals/1/comments?parent={question.public_id}" in page
    assert "Who joins me?" not in page.split("My comments")[0]
    assert "a question about your proposal" not in browse("lotte").get(HOME).text
    make_comment(said, author="pia", parent=question)
    assert "a question about your proposal" not in browse("pia").get(HOME).text


def test_what_one_can_still_vote_on_waits(browse: Any, now: datetime) -> None:
    round_ = make_round_of_statements("Every meeting can be followed.", "Data are open.")
    assert "2 statements to vote on" in browse("pia").get(HOME).text
    with unit_of_work():
        shown = show_statement(person("pia"), round_, now)
        assert shown is not None
        vote(person("pia"), shown, Stance.SUPPORT, now)
    page = browse("pia").get(HOME).text
    assert "1 statement to vote on" in page
    assert "/en/rounds/stellingen/statements/vote" in page
    with unit_of_work():
        find_round("stellingen").closes_at = now - DAY
        db.session.info.pop("unrecorded rows", None)
    assert "to vote on" not in browse("pia").get(HOME).text


def test_the_start_page_begins_with_what_waits_for_its_reader(browse: Any) -> None:
    draft = make_proposal("open", State.DRAFT, title="Half a thought")
    page = browse("pia").get("/en/").text
    waits, rounds = page.index("This waits for you"), page.index("Open now")
    assert waits < page.index(f"/en/drafts/{draft.public_id}") < rounds
    for other in (browse("lotte"), browse()):
        assert "This waits for you" not in other.get("/en/").text
