"""Names of people and organisations: what everybody sees, and what every mail to them begins with.

A name is kept as RFC 8266 (nicknames) says: its blanks are plain, its signs are letters, digits and
punctuation, and a sign that joins letters stands only where a script needs it, as in Persian. Of
Unicode's rules against names that look like another one (UTS 39) three hold: the letters of a word
belong together (5.2, highly restrictive), those of the whole name do not mix Latin with Greek or
Cyrillic (5.2, moderately restrictive), and no letter carries a pile of accents (5.4).
"""

import unicodedata
from functools import cache

import regex
from flask_babel import lazy_gettext as _l
from precis_i18n import get_profile
from precis_i18n.profile import Profile
from wtforms import Field, StringField
from wtforms.validators import Optional, StopValidation

from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import AtMost, Filled
from consult.foundation.core.text import clean_line
from consult.foundation.core.visible import without_unseen_edges

LONGEST = 120
"""Signs in the name of a person."""
LONGEST_OF_ORGANISATION = 200
_LONGEST_READ = 1_000

_TOGETHER = (
    ("Latin", "Han", "Hiragana", "Katakana"),
    ("Latin", "Han", "Bopomofo"),
    ("Latin", "Han", "Hangul"),
)
"""Scripts that are written together (UTS 39, 5.2)."""
_ALONE = ("Cyrillic", "Greek")
_SCRIPTS = (
    # In modern use (UAX 31, table 5) ...
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi",
    "Hangul", "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala",
    "Tamil", "Telugu", "Thaana", "Thai", "Tibetan", "Bopomofo", "Han",
    # ... and in limited use (table 7): people write their names in these too.
    "Adlam", "Balinese", "Cherokee", "Canadian_Aboriginal", "Javanese", "Mongolian", "Nko",
    "Syriac", "Tifinagh", "Vai", "Yi",
)  # fmt: skip

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u200c\u200d]+")
_PILE = regex.compile(r"[\p{Mn}\p{Me}]{5}|(\p{Mn})\1")
_WEB = regex.compile(
    r"://|\b(?i:www\.|(?:https?|mailto|tel):)|[^\s@]@[^\s@]"
    # A name of a machine: small letters after a point, and no point behind (dr.ir. Jansen) ...
    r"|(?<![\w.-])(?:[\w-]{2,}\.)+[a-z]{2,}(?![\w.-])"
    # ... or an ending that is in no name, however it is written, or a path behind it.
    r"|[\w-]\.(?i:com|org|net|info|biz|app|dev|xyz|nl|eu)(?!\w)|(?<!\w)[a-z]\.(?:co|io|ly|me)(?!\w)"
    r"|\w\.[\w-]{2,}[/?#:]\w"
)
"""What a mail program would make a link of."""
_STOPS = str.maketrans("\u3002\uff61", "..")
"""Full stops of other scripts, which an address takes for its own (RFC 3490, 3.1)."""


def _only(*scripts: str) -> str:
    """Return a pattern for letters of these scripts and what every script shares."""
    named = "".join(rf"\p{{Script_Extensions={one}}}" for one in scripts)
    return rf"[{named}\p{{Script_Extensions=Common}}\p{{Script_Extensions=Inherited}}]*"


_WORDS_OF_ONE = regex.compile(
    "|".join([*(_only(*one) for one in _TOGETHER), *map(_only, (*_ALONE, *_SCRIPTS))])
)
_NAMES_OF_ONE = regex.compile(
    "|".join(
        [
            *(_only(*one) for one in _TOGETHER),
            *(_only("Latin", one) for one in _SCRIPTS),
            *map(_only, _ALONE),
        ]
    )
)


@cache
def _nickname() -> Profile:
    return get_profile("NicknameCasePreserved")


def tidy_name(typed: str) -> str:
    """Return a name as it is kept; one with a fault (`name_fault`) stays as it was typed."""
    if len(typed) > _LONGEST_READ:
        return typed
    bare = without_unseen_edges(clean_line(typed))
    try:
        return str(_nickname().enforce(bare))
    except ValueError:
        return bare


def name_fault(name: str, longest: int = LONGEST) -> Sentence | None:
    """Say what is wrong with a name; nothing if it will do.

    A name is no address: the mails that a stranger can ask for greet by it.
    """
    if len(name) > longest:
        return _l("A name has at most %(most)s characters.", most=longest)
    bare = without_unseen_edges(clean_line(name))
    if not regex.search(r"[\p{L}\p{N}]", bare):
        return _l("Type a name.")
    try:
        kept = str(_nickname().enforce(bare))
    except ValueError:
        return _l("A name holds no invisible or unknown signs. Type it again by hand.")
    return _reading_fault(kept)


def _reading_fault(kept: str) -> Sentence | None:
    """Say what in a name could deceive who reads it."""
    if _PILE.search(unicodedata.normalize("NFD", kept)):
        return _l("A letter of this name carries too many accents.")
    if _WEB.search(kept.translate(_STOPS)):
        return _l("A name holds no web address or e-mail address.")
    words = _WORD.findall(kept)
    if not _NAMES_OF_ONE.fullmatch(kept) or not all(map(_WORDS_OF_ONE.fullmatch, words)):
        return _l("Write the name in one script: it mixes letters that look alike.")
    return None


def name_field(
    label: Sentence, longest: int = LONGEST, *, required: bool = True, description: Sentence = ""
) -> Field:
    """Make a field for the name of a person or an organisation."""

    def is_name(_form: object, field: Field) -> None:
        if len(field.data) <= longest and (fault := name_fault(field.data, longest)):
            raise StopValidation(fault)

    return StringField(
        label,
        filters=[_tidy],
        validators=[Filled() if required else Optional(), AtMost(longest), is_name],
        description=description,
    )


def _tidy(value: str | None) -> str | None:
    return tidy_name(value) if value else value
