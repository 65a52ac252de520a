"""What must go from a proposal goes from frozen versions too, and everybody can see that it did."""

import io
import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import set_committed_value

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import withdraw_proposal
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.record.models import Event, EventDetail
from consult.foundation.record.verify import verify_record
from consult.outcomes.approvals.models import Omission, PlanVersion
from consult.outcomes.approvals.redaction import VersionRedaction, redact_version
from consult.outcomes.approvals.sealing import opened_text, version_digest
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.approvals.titles import leave_out_what_was_missed
from consult.outcomes.commitments.services import make_commitment, publish_commitment
from tests.cast import person
from tests.commitments.test_services import text_from
from tests.factories import make_proposal

pytestmark = pytest.mark.usefixtures("app")

TITLE = "Wat Zwaantje Zeldenrijk overkwam"
PAGE = "/nl/plans/open-overheid/versions/1"


def frozen(now: datetime, title: str = TITLE, problem: str = "") -> tuple[Proposal, PlanVersion]:
    """Freeze a plan with one commitment, made from a proposal with this title."""
    proposal = make_proposal("closed", title=title)
    written = text_from(proposal)
    if problem:
        written = replace(written, problem={"nl": problem, "en": "Nobody finds them."})
    plan, ana = get_plan("open-overheid"), person("ana")
    with unit_of_work():
        made = make_commitment(ana, plan, written, now)
        publish_commitment(ana, made, now)
        version = freeze_plan(ana, plan, "Ter besluitvorming", now)
    return proposal, version


def hide(proposal: Proposal, ground: Ground, now: datetime) -> None:
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(Verb.HIDE, "Er staat een naam.", ground), now)
    run_all(now)


def restore(proposal: Proposal, now: datetime) -> None:
    with unit_of_work():
        decide(person("mo"), proposal, Judgement(Verb.RESTORE, "Toch goed."), now)
    run_all(now)


def stored() -> PlanVersion:
    db.session.expire_all()
    return db.session.scalars(select(PlanVersion)).one()


def readable(browse: Any) -> str:
    """Everything that a stranger gets of a version, in words."""
    stranger = browse()
    pages = [stranger.get(f"/{code}/plans/open-overheid/versions/1").text for code in ("nl", "en")]
    pages.append(stranger.get(f"{PAGE}/text.json").text)
    word = Document(io.BytesIO(stranger.get(f"{PAGE}/plan.docx").data))
    pages += [paragraph.text for paragraph in word.paragraphs]
    pages += [run.text for one in word.paragraphs for link in one.hyperlinks for run in link.runs]
    reader = PdfReader(io.BytesIO(stranger.get(f"{PAGE}/plan.pdf").data))
    pages += [page.extract_text() for page in reader.pages]
    return "\n".join(pages).replace("\n", " ")


def events(verb: str) -> int:
    return db.session.scalar(select(func.count()).where(Event.verb == verb)) or 0


@pytest.mark.parametrize("ground", [Ground.PERSONAL_DATA, Ground.OFFENSIVE])
def test_a_hidden_title_goes_from_every_form_of_a_version(
    browse: Any, now: datetime, ground: Ground
) -> None:
    proposal, version = frozen(now)
    digest = version.digest
    assert "Zeldenrijk" in readable(browse)
    hide(proposal, ground, now)
    said = readable(browse)
    assert "Zeldenrijk" not in said
    assert "Weggelaten op 23 november 2026" in said
    assert "Left out on 23 November 2026" in said
    assert said.count(digest) >= 4, "the digest of before stands on the pages and on both covers"
    page = browse().get("/en/plans/open-overheid/versions/1").text
    assert re.search(r'lang="en"\s*>#1 Left out on', page), "in the reader's language"
    assert events("version.left_out") == 1
    assert verify_record().sound
    assert stored().digest == digest


def test_personal_data_go_from_the_database_too(now: datetime) -> None:
    proposal, _version = frozen(now)
    hide(proposal, Ground.PERSONAL_DATA, now)
    assert "Zeldenrijk" not in stored().content


def test_an_offensive_title_is_only_not_shown(now: datetime) -> None:
    proposal, _version = frozen(now)
    hide(proposal, Ground.OFFENSIVE, now)
    assert "Zeldenrijk" in stored().content


def test_a_withdrawn_title_is_not_shown(browse: Any, now: datetime) -> None:
    proposal, _version = frozen(now)
    with unit_of_work():
        withdraw_proposal(person("pia"), proposal, "Bedacht me.", now)
    said = readable(browse)
    assert "Zeldenrijk" not in said
    assert "de schrijver heeft het voorstel ingetrokken" in said


@pytest.mark.parametrize("ground", [Ground.PERSONAL_DATA, Ground.OFF_TOPIC])
def test_a_title_that_is_shown_again_is_back_as_it_was_frozen(
    browse: Any, now: datetime, ground: Ground
) -> None:
    proposal, _version = frozen(now)
    before = browse().get(f"{PAGE}/text.json").data
    hide(proposal, ground, now)
    restore(proposal, now)
    assert browse().get(f"{PAGE}/text.json").data == before
    assert version_digest(stored().sealed or "") == stored().digest
    assert "Zeldenrijk" in readable(browse)
    assert "Weggelaten" not in readable(browse)
    assert events("version.put_back") == 1


def test_a_title_that_exists_nowhere_any_more_stays_away(browse: Any, now: datetime) -> None:
    proposal, _version = frozen(now)
    hide(proposal, Ground.PERSONAL_DATA, now)
    with unit_of_work():
        proposal.title = "Wat mij overkwam"
    restore(proposal, now)
    said = readable(browse)
    assert "Zeldenrijk" not in said
    assert "Weggelaten op 23 november 2026" in said


