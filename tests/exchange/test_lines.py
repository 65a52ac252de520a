import json
from collections.abc import Iterator
from dataclasses import fields as fields_of
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consult.consultation.proposals.models import Stance
from consult.interfaces.exchange.format.keys import fingerprint
from consult.interfaces.exchange.format.lines import Line, PositionLine, ProposalLine, SourceLine
from consult.interfaces.exchange.format.problems import LinePlace, Problem
from consult.interfaces.exchange.format.schema import NEWEST, SHAPES, build
from consult.interfaces.exchange.format.writing import as_json, as_object
from consult.interfaces.exchange.reading.json_lines import LONGEST_LINE, read_jsonl, read_line
from tests.exchange.samples import (
    COMMENT,
    DECISION,
    PARTICIPANT,
    POSITION,
    PROPOSAL,
    RESPONSE,
    ROUND,
    VERSION_2,
    WHOLE,
    write_jsonl,
)

PLACE = LinePlace("file.jsonl", 3)


def problems_of(given: dict[str, Any]) -> list[Problem]:
    found = build(given, PLACE)
    assert isinstance(found, list), found
    return found


def only_problem(given: dict[str, Any]) -> str:
    (problem,) = problems_of(given)
    return str(problem)


def good(given: dict[str, Any]) -> Line:
    found = build(given, PLACE)
    assert not isinstance(found, list), [str(one) for one in found]
    return found


@pytest.mark.parametrize("whole", [*WHOLE, *VERSION_2], ids=lambda o: o["type"])
def test_a_good_line_of_each_type_is_taken_and_written_again(whole: dict[str, Any]) -> None:
    line = good(whole)
    again = good(as_object(line))
    assert again == line
    assert fingerprint(again) == fingerprint(line)
    assert next(iter(json.loads(as_json(line)))) == "type"


def test_every_shape_names_the_attributes_of_its_class() -> None:
    shared = {field.name for field in fields_of(SourceLine)}
    for shape in SHAPES.values():
        assert {field.name for field in fields_of(shape.made)} - shared == set(shape.names)


def required() -> Iterator[tuple[dict[str, Any], str]]:
    for whole in VERSION_2:
        for key in SHAPES[whole["type"]].keys:
            if key.is_needed(NEWEST):
                yield whole, key.name


@pytest.mark.parametrize(("whole", "name"), list(required()))
def test_a_missing_key_is_refused_by_name(whole: dict[str, Any], name: str) -> None:
    without = {key: value for key, value in whole.items() if key != name}
    assert only_problem(without).startswith(f"file.jsonl, line 3, field {name}: is missing")
    assert only_problem({**whole, name: None}) == only_problem(without)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({**PROPOSAL, "created": "x"}, "field created: is not a key of a proposal line"),
        ({**PROPOSAL, "titel": "x"}, "Did you mean title?"),
        ({**PROPOSAL, "title": 3}, "field title: holds 3, not a text"),
        ({**PROPOSAL, "title": "  "}, "field title: is empty"),
        ({**PROPOSAL, "theme": "a\nb"}, "field theme: holds a line break"),
        ({**PROPOSAL, "title": "a" * 301}, "is 301 characters long; at most 300"),
        ({**PROPOSAL, "body": "a\x00b"}, "field body: holds the character U+0000"),
        ({**PROPOSAL, "body": "a\x9bb"}, "U+009B"),
        ({**PROPOSAL, "body": "a\u202eb"}, "U+202E"),
        ({**PROPOSAL, "body": "a\ud800b"}, "U+D800"),
        ({**PROPOSAL, "id": " p1"}, "field id: has a blank at an end"),
        ({**PROPOSAL, "status": "open"}, "Use one of: pending, published"),
        ({**PROPOSAL, "status": "draft"}, "field status"),
        ({**PROPOSAL, "source": ["letter"]}, "field source: holds"),
        ({**PROPOSAL, "fields": []}, "field fields: holds [], not an object"),
        ({**PROPOSAL, "fields": {"wens": "x"}}, 'an unknown key "wens"'),
        ({**PROPOSAL, "fields": {"action": 1}}, "a key action that holds 1, not a text"),
        ({**PROPOSAL, "fields": {"amount": "veel"}}, "a key amount that holds"),
        ({**PROPOSAL, "language": "Nederlands"}, "not a language"),
        ({**PROPOSAL, "created_at": "2026-01-06"}, "not a time with an offset"),
        ({**PROPOSAL, "created_at": "2026-01-06T10:00:00"}, "not a time with an offset"),
        ({**PROPOSAL, "created_at": "2026-02-30T10:00:00Z"}, "a time that does not exist"),
        ({**PROPOSAL, "created_at": "2026-01-06T10:00:00+24:00"}, "a time that does not exist"),
        ({**PROPOSAL, "created_at": "0001-01-01T00:00:00+01:00"}, "a time that does not exist"),
        ({**PROPOSAL, "created_at": "1066-01-01T00:00:00Z"}, "holds the year 1066"),
        ({**PROPOSAL, "created_at": 1700000000}, "not a text"),
        ({**COMMENT, "kind": "vraag"}, "Use one of: reaction, question, suggestion"),
        ({**COMMENT, "status": "returned"}, "field status"),
        ({**POSITION, "value": 2}, "field value: holds 2"),
        ({**POSITION, "value": True}, "field value: holds true"),
        ({**POSITION, "value": 1.0}, "field value: holds 1.0"),
        ({**POSITION, "value": "1"}, 'field value: holds "1"'),
        ({**POSITION, "value": [1]}, "field value: holds [1]"),
        ({**DECISION, "verb": "delete"}, "Use one of: publish, return, hide"),
        ({**DECISION, "subject": {"type": "round", "id": "x"}}, "a key type that holds"),
        ({**DECISION, "subject": {"type": "proposal"}}, "lacks the key id"),
        ({**RESPONSE, "outcome": "maybe"}, "Use one of: adopted"),
        ({**ROUND, "kind": "poll"}, "Use one of: proposals"),
        ({**ROUND, "closes_at": ROUND["opens_at"]}, "is not later than opens_at"),
        ({**PARTICIPANT, "sector": "press"}, "Use one of: civil_society"),
        ({"type": "vote"}, "field type"),
        ({"type": []}, "field type"),
        ({}, "field type: is missing"),
    ],
    ids=str,
)
def test_a_bad_value_is_refused_with_field_and_help(changed: dict[str, Any], says: str) -> None:
    assert says in only_problem(changed)


