"""Flask-Security on our people: settings, datastore, and its commit in the one unit of work."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.signals import password_changed, password_reset, user_authenticated

from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.people import Anonymous
from consult.foundation.core.unit_of_work import commit_library_work
from consult.people.accounts import forms, sessions
from consult.people.accounts.authenticator import init_authenticator
from consult.people.accounts.codes import ClockSigner, MailedCodes
from consult.people.accounts.known_devices import client_for, owner_of
from consult.people.accounts.lockout import forgive
from consult.people.accounts.login_flow import SecondFactorPlugin
from consult.people.accounts.mail import OutboxMailUtil
from consult.people.accounts.models import Person, PlatformRole
from consult.people.accounts.passwords import BoundedPasswordUtil
from consult.people.accounts.services import confirm_address, note_password_changed
from consult.people.accounts.settings import library_settings


class Datastore(SQLAlchemyUserDatastore):
    """The library's store of people; it commits where everybody commits."""

    def commit(self) -> None:
        """Commit through the unit of work."""
        commit_library_work()


SIGN_IN_LIMITS = {
    "security.login": "300/minute",
    "security.us_signin": "300/minute",
    "security.us_signin_send_code": "120/minute",
    "security.register": "60/minute",
    "security.keep": "60/minute",
    "security.forgot_password": "120/minute",
    "security.reset_password": "60/minute",
    "security.second_factor": "300/minute",
    "security.second_factor_passkey": "300/minute",
    "security.passkey_sign_in": "300/minute",
    "security.change_password": "10/minute",
    "security.verify": "20/minute",
    "security.verify_passkey": "20/minute",
    "security.authenticator": "20/minute",
}
"""A second line behind the lock-out: posts a minute, by endpoint.

The last four are of one person, who is signed in. The others are of a place, and a place may be a
ministry with hundreds of people behind one address who all begin at nine.
"""


def _changed(_app: Flask, user: Person, **_more: object) -> None:
    note_password_changed(user, now())


def _reset(_app: Flask, user: Person, **_more: object) -> None:
    """Whoever could open the link owns the address, and may try again at once."""
    sessions.forget_sessions(user)
    if user.confirmed_at is None:
        confirm_address(user, now())
    note_password_changed(user, now())
    owner = owner_of(user)
    forgive(owner, client_for(owner), now())


def init_accounts(app: Flask) -> None:
    """Bind Flask-Security to the application, with the pages that we offer and no others."""
    for name, value in library_settings(str(app.config["SECRET_KEY"])).items():
        app.config.setdefault(name, value)
    app.config["PERMANENT_SESSION_LIFETIME"] = sessions.LONGEST
    security = Security(
        app,
        Datastore(db, Person, PlatformRole),
        register_blueprint=False,
        login_form=forms.SignInForm,
        us_signin_form=forms.CodeForm,
        reset_password_form=forms.NewPasswordForm,
        change_password_form=forms.OtherPasswordForm,
        mail_util_cls=OutboxMailUtil,
        password_util_cls=BoundedPasswordUtil,
        totp_cls=MailedCodes,
    )
    security.two_factor_plugins = SecondFactorPlugin()
    init_authenticator(app)
    security.want_json(lambda _request: False)
    security.reset_serializer.signer = ClockSigner
    security.confirm_serializer.signer = ClockSigner
    manager = security.login_manager
    manager.anonymous_user = Anonymous
    manager.user_loader(sessions.load_person)
    manager.request_loader(None)  # a session is the only way in: no tokens in headers or addresses
    user_authenticated.connect(sessions.begin, app)
    app.after_request(sessions.note_seen)
    password_changed.connect(_changed, app)
    password_reset.connect(_reset, app)
