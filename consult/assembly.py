"""The application, put together of its packages; it decides nothing."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from consult.consultation import (
    comments,
    meetings,
    moderation,
    plans,
    proposals,
    rounds,
    statements,
    theme_rounds,
)
from consult.foundation import core, files, jobs, marks, notifications, policy, record, storage
from consult.foundation.core.extensions import limiter
from consult.foundation.core.lazy_pages import LazyPages, add_pages
from consult.foundation.core.request_text import StorableRequest
from consult.foundation.core.translated_templates import TranslatedEnvironment
from consult.foundation.core.web import ArrivalStamp, wrap_wsgi
from consult.foundation.files.services import check_storages
from consult.foundation.jobs.worker import start_thread
from consult.foundation.policy.questions import unanswered
from consult.foundation.settings.environment import (
    COMMAND_LINE_KEY,
    ROOT,
    SettingsError,
    check_secret_key,
    from_environment,
    unknown_settings,
)
from consult.foundation.storage.storage import StorageError
from consult.interfaces import commands, demonstration, exchange, publishing, verification
from consult.lazy import lazy
from consult.outcomes import approvals, commitments, responses, summaries
from consult.people import accounts, following, invitations, organisations, privacy, publisher


class Package(Protocol):
    """A package that brings something: answers, work, mails, pages, commands."""

    def init_app(self, app: Flask, /) -> None:
        """Register what the package brings."""


PACKAGES: tuple[Package, ...] = (
    core,
    storage,
    record,
    jobs,
    marks,
    files,
    notifications,
    policy,
    publisher,
    accounts,
    organisations,
    invitations,
    privacy,
    following,
    meetings,
    plans,
    rounds,
    comments,
    proposals,
    statements,
    theme_rounds,
    moderation,
    responses,
    summaries,
    commitments,
    approvals,
    verification,
    exchange,
    publishing,
    demonstration,
    commands,
)
"""The house from below to above: whoever brings something says so in its `init_app`."""


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """Assemble the application; `settings` go over those of the environment.

    Raises SettingsError when it would serve with an unsafe key, and RuntimeError when a question
    of the policy has no answer.
    """
    app = LazyPages(
        "consult",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "consult" / "static"),
    )
    app.request_class = StorableRequest
    app.jinja_environment = TranslatedEnvironment
    app.config.update(from_environment())
    app.config.update(settings or {})
    app.config["INSTANCE"].mkdir(parents=True, exist_ok=True)
    if not app.config["SECRET_KEY"]:
        # Only commands work without one: no request is ever answered with this key.
        app.config["SECRET_KEY"] = COMMAND_LINE_KEY
        app.before_request(lambda: check_secret_key(""))
    for package in PACKAGES:
        package.init_app(app)
    if missing := unanswered():
        raise RuntimeError(f"nobody answers these questions of the policy: {missing}")
    _stamp_arrivals(app)
    return app


def _stamp_arrivals(app: Flask) -> None:
    wrap_wsgi(app, lambda inner: ArrivalStamp(inner, app.config["CLOCK"]))
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        wrap_wsgi(app, lambda inner: ProxyFix(inner, x_for=proxies, x_proto=proxies))


def _refuse_to_demonstrate_people(app: Flask) -> None:
    """Keep demonstration mode away from the people of a site: it shows all their mails."""
    if not app.config["DEMONSTRATION"]:
        return
    with app.app_context(), suppress(SQLAlchemyError):  # a database to come holds nobody
        if lazy("consult.interfaces.demonstration.build:holds_others")():
            raise SettingsError(
                "CONSULT_DEMONSTRATION cannot be on: the database (CONSULT_DATABASE_URL) holds "
                "people, and no demonstration. Turn it off, or name a new database."
            )


def _refuse_without_storage(app: Flask) -> None:
    """Keep a site from starting whose first upload, or whose record, would be refused."""
    with app.app_context():
        try:
            check_storages()
        except StorageError as fault:
            raise SettingsError(str(fault)) from None


def _refuse_without_counts(app: Flask) -> None:
    """Keep a site from starting that cannot count together with the other nodes, as it should."""
    address = urlsplit(str(app.config["RATELIMIT_STORAGE_URI"]))
    if address.scheme.startswith("redis") and not limiter.storage.check():
        raise SettingsError(
            f"CONSULT_REDIS_URL cannot be used: at {address.hostname}:{address.port or 6379} no "
            "Redis answers, or it does not take the user and password in the address. Look whether "
            "it runs; without the setting, PostgreSQL counts."
        )


def create_served_app() -> Flask:
    """Assemble the application for a web server, which needs a secret key of its own."""
    app = create_app()
    for sentence in unknown_settings():
        click.echo(sentence, err=True)
    key = app.config["SECRET_KEY"]
    check_secret_key("" if key == COMMAND_LINE_KEY else key)
    _refuse_to_demonstrate_people(app)
    _refuse_without_storage(app)
    _refuse_without_counts(app)
    add_pages(app)
    if app.config["EMBEDDED_WORKER"]:
        start_thread(app)
    return app
