"""A program that says what may be personal data in one file, which it gets on standard input.

It runs in a process of its own, with little time and memory, for the file may be made to take as
much as there is. It writes one object in JSON: `read` (whole, part or unreadable) and `kinds`, the
number of pieces of each kind; never a piece itself.
"""

import json
import os
import resource
import sys
from collections import Counter

from consult.foundation.analysis.suspected.detection import suspected_in
from consult.foundation.analysis.text_of_files import NoText, text_of

_MEMORY = 1024 * 1024 * 1024
_SECONDS = 30
_AT_ONCE = 20_000
"""Signs that are looked at together: a text is cut between lines."""


def kinds_in(text: str) -> Counter[str]:
    """Count the pieces of each kind in a long text."""
    found: Counter[str] = Counter()
    start = 0
    while start < len(text):
        end = text.rfind("\n", start, start + _AT_ONCE) + 1
        if end <= start or start + _AT_ONCE >= len(text):
            end = min(start + _AT_ONCE, len(text))
        found.update(one.kind.value for one in suspected_in(text[start:end], "nl"))
        start = end
    return found


def _bound() -> None:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Read a file of the type that is the one argument, and write what was found in it."""
    _bound()
    try:
        text, is_all = text_of(sys.argv[1], sys.stdin.buffer.read())
    except NoText:
        said = {"read": "unreadable", "kinds": {}}
    else:
        said = {"read": "whole" if is_all else "part", "kinds": dict(kinds_in(text))}
    sys.stdout.write(json.dumps(said))
