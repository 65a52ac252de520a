"""An alias will do, and a name that changes is the new one everywhere at once."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import take_position
from consult.foundation.core.db import db
from consult.foundation.core.search import SearchEntry
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import EventDetail
from tests.accounts.visitor import newcomer_path
from tests.cast import person
from tests.factories import make_comment, make_proposal
from tests.house.test_matrix import Case, things
from tests.privacy.exported import export_of
from tests.privacy.planted import unpacked
from tests.privacy.test_planted_strings import addresses
from tests.samples import SHORT_AND_LONG, some_of

__all__ = ["things"]
OLD, NEW = "Pia Jansen", "Waterlelie"


@pytest.mark.parametrize("path", [None, "/nl/profile"])
def test_the_forms_say_that_an_alias_will_do(browse: Any, path: str | None) -> None:
    client: FlaskClient = browse("pia" if path else None)
    page = client.get(path or newcomer_path("nl")).text
    assert "schuilnaam" in page
    assert "paspoort" in page


@pytest.fixture
def renamed(app: Flask, browse: Any, now: datetime, things: dict[str, list[Case]]) -> Any:
    """Pia wrote, commented and took a position as Pia; then she takes an alias."""
    proposal = make_proposal("open")
    make_comment(proposal, author="pia")
    with app.test_request_context(), unit_of_work():
        take_position(person("pia"), proposal, Stance.OBJECT, "Het is te duur.", now)
    before = browse(None).get(f"/nl/rounds/open/proposals/{proposal.number}").text
    assert OLD in before
    answer = browse("pia").post("/nl/profile", data={"display_name": NEW, "language": "nl"})
    assert answer.status_code == 303
    assert things
    return proposal.number


def test_the_new_name_is_seen_at_once(browse: Any, renamed: int) -> None:
    page = browse(None).get(f"/nl/rounds/open/proposals/{renamed}").text
    assert NEW in page
    assert OLD not in page


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize("who", [None, "pia", "lotte", "mo", "ana", "adi"])
@SHORT_AND_LONG
def test_the_old_name_is_on_no_page_and_in_no_file(
    app: Flask, browse: Any, things: dict[str, list[Case]], who: str | None, everything: bool
) -> None:
    paths, _missing = addresses(app, things)
    if not everything:
        paths = some_of(paths, 15, str(who))
    client = browse(who)
    old = {f"my-data/exports/{case.arguments['export_id']}" for case in things["export"]}
    wrong = [
        path
        for path in paths
        # What was exported before was hers to keep: it says what stood here then.
        if not any(path.endswith(one) for one in old)
        and OLD in unpacked((answer := client.get(path)).data) + str(answer.headers)
    ]
    assert not wrong


@pytest.mark.usefixtures("renamed")
def test_the_old_name_is_in_no_export(app: Flask, now: datetime) -> None:
    for more in ([], ["--complete"]):
        command = ["consult", "export-round", "open", "--format", "json", *more]
        said = app.test_cli_runner().invoke(args=command)
        assert "Een begrijpelijke besluitenlijst" in said.output
        assert OLD not in said.output
    later = export_of("pia", now)
    assert later.content["parts"]["account"][0]["display_name"] == NEW
    assert OLD not in str([rows for name, rows in later.parts.items() if name != "messages"])


@pytest.mark.usefixtures("renamed")
def test_the_old_name_is_not_in_the_index_and_not_in_the_record() -> None:
    words = " ".join(db.session.scalars(select(SearchEntry.words)))
    details = db.session.scalars(select(EventDetail)).all()
    said = words + str([(one.content, one.reason) for one in details])
    assert "jansen" not in said.casefold()
    assert db.session.scalars(select(Proposal.id)).all()
