"""Who guesses is slowed down, across processes and not for longer; the owner comes in meanwhile."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consult.foundation.core.clock import now as present
from consult.foundation.core.db import db
from consult.foundation.core.networks import network_of
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.lockout import (
    MOST_FROM_ONE,
    MOST_FROM_PLACE,
    MOST_IN_A_ROW,
    WINDOW,
    Client,
    Secret,
    SecretKind,
    begin_attempt,
    forgive,
    locks,
)
from consult.people.accounts.models import SignInFailure
from tests.accounts.visitor import WRONG, address, ask, is_signed_in, mails, press, sign_in
from tests.cast import PASSWORD
from tests.conftest import Clock

PIA = Secret(SecretKind.PASSWORD, "pia@consult.example")
HOME, OFFICE = "198.51.100.7", "192.0.2.80"
START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fail(client: FlaskClient, name: str, times: int) -> None:
    for _ in range(times):
        sign_in(client, name, WRONG)


def browser(app: Flask, place: str) -> FlaskClient:
    """A browser at a place on the network, on which nobody signed in yet."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = place
    return client


def note_failures(at: datetime, tries: list[tuple[Secret, Client]]) -> None:
    """Note wrong tries as if they had been made, all at one moment."""
    with unit_of_work():
        db.session.add_all(
            SignInFailure(account=secret.hidden, source=client.hidden, at=at)
            for secret, client in tries
        )


def others_at(place: str, many: int) -> list[tuple[Secret, Client]]:
    """Wrong passwords for as many accounts, from one place."""
    return [
        (Secret(SecretKind.PASSWORD, address(f"iemand{number}")), Client(place))
        for number in range(many)
    ]


def from_everywhere(secret: Secret) -> list[tuple[Secret, Client]]:
    """As many wrong tries at a secret as there may be in a row, each from another place."""
    return [(secret, Client(f"203.0.113.{number}")) for number in range(MOST_IN_A_ROW)]


def is_locked(answer: Any) -> bool:
    return "too many tries" in answer.text


def test_four_failures_are_forgiven(client: FlaskClient) -> None:
    fail(client, "pia", 4)
    assert sign_in(client, "pia").status_code == 302


def test_five_lock_even_with_the_right_password(client: FlaskClient) -> None:
    fail(client, "pia", 5)
    answer = sign_in(client, "pia")
    assert is_locked(answer)
    assert answer.status_code == 422
    assert not is_signed_in(client)


def test_the_lock_lasts_fifteen_minutes_from_the_last_failure(
    client: FlaskClient, clock: Clock
) -> None:
    for _ in range(5):
        sign_in(client, "pia", WRONG)
        clock.forward(minutes=3)
    # The fifth was three minutes ago, the first fifteen: still locked for twelve minutes.
    clock.forward(minutes=11)
    assert is_locked(sign_in(client, "pia"))
    clock.forward(minutes=2)
    assert sign_in(client, "pia").status_code == 302


def test_trying_while_locked_does_not_prolong_it(client: FlaskClient, clock: Clock) -> None:
    fail(client, "pia", 5)
    for _ in range(14):
        clock.forward(minutes=1)
        assert is_locked(sign_in(client, "pia", WRONG))
    clock.forward(minutes=2)
    assert sign_in(client, "pia").status_code == 302


def test_an_unknown_address_is_locked_just_so(client: FlaskClient) -> None:
    fail(client, "niemand", 5)
    assert is_locked(sign_in(client, "niemand"))


def test_another_account_is_not_locked(client: FlaskClient) -> None:
    fail(client, "pia", 5)
    assert sign_in(client, "sam").status_code == 302


@pytest.mark.parametrize(("site", "named"), [("https://consult.example", True), (None, False)])
def test_a_passkey_is_named_where_there_can_be_one(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, site: str | None, named: bool
) -> None:
    fail(client, "pia", 5)
    if site:
        monkeypatch.setitem(client.application.config, "BASE_URL", site)
    refused = sign_in(client, "pia").text.split("too many tries", 1)[1].split("</li>", 1)[0]
    assert "link by e-mail" in refused
    assert ("passkey" in refused) is named


