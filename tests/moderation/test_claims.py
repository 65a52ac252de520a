"""Who opens a contribution holds it for a while: others see that, and can take it over."""

from typing import Any

import pytest

from consult.consultation.comments.models import ContributionState as State
from tests.conftest import Clock
from tests.factories import make_proposal
from tests.moderation.desk_work import let_moderate, page_of_item

READS = "Mo Yilmaz is reading this"


@pytest.fixture
def lotte(app: Any, browse: Any, clock: Clock) -> Any:
    """Let Lotte moderate too, and return her browser."""
    del app
    let_moderate("lotte", clock)
    return browse("lotte")


def test_others_see_who_reads_and_decide_after_taking_over(browse: Any, lotte: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    item = page_of_item(waits)
    browse("mo").get(item)
    assert READS in lotte.get("/en/moderation").text
    page = lotte.get(item).text
    assert READS in page
    assert 'id="decide-publish"' not in page
    assert lotte.post(f"{item}/publish", data={"seen": waits.version}).status_code == 409
    assert lotte.post(f"{item}/claim").status_code == 303
    assert READS not in lotte.get(item).text
    assert "is reading this" in browse("mo").get(item).text
    assert lotte.post(f"{item}/publish", data={"seen": waits.version}).status_code == 303


def test_a_claim_ends_by_itself(browse: Any, lotte: Any, clock: Clock) -> None:
    item = page_of_item(make_proposal("open", State.PENDING))
    browse("mo").get(item)
    clock.forward(minutes=14)
    assert READS in lotte.get(item).text
    clock.forward(minutes=2)
    assert READS not in lotte.get(item).text
    assert "is reading this" in browse("mo").get(item).text, "she reads it now"


def test_reading_on_renews_it(browse: Any, lotte: Any, clock: Clock) -> None:
    item = page_of_item(make_proposal("open", State.PENDING))
    mo = browse("mo")
    for _ in range(3):
        mo.get(item)
        clock.forward(minutes=8)
    assert READS in lotte.get(item).text


def test_what_one_reads_stands_in_a_tab_of_its_own(browse: Any) -> None:
    first, other = make_proposal("open", State.PENDING), make_proposal("open", State.PENDING)
    mo = browse("mo")
    assert "You are reading nothing" in mo.get("/en/moderation?tab=mine").text
    mo.get(page_of_item(first))
    page = mo.get("/en/moderation?tab=mine").text
    assert first.public_id in page
    assert other.public_id not in page


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_who_only_reads_along_holds_nothing(browse: Any, lotte: Any, who: str) -> None:
    item = page_of_item(make_proposal("open", State.PENDING))
    browse(who).get(item)
    assert "is reading this" not in lotte.get(item).text
    assert browse(who).post(f"{item}/claim").status_code == 403


def test_nobody_holds_their_own_text(browse: Any, lotte: Any) -> None:
    browse("mo").get(page_of_item(make_proposal("open", State.PENDING, author="mo")))
    assert "is reading this" not in lotte.get("/en/moderation").text


def test_the_next_one_is_not_what_another_reads(browse: Any, lotte: Any, clock: Clock) -> None:
    first, second, third = (
        make_proposal("open", State.PENDING, at=clock.forward(minutes=1)) for _ in range(3)
    )
    lotte.get(page_of_item(second))
    answer = browse("mo").post(f"{page_of_item(first)}/publish", data={"seen": first.version})
    assert answer.headers["Location"] == page_of_item(third)
