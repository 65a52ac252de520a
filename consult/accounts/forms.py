"""The forms of signing in, in our words and with the lock-out; and the profile."""

from typing import Any, ClassVar

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_security import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    SendConfirmationForm,
    UnifiedSigninForm,
)
from flask_wtf import FlaskForm
from wtforms import SelectField

from consult.accounts.lockout import forgive, is_locked, note_failure
from consult.core.clock import now
from consult.core.errors import Sentence
from consult.core.forms import choices, line
from consult.core.unit_of_work import unit_of_work

LOCKED = _l("There were too many tries. Wait 15 minutes, or ask for a link by e-mail.")


class Worded:
    """Gives the fields of a form of the library the labels of ours."""

    LABELS: ClassVar[dict[str, Sentence]] = {
        "email": _l("E-mail address"),
        "identity": _l("E-mail address"),
        "password": _l("Password"),
        "password_confirm": _l("The same password again"),
        "new_password": _l("New password"),
        "new_password_confirm": _l("The new password again"),
        "remember": _l("Keep me signed in on this device"),
        "passcode": _l("Code from the mail"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in self.LABELS.items():
            if name in self:  # type: ignore[operator]
                self[name].label.text = text  # type: ignore[index]
                self[name].description = ""  # type: ignore[index]


class SignInForm(Worded, LoginForm):
    """E-mail address and password."""

    def validate(self, **kwargs: Any) -> bool:
        """Refuse who is locked out; count a failure, forgive after a success."""
        account, source = self.email.data or "", request.remote_addr or ""
        if is_locked(account, source, now()):
            self.form_errors.append(str(LOCKED))
            return False
        valid = bool(super().validate(**kwargs))
        if valid:
            forgive(account)
        elif account and self.password.data:
            note_failure(account, source, now())
        return valid


class LinkForm(Worded, UnifiedSigninForm):
    """Ask for a link by e-mail, or type the code that came with it."""

    def validate(self, **kwargs: Any) -> bool:
        """Refuse who is locked out; a wrong code counts as a failure."""
        account, source = self.identity.data or "", request.remote_addr or ""
        if is_locked(account, source, now()):
            self.form_errors.append(str(LOCKED))
            return False
        self._offer_link(account)
        valid = bool(super().validate(**kwargs))
        if not valid and account and self.passcode.data:
            note_failure(account, source, now())
        return valid

    def _offer_link(self, account: str) -> None:
        """Make the seed of a person's codes, where there is none yet."""
        store = current_app.extensions["security"].datastore
        person = store.find_user(email=account.strip().lower()) if account else None
        if person is not None and "email" not in store.us_get_totp_secrets(person):
            with unit_of_work():
                store.us_setup_email(person)


class RegisterForm(Worded, RegisterFormV2):
    """Make an account."""

    display_name = line(_l("Your name, as everyone will see it"), 120)
    language = SelectField(
        _l("Language of your mails"),
        choices=choices([("nl", _l("Dutch")), ("en", _l("English"))]),
    )


class OurForgotPasswordForm(Worded, ForgotPasswordForm):
    """Ask for a link to choose a new password."""


class OurResetPasswordForm(Worded, ResetPasswordForm):
    """Choose a new password."""


class OurChangePasswordForm(Worded, ChangePasswordForm):
    """Change one's password."""


class OurSendConfirmationForm(Worded, SendConfirmationForm):
    """Ask for the link that confirms an address once more."""


class ProfileForm(FlaskForm):
    """How others see a person, and in which language mails come."""

    display_name = line(_l("Your name, as everyone will see it"), 120)
    language = SelectField(
        _l("Language of your mails"),
        choices=choices([("nl", _l("Dutch")), ("en", _l("English"))]),
    )
