"""The forms of second factors and passkeys."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField

from consult.foundation.core.forms import Filled, line
from consult.people.accounts.factors import LONGEST_NAME
from consult.people.accounts.forms import not_endless

NOT_RIGHT = _l("This code is not right, or it was used already.")


class CodeOfAppForm(FlaskForm):
    """The code that an authenticator app shows."""

    code = StringField(_l("The six digits that the app shows now"), validators=[Filled()])


class RecoveryForm(FlaskForm):
    """A recovery code."""

    code = StringField(
        _l("Recovery code"),
        description=_l("Twelve letters and digits, such as ABCD-2345-EFGH. Each works once."),
        validators=[Filled()],
    )


class EitherCodeForm(FlaskForm):
    """A code of the app, or a recovery code."""

    code = StringField(
        _l("Code from your authenticator app, or a recovery code"), validators=[Filled()]
    )


class PresentPasswordForm(FlaskForm):
    """The password that somebody has now."""

    password = PasswordField(_l("Password"), validators=[Filled(), not_endless])


class PasskeyForm(FlaskForm):
    """A new passkey: its name is typed, the rest comes from the browser."""

    name = line(
        _l("Name of this passkey"),
        LONGEST_NAME,
        description=_l("Such as: phone, or key on my key ring."),
    )
    credential = HiddenField()
    question = HiddenField()
