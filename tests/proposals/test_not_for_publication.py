"""Lotte hands in what is to be read, and not published; she alone may change her mind."""

from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.services import (
    CommentText,
    add_comment,
    agree_to_publish_comment,
    withdraw_comment,
)
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import (
    agree_to_publish,
    revise_proposal,
    submit_proposal,
    withdraw_proposal,
)
from consult.consultation.rounds.models import Moderation, RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, NotFound
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.verify import verify_record
from consult.outcomes.commitments.services import CommitmentText, make_commitment
from consult.outcomes.summaries.services import SummaryText, save_summary
from tests.cast import person
from tests.factories import acts, find_round, make_proposal
from tests.proposals.test_services import TEXT

pytestmark = pytest.mark.usefixtures("app")

KEPT = replace(TEXT, not_for_publication=True, not_for_publication_reason="Mijn baas leest mee.")


@pytest.fixture(autouse=True)
def _links(app: Flask) -> object:
    with app.test_request_context():
        yield


def hand_in(now: datetime, slug: str = "open") -> Proposal:
    with unit_of_work():
        receipt = submit_proposal(person("lotte"), find_round(slug), KEPT, now, now)
    return db.session.get_one(Proposal, receipt.event.subject_id)


def numbers(slug: str = "open") -> dict[str, int]:
    """Return the counts of a round that are not nought."""
    row = db.session.get_one(RoundTally, find_round(slug).id, populate_existing=True)
    names = [column.key for column in RoundTally.__table__.columns if column.key != "round_id"]
    return {name: number for name in names if (number := getattr(row, name))}


@pytest.mark.parametrize("moderation", list(Moderation))
def test_it_is_counted_apart_and_never_waits_for_a_moderator(
    now: datetime, moderation: Moderation
) -> None:
    with unit_of_work():
        find_round("open").moderation = moderation
    kept = hand_in(now)
    assert (kept.state, kept.published_at, kept.shown_versions) == (
        State.NOT_FOR_PUBLICATION, None, [],
    )  # fmt: skip
    assert numbers() == {"received": 1, "not_for_publication": 1}


def test_keeping_it_from_publication_needs_a_reason(now: datetime) -> None:
    silent = replace(KEPT, not_for_publication_reason=" \u200b")
    with pytest.raises(InvalidInput) as refusal, unit_of_work():
        submit_proposal(person("lotte"), find_round("open"), silent, now, now)
    assert list(refusal.value.errors) == ["not_for_publication_reason"]


def test_what_came_late_is_admitted_to_be_read_only(now: datetime) -> None:
    kept = hand_in(now, "closed")
    assert numbers("closed") == {"late": 1}
    with unit_of_work():
        decide(person("ana"), kept, Judgement(Verb.ADMIT, "Kon niet eerder."), now)
    assert kept.state is State.NOT_FOR_PUBLICATION
    assert numbers("closed") == {"received": 1, "not_for_publication": 1}


@pytest.mark.parametrize("verb", [Verb.PUBLISH, Verb.RETURN, Verb.HIDE, Verb.RESTORE])
def test_no_moderator_decides_about_it(now: datetime, verb: Verb) -> None:
    kept = hand_in(now)
    with pytest.raises(NotAllowed), unit_of_work():
        decide(person("mo"), kept, Judgement(verb, "Toch wel.", None), now)


def test_nobody_but_its_author_lets_it_be_published(now: datetime) -> None:
    kept = hand_in(now)
    for who in ("ana", "mo", "pia", "adi"):
        with pytest.raises((NotAllowed, NotFound)), unit_of_work():
            agree_to_publish(person(who), kept, now)
    with unit_of_work():
        agree_to_publish(person("lotte"), kept, now)
    assert (kept.state, kept.not_for_publication_reason) == (State.PENDING, "")
    assert numbers() == {"received": 1, "pending": 1}
    with unit_of_work():
        decide(person("mo"), kept, Judgement(Verb.PUBLISH), now)
    assert acts() == ["proposal.submitted", "proposal.agreed_to_publish", "proposal.published"]
    with pytest.raises(NotAllowed), unit_of_work():
        agree_to_publish(person("lotte"), kept, now)
    assert verify_record().faults == []


def test_revising_it_changes_nothing_of_that_unless_its_author_says_so(now: datetime) -> None:
    kept = hand_in(now)
    with unit_of_work():
        revise_proposal(person("lotte"), kept, replace(KEPT, title="Nieuw"), kept.version, now)
    assert kept.state is State.NOT_FOR_PUBLICATION
    assert numbers() == {"received": 1, "not_for_publication": 1}
    with unit_of_work():
        revise_proposal(person("lotte"), kept, TEXT, kept.version, now)
    assert (kept.state, kept.not_for_publication) == (State.PENDING, False)


def test_what_was_public_is_not_kept_from_publication(now: datetime) -> None:
    public = make_proposal("open", author="lotte")
    with pytest.raises(InvalidInput) as refusal, unit_of_work():
        revise_proposal(person("lotte"), public, KEPT, public.version, now)
    assert "Trek het in" in str(refusal.value.errors["not_for_publication"])


def test_it_is_withdrawn_without_a_trace_in_public(now: datetime) -> None:
    kept = hand_in(now)
    with unit_of_work():
        withdraw_proposal(person("lotte"), kept, "", now)
    assert (kept.state, kept.published_at) == (State.WITHDRAWN, None)
    assert numbers() == {"received": 1, "withdrawn": 1}


def test_a_comment_goes_the_same_way(now: datetime) -> None:
    public = make_proposal("open")
    why = "Het gaat over collega's."
    said = CommentText("Mis.", not_for_publication=True, not_for_publication_reason=why)
    with unit_of_work():
        for _ in range(2):
            add_comment(person("lotte"), public, said, now, now)
    one, two = db.session.scalars(select(Comment).order_by(Comment.id))
    assert numbers()["comments_not_for_publication"] == 2
    with pytest.raises(NotFound), unit_of_work():
        agree_to_publish_comment(person("pia"), one, now)
    with unit_of_work():
        agree_to_publish_comment(person("lotte"), one, now)
        withdraw_comment(person("lotte"), two, now)
    assert (one.state, two.state) == (State.PENDING, State.WITHDRAWN)
    assert "comments_not_for_publication" not in numbers()
    assert public.comment_count == 0


def test_no_public_text_names_it(now: datetime) -> None:
    public, kept = make_proposal("open"), hand_in(now)
    said = CommentText("Ook dit.", not_for_publication=True, not_for_publication_reason="x")
    with unit_of_work():
        add_comment(person("lotte"), public, said, now, now)
    for named in (f"#{kept.number}", f"#{kept.number}.1", f"#{public.number}.1"):
        text = SummaryText({"nl": f"Zie {named}."})
        with pytest.raises(InvalidInput, match=named) as refusal, unit_of_work():
            save_summary(person("ana"), find_round("open"), text, None, now)
        assert "niet wil laten publiceren" in str(refusal.value)
        assert "Vraag de schrijver" in str(refusal.value.help)
    plan = kept.round.plan
    wanted = CommitmentText(None, {"nl": "Doen", "en": "Do"}, sources={kept.id: {}})
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        make_commitment(person("ana"), plan, wanted, now)
    assert "Vraag de schrijver" in str(refused.value.errors["sources"])
