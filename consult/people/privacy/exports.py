"""Exports of one's own data: asked for, made by a job, there for their owner for seven days.

The archive holds `my-data.json` (docs/my-data-format.md), the same to read as `my-data.html`, and
the files that the person attached. The file lies under a random key that the row knew before, so a
job that is run again writes the same file, and none is ever left without its row.
"""

import json
import shutil
import zipfile
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from consult.foundation.core.addresses import address_of
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotFound
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.files.names import file_name
from consult.foundation.files.services import discard_later, storage, write_whole
from consult.foundation.jobs.services import enqueue
from consult.foundation.notifications.services import notify
from consult.foundation.personal_data.export_parts import Plain, parts
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.models import Event, EventDetail
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.accounts.personal import platform_roles
from consult.people.privacy.fields import label_of_field, value_in_words
from consult.people.privacy.models import DataExport

KEPT = timedelta(days=7)
READY = "data-export-ready"
FORMAT, FORMAT_VERSION = "consult-my-data", 1
_FRAME = "layouts/my_data.html"
ACT_FIELDS = ("event", "verb", "at", "about", "number", "seal", "said", "reason", "erased_at")


def ask_export(person: Person, language: str, now: datetime) -> DataExport:
    """Ask for an export of everything that is kept about oneself; a mail says when it is ready.

    Raises InvalidInput while another one is being made.
    """
    ensure(person, Action.MY_DATA_KEEP, None, now)
    lock_rows(person)
    waiting = select(DataExport.id).where(
        DataExport.person_id == person.id,
        DataExport.made_at.is_(None),
        DataExport.asked_at > now - KEPT,
    )
    if db.session.scalar(waiting.limit(1)) is not None:
        raise InvalidInput(
            _l("Your export is being made already."), _l("You get a mail when it is ready.")
        )
    asked = DataExport(person_id=person.id, language=language, asked_at=now)
    db.session.add(asked)
    db.session.flush()
    record(person, "data_export.asked", asked, now)
    enqueue("make-data-export", {"export": asked.id}, now, key=f"make-data-export:{asked.id}")
    return asked


def make_export(payload: Mapping[str, object], now: datetime) -> None:
    """Make an export that somebody asked for; nothing where the account was closed meanwhile."""
    asked = db.session.get(DataExport, payload["export"])
    if asked is None or asked.made_at is not None:
        return
    person = db.session.get_one(Person, asked.person_id)
    if not person.active:
        return
    content = content_of(person, asked, now)
    with force_locale(asked.language):
        page = readable(content, asked.language)
    files = db.session.scalars(
        select(StoredFile)
        .where(StoredFile.uploaded_by_id == person.id, StoredFile.withheld_at.is_(None))
        .order_by(StoredFile.id)
    ).all()
    stored_as = asked.stored_as
    size = write_whole(stored_as, lambda path: _pack(path, content, page, files))
    with unit_of_work():
        still = db.session.get(DataExport, asked.id, populate_existing=True)
        if still is None:
            discard_later([stored_as], now)  # the account was closed meanwhile
            return
        asked.made_at, asked.size = now, size
        page_of_mine = address_of("privacy.my_data", person.language)
        notify(person, READY, now, link=page_of_mine, until=now + KEPT)


def drop_exports_of(people: Collection[int], now: datetime) -> None:
    """Drop the exports that lie ready for some people: a text changed that they may hold."""
    theirs = DataExport.person_id.in_(people) & DataExport.made_at.is_not(None)
    discard_later(db.session.scalars(select(DataExport.stored_as).where(theirs)).all(), now)
    db.session.execute(delete(DataExport).where(theirs))


class ExportContent(TypedDict):
    """What stands in an export: the rows of each part, and when and for whom it was made."""

    format: str
    version: int
    platform: str
    person: str
    language: str
    made_at: str
    parts: dict[str, list[Plain]]


def content_of(person: Person, asked: DataExport, now: datetime) -> ExportContent:
    """Gather everything that is kept about a person, as plain data."""
    read = {part.name: part.read(person.id) for part in parts()}
    for account in read["account"]:
        account["platform_roles"] = platform_roles(person.id)
    read["acts"] = acts_of(person.id)
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "platform": current_app.config["BASE_URL"],
        "person": person.public_id,
        "language": asked.language,
        "made_at": now.isoformat(),
        "parts": read,
    }


def acts_of(person_id: int) -> list[Plain]:
    """Return every event of a person.

    What was said is left out where it is about the text or the account of somebody else: that is
    theirs.
    """
    own = _own_subjects(person_id)
    rows = db.session.execute(
        select(Event, EventDetail)
        .join(EventDetail, EventDetail.event_id == Event.id)
        .where(EventDetail.actor_id == person_id)
        .order_by(Event.id)
    ).all()
    return [_act(row[0], row[1], own) for row in rows]


def _own_subjects(person_id: int) -> dict[str, set[int]]:
    """Return the numbers of the person's own rows, by the kind of subject that they are."""
    own = {"person": {person_id}}
    for part in parts():
        if part.authored:
            ids = select(part.table.c.id).where(part.whose(person_id))
            own[part.table.name] = own.get(part.table.name, set()) | set(db.session.scalars(ids))
    return own


def _act(event: Event, detail: EventDetail, own: dict[str, set[int]]) -> Plain:
    act: dict[str, object] = {
        "event": event.public_id,
        "verb": event.verb,
        "at": event.at.isoformat(),
        "about": event.subject_type,
        "number": event.subject_id,
        "seal": event.fields,
    }
    if detail.erased_at is not None:
        act["erased_at"] = detail.erased_at.isoformat()
    elif event.subject_id in own.get(event.subject_type, ()):
        act["said"], act["reason"] = detail.content, detail.reason
    return act


def readable(content: ExportContent, language: str) -> str:
    """Write the same as one page to read, in the language that the locale is set to."""
    titles = {part.name: part.title for part in parts()} | {"acts": _l("What I did here")}
    sections = [
        (
            titles[name],
            [
                [
                    (label_of_field(field, name), value_in_words(field, value))
                    for field, value in row.items()
                    if value not in (None, "", [], {})
                ]
                for row in rows
            ],
        )
        for name, rows in content["parts"].items()
    ]  # fmt: skip
    made_at = datetime.fromisoformat(content["made_at"])
    return render_template(
        _FRAME, content=content, made_at=made_at, sections=sections, language=language
    )


def _pack(path: Path, content: ExportContent, page: str, files: Sequence[StoredFile]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        plain = json.dumps(content, ensure_ascii=False, indent=2)
        archive.writestr("my-data.json", plain)
        archive.writestr("my-data.html", page)
        for number, file in enumerate(files, start=1):
            try:
                found = storage().open(file.storage_key)
            except FileNotFoundError:
                continue
            name = f"files/{number}-{file_name(file.name)}"
            with found.stream as stream, archive.open(name, "w") as copy:
                shutil.copyfileobj(stream, copy)


def exports_of(person_id: int, now: datetime) -> Sequence[DataExport]:
    """Return the exports of a person that are being made or can be fetched, newest first."""
    return db.session.scalars(
        select(DataExport)
        .where(DataExport.person_id == person_id, DataExport.asked_at > now - KEPT)
        .order_by(DataExport.id.desc())
    ).all()


def get_export(public_id: str) -> DataExport:
    """Find an export by its id (NotFound)."""
    found = db.session.scalar(select(DataExport).where(DataExport.public_id == public_id))
    if found is None:
        raise NotFound(_l("There is nothing here."), _l("Check the address, or search."))
    return found
