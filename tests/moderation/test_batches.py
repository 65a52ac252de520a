"""One decision about what was ticked; what stands in the way is named, and all of it goes back."""

from typing import Any

import pytest
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import HeldDecision
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from tests.conftest import Clock
from tests.factories import make_comment, make_proposal
from tests.moderation.desk_work import let_time_pass

BATCH = "/en/moderation/batch"
NOBODYS = "0d1c64e6-1a4c-4c1e-9d59-3a3f4d2f4b12"


def key(about: Any) -> str:
    kind = "proposal" if isinstance(about, Proposal) else "comment"
    db.session.refresh(about)
    return f"{kind}:{about.public_id}:{about.version}"


def held() -> int:
    db.session.expire_all()
    waiting = select(func.count(HeldDecision.id)).where(HeldDecision.settled_at.is_(None))
    return db.session.scalar(waiting) or 0


def states(texts: list[Any]) -> set[State]:
    db.session.expire_all()
    return {one.state for one in texts}


def test_titles_are_shown_first_and_then_all_of_it_happens(browse: Any, clock: Clock) -> None:
    texts: list[Any] = [make_proposal("open", State.PENDING, title=f"Titel {n}") for n in "abc"]
    texts.append(make_comment(make_proposal("open", title="Besproken"), State.PENDING))
    mo = browse("mo")
    ticked = {"ticked": [key(one) for one in texts], "verb": "publish"}
    page = mo.post(BATCH, data=ticked)
    assert page.status_code == 200
    assert all(said in page.text for said in ("Titel a", "Titel c", "Besproken", "#4.1"))
    assert "Publish 4 contributions?" in page.text
    assert held() == 0
    assert mo.post(BATCH, data={**ticked, "sure": "1"}).status_code == 303
    assert held() == 4
    let_time_pass(clock)
    assert states(texts) == {State.PUBLISHED}


def test_one_press_takes_all_of_it_back(browse: Any, clock: Clock) -> None:
    texts = [make_proposal("open", State.PENDING) for _ in "abc"]
    mo = browse("mo")
    keys = [key(one) for one in texts]
    mo.post(BATCH, data={"ticked": keys, "verb": "publish", "sure": "1"})
    act = db.session.scalars(select(HeldDecision.act).distinct()).one()
    assert mo.post(f"/en/moderation/take-back/{act}").status_code == 303
    assert "All 3 wait again." in mo.get("/en/moderation").text
    let_time_pass(clock)
    assert states(texts) == {State.PENDING}


def test_what_changed_meanwhile_is_left_out_and_named(browse: Any) -> None:
    first, changed, own = (
        make_proposal("open", State.PENDING),
        make_proposal("open", State.PENDING),
        make_proposal("open", State.PENDING, author="mo"),
    )
    keys = [key(one) for one in (first, changed, own)]
    with unit_of_work():
        changed.action = "Iets anders."
    mo = browse("mo")
    mo.post(BATCH, data={"ticked": keys, "verb": "publish", "sure": "1"})
    assert held() == 1
    page = mo.get("/en/moderation").text
    assert "#2 stays as it was: This text was changed while you were looking at it." in page
    assert "#3 stays as it was: You wrote this yourself." in page


def test_returning_needs_one_reason_for_all(browse: Any, clock: Clock) -> None:
    texts = [make_proposal("open", State.PENDING) for _ in "ab"]
    sent = {"ticked": [key(one) for one in texts], "verb": "return", "sure": "1"}
    mo = browse("mo")
    assert mo.post(BATCH, data=sent).status_code == 422
    assert held() == 0
    assert mo.post(BATCH, data={**sent, "ready": "1"}).status_code == 303
    let_time_pass(clock)
    assert states(texts) == {State.RETURNED}


@pytest.mark.parametrize(
    ("ticked", "verb", "status"),
    [
        ([], "publish", 422), (["proposal:x:1"], "publish", 404), (["x"], "publish", 404),
        ([f"proposal:{NOBODYS}:1"], "publish", 404), (["proposal:x:1"], "hide", 404),
        ([f"proposal:{n}:1" for n in range(51)], "publish", 422),
    ],
)  # fmt: skip
@pytest.mark.parametrize("sure", ["", "1"])
def test_what_the_list_did_not_write(
    browse: Any, ticked: list[str], verb: str, status: int, sure: str
) -> None:
    sent = {"ticked": ticked, "verb": verb, "sure": sure}
    assert browse("mo").post(BATCH, data=sent).status_code == status
    assert held() == 0


@pytest.mark.parametrize("who", ["pia", "bo", "ana"])
def test_who_does_not_moderate_decides_nothing(browse: Any, who: str) -> None:
    sent = {"ticked": [key(make_proposal("open", State.PENDING))], "verb": "publish", "sure": "1"}
    browse(who).post(BATCH, data=sent)
    assert held() == 0
