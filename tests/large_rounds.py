"""Rounds that are large: filled with thousands of proposals, and half of them answered."""

from collections.abc import Iterator
from datetime import datetime

from flask import Flask
from sqlalchemy import insert, select, text

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.rows import NOTED
from consult.foundation.record.services import append_leaves
from consult.outcomes.responses.models import Outcome, Response
from tests.bench.filling import Filled, fill
from tests.browser import pages
from tests.cast import person
from tests.factories import find_round

ABOUT = ("/rounds/", "/plans/", "/search", "/moderation", "/home", "/proposals/mine", "/receipts/")
Where = tuple[str | None, str]
"""Who looks, and at which address."""


def fill_rounds(many: int, now: datetime, *, most: int = 10) -> None:
    """Put so many more proposals in two rounds, and answer half of those of one.

    `most`: how many comments a proposal has at most.
    """
    for slug in ("open", "closed"):
        filled = fill(find_round(slug), person("mo"), many, now, most=most)
        if slug == "closed":
            _answer(filled, now)
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _answer(filled: Filled, now: datetime) -> None:
    """Prepare the response to every second proposal that is public."""
    numbers = range(filled.first, filled.first + filled.published, 2)
    with unit_of_work():
        round_ = find_round("closed")
        ids = db.session.scalars(
            select(Proposal.id).where(Proposal.round_id == round_.id, Proposal.number.in_(numbers))
        )
        db.session.execute(
            insert(Response).execution_options(**NOTED),
            [
                {
                    "round_id": round_.id, "proposal_id": id_, "outcome": Outcome.ADOPTED,
                    "reason": "Dit nemen we over.", "language": "nl", "prepared_at": now,
                    "prepared_by_id": person("ana").id,
                }
                for id_ in ids
            ],
        )  # fmt: skip


def pages_about_rounds(app: Flask, now: datetime) -> list[Where]:
    """Store a thing of every kind, and return who looks where, of all that the browser looks at."""
    more = pages.fill(app, now)
    with app.app_context(), unit_of_work():
        append_leaves()
    return list(_pages(more))


def _pages(more: list[Where]) -> Iterator[Where]:
    known = [
        (who, path) for part in (pages.EMPTY, pages.FULL) for who in part for path in part[who]
    ]
    for who, path in dict.fromkeys([*known, *more]):
        if path.startswith(ABOUT) or "/receipts/" in path:
            yield who, f"/nl{path}"
    yield None, "/nl/rounds/open/proposals?q=besluiten"
    yield None, "/nl/rounds/open/proposals?q=dijkring&theme=1&order=supported"
    yield None, "/nl/rounds/open/proposals?organisation=1"
    yield "ana", "/nl/rounds/closed/responses?q=besluiten&open=1"
    yield "ana", "/nl/rounds/closed/responses?theme=1&order=discussed"
