import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.interfaces.exchange.format.lines import (
    DecisionLine,
    Line,
    PositionLine,
    ProposalLine,
    RoundLine,
)
from consult.interfaces.exchange.format.problems import Problem
from consult.interfaces.exchange.reading.polis import read_polis, title_of
from consult.interfaces.exchange.reading.staging import stage
from tests.exchange.samples import COMMENTS, MATRIX, SUMMARY, VOTES, write_polis


def read(folder: Path) -> tuple[list[Line], list[str]]:
    found = list(read_polis(folder))
    lines = [one for one in found if not isinstance(one, Problem)]
    told = [str(one).removeprefix(f"{folder}/") for one in found if isinstance(one, Problem)]
    return lines, told


def test_a_polis_export_becomes_a_round(tmp_path: Path) -> None:
    lines, told = read(write_polis(tmp_path / "What Now?"))
    assert told == []
    (round_line,) = (line for line in lines if isinstance(line, RoundLine))
    assert round_line.id == "what-now"
    assert round_line.title == "What should be open?"
    assert round_line.source == "Polis https://example.org/talk"
    assert round_line.opens_at
    assert round_line.closes_at
    assert round_line.opens_at.isoformat() == "2020-09-13T12:26:41+00:00"
    assert round_line.closes_at.isoformat() == "2020-09-13T12:26:54+00:00"
    proposals = [line for line in lines if isinstance(line, ProposalLine)]
    assert [(p.id, p.author, p.status, p.source) for p in proposals] == [
        ("0", "2", "published", "import"),
        ("1", "7", "hidden", "import"),
        ("2", "2", "pending", "import"),
    ]
    (decision,) = (line for line in lines if isinstance(line, DecisionLine))
    assert (decision.subject.id, decision.verb, decision.ground, decision.reason) == (
        "1",
        "hide",
        "source_moderation",
        "source moderation",
    )


def test_every_vote_is_kept_and_zero_is_a_pass(tmp_path: Path) -> None:
    lines, _ = read(write_polis(tmp_path / "f"))
    positions = [line for line in lines if isinstance(line, PositionLine)]
    assert [(p.proposal, p.participant, p.value) for p in positions] == [
        ("0", "2", "support"),
        ("0", "3", "object"),
        ("0", "3", "support"),
        ("1", "2", "object"),
        ("1", "3", "pass"),
    ]
    assert len({p.id for p in positions}) == 5


def test_votes_within_one_millisecond_are_all_kept_in_the_order_of_the_file(tmp_path: Path) -> None:
    votes = VOTES.replace("1600000012000", "1600000011000")
    with stage([write_polis(tmp_path / "f", votes=votes)]) as staged:
        assert staged.report() == []
        positions = [p for p in staged.lines(0, "position") if isinstance(p, PositionLine)]
        assert [p.value for p in positions if p.participant == "3" and p.proposal == "0"] == [
            "object",
            "support",
        ]


@pytest.mark.parametrize(
    ("table", "old", "new", "says"),
    [
        ("votes", "0,2,1", "0,2,2", 'votes.csv, line 2, field vote: holds "2"; Polis writes'),
        ("votes", "0,2,1", "0,x,1", 'votes.csv, line 2, field voter-id: holds "x", not a whole'),
        (
            "votes",
            "0,2,1",
            "9,2,1",
            "votes.csv, line 2, field comment-id: is a vote on statement 9",
        ),
        ("votes", "x,0,2,1", "x,0,2", "votes.csv, line 2: has 4 values, while the header names 5"),
        ("votes", "voter-id", "voter", "votes.csv, line 1: the header lacks the column voter-id"),
        ("votes", "datetime", "vote", 'names the column "vote" more than once'),
        ("votes", "1600000011000", "1600000011", "votes.csv, line 3, field timestamp"),
        ("comments", "2,1,1,The", "3,1,1,The", "line 3, field agrees: says 3 for statement 0; "),
        ("comments", "2,1,1,The", "2,0,1,The", "votes.csv has 1."),
        ("comments", "2,1,1,The", "2,1,5,The", 'comments.csv, line 3, field moderated: holds "5"'),
        ("comments", ",0,2,2", ",1,2,2", "comments.csv, line 3, field comment-id: is statement 1"),
        ("comments", 'a comma"', "a comma", "comments.csv, line 2: is not CSV"),
        ("comments", 'a comma"', 'a" comma', "comments.csv, line 2: is not CSV"),
        (
            "matrix",
            "3,,,0,2,1,0,1,0",
            "3,,,0,2,1,0,-1,0",
            "participants-votes.csv, line 3, field 0",
        ),
        ("matrix", "3,,,0,2,1,0,1,0", "3,,,0,2,1,0,1,", "lacks 1 latest votes"),
        ("matrix", "3,,,0,2,1,0,1,0", "2,,,0,2,1,0,1,0", "is participant 2 again"),
        ("matrix", "1,-1\n", "1,-1,9\n", "participants-votes.csv, line 2: has 10 values"),
        ("summary", "comments,2", "comments,2,3", "summary.csv, line 3: has 3 values"),
    ],
)
def test_a_bad_cell_is_refused_with_file_and_line(
    tmp_path: Path, table: str, old: str, new: str, says: str
) -> None:
    tables = {"comments": COMMENTS, "votes": VOTES, "matrix": MATRIX, "summary": SUMMARY}
    assert old in tables[table]
    changed = {table: tables[table].replace(old, new, 1)}
    _, told = read(write_polis(tmp_path / "f", **changed))
    assert any(says in one for one in told), told


