"""Words are left out of a text for good: by whom, which, and who may read what stood there."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from consult.consultation.comments.models import CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.discussion import add_note
from consult.consultation.moderation.holding import decide_at_desk, take_back
from consult.consultation.moderation.labels import MARKS
from consult.consultation.moderation.log import totals_of
from consult.consultation.moderation.models import (
    Ground,
    RedactedKind,
    Redaction,
    SealedText,
    Verb,
)
from consult.consultation.moderation.redacted_copies import RedactedWords, Rewriting
from consult.consultation.moderation.redaction import EVERYWHERE, RedactedPassage, passage_at
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal, ProposalVersion
from consult.consultation.proposals.services import submit_proposal
from consult.consultation.proposals.texts import ProposalText, SentForm
from consult.foundation.analysis.suspected.spans import SuspectedKind
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.files.services import store_file
from consult.foundation.notifications.models import Message
from consult.foundation.record.verify import verify_record
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import ResponseText, prepare_response
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_comment, make_proposal
from tests.moderation.desk_work import let_moderate, let_time_pass, page_of_item
from tests.moderation.redacting import (
    NAME,
    PERSONAL,
    PHONE,
    columns_with,
    leave_out,
    name_in,
    phone_in,
)
from tests.proposals.test_services import PDF

pytestmark = pytest.mark.usefixtures("app")
MARKED = "Mail jan.zeldenrijk@voorbeeld.nl of bel 06 1298 7634."
PROBLEM = f"Bel {NAME} op {PHONE}. {NAME} weet het."


def with_a_name(state: State = State.PUBLISHED, **more: Any) -> Any:
    return make_proposal("open", state, title="Wie belt er terug?", problem=PROBLEM, **more)


def mails() -> list[str]:
    return list(db.session.scalars(select(Message.subject).order_by(Message.id)))


def test_what_else_was_typed_loses_them_too(clock: Clock) -> None:
    proposal = with_a_name(possible_holder=f"Het team van {NAME}", on_behalf_of=NAME)
    leave_out(proposal, clock, name_in(EVERYWHERE))
    db.session.refresh(proposal)
    mark = "[weggelaten: naam]"
    assert (proposal.possible_holder, proposal.on_behalf_of) == (f"Het team van {mark}", mark)
    assert NAME not in proposal.problem


@pytest.mark.parametrize("state", [State.PUBLISHED, State.PENDING, State.RETURNED, State.HIDDEN])
def test_words_go_wherever_they_stand_in_that_part(clock: Clock, state: State) -> None:
    proposal = with_a_name(state, result=f"{NAME} wordt gebeld.")
    leave_out(proposal, clock, name_in("problem"))
    db.session.expire_all()
    mark = "[weggelaten: naam]"
    assert proposal.problem == f"Bel {mark} op {PHONE}. {mark} weet het."
    assert (proposal.result, proposal.state) == (f"{mark} wordt gebeld.", state)
    (row,) = db.session.scalars(select(Redaction))
    assert (row.field, row.kind) == ("problem", RedactedKind.NAME)
    assert totals_of(proposal.round_id) == {Verb.REDACT: 1}


def test_a_mark_is_in_the_language_of_the_text(clock: Clock) -> None:
    comment = make_comment(make_proposal("open"), body=f"Call {PHONE}.", language="en")
    leave_out(comment, clock, phone_in("body"))
    db.session.refresh(comment)
    assert comment.body == "Call [left out: telephone number]."


def test_only_whole_words_go() -> None:
    """Whatever blanks stand between them; a word that only begins like it stays."""
    proposal = with_a_name()
    rewriting = Rewriting(
        proposal, [RedactedWords("Jan de Wit", "[x]"), RedactedWords("Jan", "[y]")]
    )
    said = "Jan\nde Wit, in januari. Jansen en Jan."
    assert rewriting.rewritten(said) == "[x], in januari. Jansen en [y]."
    assert not rewriting.holds("Jansen")


def test_detectors_say_no_kind_that_has_no_mark() -> None:
    kinds = {kind.value for kind in RedactedKind}
    assert kinds == {kind.value for kind in SuspectedKind} | {"file", "other"}
    assert set(MARKS) == set(RedactedKind)


def test_a_span_of_a_text_is_a_passage() -> None:
    proposal = with_a_name()
    at = PROBLEM.index(PHONE)
    span = passage_at(proposal, "problem", at, at + len(PHONE), RedactedKind.TELEPHONE)
    assert span == phone_in("problem")


@pytest.mark.parametrize(
    ("passage", "judgement", "wrong"),
    [
        (RedactedPassage("problem", "Karel Kwaad"), PERSONAL, "words"),
        (RedactedPassage("result", NAME), PERSONAL, "words"),
        (RedactedPassage("problem", "Z"), PERSONAL, "words"),
        (RedactedPassage("author", NAME), PERSONAL, "words"),
        (name_in("problem"), Judgement(Verb.REDACT, "", Ground.PERSONAL_DATA), "reason"),
        (name_in("problem"), Judgement(Verb.REDACT, "Een naam."), "ground"),
        (
            name_in("problem"),
            Judgement(Verb.REDACT, f"{NAME} staat erin.", Ground.PERSONAL_DATA),
            "reason",
        ),
    ],
)
def test_what_cannot_be_left_out_changes_nothing(
    clock: Clock, passage: RedactedPassage, judgement: Judgement, wrong: str
) -> None:
    proposal = with_a_name()
    with pytest.raises(InvalidInput) as refused:
        leave_out(proposal, clock, passage, judgement=judgement)
    assert set(refused.value.errors) == {wrong}
    db.session.expire_all()
    assert proposal.problem == PROBLEM
    assert not db.session.scalars(select(SealedText)).all()


@pytest.mark.parametrize("who", ["ana", "sam", "pia"])
def test_only_a_moderator_leaves_words_out(clock: Clock, who: str) -> None:
    with pytest.raises(NotAllowed):
        leave_out(with_a_name(), clock, name_in("problem"), who=who)


def test_not_out_of_a_text_of_ones_own_or_one_that_changed(clock: Clock) -> None:
    own = with_a_name(author="mo")
    with pytest.raises(NotAllowed):
        leave_out(own, clock, name_in("problem"))
    proposal = with_a_name()
    older = Judgement(Verb.REDACT, "Een naam.", Ground.PERSONAL_DATA, seen=proposal.version + 1)
    with pytest.raises(Conflict):
        leave_out(proposal, clock, name_in("problem"), judgement=older)


def test_the_author_hears_of_it_when_it_can_be_taken_back_no_longer(clock: Clock) -> None:
    leave_out(with_a_name(), clock, name_in("problem"))
    assert mails() == []
    let_time_pass(clock)
    assert mails() == ["Uit je bijdrage zijn woorden weggelaten"]


def test_taken_back_the_text_stands_there_again_and_nobody_hears(clock: Clock) -> None:
    proposal = with_a_name()
    held = leave_out(proposal, clock, name_in("problem"), phone_in("problem"))
    with unit_of_work():
        take_back(person("mo"), held.act, clock.forward(seconds=20))
    let_time_pass(clock)
    db.session.expire_all()
    assert proposal.problem == PROBLEM
    assert totals_of(proposal.round_id) == {Verb.REDACT: 1, Verb.UNREDACT: 1}
    assert (mails(), db.session.scalars(select(SealedText)).all()) == ([], [])


def test_a_text_that_changed_meanwhile_is_not_put_back(clock: Clock) -> None:
    proposal = with_a_name()
    held = leave_out(proposal, clock, name_in("problem"))
    with unit_of_work():
        proposal.problem = "Heel anders."
    with pytest.raises(Conflict), unit_of_work():
        take_back(person("mo"), held.act, clock.forward(seconds=20))
    db.session.expire_all()
    assert proposal.problem == "Heel anders."


def test_who_left_words_out_goes_on_at_once_and_another_one_waits(clock: Clock) -> None:
    let_moderate("kees", clock)
    proposal = with_a_name(State.PENDING)
    leave_out(proposal, clock, name_in("problem"))
    anyway = Judgement(Verb.PUBLISH, confirmed=True)
    with pytest.raises(Conflict), unit_of_work():
        decide_at_desk(person("kees"), proposal, anyway, clock())
    leave_out(proposal, clock, phone_in("problem"))
    with unit_of_work():
        decide_at_desk(person("mo"), proposal, Judgement(Verb.PUBLISH), clock())
    let_time_pass(clock)
    assert len(mails()) == 3, "two passages at two moments, and the publication"
    db.session.expire_all()
    assert (proposal.state, NAME in proposal.problem) == (State.PUBLISHED, False)


def test_a_text_that_was_handed_in_changes_for_a_redaction_only(clock: Clock) -> None:
    proposal = with_a_name()
    content = {"title": "Wie belt er terug?", "problem": PROBLEM}
    with unit_of_work():
        db.session.add(
            ProposalVersion(proposal_id=proposal.id, number=1, content=content, saved_at=clock())
        )
    for change in ("content = '{}'", "number = 2"):
        with pytest.raises(DBAPIError):
            db.session.execute(text(f"UPDATE proposal_version SET {change}"))
        db.session.rollback()
    leave_out(proposal, clock, name_in("problem"))
    db.session.expire_all()
    (version,) = db.session.scalars(select(ProposalVersion))
    assert NAME not in str(version.content["problem"])
    for change in ("UPDATE proposal_version SET number = 2", "DELETE FROM proposal_version"):
        with pytest.raises(DBAPIError):
            db.session.execute(text(change))
        db.session.rollback()


def test_a_title_that_grows_too_long_is_cut(clock: Clock) -> None:
    proposal = make_proposal("open", title=f"{NAME} {'x' * 270}")
    leave_out(proposal, clock, RedactedPassage("title", NAME, RedactedKind.DOCUMENT_NUMBER))
    db.session.refresh(proposal)
    assert len(proposal.title) == 300


# Files


def with_a_file(clock: Clock) -> tuple[Any, StoredFile]:
    """Hand in a proposal with a file that has the name of somebody."""
    pia = person("pia")
    with unit_of_work():
        stored = store_file(pia, f"Brief van {NAME}.pdf", io.BytesIO(PDF), clock())
        written = ProposalText(title="Wie belt er terug?", action="Bel.")
        sent = SentForm(files=[stored])
        receipt = submit_proposal(pia, find_round("open"), written, clock(), None, sent=sent)
    proposal = db.session.get_one(Proposal, receipt.event.subject_id)
    with unit_of_work():
        anyway = Judgement(Verb.PUBLISH, confirmed=True)
        decide(person("mo"), proposal, anyway, clock())
    return proposal, stored


def test_a_file_is_held_back_for_all_but_the_team_and_its_name_goes(
    app: Flask, browse: Any, clock: Clock
) -> None:
    with app.test_request_context():
        proposal, stored = with_a_file(clock)
        leave_out(proposal, clock, files=[stored.public_id])
        let_time_pass(clock)
    there = f"/en/attachments/{stored.public_id}"
    statuses = {who: browse(who).get(there).status_code for who in ("mo", "ana", "pia", None)}
    assert statuses == {"mo": 200, "ana": 200, "pia": 403, None: 302}
    page = browse().get(f"/en/rounds/open/proposals/{proposal.number}").text
    assert "[weggelaten: bestand].pdf" in page
    assert "held back by a moderator" in page
    assert there not in page
    assert there in browse("mo").get(page_of_item(proposal)).text
    assert not columns_with(NAME)
    assert not verify_record().faults


def test_a_file_that_was_held_back_by_a_slip_is_there_again(app: Flask, clock: Clock) -> None:
    with app.test_request_context():
        proposal, stored = with_a_file(clock)
        held = leave_out(proposal, clock, files=[stored.public_id])
        with unit_of_work():
            take_back(person("mo"), held.act, clock.forward(seconds=20))
    db.session.refresh(stored)
    assert (stored.name, stored.withheld_at) == (f"Brief van {NAME}.pdf", None)


def test_a_file_of_another_proposal_is_not_held_back(app: Flask, clock: Clock) -> None:
    with app.test_request_context():
        _proposal, stored = with_a_file(clock)
    with pytest.raises(InvalidInput) as refused:
        leave_out(with_a_name(), clock, files=[stored.public_id])
    assert set(refused.value.errors) == {"files"}


# The desk


def form_of(about: Any, **more: str) -> dict[str, str]:
    return {
        "field": "", "words": f"{NAME}\n{PHONE}", "kind": "name", "ground": "personal_data",
        "reason": "Dit zegt wie iemand is.", "seen": str(about.version), **more,
    }  # fmt: skip


def test_at_the_desk_several_passages_go_at_once_and_the_text_stays_open(browse: Any) -> None:
    proposal, mo = with_a_name(State.PENDING), browse("mo")
    here = page_of_item(proposal)
    page = mo.get(here).text
    assert 'data-shortcut="l"' in page
    answer = mo.post(f"{here}/redact", data=form_of(proposal))
    assert (answer.status_code, answer.location) == (303, here)
    page = mo.get(here).text
    assert "Words are left out of #1." in page
    assert NAME not in page
    assert PHONE not in page
    assert 'id="decide-publish"' in page, "the rest is decided about at once"
    assert "Wie belt er terug?" in mo.get("/en/moderation").text, "and it waits like before"
    assert 'data-shortcut="z"' in page


def test_all_that_is_marked_goes_with_one_press_each_by_its_kind(browse: Any) -> None:
    proposal, mo = make_proposal("open", State.PENDING, problem=MARKED), browse("mo")
    here = page_of_item(proposal)
    assert "All that is marked in the text (2 pieces)" in mo.get(here).text
    answer = mo.post(f"{here}/redact", data=form_of(proposal, words="", marked="y"))
    assert answer.status_code == 303
    db.session.refresh(proposal)
    assert proposal.problem == "Mail [weggelaten: e-mailadres] of bel [weggelaten: telefoonnummer]."
    page = mo.get(here).text
    assert 'name="marked"' not in page
    published = mo.post(f"{here}/publish", data={"seen": str(proposal.version)})
    assert published.status_code == 303, "nothing is marked any more: it asks nothing twice"


def test_a_refusal_keeps_what_was_typed(browse: Any) -> None:
    proposal, mo = with_a_name(), browse("mo")
    wrong = form_of(proposal, words="Karel Kwaad", reason="Omdat het moet.")
    answer = mo.post(f"{page_of_item(proposal)}/redact", data=wrong)
    assert answer.status_code == 422
    assert "“Karel Kwaad” does not stand there" in answer.text
    assert "Omdat het moet." in answer.text


def test_what_stood_there_is_read_by_the_team_and_each_time_is_told(
    browse: Any, clock: Clock
) -> None:
    proposal = with_a_name()
    leave_out(proposal, clock, name_in("problem"))
    let_time_pass(clock)
    here = page_of_item(proposal)
    for who, status in (("ana", 200), ("mo", 200), ("sam", 403), ("pia", 403), (None, 401)):
        answer = browse(who).post(f"{here}/left-out")
        assert answer.status_code == status, who
        assert (NAME in answer.text) is (status == 200)
    page = browse("mo").get(here).text
    assert "Opened by Ana de Boer on" in page
    assert "Opened by Mo Yilmaz on" in page
    assert NAME not in page


def test_texts_of_others_and_mails_that_say_it_are_listed(
    app: Flask, browse: Any, clock: Clock
) -> None:
    """An answer in draft, a comment and a note say it, and Lotte has a mail with it already."""
    proposal = with_a_name()
    with unit_of_work():
        said = ResponseText(Outcome.ADOPTED, {"nl": f"Zoals {NAME} zegt."})
        prepare_response(person("ana"), proposal, said, None, clock())
        db.session.add(
            Message(
                kind="followed-proposal", person_id=person("lotte").id, address="l@x.example",
                language="nl", subject="Nieuw", body=f"#1: {NAME} belt.", about_type="proposal",
                about_id=proposal.id, created_at=clock(), due_at=clock(), sent_at=clock(),
                settled_at=clock(),
            )
        )  # fmt: skip
    with app.test_request_context(), unit_of_work():
        comment = CommentText(kind=CommentKind.REACTION, body=f"{NAME} belt nooit.", language="nl")
        add_comment(person("lotte"), proposal, comment, clock(), None)
        add_note(person("mo"), proposal, f"Wie is {NAME}?", clock())
    leave_out(proposal, clock, name_in("problem"))
    page = browse("mo").post(f"{page_of_item(proposal)}/left-out").text
    assert "The answer to it" in page
    assert "Comment #1.1" in page
    assert "A note or a report, which only moderators read" in page
    assert "The reason of a decision" not in page
    assert "Lotte Smit, " in page
    assert NAME not in db.session.scalars(select(Message.body)).one()


def test_everybody_reads_that_something_was_left_out_and_its_author_why(
    browse: Any, clock: Clock
) -> None:
    proposal = with_a_name()
    leave_out(proposal, clock, name_in("problem"), phone_in("problem"))
    page = browse().get(f"/en/rounds/open/proposals/{proposal.number}").text
    assert "2 passages are left out of this text." in page
    assert "/en/rounds/open/moderation-log" in page
    own = browse("pia").get(f"/en/rounds/open/proposals/{proposal.number}").text
    assert "Words were left out of your text" in own
    assert "Words were left out of your text" not in page
    log = browse().get("/en/rounds/open/moderation-log?show=exceptions").text
    assert "Words left out" in log
    assert PERSONAL.reason in log
