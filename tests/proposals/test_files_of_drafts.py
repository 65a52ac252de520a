"""The files of a form stay with that form, and none is lost because there are too many."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Attachment, Proposal
from consult.consultation.proposals.views import writing
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files import forms
from consult.foundation.files.models import StoredFile
from consult.foundation.files.pending_uploads import SentFile, store_pending
from consult.foundation.jobs.services import run_all
from tests.cast import person
from tests.factories import make_proposal
from tests.proposals.test_drafts import FORM, KNOWN, NEW, SENT, note
from tests.stored_files import path_of

ELSEWHERE = "/en/rounds/open/proposals/elsewhere"
RECORDED = {
    **FORM, "language": "nl", "source": "letter", "source_note": "Brief", "once": "k",
    "source_date": "2026-11-20", "on_behalf_of": "Buurtvereniging De Hoek",
}  # fmt: skip


@pytest.mark.parametrize(
    ("who", "address", "form"), [("pia", NEW, SENT), ("ana", ELSEWHERE, RECORDED)]
)
def test_a_second_click_leaves_no_file_in_the_next_form(
    browse: Any, monkeypatch: pytest.MonkeyPatch, who: str, address: str, form: dict[str, str]
) -> None:
    """The other click came between: it stored its copy before the first one was handed in."""
    client = browse(who)
    data = {**form, "once": "k", "draft": KNOWN}
    first = client.post(address, data={**data, "files": note()}, content_type="multipart/form-data")
    assert first.status_code == 303, first.text
    monkeypatch.setattr(forms, "first_answer", lambda _key: None)
    monkeypatch.setattr(writing, "find_draft", lambda _public_id: None)
    again = client.post(address, data={**data, "files": note()}, content_type="multipart/form-data")
    assert again.headers["Location"] == first.headers["Location"]
    page = client.get(address).text
    for stored in db.session.scalars(select(StoredFile)):
        assert stored.public_id not in page
    assert len(db.session.scalars(select(Proposal)).all()) == 1
    assert len(db.session.scalars(select(Attachment)).all()) == 1


def test_too_many_files_are_refused_before_one_is_taken_away(browse: Any, now: datetime) -> None:
    draft = make_proposal("open", State.DRAFT)
    there = f"/en/drafts/{draft.public_id}"
    pia = browse("pia")
    five: dict[str, Any] = {**FORM, "act": "save", "version": str(draft.version)}
    five["files"] = [note(f"{n}.pdf") for n in range(5)]
    assert pia.post(there, data=five, content_type="multipart/form-data").status_code == 303
    attached = [one.file.public_id for one in db.session.scalars(select(Attachment))]
    place = f"proposal:{draft.public_id}"
    with unit_of_work():
        sent = [SentFile(name, content) for content, name in (note("a.pdf"), note("b.pdf"))]
        more = [
            one.public_id for one in store_pending(person("pia"), place, sent, [], 5, now).files
        ]
    db.session.expire_all()
    fresh = db.session.scalars(select(Proposal)).one()
    form = {
        **FORM, "act": "save", "version": str(fresh.version), "action": "Nieuw getypt.",
        "shown": [*attached, *more], "kept": [*attached[1:], *more],
    }  # fmt: skip
    refused = pia.post(there, data=form)
    assert refused.status_code == 422
    assert "At most 5 files can be attached" in refused.text or "in one file" in refused.text
    assert "Nieuw getypt." in refused.text
    run_all(now)
    db.session.expire_all()
    assert len(db.session.scalars(select(Attachment)).all()) == 5
    for stored in db.session.scalars(select(StoredFile)):
        assert path_of(stored).exists()
    for one in attached:
        assert pia.get(f"/en/attachments/{one}").status_code == 200