@pytest.mark.parametrize("name", ["comments", "votes", "participants-votes", "summary"])
def test_a_missing_or_empty_table_is_refused(tmp_path: Path, name: str) -> None:
    folder = write_polis(tmp_path / "f")
    (folder / f"{name}.csv").unlink()
    assert any(f"{name}.csv" in one for one in read(folder)[1])
    if name != "summary":
        (folder / f"{name}.csv").write_text("")
        assert any(f"{name}.csv" in one for one in read(folder)[1])


def test_the_newer_name_of_the_matrix_is_known(tmp_path: Path) -> None:
    folder = write_polis(tmp_path / "f")
    (folder / "participants-votes.csv").rename(folder / "participant-votes.csv")
    assert read(folder)[1] == []


def test_a_later_export_of_the_same_conversation_keeps_its_lines(tmp_path: Path) -> None:
    folder = write_polis(tmp_path / "f")
    before = {line.id for line in read(folder)[0] if isinstance(line, PositionLine)}
    votes = VOTES.replace("vote\n", "vote\n1600000020000,x,2,3,1\n")
    comments = COMMENTS.replace("2,2,0,0,0,A third", "2,2,1,0,1,A third")
    matrix = "participant,2,0,1\n2,,1,-1\n3,1,1,0\n"
    lines, told = read(write_polis(tmp_path / "f", votes=votes, comments=comments, matrix=matrix))
    assert told == []
    after = {line.id for line in lines if isinstance(line, PositionLine)}
    assert after - before == {"2-3-1600000020000"}
    assert before <= after


def test_a_title_is_cut_at_a_word() -> None:
    assert title_of("Short.\n") == "Short."
    assert title_of("two\nlines") == "two lines"
    assert title_of("a" * 80) == "a" * 80
    assert title_of("a" * 81) == "a" * 80 + "…"
    assert title_of("word " * 20) == "word " * 15 + "word…"
    assert title_of("a" * 80 + " b") == "a" * 80 + "…"


@settings(deadline=None)
@given(st.text(min_size=1).filter(str.strip))
def test_a_title_is_never_too_long_nor_of_several_lines(text: str) -> None:
    title = title_of(text)
    assert 0 < len(title) <= 81
    assert "\n" not in title


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "states", "counts"),
    [
        ("15-per-hour-seattle", (30, 1, 23), (2995, 339)),
        ("brexit-consensus", (50, 0, 0), (5312, 204)),
        ("london.youth.policing", (36, 0, 3), (640, 27)),
        pytest.param(
            "scoop-hivemind.biodiversity", (154, 0, 162), (29802, 536), marks=pytest.mark.long
        ),
        ("scoop-hivemind.freshwater", (51, 0, 29), (3979, 117)),
    ],
)
def test_a_real_export_reads_without_a_problem_and_to_the_last_vote(
    real_data: Path, name: str, states: tuple[int, int, int], counts: tuple[int, int]
) -> None:
    folder = real_data / "polis" / name
    with stage([folder]) as staged:
        assert staged.report() == []
        found = staged.round_line(0)
        assert found is not None
        assert (found.id, found.language) == (name, "en")
        proposals = [p for p in staged.lines(0, "proposal") if isinstance(p, ProposalLine)]
        status = Counter(str(p.status) for p in proposals)
        assert (status["published"], status["pending"], status["hidden"]) == states
        assert len(proposals) == sum(states)
        assert (staged.count(0, "position"), staged.count(0, "participant")) == counts
        assert staged.count(0, "decision") == states[2]
        latest = {
            (p.proposal, p.participant): p.value
            for p in staged.lines(0, "position")
            if isinstance(p, PositionLine)
        }
    with (folder / "participants-votes.csv").open(newline="", encoding="utf-8") as file:
        told = Counter(
            value
            for row in csv.DictReader(file)
            for key, value in row.items()
            if key.isdigit() and value
        )
    counted = Counter(str(value) for value in latest.values())
    assert (counted["support"], counted["object"], counted["pass"]) == (
        told["1"],
        told["-1"],
        told["0"],
    )
    assert counted["neutral"] == 0


