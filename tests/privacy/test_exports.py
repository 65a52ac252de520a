"""The export of one's own data: complete, for its owner only, and gone after seven days."""

import io
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Attachment, Stance
from consult.consultation.proposals.positions import take_position
from consult.consultation.proposals.services import save_draft, submit_proposal, withdraw_proposal
from consult.foundation.core.db import Base, Privacy, db
from consult.foundation.core.errors import InvalidInput, NoRoom, SignInNeeded
from consult.foundation.core.people import Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files import services as files
from consult.foundation.files.services import store_file
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.personal_data.export_parts import parts, points_at_person
from consult.people.organisations.mandates import ask_mandate
from consult.people.organisations.queries import get_organisation
from consult.people.privacy.exports import ACT_FIELDS, KEPT, ask_export, make_export
from consult.people.privacy.fields import FIELDS
from consult.people.privacy.models import DataExport
from tests.accounts.visitor import mails
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_comment, make_proposal
from tests.privacy.exported import export_of, opened
from tests.privacy.format_page import PAGE, page
from tests.proposals.test_services import PDF, TEXT
from tests.samples import SHORT_AND_LONG
from tests.stored_files import path_of_key

OFFICE = "what somebody did in a role; it stands among their acts, in the record"
EXCEPTIONS = {
    "plan_role.granted_by_id": OFFICE,
    "theme_change.changed_by_id": OFFICE,
    "mandate.recorded_by_id": OFFICE,
    "response.prepared_by_id": OFFICE,
    "correction.corrected_by_id": OFFICE,
    "plan_version.frozen_by_id": OFFICE,
    "omission.omitted_by_id": OFFICE,
    "suspension.suspended_by_id": OFFICE,
    "suspension.ended_by_id": OFFICE,
    "incident_version.written_by_id": OFFICE,
    "invitation.invited_by_id": OFFICE,
    "invitation_batch.made_by_id": OFFICE,
    "recovery_code.person_id": "holds the digest of a key, and nothing else",
    "event_detail.actor_id": "the part `acts`, which has a reader of its own (privacy/exports.py)",
    "person_platform_role.person_id": "stands with the account, as `platform_roles`",
    "tombstone.person_id": "an account that is closed makes no export",
}
"""Columns that point at a person and are in no part of an export, with the reason."""


@pytest.mark.usefixtures("app")
def test_every_column_that_points_at_a_person_is_dealt_with() -> None:
    """A new table fails here until an export holds it, or the list above says why not."""
    pointing = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if points_at_person(column) or column.name in {"author_id", "entered_by_id", "actor_id"}
    }
    covered = {column for part in parts() for column in part.covers}
    assert pointing == covered | set(EXCEPTIONS)
    assert not covered & set(EXCEPTIONS)


def test_a_column_that_points_at_a_person_is_recognised() -> None:
    table = Base.metadata.tables["proposal"]
    assert points_at_person(table.c.author_id)
    assert points_at_person(Base.metadata.tables["message"].c.person_id)
    assert not points_at_person(table.c.round_id)


@pytest.mark.usefixtures("app")
def test_every_field_has_a_name() -> None:
    used = {name for part in parts() for name, _column in part.columns()} | set(ACT_FIELDS)
    used.add("platform_roles")
    assert not used - set(FIELDS)


@pytest.mark.usefixtures("app")
def test_the_printed_page_is_the_format() -> None:
    assert PAGE.read_text() == page(), "print it: python -m tests.privacy.format_page"


@pytest.mark.usefixtures("full")
def test_an_export_holds_exactly_the_printed_fields(now: datetime) -> None:
    found = export_of("pia", now).parts
    wanted = {part.name: {name for name, _column in part.columns()} for part in parts()}
    wanted["account"].add("platform_roles")
    assert set(found) == set(wanted) | {"acts"}
    for name, fields in wanted.items():
        assert all(set(row) == fields for row in found[name]), name
    assert all(set(row) <= set(ACT_FIELDS) for row in found["acts"])


