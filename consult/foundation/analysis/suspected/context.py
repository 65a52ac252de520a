"""What stands before and after a piece of text: what it is called there."""

import regex

_REACH = 48
"""Signs before a piece in which its name can stand."""


def named(words: str) -> regex.Pattern[str]:
    """Return what tells that a piece of text is called by one of some words (a pattern).

    The word may be joined to *nummer*, *nr*, *no*; between it and the piece stands at most a colon,
    *is*, a number sign, or the end of a line.
    """
    return regex.compile(
        rf"(?<![\p{{L}}\d])(?:{words})(?:[ -]?(?:nummers?|nrs?|no|numbers?|num|id|code))?\.?"
        rf"[ ]{{0,3}}(?:\([^()\n]{{0,16}}\))?[ ]{{0,3}}"
        rf"(?:(?:is|was|luidt|heeft|met|with|van\ mij|number|nummer|no|nr)\b\.?[ ]?){{0,2}}"
        rf"[ ]{{0,3}}[:=\#,>-]?[ \n]{{0,3}}[\"'\[(]{{0,2}}$",
        regex.IGNORECASE,
    )


def is_named(pattern: regex.Pattern[str], text: str, start: int) -> bool:
    """Whether what begins at `start` is called so."""
    return pattern.search(text[max(start - _REACH, 0) : start]) is not None
