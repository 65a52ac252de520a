"""How the sign-in library is set; its names without the prefix SECURITY_."""

import hashlib
from datetime import timedelta

from flask_security.utils import uia_email_mapper

from consult.foundation.core.clock import now
from consult.people.accounts.messages import message_settings
from consult.people.accounts.passwords import SHORTEST

SETTINGS: dict[str, object] = {
    "URL_PREFIX": "/<any(nl, en):language>",
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_SINGLE_HASH": ["argon2"],
    "PASSWORD_SALT": "unused-with-single-hash",
    "PASSWORD_LENGTH_MIN": SHORTEST,
    # Marks in links that are signed besides; the library's own choice takes 200 ms each.
    "HASHING_SCHEMES": ["ldap_salted_sha256"],
    "API_ENABLED_METHODS": ["session"],
    "CONFIRMABLE": True,
    "RECOVERABLE": True,
    "CONFIRM_EMAIL_WITHIN": timedelta(days=3),
    "RESET_PASSWORD_WITHIN": timedelta(hours=2),
    "UNIFIED_SIGNIN": True,
    "US_ENABLED_METHODS": ["email"],
    "US_MFA_REQUIRED": ["email"],  # so that this door, too, leads through ours (admission)
    "US_TOKEN_VALIDITY": 900,
    "TOTP_ISSUER": "Consult",
    "USER_IDENTITY_ATTRIBUTES": [
        {"email": {"mapper": uia_email_mapper, "case_insensitive": True}},
        # A link by e-mail names its reader by this, so that no address stands in it.
        {"public_id": {"mapper": str}},
    ],
    "RETURN_GENERIC_RESPONSES": True,
    # An address on an internal network, or of the demonstration, is an address too.
    "EMAIL_HTML": False,
    "SEND_PASSWORD_CHANGE_EMAIL": False,  # we write these two ourselves,
    "SEND_PASSWORD_RESET_NOTICE_EMAIL": False,  # in the language of their reader
    "DATETIME_FACTORY": now,
    "LOGIN_USER_TEMPLATE": "security/login.html",
    "POST_LOGIN_VIEW": "publishing.home",
    "POST_RESET_VIEW": "security.login",
    "POST_CONFIRM_VIEW": "security.login",
    "CONFIRM_ERROR_VIEW": "security.login",
    "POST_CHANGE_VIEW": "accounts.profile",
    "CLI_USERS_NAME": None,
    "CLI_ROLES_NAME": None,
}


def library_settings(secret_key: str) -> dict[str, object]:
    """Return all settings of the library, with our words and a key of its own for the codes."""
    own_key = hashlib.sha256(f"totp:{secret_key}".encode()).hexdigest()
    settings = {**SETTINGS, "TOTP_SECRETS": {"1": own_key}, **message_settings()}
    return {f"SECURITY_{name}": value for name, value in settings.items()}
