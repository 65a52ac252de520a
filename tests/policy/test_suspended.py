"""Who is suspended is an anonymous reader, with a cookie of before as well as with the password."""

from typing import Any

import pytest
from flask import Flask

from consult.foundation.core.unit_of_work import unit_of_work
from tests.accounts.visitor import is_signed_in, sign_in
from tests.cast import person

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.one_engine]
PATHS = ["/en/home", "/en/profile", "/en/rounds/open/proposals/new", "/en/invitations/mine"]


def test_the_password_opens_nothing(browse: Any) -> None:
    client = browse()
    answer = sign_in(client, "sacha")
    assert answer.status_code == 422
    assert answer.text.count("is not right") >= 1, "the sentence of any wrong password"
    assert not is_signed_in(client)


def test_a_cookie_of_before_is_worth_nothing_from_that_moment(browse: Any) -> None:
    client = browse()
    with unit_of_work():
        person("sacha").active = True
    assert sign_in(client, "sacha").status_code == 302
    assert client.get("/en/rounds/open/proposals/new").status_code == 200
    cookie = client.get_cookie("consult")
    assert cookie is not None
    with unit_of_work():
        person("sacha").active = False
    assert client.get_cookie("consult") == cookie
    for path in PATHS:
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/login" in answer.headers["Location"]
    assert client.post("/en/profile", data={"display_name": "X"}).status_code == 401


def test_with_the_cookie_a_page_is_what_an_anonymous_reader_sees(app: Flask, browse: Any) -> None:
    assert app
    for path in ("/en/rounds/open", "/en/plans/open-overheid", "/en/bodies/stakeholderforum"):
        assert browse("sacha").get(path).text == browse().get(path).text