@pytest.mark.usefixtures("app")
def test_no_secret_is_in_any_part() -> None:
    assert len(parts()) > 20
    wrong = [
        f"{part.name}.{name}"
        for part in parts()
        for name, column in part.columns()
        if column.info["privacy"] is Privacy.SECRET
    ]
    assert not wrong


@pytest.fixture
def full(app: Flask, now: datetime) -> None:
    """Pia did a little of everything."""
    with app.test_request_context(), unit_of_work():
        pia, mo = person("pia"), person("mo")
        stored = store_file(pia, "begroting.pdf", io.BytesIO(PDF), now)
        draft = save_draft(pia, find_round("open"), TEXT, now)
        draft.attachments.append(Attachment(file=stored))
        receipt = submit_proposal(pia, find_round("open"), TEXT, now, now, draft)
        assert receipt.code
        decide(mo, draft, Judgement(Verb.PUBLISH), now)
        take_position(pia, draft, Stance.SUPPORT, "Omdat het kan.", now)
        decide(mo, draft, Judgement(Verb.HIDE, "Staat een naam in.", Ground.PERSONAL_DATA), now)
        other = save_draft(pia, find_round("open"), TEXT, now)
        submit_proposal(pia, find_round("open"), TEXT, now, now, other)
        withdraw_proposal(pia, other, "Ik trek het in.", now)
        ask_mandate(person("sam"), get_organisation("helder-bestuur"), "Ik werk er.", now)
    make_comment(make_proposal("open", author="lotte"), author="pia", body="Mijn reactie.")
    make_proposal("open", State.DRAFT, title="Een concept van mij")


@pytest.mark.usefixtures("full")
def test_everything_is_in_it(now: datetime) -> None:
    made = export_of("pia", now)
    found = made.parts
    assert made.content["format"] == "consult-my-data"
    assert found["account"][0]["email"] == "pia@consult.example"
    assert found["account"][0]["platform_roles"] == []
    assert {one["title"] for one in found["proposals"]} == {TEXT.title, "Een concept van mij"}
    assert found["proposals"][0]["round"] == "open"
    assert found["proposal_texts"][0]["content"]["title"] == TEXT.title
    assert [one["stance"] for one in found["positions"]] == ["support"]
    assert [one["reason"] for one in found["earlier_positions"]] == ["Omdat het kan."]
    assert [one["body"] for one in found["comments"]] == ["Mijn reactie."]
    assert [one["reason"] for one in found["decisions_about_me"]] == ["", "Staat een naam in."]
    assert found["memberships"][0]["body"] == "stakeholderforum"
    assert found["mandates"][0]["organisation"] == "helder-bestuur"
    assert found["consents"][0]["version"] == 1
    assert found["receipts"][0]["code"]
    assert found["files"][0]["name"] == "begroting.pdf"
    assert found["exports"]
    assert found["messages"]
    said = {one["verb"]: one for one in found["acts"]}
    assert said["proposal.withdrawn"]["reason"] == "Ik trek het in."
    assert said["proposal.submitted"]["said"]["title"] == TEXT.title
    assert made.names == ["my-data.json", "my-data.html", "files/1-begroting.pdf"]


def test_the_role_of_an_administrator_is_in_it(app: Flask, now: datetime) -> None:
    assert app
    assert export_of("adi", now).parts["account"][0]["platform_roles"] == ["administrator"]


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("language", "word"), [("nl", "Mijn voorstellen"), ("en", "My proposals")])
def test_it_is_there_to_read_in_both_languages(now: datetime, language: str, word: str) -> None:
    made = export_of("pia", now, language)
    assert f'<html lang="{language}">' in made.page
    assert word in made.page
    assert "Een concept van mij" in made.page
    assert "pia@consult.example" in made.page
    assert "<script" not in made.page