def test_a_success_clears(client: FlaskClient) -> None:
    fail(client, "pia", 4)
    sign_in(client, "pia")
    client.post("/nl/logout")
    fail(client, "pia", 4)
    assert sign_in(client, "pia").status_code == 302


def test_capitals_do_not_make_another_account(client: FlaskClient) -> None:
    for spelt in ("pia", "PIA", "Pia", " pia", "pIa"):
        email = f"{spelt}@consult.example"
        client.post("/en/login", data={"email": email, "password": WRONG})
    assert is_locked(sign_in(client, "pia"))


def test_a_hundred_from_one_place_lock_the_place(
    app: Flask, client: FlaskClient, now: datetime
) -> None:
    note_failures(now, others_at("127.0.0.1", MOST_FROM_PLACE - 1))
    sign_in(client, "niemand", WRONG)
    assert is_locked(sign_in(client, "pia"))
    assert sign_in(browser(app, HOME), "pia").status_code == 302


def test_a_success_of_ones_own_does_not_clear_the_place(client: FlaskClient, now: datetime) -> None:
    note_failures(now, others_at("127.0.0.1", MOST_FROM_PLACE - 1))
    sign_in(client, "sam")
    client.post("/nl/logout")
    sign_in(client, "iemand-anders", WRONG)
    assert is_locked(sign_in(client, "pia"))


def test_a_header_that_claims_another_place_changes_nothing(client: FlaskClient) -> None:
    for number in range(MOST_FROM_ONE):
        client.post(
            "/en/login",
            data={"email": address("pia"), "password": WRONG},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
    assert is_locked(sign_in(client, "pia"))


# The owner, while somebody else guesses


def test_a_stranger_slows_down_nobody_but_the_stranger(app: Flask) -> None:
    stranger, owner = browser(app, "203.0.113.9"), browser(app, HOME)
    fail(stranger, "pia", 6)
    assert is_locked(sign_in(stranger, "pia"))
    assert sign_in(owner, "pia").status_code == 302


def test_the_owner_comes_in_at_the_same_place_with_a_device_that_is_known(app: Flask) -> None:
    owner, colleague = browser(app, OFFICE), browser(app, OFFICE)
    sign_in(owner, "pia")
    owner.post("/nl/logout")
    fail(colleague, "pia", 6)
    assert is_locked(sign_in(colleague, "pia"))
    assert sign_in(owner, "pia").status_code == 302


def test_a_known_device_is_known_to_its_own_accounts_only(app: Flask) -> None:
    device = browser(app, OFFICE)
    for name in ("kees", "sam"):
        sign_in(device, name)
        device.post("/nl/logout")
    fail(browser(app, OFFICE), "pia", 5)
    assert is_locked(sign_in(device, "pia"))
    for name in ("kees", "sam"):
        fail(browser(app, OFFICE), name, 6)
        assert sign_in(device, name).status_code == 302
        device.post("/nl/logout")


def test_a_device_that_is_known_is_slowed_down_by_its_own_tries(app: Flask) -> None:
    device = browser(app, HOME)
    sign_in(device, "pia")
    device.post("/nl/logout")
    fail(device, "pia", 5)
    assert is_locked(sign_in(device, "pia"))
    assert sign_in(browser(app, OFFICE), "pia").status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "eyJ4IjoxfQ.abc.def", "W10.AAAA.AAAA"])
def test_a_cookie_that_we_did_not_sign_makes_no_device_known(app: Flask, cookie: str) -> None:
    stranger = browser(app, HOME)
    stranger.set_cookie("consult-device", cookie)
    fail(stranger, "pia", 5)
    assert is_locked(sign_in(stranger, "pia"))


def test_the_cookie_of_a_device_ends_and_opens_nothing(app: Flask, clock: Clock) -> None:
    owner = browser(app, HOME)
    sign_in(owner, "pia")
    cookie = owner.get_cookie("consult-device")
    assert cookie is not None
    assert "pia" not in cookie.value
    assert cookie.http_only
    other = browser(app, HOME)
    other.set_cookie("consult-device", cookie.value)
    assert not is_signed_in(other)
    clock.forward(days=181)
    fail(browser(app, HOME), "pia", 5)
    assert is_locked(sign_in(other, "pia"))


