"""Where the switch of language leads: never to an address that only takes forms."""

from typing import Any

import pytest

from tests.html_page import read_page

OURS = "http://127.0.0.1:5000"


def switch(answer: Any) -> str:
    (there,) = {one.to for one in read_page(answer.text).links if one.rel == "alternate"}
    return there


@pytest.mark.parametrize(
    ("came_from", "there"),
    [
        (f"{OURS}/en/plans?q=a#top", "/nl/plans?q=a"),
        (f"{OURS}/nl/plans", "/nl/plans"),
        (f"{OURS}/en/switch-language", "/nl/"),
        (f"{OURS}.evil.example/en/plans", "/nl/"),
        ("https://evil.example/en/plans", "/nl/"),
        ("", "/nl/"),
    ],
)
def test_from_an_address_that_only_takes_forms(browse: Any, came_from: str, there: str) -> None:
    pia = browse("pia")
    for answer in (
        pia.get("/en/switch-language", headers={"Referer": came_from}),
        pia.post("/en/outbox/try-again", headers={"Referer": came_from}),
    ):
        assert answer.status_code >= 400
        assert switch(answer) == there


def test_from_the_page_that_gives_back_what_was_typed(browse: Any) -> None:
    answer = browse("pia").post("/en/switch-language", data={"to": "/en/profile?x=1", "a": "b"})
    assert switch(answer) == "/nl/profile?x=1"


@pytest.mark.parametrize("path", ["/plans", "/nothing-here", "/search?q=a"])
def test_from_any_other_page(browse: Any, path: str) -> None:
    assert switch(browse(None).get(f"/en{path}")) == f"/nl{path}"