@pytest.mark.usefixtures("full")
def test_nothing_of_others_is_in_it(now: datetime) -> None:
    everything = export_of("pia", now)
    for private in ("Ik werk er.", "sam@consult.example", "lotte@consult.example"):
        assert private not in everything.page
        assert private not in str(everything.content)


@pytest.mark.usefixtures("full")
def test_whoever_did_something_is_oneself_or_nobody_by_number(now: datetime) -> None:
    """The number of a person is the same in every export, and would tell who it was."""
    proposals = export_of("pia", now).parts["proposals"]
    assert proposals
    for one in proposals:
        assert (one["author"], one["entered_by"]) == (True, False)
        assert one["author"] is True


@pytest.mark.usefixtures("full")
def test_what_a_moderator_said_about_others_is_not_theirs(now: datetime) -> None:
    acts = export_of("mo", now).parts["acts"]
    about_others = [one for one in acts if one["about"] == "proposal"]
    assert about_others
    assert all("said" not in one and "reason" not in one for one in about_others)


def test_a_mail_with_a_key_in_it_goes_without_its_text(app: Flask, now: datetime) -> None:
    assert app
    with unit_of_work():
        common = {"person_id": person("pia").id, "address": "a", "language": "nl"}
        db.session.add_all(
            Message(
                kind=kind, subject="x", body=f"tekst {kind}", created_at=now, due_at=now, **common
            )
            for kind in ("security-link", "proposal-received")
        )
    bodies = [one["body"] for one in export_of("pia", now).parts["messages"]]
    assert bodies == ["", "tekst proposal-received"]


def test_a_job_makes_it_and_a_mail_says_so(app: Flask, browse: Any, clock: Clock) -> None:
    pia = browse("pia")
    assert pia.post("/nl/my-data/exports").status_code == 303
    assert "It is being made." in pia.get("/en/my-data").text
    assert mails(clock.time)[-1].kind == "data-export-ready"
    row = db.session.scalars(select(DataExport)).one()
    assert f"/my-data/exports/{row.public_id}" in pia.get("/nl/my-data").text
    answer = pia.get(f"/nl/my-data/exports/{row.public_id}")
    assert answer.status_code == 200
    assert answer.data == opened(row).archive
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert app


def test_two_at_once_are_refused(app: Flask, browse: Any) -> None:
    pia = browse("pia")
    pia.post("/nl/my-data/exports")
    assert pia.post("/nl/my-data/exports").status_code == 422
    assert len(db.session.scalars(select(DataExport)).all()) == 1
    assert app


def test_a_stranger_makes_none(app: Flask, client: Any, now: datetime) -> None:
    assert app
    assert client.post("/nl/my-data/exports").status_code in {302, 401}
    with pytest.raises(SignInNeeded), unit_of_work():
        ask_export(Anonymous(), "nl", now)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", [None, "sam", "lotte", "coen", "mo", "ana", "bo", "adi"])
def test_nobody_else_gets_it(browse: Any, now: datetime, who: str | None) -> None:
    """Replayed with another session, or with none: there is nothing here (T05, T06)."""
    path = f"/nl/my-data/exports/{export_of('pia', now).row.public_id}"
    assert browse("pia").get(path).status_code == 200
    assert browse(who).get(path).status_code == 404


def test_the_address_is_worth_nothing_after_signing_out(browse: Any, now: datetime) -> None:
    path = f"/nl/my-data/exports/{export_of('pia', now).row.public_id}"
    pia = browse("pia")
    assert pia.get(path).status_code == 200
    pia.post("/nl/logout")
    assert pia.get(path).status_code == 404


def test_a_suspended_person_gets_nothing(browse: Any, now: datetime) -> None:
    path = f"/nl/my-data/exports/{export_of('pia', now).row.public_id}"
    pia = browse("pia")
    with unit_of_work():
        person("pia").active = False
    assert pia.get(path).status_code == 404


