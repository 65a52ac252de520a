"""A sign-in provider of our own making, which can be told to answer wrongly."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, jsonify, request
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "consult", "a-secret-of-the-provider-that-is-long"

KEY = RSAKey.generate_key(2048, {"kid": "one"})


class Provider:
    """Answers as OpenID Connect says, but for what a test changes."""

    def __init__(self) -> None:
        self.key = KEY
        self.issuer = ""
        self.claims: dict[str, Any] = {"sub": "1234", "name": "Noor Nieuw"}
        self.without: set[str] = set()
        self.signs: tuple[str, Any] = ("RS256", self.key)
        self.says_alg = ["RS256"]
        self.says_issuer = ""
        self.challenges: dict[str, str] = {}
        self.nonces: dict[str, str] = {}
        self.seen: list[dict[str, str]] = []
        self.is_broken = False

    def app(self) -> Flask:
        app = Flask("provider")
        app.add_url_rule("/.well-known/openid-configuration", "about", self.about)
        app.add_url_rule("/keys", "keys", lambda: {"keys": [self.key.as_dict(private=False)]})
        app.add_url_rule("/token", "token", self.token, methods=["POST"])
        return app

    def about(self) -> Response:
        return jsonify(
            issuer=self.says_issuer or self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/keys",
            id_token_signing_alg_values_supported=self.says_alg,
        )

    def token(self) -> Any:
        """Return a token for a code, to who shows the verifier that belongs to it (PKCE)."""
        said = request.form.to_dict()
        self.seen.append(said)
        if self.is_broken:
            return "broken", 500
        digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if self.challenges.pop(said["code"], None) != challenge:
            return jsonify(error="invalid_grant"), 400
        at = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300,
            "nonce": self.nonces[said["code"]], **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if name not in self.without}
        alg, key = self.signs
        header = {"alg": alg, "kid": "one"}
        token = jwt.encode(header, claims, key, algorithms=[alg])
        return jsonify(access_token="x", token_type="Bearer", id_token=token)

    def agree(self, url: str) -> str:
        """Let somebody agree at the page of the provider and return the query to come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["response_type"] == "code"
        code = f"code{len(self.nonces)}"
        self.challenges[code], self.nonces[code] = asked["code_challenge"], asked["nonce"]
        return f"code={code}&state={asked['state']}"

    def sign_in(self, client: FlaskClient, **query: str) -> Any:
        """Go there and come back."""
        there = client.get("/en/sso", query_string=query).headers["Location"]
        return client.get(f"/en/sso/callback?{self.agree(there)}")


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on this machine and return its address."""
    server = make_server("localhost", 0, app, threaded=True)
    server.daemon_threads = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    server.server_close()
    thread.join()


def unsigned() -> tuple[str, Any]:
    """Return what makes a token without a signature."""
    return "none", OctKey.import_key("x" * 32)


def settings(issuer: str, **more: str) -> dict[str, str]:
    """Return the settings of an application that knows the provider."""
    return {
        "OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_NAME": "Rijk", "OIDC_ORGANISATION_CLAIM": "organisation",
        "OIDC_SECOND_FACTOR": "amr=mfa,acr=high", **more,
    }  # fmt: skip
