"""Names of files from outside: one reader, so that a name can neither lead away nor mislead."""

import re
import unicodedata

from consult.foundation.analysis.normalization import normalized

LONGEST = 200
"""Characters; the column of names holds so many."""
MOST_BYTES = 240
"""In UTF-8: file systems take 255, and an archive puts a number before the name."""
LONGEST_ENDING = 10
UNNAMED = "file"

# What Windows takes in no name, and what it takes for a device whatever the ending is
# (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*\.", re.IGNORECASE)
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
"""Unicode's categories of signs that show nothing, or turn what follows around."""
_BLANK = re.compile(r"\s+")


def file_name(sent: str) -> str:
    """Read the name of a file as its sender gave it: one line, without a path, safe to store.

    A name that is too long loses signs before its ending, never the ending itself.
    """
    last = re.split(r"[/\\]", sent)[-1]
    seen = "".join(
        sign
        for sign in normalized("NFC", _BLANK.sub(" ", last))
        if unicodedata.category(sign) not in _UNSEEN
    )
    name = _FORBIDDEN.sub("-", seen).strip().rstrip(". ")
    stem, ending = split(name)
    stem = _cut(stem.strip() or UNNAMED, ending)
    if _DEVICE.match(stem + "."):
        stem = f"_{stem}"
    return stem + ending


def split(name: str) -> tuple[str, str]:
    """Return what stands before the ending of a name, and the ending with its dot ("" if none)."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING or not ending.isalnum():
        return name, ""
    return stem, f".{ending}"


def _cut(stem: str, ending: str) -> str:
    """Cut what stands before an ending, so that both together fit."""
    stem = stem[: LONGEST - len(ending) - 1]
    room = MOST_BYTES - len(ending.encode()) - 1
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") or UNNAMED
