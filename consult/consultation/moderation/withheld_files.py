"""Files that a moderator holds back: nobody but the team opens them, and their names are hidden."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import PurePath

from flask_babel import lazy_gettext as _l

from consult.consultation.moderation.models import Decision, SealedText
from consult.consultation.moderation.redacted_copies import RedactedWords, Rewriting
from consult.consultation.moderation.subjects import Moderated, keys_of
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.files.models import StoredFile

FILE = "file"


def files_named(contribution: Moderated, public_ids: Collection[str]) -> list[StoredFile]:
    """Return the files of a contribution that somebody names; InvalidInput for another one."""
    there = contribution.attachments if isinstance(contribution, Proposal) else []
    found = [one.file for one in there if one.file.public_id in public_ids]
    if len(found) != len(set(public_ids)) or any(one.withheld_at for one in found):
        text = _l("One of these files is not there, or held back already.")
        raise InvalidInput(text, errors={"files": text})
    return found


def named_otherwise(file: StoredFile, mark: str) -> RedactedWords:
    """Return what stands in the place of the name of a file; its ending stays."""
    return RedactedWords(file.name, mark + PurePath(file.name).suffix)


def withhold(
    files: Sequence[StoredFile], rewriting: Rewriting, decision: Decision, now: datetime
) -> None:
    """Take files out of reach, and seal their names."""
    passages = [[one.words, one.mark] for one in rewriting.passages]
    for file in files:
        db.session.add(
            SealedText(
                **keys_of(rewriting.contribution), decision_id=decision.id, field=FILE,
                file_id=file.id, original=file.name, passages=passages, sealed_at=now,
            )
        )  # fmt: skip
        file.name, file.withheld_at = rewriting.rewritten(file.name), now


def give_back(sealed: Sequence[SealedText]) -> None:
    """Give files their names back, and let them be opened again."""
    for one in sealed:
        if one.file_id is not None:
            file = db.session.get_one(StoredFile, one.file_id)
            file.name, file.withheld_at = one.original, None
