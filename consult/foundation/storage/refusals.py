"""What a person is told while a storage does not answer."""

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import OutOfReach


def out_of_reach() -> OutOfReach:
    """Return the refusal for what lies in a storage that does not answer."""
    return OutOfReach(
        _l(
            "The platform cannot get at what you ask for now: it cannot reach the place where it "
            "lies."
        ),
        _l("Try again in a few minutes."),
    )
