"""Flask-Security on our people: settings, datastore, and its commit in the one unit of work."""

import hashlib
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_security import Security, SQLAlchemyUserDatastore

from consult.accounts import forms
from consult.accounts.mail import OutboxMailUtil
from consult.accounts.messages import message_settings
from consult.accounts.models import Person, PlatformRole
from consult.core.clock import now
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.people import Anonymous
from consult.core.unit_of_work import commit_library_work

security = Security(mail_util_cls=OutboxMailUtil)


class Datastore(SQLAlchemyUserDatastore):
    """The library's store of people; it commits where everybody commits."""

    def commit(self) -> None:
        """Commit through the unit of work."""
        commit_library_work()


datastore = Datastore(db, Person, PlatformRole)


def _settings(app: Flask) -> dict[str, Any]:
    one_time = hashlib.sha256(f"totp:{app.config['SECRET_KEY']}".encode()).hexdigest()
    return {
        "SECURITY_URL_PREFIX": "/<any(nl, en):language>",
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_SALT": "unused-with-single-hash",
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_REGISTERABLE": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_UNIFIED_SIGNIN": True,
        "SECURITY_US_ENABLED_METHODS": ["email"],
        "SECURITY_US_MFA_REQUIRED": [],
        "SECURITY_TOTP_SECRETS": {"1": one_time},
        "SECURITY_TOTP_ISSUER": "Consult",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        # An address on an internal network, or of the demonstration, is an address too.
        "SECURITY_EMAIL_VALIDATOR_ARGS": {
            "check_deliverability": False,
            "globally_deliverable": False,
        },
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_DATETIME_FACTORY": now,
        "SECURITY_EMAIL_SUBJECT_REGISTER": _l("Confirm your e-mail address"),
        "SECURITY_EMAIL_SUBJECT_CONFIRM": _l("Confirm your e-mail address"),
        "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": _l("Choose a new password"),
        "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": _l("Your password was changed"),
        "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": _l("Your password was changed"),
        "SECURITY_US_EMAIL_SUBJECT": _l("Your link to sign in"),
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "publishing.home",
        "SECURITY_POST_LOGOUT_VIEW": "publishing.start",
        "SECURITY_POST_REGISTER_VIEW": "security.login",
        "SECURITY_POST_CONFIRM_VIEW": "security.login",
        "SECURITY_POST_RESET_VIEW": "security.login",
        "SECURITY_POST_CHANGE_VIEW": "accounts.profile",
        "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
        "SECURITY_AUTO_LOGIN_AFTER_RESET": False,
        **message_settings(),
    }


SIGN_IN_LIMITS = {
    "security.login": "30/minute",
    "security.us_signin": "30/minute",
    "security.us_signin_send_code": "10/minute",
    "security.register": "10/minute",
    "security.forgot_password": "10/minute",
    "security.send_confirmation": "10/minute",
}
"""A second line behind the lock-out: posts a minute from one address, by endpoint."""

UNUSED = ("security.us_setup", "security.us_setup_validate", "security.us_verify",
          "security.us_verify_send_code", "security.verify")  # fmt: skip
"""Pages that the library brings and that we do not offer (yet)."""


def _gone(**_arguments: Any) -> str:
    raise NotFound(_l("There is nothing here."), _l("Check the address, or search."))


def init_accounts(app: Flask) -> None:
    """Bind Flask-Security to the application."""
    for name, value in _settings(app).items():
        app.config.setdefault(name, value)
    security.init_app(
        app,
        datastore,
        login_form=forms.SignInForm,
        us_signin_form=forms.LinkForm,
        register_form=forms.RegisterForm,
        forgot_password_form=forms.OurForgotPasswordForm,
        reset_password_form=forms.OurResetPasswordForm,
        change_password_form=forms.OurChangePasswordForm,
        send_confirmation_form=forms.OurSendConfirmationForm,
    )
    app.login_manager.anonymous_user = Anonymous  # type: ignore[attr-defined]
    for endpoint in UNUSED:
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = _gone