def test_all_that_is_wrong_with_a_line_is_told_at_once() -> None:
    bad = {"type": "proposal", "id": "p1", "title": "", "created_at": "x", "colour": "red"}
    told = {problem.field for problem in problems_of(bad)}
    assert told == {"title", "created_at", "colour"}


@pytest.mark.parametrize(
    ("value", "stance"),
    [(1, Stance.SUPPORT), (0, Stance.NEUTRAL), (-1, Stance.OBJECT), ("pass", Stance.PASS)],
)
def test_positions_have_four_values(value: object, stance: Stance) -> None:
    line = good({**POSITION, "value": value})
    assert isinstance(line, PositionLine)
    assert line.value is stance
    assert as_object(line)["value"] == value


def test_times_are_kept_in_utc_and_line_ends_made_plain() -> None:
    line = good({**PROPOSAL, "body": "a\r\nb\rc", "created_at": "2026-01-06T10:00:00.5+01:00"})
    assert isinstance(line, ProposalLine)
    assert line.created_at == datetime(2026, 1, 6, 9, 0, 0, 500000, tzinfo=UTC)
    assert line.body == "a\nb\nc"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"type": "round", "version": 3}, "This platform reads 1 and 2."),
        ({"type": "round", "version": True}, "a version that is not known here"),
        ({"type": "round", "title": {}}, "holds no language"),
        ({"type": "round", "title": {"Dutch": "x"}}, "not a language"),
        ({"type": "round", "moderation": "never"}, "Use one of: pre, post"),
        ({"type": "proposal", "url": "javascript:alert(1)"}, "Write it whole, with https://"),
        ({"type": "proposal", "url": "javascript://a.nl/%0aalert(1)"}, "not an address"),
        ({"type": "proposal", "url": "ftp://a.nl/x"}, "not an address"),
        ({"type": "proposal", "url": "https://"}, "not an address"),
        ({"type": "proposal", "url": "https://[x"}, "not an address"),
        ({"type": "proposal", "totals": {"support": -1}}, "not a number of things"),
        ({"type": "proposal", "totals": {"support": True}}, "not a number of things"),
        ({"type": "proposal", "totals": {"pass": 1}}, 'an unknown key "pass"'),
        ({"type": "proposal", "totals": {"support": 10**12}}, "not a number of things"),
        ({"type": "proposal", "links": {"url": "https://a.nl"}}, "not a list"),
        ({"type": "proposal", "links": [{"title": "x"}]}, "a link without an url"),
        ({"type": "proposal", "links": [{"url": "https://a.nl"}] * 101}, "at most 100"),
        ({"type": "proposal", "source_date": "2026-02-30"}, "not a day"),
        ({"type": "proposal", "source_date": "20260203"}, "not a day"),
        ({"type": "proposal", "author_role": "king"}, "Use one of: participant"),
        ({"type": "comment", "alignment": 2}, "Use 1 (in favour)"),
        ({"type": "comment", "alignment": True}, "Use 1 (in favour)"),
        ({"type": "comment", "likes": 1.5}, "not a number of things"),
        ({"type": "response", "subject": {"type": "comment", "id": "c1"}}, "Only proposals"),
    ],
    ids=str,
)
def test_a_bad_value_of_version_2_is_refused_too(changed: dict[str, Any], says: str) -> None:
    whole = next(one for one in VERSION_2 if one["type"] == changed["type"])
    assert says in only_problem({**whole, **changed})


