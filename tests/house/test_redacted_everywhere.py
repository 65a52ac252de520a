"""Words that a moderator leaves out stand nowhere any more, whatever made a copy of them.

Who adds a copy of the text of a contribution (a table, a file, a mail) finds here that it is not
registered (`register_copies`): the test names the column or the file that still holds the words.
"""

import io
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment, CommentKind
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.holding import take_back
from consult.consultation.moderation.models import RedactedKind as Kind
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.redaction import EVERYWHERE, RedactedPassage
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Proposal, ProposalVersion
from consult.consultation.proposals.services import revise_proposal, submit_proposal
from consult.consultation.proposals.texts import ProposalText, SentForm
from consult.foundation.core.db import db
from consult.foundation.core.search import found_ids
from consult.foundation.core.spelling import learn_words
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.services import store_file
from consult.foundation.jobs.services import run_all
from consult.foundation.record.models import Receipt
from consult.foundation.record.verify import verify_record
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import make_commitment, publish_commitment
from consult.outcomes.responses.services import publish_responses
from consult.people.following.models import FollowedKind
from consult.people.following.queries import get_subject
from consult.people.following.services import follow
from tests.cast import person
from tests.commitments.test_services import text_from
from tests.conftest import Clock
from tests.factories import find_round
from tests.moderation.redacting import (
    NAME,
    PHONE,
    columns_with,
    files_with,
    leave_out,
    name_in,
    phone_in,
    says,
    stored_texts,
)
from tests.privacy.exported import export_of
from tests.privacy.planted import unpacked
from tests.proposals.test_services import PDF
from tests.responses.test_services import answer

PLANTED = [f"zwalm{first}{second}k" for first in "abcdefgh" for second in "qrstu"]
"""Forty names that stand nowhere else: some in each part of the text, a comment and a file."""


def planted(first: int, last: int) -> str:
    return " en ".join(PLANTED[first:last])


WORDS = (NAME, "Zeldenrijk", PHONE, "zwalm")
BODY = f"Bel {NAME}, zegt {planted(28, 36)}."
TEXT = ProposalText(
    title=f"Wat {NAME} met {planted(0, 2)} overkwam",
    problem=f"Niemand belt terug. Bel {NAME} op {PHONE}, of {planted(2, 10)}.",
    action=f"Zet een nummer op de site, zegt {planted(10, 14)}.",
    result=f"{NAME} wordt gebeld door {planted(14, 18)}.",
    openness=f"Het staat er, zegt {planted(18, 22)}.",
    possible_holder=planted(22, 24),
)
ROUND, PLAN = "/nl/rounds/open", "/nl/plans/open-overheid"
PAGES = (
    "/nl/", ROUND, f"{ROUND}/feed.atom", f"{ROUND}/proposals",
    f"{ROUND}/proposals/1", f"{ROUND}/proposals/1/history", f"{ROUND}/moderation-log",
    f"{ROUND}/moderation-log/feed.atom",
    PLAN, f"{PLAN}/feed.atom", f"{PLAN}/plan.pdf", f"{PLAN}/plan.docx", f"{PLAN}/commitments/1",
    *(f"{PLAN}/versions/1{rest}" for rest in ("", "/plan.pdf", "/plan.docx", "/text.json")),
    "/nl/search?q=site",
    *(f"{ROUND}/downloads/{kind}" for kind in ("csv", "json", "xlsx", "pdf", "docx", "odt")),
)  # fmt: skip


def everything_copies(app: Flask, clock: Clock) -> tuple[Proposal, Comment]:
    """Hand in, revise, publish, comment, cite, answer, freeze, tell and export."""
    with app.test_request_context():
        with unit_of_work():
            follow(person("sam"), get_subject(FollowedKind.ROUND, find_round("open").id), clock())
            name = f"Brief van {planted(36, 40)}.pdf"
            sent = SentForm(files=[store_file(person("pia"), name, io.BytesIO(PDF), clock())])
            submit_proposal(person("pia"), find_round("open"), TEXT, clock(), None, sent=sent)
        run_all(clock())
        proposal = db.session.scalars(select(Proposal)).one()
        with unit_of_work():
            newer = ProposalText(**{**vars(TEXT), "action": f"Bel {NAME}, {planted(24, 28)}."})
            revise_proposal(person("pia"), proposal, newer, proposal.version, clock())
        with unit_of_work():
            decide(person("mo"), proposal, Judgement(Verb.PUBLISH, confirmed=True), clock())
            follow(person("sam"), get_subject(FollowedKind.PROPOSAL, proposal.id), clock())
        run_all(clock())
        with unit_of_work():
            said = CommentText(kind=CommentKind.REACTION, body=BODY, language="nl")
            receipt = add_comment(person("lotte"), proposal, said, clock(), None)
            comment = db.session.get_one(Comment, receipt.event.subject_id)
        run_all(clock())
    return proposal, comment