def test_it_expires_after_seven_days(browse: Any, clock: Clock) -> None:
    path = f"/nl/my-data/exports/{export_of('pia', clock.time).row.public_id}"
    clock.time += KEPT - timedelta(seconds=1)
    assert browse("pia").get(path).status_code == 200
    clock.forward(seconds=1)
    assert browse("pia").get(path).status_code == 404
    assert path not in browse("pia").get("/nl/my-data").text


def test_an_export_that_is_not_made_yet_is_not_there(app: Flask, browse: Any) -> None:
    pia = browse("pia")
    pia.post("/nl/my-data/exports")
    row = db.session.scalars(select(DataExport)).one()
    assert pia.get(f"/nl/my-data/exports/{row.public_id}").status_code == 404
    assert app


def test_a_file_that_is_gone_is_not_an_error(browse: Any, now: datetime) -> None:
    row = export_of("pia", now).row
    path_of_key(row.stored_as).unlink()
    assert browse("pia").get(f"/nl/my-data/exports/{row.public_id}").status_code == 404


@SHORT_AND_LONG
def test_ids_cannot_be_guessed(browse: Any, now: datetime, everything: bool) -> None:
    """Crafted ids: near the real one, of other kinds, of no kind (T05)."""
    row = export_of("pia", now).row
    real = uuid.UUID(row.public_id)
    assert real.version == 4
    pia = browse("pia")
    crafted = [
        str(uuid.UUID(int=real.int ^ (1 << bit))) for bit in range(0, 128, 1 if everything else 5)
    ]
    crafted += [str(uuid.UUID(int=number)) for number in range(100 if everything else 20)]
    crafted += [str(row.id), "0", "../secret", row.stored_as, person("pia").public_id]
    assert {pia.get(f"/nl/my-data/exports/{one}").status_code for one in crafted} == {404}


def test_the_same_job_run_twice_makes_the_same_file(app: Flask, now: datetime) -> None:
    assert app
    row = export_of("pia", now).row
    before, sent = path_of_key(row.stored_as).stat().st_mtime_ns, db.session.scalars(
        select(Message.id)
    ).all()  # fmt: skip
    make_export({"export": row.id}, now)
    assert path_of_key(row.stored_as).stat().st_mtime_ns == before
    assert db.session.scalars(select(Message.id)).all() == sent


def test_a_job_that_died_half_way_is_done_again(
    app: Flask, browse: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file was written and the worker killed before the row said so."""
    browse("pia").post("/nl/my-data/exports")
    written = []

    def killed(key: str, make: Any) -> int:
        files.write_whole(key, make)
        written.append(key)
        raise SystemExit

    with app.test_request_context():
        monkeypatch.setattr("consult.people.privacy.exports.write_whole", killed)
        with pytest.raises(SystemExit):
            run_all(clock.time)
        monkeypatch.undo()
        db.session.rollback()
        clock.forward(minutes=6)
        run_all(clock.time)
    row = db.session.scalars(select(DataExport)).one()
    assert row.made_at == clock.time
    assert written == [row.stored_as]
    assert opened(row).content["person"] == person("pia").public_id


def test_a_full_disk_leaves_nothing_behind_and_is_tried_again(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.test_request_context():
        with unit_of_work():
            row = ask_export(person("pia"), "nl", now)

        def no_room(*_args: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("consult.people.privacy.exports._pack", no_room)
        with pytest.raises(NoRoom):
            make_export({"export": row.id}, now)
    assert not path_of_key(row.stored_as).exists()
    assert db.session.get_one(DataExport, row.id).made_at is None
    assert db.session.scalars(select(Job.done_at).where(Job.kind == "make-data-export")).all() == [
        None
    ]


def test_another_can_be_asked_when_the_first_never_came(app: Flask, clock: Clock) -> None:
    assert app
    with unit_of_work():
        ask_export(person("pia"), "nl", clock.time)
    with pytest.raises(InvalidInput), unit_of_work():
        ask_export(person("pia"), "nl", clock.time)
    clock.time += KEPT
    with unit_of_work():
        ask_export(person("pia"), "nl", clock.time)
