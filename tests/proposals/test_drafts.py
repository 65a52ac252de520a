"""Nothing of a draft is lost: no field, no file, no text of another tab; and there is a bound."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals import drafts
from consult.consultation.proposals.models import Attachment, Proposal
from consult.consultation.proposals.services import save_draft
from consult.consultation.proposals.texts import ProposalText, SentForm
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.files.pending_uploads import MOST_PENDING_BYTES
from consult.foundation.files.services import store_file
from consult.foundation.jobs.services import run_all
from consult.foundation.personal_data.retention import rules
from consult.people.organisations.models import Mandate
from consult.people.privacy.retention import run_rule
from tests.cast import person, stay_signed_in
from tests.conftest import Clock
from tests.core.together import Act, meet
from tests.factories import PDF_FILE, find_round, make_proposal
from tests.stored_files import path_of

NEW = "/en/rounds/open/proposals/new"
AUTOSAVE = "/en/rounds/open/drafts"
FORM = {
    "title": "Eén plek voor besluiten", "problem": "Versnipperd.", "action": "Zet ze bij elkaar.",
    "theme_id": "0", "organisation_id": "0", "language": "nl", "origin": "new", "amount": "",
}  # fmt: skip
SENT = {**FORM, "act": "submit"}
NOTE = "onze nota.pdf"
KNOWN = "6c1c64e6-1a4c-4c1e-9d59-3a3f4d2f4b11"
OTHER = "0d1c64e6-1a4c-4c1e-9d59-3a3f4d2f4b12"


def note(name: str = NOTE, content: bytes = PDF_FILE) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def number_of(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def only_proposal() -> Proposal:
    db.session.expire_all()
    return db.session.scalars(select(Proposal)).one()


def attached() -> list[str]:
    db.session.expire_all()
    return [one.file.name for one in db.session.scalars(select(Attachment))]


@pytest.mark.parametrize(
    ("field", "typed", "label"),
    [
        ("amount", "een ton of zo", "What does it cost"),
        ("title", "Lang " * 60, "Title"),
        ("period", "x" * 200, "When?"),
        ("theme_id", "987654", "Theme"),
        ("organisation_id", "987654", "You write for"),
        ("language", "frysk", "Language"),
        ("origin", "oud", "Is it new?"),
    ],
)
def test_what_cannot_be_read_is_kept_as_typed_and_named(
    browse: Any, field: str, typed: str, label: str
) -> None:
    pia = browse("pia")
    kept = pia.post(NEW, data={**FORM, field: typed, "act": "save"})
    answer = pia.get(kept.headers["Location"])
    assert "Your draft is saved." in answer.text
    assert f"We cannot read “{label}" in answer.text
    assert "kept as you typed it" in answer.text
    assert f'id="{field}-error"' in answer.text
    draft = only_proposal()
    assert draft.as_typed == {field: typed}
    page = pia.get(f"/en/drafts/{draft.public_id}").text
    assert typed.strip() in page
    assert f'id="{field}-error"' in page
    sent = {**SENT, field: typed, "draft": draft.public_id, "version": str(draft.version)}
    assert pia.post(NEW, data=sent).status_code == 422
    assert only_proposal().state is State.DRAFT
    assert pia.post(NEW, data={**sent, field: FORM.get(field, "")}).status_code == 303
    assert only_proposal().as_typed == {}


def test_the_autosave_names_what_it_cannot_read(browse: Any) -> None:
    said = browse("pia").post(AUTOSAVE, data={**FORM, "amount": "veel"}).json
    assert "What does it cost" in said["said"]
    assert only_proposal().as_typed == {"amount": "veel"}


def test_a_draft_with_a_field_that_is_no_longer_asked_opens(browse: Any) -> None:
    pia = browse("pia")
    pia.post(NEW, data={**FORM, "amount": "veel", "act": "save"})
    with unit_of_work():
        draft = only_proposal()
        draft.as_typed = {**draft.as_typed, "postcode": "1234"}
    page = pia.get(f"/en/drafts/{only_proposal().public_id}")
    assert page.status_code == 200
    assert 'value="veel"' in page.text


def test_a_mandate_that_ended_changes_no_draft_silently(browse: Any) -> None:
    draft = make_proposal("open", State.DRAFT, organisation_id=1)
    with unit_of_work():
        mine = select(Mandate).where(Mandate.person_id == person("pia").id)
        db.session.delete(db.session.scalars(mine).one())
    page = browse("pia").get(f"/en/drafts/{draft.public_id}").text
    assert 'id="organisation_id-error"' in page
    assert '<option selected value="1">' in page


def test_a_form_sent_again_with_a_file_says_what_is_not_stored(browse: Any) -> None:
    pia = browse("pia")
    first = pia.post(NEW, data={**SENT, "once": "k"})
    data = {**SENT, "once": "k", "files": note()}
    again = pia.post(NEW, data=data, content_type="multipart/form-data")
    assert again.status_code == 422
    assert "sent before, with something else in it" in again.text
    assert first.headers["Location"] in again.text
    assert NOTE in again.text
    assert 'name="once" value="k"' not in again.text


@pytest.mark.parametrize("other", [note("ander.pdf"), note(content=PDF_FILE + b"\n")])
def test_a_file_changed_is_another_form(browse: Any, other: Any) -> None:
    pia = browse("pia")

    def send(file: Any) -> Any:
        data = {**SENT, "once": "k", "files": file}
        return pia.post(NEW, data=data, content_type="multipart/form-data")

    first = send(note())
    assert first.status_code == 303
    assert send(note()).headers["Location"] == first.headers["Location"]
    assert number_of(StoredFile) == 1
    assert send(other).status_code == 422


def test_the_query_is_part_of_the_form(browse: Any) -> None:
    pia = browse("pia")
    assert pia.post(NEW, data={**SENT, "once": "k"}).status_code == 303
    assert pia.post(f"{NEW}?x=1", data={**SENT, "once": "k"}).status_code == 422


def test_the_receipt_lists_the_files_to_their_sender_only(browse: Any) -> None:
    pia = browse("pia")
    data = {**SENT, "files": [note(), note("bijlage.pdf")]}
    address = pia.post(NEW, data=data, content_type="multipart/form-data").headers["Location"]
    page = pia.get(address).text
    for stored in db.session.scalars(select(StoredFile)):
        assert stored.name in page
        assert stored.sha256 in page
        assert stored.waits_for is None
    assert NOTE not in browse().get(address).text


def test_the_good_files_are_kept_beside_a_bad_one(browse: Any) -> None:
    files = [note(), note("leeg.pdf", b""), note("tweede.pdf")]
    data = {**SENT, "files": files}
    answer = browse("pia").post(NEW, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "“leeg.pdf” is empty" in answer.text
    assert attached() == [NOTE, "tweede.pdf"]
    assert only_proposal().state is State.DRAFT


def test_a_file_chosen_again_is_the_same_file(browse: Any) -> None:
    pia = browse("pia")
    data = {**FORM, "act": "save", "draft": KNOWN}
    for _ in range(2):
        chosen = {**data, "files": note()}
        pia.post(NEW, data=chosen, content_type="multipart/form-data")
    assert attached() == [NOTE]
    assert number_of(StoredFile) == 1
    six = {**data, "files": [note(f"{n}.pdf") for n in range(5)]}
    answer = pia.get(pia.post(NEW, data=six, content_type="multipart/form-data").location)
    assert "“4.pdf” is not kept: at most 5 files" in answer.text
    assert len(attached()) == 5


def test_a_late_form_refused_keeps_its_file_without_a_draft(browse: Any, clock: Clock) -> None:
    clock.time = find_round("open").grace_ends_at + timedelta(days=1)
    stay_signed_in(clock.time)
    pia = browse("pia")
    data = {**SENT, "title": "", "files": note(), "draft": KNOWN}
    given_back = pia.post(NEW, data=data, content_type="multipart/form-data")
    assert given_back.status_code == 422
    assert (number_of(Proposal), number_of(StoredFile)) == (0, 1)
    waiting = db.session.scalars(select(StoredFile)).one().public_id
    assert waiting in given_back.text
    assert waiting not in pia.get(NEW).text, "it is offered in this form only"
    sent = {**SENT, "shown": waiting, "kept": waiting, "draft": KNOWN}
    stolen = {**sent, "draft": OTHER}
    assert browse("lotte").post(NEW, data=stolen).status_code == 303
    assert attached() == []
    assert pia.post(NEW, data=sent).status_code == 303
    assert attached() == [NOTE]


def test_a_conflict_keeps_the_file_with_the_draft(browse: Any) -> None:
    draft = make_proposal("open", State.DRAFT)
    pia, there = browse("pia"), f"/en/drafts/{draft.public_id}"
    data = {**FORM, "act": "save", "version": str(draft.version), "amount": "5"}
    assert pia.post(there, data=data).status_code == 303
    stale = {**data, "action": "Iets anders.", "files": note()}
    answer = pia.post(there, data=stale, content_type="multipart/form-data")
    assert answer.status_code == 409
    assert "Iets anders." in answer.text
    assert FORM["action"] in answer.text
    assert NOTE in answer.text
    assert attached() == [NOTE]


def test_who_is_not_signed_in_is_told_which_file_to_choose_again(browse: Any) -> None:
    data = {**SENT, "files": note()}
    answer = browse().post(NEW, data=data, content_type="multipart/form-data")
    assert answer.status_code == 401
    assert "Choose them again in the form: " + NOTE in answer.text
    assert number_of(StoredFile) == 0


def test_an_autosave_of_an_older_tab_overwrites_nothing(browse: Any) -> None:
    pia = browse("pia")
    first = pia.post(AUTOSAVE, data=FORM).json
    mine = {**FORM, "draft": first["draft"], "version": str(first["version"])}
    assert pia.post(AUTOSAVE, data={**mine, "amount": "900"}).status_code == 200
    stale = pia.post(AUTOSAVE, data={**mine, "action": "Uit de andere tab."})
    assert stale.status_code == 409
    assert "Uit de andere tab." in stale.text
    assert only_proposal().amount_cents == 90_000


def test_a_form_makes_one_draft_however_often_it_is_saved(browse: Any) -> None:
    pia = browse("pia")
    page = pia.get(NEW).text
    known = page.split('name="draft"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    for _ in range(2):  # the answer to the first one was lost
        assert pia.post(AUTOSAVE, data={**FORM, "draft": known}).json["draft"] == known
    assert number_of(Proposal) == 1
    assert browse("lotte").post(AUTOSAVE, data={**FORM, "draft": known}).status_code == 404
    assert pia.post(AUTOSAVE, data={**FORM, "draft": "../../x"}).status_code == 404


def test_the_switch_of_language_goes_on_with_the_draft(browse: Any) -> None:
    data = {**FORM, "act": "language", "files": note()}
    answer = browse("pia").post(NEW, data=data, content_type="multipart/form-data")
    assert answer.headers["Location"] == f"/nl/drafts/{only_proposal().public_id}"
    assert attached() == [NOTE]


def test_what_is_said_about_a_draft_is_in_the_language_that_it_goes_on_in(browse: Any) -> None:
    pia = browse("pia")
    asked = pia.post(NEW, data={**FORM, "amount": "veel", "act": "language"})
    page = pia.get(asked.headers["Location"]).text
    assert "Your draft is saved" not in page
    assert "Je concept is opgeslagen" in page
    assert "We kunnen “Wat kost het, in euro" in page
    assert "?” nog niet lezen. Het is bewaard zoals je het typte." in page


def test_a_draft_is_deleted_by_its_author_only(browse: Any, now: datetime) -> None:
    data = {**FORM, "act": "save", "files": note()}
    browse("pia").post(NEW, data=data, content_type="multipart/form-data")
    there = f"/en/drafts/{only_proposal().public_id}/delete"
    stored = path_of(db.session.scalars(select(StoredFile)).one())
    for who in ("kees", "ana", "adi"):
        assert browse(who).post(there).status_code == 404
    assert there in browse("pia").get("/en/proposals/mine").text
    assert browse("pia").post(there).status_code == 303
    run_all(now)
    assert (number_of(Proposal), number_of(StoredFile), stored.exists()) == (0, 0, False)


@pytest.mark.parametrize("bound", ["MOST_DRAFTS", "MOST_DRAFTS_A_DAY"])
def test_drafts_are_bounded_and_handing_in_is_not(
    browse: Any, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(drafts, bound, 2)
    pia = browse("pia")
    for _ in range(2):
        assert pia.post(AUTOSAVE, data=FORM).status_code == 201
    refused = pia.post(AUTOSAVE, data=FORM)
    assert refused.status_code == 422
    assert "page “My proposals”" in refused.json["said"]
    data = {**SENT, "title": "", "files": note(), "draft": KNOWN}
    given_back = pia.post(NEW, data=data, content_type="multipart/form-data")
    assert "page “My proposals”" in given_back.text
    waiting = db.session.scalars(select(StoredFile)).one()
    assert waiting.waits_for, "the file waits for the form where no draft can be made"
    monkeypatch.setattr(drafts, bound, 3)
    kept = {"draft": KNOWN, "shown": waiting.public_id, "kept": waiting.public_id}
    assert pia.post(AUTOSAVE, data={**FORM, **kept}).status_code == 201
    assert pia.post(NEW, data={**FORM, **kept, "act": "save"}).status_code == 303
    assert attached() == [NOTE], "and goes along with the draft that is made after all"
    assert pia.post(NEW, data=SENT).status_code == 303
    assert browse("lotte").post(AUTOSAVE, data=FORM).status_code == 201


def test_drafts_are_bounded_for_each_round(browse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)
    for _ in range(2):
        make_proposal("closed", State.DRAFT, author="pia")
    assert browse("pia").post(AUTOSAVE, data=FORM).status_code == 201


def test_the_files_of_drafts_are_bounded_in_bytes(browse: Any, now: datetime) -> None:
    with unit_of_work():
        old = store_file(person("pia"), "oud.pdf", io.BytesIO(PDF_FILE), now)
        old.waits_for, old.size = "proposal:x", MOST_PENDING_BYTES
    before = set(path_of(old).parent.iterdir())
    data = {**FORM, "act": "save", "files": note()}
    pia = browse("pia")
    kept = pia.post(NEW, data=data, content_type="multipart/form-data")
    answer = pia.get(kept.headers["Location"])
    assert "more than 100 MB of files" in answer.text
    assert attached() == []
    assert number_of(StoredFile) == 1, "what is not kept leaves no row and no bytes"
    assert set(path_of(old).parent.iterdir()) == before


def test_a_file_that_nobody_came_back_for_is_deleted(now: datetime, app: Any) -> None:
    del app
    with unit_of_work():
        old = store_file(person("pia"), "oud.pdf", io.BytesIO(PDF_FILE), now - timedelta(days=31))
        new = store_file(person("pia"), "nieuw.pdf", io.BytesIO(PDF_FILE), now)
        old.waits_for = new.waits_for = "round:1:new"
    (rule,) = [one for one in rules() if one.kind == "chosen_files"]
    assert run_rule(rule, now) == 1
    assert db.session.scalars(select(StoredFile.name)).all() == ["nieuw.pdf"]
    run_all(now)
    assert not path_of(old).exists()


@pytest.mark.parametrize(("same", "made"), [(True, 1), (False, 2)])
def test_drafts_begun_at_one_instant(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, *, same: bool, made: int
) -> None:
    """Of one form they are one draft; of several, no more than one may have."""
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)

    def save() -> Act:
        public_id = KNOWN if same else None
        pia, round_ = person("pia"), find_round("open")
        text = ProposalText(title="Plan")
        return lambda: save_draft(pia, round_, text, now, sent=SentForm(public_id=public_id))

    assert set(meet(app, *[save] * 5)) <= {"done", "InvalidInput"}
    assert number_of(Proposal) == made


@pytest.mark.parametrize("address", [NEW, AUTOSAVE])
def test_a_choice_that_was_sent_as_blanks_is_none(browse: Any, address: str) -> None:
    blank = dict.fromkeys(("origin", "theme_id", "organisation_id"), " ")
    answer = browse("pia").post(address, data={**FORM, **blank, "act": "save"})
    assert answer.status_code in {200, 201, 303}
    assert only_proposal().title == FORM["title"]
