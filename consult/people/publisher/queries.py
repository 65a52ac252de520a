"""Reading the publisher to change it; pages read what `current.py` remembers."""

from consult.foundation.core.db import db
from consult.people.publisher.models import ONLY, Publisher


def get_publisher() -> Publisher | None:
    """Return the row of the publisher; None as long as nobody filled anything in."""
    return db.session.get(Publisher, ONLY)