def close_and_answer(app: Flask, proposal: Proposal, clock: Clock) -> None:
    with app.test_request_context():
        round_ = find_round("open")
        clock.forward(seconds=(round_.closes_at + timedelta(days=1) - clock()).total_seconds())
        ana, plan = person("ana"), get_plan("open-overheid")
        with unit_of_work():
            answer(proposal, clock())
            publish_responses(ana, find_round("open"), clock())
        with unit_of_work():
            made = make_commitment(ana, plan, text_from(proposal), clock())
            publish_commitment(ana, made, clock())
            freeze_plan(ana, plan, "Ter besluitvorming", clock())
        run_all(clock())
        for who in ("pia", "lotte", "sam"):
            export_of(who, clock())
        learn_words({}, clock())


def read_all(app: Flask, browse: Any, clock: Clock) -> dict[str, bool]:
    """Read every page and file, and return whether the words stand in it."""
    for page in PAGES:  # some files are made by a job, when they are asked for
        browse().get(page)
    with app.test_request_context():
        run_all(clock())
    answers = {page: browse().get(page) for page in PAGES}
    assert {one.status_code for one in answers.values()} == {200}
    return {page: says(unpacked(one.data), *WORDS) for page, one in answers.items()}


def test_words_that_are_left_out_stand_nowhere_any_more(
    app: Flask, browse: Any, clock: Clock
) -> None:
    proposal, comment = everything_copies(app, clock)
    close_and_answer(app, proposal, clock)
    held_them = read_all(app, browse, clock)
    assert sum(held_them.values()) > len(PAGES) / 2, "the test shows something"
    columns = columns_with(*WORDS)
    assert {"plan_version.content", "message.body", "event_detail.content"} <= columns
    assert files_with(app, *WORDS)
    assert len(PLANTED) == 40
    stored = stored_texts()
    assert not [one for one in PLANTED if one not in stored], "each stood somewhere"
    with app.test_request_context():
        names = [RedactedPassage(EVERYWHERE, one, Kind.NAME) for one in PLANTED]
        files = [one.file.public_id for one in proposal.attachments]
        gone = (name_in(EVERYWHERE), phone_in("problem"), *names[:28])
        leave_out(proposal, clock, *gone, files=files)
        leave_out(comment, clock, name_in(EVERYWHERE), *names[28:36])
    assert not any(read_all(app, browse, clock).values()), "at once, for every reader"
    assert not db.session.scalars(found_ids("proposal", "zwalm")).all()
    with app.test_request_context():
        run_all(clock.forward(seconds=31))
    still = {page for page, holds in read_all(app, browse, clock).items() if holds}
    assert (still, columns_with(*WORDS), files_with(app, *WORDS)) == (set(), set(), set())
    verdict = verify_record()
    assert not verdict.faults
    assert verdict.erased
    code = db.session.scalars(select(Receipt.code).order_by(Receipt.id)).first()
    receipt = browse("pia").get(f"/nl/receipts/{code}")
    assert "er moest iets uit" in receipt.text
    assert not says(receipt.text, *WORDS)
    page = browse().get(f"{ROUND}/proposals/1").text
    assert "Wat [weggelaten: naam] met [weggelaten: naam] en [weggelaten: naam] overkwam" in page
    assert "Bel [weggelaten: naam] op [weggelaten: telefoonnummer]" in page


def test_what_is_taken_back_stands_everywhere_again(app: Flask, browse: Any, clock: Clock) -> None:
    proposal, _comment = everything_copies(app, clock)
    close_and_answer(app, proposal, clock)
    before = read_all(app, browse, clock)
    texts = [one.content for one in db.session.scalars(select(ProposalVersion))]
    with app.test_request_context():
        held = leave_out(proposal, clock, name_in("title"), phone_in("problem"))
        with unit_of_work():
            take_back(person("mo"), held.act, clock.forward(seconds=20))
        run_all(clock.forward(seconds=20))
    assert read_all(app, browse, clock) == before
    db.session.expire_all()
    assert [one.content for one in db.session.scalars(select(ProposalVersion))] == texts
    assert not verify_record().faults
    log = browse().get(f"{ROUND}/moderation-log").text
    assert "Woorden weggelaten" in log
    assert "Woorden teruggezet" in log
