"""Hostile values in every field of every form break nothing: no 5xx, no long work, no growth.

The forms are those that the pages of tests/browser/pages.py show to whoever may fill them in. Each
is filled as a person would, and then one field is replaced by a value that no person types. What
is done is never committed, so that every request meets the same world.
"""

import os
import resource
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from consult.foundation.core.db import db
from consult.people.accounts.models import SecondFactor
from tests.browser.pages import EMPTY, FULL, fill
from tests.cast import sign_in
from tests.conftest import Note
from tests.hostile import DATES, INVISIBLE, MAIL_ADDRESSES, NUMBERS, TEXTS, Hostile
from tests.house.form_fields import Field, FormOnPage, forms_on
from tests.samples import some_of

SEED = int(os.environ.get("CONSULT_FUZZ_SEED", "2026"))
SECONDS = 2.0
GROWTH = 64 * 1024 * 1024
LEFT_OUT = {"csrf_token"}
FEWEST_FORMS, FEWEST_FIELDS = 100, 400
"""How many there are at least; fewer, and the search for them is broken."""


@dataclass(frozen=True)
class Target:
    """A field of a form, and who fills it in."""

    who: str | None
    form: FormOnPage
    field: Field

    def __str__(self) -> str:
        return f"{self.who} {self.form.action} {self.field.name}"


class Browsers:
    """One browser for everybody who fills something in; who was signed out is so no longer."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._known: dict[str | None, tuple[FlaskClient, str]] = {}

    def __getitem__(self, who: str | None) -> FlaskClient:
        if who not in self._known:
            client = self._app.test_client()
            if who:
                sign_in(client, who, SecondFactor.AUTHENTICATOR)
            cookie = client.get_cookie(self._app.config["SESSION_COOKIE_NAME"])
            self._known[who] = client, cookie.value if cookie else ""
        client, session = self._known[who]
        client.set_cookie(self._app.config["SESSION_COOKIE_NAME"], session)
        return client


@pytest.fixture
def browsers(app: Flask) -> Browsers:
    return Browsers(app)


@pytest.fixture
def targets(app: Flask, now: datetime, browsers: Browsers) -> list[Target]:
    """Every field of every form, once for each route, on a world with a thing of every kind."""
    pages = [(who, path) for part in (EMPTY, FULL) for who in part for path in part[who]]
    found: dict[tuple[str | None, str, str], Target] = {}
    for who, path in pages + fill(app, now):
        address = f"/en{path}"
        answer = browsers[who].get(address)
        for form in forms_on(answer.text, address) if answer.status_code < 300 else ():
            rule, _ = app.url_map.bind("localhost").match(
                form.action.partition("?")[0], method="POST", return_rule=True
            )
            for one in form.fields:
                if one.name not in LEFT_OUT:
                    found.setdefault((who, str(rule), one.name), Target(who, form, one))
    return list(found.values())


@pytest.fixture
def nothing_stays(monkeypatch: pytest.MonkeyPatch, targets: list[Target]) -> None:
    """Write everything and commit nothing."""
    del targets  # what they are found in was stored before
    monkeypatch.setattr(Session, "commit", Session.flush)


def drawn(targets: list[Target], many: int) -> Iterator[tuple[Target, str]]:
    """Draw many fields with a value each; every field comes as often as any other."""
    hostile = Hostile(SEED)
    kinds = (NUMBERS, DATES, INVISIBLE, MAIL_ADDRESSES, TEXTS)
    for turn in range(many):
        target = targets[turn % len(targets)]
        if hostile.random.random() < 0.5:
            yield target, hostile.random.choice(hostile.random.choice(kinds))
        else:
            yield target, hostile.value()


def send(browsers: Browsers, target: Target, value: str) -> Any:
    """Post the form with the value in the place of what a person would write."""
    sent = {**target.form.filled, target.field.name: [value]}
    return browsers[target.who].post(target.form.action, data=sent)


Watch = Callable[[str, float], None]


def faults(browsers: Browsers, targets: list[Target], many: int, watch: Watch) -> list[str]:
    """Send many hostile values, and return what went wrong; `watch` hears how long each took."""
    wrong = []
    for target, value in drawn(targets, many):
        before = time.process_time()
        try:
            status = send(browsers, target, value).status_code
            said = "" if status < 500 else str(status)
        except Exception as error:  # noqa: BLE001  (the list is the report)
            last = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__}: {str(error)[:200]} ({last.filename}:{last.lineno})"
        finally:
            db.session.rollback()
        watch(f"{target} {value[:40]!r}", time.process_time() - before)
        if said:
            wrong.append(f"{said}: {target} {value[:60]!r}")
    return wrong


def report(wrong: list[str]) -> str:
    """Say what went wrong, the most frequent first."""
    kinds = Counter(one.partition(" {")[0] for one in wrong)
    return f"seed {SEED}, {len(wrong)}:\n" + "\n".join(one for one, _ in kinds.most_common(40))


@pytest.mark.usefixtures("nothing_stays")
@pytest.mark.one_engine
def test_a_hostile_value_in_some_fields(browsers: Browsers, targets: list[Target]) -> None:
    assert len({(one.who, one.form.action) for one in targets}) >= FEWEST_FORMS
    assert len(targets) >= FEWEST_FIELDS
    chosen = some_of(targets, 80)
    wrong = faults(browsers, chosen, len(chosen), lambda _name, _seconds: None)
    assert not wrong, report(wrong)


@pytest.mark.long
@pytest.mark.usefixtures("nothing_stays")
def test_twenty_thousand_hostile_values(
    browsers: Browsers, targets: list[Target], note: Note
) -> None:
    slowest: list[tuple[float, str]] = []
    sizes: list[int] = []

    def watch(name: str, seconds: float) -> None:
        slowest.append((seconds, name))
        if len(slowest) > 20_000 // 10 and len(slowest) % 100 == 0:
            sizes.append(_memory())

    wrong = faults(browsers, targets, 20_000, watch)
    seconds, name = max(slowest)
    grown = max(sizes) - sizes[0]
    note(
        f"seed {SEED}: {len(slowest)} values in {len(targets)} fields, {len(wrong)} wrong, "
        f"slowest {seconds:.2f} s of process CPU ({name}), {grown / 2**20:.0f} MiB more after the "
        "first tenth"
    )
    assert not wrong, report(wrong)
    assert seconds <= SECONDS
    assert grown <= GROWTH


def _memory() -> int:
    """Return how many bytes the process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
