"""The libraries the application stands on, made once and bound in `create_app`."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from consult.core.db import db
from consult.core.languages import LANGUAGES, request_language
from consult.notifications.transport import mail_settings

babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, default_limits=[])
mail = Mail()
migrate = Migrate()


def init_extensions(app: Flask) -> None:
    """Bind the libraries to the application, and let the address name the language."""
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=True)
    babel.init_app(app, locale_selector=request_language)
    csrf.init_app(app)
    limiter.init_app(app)
    for name, value in mail_settings(app.config["MAIL_URL"]).items():
        app.config.setdefault(name, value)
    mail.init_app(app)

    @app.url_value_preprocessor
    def _take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
        (values or {}).pop("language", None)

    @app.url_defaults
    def _give_language(endpoint: str, values: dict[str, object]) -> None:
        if app.url_map.is_endpoint_expecting(endpoint, "language"):
            values.setdefault("language", request_language())


def limit_posts(app: Flask, limits: Mapping[str, str]) -> None:
    """Limit how often a form may be posted from one address, by endpoint."""
    for endpoint, limit in limits.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(limit, methods=["POST"])(view)


def limit_all(app: Flask, limits: Mapping[str, str]) -> None:
    """Limit how often a page may be asked for or posted to from one address, by endpoint."""
    for endpoint, limit in limits.items():
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(limit)(view)


def language_prefix() -> str:
    """Give the start of every page's address."""
    return f"/<any({', '.join(LANGUAGES)}):language>"
