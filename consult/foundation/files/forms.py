"""The field for files in a form: what was chosen once stays, whatever becomes of the form."""

from collections.abc import Callable, Iterable, Sequence
from typing import IO, Unpack

from flask import g, request
from flask_wtf.file import MultipleFileField
from sqlalchemy import select

from consult.foundation.core.errors import Sentence
from consult.foundation.core.field_arguments import FieldArguments
from consult.foundation.core.unit_of_work import AlreadyDone, first_answer, unit_of_work
from consult.foundation.core.web import actor, arrival, once, sent_files
from consult.foundation.files.models import StoredFile
from consult.foundation.files.pending_uploads import (
    SentFile,
    delete_files,
    pending_uploads,
    store_pending,
)
from consult.foundation.files.scanning import scan_upload

MOST = 5


class FilesField(MultipleFileField):
    """Files to choose, and those chosen before (`kept`), which go along unless they are unticked.

    A view calls `take` once, after the policy and before anything can be refused.
    """

    def __init__(
        self, label: Sentence, *, most: int = MOST, **kwargs: Unpack[FieldArguments]
    ) -> None:
        super().__init__(label, **kwargs)
        self.most = most
        self.kept: list[StoredFile] = []
        self.unticked: list[StoredFile] = []
        self.type = MultipleFileField.__name__  # drawn as any field for files

    def take(
        self,
        place: str,
        *,
        belonging: Sequence[StoredFile] = (),
        permit: Callable[[], None] | None = None,
    ) -> None:
        """Store the files that were chosen at once, and forget those that were unticked.

        A view that leaves the policy to its service gives a `permit`: it is asked before anything
        is stored, and not where nothing is.

        `place` names the form, and `belonging` are the files that its subject has already. What is
        wrong with a file stands beside the field; the good ones are kept all the same. The same
        form again gets its first answer (AlreadyDone), before anything is stored.
        """
        if request.method != "POST":
            waiting = pending_uploads(actor(), place)
            self.kept = [*belonging, *(one for one in waiting if one not in belonging)]
            return
        shown, ticked = (set(request.form.getlist(name)) for name in ("shown", "kept"))
        found = pending_uploads(actor(), place) if shown else ()
        waiting = [one for one in found if one not in belonging]
        named = [one for one in waiting if one.public_id in shown]
        self.unticked = [one for one in belonging if one.public_id in shown - ticked]
        gone = [one for one in named if one.public_id not in ticked]
        self.kept = [one for one in belonging if one not in self.unticked]
        self.kept += [one for one in named if one not in gone]
        sent = [(one.filename or "", one.stream) for name, one in sent_files() if name == self.name]
        if sent or gone:
            if permit is not None:
                permit()
            self._store(place, sent, gone)
        g.kept_files = self.kept

    def _store(
        self, place: str, sent: Iterable[tuple[str, IO[bytes]]], gone: Sequence[StoredFile]
    ) -> None:
        key = once()
        # Before anything is locked: a scanner takes its time.
        scanned = [SentFile(name, stream, scan_upload(stream)) for name, stream in sent]
        with unit_of_work():
            if key and (first := first_answer(key)):
                raise AlreadyDone(first)
            ids = [one.id for one in gone]
            delete_files(select(StoredFile.id).where(StoredFile.id.in_(ids)), arrival())
            found = store_pending(actor(), place, scanned, self.kept, self.most, arrival())
        self.kept += found.files
        # Where the form keeps what was wrong before it is checked: checking adds to it.
        self.process_errors: list[str] = [*self.process_errors, *map(str, found.errors)]
        self.errors = self.process_errors
