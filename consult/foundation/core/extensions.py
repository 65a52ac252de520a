"""The libraries the application stands on, made once and bound in `create_app`."""

from collections.abc import Callable, Mapping
from typing import cast

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_limiter import Limiter
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from consult.foundation.core.catalogues import init_catalogues
from consult.foundation.core.db import db, engine_options, listen_to_databases
from consult.foundation.core.languages import LANGUAGES, request_language
from consult.foundation.core.logs import init_logs
from consult.foundation.core.networks import network_of
from consult.foundation.core.public_revision import listen_to_changes
from consult.foundation.core.web import actor

babel = Babel()
csrf = CSRFProtect()


def _who_asks() -> str:
    """Return whose requests are counted together: a person's, or those of a place."""
    person = actor().actor_id
    return f"person:{person}" if person else network_of(request.remote_addr or "")


limiter = Limiter(key_func=_who_asks, default_limits=[])
migrate = Migrate()


def init_extensions(app: Flask) -> None:
    """Bind the libraries to the application, and let the address name the language."""
    init_logs()
    listen_to_databases()
    listen_to_changes()
    address = str(app.config["SQLALCHEMY_DATABASE_URI"])
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(address))
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=True)
    babel.init_app(app, locale_selector=request_language)
    init_catalogues(app)
    csrf.init_app(app)
    limiter.init_app(app)

    @app.url_value_preprocessor
    def _take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
        (values or {}).pop("language", None)

    @app.url_defaults
    def _give_language(endpoint: str, values: dict[str, object]) -> None:
        if app.url_map.is_endpoint_expecting(endpoint, "language"):
            values.setdefault("language", request_language())


def _view(app: Flask, endpoint: str) -> Callable[..., ResponseReturnValue]:
    # None of our views is asynchronous.
    return cast("Callable[..., ResponseReturnValue]", app.view_functions[endpoint])


def limit_posts(app: Flask, limits: Mapping[str, str]) -> None:
    """Limit how often a person, or a place, may post a form, by endpoint."""
    for endpoint, limit in limits.items():
        limited = limiter.limit(limit, methods=["POST"])
        app.view_functions[endpoint] = limited(_view(app, endpoint))


def limit_all(app: Flask, limits: Mapping[str, str]) -> None:
    """Limit how often a person, or a place, may ask for a page or post to it, by endpoint."""
    for endpoint, limit in limits.items():
        app.view_functions[endpoint] = limiter.limit(limit)(_view(app, endpoint))


def language_prefix() -> str:
    """Return the start of every page's address."""
    return f"/<any({', '.join(LANGUAGES)}):language>"
