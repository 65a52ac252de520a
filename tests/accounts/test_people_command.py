"""`flask consult people ...`: what an operator does with accounts, and its sentences."""

from typing import Any

import pytest
from flask import Flask

from tests.accounts.visitor import address, is_signed_in, sign_in
from tests.cast import PASSWORD, person


@pytest.fixture
def run(app: Flask) -> Any:
    runner = app.test_cli_runner()
    return lambda *args, **more: runner.invoke(args=["consult", "people", *args], **more)


def test_people_are_listed_by_address(run: Any) -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines == sorted(lines)
    assert any(line.startswith(address("pia")) and "Pia Jansen" in line for line in lines)
    assert any(address("adi") in line and "administrator" in line for line in lines)


def test_an_account_is_made_and_used(run: Any, client: Any) -> None:
    options = ("--email", address("nieuw"), "--name", "Nienke Nieuw", "--password", PASSWORD)
    result = run("create", *options, "--administrator")
    assert (result.exit_code, result.stderr) == (0, "")
    assert sign_in(client, "nieuw").status_code == 302
    assert is_signed_in(client)
    assert person("nieuw").grants.has("platform", 0, "administrator")


@pytest.mark.parametrize(
    ("email", "name", "password", "said"),
    [
        ("pia@consult.example", "X", PASSWORD, "already"),
        ("geen-adres", "X", PASSWORD, "e-mail address"),
        ("x@consult.example", " ", PASSWORD, "name"),
        ("x@consult.example", "X", "kort", "12"),
    ],
)
def test_a_refusal_is_a_sentence_and_one(
    run: Any, email: str, name: str, password: str, said: str
) -> None:
    result = run("create", "--email", email, "--name", name, "--password", password)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert said in result.stderr
    assert result.stderr.strip().endswith(".")


@pytest.mark.parametrize(
    "command",
    [("make-administrator",), ("set-password", "--password", PASSWORD), ("close", "--yes")],
)
def test_an_unknown_address_is_told(run: Any, command: tuple[str, ...]) -> None:
    result = run(*command, "niemand@consult.example")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Nobody here has this e-mail address" in result.stderr


def test_an_administrator_is_made(run: Any) -> None:
    assert run("make-administrator", address("sam")).exit_code == 0
    assert person("sam").grants.has("platform", 0, "administrator")


def test_a_password_is_set(run: Any, client: Any) -> None:
    new = "een-heel-nieuw-wachtwoord"
    assert run("set-password", address("pia"), "--password", new).exit_code == 0
    assert sign_in(client, "pia", new).status_code == 302
    assert run("set-password", address("pia"), "--password", "kort").exit_code == 1


def test_an_account_is_closed_after_asking(run: Any, client: Any) -> None:
    assert run("close", address("pia"), input="n\n").exit_code == 1
    assert sign_in(client, "pia").status_code == 302
    assert run("close", address("pia"), "--yes").exit_code == 0
    assert not is_signed_in(client)
    assert address("pia") not in run("list").stdout


def test_the_worker_wants_the_key_of_the_site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It signs links in mails: with another key they would all be dead."""
    monkeypatch.setitem(app.config, "SECRET_KEY", "only-for-commands")
    result = app.test_cli_runner().invoke(args=["consult", "work", "--once"])
    assert result.exit_code == 1
    assert "CONSULT_SECRET_KEY" in result.stderr
