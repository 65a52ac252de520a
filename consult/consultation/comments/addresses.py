"""Where a comment stands on the site: whatever can be discussed says where its conversation is."""

from collections.abc import Callable

from consult.consultation.comments.models import Comment
from consult.foundation.core.registries import add_new

AddressFinder = Callable[[Comment], str | None]
_finders: list[AddressFinder] = []


def add_finder(find: AddressFinder) -> None:
    """Register who knows where the conversations about one kind of thing stand."""
    add_new(_finders, [find])


def address_in_thread(comment: Comment) -> str:
    """Return the address of a comment in its conversation; LookupError where nobody knows it."""
    for find in _finders:
        if address := find(comment):
            return address
    raise LookupError(f"nobody says where comment {comment.id} stands")