def test_a_break_in_a_title_becomes_a_blank() -> None:
    line = good({**PROPOSAL, "title": " Een titel\n  op twee\tregels"})
    assert isinstance(line, ProposalLine)
    assert line.title == "Een titel op twee regels"


def test_the_same_content_has_the_same_fingerprint_however_it_is_written() -> None:
    one = good(PROPOSAL)
    turned = dict(reversed({**PROPOSAL, "created_at": "2026-01-06T09:00:00Z"}.items()))
    assert fingerprint(good({**turned, "theme": None})) == fingerprint(one)
    assert fingerprint(good({**turned, "theme": "wet-open-overheid"})) != fingerprint(one)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "not an object"),
        ("3", "not an object"),
        ('{"type":"participant","id":"a","id":"b"}', 'has the key "id" twice'),
        ('{"type":"decision","subject":{"id":"a","id":"b"}}', 'has the key "id" twice'),
        ('{"type":"position","value":NaN}', "holds NaN"),
        ('{"type":"position","value":' + "9" * 5000 + "}", "cannot"),
        ("[" * 100_000, "not JSON"),
        ('{"type":"participant","id":"a\tb"}', "is not JSON"),
    ],
    ids=lambda text: text[:40],
)
def test_what_is_not_a_good_object_is_refused(text: str, says: str) -> None:
    found = read_line(text, PLACE, NEWEST)
    assert isinstance(found, list)
    assert "line 3" in str(found[0])
    assert says in str(found[0]) or "cannot" in says


def test_a_file_is_read_with_line_numbers_and_goes_on_after_bad_lines(tmp_path: Path) -> None:
    path = tmp_path / "round.jsonl"
    participant = json.dumps(PARTICIPANT).encode()
    path.write_bytes(
        b"\xef\xbb\xbf"
        + json.dumps(ROUND).encode()
        + b"\r\n\n"
        + b'{"type":"participant","id":"\xff"}\n'
        + b'{"type":"participant","id":"'
        + b"x" * LONGEST_LINE
        + b'"}\n'
        + b"\n"
        + participant
    )
    found = list(read_jsonl(path))
    lines = [one for one in found if not isinstance(one, Problem)]
    problems = [one for one in found if isinstance(one, Problem)]
    assert [line.place.line for line in lines] == [1, 6]
    assert [problem.place.line for problem in problems] == [3, 4]
    assert "is not UTF-8" in problems[0].text
    assert "longer than 1 MiB" in problems[1].text


def test_a_line_of_exactly_one_mebibyte_is_read(tmp_path: Path) -> None:
    text = json.dumps(PARTICIPANT)
    path = write_jsonl(tmp_path / "long.jsonl", text + " " * (LONGEST_LINE - len(text)))
    (line,) = read_jsonl(path)
    assert not isinstance(line, Problem)


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (found,) = read_jsonl(tmp_path / "nothing.jsonl")
    assert isinstance(found, Problem)
    assert "cannot be read" in str(found)


def test_a_problem_never_carries_control_characters() -> None:
    found = problems_of({**PROPOSAL, "status": "x\x1b[31m\n", "\x1b": "y"})
    assert all(str(one).isprintable() for one in found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=3,
)
# A busy machine is slow, and that is not what these tests are about.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = sorted({name for shape in SHAPES.values() for name in shape.names})


def is_line_or_problems(found: Line | list[Problem]) -> bool:
    if isinstance(found, list):
        return bool(found) and all(isinstance(one, Problem) and str(one) for one in found)
    return isinstance(found, Line)


@unhurried
@given(st.sampled_from(sorted(SHAPES)), st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6))
def test_any_object_gives_a_line_or_problems(kind: str, values: dict[str, Any]) -> None:
    assert is_line_or_problems(build({"type": kind, **values}, PLACE))


@unhurried
@given(st.sampled_from(WHOLE), st.data())
def test_any_change_of_a_good_line_gives_a_line_or_problems(
    whole: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(whole)))
    text = json.dumps({**whole, name: data.draw(JSON)})
    found = read_line(text, PLACE, NEWEST)
    assert is_line_or_problems(found)
    if not isinstance(found, list):
        assert read_line(as_json(found), PLACE, NEWEST) == found


@unhurried
@given(st.binary() | st.text().map(lambda text: text.encode()))
def test_any_bytes_give_lines_or_problems(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(content)
    assert all(isinstance(one, Problem | Line) for one in read_jsonl(path))
