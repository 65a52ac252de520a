"""Pia hands in a proposal, in time and late, once and twice, and Sam never gets near it."""

import io
import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import (
    Position,
    PositionHistory,
    Proposal,
    ProposalVersion,
    Stance,
)
from consult.consultation.proposals.positions import take_position
from consult.consultation.proposals.services import (
    revise_proposal,
    save_draft,
    submit_proposal,
    withdraw_proposal,
)
from consult.consultation.proposals.texts import ProposalText, SentForm
from consult.consultation.rounds.models import Moderation, RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooLarge
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.kinds import LARGEST
from consult.foundation.files.services import store_file
from consult.foundation.notifications.models import Message
from consult.foundation.record.models import Receipt
from tests.cast import person
from tests.factories import acts, find_round, make_proposal

pytestmark = pytest.mark.usefixtures("app")

TEXT = ProposalText(
    title="Eén plek voor besluiten",
    problem="Besluiten zijn moeilijk te vinden.",
    action="Zet ze op één plek.",
)


@pytest.fixture(autouse=True)
def _links(app: Flask) -> object:
    """Mails hold links, which need an address as in a request."""
    with app.test_request_context():
        yield


def submit(
    now: datetime, *, who: str = "pia", slug: str = "open", opened: datetime | None = None
) -> Receipt:
    with unit_of_work():
        return submit_proposal(person(who), find_round(slug), TEXT, now, opened)


def tally(slug: str = "open") -> RoundTally:
    db.session.expire_all()
    return db.session.get_one(RoundTally, find_round(slug).id)


def stored(receipt: Receipt) -> Proposal:
    return db.session.get_one(Proposal, receipt.event.subject_id)


def test_handing_in_stores_everything_together(now: datetime) -> None:
    receipt = submit(now)
    proposal = stored(receipt)
    assert (proposal.number, proposal.state) == (1, State.PENDING)
    assert receipt.event.verb == "proposal.submitted"
    assert db.session.scalars(select(ProposalVersion.content)).one()["title"] == TEXT.title
    assert (tally().received, tally().pending, tally().late) == (1, 1, 0)
    mail = db.session.scalars(select(Message)).one()
    assert mail.address == "pia@consult.example"
    assert receipt.code in mail.body


def test_the_body_of_the_author_is_kept_as_it_was(now: datetime) -> None:
    assert stored(submit(now)).body_id is not None


def test_speaking_for_an_organisation_needs_a_mandate(now: datetime) -> None:
    text = ProposalText(**{**vars(TEXT), "organisation_id": 1})
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        submit_proposal(person("lotte"), find_round("open"), text, now, None)
    assert set(refused.value.errors) == {"organisation_id"}
    with unit_of_work():
        receipt = submit_proposal(person("pia"), find_round("open"), text, now, None)
    assert stored(receipt).sector == "civil_society"


