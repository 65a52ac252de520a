"""Hostile requests to every route break nothing: no 5xx, no way off our site, no growth."""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import sign_in
from tests.conftest import Note
from tests.house.fuzz import ROLES, Fuzz, Sent, leads_off
from tests.house.parameters import FORM, QUERY, read_by_name
from tests.house.test_matrix import NAMED, Case, things

__all__ = ["things"]
SEED = int(os.environ.get("CONSULT_FUZZ_SEED", "2026"))
SECONDS = 2.0
GROWTH = 64 * 1024
LIBRARY = {"who"}
"""What only the library for signing in reads by its name."""


def test_the_table_of_parameters_is_complete() -> None:
    found = set(read_by_name())
    in_form = {name for place, name in found if place in {"form", "files"}}
    in_address = {name for place, name in found if place not in {"form", "files", "values"}}
    in_either = {name for place, name in found if place == "values"}
    known = {name for parameters in QUERY.values() for name in parameters}
    assert in_address | in_either <= known
    assert known - in_address - in_either <= LIBRARY
    assert in_form | in_either == set(FORM)


def test_the_table_names_routes_that_are_there(app: Flask) -> None:
    assert set(QUERY) <= {rule.endpoint for rule in app.url_map.iter_rules()}


def known_values(things: dict[str, list[Case]]) -> dict[str, list[str]]:
    """Return what exists, by the name of the argument."""
    known = {name: {value} for name, value in NAMED.items()}
    for cases in things.values():
        for case in cases:
            for name, value in case.arguments.items():
                known.setdefault(name, set()).add(str(value))
    known["round_slug"] = {"draft", "upcoming", "open", "closed", "answered"}
    known["verb"] = {"publish", "hide", "return", "restore", "admit", "keep"}
    return {name: sorted(values) for name, values in known.items()}


def memory() -> int:
    """Return how many kilobytes the process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


class Browsers:
    """A browser for each role; who was signed out, or lost the account, comes back as they can."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.open: dict[str | None, FlaskClient] = {}
        self.anew()

    def anew(self) -> None:
        """Sign everybody in once more."""
        for who in ROLES:
            client = self.app.test_client()
            try:
                if who is not None:
                    sign_in(client, who)
            except AssertionError:
                continue  # the account was closed by one of the requests
            self.open[who] = client


Judge = Callable[[Sent, Any, float], str | None]


def run(app: Flask, things: dict[str, list[Case]], many: int, judge: Judge) -> list[str]:
    """Send many requests; give what the judge says of them."""
    browsers, wrong = Browsers(app), []
    for turn, sent in enumerate(Fuzz(app, known_values(things), SEED).requests(many)):
        if turn % 200 == 199:
            browsers.anew()
        before = time.process_time()
        answer = sent.send(browsers.open[sent.who])
        if said := judge(sent, answer, time.process_time() - before):
            wrong.append(f"{said}: {sent}")
    return wrong


def holds(app: Flask) -> Judge:
    """Judge whether an answer is one of ours, and stays on our site."""

    def judge(sent: Sent, answer: Any, _seconds: float) -> str | None:
        if answer.status_code >= 500 and "Retry-After" not in answer.headers:
            return str(answer.status_code)
        if leads_off(answer, app.config["BASE_URL"]) and "/sso" not in sent.path:
            return f"leads to {answer.headers['Location'][:100]}"
        return "names another host" if "evil.example/" in answer.headers.get("Link", "") else None

    return judge


@pytest.mark.one_engine
def test_some_hundred_requests(app: Flask, things: dict[str, list[Case]]) -> None:
    wrong = run(app, things, 300, holds(app))
    assert not wrong, f"seed {SEED}, {len(wrong)}:\n" + "\n".join(wrong[:20])


@pytest.mark.long
def test_ten_thousand_requests(app: Flask, things: dict[str, list[Case]], note: Note) -> None:
    slowest: tuple[float, str] = (0.0, "")
    sizes: list[int] = []
    judge = holds(app)

    def strictly(sent: Sent, answer: Any, seconds: float) -> str | None:
        nonlocal slowest
        sizes.append(memory())
        slowest = max(slowest, (seconds, str(sent)))
        return judge(sent, answer, seconds) or (f"{seconds:.1f} s" if seconds > SECONDS else None)

    wrong = run(app, things, 10_000, strictly)
    grown = max(sizes) - sizes[1_000]
    note(
        f"seed {SEED}: {len(sizes)} requests, {len(wrong)} wrong, slowest {slowest[0]:.2f} s of "
        f"process CPU ({slowest[1][:200]}), {grown / 1024:.0f} MiB more after the first thousand"
    )
    assert not wrong, f"seed {SEED}, {len(wrong)}:\n" + "\n".join(wrong[:50])
    assert grown <= GROWTH
