"""Mo sees what may be personal data, and publishes it only by saying so twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment, ContributionState
from consult.consultation.moderation.batches import Ticked, decide_batch
from consult.consultation.moderation.models import SuspectedData, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.moderation.suspected import Unconfirmed, looked_at, take_in
from consult.consultation.proposals.models import Proposal
from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from tests.cast import person
from tests.factories import make_comment, make_proposal

QUEUE = "/nl/moderation"
CALL = "Bel mevrouw Jansen op 06-12345678."


@pytest.fixture(autouse=True)
def _links(app: Flask) -> object:
    with app.test_request_context():
        yield


def waiting_proposal() -> Proposal:
    """A proposal that waits, with a name and a telephone number in it."""
    return make_proposal("open", ContributionState.PENDING, action=CALL)


def arrive(contribution: Proposal | Comment, now: datetime) -> None:
    """Let the job do its work."""
    kind = "proposal" if isinstance(contribution, Proposal) else "comment"
    take_in({"kind": kind, "id": contribution.id, "text": 1}, now)


def publish(contribution: Proposal | Comment, now: datetime, *, confirmed: bool = False) -> None:
    with unit_of_work():
        decide(person("mo"), contribution, Judgement(Verb.PUBLISH, confirmed=confirmed), now)


@pytest.mark.parametrize("job_came", [True, False])
def test_a_marked_text_is_published_only_by_saying_so_twice(now: datetime, job_came: bool) -> None:
    proposal = waiting_proposal()
    if job_came:
        arrive(proposal, now)
    with pytest.raises(Unconfirmed, match="2"):
        publish(proposal, now)
    assert proposal.state is ContributionState.PENDING
    publish(proposal, now, confirmed=True)
    assert db.session.get_one(Proposal, proposal.id).state is ContributionState.PUBLISHED


def test_a_comment_is_looked_at_as_well(now: datetime) -> None:
    comment = make_comment(
        make_proposal("open"), ContributionState.PENDING, body="Mail jan@voorbeeld.nl"
    )
    arrive(comment, now)
    assert looked_at(comment).marks == {"body": [Suspected(5, 21, SuspectedKind.EMAIL)]}
    with pytest.raises(Unconfirmed):
        publish(comment, now)


def test_a_text_without_marks_goes_at_once(now: datetime) -> None:
    proposal = make_proposal("open", ContributionState.PENDING)
    arrive(proposal, now)
    publish(proposal, now)
    assert db.session.get_one(Proposal, proposal.id).state is ContributionState.PUBLISHED


def test_places_are_kept_and_not_the_text(now: datetime) -> None:
    arrive(waiting_proposal(), now)
    arrive(waiting_proposal(), now)
    kept = db.session.scalars(select(SuspectedData).order_by(SuspectedData.id)).all()
    assert [one.number for one in kept] == [2, 2]
    assert kept[0].places == {"action": [[12, 18, "name"], [22, 33, "telephone"]]}
    assert "06-1234" not in str(vars(kept[0]))


def test_a_new_text_was_not_looked_at_until_the_job_comes(browse: Any, now: datetime) -> None:
    proposal = waiting_proposal()
    arrive(proposal, now)
    with unit_of_work():
        proposal.action = "Niets bijzonders."
    page = browse("mo").get(QUEUE).text
    assert "nog niet naar persoonsgegevens gekeken" in page
    assert looked_at(proposal).number == 0
    arrive(proposal, now)
    assert "nog niet naar persoonsgegevens gekeken" not in browse("mo").get(QUEUE).text


def test_the_queue_and_the_page_show_the_marks_and_publishing_asks_once_more(
    browse: Any, now: datetime
) -> None:
    proposal = waiting_proposal()
    arrive(proposal, now)
    shown = browse("mo").get(QUEUE).text
    assert "Mogelijk persoonsgegevens (2)" in shown
    mo = browse("mo")
    here = f"/nl/moderation/proposal/{proposal.public_id}"
    page = mo.get(here).text
    assert '06-12345678<span class="consult-suspected__kind"> [telefoonnummer]' in page
    first = mo.post(f"{here}/publish", data={"seen": proposal.version})
    assert first.status_code == 422
    assert "Toch publiceren" in first.text
    assert 'name="confirmed" value="y"' in first.text
    again = mo.post(f"{here}/publish", data={"seen": proposal.version, "confirmed": "y"})
    assert again.status_code == 303
    run_all(now + timedelta(seconds=31))  # so long it could be taken back
    db.session.expire_all()
    assert db.session.get_one(Proposal, proposal.id).state is ContributionState.PUBLISHED


def test_a_batch_leaves_what_is_marked_and_says_so(now: datetime) -> None:
    marked, plain = waiting_proposal(), make_proposal("open", ContributionState.PENDING)
    with unit_of_work():
        left = decide_batch(
            person("mo"),
            [Ticked(one, one.version) for one in (marked, plain)],
            Judgement(Verb.PUBLISH),
            now,
        )
    assert [one.contribution for one in left] == [marked]
    assert "2 mogelijke persoonsgegevens" in str(left[0].why)
