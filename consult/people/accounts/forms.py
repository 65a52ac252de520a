"""The forms of signing in, in our words and with the lock-out; and the profile."""

from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security import ChangePasswordForm, LoginForm, ResetPasswordForm, UnifiedSigninForm
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectField,
    StringField,
)
from wtforms.validators import StopValidation

from consult.foundation.core.clock import now
from consult.foundation.core.errors import Clash, Sentence
from consult.foundation.core.forms import choices
from consult.foundation.core.languages import LANGUAGE_NAMES, reader_language
from consult.foundation.core.mail_addresses import mail_field
from consult.foundation.core.names import name_field
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.visible import without_unseen_edges
from consult.people.accounts import passkeys
from consult.people.accounts.account_mails import warn_of_tries
from consult.people.accounts.codes import pretend_to_check, read_linked_code, use_up
from consult.people.accounts.known_devices import client_for, owner_of
from consult.people.accounts.lockout import Secret, SecretKind, begin_attempt, forgive, strike_out
from consult.people.accounts.passwords import LONGEST, TOO_LONG
from consult.people.accounts.safe_redirects import local_path

LOCKED = _l(
    "There were too many tries. Wait 15 minutes, then try again. Or sign in with a link by e-mail "
    "or with a passkey: those always work."
)
LOCKED_WITHOUT_PASSKEYS = _l(
    "There were too many tries. Wait 15 minutes, then try again. Or sign in with a link by e-mail: "
    "that always works."
)
WRONG_CODE = _l("This code is not right, or it is too old. Ask for a new link.")
LOCKED_SECOND = _l(
    "There were too many tries. Wait 15 minutes, then try again. Or use a passkey or a recovery "
    "code."
)
LOCKED_SECOND_WITHOUT_PASSKEYS = _l(
    "There were too many tries. Wait 15 minutes, then try again. Or use a recovery code."
)
SecretCheck = Callable[[], bool]


def _locked(kind: SecretKind) -> Sentence:
    """Say what to do after too many tries; a passkey only where this site can have them."""
    offered = passkeys.are_possible()
    if kind in {SecretKind.APP_CODE, SecretKind.RECOVERY_CODE}:
        return LOCKED_SECOND if offered else LOCKED_SECOND_WITHOUT_PASSKEYS
    return LOCKED if offered else LOCKED_WITHOUT_PASSKEYS


def guard(
    form: FlaskForm, secret: Secret, check: SecretCheck, is_try: SecretCheck = lambda: True
) -> bool:
    """Let a try at a secret through unless there were too many, and count it if it fails.

    `is_try` tells after a failure whether the secret was what was wrong. Who is refused reads the
    same whether there is such an account or not; its owner is told by mail.
    """
    client = client_for(secret.owner)
    attempt = begin_attempt(secret, client, now())
    if attempt is None:
        form.form_errors = [*form.form_errors, _locked(secret.kind)]
        with suppress(Clash), unit_of_work():  # who is refused at the same instant warns too
            warn_of_tries(secret.owner, now())
        return False
    if check():
        with unit_of_work():
            forgive(secret.owner, client, now(), secret.kind)
        return True
    if not is_try():
        strike_out(attempt)
    return False


