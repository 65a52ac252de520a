"""Publishing the log of the stage, as the worker does."""

from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.checkpoints import publish_log
from consult.foundation.record.notes import Note
from consult.foundation.record.services import append_leaves


def publish() -> Note | None:
    """Give every event its place and publish all; return the checkpoint; None if none is new."""
    with unit_of_work():
        append_leaves(limit=100_000)
    last = None
    while note := publish_log():
        last = note
    return last


def publish_new() -> Note:
    """Publish what is new (there must be something), and return the checkpoint."""
    note = publish()
    assert note is not None
    return note
