"""What part of a whole a number is, said so that few people are not made to look like many."""

from flask_babel import format_percent
from flask_babel import gettext as _

from consult.foundation.core.numbers import write_number

LEAST_FOR_A_PERCENTAGE = 20
"""Of fewer, one more or less moves a percentage by more than five: the whole itself is named."""


def share_of(part: int, whole: int) -> str:
    """Return what stands behind a number: "of 14", or "(43%)" where the whole is large enough."""
    if whole < LEAST_FOR_A_PERCENTAGE:
        return str(_("of %(whole)s", whole=write_number(whole)))
    return f"({format_percent(part / whole)})"
