"""Whatever stands in a file is refused with a sentence and a line number, and said once."""

import json
from pathlib import Path
from typing import Any

import pytest

from consult.interfaces.exchange.reading.json_lines import read_jsonl
from consult.interfaces.exchange.reading.staging import stage
from tests.exchange.samples import COMMENTS, VOTES, write_polis

ROUND: dict[str, Any] = {
    "type": "round", "id": "r", "title": "Ronde", "kind": "proposals", "language": "nl",
    "opens_at": "2026-01-01T00:00:00Z", "closes_at": "2026-02-01T00:00:00Z", "source": "toets",
}  # fmt: skip
PROPOSAL: dict[str, Any] = {
    "type": "proposal", "id": "p", "title": "Titel", "body": "Tekst",
    "created_at": "2026-01-02T00:00:00Z",
}  # fmt: skip


def with_(**changed: Any) -> str:
    return json.dumps({**PROPOSAL, **changed})


HOSTILE = {
    "nul": with_(title="a\x00b"),
    "half a pair": with_(title="a\ud800b"),
    "not a number": with_(title=float("nan")),
    "infinite": with_(title=0).replace('"title": 0', '"title": 1e400'),
    "many digits": '{"type": "proposal", "id": ' + "9" * 5_000 + "}",
    "nested": "[" * 10_000 + "]" * 10_000,
    "nested objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "year 1": with_(created_at="0001-01-01T00:00:00Z"),
    "year 9999": with_(created_at="9999-12-31T23:59:59-14:00"),
    "no such day": with_(created_at="2026-02-30T00:00:00Z"),
    "other digits": with_(created_at="\u0662\u0660\u0662\u0666-01-01T00:00:00Z"),
    "invisible title": with_(title="\u200b\u3164"),
    "invisible text": with_(body="\u00ad\u2060\u00a0"),
    "far too long": with_(body="x" * 60_000),
    "an exponent": with_(fields={"amount": "9e300000"}),
    "an underscore": with_(fields={"amount": "1_0"}),
    "a comma": with_(fields={"amount": "25,50"}),
    "a sign": with_(fields={"amount": "-1"}),
    "a language": with_(language="n" * 5_000),
    "a name of two scripts": with_(organisation="M\u043e"),
    "a name that is an address": with_(organisation="https://evil.example"),
    "a list": with_(title=["a"]),
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_line_is_one_problem_on_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(f"\ufeff{json.dumps(ROUND)}\n{line}\n", encoding="utf-8")
    problems = [one for one in read_jsonl(path) if hasattr(one, "text")]
    assert len(problems) == 1
    assert problems[0].place.line == 2
    assert len(str(problems[0])) < 500


@pytest.mark.parametrize("length", [60_000, 200_000, 3_000_000])
def test_a_statement_that_is_too_long_is_said_once(tmp_path: Path, length: int) -> None:
    comments = COMMENTS.replace("The first statement", "x" * length)
    with stage([write_polis(tmp_path / "talk", comments=comments)]) as staged:
        assert staged.problem_count == 1, staged.report()
        said = staged.report()[0]
    assert "comments.csv, line 3" in said
    assert "quotation" not in said


def test_a_statement_that_is_not_there_is_said_once_for_all_of_its_votes(tmp_path: Path) -> None:
    lines = [ROUND, *({"type": "participant", "id": f"m{n}"} for n in range(9))]
    lines += [
        {"type": "position", "proposal": "weg", "participant": f"m{n}", "value": 1}
        for n in range(9)
    ]
    path = tmp_path / "file.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with stage([path]) as staged:
        assert staged.problem_count == 1
        assert "8 more lines do so too" in staged.report()[0]


def test_a_vote_on_a_statement_that_never_was_is_still_told(tmp_path: Path) -> None:
    votes = VOTES + "1600000015000,x,99,3,1\n"
    with stage([write_polis(tmp_path / "talk", votes=votes)]) as staged:
        assert "statement 99, which comments.csv does not have" in staged.report()[0]
