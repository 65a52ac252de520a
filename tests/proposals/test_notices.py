"""Who wrote what is answered hears of it, once; who moderates hears of what arrives."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.models import PlanRole, Role
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.notices import tell_of_comment
from consult.consultation.proposals.services import submit_proposal
from consult.consultation.rounds.models import Moderation, Readers
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.kinds import Frequency, Topic
from consult.foundation.notifications.models import Message, Notice
from consult.foundation.notifications.services import choose
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal
from tests.proposals.test_services import TEXT
from tests.statements import counted
from tests.world import DAY


@pytest.fixture
def proposal(app: Flask) -> Proposal:
    """A proposal of Pia, in a round that publishes comments at once."""
    with app.test_request_context():
        with unit_of_work():
            find_round("open").moderation = Moderation.POST
        return make_proposal("open", title="Eén plek")


Says = Callable[..., Comment]


@pytest.fixture
def says(app: Flask, proposal: Proposal, now: datetime) -> Says:
    """Let somebody comment, and the worker work."""

    def say(name: str, parent: Comment | None = None, body: str = "Goed idee.") -> Comment:
        with app.test_request_context(), unit_of_work():
            found = db.session.get_one(Proposal, proposal.id)
            receipt = add_comment(person(name), found, CommentText(body), now, now, parent)
        run_all(now)
        return db.session.get_one(Comment, receipt.event.subject_id)

    return say


def waiting_notices(name: str) -> Sequence[Notice]:
    """Return what waits for the next digest of a person, in order of time."""
    mine = Notice.person_id == person(name).id
    waiting = select(Notice).where(mine, Notice.settled_at.is_(None))
    return db.session.scalars(waiting.order_by(Notice.id)).all()


def lines(name: str, *kinds: str) -> list[tuple[str, str]]:
    db.session.rollback()
    found = waiting_notices(name)
    return [(one.kind, one.line) for one in found if not kinds or one.kind in kinds]


def test_who_proposed_hears_of_a_comment(says: Says) -> None:
    says("lotte")
    (found,) = lines("pia")
    assert found == ("comment-received", "Een reactie op je voorstel: Eén plek")
    notice = waiting_notices("pia")[0]
    assert notice.link == "http://127.0.0.1:5000/nl/rounds/open/proposals/1?comment=1#comment-1"
    assert notice.heading == "Ronde open"
    assert lines("lotte") == []


def test_who_commented_hears_of_an_answer_and_who_proposed_too(says: Says) -> None:
    first = says("lotte")
    says("kees", first)
    assert [kind for kind, _ in lines("lotte")] == ["comment-answered"]
    assert [kind for kind, _ in lines("pia")] == ["comment-received", "comment-received"]


def test_nobody_hears_of_their_own_words_nor_twice_of_the_same(says: Says) -> None:
    own = says("pia")
    assert lines("pia") == []
    says("lotte", own)
    assert [kind for kind, _ in lines("pia")] == ["comment-answered"]


def test_what_waits_for_a_moderator_is_told_when_it_is_public(
    app: Flask, says: Says, now: datetime
) -> None:
    with unit_of_work():
        find_round("open").moderation = Moderation.PRE
    comment = says("lotte")
    assert lines("pia") == []
    for verb, ground in ((Verb.PUBLISH, None), (Verb.HIDE, Ground.OFFENSIVE), (Verb.RESTORE, None)):
        with app.test_request_context(), unit_of_work():
            judgement = Judgement(verb, "Daarom.", ground)
            decide(person("mo"), db.session.get_one(Comment, comment.id), judgement, now)
        run_all(now)
    assert [kind for kind, _ in lines("pia")] == ["comment-received"]


def test_what_was_hidden_before_the_worker_came_is_not_told(
    app: Flask, proposal: Proposal, now: datetime
) -> None:
    with app.test_request_context(), unit_of_work():
        comment = make_comment(proposal, State.HIDDEN)
    tell_of_comment({"comment": comment.id}, now)
    assert lines("pia") == []


def test_a_job_that_runs_twice_tells_once(says: Says, now: datetime) -> None:
    comment = says("lotte")
    tell_of_comment({"comment": comment.id}, now)
    assert len(lines("pia")) == 1


def at_once(name: str) -> Message:
    from_now = select(Message).where(Message.person_id == person(name).id)
    return db.session.scalars(from_now.order_by(Message.id.desc()).limit(1)).one()


def test_a_mail_holds_words_of_an_open_round_only(app: Flask, says: Says, browse: Any) -> None:
    browse("pia").post(
        "/nl/notifications",
        data={
            "contribution": "off", "replies": "immediately", "rounds": "off",
            "membership": "off",
        },
    )  # fmt: skip
    says("lotte", body="Een **goed** idee.")
    assert "“Een goed idee.”" in at_once("pia").body
    assert "Lotte Smit reageerde op je voorstel #1." in at_once("pia").body
    with unit_of_work():
        find_round("open").readers = Readers.PARTICIPANTS
    says("lotte", body="Geheim idee.")
    assert "Geheim" not in at_once("pia").body
    assert app


def test_commenting_costs_the_same_however_many_hear_of_it(
    app: Flask, proposal: Proposal, now: datetime
) -> None:
    """Those who hear of it are found by the worker: the request writes two rows at most."""
    numbers = []
    for many in (1, 30):
        with unit_of_work():
            db.session.add_all(
                PlanRole(
                    plan_id=find_round("open").plan_id, person_id=person("sam").id,
                    role=Role.MODERATOR, granted_at=now,
                )
                for _ in range(many)
            )  # fmt: skip
        with app.test_request_context():
            kees = person("kees")
            found = db.session.get_one(Proposal, proposal.id)
            with counted(app) as statements, unit_of_work():
                add_comment(kees, found, CommentText("Ja."), now, now)
        numbers.append(statements.number)
        assert not [
            one for one in statements.texts if "INTO notice" in one or "INTO message" in one
        ]
    assert numbers[1] <= numbers[0] <= 20


# The queue


def submit(app: Flask, at: datetime) -> None:
    with app.test_request_context(), unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, at, at)
    run_all(at)


def test_who_moderates_hears_of_what_arrives(app: Flask, now: datetime) -> None:
    submit(app, now)
    ((kind, line),) = lines("mo")
    assert kind == "queue-proposal"
    assert line.startswith("Nieuw in de wachtrij: #1 ")
    assert lines("ana") == lines("pia") == []


@pytest.mark.parametrize("when", [0, 25])
def test_who_organises_hears_of_what_is_not_for_publication_without_a_word_of_it(
    app: Flask, now: datetime, when: int
) -> None:
    text = replace(TEXT, title="Geheim plan", not_for_publication=True,
                   not_for_publication_reason="Mijn werkgever leest mee.")  # fmt: skip
    at = now + when * DAY
    with app.test_request_context(), unit_of_work():
        choose(person("ana").id, {Topic.QUEUE: Frequency.IMMEDIATELY}, now)
        submit_proposal(person("pia"), find_round("open"), text, at, at)
    run_all(at)
    line = db.session.scalars(select(Notice.line).where(Notice.kind == "queue-proposal")).one()
    assert line == ("Te laat ontvangen: #1" if when else "Niet voor publicatie: voorstel #1")
    mails = db.session.scalars(select(Message).where(Message.kind == "queue-proposal")).all()
    assert [one.address for one in mails] == ["ana@consult.example"]
    assert "Geheim" not in mails[0].subject + mails[0].body
    assert lines("mo") == []


def test_of_a_comment_that_is_not_for_publication_who_organises_hears(
    app: Flask, proposal: Proposal, now: datetime
) -> None:
    text = CommentText(
        "Mijn chef liegt.", not_for_publication=True, not_for_publication_reason="Mijn chef."
    )
    with app.test_request_context(), unit_of_work():
        add_comment(person("lotte"), db.session.get_one(Proposal, proposal.id), text, now, now)
    run_all(now)
    assert lines("ana") == [
        ("queue-comment", "Niet voor publicatie: een reactie op #1 Eén plek"),
    ]  # fmt: skip
    assert lines("mo") == lines("pia") == lines("lotte") == []


def test_of_what_comes_late_who_organises_hears(app: Flask, now: datetime) -> None:
    submit(app, now + 25 * DAY)
    assert [line[:8] for _kind, line in lines("ana", "queue-proposal")] == ["Te laat "]
    assert lines("mo", "queue-proposal") == []


def test_nobody_hears_of_what_they_wrote_themselves(app: Flask, now: datetime) -> None:
    with unit_of_work():
        db.session.add(
            PlanRole(
                plan_id=find_round("open").plan_id, person_id=person("pia").id,
                role=Role.MODERATOR, granted_at=now,
            )
        )  # fmt: skip
    submit(app, now)
    assert lines("pia") == []
    assert len(lines("mo")) == 1


def test_whose_role_was_taken_back_hears_nothing(app: Flask, now: datetime) -> None:
    with unit_of_work():
        for role in db.session.scalars(select(PlanRole).where(PlanRole.role == Role.MODERATOR)):
            role.ended_at = now
    submit(app, now)
    assert lines("mo") == []


def test_handing_in_that_is_rolled_back_tells_nobody(app: Flask, now: datetime) -> None:
    def fails() -> None:
        with app.test_request_context(), unit_of_work():
            submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not db.session.scalars(select(Job)).all()
    assert not db.session.scalars(select(Notice)).all()
