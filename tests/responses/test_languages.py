"""An answer in Dutch and in English, in one of them, and as it was before."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.foundation.record.verify import verify_record
from consult.outcomes.responses.models import Correction, Response
from tests.cast import person
from tests.factories import make_proposal

DESK = "/nl/rounds/closed/responses"
DUTCH, ENGLISH = "Dit nemen we over.", "We adopt this."
FORM = {"outcome": "adopted", "version": ""}
Browse = Callable[..., Any]


def answer(browse: Browse, *, publish: bool = True, **form: str) -> Any:
    """Let Ana answer the first proposal of the closed round, and publish."""
    make_proposal("closed")
    ana = browse("ana")
    answer = ana.post(f"{DESK}/1", data={**FORM, **form})
    assert answer.status_code == 303, answer.text
    if publish:
        assert ana.post(f"{DESK}/publish").status_code == 303
    return ana


def page(browse: Browse, language: str) -> str:
    return str(browse().get(f"/{language}/rounds/closed/proposals/1").text)


def stored() -> Response:
    db.session.expire_all()
    return db.session.scalars(select(Response)).one()


def test_everyone_reads_the_answer_in_their_own_language(browse: Browse) -> None:
    answer(browse, reason_nl=DUTCH, reason_en=ENGLISH)
    dutch, english = page(browse, "nl"), page(browse, "en")
    assert DUTCH in dutch
    assert ENGLISH not in dutch
    assert ENGLISH in english
    assert DUTCH not in english
    assert "Niet vertaald" not in dutch
    assert "Not translated" not in english
    assert stored().reasons == {"nl": DUTCH, "en": ENGLISH}


def test_an_answer_in_one_language_says_so_to_who_reads_the_other(browse: Browse) -> None:
    answer(browse, reason_nl="", reason_en=ENGLISH)
    dutch = page(browse, "nl")
    assert "Niet vertaald. Deze tekst is in het Engels." in dutch
    assert 'class="consult-prose" lang="en"' in dutch
    assert "Not translated" not in page(browse, "en")
    assert stored().language == "en"


def test_without_a_reason_in_any_language_it_comes_back(browse: Browse) -> None:
    make_proposal("closed")
    refused = browse("ana").post(f"{DESK}/1", data={**FORM, "reason_nl": " ", "reason_en": ""})
    assert refused.status_code == 422
    assert 'href="#reason_nl"' in refused.text
    assert db.session.scalar(select(Response)) is None


def test_a_translation_that_comes_later_keeps_what_was_said_before(browse: Browse) -> None:
    ana = answer(browse, reason_nl=DUTCH)
    form = {
        **FORM, "version": str(stored().version), "reason_nl": DUTCH, "reason_en": ENGLISH,
        "because": "De vertaling is er.",
    }  # fmt: skip
    assert ana.post(f"{DESK}/1", data=form).status_code == 303
    assert "Not translated" in page(browse, "en")  # of the answer as it was, below the new one
    assert page(browse, "en").count(ENGLISH) == 1
    form |= {"version": str(stored().version), "reason_nl": "Toch niet.", "reason_en": "No."}
    assert ana.post(f"{DESK}/1", data=form).status_code == 303
    before = db.session.scalars(select(Correction).order_by(Correction.id)).all()
    assert [one.reasons for one in before] == [{"nl": DUTCH}, {"nl": DUTCH, "en": ENGLISH}]
    english = page(browse, "en")
    assert "No." in english
    assert english.count(ENGLISH) == 1
    assert verify_record().faults == []


def test_a_language_that_is_emptied_is_gone_and_the_other_stays(browse: Browse) -> None:
    ana = answer(browse, publish=False, reason_nl=DUTCH, reason_en=ENGLISH)
    form = {**FORM, "version": str(stored().version), "reason_nl": "", "reason_en": ENGLISH}
    assert ana.post(f"{DESK}/1", data=form).status_code == 303
    assert (stored().language, stored().reasons) == ("en", {"en": ENGLISH})


def test_two_who_write_at_once_lose_no_language(browse: Browse) -> None:
    ana = answer(browse, publish=False, reason_nl=DUTCH, reason_en=ENGLISH)
    stale = {**FORM, "version": "0", "reason_nl": "Anders.", "reason_en": "Otherwise."}
    told = ana.post(f"{DESK}/1", data=stale)
    assert told.status_code == 409
    for text in (DUTCH, ENGLISH, "Anders.", "Otherwise."):
        assert text in told.text


@pytest.mark.parametrize(
    ("language", "told", "silent"), [("nl", DUTCH, ENGLISH), ("en", ENGLISH, DUTCH)]
)
def test_its_author_gets_it_in_their_language(
    browse: Browse, language: str, told: str, silent: str
) -> None:
    with unit_of_work():
        person("pia").language = language
    answer(browse, reason_nl=DUTCH, reason_en=ENGLISH)
    mail = db.session.scalars(select(Message)).one()
    assert told in mail.body
    assert silent not in mail.body
    assert "Not translated" not in mail.body


def test_a_mail_says_where_it_is_not_translated(browse: Browse) -> None:
    with unit_of_work():
        person("pia").language = "en"
    answer(browse, reason_nl=DUTCH)
    mail = db.session.scalars(select(Message)).one()
    assert "Not translated. This text is in Dutch." in mail.body
    assert DUTCH in mail.body


def test_it_is_found_by_words_of_both(browse: Browse) -> None:
    answer(browse, reason_nl="Wij planten kastanjes.", reason_en="We plant chestnuts.")
    for word in ("kastanjes", "chestnuts"):
        found = browse().get(f"/en/search?q={word}&kind=response").text
        assert "/en/rounds/closed/proposals/1#response" in found
        assert "We plant" in found


def test_who_changes_the_translation_past_the_program_is_named(
    browse: Browse, now: datetime
) -> None:
    del now
    answer(browse, reason_nl=DUTCH, reason_en=ENGLISH)
    with unit_of_work():
        table = Response.__table__
        db.session.execute(table.update().values(translations={"en": "Never."}))  # type: ignore[attr-defined]
    (fault,) = verify_record().faults
    assert "translations" in fault
