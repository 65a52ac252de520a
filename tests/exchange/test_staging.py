import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from consult.interfaces.exchange.format.lines import CommentLine, PositionLine
from consult.interfaces.exchange.reading.checks import DEEPEST
from consult.interfaces.exchange.reading.staged import LISTED
from consult.interfaces.exchange.reading.staging import read_all, stage
from tests.exchange.samples import (
    COMMENT,
    DECISION,
    PARTICIPANT,
    POSITION,
    PROPOSAL,
    RESPONSE,
    ROUND,
    WHOLE,
    write_jsonl,
)

KINDS = ("round", "participant", "proposal", "comment", "position", "decision", "response")


def report(tmp_path: Path, *objects: dict[str, Any] | str) -> list[str]:
    with stage([write_jsonl(tmp_path / "f.jsonl", *objects)]) as staged:
        return [line.removeprefix(f"{tmp_path}/f.jsonl, ") for line in staged.report()]


def test_a_whole_round_has_no_problems_and_gives_its_lines_back(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "f.jsonl", *WHOLE)
    with stage([path]) as staged:
        assert staged.report() == []
        assert [staged.count(0, kind) for kind in KINDS] == [1] * 7
        round_line = staged.round_line(0)
        assert round_line is not None
        assert round_line.id == "ronde-1"
        assert next(staged.lines(0, "proposal")).place.line == 3


def test_the_copy_is_thrown_away(tmp_path: Path) -> None:
    with stage([write_jsonl(tmp_path / "f.jsonl", *WHOLE)]) as staged:
        folder = Path(staged._directory.name)
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({**PROPOSAL, "id": "p2", "author": "u9"}, 'field author: refers to the participant "u9"'),
        ({**COMMENT, "id": "c2", "author": "u9"}, 'field author: refers to the participant "u9"'),
        ({**COMMENT, "id": "c2", "proposal": "p9"}, 'field proposal: refers to the proposal "p9"'),
        ({**COMMENT, "id": "c2", "parent": "c9"}, 'field parent: refers to the comment "c9"'),
        ({**POSITION, "participant": "u9"}, 'field participant: refers to the participant "u9"'),
        ({**POSITION, "proposal": "p9"}, 'field proposal: refers to the proposal "p9"'),
        ({**RESPONSE, "proposal": "p9"}, 'field subject: refers to the proposal "p9"'),
        (
            {**DECISION, "subject": {"type": "comment", "id": "p1"}},
            'field subject: refers to the comment "p1"',
        ),
        ({**PROPOSAL, "title": "Anders"}, 'field id: is the id "p1" of the proposal on line 3'),
        ({**POSITION, "value": -1}, "is a position that was already given on line 5"),
        ({**RESPONSE, "reason": "Anders"}, 'second response to proposal "p1"'),
        ({**ROUND, "id": "ronde-2"}, "is a second round line"),
    ],
    ids=str,
)
def test_a_line_that_does_not_fit_the_others_is_refused(
    tmp_path: Path, line: dict[str, Any], says: str
) -> None:
    (told,) = report(tmp_path, *WHOLE, line)
    assert told.startswith("line 8")
    assert says in told


def test_the_same_line_twice_is_taken_once(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "f.jsonl", *WHOLE, *WHOLE[1:])
    with stage([path]) as staged:
        assert staged.report() == []
        assert [staged.count(0, kind) for kind in KINDS] == [1] * 7


def test_a_line_may_refer_to_a_later_one(tmp_path: Path) -> None:
    assert report(tmp_path, ROUND, RESPONSE, COMMENT, PROPOSAL, PARTICIPANT) == []


def test_an_answer_belongs_to_the_proposal_of_its_parent(tmp_path: Path) -> None:
    other = {**PROPOSAL, "id": "p2"}
    answer = {**COMMENT, "id": "c2", "parent": "c1", "proposal": "p2"}
    (told,) = report(tmp_path, *WHOLE, other, answer)
    assert 'field parent: is a comment on proposal "p1", while this one is on "p2"' in told


def chain(length: int) -> list[dict[str, Any]]:
    answers = [{**COMMENT, "id": f"c{n}", "parent": f"c{n - 1}"} for n in range(2, length + 2)]
    return answers[::-1]


def test_comments_come_after_what_they_answer(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "f.jsonl", ROUND, PARTICIPANT, PROPOSAL, *chain(DEEPEST), COMMENT)
    with stage([path]) as staged:
        assert staged.report() == []
        ids = [line.id for line in staged.lines(0, "comment") if isinstance(line, CommentLine)]
        assert ids == [f"c{n}" for n in range(1, DEEPEST + 2)]


def test_answers_that_stand_too_deep_are_refused(tmp_path: Path) -> None:
    told = report(tmp_path, *WHOLE, *chain(DEEPEST + 2))
    assert sum("answers deep; at most" in one for one in told) == 2


def test_answers_in_a_circle_are_refused(tmp_path: Path) -> None:
    two = {**COMMENT, "id": "c2", "parent": "c3"}
    three = {**COMMENT, "id": "c3", "parent": "c2"}
    own = {**COMMENT, "id": "c4", "parent": "c4"}
    told = report(tmp_path, *WHOLE, two, three, own)
    assert len(told) == 3
    assert all("leads in a circle" in one for one in told)


