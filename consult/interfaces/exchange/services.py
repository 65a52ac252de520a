"""Bringing a spreadsheet, choosing what its columns are, checking it, and importing it.

Reading a file takes a moment, so it is done before the unit of work, and nothing of it is stored.
The import itself is a job: it is asked for once, and goes on where it was if it is broken off.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import structlog
from flask import current_app
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db, random_id
from consult.foundation.core.errors import (
    Clash,
    InvalidInput,
    NotFound,
    Refusal,
    Sentence,
    TooLarge,
)
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.kinds import LARGEST
from consult.foundation.files.names import file_name
from consult.foundation.files.services import discard_later, storage, write_whole
from consult.foundation.jobs.services import enqueue
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.interfaces.exchange.format.problems import ImportNote, LinePlace, Problem
from consult.interfaces.exchange.importing.errors import ImportRefused
from consult.interfaces.exchange.importing.imported import imported_round
from consult.interfaces.exchange.importing.rounds import Options, check_rounds, import_rounds
from consult.interfaces.exchange.models import IMPORT, ColumnAssignment, SheetUpload
from consult.interfaces.exchange.queries import assignments_of, uploads_of
from consult.interfaces.exchange.reading.sheet_cells import SheetName, SheetRow, Spreadsheet
from consult.interfaces.exchange.reading.spreadsheet import read_spreadsheet
from consult.interfaces.exchange.reading.spreadsheets import (
    kind_of,
    open_spreadsheet,
    rows_of,
)
from consult.interfaces.exchange.reading.upload_choices import (
    UploadChoices,
    choices_of,
    named_columns,
)
from consult.people.accounts.recipients import as_reader

UNNAMED = timedelta(days=1)
"""So old is a file that no row names when it is deleted."""
MOST_UPLOADS = 20
"""Files of one person that wait in a plan."""
MOST_ASSIGNMENTS = 50
PREVIEWED = 20
"""Rows of a sheet that are shown."""
HEADINGS_WITHIN = 20
"""Filled rows among which the headings stand."""
_STORED = "sheet-"
"""How the names of these files begin in the storage."""
log = structlog.get_logger()


@dataclass(frozen=True)
class BroughtFile:
    """A file that was looked at and can be kept."""

    name: str
    kind: str
    content: bytes


def look_at_file(
    actor: Actor, plan: Plan, name: str, stream: IO[bytes], now: datetime
) -> BroughtFile:
    """Look whether a file is a spreadsheet that can be read, and store nothing.

    Raises InvalidInput, with what it is instead.
    """
    ensure(actor, Action.ROUND_CREATE, plan, now)
    stream.seek(0)
    content = stream.read(LARGEST + 1)
    named = file_name(name)
    try:
        kind = kind_of(named, content)
        _try_to_read(kind, content)
    except (InvalidInput, TooLarge) as refusal:
        errors = {"file": str(refusal)}
        raise InvalidInput(refusal.text, refusal.help, errors=errors) from refusal
    return BroughtFile(named, kind, content)


def _try_to_read(kind: str, content: bytes) -> None:
    """Read the first row of each sheet. Raises InvalidInput and TooLarge."""
    with tempfile.TemporaryDirectory(prefix="consult-sheet-") as folder:
        path = Path(folder, f"sheet{kind}")
        path.write_bytes(content)
        book = open_spreadsheet(path)
        if all(next(book.rows(at, "nl"), None) is None for at in range(len(book.sheets))):
            raise InvalidInput(
                _l("There is nothing in this spreadsheet."), _l("Look whether it was saved.")
            )


def keep_upload(
    actor: Actor, plan: Plan, brought: BroughtFile, after: SheetUpload | None, now: datetime
) -> SheetUpload:
    """Keep a file that was looked at, for whoever brings it alone.

    `after` is the file that this one comes in the place of: what was chosen about it is taken
    over, and that file goes. Raises InvalidInput, also while that one is being imported, and NoRoom
    where the disk is full.
    """
    ensure(actor, Action.ROUND_CREATE, plan, now)
    waiting = [one for one in uploads_of(actor, plan.id) if one.imported_at is None]
    if after is not None:
        ensure(actor, Action.SHEET_IMPORT, after, now)
        _refuse_while_importing(after)
    elif len(waiting) >= MOST_UPLOADS:
        raise InvalidInput(
            _l("You have %(most)s files here already that are not imported.", most=MOST_UPLOADS),
            _l("Delete one that you do not need."),
        )
    made = SheetUpload(
        plan_id=plan.id,
        uploaded_by_id=actor.actor_id or 0,
        uploaded_at=now,
        name=brought.name,
        kind=brought.kind,
        size=len(brought.content),
        stored_as=f"{_STORED}{random_id()}",
        typed=dict(after.typed) if after else {},
    )
    write_whole(made.stored_as, lambda path: _write(path, brought.content))
    db.session.add(made)
    if after is not None:
        _forget(after, now)
    db.session.flush()
    return made


def drop_unnamed_files(_payload: Mapping[str, object], now: datetime) -> None:
    """Delete the files that were stored and never committed: they hold names of people."""
    for info in storage().list(_STORED):
        named = select(SheetUpload.id).where(SheetUpload.stored_as == info.key)
        if now - info.modified > UNNAMED and db.session.scalar(named) is None:
            storage().delete(info.key)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def delete_upload(actor: Actor, upload: SheetUpload, now: datetime) -> None:
    """Delete a file that was brought, at once. Raises InvalidInput while it is being imported."""
    ensure(actor, Action.SHEET_IMPORT, upload, now)
    _refuse_while_importing(upload)
    _forget(upload, now)


def _forget(upload: SheetUpload, now: datetime) -> None:
    discard_later([upload.stored_as] if upload.stored_as else [], now)
    db.session.delete(upload)


def _refuse_while_importing(upload: SheetUpload) -> None:
    lock_rows(upload)  # nobody asks for its import meanwhile
    if upload.asked_at is not None and upload.imported_at is None and not upload.refusal:
        raise InvalidInput(_l("This file is being imported now."), _l("Wait until that is done."))


@contextmanager
def local_copy(upload: SheetUpload) -> Iterator[Path]:
    """Lend the file of an upload as a path of this machine; NotFound where it is gone."""
    with tempfile.TemporaryDirectory(prefix="consult-sheet-") as folder:
        path = Path(folder, f"sheet{upload.kind}")
        try:
            found = storage().open(upload.stored_as or "gone")
        except FileNotFoundError:
            raise NotFound(
                _l("This file is not here, or no longer."),
                _l("A file that was not imported is deleted after seven days. Choose it again."),
            ) from None
        with found.stream as stream, path.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        yield path


@dataclass(frozen=True)
class Preview:
    """The sheets of a file, and the first rows of one of them."""

    sheets: Sequence[SheetName]
    sheet: int
    rows: list[SheetRow]
    """The first rows in which something stands, the one with the headings among them."""
    width: int
    """How many columns there are."""
    fault: str = ""
    """Why the sheet cannot be imported as it is; empty if it can."""

    def below(self, heading_row: int) -> list[SheetRow]:
        """Return the rows that are shown below the headings."""
        return [row for row in self.rows if row.number > heading_row][:PREVIEWED]


def preview_of(
    actor: Actor, upload: SheetUpload, sheet: int | None, language: str, now: datetime
) -> Preview:
    """Read the beginning of a sheet: the first one that is filled, where none is named.

    Raises InvalidInput where the file cannot be read.
    """
    ensure(actor, Action.SHEET_IMPORT, upload, now)
    with local_copy(upload) as path:
        book = open_spreadsheet(path)
        if sheet is not None and sheet < len(book.sheets):
            return _beginning(book, sheet, language)
        visible = [at for at, one in enumerate(book.sheets) if not one.is_hidden]
        found = [_beginning(book, at, language) for at in visible or range(len(book.sheets))]
        return next((one for one in found if one.rows or one.fault), found[0])


def _beginning(book: Spreadsheet, sheet: int, language: str) -> Preview:
    """Read the first rows of a sheet; all of it is read to know how many columns it has."""
    rows: list[SheetRow] = []
    width, fault = 0, ""
    try:
        for row in rows_of(book, sheet, language):
            width = max(width, len(row.cells))
            if len(rows) < HEADINGS_WITHIN + PREVIEWED:
                rows.append(row)
    except InvalidInput as refusal:
        fault = str(refusal)
    return Preview(book.sheets, sheet, rows, width, fault)


def keep_typed(actor: Actor, upload: SheetUpload, typed: Mapping[str, str], now: datetime) -> None:
    """Keep what was filled in about a file, right or not."""
    ensure(actor, Action.SHEET_IMPORT, upload, now)
    _refuse_while_importing(upload)
    upload.typed, upload.choices = dict(typed), None


def keep_choices(
    actor: Actor,
    upload: SheetUpload,
    typed: Mapping[str, str],
    choices: UploadChoices,
    now: datetime,
) -> None:
    """Keep what was chosen about a file, once it is right."""
    keep_typed(actor, upload, typed, now)
    upload.choices = choices.as_json()
    upload.refusal, upload.asked_at, upload.done, upload.total = "", None, 0, 0


def keep_assignment(
    actor: Actor,
    plan: Plan,
    name: str,
    headings: list[str],
    choices: UploadChoices,
    now: datetime,
) -> None:
    """Keep what the columns are under a name, in the place of one of that name.

    Raises InvalidInput where no column has a heading to know it by.
    """
    ensure(actor, Action.ROUND_CREATE, plan, now)
    columns = named_columns(headings, dict(choices.columns.columns))
    if len(columns) < len(choices.columns.columns):
        raise InvalidInput(
            _l("This assignment cannot be kept."),
            errors={
                "keep_as": _l(
                    "Two columns have the same heading, or one has none: next time nobody would "
                    "know which is which. Give each its own heading."
                )
            },
        )
    there = assignments_of(plan.id)
    found = next((one for one in there if one.name == name), None)
    if found is None and len(there) >= MOST_ASSIGNMENTS:
        text = _l("At most %(most)s can be kept. Delete one first.", most=MOST_ASSIGNMENTS)
        raise InvalidInput(_l("This assignment cannot be kept."), errors={"keep_as": text})
    if found is None:
        found = ColumnAssignment(plan_id=plan.id, name=name)
        db.session.add(found)
    found.columns, found.kept_by_id, found.kept_at = columns, actor.actor_id or 0, now
    db.session.flush()


def delete_assignment(
    actor: Actor, plan: Plan, assignment: ColumnAssignment, now: datetime
) -> None:
    """Delete an assignment that was kept."""
    ensure(actor, Action.ROUND_CREATE, plan, now)
    db.session.delete(assignment)


@dataclass(frozen=True)
class SheetCheck:
    """What checking a file found."""

    problem_count: int
    problems: list[Problem]
    notes: list[ImportNote]
    proposals: int
    participants: int
    themes: int
    new: int
    """How many proposals are not stored yet."""
    is_known: bool
    """Whether the round was imported before."""
    sheet: str
    """The name of the sheet, where the file has several."""


def check_upload(
    actor: Actor,
    upload: SheetUpload,
    choices: UploadChoices,
    skipped: int,
    most: int,
    now: datetime,
) -> SheetCheck:
    """Check a whole file as an import does, and change nothing; some of the problems are given."""
    ensure(actor, Action.SHEET_IMPORT, upload, now)
    with local_copy(upload) as path:
        options = _options(upload, choices)
        with check_rounds(actor, [path], options, now) as staged:
            found = imported_round(choices.round.id)
            if found is not None and (why := _closed_to_more(choices)):
                staged.add_problem(0, Problem(LinePlace(str(path)), why[0], why[1]))
            return SheetCheck(
                staged.problem_count,
                staged.problems(most, skipped),
                list(staged.notes),
                staged.count(0, "proposal"),
                staged.count(0, "participant"),
                staged.count(0, "theme"),
                staged.count(0, "proposal", pending=True),
                found is not None,
                _name_of(path, choices.columns.sheet),
            )


def _name_of(path: Path, sheet: int) -> str:
    sheets = open_spreadsheet(path).sheets
    return sheets[sheet].name if 1 < len(sheets) > sheet else ""


def _closed_to_more(choices: UploadChoices) -> tuple[Sentence, Sentence] | None:
    """Return why nothing can be added to a round that was imported before; nothing if it can."""
    found = imported_round(choices.round.id)
    if found is None or found.answered_at is None:
        return None
    return (
        _l("A round of this title was imported before, and its answers are published."),
        _l("Choose another title, to make a new round."),
    )


def _options(upload: SheetUpload, choices: UploadChoices) -> Options:
    salt = str(current_app.config["SECRET_KEY"])
    ready = choices.salted(salt)
    return Options(
        plan=upload.plan.slug,
        keep_names=choices.round.keeps_names,
        salt=salt,
        read=read_spreadsheet(ready.columns, ready.round),
        announced=choices.is_announced,
    )


def ask_import(actor: Actor, upload: SheetUpload, language: str, now: datetime) -> None:
    """Ask for the import of a file that was checked; asked twice, it is imported once.

    Raises InvalidInput where its columns are not assigned, or its round was answered.
    """
    ensure(actor, Action.SHEET_IMPORT, upload, now)
    lock_rows(upload)
    if upload.imported_at is not None or (upload.asked_at is not None and not upload.refusal):
        return
    if upload.choices is None:
        raise InvalidInput(_l("Say first what the columns are, and check the file."))
    if why := _closed_to_more(choices_of(upload.choices)):
        raise InvalidInput(*why)
    upload.asked_at, upload.refusal, upload.done, upload.total = now, "", 0, 0
    db.session.flush()
    key = f"{IMPORT}:{upload.id}:{now.isoformat()}"
    enqueue(IMPORT, {"upload": upload.id, "language": language}, now, key=key)


def import_upload(payload: Mapping[str, object], now: datetime) -> None:
    """Import a file that was asked for: all of it, or nothing. Nothing where it is done or gone."""
    upload = db.session.get(SheetUpload, payload["upload"])
    if upload is None or upload.imported_at is not None or upload.choices is None:
        return
    actor = as_reader(upload.uploaded_by_id)
    if actor is None:
        return
    with force_locale(str(payload["language"])):
        try:
            _import(actor, upload, choices_of(upload.choices), now)
        except Refusal as refusal:
            if isinstance(refusal.__cause__, Clash):
                raise  # somebody else was storing the same: the job is tried again
            changed = _l("Something changed since the check. Check the file again: it says what.")
            _say_why(upload, changed if isinstance(refusal, ImportRefused) else str(refusal))
        except (OSError, SQLAlchemyError):
            raise  # something is away, perhaps for a moment: the job is tried again
        except Exception:
            log.exception("a spreadsheet cannot be imported", upload=upload.id)
            wrong = _l(
                "Something went wrong on our side. Try it once more, or ask the administrator."
            )
            _say_why(upload, wrong)


def _say_why(upload: SheetUpload, why: Sentence) -> None:
    """Let whoever asked for the import know that it was not done."""
    db.session.rollback()
    with unit_of_work():
        db.session.refresh(upload)
        upload.refusal = str(why)


def _import(actor: Actor, upload: SheetUpload, choices: UploadChoices, now: datetime) -> None:
    upload_id = upload.id
    ensure(actor, Action.SHEET_IMPORT, upload, now)

    def note(kind: str, done: int, total: int) -> None:
        if kind == "proposal":
            with unit_of_work():
                found = SheetUpload.id == upload_id
                db.session.execute(update(SheetUpload).where(found).values(done=done, total=total))

    options = _options(upload, choices)
    with local_copy(upload) as path:
        (round_,) = import_rounds(actor, [path], replace(options, storing=note), now)
    round_id = round_.id
    with unit_of_work():
        done = db.session.get_one(SheetUpload, upload_id, populate_existing=True)
        discard_later([done.stored_as], now)
        done.imported_at, done.round_id, done.stored_as = now, round_id, ""
        done.typed, done.choices = {}, None
