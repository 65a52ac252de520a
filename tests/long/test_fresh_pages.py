"""Readers race with a thousand changes: none gets what was taken away before they asked.

Two web processes answer on one database, from the pages that each keeps. Meanwhile things are
hidden and shown again by a moderator, through either process; and from a third one withdrawn,
redacted, renamed and closed, and a role is given and taken back. Each thing has a word of its own.
Every answer is looked at that began after the commit of the change.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.moderation.models import Ground
from consult.consultation.plans.models import Role, Theme
from consult.consultation.plans.roles import grant_role, take_back_role
from consult.consultation.plans.themes import ThemeText, change_theme
from consult.consultation.proposals.services import withdraw_proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.outcomes.approvals.redaction import VersionRedaction, redact_version
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import make_commitment, publish_commitment
from tests.cast import person, sign_in, stay_signed_in
from tests.commitments.test_services import text_from
from tests.conftest import Note
from tests.databases import Databases
from tests.factories import find_round, make_proposal
from tests.long.server import Server, hidden_keys, shared
from tests.world import NOON

CHANGES, READERS = 1_000, 8
_WORD = re.compile(r"zq\d+qz")
_words = (f"zq{number}qz" for number in count(1))
LIST, PLAN = "/rounds/open/proposals", "/plans/open-overheid"


@dataclass
class Ledger:
    """When each word was taken away and (perhaps) put back, and what readers got that is wrong."""

    gone: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    answers: int = 0
    own: dict[str, str] = field(default_factory=dict)
    """The one word to look for on a page that keeps old names for good: a frozen version."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, path: str, said: str, began: float) -> None:
        """Look at an answer to a request that began at a moment."""
        with self.lock:
            self.answers += 1
            for word in set(_WORD.findall(said)):
                if path in self.own and word != self.own[path]:
                    continue
                if began > self.gone.get(word, began):
                    self.wrong.append(f"{path} still says {word}")


@dataclass
class Site:
    """What answers, and who asks."""

    servers: list[Server]
    cookies: dict[str, str]
    ledger: Ledger
    paths: list[str]
    over: threading.Event = field(default_factory=threading.Event)


def read(site: Site, number: int) -> None:
    """Read one page after another, most without a session, on either process."""
    chance = Random(number)
    who, own = (("", ""), ("", ""), ("pia", "Pia Jansen"))[number % 3]
    cookie = site.cookies.get(who, "")
    while not site.over.is_set():
        server, path = chance.choice(site.servers), chance.choice(site.paths)
        language = chance.choice(("nl", "nl", "en"))
        began = time.monotonic()
        _status, said = server.get(f"/{language}{path}", cookie)
        site.ledger.look(path, said, began)
        wrong = []
        if f'lang="{language}"' not in said[:300]:
            wrong.append("in another language")
        if ("Pia Jansen</a>" in said) != bool(own):
            wrong.append(f"not that of {own or 'nobody'}")
        if not who and "csrf_token" in said:
            wrong.append("with a token")
        with site.ledger.lock:
            site.ledger.wrong += [f"/{language}{path} is {one}" for one in wrong]


def the_very_next(site: Site, path: str) -> None:
    """Hold that both processes answer as with a page that is made anew."""
    for server in site.servers:
        kept = server.get(f"/nl{path}")[1]
        anew = server.get(f"/nl{path}", Authorization="none")[1]  # with it nothing is kept
        if kept != anew:
            site.ledger.wrong.append(f"{path} is not what it is now")


@contextmanager
def goes(site: Site, *paths: str) -> Iterator[str]:
    """Give a word that stands on these pages once they were read; it goes with the block."""
    word = next(_words)
    yield word
    site.ledger.gone[word] = time.monotonic()
    for path in paths:
        the_very_next(site, path)


def shown(site: Site, word: str, path: str) -> None:
    """Hold that both processes show a word now."""
    for server in site.servers:
        if word not in server.get(f"/nl{path}")[1]:
            site.ledger.wrong.append(f"{path} does not say {word} yet")