class Worded(FlaskForm):
    """Gives the fields of a form of the library the labels of ours, and long secrets an end."""

    LABELS: ClassVar[dict[str, Sentence]] = {
        "email": _l("E-mail address"),
        "identity": _l("E-mail address"),
        "password": _l("Password"),
        "password_confirm": _l("The same password again"),
        "new_password": _l("New password"),
        "new_password_confirm": _l("The new password again"),
        "passcode": _l("Code from the mail"),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, text in self.LABELS.items():
            if name in self:
                field = self[name]
                field.label.text = text
                field.description = ""
                field.validators = [*field.validators, not_endless]


def _small(value: str | None) -> str | None:
    return without_unseen_edges(value).lower() if value else value


def not_endless(_form: FlaskForm, field: Field) -> None:
    """Refuse a secret that is longer than one can be, before it is hashed (a validator)."""
    # Not `Length`: its flag makes a counter appear beside the field.
    if len(field.data or "") > LONGEST:
        raise StopValidation(TOO_LONG)


class Named(FlaskForm):
    """The name that everyone sees."""

    display_name = name_field(
        _l("Your name, as everyone will see it"),
        description=_l("An alias is fine. Nobody asks for the name in your passport."),
    )


def language_field() -> Field:
    """Make the field for the language of a person's mails."""
    return SelectField(
        _l("Language of your mails"),
        choices=choices(LANGUAGE_NAMES.items()),
        default=reader_language,
    )


def _keep() -> Field:
    return BooleanField(_l("Keep me signed in on this device for two weeks"))


class SignInForm(Worded, LoginForm):
    """E-mail address and password."""

    form_errors: list[Sentence]
    email = mail_field(_l("E-mail address"))
    remember = None  # a cookie of its own that outlives the session; ours is the session's
    keep = _keep()

    def validate(self, **kwargs: object) -> bool:
        """Refuse who is locked out; count a try until it succeeds."""
        check = super().validate
        if self.email.data and self.password.data:
            secret = Secret(SecretKind.PASSWORD, self.email.data)
            return guard(self, secret, lambda: bool(check(**kwargs)))
        missing = [] if self.email.data else [_l("Type your e-mail address.")]
        missing += [] if self.password.data else [_l("Type your password.")]
        self.form_errors = [*self.form_errors, *missing]
        return False


class CodeForm(Worded, UnifiedSigninForm):
    """The code that came by e-mail: typed, or brought by the link."""

    remember = None
    chosen_method = None
    form_errors: list[Sentence]
    identity = StringField(filters=[_small])
    passcode = StringField()
    keep = _keep()

    def validate(self, **kwargs: object) -> bool:
        """Refuse who is locked out; a right code is used up."""
        typed = self.identity.data or ""
        right = bool(typed and self.passcode.data) and self._is_right(typed, **kwargs)
        if not right:
            # One sentence, whatever was wrong: more would tell who has an account.
            self.identity.errors, self.passcode.errors = [], []
            self.form_errors = list(self.form_errors) or [WRONG_CODE]
        return right

    def _is_right(self, typed: str, **kwargs: object) -> bool:
        store = current_app.extensions["security"].datastore
        person = store.find_user(email=typed) or store.find_user(public_id=typed)
        check = super().validate

        def try_it() -> bool:
            if person is None or not person.us_totp_secrets:
                pretend_to_check()
                return False
            return bool(check(**kwargs)) and use_up(person)

        code = read_linked_code(person, self.passcode.data)
        if code is not None:
            # Our own signature is on it: whoever brings it has the mail, and guesses nothing.
            self.passcode.data = code
            return try_it()
        return guard(
            self, Secret(SecretKind.MAILED_CODE, owner_of(person) if person else typed), try_it
        )


class AskForm(FlaskForm):
    """Ask for a mail with a link."""

    email = mail_field(_l("E-mail address"))
    next = HiddenField(filters=[local_path])


class WelcomeForm(Named):
    """Make an account, with a link that showed whose address it is."""

    language = language_field()
    keep = _keep()


class RegisterForm(WelcomeForm):
    """Make an account with the link of a mail, and go on to where one was going."""

    next = HiddenField(filters=[local_path])


class NewPasswordForm(Worded, ResetPasswordForm):
    """Choose a new password, after a link by e-mail."""


class OtherPasswordForm(Worded, ChangePasswordForm):
    """Change one's password."""

    def validate(self, **kwargs: object) -> bool:
        """Count a wrong present password as a try at the account."""
        check = super().validate
        return guard(
            self,
            Secret(SecretKind.PASSWORD, owner_of(current_user)),
            lambda: bool(check(**kwargs)),
            lambda: bool(self.password.errors),
        )


class ProfileForm(Named):
    """How others see a person, and in which language mails come."""

    language = language_field()
