"""Addresses as they come in: what may stand in one, and which site they are on.

What no row can have is refused here (404) before a view or a database meets it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter, ValidationError

from consult.foundation.core.numbers import plain_number
from consult.foundation.core.web import wrap_wsgi


class RowNumber(BaseConverter):
    """`<int:...>`: a number that a row can have, written in one way only."""

    regex = r"(?:0|[1-9][0-9]{0,9})"
    weight = 50

    def to_python(self, value: str) -> int:
        """Read it; ValidationError (404) beyond what the database can hold."""
        found = plain_number(value)
        if found is None:
            raise ValidationError(value)
        return found

    def to_url(self, value: object) -> str:
        """Write it; ValueError for what is no number."""
        return str(int(str(value)))


class Name(BaseConverter):
    """`<string:...>`: a slug, a code or a token; no control signs, and no end of it unread."""

    regex = r"[^/\x00-\x1f\x7f]{1,1000}"
    part_isolating = True


View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Routes:
    """The addresses of a view module, noted beside its views until a package takes them.

    Nothing answers at them before `add_to`: importing a view module changes nothing elsewhere.
    """

    def __init__(self) -> None:
        self._noted: list[tuple[str, Callable[..., ResponseReturnValue], Sequence[str]]] = []

    def route(self, rule: str, methods: Sequence[str] = ("GET",)) -> Callable[[View], View]:
        """Note at which address a view answers, and to what."""

        def note(view: View) -> View:
            self._noted.append((rule, view, methods))
            return view

        return note

    def get(self, rule: str) -> Callable[[View], View]:
        """Note a view that is only read."""
        return self.route(rule, methods=["GET"])

    def post(self, rule: str) -> Callable[[View], View]:
        """Note a view that only takes a form."""
        return self.route(rule, methods=["POST"])

    def add_to(self, blueprint: Blueprint) -> None:
        """Let the views answer on a blueprint, each under the name of its function."""
        for rule, view, methods in self._noted:
            blueprint.add_url_rule(rule, view_func=view, methods=methods)


class CanonicalHost:
    """Says on which site a request arrived: the one of CONSULT_BASE_URL, whatever `Host` says.

    No address of ours can then be made from a header that anybody may send: no redirect, no link.
    A name that we do not know is answered like ours, so a monitor may ask by number.
    """

    def __init__(self, app: WSGIApplication, base_url: Callable[[], str]) -> None:
        self.app = app
        self.base_url = base_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Put the name and the scheme of our site in place of those that were sent."""
        site = urlsplit(self.base_url())
        ours = {"HTTP_HOST": site.netloc, "wsgi.url_scheme": site.scheme}
        return self.app({**environ, **ours}, start_response)


def init_routing(app: Flask) -> None:
    """Take our own converters, and answer on our own site only."""
    app.url_map.converters.update(int=RowNumber, string=Name, default=Name)
    wrap_wsgi(app, lambda inner: CanonicalHost(inner, lambda: app.config["BASE_URL"]))