def moderate(site: Site, number: int, public_id: str, verb: str) -> None:
    """Decide as Mo through one of the processes, with the form of the desk."""
    server, cookie = site.servers[number % 2], site.cookies["mo"]
    path = f"/nl/moderation/proposal/{public_id}"
    form = {"reason": "Er staat een naam in.", "ground": "personal_data", "language": "nl"}
    keys = hidden_keys(server.get(path, cookie)[1])
    status, where = server.post(f"{path}/{verb}", {**keys, **form}, cookie)
    assert (status, "login" in where) == (303, False), (status, where)


def undo(site: Site, number: int) -> None:
    """Take back what Mo decided last, through one of the processes: what was hidden is shown."""
    server, cookie = site.servers[number % 2], site.cookies["mo"]
    page = server.get("/nl/moderation", cookie)[1]
    action = re.search(r'action="(/nl/moderation/take-back/[^"]+)"', page)
    assert action, "nothing can be taken back"
    status, where = server.post(action[1], hidden_keys(page), cookie)
    assert (status, "login" in where) == (303, False), (status, where)


def hide_and_undo(site: Site, at: datetime, number: int) -> None:
    with goes(site, LIST) as word:
        proposal = make_proposal("open", title=f"Titel {word}", at=at)
        shown(site, word, LIST)
        moderate(site, number, proposal.public_id, "hide")
    del site.ledger.gone[word]
    undo(site, number + 1)
    shown(site, word, LIST)
    moderate(site, number, proposal.public_id, "hide")
    site.ledger.gone[word] = time.monotonic()


def withdraw(site: Site, at: datetime, _number: int) -> None:
    with goes(site, LIST, "/rounds/open") as word:
        proposal = make_proposal("open", title=f"Titel {word}", at=at)
        shown(site, word, LIST)
        with unit_of_work():
            withdraw_proposal(person("pia"), proposal, "", at)


def rename_theme(site: Site, at: datetime, _number: int) -> None:
    theme = db.session.scalars(select(Theme)).first()
    assert theme is not None
    for _turn in range(2):
        word = next(_words)
        before = _WORD.findall(theme.title["nl"])
        with unit_of_work():
            text = ThemeText({"nl": f"Thema {word}", "en": f"Theme {word}"})
            change_theme(person("ana"), theme, text, theme.version, at)
        site.ledger.gone |= dict.fromkeys(before, time.monotonic())
        shown(site, word, PLAN)


def rename_person(site: Site, at: datetime, _number: int) -> None:
    kees = person("kees")
    with goes(site, LIST) as word:
        with unit_of_work():
            kees.display_name = f"Kees {word}"
        make_proposal("open", author="kees", at=at)
        shown(site, word, LIST)
        with unit_of_work():
            kees.display_name = "Kees de Wit"


def close(site: Site, at: datetime, _number: int) -> None:
    """Let a round close by itself, at its moment; and open again."""
    round_ = find_round("open")
    until = round_.closes_at
    with unit_of_work():
        round_.closes_at = datetime.now(UTC) + timedelta(seconds=0.3)
    before = site.servers[0].get("/nl/rounds/open")[1]
    time.sleep(0.35)
    the_very_next(site, "/rounds/open")
    if site.servers[0].get("/nl/rounds/open")[1] == before:
        site.ledger.wrong.append("the round does not close")
    with unit_of_work():
        round_.closes_at = until
    the_very_next(site, "/rounds/open")
    del at


def give_and_take_a_role(site: Site, at: datetime, number: int) -> None:
    plan, ana, server = find_round("open").plan, person("ana"), site.servers[number % 2]
    with unit_of_work():
        held = grant_role(ana, plan, "sam@consult.example", Role.MODERATOR, at)
    if server.get("/nl/moderation", site.cookies["sam"])[0] != HTTPStatus.OK:
        site.ledger.wrong.append("the role is not there yet")
    with unit_of_work():
        take_back_role(ana, plan, held, at)
    if server.get("/nl/moderation", site.cookies["sam"])[0] == HTTPStatus.OK:
        site.ledger.wrong.append("the role is still there")


