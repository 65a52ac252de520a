"""Pages go over the wire compressed, but never a secret beside words that somebody else chose."""

import gzip
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from consult.foundation.core.compression import LEAST, MOST_BLUR, compressed

TAKEN = {"Accept-Encoding": "gzip, deflate, br"}
PLAN = "/nl/plans/open-overheid"


def coding(answer: TestResponse) -> str | None:
    assert answer.status_code < 500
    return answer.headers.get("Content-Encoding")


def test_a_page_comes_compressed_and_is_the_same_page(client: FlaskClient) -> None:
    answer, as_it_is = client.get(PLAN, headers=TAKEN), client.get(PLAN)
    assert coding(answer) == "gzip"
    assert gzip.decompress(answer.data) == as_it_is.data
    assert len(answer.data) == answer.content_length < len(as_it_is.data) / 3
    for one in (answer, as_it_is):
        assert "Accept-Encoding" in one.headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "zstd"])
def test_who_takes_no_gzip_gets_the_page_as_it_is(client: FlaskClient, accepted: str) -> None:
    assert coding(client.get(PLAN, headers={"Accept-Encoding": accepted})) is None


def test_what_somebody_looks_for_is_compressed_for_who_is_not_known(client: FlaskClient) -> None:
    assert coding(client.get("/nl/search?q=woord", headers=TAKEN)) == "gzip"


def test_who_is_known_gets_no_words_of_others_compressed(browse: Any) -> None:
    """The attack needs a secret and a guess in the same compressed answer (BREACH)."""
    pia = browse("pia")
    assert coding(pia.get("/nl/search", headers=TAKEN)) == "gzip"
    assert coding(pia.get("/nl/search?q=woord", headers=TAKEN)) is None
    assert coding(pia.post("/nl/profile", data={"name": ""}, headers=TAKEN)) is None


def test_a_form_with_a_token_is_no_guess_either(client: FlaskClient) -> None:
    """Who comes to a form without signing in is known from there on, by a cookie."""
    answer = client.get("/nl/login?next=/nl/", headers=TAKEN)
    assert "Set-Cookie" in answer.headers
    assert coding(answer) is None


def test_the_length_of_a_page_for_somebody_says_little() -> None:
    page = b"<p>Pia</p>" * LEAST
    assert compressed(page) == compressed(page)
    lengths = {len(compressed(page, blurred=True)) - len(compressed(page)) for _ in range(200)}
    assert len(lengths) > MOST_BLUR / 3
    assert min(lengths) > 0
    assert max(lengths) <= MOST_BLUR + 1
    assert gzip.decompress(compressed(page, blurred=True)) == page


def test_a_file_is_sent_as_it_is(client: FlaskClient) -> None:
    """Parts of it can be asked for, and they are parts of the file."""
    answer = client.get(f"{PLAN}/plan.pdf", headers=TAKEN)
    assert coding(answer) is None
    assert answer.data.startswith(b"%PDF")
