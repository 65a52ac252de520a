"""What may be personal data in what waits: looked for by a job, and before it is published.

A job looks when something was handed in; a page for one text looks itself where the job has not
come yet. Whoever publishes a marked text says so twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select, update

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import SuspectedData
from consult.consultation.moderation.notices import tell_moderators
from consult.consultation.moderation.subjects import Moderated, about, keys_of
from consult.consultation.proposals.models import TEXT_FIELDS, Proposal
from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import StoredFile
from consult.foundation.files.reading import read_file
from consult.foundation.marks.rendering import marks_in

_FIELDS: dict[type, tuple[str, ...]] = {
    Proposal: (*TEXT_FIELDS, "possible_holder"),
    Comment: ("body",),
}


class Unconfirmed(InvalidInput):
    """What may hold personal data is published only by who says so once more."""


Marks = Mapping[str, Sequence[Suspected]]
"""What may be personal data, by field; of a file, by its public id, in its name."""


@dataclass(frozen=True)
class Looked:
    """What a machine saw in a contribution."""

    version: int
    """The version of the contribution that was looked at."""
    marks: Marks
    number: int
    """How many pieces there are, those in files included."""


def look_at(contribution: Moderated) -> Looked:
    """Look for personal data in the texts of a contribution, and in the names of its files."""
    language, version = contribution.language, contribution.version
    marks = {
        name: marks_in(getattr(contribution, name), language)
        for name in _FIELDS[type(contribution)]
    }
    files = _files(contribution)
    marks |= {file.public_id: marks_in(file.name, language) for file in files}
    found = {name: pieces for name, pieces in marks.items() if pieces}
    number = sum(map(len, found.values())) + sum(_number_in(file) for file in files)
    return Looked(version, found, number)


def _files(contribution: Moderated) -> list[StoredFile]:
    if isinstance(contribution, Comment):
        return []
    return [one.file for one in contribution.attachments]


def _number_in(file: StoredFile) -> int:
    return sum((file.suspected or {}).values())


def take_in(payload: Mapping[str, object], now: datetime) -> None:
    """Tell those who moderate what arrived, and look at it; a second time it changes nothing."""
    tell_moderators(payload, now)
    contribution: Moderated | None = (
        db.session.get(Proposal, payload["id"])
        if payload["kind"] == "proposal"
        else db.session.get(Comment, payload["id"])
    )
    if contribution is not None:
        for id_ in [file.id for file in _files(contribution)]:
            read_file(id_)
        _keep(contribution, look_at(contribution), now)


def _keep(contribution: Moderated, looked: Looked, now: datetime) -> None:
    places = {
        name: [[one.start, one.end, one.kind.value] for one in pieces]
        for name, pieces in looked.marks.items()
    }
    with unit_of_work():
        kept = _kept_of(contribution)
        if kept is None:
            kept = SuspectedData(**keys_of(contribution))
            db.session.add(kept)
        kept.version, kept.number, kept.places = looked.version, looked.number, places
        kept.looked_at = now


def _kept_of(contribution: Moderated) -> SuspectedData | None:
    return db.session.scalar(select(SuspectedData).where(about(SuspectedData, contribution)))


def looked_at(contribution: Moderated) -> Looked:
    """Return what was seen in a contribution; looks where the job has not come to this version."""
    return read_or_look(contribution, _kept_of(contribution))


def read_or_look(contribution: Moderated, kept: SuspectedData | None) -> Looked:
    """Return what the job kept of a contribution; looks where that is of another version."""
    if kept is None or kept.version != contribution.version:
        return look_at(contribution)
    return _read(kept)


def _read(kept: SuspectedData) -> Looked:
    marks = {
        name: [
            Suspected(int(start), int(end), SuspectedKind(str(kind))) for start, end, kind in pieces
        ]
        for name, pieces in kept.places.items()
    }
    return Looked(kept.version, marks, kept.number)


def refuse_unconfirmed(contribution: Moderated, *, confirmed: bool) -> None:
    """Refuse (Unconfirmed) to publish what may hold personal data, unless that was said again."""
    number = 0 if confirmed else looked_at(contribution).number
    if number:
        text = ngettext(
            "%(num)s possible personal data: look before you publish.",
            "%(num)s possible personal data: look before you publish.",
            number,
        )
        help_ = _l("Return it, or publish it all the same.")
        raise Unconfirmed(text, help_)


def carry_over(contribution: Moderated, version: int) -> None:
    """Let what was seen in a version hold for the present one: a decision changes no text."""
    db.session.flush()
    db.session.execute(
        update(SuspectedData)
        .where(about(SuspectedData, contribution), SuspectedData.version == version)
        .values(version=contribution.version)
        .execution_options(synchronize_session=False)
    )
