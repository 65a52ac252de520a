"""What packages above ask on the form of a new account: boxes to tick, and what to keep of them."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import Field

from consult.foundation.core.forms import form_with
from consult.foundation.core.registries import add_new
from consult.people.accounts.models import Person

Boxes = Callable[[], Mapping[str, Field]]
NoteConsents = Callable[[Person, Mapping[str, bool], datetime], None]
_asked: list[tuple[Boxes, NoteConsents]] = []


def on_registering(boxes: Boxes, note: NoteConsents) -> None:
    """Register boxes for the form of a new account, and what keeps which of them were ticked."""
    add_new(_asked, [(boxes, note)])


def with_boxes(base: type[FlaskForm]) -> tuple[type[FlaskForm], list[str]]:
    """Return the form with the boxes on it, and their names; none of them is ticked beforehand."""
    boxes = {name: box for ask, _note in _asked for name, box in ask().items()}
    return form_with(base, boxes), list(boxes)


def note_boxes(person: Person, ticked: Mapping[str, bool], now: datetime) -> None:
    """Keep what somebody ticked who made an account."""
    for _boxes, note in _asked:
        note(person, ticked, now)
