"""What is measured: each operation of the product, with the floor page that stands beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.languages import pick
from consult.foundation.core.web import new_once_key
from consult.outcomes.commitments.models import Commitment
from tests.bench.filling import COMMON, FIVE, HOT, QUIET, RARE, TENTH, Filled, Filling
from tests.bench.stores import ROUND, find_person, find_round

Form = Callable[[], dict[str, str]]
NOBODY, PIA, MO = "", "pia", "mo"
TEXT = "Zet alle besluiten op één plek, met een samenvatting in gewone taal. " * 6
ROUND_PAGE = f"/nl/rounds/{ROUND}"
LIST, NEW = f"{ROUND_PAGE}/proposals", f"{ROUND_PAGE}/proposals/new"
RECEIPT = "/receipts/"
WRITING = "writers"
"""The group of those who hand in at once (tests.bench.writers)."""
GROUPS = (
    "list", "round", "plan", "detail", "search", "queue", "home", "submit", "comment", "pdf",
    WRITING,
)  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """One thing that somebody asks for, of the product and of the floor.

    `shows` is what the answer of each holds (or where it leads to), so that no page with an error
    is ever measured.
    """

    group: str
    name: str
    who: str
    path: str
    shows: str
    floor: str
    floor_shows: str = ""
    form: Form | None = None
    made: bool = False
    """What is kept of it is thrown away before each request."""

    def fault_in(self, status: int, said: bytes, *, floor: bool = False) -> str:
        """Return what is wrong with an answer; nothing if it is what it should be."""
        wanted = (self.floor_shows or self.shows) if floor else self.shows
        right = {303} if self.form and not floor else {200}
        # What a search finds is marked in it.
        text = said.replace(b"<mark>", b"").replace(b"</mark>", b"")
        if status in right and wanted.encode() in text:
            return ""
        return f"{self.name} ({self.who or 'anonymous'}): {status}, without “{wanted}”"


def operations(app: Flask, filled: Filled) -> list[Operation]:
    """Return every operation; those that write come last."""
    with app.test_request_context():
        reading = [
            Operation(group, name, who, path, shows, floor)
            for group, name, path, shows, floor in _pages(filled)
            for who in (NOBODY, PIA)
        ]
        return [*reading, *_own(filled), *_documents(), *_forms(app, filled)]


def _pages(filled: Filled) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the pages that everybody reads: group, name, address, what it shows, the floor's."""
    newest = f"{filled.title(filled.published)}<"
    commitment = db.session.scalars(select(Commitment).order_by(Commitment.number)).first()
    plan = find_round().plan
    assert commitment is not None
    yield "list", "list", LIST, newest, "/list"
    yield "round", "round", ROUND_PAGE, newest, "/round"
    title = pick(commitment.title)[0]
    yield "plan", "plan", f"/nl/plans/{plan.slug}", title, "/plan"
    said = Filling(find_round(), find_person(MO), filled.proposals, plan.created_at).said_in
    for place, many, name in ((FIVE, 5, "detail, 5 comments"), (HOT, 30, "detail, 200 comments")):
        number = filled.number(place)
        last = said(place, many - 1).fields["body"]
        yield "detail", name, f"{LIST}/{number}", last, f"/detail?number={number}&many={many}"
    for name, word in (("1 in 10", TENTH), ("in 20 of them", RARE)):
        found = next(
            filled.title(place)
            for place in range(filled.published, 0, -1)
            if word in filled.title(place)
        )
        yield "search", f"search, {name}", f"{LIST}?q={word}", found, f"/search?q={word}"
    yield "search", "search, in all", f"{LIST}?q={COMMON}", newest, f"/search?q={COMMON}"


def _own(filled: Filled) -> Iterator[Operation]:
    """Yield the pages of one person."""
    waiting = filled.title(filled.published + 1)
    yield Operation("queue", "queue", MO, "/nl/moderation", waiting, "/queue")
    pia = find_person(PIA)
    yield Operation("home", "home", PIA, "/nl/home", "Pia Jansen", f"/home?who={pia.id}", "<li>")


def document_path() -> str:
    """Return the address of the plan as a PDF."""
    return f"/nl/plans/{find_round().plan.slug}/plan.pdf"


def _documents() -> Iterator[Operation]:
    path = document_path()
    yield Operation("pdf", "plan.pdf, made", NOBODY, path, "%PDF-", "/made.pdf", made=True)
    for who in (NOBODY, PIA):
        yield Operation("pdf", "plan.pdf, kept", who, path, "%PDF-", "/kept.pdf")


def _forms(app: Flask, filled: Filled) -> Iterator[Operation]:
    numbers = count(1)

    def comment() -> dict[str, str]:
        return {
            **_hidden(app), "kind": "reaction", "body": f"{next(numbers)}. {TEXT[:200]}",
            "organisation_id": "0", "language": "nl", "parent": "",
        }  # fmt: skip

    add = f"{LIST}/{filled.number(QUIET)}/comments"
    yield handing_in(app)
    yield Operation("comment", "comment", PIA, add, "#comment-", "/submit", "stored", comment)


def handing_in(app: Flask) -> Operation:
    """Return what hands in a proposal, another one each time."""
    theme = find_round().plan.themes[0].id
    numbers = count(1)

    def proposal() -> dict[str, str]:
        return {
            **_hidden(app), "draft": str(uuid4()), "title": f"Een voorstel {next(numbers)}",
            "problem": TEXT, "action": TEXT, "theme_id": str(theme), "organisation_id": "0",
            "language": "nl", "origin": "new", "amount": "", "act": "submit",
        }  # fmt: skip

    return Operation("submit", "submit", PIA, NEW, RECEIPT, "/submit", "stored", proposal)


def _hidden(app: Flask) -> dict[str, str]:
    """Return a key as the page of a form holds it, another one each time."""
    with app.app_context():
        return {"once": new_once_key()}
