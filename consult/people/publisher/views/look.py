"""Logo, colours and icon: files that are the same for everybody, kept under their digest."""

from collections.abc import Mapping
from pathlib import Path

from flask import Response, current_app, make_response, request, url_for
from flask_babel import lazy_gettext as _l

from consult.foundation.core.assets import KEPT_FOR_A_YEAR
from consult.foundation.core.errors import NotFound
from consult.foundation.core.routing import Routes
from consult.foundation.files.downloads import as_download
from consult.foundation.policy.view_permissions import public
from consult.people.publisher.current import DIGEST, current_publisher
from consult.people.publisher.queries import get_publisher

root = Routes()
_LOGO_CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture may say how it looks, and nothing else."""
_MARK = {"#6b1a6b": "--consult-accent"}
_THREADS = {"#35103a": "--consult-band", "#d58add": "--consult-band-line"}
"""The colours of the theme in its drawings, and which tokens they are."""


@root.get("/publisher/logo")
@public
def logo() -> Response:
    """Return the logo: to be shown in a page, and never opened as one."""
    publisher = get_publisher()
    if publisher is None or publisher.logo is None:
        raise NotFound(_l("There is nothing here."), _l("Check the address, or search."))
    answer = as_download(publisher.logo)
    answer.headers["Content-Security-Policy"] = _LOGO_CSP
    return _kept(answer, publisher.logo.sha256[:DIGEST])


@root.get("/publisher/colours.css")
@public
def colours() -> Response:
    """Return the colours that take the place of the theme's; nothing where none are chosen."""
    shown = current_publisher()
    tokens = dict(shown.tokens)
    if tokens:
        tokens["--consult-threads"] = f'url("{url_for(".threads", v=shown.colours_digest)}")'
    values = "".join(f"  {name}: {value};\n" for name, value in tokens.items())
    answer = make_response(f".consult-theme {{\n{values}}}\n")
    answer.mimetype = "text/css"
    return _kept(answer, shown.colours_digest)


@root.get("/publisher/threads.svg")
@public
def threads() -> Response:
    """Return the drawing of the band in the colours of the publisher."""
    return _in_colours("threads.svg", _THREADS)


@root.get("/publisher/icon.svg")
@public
def icon() -> Response:
    """Return the mark in the colours of the publisher, for the tab of a browser."""
    return _in_colours("mark.svg", _MARK)


def _in_colours(name: str, places: Mapping[str, str]) -> Response:
    """Return a drawing of the theme with the publisher's colours in the place of the theme's."""
    shown = current_publisher()
    drawn = (Path(str(current_app.static_folder)) / "img" / name).read_text(encoding="utf-8")
    for colour, token in places.items():
        drawn = drawn.replace(colour, shown.tokens.get(token, colour))
    answer = make_response(drawn)
    answer.mimetype = "image/svg+xml"
    return _kept(answer, shown.colours_digest)


def _kept(answer: Response, digest: str) -> Response:
    """Let a file be kept where its address says what it holds; others are asked anew."""
    if digest and request.args.get("v") == digest:
        answer.headers["Cache-Control"] = KEPT_FOR_A_YEAR
    return answer
