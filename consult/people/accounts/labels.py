"""What the ways to sign in, and changes of them, are called.

A way to sign in follows on a moment: "today, with a passkey and a recovery code".
"""

from flask_babel import lazy_gettext as _l

from consult.people.accounts.factors import Change
from consult.people.accounts.models import SecondFactor, SignInMethod

METHODS = {
    SignInMethod.PASSWORD: _l("with a password"),
    SignInMethod.LINK: _l("with a link by e-mail"),
    SignInMethod.CONFIRM: _l("by confirming the address"),
    SignInMethod.PASSKEY: _l("with a passkey"),
    SignInMethod.PROVIDER: _l("through a provider"),
}
SECOND_FACTORS = {
    SecondFactor.AUTHENTICATOR: _l("and the code of an app"),
    SecondFactor.RECOVERY: _l("and a recovery code"),
    SecondFactor.PASSKEY: _l("and a passkey"),
    SecondFactor.PROVIDER: _l("and a second factor there"),
}
CHANGES = {
    Change.APP_ON: _l("An authenticator app was set up"),
    Change.APP_OFF: _l("Your authenticator app was turned off"),
    Change.PASSKEY_ADDED: _l("A passkey was added"),
    Change.PASSKEY_REMOVED: _l("A passkey was removed"),
    Change.CODE_USED: _l("A recovery code was used"),
    Change.CODES_MADE: _l("New recovery codes were made"),
    Change.RESET: _l("Your second factor was taken away"),
    Change.LINKED: _l("An account elsewhere was linked"),
    Change.UNLINKED: _l("An account elsewhere was unlinked"),
}
LABELS = (METHODS, SECOND_FACTORS, CHANGES)
