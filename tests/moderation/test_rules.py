"""What moderators of a plan agreed on: ready reasons, and two people for some grounds."""

from typing import Any

import pytest
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Decision, SecondLook, Verb
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.notifications.models import Message
from tests.conftest import Clock
from tests.factories import make_proposal
from tests.moderation.desk_work import let_moderate, let_time_pass, page_of_item, state_of

RULES = "/en/plans/open-overheid/moderation-rules"
AGREED = {
    "version": "0", "return_nl": "Maak het concreet.\nNoem geen namen.",
    "return_en": "Be concrete.",
    "hide_nl": "", "hide_en": "", "grounds_for_two": ["discrimination", "unlawful"],
}  # fmt: skip


@pytest.fixture
def lotte(app: Any, browse: Any, clock: Clock) -> Any:
    """Let Lotte moderate too, and return her browser."""
    del app
    let_moderate("lotte", clock)
    return browse("lotte")


def act(browser: Any, about: Proposal, verb: str, **form: str) -> int:
    db.session.refresh(about)
    data = {"seen": about.version, **form}
    status: int = browser.post(f"{page_of_item(about)}/{verb}", data=data).status_code
    return status


def hide(browser: Any, about: Proposal, ground: str) -> None:
    assert act(browser, about, "hide", ground=ground, reason="Dit hoort hier niet.") == 303


def test_a_plan_begins_with_our_reasons_and_makes_its_own_list(browse: Any, clock: Clock) -> None:
    waits = make_proposal("open", State.PENDING, language="nl")
    mo, item = browse("mo"), page_of_item(waits)
    ours = "We begrijpen nog niet"
    assert ours in mo.get(item).text
    assert ours in mo.get(RULES).text
    assert mo.post(RULES, data=AGREED).status_code == 303
    page = mo.get(item).text
    assert "Maak het concreet." in page
    assert ours not in page
    assert "Be concrete." not in page, "its author reads Dutch"
    assert act(mo, waits, "return", ready="1", reason="Zie zin 2.") == 303
    let_time_pass(clock)
    reason = db.session.scalars(select(Decision.reason)).one()
    assert reason == "Noem geen namen. Zie zin 2."


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(browse: Any) -> None:
    assert browse("mo").post(RULES, data=AGREED).status_code == 303
    answer = browse("ana").post(RULES, data={**AGREED, "return_nl": "Mijn eigen zin."})
    assert answer.status_code == 409
    assert "Mijn eigen zin." in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"return_nl": "\n".join(f"Reden {n}." for n in range(31))},
        {"hide_en": "x" * 501},
        {"grounds_for_two": ["because"]},
    ],
)
def test_what_is_too_much_is_refused_and_kept(browse: Any, wrong: dict[str, Any]) -> None:
    answer = browse("mo").post(RULES, data={**AGREED, **wrong})
    assert answer.status_code == 422
    assert "Be concrete." in answer.text


@pytest.mark.parametrize("who", ["pia", "bo", "lotte", "adi"])
def test_nobody_else_sets_the_rules(browse: Any, who: str) -> None:
    assert browse(who).get(RULES).status_code == 403
    assert browse(who).post(RULES, data=AGREED).status_code == 403


def test_on_some_grounds_a_second_moderator_confirms(browse: Any, lotte: Any, clock: Clock) -> None:
    mo, shown = browse("mo"), make_proposal("open")
    mo.post(RULES, data=AGREED)
    hide(mo, shown, "discrimination")
    assert state_of(shown) is State.HIDDEN, "it is out of sight at once"
    let_time_pass(clock)
    assert shown.public_id in mo.get("/en/moderation?tab=second").text
    assert "Confirm the hiding" not in mo.get(page_of_item(shown)).text
    assert act(mo, shown, "confirm") == 403
    assert act(lotte, shown, "confirm") == 409, "Mo has it open"
    clock.forward(minutes=16)
    assert act(lotte, shown, "confirm") == 303
    assert shown.public_id not in mo.get("/en/moderation?tab=second").text
    assert list(db.session.scalars(select(Decision.verb).order_by(Decision.id))) == [
        Verb.HIDE,
        Verb.CONFIRM,
    ]
    log = browse().get("/en/rounds/open/moderation-log").text
    assert "Hiding confirmed by a second moderator" in log


@pytest.mark.parametrize("before", [State.PUBLISHED, State.PENDING])
def test_or_puts_the_text_back_with_a_reason(
    browse: Any, lotte: Any, clock: Clock, before: State
) -> None:
    mo, shown = browse("mo"), make_proposal("open", before)
    mo.post(RULES, data=AGREED)
    hide(mo, shown, "unlawful")
    let_time_pass(clock)
    assert act(lotte, shown, "reverse") == 422, "it needs a reason"
    assert act(lotte, shown, "reverse", reason="Dit is een oordeel, geen smaad.") == 303
    assert state_of(shown) is before
    assert len(db.session.scalars(select(Message.id)).all()) == 2, "hidden, and put back"


def test_other_grounds_ask_for_nobody(browse: Any) -> None:
    mo = browse("mo")
    mo.post(RULES, data=AGREED)
    hide(mo, make_proposal("open"), "offensive")
    assert db.session.scalars(select(SecondLook)).all() == []