def test_the_json_says_what_is_left_out(browse: Any, now: datetime) -> None:
    proposal, _version = frozen(now)
    hide(proposal, Ground.PERSONAL_DATA, now)
    content = json.loads(browse().get(f"{PAGE}/text.json").data)
    (omission,) = content["omissions"]
    assert omission["pointer"] == "/themes/0/commitments/0/sources/0/title"
    assert omission["ground"] == "personal_data"
    assert content["themes"][0]["commitments"][0]["sources"][0]["title"] is None


def test_what_was_missed_is_left_out_by_the_daily_look(now: datetime) -> None:
    proposal, _version = frozen(now)
    with unit_of_work():
        proposal.state = State.HIDDEN  # as from before there were omissions
    for _twice in range(2):
        leave_out_what_was_missed({}, now)
    (omission,) = db.session.scalars(select(Omission))
    assert omission.ground is Ground.SOURCE_MODERATION


NAME = "Barend van Voorbeeld"
PROBLEM = f"Niemand vindt ze, zei {NAME} uit de Lange Straat; {NAME} wacht nog."


def redaction(**other: Any) -> VersionRedaction:
    return VersionRedaction(
        **{"ground": Ground.PERSONAL_DATA, "reason": "Hij vroeg erom.", "words": NAME, **other}
    )


def test_words_of_the_plan_go_for_good(browse: Any, now: datetime) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    with unit_of_work():
        redact_version(person("ana"), version, redaction(), now)
    run_all(now)
    said = readable(browse)
    assert "Barend" not in said
    assert "zei █████ uit de Lange Straat; █████ wacht nog." in said
    assert "Hij vroeg erom." in said
    assert NAME not in stored().content
    kept = db.session.scalars(select(EventDetail.content)).all()
    assert not any(NAME in json.dumps(one, ensure_ascii=False) for one in kept)
    assert verify_record().sound
    assert version_digest(stored().sealed or "") == stored().digest, "the digest holds"
    left = opened_text(stored())
    assert "/title/nl" in left
    assert not any("Barend" in str(field["value"]) for field in left.values())


def test_a_whole_field_goes_and_the_other_language_does_not_take_its_place(
    browse: Any, now: datetime
) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    pointer = "/themes/0/commitments/0/problem/nl"
    with unit_of_work():
        redact_version(person("adi"), version, redaction(words="", pointer=pointer), now)
    page = browse().get(PAGE).text
    assert "Barend" not in page
    assert "Nobody finds them" not in page
    assert page.count("Weggelaten op 23 november 2026") == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"words": ""}, "words"),
        ({"words": "ab"}, "words"),
        ({"words": "Iemand Anders"}, "words"),
        ({"words": NAME, "pointer": "/title/nl"}, "words"),
    ],
)
def test_a_redaction_that_says_too_little_is_refused(
    now: datetime, wrong: dict[str, str], field: str
) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        redact_version(person("ana"), version, redaction(**wrong), now)
    assert field in refused.value.errors
    assert NAME in stored().content


@pytest.mark.parametrize("who", ["pia", "mo", "bo", "hanna"])
def test_nobody_else_leaves_something_out(browse: Any, now: datetime, who: str) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    with pytest.raises(NotAllowed), unit_of_work():
        redact_version(person(who), version, redaction(), now)
    assert browse(who).get(f"{PAGE}/redact").status_code == 403


def test_the_form_shows_what_changes_before_it_does(browse: Any, now: datetime) -> None:
    frozen(now, "Besluiten", PROBLEM)
    ana = browse("ana")
    assert "Laat iets weg" in ana.get(PAGE).text
    form = {"words": NAME, "pointer": "", "ground": "personal_data", "reason": "Hij vroeg erom."}
    preview = ana.post(f"{PAGE}/redact", data={**form, "act": "preview"})
    assert preview.status_code == 200
    assert "zei █████ uit" in preview.text
    assert "Deze woorden staan nog in het plan" in preview.text
    assert NAME in stored().content
    refused = ana.post(f"{PAGE}/redact", data={**form, "words": "Iets Anders", "act": "preview"})
    assert refused.status_code == 422
    assert "Iets Anders" in refused.text
    answer = ana.post(f"{PAGE}/redact", data={**form, "act": "redact"})
    assert answer.status_code == 303
    assert NAME not in stored().content


def test_the_database_lets_nothing_change_without_an_omission(now: datetime) -> None:
    proposal, _version = frozen(now)
    change = text("UPDATE plan_version SET content = '{}'")
    for act in (change, text("UPDATE plan_version SET digest = 'x'")):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(act)
        db.session.rollback()
    hide(proposal, Ground.OFFENSIVE, now)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(change)
    db.session.rollback()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("DELETE FROM plan_version"))
    db.session.rollback()


def test_the_record_keeps_what_says_nothing_of_it(now: datetime) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    with unit_of_work():
        redact_version(person("ana"), version, redaction(), now)
    erased = db.session.scalar(select(func.count()).where(EventDetail.erased_at.is_not(None)))
    assert erased == 1, "only where the words stand"


def test_two_who_leave_something_out_at_once_bring_nothing_back(now: datetime) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    as_read = version.content
    with unit_of_work():
        redact_version(person("ana"), version, redaction(), now)
    set_committed_value(version, "content", as_read)  # who opened the form before that
    with unit_of_work():
        redact_version(person("adi"), version, redaction(words="Lange Straat"), now)
    content = stored().content
    assert NAME not in content
    assert "Lange Straat" not in content
