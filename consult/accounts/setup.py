"""Flask-Security on our people: settings, datastore, and its commit in the one unit of work."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from consult.accounts.models import Person, PlatformRole
from consult.core.db import db
from consult.core.people import Anonymous
from consult.core.unit_of_work import commit_library_work

security = Security()


class Datastore(SQLAlchemyUserDatastore):
    """The library's store of people; it commits where everybody commits."""

    def commit(self) -> None:
        """Commit through the unit of work."""
        commit_library_work()


datastore = Datastore(db, Person, PlatformRole)


def init_accounts(app: Flask) -> None:
    """Bind Flask-Security to the application."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_SALT="unused-with-single-hash",
        SECURITY_URL_PREFIX="/<any(nl, en):language>",
    )
    security.init_app(app, datastore)
    app.login_manager.anonymous_user = Anonymous  # type: ignore[attr-defined]