def test_who_only_reads_or_fails_gets_no_cookie_of_a_device(app: Flask) -> None:
    reader = browser(app, HOME)
    reader.get("/nl/")
    fail(reader, "pia", 1)
    assert reader.get_cookie("consult-device") is None


def test_a_ministry_behind_one_address_is_not_one_person(app: Flask, now: datetime) -> None:
    """Ninety colleagues who each mistype once, and one who cannot remember at all."""
    fail(browser(app, OFFICE), "mo", 9)
    note_failures(now, others_at(OFFICE, 90))
    for name in ("pia", "sam", "lotte"):
        colleague = browser(app, OFFICE)
        sign_in(colleague, name, WRONG)
        assert sign_in(colleague, name).status_code == 302


def test_known_devices_work_at_a_place_that_is_locked(app: Flask, now: datetime) -> None:
    owner = browser(app, OFFICE)
    sign_in(owner, "pia")
    owner.post("/nl/logout")
    note_failures(now, others_at(OFFICE, MOST_FROM_PLACE))
    assert is_locked(sign_in(browser(app, OFFICE), "sam"))
    assert sign_in(owner, "pia").status_code == 302


def test_guessing_from_everywhere_ends_after_a_hundred(app: Flask, clock: Clock) -> None:
    owner = browser(app, HOME)
    sign_in(owner, "pia")
    owner.post("/nl/logout")
    for some in range(0, MOST_IN_A_ROW, 25):
        note_failures(clock.time, from_everywhere(PIA)[some : some + 25])
        clock.forward(days=2)
    stranger = browser(app, "203.0.113.250")
    assert is_locked(sign_in(stranger, "pia"))
    clock.forward(days=30)
    assert is_locked(sign_in(stranger, "pia"))
    # The owner is still let in on a device that is known, and that begins a new count.
    assert sign_in(owner, "pia").status_code == 302
    assert sign_in(stranger, "pia").status_code == 302


def test_after_a_hundred_the_link_still_lets_the_owner_in(app: Flask, clock: Clock) -> None:
    for kind in SecretKind:
        note_failures(clock.time, from_everywhere(Secret(kind, PIA.owner)))
    owner = browser(app, HOME)
    assert is_locked(sign_in(owner, "pia"))
    ask(owner, "/en/us-signin/send-code", "pia")
    link = next(one for one in mails(clock.time) if one.kind == "security-link")
    press(owner, link.path)
    assert is_signed_in(owner)


def test_the_owner_who_comes_in_does_not_free_who_guesses(app: Flask) -> None:
    stranger = browser(app, "203.0.113.9")
    fail(stranger, "pia", 5)
    sign_in(browser(app, HOME), "pia")
    assert is_locked(sign_in(stranger, "pia", WRONG))


def test_the_owner_is_told_once_a_day_and_nobody_where_there_is_no_account(
    app: Flask, clock: Clock
) -> None:
    for name in ("pia", "niemand"):
        for number in range(3):
            fail(browser(app, f"203.0.113.{number}"), name, 8)
    told = [(one.kind, one.address) for one in mails(clock.time)]
    assert told == [("security-tried", address("pia"))]
    clock.forward(days=1, minutes=1)
    fail(browser(app, "203.0.113.9"), "pia", 6)
    assert len(mails(clock.time)) == 2


def test_five_wrong_tries_are_no_reason_for_a_mail_yet(app: Flask, clock: Clock) -> None:
    fail(browser(app, HOME), "pia", 5)
    assert mails(clock.time) == []


def test_who_is_locked_out_gets_in_by_mail(client: FlaskClient, clock: Clock) -> None:
    fail(client, "pia", 5)
    ask(client, "/en/us-signin/send-code", "pia")
    press(client, mails(clock.time)[0].path)
    assert is_signed_in(client)
    client.post("/nl/logout")
    assert sign_in(client, "pia").status_code == 302


