"""What can be wrong with a row of a file of invitations."""

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.people.invitations.models import RefusedRow

# What stands in a bad row is the name of its reason: each reader gets it in their own language.
REASONS: dict[str, Sentence] = {
    "no-address": _l("There is no e-mail address in this line."),
    "not-an-address": _l("This is not an e-mail address. It looks like name@example.org."),
    "double": _l("This address stands in line %(other)s as well."),
    "member": _l("This person is a member already."),
    "invited": _l("This address is invited already, and has not answered yet."),
    "organisation": _l(
        "This organisation is not in the register. Write its name as it stands there, or add it."
    ),
    "long-name": _l("The name is too long: at most 120 characters."),
    "name": _l(
        "This name cannot be kept. Write it in letters of one script, without an address in it."
    ),
    "language": _l("We do not know this language. Write nl or en."),
    "cells": _l("This line has more cells than the first line. Is there a comma in a name?"),
}


def reason_of(bad_row: RefusedRow) -> str:
    """Say why a row cannot be taken, in the language of the reader."""
    return str(REASONS[bad_row["reason"]]) % {"other": bad_row.get("other", "")}
