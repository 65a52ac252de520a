"""What tests of redaction share: words that must go, who leaves them out, and a look everywhere."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.holding import redact_at_desk
from consult.consultation.moderation.models import Ground, HeldDecision, RedactedKind, Verb
from consult.consultation.moderation.redaction import RedactedPassage
from consult.consultation.moderation.services import Judgement
from consult.consultation.proposals.models import Proposal, ProposalVersion
from consult.foundation.core.db import Base, db, table_of
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from tests.cast import person
from tests.conftest import Clock
from tests.privacy.planted import unpacked

NAME, PHONE = "Zwaantje Zeldenrijk", "06 1298 7634"
PERSONAL = Judgement(Verb.REDACT, "Dit zegt wie iemand is.", Ground.PERSONAL_DATA)


def leave_out(
    about: Proposal | Comment,
    clock: Clock,
    *passages: RedactedPassage,
    who: str = "mo",
    judgement: Judgement = PERSONAL,
    files: Sequence[str] = (),
) -> HeldDecision:
    """Let a moderator leave passages out of a contribution at the desk."""
    with unit_of_work():
        db.session.refresh(about)
        return redact_at_desk(person(who), about, passages, judgement, clock(), files)


def name_in(field: str) -> RedactedPassage:
    return RedactedPassage(field, NAME, RedactedKind.NAME)


def phone_in(field: str) -> RedactedPassage:
    return RedactedPassage(field, PHONE, RedactedKind.TELEPHONE)


def says(value: Any, *words: str) -> bool:
    """Whether words, or one of their parts, stand in a value of a row, whatever case."""
    text = json.dumps(value, ensure_ascii=False, default=str).lower()
    return any(word.lower() in text for word in words)


def columns_with(*words: str) -> set[str]:
    """Return the columns of all tables in which words stand; of what is sealed, not."""
    db.session.rollback()
    return {
        f"{table.name}.{name}"
        for table in Base.metadata.sorted_tables
        if table.name != "sealed_text"
        for row in db.session.execute(select(table)).mappings()
        for name, value in row.items()
        if says(value, *words)
    }


def stored_texts() -> str:
    """Return all that stands in the rows of proposals, comments, versions and files."""
    models = (Proposal, Comment, ProposalVersion, StoredFile)
    tables = [table_of(model) for model in models]
    rows = [row for table in tables for row in db.session.execute(select(table)).mappings()]
    return json.dumps([dict(row) for row in rows], ensure_ascii=False, default=str)


def files_with(app: Flask, *words: str) -> set[str]:
    """Return the stored files, unpacked, in which words stand."""
    folders = [Path(app.config["STORAGE_URL"].removeprefix("file:")), Path(app.config["RECORD"])]
    return {
        str(path.relative_to(folder))
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and says(unpacked(path.read_bytes()), *words)
    }
