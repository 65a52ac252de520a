"""A name may stand in several versions of a plan, and in the name of one: all of them are told."""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from consult.consultation.moderation.models import Ground
from consult.consultation.plans.queries import get_plan
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import EventDetail
from consult.foundation.record.verify import verify_record
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.redaction import redact_version
from consult.outcomes.approvals.services import freeze_plan
from tests.approvals.test_redaction import (
    NAME,
    PAGE,
    PROBLEM,
    frozen,
    hide,
    readable,
    redaction,
    stored,
)
from tests.cast import person

pytestmark = pytest.mark.usefixtures("app")

FORM = {"words": NAME, "pointer": "", "ground": "personal_data", "reason": "Hij vroeg erom."}
SECOND = "/nl/plans/open-overheid/versions/2/redact"


def freeze_again(label: str, now: datetime) -> PlanVersion:
    with unit_of_work():
        return freeze_plan(person("ana"), get_plan("open-overheid"), label, now)


@pytest.mark.parametrize("words", [NAME, ""])
def test_other_versions_with_the_words_are_listed_before_and_after(
    browse: Any, now: datetime, words: str
) -> None:
    frozen(now, "Besluiten", PROBLEM)
    freeze_again("Ter inzage", now)
    ana = browse("ana")
    pointer = "" if words else "/themes/0/commitments/0/problem/nl"
    form = {**FORM, "words": words, "pointer": pointer}
    preview = ana.post(f"{PAGE}/redact", data={**form, "act": "preview"}).text
    assert SECOND in preview
    assert "Deze woorden staan nog in het plan" in preview
    answer = ana.post(f"{PAGE}/redact", data={**form, "act": "redact"})
    assert SECOND in ana.get(answer.headers["Location"]).text
    last = ana.post(SECOND, data={**form, "act": "redact"})
    assert last.status_code == 303
    page = ana.get(last.headers["Location"]).text
    assert "/versions/1/redact" not in page
    assert not any(NAME in one for one in db.session.scalars(select(PlanVersion.content)))


def test_the_other_fields_of_the_same_version_are_listed_too(browse: Any, now: datetime) -> None:
    frozen(now, f"Wat {NAME} vond", PROBLEM)
    form = {**FORM, "pointer": "/themes/0/commitments/0/problem/nl", "act": "redact"}
    ana = browse("ana")
    answer = ana.post(f"{PAGE}/redact", data=form)
    page = ana.get(answer.headers["Location"]).text
    told = page.split("Dezelfde woorden staan ook nog ergens anders", 1)[1].split("</p>", 1)[0]
    assert f"{PAGE}/redact" in told


@pytest.mark.parametrize("words", [NAME, ""])
def test_a_name_goes_from_the_name_of_a_version_everywhere(
    browse: Any, now: datetime, words: str
) -> None:
    frozen(now, "Besluiten")
    named = freeze_again(f"Zoals {NAME} vroeg", now)
    digest, content = named.digest, named.content
    with unit_of_work():
        redact_version(person("ana"), named, redaction(words=words, pointer="/label"), now)
    db.session.expire_all()
    pages = [
        browse(who).get(address)
        for who, address in [
            (None, "/nl/plans/open-overheid"),
            (None, "/nl/plans/open-overheid/versions/2"),
            (None, "/nl/plans/open-overheid/versions/2/text.json"),
            ("ana", "/nl/plans/open-overheid/versions/new"),
            ("hanna", "/nl/"),
        ]
    ]
    instead = "Zoals █████ vroeg" if words else "Weggelaten op"
    for page in pages:
        assert page.status_code == 200
        assert NAME not in page.text
    for page in [*pages[:2], pages[3]]:
        assert instead in page.text
    said = json.loads(pages[2].data)
    assert said["label"] == ("Zoals █████ vroeg" if words else None)
    assert said["omissions"][0]["pointer"] == "/label"
    row = db.session.get_one(PlanVersion, named.id)
    assert (row.digest, row.content) == (digest, content)
    assert NAME not in row.label
    kept = db.session.scalars(select(EventDetail.content)).all()
    assert not any(NAME in json.dumps(one, ensure_ascii=False) for one in kept)
    assert verify_record().sound


def test_the_documents_have_no_name_of_a_version_that_was_left_out(
    browse: Any, now: datetime
) -> None:
    _proposal, version = frozen(now, "Besluiten")
    assert "Ter besluitvorming" in readable(browse)
    with unit_of_work():
        redact_version(person("ana"), version, redaction(words="", pointer="/label"), now)
    assert "Ter besluitvorming" not in readable(browse)


def test_the_database_lets_no_name_of_a_version_change_for_another_omission(now: datetime) -> None:
    proposal, _version = frozen(now)
    hide(proposal, Ground.PERSONAL_DATA, now)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("UPDATE plan_version SET label = 'Anders'"))
    db.session.rollback()
    assert stored().label == "Ter besluitvorming"