def redact(site: Site, at: datetime, _number: int) -> None:
    word, plan, ana = next(_words), find_round("open").plan, person("ana")
    with unit_of_work():
        plan.introduction = {**plan.introduction, "nl": f"Een plan. {word}"}
        version = freeze_plan(ana, plan, f"Versie van {at}", at)
    path = f"{PLAN}/versions/{version.number}"
    site.ledger.own[path] = word
    site.paths.append(path)
    shown(site, word, path)
    with unit_of_work():
        plan.introduction = {**plan.introduction, "nl": "Een plan."}
    with unit_of_work():
        wanted = VersionRedaction(Ground.PERSONAL_DATA, "Er staat een naam in.", words=word)
        redact_version(ana, version, wanted, at)
    site.ledger.gone[word] = time.monotonic()
    the_very_next(site, path)


ACTS: dict[Callable[[Site, datetime, int], None], int] = {
    hide_and_undo: 3, withdraw: 1, rename_theme: 2, rename_person: 2, close: 2,
    give_and_take_a_role: 2, redact: 2,
}  # fmt: skip
"""How many changes each makes that readers see."""


def race(site: Site, changes: int) -> None:
    """Make changes, of all kinds in turn, while readers read."""
    readers = [threading.Thread(target=read, args=(site, one)) for one in range(READERS)]
    for one in readers:
        one.start()
    try:
        done, chance = 0, Random(13)
        for number in count():
            if done >= changes:
                break
            act = list(ACTS)[number] if number < len(ACTS) else chance.choice(list(ACTS))
            if act is redact and number > len(ACTS) and chance.random() < 0.8:
                continue  # a version with all its events takes long
            act(site, datetime.now(UTC), number)
            done += ACTS[act]
    finally:
        site.over.set()
        for one in readers:
            one.join()


@pytest.mark.both_engines
@pytest.mark.parametrize("changes", [14, pytest.param(CHANGES, marks=pytest.mark.long)])
def test_no_reader_gets_what_was_taken_away(
    app: Flask, databases: Databases, tmp_path: Path, note: Note, changes: int
) -> None:
    own = {
        "CONSULT_EMBEDDED_WORKER": "0", "CONSULT_SECOND_FACTOR": "optional", **shared(tmp_path),
    }  # fmt: skip
    url = databases.url("stage")
    servers = [Server(url, tmp_path / f"web-{n}", **own) for n in (1, 2)]
    cookies = {}
    with app.test_request_context():
        for who in ("pia", "mo", "sam"):
            client = app.test_client()
            sign_in(client, who)
            found = client.get_cookie("consult")
            assert found is not None
            cookies[who] = f"consult={found.value}"
        stay_signed_in(datetime.now(UTC))
        with unit_of_work():
            plan, ana = find_round("open").plan, person("ana")
            made = make_commitment(ana, plan, text_from(make_proposal("closed")), NOON)
            publish_commitment(ana, made, NOON)
    try:
        for server in servers:
            server.start()
        cookies["mo"] = servers[0].settled("/nl/moderation", cookies["mo"])
        paths = [
            "/",
            "/plans",
            PLAN,
            "/rounds/open",
            LIST,
            f"{LIST}?order=discussed",
            "/search?q=titel",
        ]
        site = Site(servers, cookies, Ledger(), paths)
        began = time.monotonic()
        with app.test_request_context():
            race(site, changes)
        seconds = time.monotonic() - began
    finally:
        for server in servers:
            server.kill()
    note(f"{changes} changes in {seconds:.0f} s, {site.ledger.answers} answers looked at")
    assert not site.ledger.wrong, f"{len(site.ledger.wrong)}: {site.ledger.wrong[:10]}"
    assert site.ledger.answers > changes
