"""What signing in says, in our words: the library's own Dutch is a quarter done."""

from flask_babel import lazy_gettext as _l

_ERRORS = {
    "GENERIC_AUTHN_FAILED": _l(
        "The e-mail address or the password is not right, or the address is not confirmed yet."
    ),
    "INVALID_PASSWORD": _l("This is not your present password."),
    "INVALID_CONFIRMATION_TOKEN": _l("This link is not right. Ask for a new one."),
    "INVALID_RESET_PASSWORD_TOKEN": _l("This link is not right. Ask for a new one."),
    "PASSWORD_RESET_EXPIRED": _l("This link is too old. Ask for a new one."),
    "CONFIRMATION_EXPIRED": _l("This link is too old. Ask for a new one."),
    "EMAIL_NOT_PROVIDED": _l("Type your e-mail address."),
    "INVALID_EMAIL_ADDRESS": _l("This is not an e-mail address. It looks like name@example.org."),
    "PASSWORD_NOT_PROVIDED": _l("Type your password."),
    "PASSWORD_INVALID_LENGTH": _l("A password needs at least 12 characters. A sentence is fine."),
    "RETYPE_PASSWORD_MISMATCH": _l("The two passwords are not the same."),
    "PASSWORD_IS_THE_SAME": _l("The new password is the same as the old one."),
    "API_ERROR": _l("We do not understand this."),
    "INVALID_CODE": _l("This code is not right, or it is too old. Ask for a new link."),
    "INVALID_PASSWORD_CODE": _l("This code is not right, or it is too old. Ask for a new link."),
    "US_METHOD_NOT_AVAILABLE": _l("We do not understand this."),
    "US_SPECIFY_IDENTITY": _l("Type your e-mail address."),
    "INVALID_REDIRECT": _l("This address leads elsewhere, and we do not go there."),
    "PASSWORD_TOO_SIMPLE": _l("A password needs at least 12 characters. A sentence is fine."),
    "REAUTHENTICATION_REQUIRED": _l("Sign in first."),
    "UNAUTHORIZED": _l("You cannot do this."),
    "ANONYMOUS_USER_REQUIRED": _l("You are signed in already."),
    "CONFIRMATION_REQUIRED": _l("The e-mail address or the password is not right."),
    # These two say more than a stranger may know; the library replaces them, and if it did not:
    "USER_DOES_NOT_EXIST": _l("The e-mail address or the password is not right."),
    "DISABLED_ACCOUNT": _l("The e-mail address or the password is not right."),
}
_NOTES = {
    "ALREADY_CONFIRMED": _l("Your e-mail address was confirmed already."),
    "PASSWORD_RESET_NO_LOGIN": _l("Your password is changed. Sign in with it."),
    "PASSWORD_CHANGE": _l("Your password is changed."),
    "LOGIN": _l("Sign in first."),
    "UNAUTHENTICATED": _l("Sign in first."),
    "FORGOT_PASSWORD": _l("Forgot your password?"),
}


def message_settings() -> dict[str, object]:
    """Return the messages as settings of the sign-in library."""
    return {
        **{f"MSG_{name}": (text, "error") for name, text in _ERRORS.items()},
        **{f"MSG_{name}": (text, "info") for name, text in _NOTES.items()},
    }
