"""What signing in says, in our words: the library's own Dutch is a quarter done."""

from typing import Any

from flask_babel import lazy_gettext as _l

_ERRORS = {
    "GENERIC_AUTHN_FAILED": _l("The e-mail address or the password is not right."),
    "INVALID_PASSWORD": _l("The e-mail address or the password is not right."),
    "INVALID_PASSWORD_CODE": _l("This code is not right, or it is too old."),
    "USER_DOES_NOT_EXIST": _l("The e-mail address or the password is not right."),
    "DISABLED_ACCOUNT": _l("The e-mail address or the password is not right."),
    "INVALID_CODE": _l("This code is not right, or it is too old."),
    "INVALID_CONFIRMATION_TOKEN": _l("This link is not right. Ask for a new one."),
    "INVALID_RESET_PASSWORD_TOKEN": _l("This link is not right. Ask for a new one."),
    "INVALID_LOGIN_TOKEN": _l("This link is not right. Ask for a new one."),
    "PASSWORD_RESET_EXPIRED": _l("This link is too old. Ask for a new one."),
    "CONFIRMATION_EXPIRED": _l("This link is too old. Ask for a new one."),
    "LOGIN_EXPIRED": _l("This link is too old. Ask for a new one."),
    "CONFIRMATION_REQUIRED": _l("Confirm your e-mail address first: we sent you a link."),
    "EMAIL_NOT_PROVIDED": _l("Type your e-mail address."),
    "INVALID_EMAIL_ADDRESS": _l("This is not an e-mail address. It looks like name@example.org."),
    "PASSWORD_NOT_PROVIDED": _l("Type your password."),
    "PASSWORD_INVALID_LENGTH": _l("A password needs at least 12 characters. A sentence is fine."),
    "RETYPE_PASSWORD_MISMATCH": _l("The two passwords are not the same."),
    "PASSWORD_MISMATCH": _l("This is not your present password."),
    "PASSWORD_IS_THE_SAME": _l("The new password is the same as the old one."),
    "US_SPECIFY_IDENTITY": _l("Type your e-mail address."),
    "US_METHOD_NOT_AVAILABLE": _l("This way of signing in is not offered."),
    "EMAIL_ALREADY_ASSOCIATED": _l("This cannot be used. Try to sign in."),
    "INVALID_REDIRECT": _l("This address lies outside this site."),
}
_NOTES = {
    "CONFIRM_REGISTRATION": _l("Thank you. We sent you a link to confirm your e-mail address."),
    "EMAIL_CONFIRMED": _l("Thank you. Your e-mail address is confirmed."),
    "ALREADY_CONFIRMED": _l("Your e-mail address was confirmed already."),
    "CONFIRMATION_REQUEST": _l("If this address has an account, we sent a link to it."),
    "GENERIC_RECOVERY": _l("If this address has an account, we sent a link to it."),
    "GENERIC_US_SIGNIN": _l("If this address has an account, we sent a link and a code to it."),
    "CODE_HAS_BEEN_SENT": _l("If this address has an account, we sent a link and a code to it."),
    "PASSWORD_RESET_REQUEST": _l("If this address has an account, we sent a link to it."),
    "PASSWORD_RESET": _l("Your password is changed, and you are signed in."),
    "PASSWORD_RESET_NO_LOGIN": _l("Your password is changed. Sign in with it."),
    "PASSWORD_CHANGE": _l("Your password is changed."),
    "PASSWORDLESS_LOGIN_SUCCESSFUL": _l("You are signed in."),
    "LOGIN": _l("Sign in first."),
    "UNAUTHENTICATED": _l("Sign in first."),
    "REFRESH": _l("Sign in once more, to be sure that it is you."),
    "REAUTHENTICATION_REQUIRED": _l("Sign in once more, to be sure that it is you."),
    "FORGOT_PASSWORD": _l("Forgot your password?"),
    "ANONYMOUS_USER_REQUIRED": _l("You are signed in already."),
}


def message_settings() -> dict[str, Any]:
    """Give the messages as settings of the sign-in library."""
    return {
        **{f"SECURITY_MSG_{name}": (text, "error") for name, text in _ERRORS.items()},
        **{f"SECURITY_MSG_{name}": (text, "info") for name, text in _NOTES.items()},
    }
