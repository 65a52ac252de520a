"""E-mail addresses from outside: tidied, checked by their form, and never looked up."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field
from wtforms.validators import StopValidation

from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import Filled
from consult.foundation.core.visible import without_unseen_edges

LONGEST = 254
"""Signs in an address (RFC 5321, 4.5.3.1.3: a path of 256 with its brackets)."""
NO_ADDRESS = _l("This is not an e-mail address. It looks like name@example.org.")


def tidy_address(typed: str) -> str | None:
    """Return an address as we store it, in small letters; None when it is no e-mail address."""
    bare = without_unseen_edges(typed[: 2 * LONGEST])
    if len(bare) > LONGEST or len(typed) > 2 * LONGEST:
        return None
    try:
        # Not `globally_deliverable`: that refuses the domains of examples and tests.
        found = validate_email(
            bare, check_deliverability=False, globally_deliverable=False, strict=True
        )
    except EmailNotValidError:
        return None
    return found.normalized.lower() if "." in found.domain else None


def mail_field(
    label: Sentence,
    *,
    required: bool = True,
    description: Sentence = "",
    render_kw: dict[str, str] | None = None,
) -> Field:
    """Make a field for an e-mail address; what is no address is kept as it was typed."""
    return EmailField(
        label,
        # Tidied before anything is checked: whoever counts or looks up an address knows it by one
        # spelling only.
        filters=[_tidied],
        validators=[Filled(), _is_address] if required else [_is_address],
        description=description,
        render_kw=render_kw,
    )


def _tidied(typed: str | None) -> str | None:
    return (tidy_address(typed) or typed) if typed else typed


def _is_address(_form: object, field: Field) -> None:
    if not field.data:
        return
    if tidy_address(field.data) is None:
        raise StopValidation(NO_ADDRESS)
