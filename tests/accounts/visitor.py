"""What a visitor of the pages of signing in does, and the mails that come of it."""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.people.accounts.newcomer_links import newcomer_token
from tests.cast import PASSWORD

WRONG = "een-verkeerd-wachtwoord"


def address(name: str) -> str:
    return f"{name}@consult.example"


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    form = {"email": address(name), "password": password, **more}
    return client.post("/en/login", data=form)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/home").status_code == 200


def ask(client: FlaskClient, path: str, name: str, **more: Any) -> Any:
    return client.post(path, data={"email": address(name), **more.pop("form", {})}, **more)


LINK = "/en/us-signin/send-code"
NEW = {"display_name": "Nienke Nieuw", "language": "nl", "taking_part": "y"}


def register(client: FlaskClient, name: str, **more: str) -> Any:
    """Ask for a link at an address without an account, open it and fill in its page."""
    following = {"next": more["next"]} if "next" in more else {}
    ask(client, LINK, name, form=following)
    path = mails(now())[-1].path
    assert client.get(path).status_code == 200
    return client.post(path.partition("?")[0], data={**NEW, **more})


@dataclass(frozen=True)
class Mail:
    """A mail that was sent."""

    kind: str
    address: str
    subject: str
    body: str

    @property
    def path(self) -> str:
        """The first link in it, as a browser on this site asks for it."""
        found = re.search(r"https?://\S+", self.body)
        assert found
        parts = urlsplit(found[0])
        assert found[0].startswith(current_app.config["BASE_URL"])
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def code(self) -> str:
        """The code in it."""
        found = re.search(r"\b(\d{4}) (\d{4})\b", self.body)
        assert found
        return found[1] + found[2]


def mails(at: datetime) -> list[Mail]:
    """Let the worker do its work and return the mails so far, oldest first."""
    run_all(at)
    db.session.rollback()
    found = db.session.scalars(
        select(Message).order_by(Message.id).execution_options(populate_existing=True)
    )
    return [Mail(one.kind, one.address, one.subject, one.body) for one in found]


def hidden(page: str, name: str) -> str:
    """Read a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])


def press(client: FlaskClient, path: str, **more: str) -> Any:
    """Open the link of a mail, and press the button of its page."""
    page = client.get(path).text
    form = {name: hidden(page, name) for name in ("identity", "passcode")}
    if 'name="next"' in page:
        form["next"] = hidden(page, "next")
    return client.post("/en/us-signin", data={**form, **more})


def follow(client: FlaskClient, path: str) -> str:
    """Open an address, go where it leads, and return the page at the end."""
    answer = client.get(path)
    while answer.status_code in {302, 303}:
        answer = client.get(answer.headers["Location"])
    return str(answer.text)


def newcomer_path(language: str = "en") -> str:
    """Return the page on which an address without an account makes one."""
    token = newcomer_token(address("nieuw"), now())
    return f"/{language}/register/{token}"
