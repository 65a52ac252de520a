"""Ana brings a spreadsheet: file, columns, check, import. Nobody else gets at it."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from consult.consultation.plans.models import PlanRole, Role
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Proposal, Source
from consult.consultation.rounds.models import Round, RoundState
from consult.foundation.core.db import Base, db
from consult.foundation.core.errors import NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.services import storage
from consult.foundation.jobs.services import run_all
from consult.foundation.record.verify import verify_record
from consult.interfaces.exchange.importing.promotion import Importer
from consult.interfaces.exchange.models import ColumnAssignment, SheetUpload
from consult.interfaces.exchange.queries import assignments_of
from consult.interfaces.exchange.services import (
    MOST_UPLOADS,
    drop_unnamed_files,
    keep_upload,
    look_at_file,
)
from consult.people.accounts.models import Person
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy
from consult.people.privacy.retention import run_rule
from tests.cast import person
from tests.exchange.sheets import GOOD, HEADS, csv_of, xlsx_of
from tests.html_page import read_page
from tests.privacy.test_retention import rule_of

PLAN = "/en/plans/open-overheid"
HERE = f"{PLAN}/import"
SAYS = {
    "title": "Op papier", "source": "Workshop in Zwolle", "language": "nl", "dates": "unknown",
    "names": "alias", "themes": "refuse", "readers": "everyone", "sheet": "0", "shown_sheet": "0",
    "heading_row": "1",
}  # fmt: skip
COLUMNS = {
    "column_0": "title", "column_1": "body", "column_2": "author", "column_3": "organisation",
    "column_4": "created_at", "column_5": "support",
}  # fmt: skip
BAD = (*GOOD, ("", "Zonder titel", "", "", "ooit", "veel"))
Bring = Callable[..., str]


@pytest.fixture
def ana(browse: Any) -> FlaskClient:
    return browse("ana")  # type: ignore[no-any-return]


def sent(content: bytes, name: str = "inbreng.xlsx") -> dict[str, Any]:
    return {"file": (io.BytesIO(content), name)}


def bring(client: FlaskClient, *rows: tuple[object, ...], at: str = HERE) -> str:
    """Bring a workbook, and return the address of its columns."""
    answer = client.post(at, data=sent(xlsx_of(HEADS, *rows)))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def to_the_check(client: FlaskClient, place: str, **said: str) -> str:
    answer = client.post(place, data={**SAYS, **COLUMNS, **said})
    assert answer.status_code == 303, read_page(answer.text)
    return str(answer.headers["Location"])


def uploads() -> list[SheetUpload]:
    db.session.expire_all()
    return list(db.session.scalars(select(SheetUpload).order_by(SheetUpload.id)))


def made(now: datetime) -> Round:
    """Do the work that waits, and return the round of the sheet."""
    run_all(now)
    db.session.expire_all()
    found = db.session.scalar(select(Round).where(Round.slug == "op-papier"))
    assert found is not None
    return found


def counts() -> dict[str, int]:
    """Count the rows that an import makes."""
    left_out = {
        "sheet_upload",
        "column_assignment",
        "once",
        "job",
        "sign_in_session",
        "idempotent_request",
    }
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
        if table.name not in left_out
    }


def test_from_the_desk_to_the_round(ana: FlaskClient, now: datetime, app: Flask) -> None:
    desk = ana.get(f"{PLAN}/manage").text
    assert f'href="{HERE}"' in desk
    place = bring(ana, *GOOD)
    page = ana.get(place).text
    assert "We guessed 6 columns" in page
    assert "Zet alles online." in page
    check = to_the_check(ana, place)
    page = ana.get(check).text
    assert "Import 2 proposals" in page
    assert "Workshop in Zwolle" in page
    before = counts()
    answer = ana.post(check.replace("/check", "/import"))
    assert counts() == before  # the work is asked for, not done
    assert "is being read" in ana.get(answer.headers["Location"]).text
    round_ = made(now)
    assert "The round “Op papier” has 2 proposals" in ana.get(answer.headers["Location"]).text
    assert (round_.state_at(now), round_.dates_known) == (RoundState.CLOSED, False)
    assert (round_.source, round_.moderation) == ("Workshop in Zwolle", None)
    first, second = db.session.scalars(
        select(Proposal).where(Proposal.round_id == round_.id).order_by(Proposal.number)
    )
    assert (first.title, first.action, first.support_count) == (*GOOD[0][:2], 12)
    assert (first.source, second.on_behalf_of) == (Source.IMPORT, "")
    assert first.author
    assert first.author.display_name.startswith("Alias ")
    assert verify_record().sound
    public = app.test_client().get("/en/rounds/op-papier").text
    assert "Held before; when is not known" in public
    assert "Jan Jansen" not in public


def test_every_error_stands_by_its_cell_and_nothing_is_stored(
    ana: FlaskClient, now: datetime
) -> None:
    before = counts()
    check = to_the_check(ana, bring(ana, *BAD))
    page = ana.get(check).text
    assert "3 errors in the file" in page
    assert re.findall(r"<code[^>]*>([A-Z]+\d+)</code>", page) == ["E4", "F4", "A4"]
    assert "Import 2" not in page
    # Whoever posts the import all the same gets the same answer from the job.
    ana.post(check.replace("/check", "/import"))
    run_all(now)
    (upload,) = uploads()
    assert "Check the file again" in upload.refusal or "opnieuw" in upload.refusal
    assert upload.imported_at is None
    assert counts() == before
    page = ana.get(check.replace("/check", "/progress")).text
    assert "nothing was changed" in page


def test_the_corrected_file_keeps_what_was_chosen(ana: FlaskClient, now: datetime) -> None:
    check = to_the_check(ana, bring(ana, *BAD), source="Een zaal", keep_as="Workshops")
    (old,) = uploads()
    first, key = old.id, old.stored_as
    place = bring(ana, *GOOD, at=check.replace("/check", "/again"))
    page = ana.get(place).text
    assert 'value="Een zaal"' in page
    (new,) = uploads()
    assert new.id != first
    run_all(now)
    with pytest.raises(FileNotFoundError):
        storage().open(key)


def test_what_was_typed_is_never_lost(ana: FlaskClient) -> None:
    place = bring(ana, *GOOD)
    wrong = {**SAYS, **COLUMNS, "title": "", "source": "Bij ons", "dates": "known",
             "opens_on": "5-3-2026", "closes_on": "ooit", "column_1": "title"}  # fmt: skip
    answer = ana.post(place, data=wrong)
    assert answer.status_code == 422
    page = answer.text
    assert 'value="Bij ons"' in page
    assert 'value="5-3-2026"' in page
    assert 'value="ooit"' in page
    assert "“Title” is column A already" in page
    assert "Say which column holds the text" in page
    assert page.count("Fill in “") >= 1
    # Another sheet or row is shown with everything else as it was typed.
    ana.post(place, data={**wrong, "act": "show", "heading_row": "0"})
    page = ana.get(place).text
    assert 'value="Bij ons"' in page
    assert 'value="ooit"' in page


def test_two_columns_for_one_field_are_refused(ana: FlaskClient) -> None:
    answer = ana.post(bring(ana, *GOOD), data={**SAYS, **COLUMNS, "column_3": "body"})
    assert answer.status_code == 422
    assert "“Text” is column B already" in answer.text


def test_days_must_be_over_and_in_order(ana: FlaskClient) -> None:
    place = bring(ana, *GOOD)
    days = {"dates": "known", "opens_on": "2026-03-05"}
    for last, said in (
        ("2026-03-01", "before the first"), ("2026-11-23", "before today"), ("", "Fill in “"),
    ):  # fmt: skip
        answer = ana.post(place, data={**SAYS, **COLUMNS, **days, "closes_on": last})
        assert answer.status_code == 422
        assert said in answer.text, last


def test_known_days_stand_on_the_page(ana: FlaskClient, now: datetime) -> None:
    days = {"dates": "known", "opens_on": "2026-03-01", "closes_on": "2026-03-31"}
    check = to_the_check(ana, bring(ana, *GOOD), **days)
    ana.post(check.replace("/check", "/import"))
    round_ = made(now)
    assert round_.dates_known
    assert "31 March 2026" in ana.get("/en/rounds/op-papier").text


def test_a_draft_is_seen_once_it_is_announced(
    ana: FlaskClient, now: datetime, client: FlaskClient
) -> None:
    check = to_the_check(ana, bring(ana, *GOOD), readers="draft")
    ana.post(check.replace("/check", "/import"))
    round_ = made(now)
    assert round_.published_at is None
    assert client.get("/en/rounds/op-papier").status_code == 404
    assert client.get("/en/rounds/op-papier/proposals/1").status_code == 404
    assert "Announce the round" in ana.get("/en/rounds/op-papier/manage").text
    assert 'name="opens_on"' not in ana.get("/en/rounds/op-papier/edit").text
    assert ana.post("/en/rounds/op-papier/announce", data={}).status_code == 303
    assert client.get("/en/rounds/op-papier/proposals/1").status_code == 200


def test_pressed_twice_it_is_imported_once(ana: FlaskClient, now: datetime) -> None:
    check = to_the_check(ana, bring(ana, *GOOD))
    for _ in range(2):
        assert ana.post(check.replace("/check", "/import")).status_code == 303
    made(now)
    before = counts()
    assert ana.post(check.replace("/check", "/import")).status_code == 303
    run_all(now)
    assert counts() == before
    assert (
        db.session.scalar(select(func.count()).select_from(Round).where(Round.slug == "op-papier"))
        == 1
    )


def test_the_same_file_again_changes_nothing(ana: FlaskClient, now: datetime) -> None:
    for turn in range(2):
        check = to_the_check(ana, bring(ana, *GOOD))
        page = ana.get(check).text
        assert ("imported before" in page) == bool(turn)
        before = counts()
        ana.post(check.replace("/check", "/import"))
        made(now + timedelta(days=turn))
        assert (counts() == before) == bool(turn)


def test_other_content_under_the_same_title_is_refused(ana: FlaskClient, now: datetime) -> None:
    check = to_the_check(ana, bring(ana, *GOOD))
    ana.post(check.replace("/check", "/import"))
    made(now)
    other = (GOOD[0][0], "Iets anders.", *GOOD[0][2:])
    page = ana.get(to_the_check(ana, bring(ana, other, GOOD[1]))).text
    assert "imported before with other content" in page
    page = ana.get(to_the_check(ana, bring(ana, *GOOD), title="Open")).text
    assert "which another round has" in page
    assert "Choose another title for the round." in page


def test_a_round_that_was_answered_takes_no_more(ana: FlaskClient, now: datetime) -> None:
    check = to_the_check(ana, bring(ana, *GOOD))
    ana.post(check.replace("/check", "/import"))
    round_ = made(now)
    with unit_of_work():
        db.session.get_one(Round, round_.id).answered_at = now
    more = ("Nog een", "Voorstel.", "", "", "", "")
    page = ana.get(to_the_check(ana, bring(ana, *GOOD, more))).text
    assert "its answers are published" in page


def test_a_kill_half_way_leaves_nothing_to_see_and_goes_on_later(
    ana: FlaskClient, now: datetime, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = to_the_check(ana, bring(ana, *GOOD))
    ana.post(check.replace("/check", "/import"))

    def killed(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Importer, "record", killed)
    run_all(now, limit=1)
    assert client.get("/en/rounds/op-papier").status_code == 404
    (upload,) = uploads()
    assert (upload.imported_at, upload.refusal) == (None, "")
    monkeypatch.undo()
    round_ = made(now + timedelta(hours=1))
    assert db.session.scalar(select(func.count()).where(Proposal.round_id == round_.id)) == 2
    assert client.get("/en/rounds/op-papier").status_code == 200


def test_an_unknown_theme_is_an_error_or_is_made(ana: FlaskClient, now: datetime) -> None:
    rows = [("t", "b", "th"), ("Een", "Twee", "Nieuw thema"), ("Drie", "Vier", "Toegang")]
    place = ana.post(HERE, data=sent(xlsx_of(*rows))).headers["Location"]
    columns = {"column_0": "title", "column_1": "body", "column_2": "theme"}
    ana.post(place, data={**SAYS, **columns})
    assert "C2" in ana.get(f"{place}/check").text
    ana.post(place, data={**SAYS, **columns, "themes": "make"})
    assert "Themes; those that the plan does not have are added" in ana.get(f"{place}/check").text
    ana.post(f"{place}/import")
    made(now)
    assert "Nieuw thema" in [one.title.get("nl") for one in get_plan("open-overheid").themes]


def test_an_assignment_is_kept_offered_and_deleted(ana: FlaskClient) -> None:
    place = bring(ana, *GOOD)
    to_the_check(ana, place, keep_as="Workshops", column_5="")
    again = bring(ana, *GOOD)
    page = ana.get(again).text
    assert "Filled in from “Workshops”" in page
    chosen = re.search(r'name="column_5".*?</select>', page, re.DOTALL)
    assert chosen
    assert "selected" not in chosen[0].split('value="support"')[1].split(">")[0]
    other = ana.post(HERE, data=sent(csv_of(("x", "y"), ("a", "b")), "a.csv")).headers["Location"]
    assert "Workshops" not in ana.get(other).text
    (kept,) = assignments_of(get_plan("open-overheid").id)
    ana.post(again, data={**SAYS, "act": str(kept.id)})
    assert "Filled in from “Workshops”" in ana.get(again).text
    assert ana.post(f"{HERE}/assignments/{kept.id}/delete").status_code == 303
    assert db.session.scalars(select(ColumnAssignment)).all() == []


def test_columns_without_a_heading_of_their_own_cannot_be_kept(ana: FlaskClient) -> None:
    content = csv_of(("Titel", "Titel"), ("a", "b"))
    place = ana.post(HERE, data=sent(content, "a.csv")).headers["Location"]
    said = {**SAYS, "column_0": "title", "column_1": "body", "keep_as": "Dubbel"}
    answer = ana.post(place, data=said)
    assert answer.status_code == 422
    assert "the same heading" in answer.text
    assert uploads()[0].choices is None


def test_the_columns_of_another_sheet_are_shown_first(ana: FlaskClient) -> None:
    def two(book: Any) -> None:
        second = book.create_sheet("Tweede")
        second.append(["Onderwerp", "Inhoud", "Thema"])
        second.append(["Een", "Twee", ""])

    place = ana.post(HERE, data=sent(xlsx_of(HEADS, *GOOD, fill=two))).headers["Location"]
    answer = ana.post(place, data={**SAYS, **COLUMNS, "sheet": "1"})
    assert answer.status_code == 303
    assert uploads()[0].choices is None
    page = ana.get(place).text
    assert "Onderwerp" in page
    assert "We guessed 3 columns" in page
    assert 'value="Workshop in Zwolle"' in page


@pytest.mark.parametrize("name", ["mo", "pia", "sam", "adi", "bo"])
def test_only_organisers_of_that_plan_bring_a_file(browse: Any, name: str) -> None:
    client = browse(name)
    assert client.get(HERE).status_code == 403
    assert client.post(HERE, data=sent(xlsx_of(HEADS, *GOOD))).status_code == 403
    assert uploads() == []


def test_the_service_asks_who_brings_a_file(app: Flask, now: datetime) -> None:
    content = io.BytesIO(csv_of(("t", "b")))
    with app.test_request_context(), pytest.raises(NotAllowed):
        look_at_file(person("mo"), get_plan("open-overheid"), "a.csv", content, now)


def test_only_who_brought_it_gets_at_a_file(browse: Any, ana: FlaskClient, now: datetime) -> None:
    place = bring(ana, *GOOD)
    check = to_the_check(ana, place)
    with unit_of_work():
        other = PlanRole(
            plan_id=get_plan("open-overheid").id, person_id=person("sam").id, role=Role.ORGANISER,
            granted_at=now,
        )  # fmt: skip
        db.session.add(other)
    colleague = browse("sam")
    assert "inbreng.xlsx" not in colleague.get(HERE).text
    for path in (place, check, f"{place}/again", f"{place}/progress"):
        assert colleague.get(path).status_code == 404, path
    for act in ("import", "delete", "again"):
        assert colleague.post(f"{place}/{act}").status_code == 404, act
    assert colleague.post(place, data={**SAYS, **COLUMNS}).status_code == 404
    # Nor who brought it, once they no longer organise the plan.
    with unit_of_work():
        for role in db.session.scalars(select(PlanRole)):
            role.ended_at = now if role.person_id == person("ana").id else role.ended_at
    assert ana.get(place).status_code == 404
    run_all(now)
    assert db.session.scalar(select(Round).where(Round.slug == "op-papier")) is None


def test_who_lost_the_role_before_the_job_imports_nothing(ana: FlaskClient, now: datetime) -> None:
    check = to_the_check(ana, bring(ana, *GOOD))
    ana.post(check.replace("/check", "/import"))
    with unit_of_work():
        for role in db.session.scalars(select(PlanRole)):
            role.ended_at = now if role.person_id == person("ana").id else role.ended_at
    before = counts()
    run_all(now)
    assert counts() == before
    assert uploads()[0].refusal


def test_the_file_goes_when_it_is_imported_and_after_seven_days(
    ana: FlaskClient, now: datetime
) -> None:
    kept = bring(ana, *GOOD)
    check = to_the_check(ana, bring(ana, *GOOD))
    first, second = (one.stored_as for one in uploads())
    ana.post(check.replace("/check", "/import"))
    made(now)
    run_all(now)
    storage().open(first).stream.close()
    with pytest.raises(FileNotFoundError):
        storage().open(second)
    rule = rule_of("sheet_uploads")
    week = timedelta(days=7)
    assert run_rule(rule, now + week - timedelta(seconds=1)) == 0
    assert run_rule(rule, now + week) == 2
    run_all(now + week)
    with pytest.raises(FileNotFoundError):
        storage().open(first)
    assert ana.get(kept).status_code == 404


def test_the_files_go_with_the_account(ana: FlaskClient, now: datetime) -> None:
    bring(ana, *GOOD)
    key = uploads()[0].stored_as
    plan = get_plan("open-overheid")
    with unit_of_work():
        db.session.add(
            PlanRole(
                plan_id=plan.id, person_id=person("bo").id, role=Role.ORGANISER, granted_at=now
            )
        )
        close_account(person("adi"), person("ana"), now, ClosedBy.ADMINISTRATOR)
    run_all(now)
    assert uploads() == []
    with pytest.raises(FileNotFoundError):
        storage().open(key)


def test_a_file_is_deleted_by_hand(ana: FlaskClient) -> None:
    place = bring(ana, *GOOD)
    assert "inbreng.xlsx" in ana.get(HERE).text
    assert ana.post(f"{place}/delete").status_code == 303
    assert "inbreng.xlsx" not in ana.get(HERE).text


def test_no_other_file_comes_in_the_place_of_one_that_is_being_imported(
    ana: FlaskClient, now: datetime
) -> None:
    place = bring(ana, *GOOD)
    ana.post(to_the_check(ana, place).replace("/check", "/import"))
    answer = ana.post(f"{place}/again", data=sent(xlsx_of(HEADS, GOOD[0])))
    assert answer.status_code == 422
    assert "This file is being imported now" in answer.text
    round_ = made(now)
    assert [one.round_id for one in uploads()] == [round_.id]


def test_no_more_than_twenty_files_wait(app: Flask, now: datetime, ana: FlaskClient) -> None:
    with app.test_request_context(), unit_of_work():
        who, plan = person("ana"), get_plan("open-overheid")
        looked = look_at_file(who, plan, "a.csv", io.BytesIO(csv_of(("t", "b"))), now)
        for _ in range(MOST_UPLOADS):
            keep_upload(who, plan, looked, None, now)
    answer = ana.post(HERE, data=sent(xlsx_of(HEADS, *GOOD)))
    assert answer.status_code == 422
    assert "20 files" in answer.text


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "leeg.xlsx", "is empty"),
        (b"PK\x03\x04rommel", "kapot.xlsx", "damaged"),
        (xlsx_of(), "niets.xlsx", "nothing in this spreadsheet"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(
    ana: FlaskClient, content: bytes, name: str, says: str
) -> None:
    answer = ana.post(HERE, data=sent(content, name))
    assert answer.status_code == 422
    assert says in answer.text
    assert uploads() == []
    assert "Choose a file." in ana.post(HERE, data={}).text


def test_many_errors_are_shown_a_page_at_a_time(ana: FlaskClient) -> None:
    rows = [("", "Tekst", "", "", "", "") for _ in range(120)]
    check = to_the_check(ana, bring(ana, *rows))
    seen: list[str] = []
    path: str | None = check
    while path:
        page = ana.get(path).text
        seen += re.findall(r"<code[^>]*>(A\d+)</code>", page)
        path = next(iter(read_page(page).named("next")), None)
    assert seen == [f"A{number}" for number in range(2, 122)]


def test_the_names_of_people_are_kept_only_where_that_is_chosen(
    ana: FlaskClient, now: datetime
) -> None:
    check = to_the_check(ana, bring(ana, *GOOD), names="names")
    ana.post(check.replace("/check", "/import"))
    made(now)
    names = set(db.session.scalars(select(Person.display_name)))
    assert "Jan Jansen" in names


def test_a_file_that_was_never_committed_goes_after_a_day(ana: FlaskClient) -> None:
    """It holds names of people, and nobody could ever find it again."""
    bring(ana, *GOOD)
    kept = uploads()[0].stored_as
    storage().write("sheet-of-nobody", b"names")
    stored = storage().open("sheet-of-nobody")
    stored.stream.close()
    drop_unnamed_files({}, stored.info.modified + timedelta(hours=23))
    storage().open("sheet-of-nobody").stream.close()
    drop_unnamed_files({}, stored.info.modified + timedelta(hours=25))
    with pytest.raises(FileNotFoundError):
        storage().open("sheet-of-nobody")
    storage().open(kept).stream.close()


def test_a_fault_of_the_program_is_said_to_who_waits(
    ana: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = to_the_check(ana, bring(ana, *GOOD))
    ana.post(check.replace("/check", "/import"))

    def broken(*_: object, **__: object) -> None:
        raise LookupError("a fault")

    monkeypatch.setattr("consult.interfaces.exchange.services.import_rounds", broken)
    run_all(now)
    assert uploads()[0].imported_at is None
    page = ana.get(check.replace("/check", "/progress"))
    assert page.status_code == 200
    assert uploads()[0].refusal.split(".")[0] in page.text
