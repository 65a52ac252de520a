"""Who guesses is locked out: by account, by place, across processes, and not for longer."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consult.accounts.lockout import (
    MOST_FOR_ACCOUNT,
    WINDOW,
    begin_attempt,
    forgive,
    locks,
    place_of,
)
from consult.accounts.models import SignInFailure
from consult.core.clock import now as present
from consult.core.db import db
from tests.accounts.visitor import WRONG, address, ask, is_signed_in, mails, press, sign_in
from tests.cast import PASSWORD
from tests.conftest import Clock

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fail(client: FlaskClient, name: str, times: int) -> None:
    for _ in range(times):
        sign_in(client, name, WRONG)


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


def test_twenty_from_one_place_lock_the_place(app: Flask, client: FlaskClient) -> None:
    for number in range(20):
        sign_in(client, f"iemand{number}", WRONG)
    assert is_locked(sign_in(client, "pia"))
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert sign_in(elsewhere, "pia").status_code == 302


def test_a_success_of_ones_own_does_not_clear_the_place(client: FlaskClient) -> None:
    for number in range(19):
        sign_in(client, f"iemand{number}", WRONG)
    sign_in(client, "sam")
    client.post("/nl/logout")
    sign_in(client, "iemand19", WRONG)
    assert is_locked(sign_in(client, "pia"))


def test_a_header_that_claims_another_place_changes_nothing(client: FlaskClient) -> None:
    for number in range(20):
        client.post(
            "/en/login",
            data={"email": address(f"iemand{number}"), "password": WRONG},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
    assert is_locked(sign_in(client, "pia"))


def test_who_is_locked_out_gets_in_by_mail(client: FlaskClient, clock: Clock) -> None:
    fail(client, "pia", 5)
    ask(client, "/en/us-signin/send-code", "pia")
    press(client, mails(clock.time)[0].path)
    assert is_signed_in(client)
    client.post("/nl/logout")
    assert sign_in(client, "pia").status_code == 302


def test_codes_lock_too_and_the_password_still_works(client: FlaskClient, clock: Clock) -> None:
    ask(client, "/en/us-signin/send-code", "pia")
    code = mails(clock.time)[0].code
    form = {"identity": address("pia"), "passcode": "00000000"}
    for _ in range(5):
        assert not is_locked(client.post("/en/us-signin", data=form))
    assert is_locked(client.post("/en/us-signin", data={**form, "passcode": code}))
    assert not is_signed_in(client)
    assert sign_in(client, "pia").status_code == 302


def test_a_present_password_is_guessed_five_times_at_most(browse: Any, client: Any) -> None:
    pia, new = browse("pia"), "een-heel-nieuw-wachtwoord"
    form = {"new_password": new, "new_password_confirm": new}
    for _ in range(5):
        pia.post("/en/change", data={"password": WRONG, **form})
    assert is_locked(pia.post("/en/change", data={"password": PASSWORD, **form}))
    assert is_locked(sign_in(client, "pia"))


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


def test_old_failures_are_thrown_away(client: FlaskClient, clock: Clock) -> None:
    fail(client, "pia", 3)
    clock.forward(minutes=31)
    fail(client, "sam", 1)
    assert len(db.session.scalars(select(SignInFailure)).all()) == 1


def test_tries_at_one_instant_are_counted_as_one_after_another(app: Flask) -> None:
    """Each has a connection of its own, as processes have."""
    let_through: list[int] = []
    start = threading.Barrier(12)

    def guess() -> None:
        with app.app_context():
            start.wait()
            if begin_attempt("pia", "192.0.2.1", present()):
                let_through.append(1)
            db.session.remove()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) <= MOST_FOR_ACCOUNT


def test_forgiving_forgets_that_account_alone(app: Flask, now: datetime) -> None:
    assert app
    for account in ("een", "ander"):
        begin_attempt(account, "192.0.2.1", now)
    forgive("een")
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
    assert (place_of(one) == place_of(other)) is same


minutes = st.lists(st.integers(0, 60), max_size=12).map(sorted)


@given(minutes, st.integers(0, 90))
def test_the_rule_holds_for_any_failures(at: list[int], now: int) -> None:
    """Locked exactly when some five within the window end within the window before now."""
    failures = [START + timedelta(minutes=minute) for minute in at]
    moment = START + timedelta(minutes=now)
    expected = any(
        moment - last < WINDOW
        and len([f for f in failures if timedelta(0) <= last - f < WINDOW]) >= MOST_FOR_ACCOUNT
        for last in failures
    )
    assert locks(failures, MOST_FOR_ACCOUNT, moment) is expected
