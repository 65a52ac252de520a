"""A static file is kept for a year under the address that names what it holds, and nowhere else."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.foundation.core.assets import asset

STYLES = "css/consult.css"


def kept(client: FlaskClient, address: str) -> str:
    return client.get(address).headers.get("Cache-Control", "")


def test_under_its_digest_it_is_kept(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = asset(STYLES)
    assert kept(client, address) == "public, max-age=31536000, immutable"
    assert not client.get(address).headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    "address",
    [f"/static/{STYLES}", f"/static/{STYLES}?v=000000000000", f"/static/{STYLES}?v="],
)
def test_under_another_it_is_asked_for_each_time(client: FlaskClient, address: str) -> None:
    assert kept(client, address) == "no-cache"


@pytest.mark.parametrize("name", ["css/none.css", "../pyproject.toml", "css"])
def test_what_is_not_there_is_not_kept(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{name}?v=missing")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_every_page_names_its_files_by_digest(client: FlaskClient) -> None:
    page = client.get("/nl/").text
    assert "v=missing" not in page
    named = re.findall(r"/static/(?!vendor/fonts/)[^\"]+", page)  # the styles say where fonts are
    assert len(named) > 5
    assert all("?v=" in one for one in named)