@pytest.mark.parametrize("who", ["sam", "hanna", "adi"])
def test_who_does_not_take_part_cannot_hand_in(who: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        submit(now, who=who)
    assert tally().received == 0


def test_nothing_is_taken_before_the_round_opens(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        submit(now, slug="upcoming")


def test_a_round_that_was_not_announced_does_not_exist(now: datetime) -> None:
    with pytest.raises(NotFound):
        submit(now, slug="draft")


def closing(slug: str = "open") -> datetime:
    return find_round(slug).closes_at


def test_the_last_second_is_in_time() -> None:
    assert stored(submit(closing())).state is State.PENDING


def test_a_form_opened_in_time_is_taken_during_the_grace_period() -> None:
    at = closing() + timedelta(minutes=14)
    assert stored(submit(at, opened=closing() - timedelta(seconds=1))).state is State.PENDING


@pytest.mark.parametrize("opened_after", [True, None])
def test_a_form_opened_after_closing_is_late(opened_after: bool | None) -> None:
    at = closing() + timedelta(minutes=1)
    opened = closing() + timedelta(seconds=1) if opened_after else None
    assert stored(submit(at, opened=opened)).state is State.LATE


def test_late_input_is_kept_acknowledged_and_counted_apart() -> None:
    at = closing() + timedelta(minutes=16)
    receipt = submit(at, opened=closing() - timedelta(hours=1))
    assert stored(receipt).state is State.LATE
    assert stored(receipt).published_at is None
    assert receipt.event.verb == "proposal.received_late"
    counts = tally()
    assert counts.late == 1
    assert (counts.received, counts.pending, counts.published) == (0, 0, 0)
    assert "laat" in db.session.scalars(select(Message.subject)).one().lower() or (
        "late" in db.session.scalars(select(Message.subject)).one()
    )


def test_post_moderation_publishes_at_once(now: datetime) -> None:
    with unit_of_work():
        find_round("open").moderation = Moderation.POST
    assert stored(submit(now)).state is State.PUBLISHED
    assert (tally().received, tally().published) == (1, 1)


def test_numbers_are_never_given_twice(app: Flask, now: datetime) -> None:
    failures: list[BaseException] = []

    def hand_in() -> None:
        with app.test_request_context():
            try:
                submit(now)
            except BaseException as error:  # noqa: BLE001  (the thread reports it)
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=hand_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    numbers = db.session.scalars(select(Proposal.number).order_by(Proposal.number)).all()
    assert numbers == list(range(1, 9))
    assert tally().received == 8


def test_a_draft_is_its_authors_alone(now: datetime) -> None:
    with unit_of_work():
        draft = save_draft(person("pia"), find_round("open"), TEXT, now)
    assert draft.number is None
    for who in ("kees", "lotte", "ana", "mo", "sam"):
        with pytest.raises(NotFound), unit_of_work():
            save_draft(person(who), find_round("open"), TEXT, now, draft)
    assert tally().received == 0


def test_a_draft_is_handed_in_as_the_same_proposal(now: datetime) -> None:
    with unit_of_work():
        draft = save_draft(person("pia"), find_round("open"), TEXT, now)
    with unit_of_work():
        receipt = submit_proposal(person("pia"), find_round("open"), TEXT, now, None, draft)
    assert stored(receipt).id == draft.id


def test_a_draft_written_in_time_is_late_when_handed_in_late(now: datetime) -> None:
    with unit_of_work():
        draft = save_draft(person("pia"), find_round("open"), TEXT, now)
    late = closing() + timedelta(days=1)
    with unit_of_work():
        receipt = submit_proposal(person("pia"), find_round("open"), TEXT, late, None, draft)
    assert stored(receipt).state is State.LATE


def test_no_draft_is_begun_after_closing(now: datetime) -> None:
    with pytest.raises(NotAllowed), unit_of_work():
        save_draft(person("pia"), find_round("closed"), TEXT, now)


NEWER = ProposalText(**{**vars(TEXT), "title": "Eén plek, in gewone taal"})


def revise(proposal: Proposal, version: int, now: datetime, who: str = "pia") -> None:
    with unit_of_work():
        revise_proposal(person(who), proposal, NEWER, version, now)


def test_every_text_that_was_handed_in_stays(now: datetime) -> None:
    proposal = stored(submit(now))
    revise(proposal, proposal.version, now)
    texts = db.session.scalars(select(ProposalVersion).order_by(ProposalVersion.number)).all()
    assert [version.content["title"] for version in texts] == [TEXT.title, NEWER.title]


def test_a_stale_revision_changes_nothing_and_shows_both(now: datetime) -> None:
    proposal = stored(submit(now))
    stale = proposal.version
    revise(proposal, stale, now)
    with pytest.raises(Conflict) as conflict:
        revise(proposal, stale, now)
    assert conflict.value.theirs["title"] == NEWER.title
    assert db.session.scalar(select(func.count()).select_from(ProposalVersion)) == 2


def test_a_returned_proposal_goes_back_to_the_queue_even_after_closing(now: datetime) -> None:
    proposal = make_proposal("closed", State.RETURNED)
    revise(proposal, proposal.version, now)
    assert proposal.state is State.PENDING
    assert (tally("closed").returned, tally("closed").pending) == (0, 1)


def test_a_new_text_is_not_public_before_a_moderator_has_looked(now: datetime) -> None:
    proposal = make_proposal("open", State.PUBLISHED)
    revise(proposal, proposal.version, now)
    assert proposal.state is State.PENDING
    assert (tally().published, tally().pending) == (0, 1)


def test_a_new_text_is_public_at_once_where_moderators_look_afterwards(now: datetime) -> None:
    with unit_of_work():
        find_round("open").moderation = Moderation.POST
    proposal = make_proposal("open", State.PUBLISHED)
    revise(proposal, proposal.version, now)
    assert proposal.state is State.PUBLISHED


@pytest.mark.parametrize("state", [State.PENDING, State.PUBLISHED])
def test_nothing_else_is_revised_after_closing(state: State, now: datetime) -> None:
    proposal = make_proposal("closed", state)
    with pytest.raises(NotAllowed):
        revise(proposal, proposal.version, now)


@pytest.mark.parametrize("who", ["kees", "ana", "mo", "sam"])
def test_nobody_revises_somebody_elses_text(who: str, now: datetime) -> None:
    proposal = make_proposal("open")
    with pytest.raises(NotFound):
        revise(proposal, proposal.version, now, who)


def test_withdrawing_leaves_a_tombstone_and_the_counts_right(now: datetime) -> None:
    proposal = make_proposal("open")
    with unit_of_work():
        withdraw_proposal(person("pia"), proposal, "", now)
    assert proposal.state is State.WITHDRAWN
    assert proposal.published_at is not None
    assert (tally().published, tally().withdrawn, tally().received) == (0, 1, 1)
    with pytest.raises(NotAllowed), unit_of_work():
        withdraw_proposal(person("pia"), proposal, "", now)


def take(stance: Stance, now: datetime, who: str = "lotte", reason: str = "") -> None:
    proposal = db.session.scalars(select(Proposal)).one()
    with unit_of_work():
        take_position(person(who), proposal, stance, reason, now)


def test_a_changed_position_counts_once_and_stays_in_history(now: datetime) -> None:
    proposal = make_proposal("open")
    take(Stance.SUPPORT, now)
    take(Stance.OBJECT, now, reason="Te duur.")
    take(Stance.OBJECT, now, reason="Veel te duur.")
    db.session.expire_all()
    assert (proposal.support_count, proposal.object_count) == (0, 1)
    assert db.session.scalars(select(Position.reason)).one() == "Veel te duur."
    assert len(db.session.scalars(select(PositionHistory)).all()) == 3


def test_who_objects_says_why(now: datetime) -> None:
    make_proposal("open")
    with pytest.raises(InvalidInput):
        take(Stance.OBJECT, now, reason="  ")


def test_a_stranger_takes_no_position(now: datetime) -> None:
    make_proposal("open")
    with pytest.raises(NotAllowed):
        take(Stance.SUPPORT, now, who="sam")


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def attach(name: str, content: bytes, now: datetime) -> Proposal:
    with unit_of_work():
        file = store_file(person("pia"), name, io.BytesIO(content), now)
        return save_draft(person("pia"), find_round("open"), TEXT, now, sent=SentForm(files=[file]))


def test_a_pdf_is_kept_under_a_random_name(now: datetime) -> None:
    stored_file = attach("../../nota.pdf", PDF, now).attachments[0].file
    assert stored_file.name == "nota.pdf"
    assert stored_file.media_type == "application/pdf"
    assert "nota" not in stored_file.storage_key


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plaatje.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("nota.pdf", b"MZ\x90\x00 this is a program"),
        ("pagina.html", b"<html></html>"),
        ("nota.exe", PDF),
        ("leeg.pdf", b""),
    ],
)
def test_a_file_of_another_kind_is_refused_and_nothing_is_kept(
    name: str, content: bytes, now: datetime
) -> None:
    with pytest.raises(InvalidInput):
        attach(name, content, now)
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_a_file_that_is_too_large_is_refused(now: datetime) -> None:
    with pytest.raises(TooLarge):
        attach("nota.pdf", PDF + b"0" * LARGEST, now)


def test_each_act_stands_in_the_record(now: datetime) -> None:
    proposal = stored(submit(now))
    revise(proposal, proposal.version, now)
    with unit_of_work():
        withdraw_proposal(person("pia"), proposal, "", now)
    verbs = acts()
    assert verbs == ["proposal.submitted", "proposal.revised", "proposal.withdrawn"]
