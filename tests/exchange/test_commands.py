import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.notifications.models import Message
from tests.exchange.samples import COMMENT, ROUND, WHOLE, write_jsonl, write_polis


def test_a_round_goes_in_and_out_by_command(app: Flask, samples: Path) -> None:
    run = app.test_cli_runner().invoke
    path = write_jsonl(samples / "round.jsonl", *WHOLE)
    result = run(args=["consult", "import-round", str(path), "--plan", "open-overheid"])
    assert result.exit_code == 0, result.output
    assert result.stdout == "ronde-1\n"
    assert "proposals: 1 of 1 (100%)" in result.stderr
    listed = run(args=["consult", "list-rounds"]).stdout.splitlines()
    assert "ronde-1\tclosed\t1\topen-overheid\tVoorbeeldronde (verzonnen)" in listed
    public = run(args=["consult", "export-round", "ronde-1", "--format", "jsonl"])
    assert public.exit_code == 0
    assert json.loads(public.stdout.splitlines()[0])["id"] == "ronde-1"
    target = samples / "out.csv"
    args = ["export-round", "ronde-1", "--format", "csv", "--complete", "--output", str(target)]
    assert run(args=["consult", *args]).exit_code == 0
    assert target.read_text(encoding="utf-8").startswith("\ufeffkind;id;number")
    assert list(samples.glob("*.part")) == []


def test_several_paths_print_their_rounds_in_order(app: Flask, samples: Path) -> None:
    one = write_jsonl(samples / "one.jsonl", *WHOLE)
    two = write_polis(samples / "What now?")
    result = app.test_cli_runner().invoke(args=["consult", "import-round", str(one), str(two)])
    assert result.stdout == "ronde-1\nwhat-now\n"


def test_a_refusal_is_told_in_sentences(app: Flask, samples: Path) -> None:
    run = app.test_cli_runner().invoke
    path = write_jsonl(samples / "round.jsonl", ROUND, COMMENT, "{")
    result = run(args=["consult", "import-round", str(path)])
    assert result.exit_code == 1
    assert result.stdout == ""
    told = [line for line in result.stderr.splitlines() if "line" in line]
    assert len(told) == 3
    assert told[-1].startswith(f"{path}, line 3: is not JSON")
    left_out = samples / "left-out.jsonl"
    going_on = ["--keep-going", "--left-out", str(left_out)]
    result = run(args=["consult", "import-round", str(path), *going_on])
    assert (result.exit_code, result.stdout) == (3, "ronde-1\n")
    assert "Left out (comment: 1, cannot be told: 1)." in result.stderr
    comment, broken = map(json.loads, left_out.read_text(encoding="utf-8").splitlines())
    assert (comment["line"], comment["type"], comment["content"]["id"]) == (2, "comment", "c1")
    assert [why.split(", which")[0] for why in comment["why"]] == [
        'author refers to the participant "u1"', 'proposal refers to the proposal "p1"',
    ]  # fmt: skip
    assert (broken["line"], broken["type"], broken["content"]) == (3, None, None)
    assert "is not JSON" in broken["why"][0]
    for args in (["export-round", "nergens"], ["import-round", str(path), "--plan", "nergens"]):
        result = run(args=["consult", *args])
        assert result.exit_code == 1
        assert "nergens" in result.stderr
    assert run(args=["consult", "export-round", "draft"]).exit_code == 1
    result = run(args=["consult", "import-round", str(samples / "nothing.jsonl")])
    assert result.exit_code == 1
    assert "nothing.jsonl: the file cannot be read" in result.stderr


def test_importing_sends_no_mail(app: Flask, samples: Path) -> None:
    path = write_jsonl(samples / "round.jsonl", *WHOLE)
    app.test_cli_runner().invoke(args=["consult", "import-round", str(path)])
    assert db.session.scalars(select(Message.id)).all() == []


@pytest.mark.usefixtures("app")
def test_a_file_that_cannot_be_written_is_told(app: Flask, samples: Path) -> None:
    target = samples / "nothing" / "out.jsonl"
    args = ["consult", "export-round", "closed", "--output", str(target)]
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
