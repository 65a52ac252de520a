"""A stored file is given as a download, or the page says that it is gone."""

from typing import Any

from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.files.models import StoredFile
from tests.factories import filed, make_meeting
from tests.stored_files import path_of


def test_a_file_that_the_storage_lost_is_said_on_a_page(browse: Any) -> None:
    meeting = make_meeting("published")
    public_id = filed(meeting)
    stored = db.session.scalars(select(StoredFile)).one()
    address = f"/nl/bodies/stakeholderforum/meetings/{meeting.number}/files/{public_id}"
    ana = browse("ana")
    assert ana.get(address).status_code == 200
    path_of(stored).unlink()
    answer = ana.get(address)
    assert answer.status_code == 404
    assert "kwijt" in answer.text
