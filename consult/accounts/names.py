"""Names: what everybody sees of a person, and what every mail to them begins with."""

import re

from flask_babel import lazy_gettext as _l

from consult.core.errors import Sentence
from consult.core.text import clean_line

LONGEST = 120
_LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)


def name_fault(name: str) -> Sentence | None:
    """Say what is wrong with a name; nothing if it will do.

    A name is no link: the mails that a stranger can ask for greet by it.
    """
    if not clean_line(name):
        return _l("Type a name.")
    return _l("A name holds no web address.") if _LINK.search(name) else None
