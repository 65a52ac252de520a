"""An authenticator app and a security key, as the tests hold them in their hands."""

import hashlib
import html
import json
import os
import re
from datetime import datetime
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import current_app
from flask.testing import FlaskClient
from passlib.totp import TOTP
from webauthn.helpers import bytes_to_base64url

from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.factors import turn_on_authenticator
from tests.accounts.visitor import hidden
from tests.cast import person

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


class App:
    """An authenticator app that read a key."""

    def __init__(self, key: str) -> None:
        self.totp = TOTP(key=key.replace(" ", ""))

    def code(self, at: datetime) -> str:
        return str(self.totp.generate(time=int(at.timestamp())).token)


def key_on(page: str) -> str:
    """Read the key that a page of enrolling shows as text."""
    found = re.search(r'consult-key-text">([A-Z2-7 ]+)<', page)
    assert found
    return found[1]


def codes_on(page: str) -> list[str]:
    """Read the recovery codes that a page shows."""
    return re.findall(r"<code>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})</code>", page)


def enrol(client: FlaskClient, at: datetime) -> tuple[App, list[str]]:
    """Set an authenticator app up on the pages and return it, and the recovery codes."""
    app = App(key_on(client.get("/en/security/authenticator").text))
    answer = client.post("/en/security/authenticator", data={"code": app.code(at)})
    assert answer.status_code == 303, answer.text
    return app, codes_on(client.get("/en/security/recovery-codes").text)


def give_app(name: str, at: datetime) -> tuple[App, list[str]]:
    """Let somebody have set up an app, without the pages."""
    codes = current_app.extensions["consult.authenticator"]
    secret = codes.generate_totp_secret()
    app = App(codes.get_totp_b32_key(secret))
    with current_app.test_request_context(), unit_of_work():
        made = turn_on_authenticator(person(name), secret, app.code(at), at)
    return app, made


class Key:
    """A security key (WebAuthn) in a browser at an origin, in software.

    One that does not count its uses is as passkeys are that a person has on several devices.
    """

    def __init__(self, origin: str, *, verifies: bool = True, counts: bool = True) -> None:
        self.origin = origin
        self.counts = counts
        self.flags = USER_PRESENT | (USER_VERIFIED if verifies else 0)
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.count = 0

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": f"webauthn.{kind}", "challenge": options["challenge"],
                "origin": self.origin, "crossOrigin": False}  # fmt: skip
        return json.dumps(said).encode()

    def _data(self, site: str, flags: int, more: bytes = b"") -> bytes:
        self.count += self.counts
        digest = hashlib.sha256(site.encode()).digest()
        return digest + bytes([flags]) + self.count.to_bytes(4, "big") + more

    def _answer(self, **response: bytes) -> str:
        fields = {name: bytes_to_base64url(value) for name, value in response.items()}
        id_ = bytes_to_base64url(self.id)
        whole = {"id": id_, "rawId": id_, "type": "public-key", "response": fields}
        return json.dumps(whole)

    def make(self, options: dict[str, Any]) -> str:
        """Make a passkey, as navigator.credentials.create would."""
        numbers = self.private.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        more = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(options["rp"]["id"], self.flags | HAS_CREDENTIAL, more)
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=self._client("create", options), attestationObject=made)

    def use(self, options: dict[str, Any]) -> str:
        """Use it, as navigator.credentials.get would."""
        client = self._client("get", options)
        data = self._data(options["rpId"], self.flags)
        signed = data + hashlib.sha256(client).digest()
        signature = self.private.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)


def question_on(page: str, action: str = "") -> tuple[str, dict[str, Any]]:
    """Read the question about a passkey on a page: its token, and its options."""
    part = page[page.index(f'action="{action}"') :] if action else page
    found = re.search(r'data-passkey-options value="([^"]*)"', part)
    assert found
    return hidden(part, "question"), json.loads(html.unescape(found[1]))


def add_key(client: FlaskClient, key: Key, name: str = "sleutel") -> Any:
    """Add a passkey on its page."""
    token, options = question_on(client.get("/en/security/passkeys/new").text)
    form = {"name": name, "question": token, "credential": key.make(options)}
    return client.post("/en/security/passkeys/new", data=form)


def use_key(client: FlaskClient, key: Key, path: str, action: str) -> Any:
    """Use a passkey on a page, in the form that leads to `action`."""
    token, options = question_on(client.get(path).text, action)
    form = {"question": token, "credential": key.use(options)}
    return client.post(action, data=form)
