"""Signing in through a provider: OpenID Connect, code flow with PKCE (S256), state and nonce.

Authlib does the work. What a token must say is set here: our issuer, our client, a signature with a
key pair, not expired, the nonce of this browser. An answer is taken once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import current_app, request, session
from flask_babel import lazy_gettext as _l
from joserfc.errors import JoseError
from requests import RequestException

from consult.foundation.core.errors import InvalidInput, NotFound, Sentence
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts import one_time_tokens

NAME = "provider"
# Only signatures that a client cannot make itself: no "none", no shared secret.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
LEEWAY = 60
TIMEOUT = 10
NOT_RIGHT = _l("This sign-in was not finished, or took too long. Try once more.")
REFUSED = _l("The sign-in was broken off there. Nothing was changed.")
AWAY = _l("We cannot reach the service through which you sign in. Try again in a few minutes.")
_STATE = f"_state_{NAME}_"


@dataclass(frozen=True)
class Claims:
    """What the provider says of somebody."""

    issuer: str
    subject: str
    name: str
    email: str | None
    """The address, if the provider says that it is confirmed."""
    organisations: tuple[str, ...]
    second_factor: bool


@dataclass(frozen=True)
class Wish:
    """What somebody went to the provider for."""

    leads_to: str = ""
    link: str = ""
    """The public id of whoever wants to link an account; empty for signing in."""


def label() -> str:
    """Return the name of the provider; an empty text if there is none."""
    return str(current_app.config["OIDC_NAME"]) if current_app.config["OIDC_ISSUER"] else ""


def _app() -> FlaskOAuth2App:
    """Return Authlib's client for the provider of the settings, made once."""
    config = current_app.config
    key = tuple(config[f"OIDC_{name}"] for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"))
    if not key[0]:
        raise NotFound(_l("There is nothing here. Check the address."))
    made: FlaskOAuth2App
    made_for, made = current_app.extensions.get("consult.provider", (None, None))
    if made_for != key:
        made = FlaskOAuth2App(
            FlaskIntegration(NAME), name=NAME, client_id=key[1], client_secret=key[2],
            server_metadata_url=f"{key[0].rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT,
            },
        )  # fmt: skip
        current_app.extensions["consult.provider"] = (key, made)
    return made


def _metadata(app: FlaskOAuth2App) -> None:
    """Read what the provider says of itself; it must be the one of the settings."""
    said = app.load_server_metadata()
    if said.get("issuer") != current_app.config["OIDC_ISSUER"]:
        raise InvalidInput(NOT_RIGHT)
    offered = said.get("id_token_signing_alg_values_supported", ["RS256"])
    said["id_token_signing_alg_values_supported"] = [one for one in offered if one in ALGORITHMS]


def _trying(sentence: Sentence, problem: Exception) -> InvalidInput:
    current_app.logger.warning("sign-in through the provider: %s", type(problem).__name__)
    return InvalidInput(sentence)


def address_to_leave_for(wish: Wish, comes_back_to: str) -> str:
    """Return the address at the provider; this browser keeps state, nonce and what is wanted."""
    app = _app()
    try:
        _metadata(app)
        asked = app.create_authorization_url(comes_back_to)
    except (RequestException, ValueError, RuntimeError, AuthlibBaseError) as problem:
        raise _trying(AWAY, problem) from None
    for name in [name for name in session if name.startswith(_STATE)]:
        session.pop(name)
    app.save_authorize_data(
        redirect_uri=comes_back_to, leads_to=wish.leads_to, link=wish.link, **asked
    )
    return str(asked["url"])


def read_answer(now: datetime) -> tuple[Claims, Wish]:
    """Read the answer with which somebody comes back; InvalidInput says what is wrong with it."""
    app = _app()
    state = request.args.get("state", "")
    if request.args.get("error"):
        # Some providers leave the state out here; there is nothing to take over anyway.
        app.framework.clear_state_data(session, state)
        raise InvalidInput(REFUSED)
    kept = app.framework.get_state_data(session, state)
    if not kept:
        raise InvalidInput(NOT_RIGHT)
    with unit_of_work():
        is_first = one_time_tokens.spend(f"state:{state}", now)
    if not is_first:
        raise InvalidInput(NOT_RIGHT)
    try:
        _metadata(app)
        token = app.authorize_access_token(
            claims_options=_demands(app.client_id), leeway=LEEWAY
        )  # fmt: skip
    except RequestException as problem:
        raise _trying(AWAY, problem) from None
    except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError) as problem:
        raise _trying(NOT_RIGHT, problem) from None
    found = token.get("userinfo")
    if not found:
        raise InvalidInput(NOT_RIGHT)
    return _claims(found), Wish(kept.get("leads_to", ""), kept.get("link", ""))


def _demands(client_id: str) -> dict[str, object]:
    issuer = current_app.config["OIDC_ISSUER"]
    essential = {name: {"essential": True} for name in ("sub", "exp", "iat", "nonce")}
    return {
        **essential,
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
    }


def _claims(said: Mapping[str, object]) -> Claims:
    config = current_app.config
    email = said.get("email") if said.get("email_verified") is True else None
    claim = config["OIDC_ORGANISATION_CLAIM"]
    name = said.get("name") or said.get("preferred_username") or ""
    return Claims(
        issuer=config["OIDC_ISSUER"],
        subject=str(said["sub"]),
        name=str(name),
        email=email if isinstance(email, str) else None,
        organisations=_texts(said.get(claim)) if claim else (),
        second_factor=_says_second_factor(said),
    )


def _says_second_factor(said: Mapping[str, object]) -> bool:
    """Whether a claim has one of the values of the setting: `amr=mfa, acr=...`."""
    for wanted in str(current_app.config["OIDC_SECOND_FACTOR"]).split(","):
        claim, _is, value = wanted.strip().partition("=")
        if value and value in _texts(said.get(claim)):
            return True
    return False


def _texts(claim: object) -> tuple[str, ...]:
    if isinstance(claim, str):
        return (claim,)
    return tuple(str(one) for one in claim) if isinstance(claim, list) else ()


def home_of(issuer: str) -> str:
    """Return the name of a provider as people know it: ours by its label, another by its host."""
    is_ours = issuer == current_app.config["OIDC_ISSUER"]
    return label() if is_ours else urlsplit(issuer).hostname or issuer