def test_codes_lock_too_and_the_link_and_the_password_still_work(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    ask(client, "/en/us-signin/send-code", "pia")
    mail = mails(clock.time)[0]
    form = {"identity": address("pia"), "passcode": "00000000"}
    for _ in range(5):
        assert not is_locked(client.post("/en/us-signin", data=form))
    assert is_locked(client.post("/en/us-signin", data={**form, "passcode": mail.code}))
    assert not is_signed_in(client)
    assert sign_in(client, "pia").status_code == 302
    client.post("/nl/logout")
    other = app.test_client()
    press(other, mail.path)
    assert is_signed_in(other)


@pytest.mark.parametrize("forged", ["{code}.x", "{code}.", "{code}.{code}", ".{code}", "x.{code}"])
def test_a_link_with_another_signature_is_a_guess(
    client: FlaskClient, clock: Clock, forged: str
) -> None:
    ask(client, "/en/us-signin/send-code", "pia")
    code = mails(clock.time)[0].code
    form = {"identity": address("pia"), "passcode": forged.format(code=code)}
    for _ in range(5):
        assert not is_locked(client.post("/en/us-signin", data=form))
    assert is_locked(client.post("/en/us-signin", data=form))
    assert not is_signed_in(client)


def test_a_present_password_is_guessed_five_times_at_most(browse: Any, client: Any) -> None:
    pia, new = browse("pia"), "een-heel-nieuw-wachtwoord"
    form = {"new_password": new, "new_password_confirm": new}
    for _ in range(5):
        pia.post("/en/change", data={"password": WRONG, **form})
    assert is_locked(pia.post("/en/change", data={"password": PASSWORD, **form}))
    # Who found a browser open does not lock its owner out of another one.
    assert sign_in(client, "pia").status_code == 302


def test_a_stranger_does_not_lock_who_is_signed_in(app: Flask, browse: Any) -> None:
    pia, new = browse("pia"), "een-heel-nieuw-wachtwoord"
    fail(app.test_client(), "pia", 6)
    form = {"new_password": new, "new_password_confirm": new}
    assert pia.post("/en/change", data={"password": PASSWORD, **form}).status_code == 302


def test_a_new_password_that_will_not_do_is_no_guess(browse: Any) -> None:
    pia = browse("pia")
    for _ in range(6):
        form = {"password": PASSWORD, "new_password": "kort", "new_password_confirm": "kort"}
        assert not is_locked(pia.post("/en/change", data=form))


def test_neither_address_nor_place_is_stored_as_it_is(client: FlaskClient) -> None:
    fail(client, "pia", 1)
    row = db.session.scalars(select(SignInFailure)).one()
    assert "pia" not in row.account
    assert "127" not in row.source
    assert len(row.account) == len(row.source) == 64


def test_tries_at_one_instant_are_counted_as_one_after_another(app: Flask) -> None:
    """Each has a connection of its own, as processes have."""
    let_through: list[int] = []
    start = threading.Barrier(12)

    def guess() -> None:
        with app.app_context():
            start.wait()
            if begin_attempt(PIA, Client(OFFICE), present()):
                let_through.append(1)
            db.session.remove()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) <= MOST_FROM_ONE


def test_forgiving_forgets_that_account_alone(app: Flask, now: datetime) -> None:
    assert app
    for owner in ("een", "ander"):
        begin_attempt(Secret(SecretKind.PASSWORD, owner), Client(OFFICE), now)
    with unit_of_work():
        forgive("een", Client(OFFICE), now)
    assert len(db.session.scalars(select(SignInFailure)).all()) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", True),
        ("2001:db8:1:1::1", "2001:db8:1:2::1", False),
        ("", "", True),
        ("unix", "socket", False),
    ],
)
def test_an_ipv6_line_is_one_place(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


minutes = st.lists(st.integers(0, 60), max_size=12).map(sorted)


@given(minutes, st.integers(0, 90))
def test_the_rule_holds_for_any_failures(at: list[int], now: int) -> None:
    """Locked exactly when some five within the window end within the window before now."""
    failures = [START + timedelta(minutes=minute) for minute in at]
    moment = START + timedelta(minutes=now)
    expected = any(
        moment - last < WINDOW
        and len([f for f in failures if timedelta(0) <= last - f < WINDOW]) >= MOST_FROM_ONE
        for last in failures
    )
    assert locks(failures, MOST_FROM_ONE, moment) is expected
