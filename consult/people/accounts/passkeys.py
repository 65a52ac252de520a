"""The questions to a browser about passkeys (WebAuthn), and reading its answers.

Site and origin come from CONSULT_BASE_URL alone. A question is signed, for one purpose, and good
for one answer within ten minutes.
"""

import ipaddress
import json
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from consult.people.accounts import one_time_tokens
from consult.people.accounts.models import Passkey, Person

SIGN_IN = "passkey"
_SIGNS = 32

LONGEST_ANSWER = 20_000
"""Signs in what a browser answers: a key with its proof takes a few thousand."""
_CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{1,1400}=*")
# Thousands of brackets within the length end in a RecursionError.
NOT_READABLE = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True)
class PasskeyChallenge:
    """A question: its options for the browser, and the token that comes back with the answer."""

    options: str
    token: str


@dataclass(frozen=True)
class PasskeyRegistration:
    """A passkey that was made."""

    credential: str
    public_key: str
    sign_count: int
    verified: bool
    """Whether the device checked who was there, by a PIN or a finger."""


@dataclass(frozen=True)
class PasskeyAssertion:
    """That a passkey was used."""

    sign_count: int
    verified: bool


def to_add(person: Person) -> str:
    """Name the purpose: to add a passkey."""
    return f"add:{person.public_id}"


def as_second(person: Person) -> str:
    """Name the purpose: a second factor."""
    return f"second:{person.public_id}"


def site() -> tuple[str, str]:
    """Return the name of the site and its origin, from the settings alone."""
    parts = urlsplit(current_app.config["BASE_URL"])
    return parts.hostname or "", f"{parts.scheme}://{parts.netloc}"


def are_possible() -> bool:
    """Whether this site can have passkeys: it needs a name, not a number."""
    with suppress(ValueError):
        ipaddress.ip_address(site()[0])
        return False
    return True


def _known(passkeys: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in passkeys
    ]


def ask_to_make(person: Person, passkeys: Iterable[Passkey], now: datetime) -> PasskeyChallenge:
    """Ask a browser to make a passkey that it finds again by itself."""
    challenge = secrets.token_bytes(_SIGNS)
    options = generate_registration_options(
        rp_id=site()[0],
        rp_name="Consult",
        user_name=person.email or person.display_name,
        user_id=person.public_id.encode(),
        user_display_name=person.display_name,
        challenge=challenge,
        exclude_credentials=_known(passkeys),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    token = one_time_tokens.ask(to_add(person), bytes_to_base64url(challenge), now)
    return PasskeyChallenge(options_to_json(options), token)


def ask_to_use(purpose: str, passkeys: Iterable[Passkey], now: datetime) -> PasskeyChallenge:
    """Ask a browser for a passkey: one of these, or any that it has for this site."""
    challenge = secrets.token_bytes(_SIGNS)
    options = generate_authentication_options(
        rp_id=site()[0],
        challenge=challenge,
        allow_credentials=_known(passkeys),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    token = one_time_tokens.ask(purpose, bytes_to_base64url(challenge), now)
    return PasskeyChallenge(options_to_json(options), token)


def _challenge(purpose: str, token: str, now: datetime) -> bytes | None:
    """Return the challenge of a question that was not answered yet, and use it up."""
    said = one_time_tokens.answered(purpose, token, now)
    return base64url_to_bytes(said) if said and one_time_tokens.spend(token, now) else None


def read_new(purpose: str, token: str, answer: str, now: datetime) -> PasskeyRegistration | None:
    """Read the answer of a browser that made a passkey; None if it is not right."""
    challenge = _challenge(purpose, token, now)
    if challenge is None:
        return None
    name, origin = site()
    try:
        found = verify_registration_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=name,
            expected_origin=origin,
        )
    except NOT_READABLE:
        return None
    return PasskeyRegistration(
        bytes_to_base64url(found.credential_id),
        bytes_to_base64url(found.credential_public_key),
        found.sign_count,
        found.user_verified,
    )


def credential_in(answer: str) -> str:
    """Return which passkey an answer speaks of; an empty text if none."""
    try:
        said = json.loads(_short(answer))
        found = said["id"]
    except NOT_READABLE:
        return ""
    return found if isinstance(found, str) and _CREDENTIAL.fullmatch(found) else ""


def _short(answer: str) -> str:
    """Return an answer that is not longer than any browser writes one; ValueError otherwise."""
    if len(answer) > LONGEST_ANSWER:
        raise ValueError(len(answer))
    return answer


def read_use(
    passkey: Passkey | None, purpose: str, token: str, answer: str, now: datetime
) -> PasskeyAssertion | None:
    """Read the answer of a browser that used a passkey; None if it is not right."""
    challenge = _challenge(purpose, token, now)
    if challenge is None or passkey is None:
        return None
    name, origin = site()
    try:
        found = verify_authentication_response(
            credential=_short(answer),
            expected_challenge=challenge,
            expected_rp_id=name,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
        )
    except NOT_READABLE:
        return None
    return PasskeyAssertion(found.new_sign_count, found.user_verified)
