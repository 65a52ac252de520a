"""A static file is kept for a year under the address that names what it holds, and nowhere else."""

import gzip
import re
from pathlib import Path

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
    named = re.findall(r"/static/[^\"]+", page)
    assert len(named) > 5
    assert all("?v=" in one for one in named)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_text_comes_in_the_smallest_coding_that_is_taken(
    client: FlaskClient, accepted: str, coding: str | None
) -> None:
    answer = client.get(f"/static/{STYLES}", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.mimetype == "text/css"
    assert "Accept-Encoding" in answer.headers["Vary"]
    as_it_is = client.get(f"/static/{STYLES}").data
    assert (len(answer.data) < len(as_it_is) / 3) == (coding is not None)
    if coding == "gzip":
        assert gzip.decompress(answer.data) == as_it_is


def test_a_coding_has_a_tag_of_its_own(client: FlaskClient) -> None:
    """A cache that holds one coding must not take it for the other."""
    tags = {
        client.get(f"/static/{STYLES}", headers={"Accept-Encoding": one}).headers["ETag"]
        for one in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


def test_a_text_that_changed_since_it_was_compressed_goes_out_as_it_is(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Path(str(app.static_folder))
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "consult.css").write_bytes((held / STYLES).read_bytes())
    (tmp_path / "vendor").symlink_to(held / "vendor")
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    taken = {"Accept-Encoding": "br"}
    assert client.get(f"/static/{STYLES}", headers=taken).headers["Content-Encoding"] == "br"
    (tmp_path / "css" / "consult.css").write_text("main { color: red }")
    changed = client.get(f"/static/{STYLES}", headers=taken)
    assert changed.text == "main { color: red }"
    assert "Content-Encoding" not in changed.headers


def test_a_font_is_kept_for_a_year_and_not_compressed_twice(client: FlaskClient) -> None:
    address = re.search(r"/static/vendor/fonts/[^\"]+", client.get("/nl/").text)
    assert address
    answer = client.get(address[0], headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.data.startswith(b"wOF2")
