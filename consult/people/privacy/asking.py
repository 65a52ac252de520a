"""What is asked on the form of a new account, and what is kept of it."""

from collections.abc import Mapping
from datetime import datetime

from consult.foundation.core.languages import reader_language
from consult.people.accounts.models import Person
from consult.people.privacy.consents import note_registration


def note_agreed(person: Person, ticked: Mapping[str, bool], now: datetime) -> None:
    """Keep what somebody agreed to who made an account."""
    note_registration(person, ticked, reader_language(), now)
