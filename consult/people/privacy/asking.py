"""What is asked on the form of a new account, and what is kept of it."""

from collections.abc import Mapping
from datetime import datetime

from consult.foundation.core.languages import reader_language
from consult.people.accounts.models import Person
from consult.people.accounts.registering import on_registering
from consult.people.privacy.consents import note_registration
from consult.people.privacy.forms import registration_boxes


def _note(person: Person, ticked: Mapping[str, bool], now: datetime) -> None:
    note_registration(person, ticked, reader_language(), now)


on_registering(registration_boxes, _note)
