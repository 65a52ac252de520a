"""The samples at the root: read by the import, and consistent when counted another way."""

import csv
import json
from pathlib import Path

from consult.interfaces.exchange.format.schema import SHAPES
from consult.interfaces.exchange.reading.staging import stage

SAMPLES = Path(__file__).parents[2] / "samples"
POLIS = SAMPLES / "polis-example"
MATRIX_FRONT = 6
"""Columns of participants-votes.csv before those of the statements."""


def table(name: str) -> list[dict[str, str]]:
    with (POLIS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_import_takes_both_samples() -> None:
    for path in (SAMPLES / "round.jsonl", POLIS):
        staged = stage([path])
        assert list(staged.report()) == []
        staged.close()


def test_the_round_holds_every_type_of_line_in_two_languages() -> None:
    lines = (SAMPLES / "round.jsonl").read_text(encoding="utf-8").splitlines()
    objects = [json.loads(line) for line in lines]

    assert 15 <= len(lines) <= 30
    # What becomes of themes belongs to a round about them, and this is one of proposals.
    assert {each["type"] for each in objects} == set(SHAPES) - {"theme_change"}
    assert {each["language"] for each in objects if "language" in each} == {"nl", "en"}


def test_the_votes_count_up_to_what_the_statements_say() -> None:
    votes = table("votes.csv")
    for statement in table("comments.csv"):
        cast = [v["vote"] for v in votes if v["comment-id"] == statement["comment-id"]]
        assert cast.count("1") == int(statement["agrees"])
        assert cast.count("-1") == int(statement["disagrees"])


def test_the_matrix_holds_the_latest_vote_and_one_was_repeated() -> None:
    votes = sorted(table("votes.csv"), key=lambda vote: int(vote["timestamp"]))
    latest = {(vote["voter-id"], vote["comment-id"]): vote["vote"] for vote in votes}
    held = {
        (row["participant"], statement): vote
        for row in table("participants-votes.csv")
        for statement, vote in list(row.items())[MATRIX_FRONT:]
        if vote
    }

    assert held == latest
    assert len(votes) == len(latest) + 1


def test_the_statements_show_every_moderation() -> None:
    statements = table("comments.csv")

    assert len(statements) == 8
    assert {statement["moderated"] for statement in statements} == {"1", "0", "-1"}
