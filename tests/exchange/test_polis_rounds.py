"""A Polis export becomes a round of statements whose counts are those of the source."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.sectors import sector_counts
from consult.consultation.rounds.models import Round, RoundKind
from consult.consultation.statements.queries import StatementOrder, list_results
from consult.foundation.core.db import db
from consult.interfaces.exchange.format.keys import fingerprint
from consult.interfaces.exchange.format.lines import RoundLine
from consult.interfaces.exchange.format.problems import LinePlace
from consult.interfaces.exchange.format.schema import build
from consult.interfaces.exchange.format.writing import as_json, digest_of
from consult.people.organisations.models import Sector
from tests.exchange.samples import PARTICIPANT, ROUND, write_jsonl, write_polis
from tests.exchange.test_version_2 import exported, put_in

pytestmark = pytest.mark.usefixtures("app")
STATEMENTS = {**ROUND, "version": 2, "kind": "statements"}


def latest_votes(folder: Path) -> Counter[tuple[str, str]]:
    """Count the latest vote of each person on each statement, from the table alone."""
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    with (folder / "votes.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key, at = (row["comment-id"], row["voter-id"]), int(row["timestamp"])
            if key not in latest or latest[key][0] <= at:
                latest[key] = (at, row["vote"])
    return Counter((statement, vote) for (statement, _), (_, vote) in latest.items())


def test_its_counts_are_those_of_the_source(samples: Path, now: datetime) -> None:
    folder = write_polis(samples / "talk")
    round_ = put_in(folder, now)
    assert round_.kind is RoundKind.STATEMENTS
    told = latest_votes(folder)
    for number, one in enumerate(statements(round_)):
        assert (one.support_count, one.object_count, one.pass_count) == tuple(
            told[str(number_at_source(number)), vote] for vote in ("1", "-1", "0")
        )
    shown = [one.proposal.action for one in list_results(round_.id, StatementOrder.AGREED)]
    assert shown == ["The first statement"]  # the others are hidden, or wait


def number_at_source(place: int) -> int:
    """The statements stand in the order of their times: 0, 1, 2."""
    return place


def statements(round_: Round) -> list[Proposal]:
    rows = select(Proposal).where(Proposal.round_id == round_.id).order_by(Proposal.number)
    return list(db.session.scalars(rows))


def test_what_was_imported_as_proposals_is_known_again(samples: Path, now: datetime) -> None:
    """Before there were statements, a Polis export became a round of proposals, which it stays."""
    found = build(STATEMENTS, LinePlace("f.jsonl", 1))
    assert isinstance(found, RoundLine)
    before = replace(found, kind=RoundKind.PROPOSALS)
    assert fingerprint(before) == fingerprint(found) == digest_of(as_json(before))
    first = put_in(write_jsonl(samples / "f.jsonl", {**STATEMENTS, "kind": "proposals"}), now)
    again = put_in(write_jsonl(samples / "g.jsonl", STATEMENTS), now)
    assert again.id == first.id
    assert again.kind is RoundKind.PROPOSALS


def test_statements_go_elsewhere_and_come_back_with_sectors_and_exposure(
    elsewhere: Flask, samples: Path, now: datetime
) -> None:
    people = [{**PARTICIPANT, "id": f"u{n}", "sector": "government"} for n in range(5)]
    sentence = {
        "type": "proposal", "id": "s1", "author": "u1", "title": "Data zijn open.", "shown": 7,
        "created_at": "2026-01-06T10:00:00+01:00",
    }  # fmt: skip
    votes = [
        {
            "type": "position", "proposal": "s1", "participant": f"u{n}",
            "value": "pass" if n else 1,
            "created_at": f"2026-01-08T10:0{n}:00+01:00",
        }
        for n in range(5)
    ]  # fmt: skip
    path = write_jsonl(samples / "f.jsonl", STATEMENTS, *people, sentence, *votes)
    round_ = put_in(path, now)
    (one,) = statements(round_)
    assert one.shown_count == 7
    assert one.state is State.PUBLISHED
    assert sector_counts([one.id])[one.id][Sector.GOVERNMENT][Stance.PASS] == 4
    once = exported(round_)
    again = samples / "again.jsonl"
    again.write_text(once, encoding="utf-8")
    with elsewhere.app_context():
        back = put_in(again, now)
        assert exported(back) == once
        (there,) = statements(back)
        assert sector_counts([there.id])[there.id][Sector.GOVERNMENT][Stance.PASS] == 4
        assert back.kind is RoundKind.STATEMENTS
