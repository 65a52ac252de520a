"""Parts of public pages, kept between requests: what is the same there for whoever reads it.

A page for somebody who is signed in is made for them, but most of what stands on it everybody
reads. A template says which part that is:

    {% call kept_part("thread", page.may_comment) %} ... {% endcall %}

It is kept as a page is (core/page_cache.py): under the address of its page as that is meant, with
the revision of all that is public, until the next of the dates, within the same bound of bytes.
What else decides on what stands in it follows its name. Nothing of a reader may stand in it: no
name, no draft, no token of a form, no right that is not named. A test makes each part for many
readers, and compares (tests/house/test_kept_parts.py).

Only a page that is asked for has parts (GET), and only one that is kept for everybody; elsewhere a
part is made each time. What is asked of the database for a part alone is asked while it is made.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from markupsafe import Markup

from consult.foundation.core.page_cache import EXTENSION, PageCache, shown_page
from consult.foundation.core.public_revision import Revision

_OVERHEAD = 1_024
"""Bytes that a part takes beside its text."""


@dataclass(frozen=True)
class _KeptPart:
    """A part as it is kept."""

    seen: Revision
    until: datetime
    text: Markup

    @property
    def size(self) -> int:
        """Return how many bytes it takes, about: a sign of HTML takes one, or two."""
        return _OVERHEAD + 2 * len(self.text)


def kept_part(
    name: str,
    *decides: Hashable,
    caller: Callable[[], Markup],
    public: bool = True,
    everywhere: bool = False,
) -> Markup:
    """Return a part of the present page, made by `caller` if it is not kept.

    `decides`: what differs between readers and shows in it. `public`: whether all of it is what
    everybody may read; where it is not, the revision knows nothing of its changes.
    `everywhere`: whether it is the same on all pages.
    """
    shown = shown_page()
    if shown is None or not public:
        return caller()
    cache: PageCache = current_app.extensions[EXTENSION]
    place = (shown.wanted.root if everywhere else shown.wanted, name, decides)
    seen = shown.seen._replace(counts=0) if everywhere else shown.seen
    found = cache.find(_KeptPart, place, seen)
    if found is None:
        text = caller()
        found = _KeptPart(seen, cache.until(seen, shown.at), text)
        cache.keep(place, found)
    return found.text


def init_kept_parts(app: Flask) -> None:
    """Let templates keep parts of pages."""
    app.jinja_env.globals["kept_part"] = kept_part