def test_positions_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    earlier = {**POSITION, "value": -1, "created_at": "2026-01-07T23:30:00-05:00"}
    latest = {**POSITION, "value": "pass", "created_at": "2026-01-08T09:00:00.001Z"}
    path = write_jsonl(tmp_path / "f.jsonl", *WHOLE, latest, earlier)
    with stage([path]) as staged:
        found = [line for line in staged.lines(0, "position") if isinstance(line, PositionLine)]
        assert [line.value for line in found] == ["object", "support", "pass"]


@pytest.mark.parametrize(
    ("objects", "says"),
    [
        ([], "the file is empty"),
        ([PARTICIPANT], "is the first line and no round line"),
        ([PARTICIPANT, ROUND], "or does not stand first"),
    ],
    ids=["empty", "none", "late"],
)
def test_the_round_comes_first(tmp_path: Path, objects: list[dict[str, Any]], says: str) -> None:
    assert says in " ".join(report(tmp_path, *objects))


def test_a_broken_round_line_is_told_once(tmp_path: Path) -> None:
    (told,) = report(tmp_path, {**ROUND, "kind": "poll"}, PARTICIPANT)
    assert "field kind" in told


def test_what_refers_to_a_refused_line_is_refused_and_the_rest_remains(tmp_path: Path) -> None:
    bad = {**PROPOSAL, "id": "p2", "author": "u9"}
    on_bad = {**COMMENT, "id": "c2", "proposal": "p2"}
    answer = {**on_bad, "id": "c3", "parent": "c2"}
    decision = {**DECISION, "subject": {"type": "comment", "id": "c3"}, "verb": "hide"}
    path = write_jsonl(tmp_path / "f.jsonl", *WHOLE, bad, on_bad, answer, decision)
    with stage([path]) as staged:
        # The line 10 lacks what line 9 lacks, which is said once.
        assert {problem.place.line for problem in staged.problems()} == {8, 9, 11}
        assert [staged.count(0, kind) for kind in KINDS] == [1] * 7


def test_an_answer_to_a_refused_comment_is_no_circle(tmp_path: Path) -> None:
    bad = {**COMMENT, "id": "c2", "author": "u9"}
    answer = {**COMMENT, "id": "c3", "parent": "c2"}
    told = report(tmp_path, *WHOLE, bad, answer)
    assert "refers to the participant" in told[0]
    assert 'refers to the comment "c2", which has no good line' in told[1]


def test_problems_stand_in_the_order_of_the_lines_and_are_capped(tmp_path: Path) -> None:
    bad = [{**COMMENT, "id": f"c{n}", "proposal": f"p{n}"} for n in range(2, LISTED + 4)]
    told = report(tmp_path, ROUND, PARTICIPANT, "{", PROPOSAL, *bad)
    assert len(told) == LISTED + 1
    assert told[0].startswith("line 3: is not JSON")
    assert told[1].startswith("line 5, field proposal")
    assert told[-1] == "And 3 more problems."


def test_paths_hold_a_round_each_and_know_nothing_of_each_other(tmp_path: Path) -> None:
    one = write_jsonl(tmp_path / "one.jsonl", *WHOLE)
    two = write_jsonl(tmp_path / "two.jsonl", {**ROUND, "id": "ronde-2"}, COMMENT)
    with stage([one, two]) as staged:
        assert staged.count(0, "comment") == 1
        assert staged.count(1, "comment") == 0
        assert {problem.place.file for problem in staged.problems()} == {str(two)}
    with stage([one, one]) as staged:
        (told,) = staged.report()
        assert 'is the id "ronde-1" of a round that an earlier path holds' in told


def test_a_theme_that_the_plan_lacks_is_refused_by_name(tmp_path: Path) -> None:
    themed = {**PROPOSAL, "id": "p2", "theme": "toegang"}
    other = {**PROPOSAL, "id": "p3", "theme": "onbekend"}
    with read_all([write_jsonl(tmp_path / "f.jsonl", *WHOLE, themed, other)]) as staged:
        staged.allow_themes(0, ["toegang", "dialoog"])
        staged.check(against_plan=True)
        (told,) = staged.report()
        assert 'line 9, field theme: holds "onbekend", which is no theme of the file or' in told


def test_what_was_imported_before_is_known_again(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "f.jsonl", *WHOLE)
    with stage([path]) as staged:
        (batch,) = staged.pending(0, "proposal")
        known = ("proposal", batch[0].key, 5, batch[0].digest)
    with read_all([path]) as staged:
        staged.know(0, [known, ("comment", "c1", 6, "another digest")])
        staged.check()
        (told,) = staged.report()
        assert 'is the comment "c1", which was imported before with other content' in told
        assert staged.count(0, "proposal", pending=True) == 0
        (positions,) = staged.pending(0, "position")
        assert positions[0].proposal == 5


def test_a_line_is_the_same_however_much_it_leaves_out(tmp_path: Path) -> None:
    full = {**PROPOSAL, "status": "published", "source": "import", "language": "nl"}
    timed = {**DECISION, "created_at": ROUND["closes_at"]}
    assert report(tmp_path, *WHOLE, full, timed, {**PARTICIPANT, "name": "Iemand anders"}) == []


def test_a_large_file_is_staged_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("w") as file:
        for one in (ROUND, PARTICIPANT, PROPOSAL):
            file.write(json.dumps(one) + "\n")
        for n in range(3000):
            file.write(json.dumps({**COMMENT, "id": f"c{n}", "body": "woord " * 500}) + "\n")
    heard: list[int] = []
    tracemalloc.start()
    with stage([path], heard.append) as staged:
        assert staged.count(0, "comment") == 3000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 9_000_000
    assert peak < 6_000_000
    assert heard == [1000, 2000, 3000]
