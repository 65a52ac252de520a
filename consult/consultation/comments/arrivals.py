"""Asking the worker to tell moderators that something arrived, or came back with a new text."""

from datetime import datetime

from consult.foundation.jobs.services import enqueue


def tell_arrived(kind: str, id_: int, text: int, now: datetime) -> None:
    """Ask to tell of text number `text` of a proposal or a comment; one row in the request."""
    enqueue("contribution-arrived", {"kind": kind, "id": id_, "text": text}, now)
