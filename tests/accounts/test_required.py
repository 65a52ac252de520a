"""Where a second factor is required, who has none has none of the roles, on any route."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.consultation.plans.queries import get_plan
from consult.foundation.core.errors import NotAllowed, SecondFactorNeeded
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.settings.environment import SettingsError, from_environment
from consult.people.accounts.models import SecondFactor
from tests.accounts.factors import enrol, give_app
from tests.accounts.visitor import sign_in
from tests.cast import PASSWORD, person
from tests.cast import sign_in as hold
from tests.conftest import Clock
from tests.house.test_matrix import (
    VERBS,
    Case,
    about,
    address,
    cases,
    counts,
    is_refusal,
    rules,
    things,
)
from tests.policy.matrix import cells
from tests.samples import SHORT_AND_LONG, is_drawn

__all__ = ["things"]
ROLES = {"mo": "moderator", "ana": "organiser", "bo": "approver", "adi": "administrator"}
TO_FACTOR = "/security/authenticator"


@pytest.fixture(autouse=True)
def required(app: Flask) -> Iterator[None]:
    """Require it, as the default does outside the tests and the demonstration."""
    app.config["SECOND_FACTOR"] = "required"
    yield
    app.config["SECOND_FACTOR"] = "optional"


@pytest.fixture
def made(app: Flask, request: pytest.FixtureRequest) -> dict[str, list[Case]]:
    """A thing in every state, made by people whose roles still counted."""
    app.config["SECOND_FACTOR"] = "optional"
    found: dict[str, list[Case]] = request.getfixturevalue("things")
    app.config["SECOND_FACTOR"] = "required"
    for who in ROLES:
        person(who).forget_grants()
    return found


def allowed(actor: Actor, now: datetime) -> set[tuple[Action, str]]:
    return {(cell.action, cell.state) for cell in cells(now, {"": actor}) if cell.allowed}


def test_it_is_the_default_but_in_the_demonstration() -> None:
    assert from_environment({})["SECOND_FACTOR"] == "required"
    assert from_environment({"CONSULT_DEMONSTRATION": "1"})["SECOND_FACTOR"] == "optional"
    with pytest.raises(SettingsError, match="CONSULT_SECOND_FACTOR"):
        from_environment({"CONSULT_SECOND_FACTOR": "yes"})


@pytest.mark.parametrize("name", ROLES)
def test_without_one_the_policy_knows_no_role(name: str, now: datetime) -> None:
    """Each may what a stranger may, in every state, and all of it with a second factor."""
    who = person(name)
    stranger = allowed(person("sam"), now)
    assert allowed(who, now) == stranger
    who.second_factor_given = True
    who.forget_grants()
    assert allowed(who, now) > stranger or name == "bo"
    assert who.grants.facts


@pytest.mark.parametrize("name", ["pia", "hanna", "coen", "sam"])
def test_nobody_else_needs_one(name: str, now: datetime) -> None:
    who = person(name)
    before = allowed(who, now)
    assert who.waiting_grants is None
    who.second_factor_given = True
    who.forget_grants()
    assert allowed(who, now) == before


@pytest.mark.one_engine
@pytest.mark.parametrize("name", ROLES)
@SHORT_AND_LONG
def test_no_route_gives_a_role_to_who_has_none(
    app: Flask, now: datetime, made: dict[str, list[Case]], name: str, everything: bool
) -> None:
    browser, stranger = app.test_client(), person("sam")
    hold(browser, name)
    before, wrong, tried = counts(), [], 0
    for method in ("GET", "POST"):
        for rule, action in rules(app, method):
            verbs = VERBS.items() if "verb" in rule.arguments else [("publish", action)]
            for verb, asked in verbs if method == "POST" else [("publish", action)]:
                for case in cases(rule, action, made):
                    drawn = is_drawn(f"{name} {method} {rule} {verb} {case.state}", 16)
                    if not (everything or drawn) or can(stranger, asked, about(case), now):
                        continue
                    path = address(app, rule, {**case.arguments, "verb": verb})
                    data = {"reason": "Daarom.", "ground": "offensive"}
                    answer = browser.open(path, method=method, data=data)
                    tried += 1
                    led = TO_FACTOR in answer.headers.get("Location", "")
                    if not led and not is_refusal(answer):
                        wrong.append(f"{method} {path} ({case.state}): {answer.status_code}")
    assert not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:30])
    assert counts() == before
    assert tried > (200 if everything else 10)


@pytest.mark.parametrize("second", SecondFactor)
def test_every_second_factor_counts(app: Flask, second: SecondFactor) -> None:
    browser = app.test_client()
    hold(browser, "mo", second)
    assert browser.get("/en/moderation").status_code == 200


def test_a_session_from_before_does_not_count(app: Flask, clock: Clock) -> None:
    """Another device, signed in before the app was set up: it asks for a code first."""
    elsewhere = app.test_client()
    hold(elsewhere, "mo")
    mine, _ = give_app("mo", clock.time)
    clock.forward(minutes=1)
    answer = elsewhere.get("/en/moderation")
    assert TO_FACTOR in answer.headers["Location"]
    asked = elsewhere.get(answer.headers["Location"])
    assert "/security/verify" in asked.headers["Location"]
    form = {"code": mine.code(clock.time), "next": "/en/moderation"}
    assert elsewhere.post(asked.headers["Location"], data=form).status_code == 303
    assert elsewhere.get("/en/moderation").status_code == 200


def test_after_signing_in_one_is_led_to_it_and_on(client: FlaskClient, clock: Clock) -> None:
    answer = sign_in(client, "mo", next="/en/moderation")
    there = answer.headers["Location"]
    assert there == "/en/security/authenticator?next=/en/moderation"
    page = client.get(there).text
    assert "Your role counts once you have a second factor" in page
    enrol(client, clock.time)
    assert client.get("/en/moderation").status_code == 200


def test_every_page_says_what_waits(client: FlaskClient, clock: Clock) -> None:
    hold(client, "mo")
    for path in ("/en/home", "/en/profile", "/en/rounds/open", "/en/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Your role counts once you have given a second factor." in answer.text
    enrol(client, clock.time)
    assert "Your role counts once" not in client.get("/en/home").text


def test_public_pages_and_ones_own_stay_open(client: FlaskClient) -> None:
    hold(client, "ana")
    for path in ("/", "/plans/open-overheid", "/rounds/open", "/home", "/profile", "/security",
                 "/change", "/mandates", "/proposals/mine"):  # fmt: skip
        assert client.get(f"/nl{path}").status_code == 200, path


def test_what_was_typed_is_kept(client: FlaskClient) -> None:
    hold(client, "ana")
    answer = client.post("/en/plans/open-overheid/themes/new", data={"title_nl": "Mijn thema"})
    assert answer.status_code == 403
    assert "A second factor first" in answer.text
    assert "Mijn thema" in answer.text
    assert "/en/security/authenticator" in answer.text


def test_who_has_no_role_is_not_told_about_factors(now: datetime) -> None:
    plan = get_plan("open-overheid")
    with pytest.raises(NotAllowed) as refused:
        ensure(person("sam"), Action.PLAN_MANAGE, plan, now)
    assert not isinstance(refused.value, SecondFactorNeeded)
    with pytest.raises(SecondFactorNeeded):
        ensure(person("ana"), Action.PLAN_MANAGE, plan, now)


def test_turning_it_off_takes_the_role_from_every_session(app: Flask, clock: Clock) -> None:
    give_app("mo", clock.time)
    here, there = app.test_client(), app.test_client()
    hold(here, "mo", SecondFactor.AUTHENTICATOR)
    hold(there, "mo", SecondFactor.RECOVERY)
    here.post("/en/security/authenticator/off")
    for browser in (here, there):
        assert TO_FACTOR in browser.get("/en/moderation").headers["Location"]


def test_outside_a_session_only_who_has_one_holds_the_role(clock: Clock, now: datetime) -> None:
    plan: Any = get_plan("open-overheid")
    assert not can(person("ana"), Action.PLAN_MANAGE, plan, now)
    give_app("ana", clock.time)
    person("ana").forget_grants()
    assert can(person("ana"), Action.PLAN_MANAGE, plan, now)


@pytest.mark.parametrize("later", [{"minutes": 1}, {"days": 2}])
def test_who_knows_the_password_only_cannot_make_a_second_factor_of_it(
    app: Flask, clock: Clock, later: dict[str, float]
) -> None:
    """Somebody signed in with Adi's password before she enrolled; then she does."""
    thief = app.test_client()
    sign_in(thief, "adi")
    give_app("adi", clock.time)
    clock.forward(**later)
    changed = {
        "password": PASSWORD, "new_password": "een-ander-lang-wachtwoord",
        "new_password_confirm": "een-ander-lang-wachtwoord",
    }  # fmt: skip
    assert "/security/verify" in thief.post("/en/change", data=changed).headers["Location"]
    for path in ("/security/passkeys/new", "/security/authenticator", "/people"):
        answer = thief.get(f"/en{path}")
        assert answer.status_code in {302, 303}, path
        assert "/security/" in answer.headers["Location"]
    assert thief.post("/en/security/authenticator/off").status_code in {302, 303}
    assert person("adi").totp_secret


def test_a_changed_password_proves_no_more_than_before(app: Flask, clock: Clock) -> None:
    thief = app.test_client()
    sign_in(thief, "pia")
    clock.forward(minutes=20)
    changed = {
        "password": PASSWORD, "new_password": "een-ander-lang-wachtwoord",
        "new_password_confirm": "een-ander-lang-wachtwoord",
    }  # fmt: skip
    assert thief.post("/en/change", data=changed).status_code in {302, 303}
    answer = thief.get("/en/security/passkeys/new")
    assert "/security/verify" in answer.headers["Location"]