@pytest.mark.real_data
def test_a_flipped_vote_in_a_real_export_is_noticed(tmp_path: Path, real_data: Path) -> None:
    folder = tmp_path / "london.youth.policing"
    shutil.copytree(real_data / "polis" / folder.name, folder, copy_function=shutil.copyfile)
    folder.chmod(0o700)
    votes = (folder / "votes.csv").read_text().splitlines()
    head, _, value = votes[100].rpartition(",")
    votes[100] = f"{head},{'-1' if value == '1' else '1'}"
    (folder / "votes.csv").write_text("\n".join(votes) + "\n")
    _, told = read(folder)
    assert any("comments.csv, line" in one for one in told)
    assert any("participants-votes.csv, line" in one for one in told)


HIDDEN_EMPTY = COMMENTS.replace('"A second statement, with a comma"', '""')


def test_a_hidden_statement_may_be_empty_and_keeps_its_votes(tmp_path: Path) -> None:
    """Seen in a real export: what was hidden had been emptied."""
    lines, told = read(write_polis(tmp_path / "f", comments=HIDDEN_EMPTY))
    assert told == []
    (hidden,) = (one for one in lines if isinstance(one, ProposalLine) and one.id == "1")
    assert (hidden.title, hidden.body, hidden.status) == ("1", None, "hidden")
    assert len([one for one in lines if isinstance(one, PositionLine)]) == 5


def test_an_empty_statement_that_is_not_hidden_is_refused_once(tmp_path: Path) -> None:
    comments = COMMENTS.replace("The first statement", "\u200b \u00ad")
    _, told = read(write_polis(tmp_path / "f", comments=comments))
    (only,) = told
    assert only.startswith("comments.csv, line 3, field comment-body: is empty, and the statement")


@pytest.mark.parametrize("column", ["agrees", "disagrees", "moderated"])
def test_a_column_that_only_checks_or_moderates_may_be_missing(tmp_path: Path, column: str) -> None:
    rows = [line.split(",", 7) for line in COMMENTS.splitlines()]
    at = rows[0].index(column)
    comments = "".join(",".join(row[:at] + row[at + 1 :]) + "\n" for row in rows)
    lines, told = read(write_polis(tmp_path / "f", comments=comments))
    assert told == []
    proposals = [one for one in lines if isinstance(one, ProposalLine)]
    states = {one.status for one in proposals}
    assert states == ({None} if column == "moderated" else {"published", "hidden", "pending"})


@pytest.mark.parametrize("table", ["comments", "votes"])
def test_a_missing_column_stops_at_the_header(tmp_path: Path, table: str) -> None:
    tables = {"comments": COMMENTS, "votes": VOTES}
    changed = {table: tables[table].replace("comment-id", "id", 1)}
    with stage([write_polis(tmp_path / "f", **changed)]) as staged:
        told = staged.report()
    assert len([one for one in told if "line" in one]) == 1, told
    assert "the header lacks the column comment-id" in " ".join(told)


def test_nothing_is_made_up_about_a_conversation(tmp_path: Path) -> None:
    lines, _ = read(write_polis(tmp_path / "f"))
    (round_line,) = (one for one in lines if isinstance(one, RoundLine))
    assert (round_line.version, round_line.moderation, round_line.answered_at) == (2, None, None)
    (decision,) = (one for one in lines if isinstance(one, DecisionLine))
    assert decision.created_at is None
    assert not [one for one in lines if isinstance(one, ProposalLine) and one.fields]
