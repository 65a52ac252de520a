"""Keeping nodes together: all with one database have one storage for files, and one for the record.

Two nodes that each name a folder of their own would each lack the files of the other one, and would
publish two logs with two keys. So a mark lies in the storage, and the database knows it.
"""

from sqlalchemy import delete

from consult.foundation.core.db import db, random_id
from consult.foundation.core.errors import Clash
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.storage.models import StoragePlace
from consult.foundation.storage.storage import PLACE_MARK, Storage, StorageError


def refuse_another_place(storage: Storage, setting: str) -> None:
    """Refuse (StorageError) a storage that is not the one of this database.

    The first node that comes marks it. A site on SQLite has one machine, and asks nothing.
    """
    if db.engine.dialect.name != "postgresql":
        return
    if (known := _known(setting)) is None:
        mark = _mark_of(storage) or _mark(storage)
        try:
            with unit_of_work():
                db.session.add(StoragePlace(setting=setting, mark=mark))
        except Clash:  # another node came first
            known = _known(setting)
    if known is not None and _mark_of(storage) != known:
        raise StorageError(
            f"{setting} ({storage.name}) is not the place that was used with this database until "
            "now: all nodes must name the same one, a bucket or a folder that each of them sees. "
            "Whoever moved what lay there takes the file .place along. Where it is lost for good: "
            "flask consult use-storage."
        )


def use_storage() -> None:
    """Forget which places belong to this database: those that the next node names do."""
    with unit_of_work():
        db.session.execute(delete(StoragePlace))


def _known(setting: str) -> str | None:
    found = db.session.get(StoragePlace, setting, populate_existing=True)
    db.session.rollback()
    return found.mark if found else None


def _mark_of(storage: Storage) -> str | None:
    try:
        with storage.open(PLACE_MARK).stream as stream:
            return stream.read().decode()
    except FileNotFoundError:
        return None


def _mark(storage: Storage) -> str:
    """Mark a storage, unless another node does; return the mark that lies there then."""
    mark = random_id()
    try:
        storage.swap(PLACE_MARK, mark.encode(), None)
    except StorageError:  # a server that knows no conditions
        storage.write(PLACE_MARK, mark.encode())
    return _mark_of(storage) or mark
