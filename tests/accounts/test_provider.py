"""Signing in through a provider: new, known and linked accounts, mandates, and every refusal."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.settings.environment import SettingsError, from_environment
from consult.people.accounts.models import LinkedIdentity, Person, SecondFactor, SignInSession
from consult.people.accounts.passwords import hashed
from consult.people.organisations.models import Mandate, Organisation, Sector
from tests.accounts.factors import give_app
from tests.accounts.provider import CLIENT, SECRET, Provider, serving, settings, unsigned
from tests.accounts.visitor import address, is_signed_in, mails, sign_in
from tests.cast import person
from tests.conftest import Clock

CALLBACK = "/en/sso/callback"
NOT_FINISHED = "was not finished"


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    """A provider that the application knows."""
    found = Provider()
    with serving(found.app()) as issuer:
        found.issuer = issuer
        wanted = settings(issuer)
        before = {name: app.config[name] for name in wanted}
        app.config.update(wanted)
        yield found
        app.config.update(before)
        app.extensions.pop("consult.provider", None)


def people(name: str = "Noor Nieuw") -> list[Person]:
    return list(db.session.scalars(select(Person).where(Person.display_name == name)))


def said(client: FlaskClient, answer: Any) -> str:
    """Return the page that an answer leads to."""
    return str(client.get(answer.headers["Location"]).text)


def test_without_a_provider_there_is_no_button_and_no_door(client: FlaskClient) -> None:
    assert "/sso" not in client.get("/en/login").text
    assert client.get("/en/sso").status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_a_new_subject_gets_an_account(client: FlaskClient, provider: Provider) -> None:
    assert "Sign in with Rijk" in client.get("/en/login").text
    provider.claims |= {"email": address("noor"), "email_verified": True}
    assert provider.sign_in(client).headers["Location"] == "/en/home"
    assert is_signed_in(client)
    (noor,) = people()
    assert (noor.email, noor.password, noor.language) == (address("noor"), None, "en")
    assert noor.confirmed_at
    assert provider.seen[0]["redirect_uri"].endswith(CALLBACK)


def test_the_same_subject_is_the_same_person(app: Flask, provider: Provider) -> None:
    for _ in range(2):
        client = app.test_client()
        provider.sign_in(client)
        assert is_signed_in(client)
    assert len(people()) == 1
    assert len(db.session.scalars(select(LinkedIdentity)).all()) == 1


def test_another_address_there_changes_nothing_here(app: Flask, provider: Provider) -> None:
    provider.claims |= {"email": address("noor"), "email_verified": True}
    provider.sign_in(app.test_client())
    provider.claims |= {"email": address("pia")}
    client = app.test_client()
    provider.sign_in(client)
    assert is_signed_in(client)
    assert people()[0].email == address("noor")


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_confirmed_is_no_address(
    client: FlaskClient, provider: Provider, verified: Any
) -> None:
    """Nor does it tell whether somebody has it: known and unknown addresses do the same."""
    provider.claims |= {"email": address("pia"), "email_verified": verified}
    assert provider.sign_in(client).headers["Location"] == "/en/home"
    assert people()[0].email is None
    assert "Noor Nieuw" in client.get("/en/profile").text
    assert client.get("/en/security").status_code == 200


def test_an_account_that_is_here_is_never_taken_over(
    client: FlaskClient, provider: Provider
) -> None:
    provider.claims |= {"email": "PIA@consult.example", "email_verified": True}
    answer = provider.sign_in(client)
    assert "by your own means" in said(client, answer)
    assert not is_signed_in(client)
    assert db.session.scalars(select(LinkedIdentity)).all() == []
    assert people() == []


def link(client: FlaskClient, provider: Provider) -> Any:
    page = client.get("/en/security").text
    token = page.partition("/en/sso?link=")[2].partition('"')[0]
    return provider.sign_in(client, link=token)


def test_an_account_that_nobody_confirmed_keeps_nobody_out(
    app: Flask, client: FlaskClient, provider: Provider, clock: Clock
) -> None:
    """A stranger registered the address first; it becomes the account of who owns it."""
    with unit_of_work():
        other = hashed("van-een-ander-hoor")
        db.session.add(Person(email=address("noor"), display_name="Vreemd", password=other))
    stranger = person("noor")
    before = stranger.fs_uniquifier
    provider.claims |= {"email": address("noor"), "email_verified": True}
    provider.sign_in(app.test_client())
    noor = person("noor")
    assert (noor.id, noor.display_name, noor.password) == (stranger.id, "Noor Nieuw", None)
    assert noor.confirmed_at == clock.time
    assert noor.fs_uniquifier != before
    assert not is_signed_in(client)


def test_a_name_there_that_is_a_link_is_not_taken(client: FlaskClient, provider: Provider) -> None:
    provider.claims |= {"name": "Win 500 euro op https://evil.example"}
    provider.sign_in(client)
    assert people("Participant") or people("Deelnemer")


def test_its_owner_links_it(app: Flask, provider: Provider, clock: Clock) -> None:
    client = app.test_client()
    sign_in(client, "pia")
    provider.claims |= {"email": address("pia"), "email_verified": True}
    assert link(client, provider).headers["Location"] == "/en/security"
    assert "linked on" in client.get("/en/security").text
    assert "Rijk" in mails(clock.time)[-1].body
    other = app.test_client()
    provider.sign_in(other)
    assert is_signed_in(other)
    assert people() == []


def test_and_unlinks_it(app: Flask, provider: Provider) -> None:
    client = app.test_client()
    sign_in(client, "pia")
    link(client, provider)
    number = db.session.scalars(select(LinkedIdentity.id)).one()
    lotte = app.test_client()
    sign_in(lotte, "lotte")
    assert lotte.post(f"/en/security/identities/{number}/remove").status_code == 404
    assert client.post(f"/en/security/identities/{number}/remove").status_code == 303
    provider.claims |= {"email": address("pia"), "email_verified": True}
    other = app.test_client()
    provider.sign_in(other)
    assert not is_signed_in(other)


def test_the_only_way_in_is_not_unlinked(client: FlaskClient, provider: Provider) -> None:
    provider.sign_in(client)
    number = db.session.scalars(select(LinkedIdentity.id)).one()
    assert client.post(f"/en/security/identities/{number}/remove").status_code == 422
    assert len(db.session.scalars(select(LinkedIdentity)).all()) == 1


def test_one_identity_belongs_to_one_person(app: Flask, provider: Provider) -> None:
    for name, linked in (("pia", True), ("lotte", False)):
        client = app.test_client()
        sign_in(client, name)
        answer = link(client, provider)
        assert ("Another account here" in said(client, answer)) is not linked
    assert len(db.session.scalars(select(LinkedIdentity)).all()) == 1


def test_nobody_links_without_a_page_of_ours(app: Flask, provider: Provider) -> None:
    """A link that a stranger planted, or that belongs to somebody else, links nothing."""
    client, lotte = app.test_client(), app.test_client()
    sign_in(client, "pia")
    sign_in(lotte, "lotte")
    theirs = lotte.get("/en/security").text.partition("?link=")[2].partition('"')[0]
    for token in ("x", theirs):
        answer = client.get("/en/sso", query_string={"link": token})
        assert answer.headers["Location"] == "/en/security"
    assert app.test_client().get(f"/en/sso?link={theirs}").headers["Location"] == "/en/login"
    assert provider.seen == []


def test_linking_asks_who_is_there(client: FlaskClient, provider: Provider, clock: Clock) -> None:
    sign_in(client, "pia")
    clock.forward(minutes=16)
    token = client.get("/en/security").text.partition("?link=")[2].partition('"')[0]
    assert "/verify" in client.get(f"/en/sso?link={token}").headers["Location"]
    assert provider.seen == []


def test_who_was_too_long_there_links_nothing(
    client: FlaskClient, provider: Provider, clock: Clock
) -> None:
    """Somebody else may have sat down at the browser since the password was given."""
    sign_in(client, "pia")
    clock.forward(minutes=14)
    token = client.get("/en/security").text.partition("?link=")[2].partition('"')[0]
    query = provider.agree(client.get(f"/en/sso?link={token}").headers["Location"])
    clock.forward(minutes=2)
    assert NOT_FINISHED in said(client, client.get(f"{CALLBACK}?{query}"))
    assert db.session.scalars(select(LinkedIdentity)).all() == []


def test_what_one_person_began_links_nobody_else(client: FlaskClient, provider: Provider) -> None:
    """Pia begins, and in the same browser Lotte signs in before the provider answers."""
    sign_in(client, "pia")
    token = client.get("/en/security").text.partition("?link=")[2].partition('"')[0]
    query = provider.agree(client.get(f"/en/sso?link={token}").headers["Location"])
    client.post("/en/logout")
    sign_in(client, "lotte")
    assert NOT_FINISHED in said(client, client.get(f"{CALLBACK}?{query}"))
    assert db.session.scalars(select(LinkedIdentity)).all() == []


# The second factor


@pytest.mark.parametrize(
    ("claims", "counts"),
    [
        ({"amr": ["pwd", "mfa"]}, True), ({"acr": "high"}, True), ({"amr": "mfa"}, False),
        ({}, False), ({"amr": ["pwd"]}, False), ({"acr": "mfa"}, False), ({"amr": {}}, False),
    ],
)  # fmt: skip
def test_a_second_factor_there_counts_here(
    client: FlaskClient, provider: Provider, clock: Clock, claims: Any, counts: bool
) -> None:
    sign_in(client, "pia")
    link(client, provider)
    give_app("pia", clock.time)
    client.post("/en/logout")
    provider.claims |= claims
    assert (provider.sign_in(client).headers["Location"] == "/en/home") is counts
    assert is_signed_in(client) is counts
    found = db.session.scalars(select(SignInSession)).all()
    assert [row.second for row in found] == ([SecondFactor.PROVIDER] if counts else [])


def test_a_role_counts_after_a_second_factor_there(
    app: Flask, client: FlaskClient, provider: Provider
) -> None:
    app.config["SECOND_FACTOR"] = "required"
    try:
        sign_in(client, "mo")
        link(client, provider)
        for claims, status in (({"amr": ["mfa"]}, 200), ({"amr": ["pwd"]}, 302)):
            client.post("/en/logout")
            provider.claims |= claims
            provider.sign_in(client)
            assert client.get("/en/moderation").status_code == status
    finally:
        app.config["SECOND_FACTOR"] = "optional"


# The organisation


def mandates() -> list[tuple[str, date | None, bool]]:
    found = db.session.scalars(
        select(Mandate).join(Person, Person.id == Mandate.person_id)
        .where(Person.display_name == "Noor Nieuw").order_by(Mandate.id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return [(one.organisation.slug, one.ends_on, bool(one.confirmed_at)) for one in found]


@pytest.mark.parametrize("claim", ["helder-bestuur", ["helder-bestuur", "onbekend"]])
def test_the_provider_confirms_for_whom_one_speaks(
    client: FlaskClient, provider: Provider, claim: Any
) -> None:
    provider.claims["organisation"] = claim
    provider.sign_in(client)
    assert mandates() == [("helder-bestuur", None, True)]
    assert people()[0].grants.ids("organisation")
    assert not people()[0].grants.has("organisation", None, "contact")
    assert not [fact for fact in people()[0].grants.facts if fact[0] in {"plan", "platform"}]


def test_it_ends_when_the_provider_no_longer_says_so(
    app: Flask, provider: Provider, clock: Clock
) -> None:
    with unit_of_work():
        db.session.add(Organisation(
            slug="ander", name="Ander", sector=Sector.GOVERNMENT, tooi="gm0344",
            created_at=clock.time,
        ))  # fmt: skip
    for claim in ("helder-bestuur", "helder-bestuur", "gm0344", None, "helder-bestuur"):
        provider.claims["organisation"] = claim
        provider.sign_in(app.test_client())
        clock.forward(days=1)
    day = (clock.time - timedelta(days=5)).date()
    assert mandates() == [
        ("helder-bestuur", day + timedelta(days=2), True),
        ("ander", day + timedelta(days=3), True),
        ("helder-bestuur", None, True),
    ]


def test_what_people_recorded_themselves_is_left(
    app: Flask, client: FlaskClient, provider: Provider
) -> None:
    sign_in(client, "kees")
    link(client, provider)
    assert person("kees").grants.ids("organisation")
    provider.sign_in(app.test_client())
    person("kees").forget_grants()
    assert person("kees").grants.ids("organisation")


def test_it_ends_when_the_account_is_unlinked(client: FlaskClient, provider: Provider) -> None:
    sign_in(client, "sam")
    provider.claims["organisation"] = "helder-bestuur"
    link(client, provider)
    assert person("sam").grants.ids("organisation")
    number = db.session.scalars(select(LinkedIdentity.id)).one()
    client.post(f"/en/security/identities/{number}/remove")
    person("sam").forget_grants()
    assert not person("sam").grants.ids("organisation")


# Refusals


def in_the_past(provider: Provider) -> None:
    provider.claims["exp"] = int(time.time()) - 600


def change(**claims: Any) -> Any:
    return lambda provider: provider.claims.update(claims)


def leave_out(name: str) -> Any:
    return lambda provider: provider.without.add(name)


def sign_with(alg: str, key: Any) -> Any:
    def told(provider: Provider) -> None:
        provider.signs = (alg, key)
        provider.says_alg = [alg, "RS256"]

    return told


def another_issuer(provider: Provider) -> None:
    provider.says_issuer = "https://evil.example"


WRONG = {
    "issuer of the token": change(iss="https://evil.example"),
    "issuer of the provider": another_issuer,
    "audience": change(aud="somebody-else"),
    "nonce": change(nonce="another"),
    "no nonce": leave_out("nonce"),
    "no subject": leave_out("sub"),
    "empty subject": change(sub=""),
    "expired": in_the_past,
    "no expiry": leave_out("exp"),
    "no issuer": leave_out("iss"),
    "no audience": leave_out("aud"),
    "unsigned": sign_with(*unsigned()),
    "signed with our secret": sign_with("HS256", OctKey.import_key(SECRET)),
    "signed with another key": sign_with("RS256", RSAKey.generate_key(2048, {"kid": "one"})),
    "for another client": change(aud=[CLIENT, "other"], azp="other"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_refused(client: FlaskClient, provider: Provider, wrong: Any) -> None:
    there = client.get("/en/sso").headers["Location"]
    query = provider.agree(there)
    app_knows = client.application.extensions["consult.provider"][1]
    app_knows.server_metadata.pop("_loaded_at", None)  # what the provider says is read anew
    wrong(provider)
    answer = client.get(f"{CALLBACK}?{query}")
    assert answer.headers["Location"] == "/en/login"
    assert not is_signed_in(client)
    assert people() == []
    assert db.session.scalars(select(LinkedIdentity)).all() == []


def test_what_is_refused_is_said(client: FlaskClient, provider: Provider) -> None:
    change(aud="x")(provider)
    assert NOT_FINISHED in said(client, provider.sign_in(client))


@pytest.mark.parametrize("query", ["", "code=x", "code=x&state=", "code=x&state=guess"])
def test_without_a_state_of_this_browser_nothing_happens(
    client: FlaskClient, provider: Provider, query: str
) -> None:
    client.get("/en/sso")
    assert NOT_FINISHED in said(client, client.get(f"{CALLBACK}?{query}"))
    assert provider.seen == []


def test_the_answer_to_another_browser_is_refused(app: Flask, provider: Provider) -> None:
    mine, theirs = app.test_client(), app.test_client()
    query = provider.agree(mine.get("/en/sso").headers["Location"])
    theirs.get("/en/sso")
    assert NOT_FINISHED in said(theirs, theirs.get(f"{CALLBACK}?{query}"))
    assert not is_signed_in(theirs)
    assert provider.seen == []


def test_an_answer_counts_once(app: Flask, client: FlaskClient, provider: Provider) -> None:
    """Whoever copied cookie and address comes too late."""
    query = provider.agree(client.get("/en/sso").headers["Location"])
    cookie = client.get_cookie("consult")
    assert cookie
    client.get(f"{CALLBACK}?{query}")
    assert is_signed_in(client)
    thief = app.test_client()
    thief.set_cookie("consult", cookie.value)
    thief.get(f"{CALLBACK}?{query}")
    assert not is_signed_in(thief)
    assert len(provider.seen) == 1


def test_who_breaks_it_off_there_reads_so(client: FlaskClient, provider: Provider) -> None:
    query = provider.agree(client.get("/en/sso").headers["Location"])
    state = query.partition("state=")[2]
    answer = client.get(f"{CALLBACK}?error=access_denied&state={state}")
    assert "broken off there" in said(client, answer)


def test_a_provider_that_is_away_is_a_sentence(
    app: Flask, client: FlaskClient, provider: Provider
) -> None:
    assert provider
    app.config["OIDC_ISSUER"] = "http://127.0.0.1:9"
    answer = client.get("/en/sso")
    assert "We cannot reach the service" in said(client, answer)
    assert client.get("/en/login").status_code == 200


def test_a_provider_that_breaks_halfway_is_a_sentence(
    client: FlaskClient, provider: Provider
) -> None:
    provider.is_broken = True
    answer = provider.sign_in(client)
    assert "We cannot reach" in said(client, answer) or NOT_FINISHED in said(client, answer)
    assert not is_signed_in(client)


def test_a_closed_account_stays_closed(app: Flask, provider: Provider) -> None:
    provider.sign_in(app.test_client())
    with unit_of_work():
        people()[0].active = False
    client = app.test_client()
    assert "You cannot sign in here with this." in said(client, provider.sign_in(client))
    assert not is_signed_in(client)


@pytest.mark.parametrize("leads_to", ["https://evil.example", "//evil.example/"])
def test_it_leads_nowhere_else(client: FlaskClient, provider: Provider, leads_to: str) -> None:
    assert provider.sign_in(client, next=leads_to).headers["Location"] == "/en/home"


def test_it_leads_where_one_wanted_to_go(client: FlaskClient, provider: Provider) -> None:
    assert provider.sign_in(client, next="/en/profile").headers["Location"] == "/en/profile"


def test_the_host_header_does_not_say_where_to_come_back(
    client: FlaskClient, provider: Provider
) -> None:
    there = client.get("/en/sso", headers={"Host": "evil.example"}).headers["Location"]
    assert "evil" not in there
    assert provider


@pytest.mark.parametrize(
    "environ",
    [
        {"CONSULT_OIDC_ISSUER": "http://login.example", "CONSULT_OIDC_CLIENT_ID": "x"},
        {"CONSULT_OIDC_ISSUER": "https://login.example"},
    ],
)
def test_settings_that_cannot_be_used_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="CONSULT_OIDC"):
        from_environment(environ)
    assert from_environment({})["OIDC_ISSUER"] == ""
