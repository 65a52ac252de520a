"""What is over stays over, whatever door one tries: reset, registering, resending, another key."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from consult.foundation.core.db import db
from consult.foundation.core.extensions import limiter
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.invitations.services import revoke
from tests.accounts.visitor import ask, is_signed_in, mails, register
from tests.accounts.visitor import sign_in as type_password
from tests.cast import PASSWORD, person
from tests.conftest import Clock, make_app
from tests.databases import Databases
from tests.house.test_matrix import counts
from tests.invitations.letterbox import NIENKE, accept_new, again, invited, is_member, links

pytestmark = pytest.mark.usefixtures("app")
MINE = "/en/invitations/mine"


def end(kind: str, number: int, clock: Clock) -> None:
    if kind == "expired":
        clock.forward(days=31)
    else:
        with unit_of_work():
            revoke(person("ana"), again(number), clock.time)


@pytest.mark.parametrize("kind", ["expired", "revoked"])
def test_registering_with_that_address_gives_no_seat(clock: Clock, browse: Any, kind: str) -> None:
    one = invited(clock.time)
    end(kind, one.id, clock)
    client = browse()
    register(client, "nienke", next=MINE)
    assert is_signed_in(client)
    assert "No invitation waits" in client.get(MINE).text
    assert client.post(f"{MINE}/{one.id}/accept").status_code == 403
    assert client.get(links()[0]).status_code == 410
    assert not is_member(NIENKE)


@pytest.mark.parametrize("kind", ["expired", "revoked"])
def test_a_new_password_gives_no_seat(clock: Clock, browse: Any, kind: str) -> None:
    one = invited(clock.time, "sam@consult.example")
    end(kind, one.id, clock)
    client = browse()
    ask(client, "/en/reset", "sam")
    reset = next(mail for mail in mails(clock.time) if mail.kind == "security-reset")
    client.post(reset.path, data={"password": "y" * 12, "password_confirm": "y" * 12})
    type_password(client, "sam", password="y" * 12)
    assert is_signed_in(client)
    assert client.post(f"{MINE}/{one.id}/accept").status_code == 403
    assert not is_member("sam")


def test_registering_while_it_is_open_gives_no_seat_before_it_is_accepted(
    clock: Clock, browse: Any
) -> None:
    one = invited(clock.time)
    client = browse()
    register(client, "nienke")
    assert not is_member(NIENKE)
    assert accept_new(browse(), links()[0]).status_code == 422, "there is an account now"
    assert client.post(f"{MINE}/{one.id}/accept").status_code == 303
    assert is_member(NIENKE)


def test_a_key_of_an_invitation_opens_no_other_door(clock: Clock, browse: Any) -> None:
    invited(clock.time)
    token = links()[0].rpartition("/")[2]
    before = counts()
    for path in (f"/en/reset/{token}", f"/en/register/{token}", f"/en/receipts/{token}"):
        client = browse()
        client.get(path)
        client.post(path, data={"password": PASSWORD, "password_confirm": PASSWORD})
        assert not is_signed_in(client)
    assert counts() == before


def test_keys_of_accounts_open_no_invitation(clock: Clock, browse: Any) -> None:
    ask(browse(), "/en/reset", "sam")
    (reset,) = mails(clock.time)
    token = reset.path.rpartition("/")[2]
    assert browse().get(f"/en/invitations/{token}").status_code == 404


@pytest.mark.one_engine
def test_one_place_cannot_try_links_without_end(
    app: Flask, databases: Databases, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    limited = make_app(databases.folder, databases.url("stage"), RATELIMIT_ENABLED=True)
    client = limited.test_client()
    said = [client.get("/en/invitations/x").status_code for _ in range(301)]
    assert said == [404] * 300 + [429]
    said = [client.post("/en/invitations/x/decline").status_code for _ in range(61)]
    assert said == [404] * 60 + [429]
    with limited.app_context():
        db.engine.dispose()
    assert app
    assert now
