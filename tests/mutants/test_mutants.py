"""The tool itself: what it changes, what it leaves alone, and in which order it looks."""

from pathlib import Path

import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example

from tests.copies import ROOT
from tests.mutants.mutations import Mutant, mutants_of
from tests.mutants.operators import OURS
from tests.mutants.places import modules
from tests.mutants.reach import Reach
from tests.mutants.results import Result, Results, Verdict
from tests.mutants.same import SAME, Same

SOURCE = '''"""A list of 2 things."""
from somewhere import that

MOST = 3


@routes.get("/list", size=4)
def listed(size: int | None = 5) -> list[int] | None:
    """Return at most 6."""
    log.info("listing", size=7)
    query = select(Thing).where(Thing.open, Thing.size > 8)
    if size is None:
        query = query.limit(MOST)
    return query.order_by(Thing.name)
'''


@pytest.mark.parametrize(
    ("name", "example"), [(name, one) for name, ours in OURS.items() for one in ours.examples()]
)
def test_an_operator_of_ours_does_what_its_example_says(name: str, example: Example) -> None:
    changed = mutate_code(example.pre_mutation_code, OURS[name](), example.occurrence)
    assert changed == example.post_mutation_code


def _changes(source: str) -> dict[str, list[Mutant]]:
    found: dict[str, list[Mutant]] = {}
    for one in mutants_of("consult/people/lists/queries.py", source):
        found.setdefault(one.statement, []).append(one)
    return found


def test_behaviour_is_changed_and_nothing_around_it() -> None:
    assert set(_changes(SOURCE)) == {
        "MOST = 3",
        "def listed(size: int | None = 5) -> list[int] | None:",
        "query = select(Thing).where(Thing.open, Thing.size > 8)",
        "if size is None:",
        "query = query.limit(MOST)",
        "return query.order_by(Thing.name)",
    }


def test_the_types_of_a_parameter_are_left_alone() -> None:
    parameters = _changes(SOURCE)["def listed(size: int | None = 5) -> list[int] | None:"]
    assert {one.operator for one in parameters} == {"NumberReplacer"}


def test_what_runs_at_import_is_known() -> None:
    early = {one.statement for found in _changes(SOURCE).values() for one in found if one.early}
    assert early == {"MOST = 3", "def listed(size: int | None = 5) -> list[int] | None:"}


def test_a_change_elsewhere_gives_no_mutant_another_name() -> None:
    moved = SOURCE.replace("MOST = 3", "LEAST = 1\n\nMOST = 3")
    before = {one.id for found in _changes(SOURCE).values() for one in found}
    after = {one.id for found in _changes(moved).values() for one in found}
    assert before < after


def test_every_wing_is_changed() -> None:
    wings = {Path(one).parts[1] for one in modules()}
    assert wings == {"foundation", "people", "consultation", "outcomes", "interfaces"}


@pytest.mark.parametrize("same", SAME, ids=lambda one: one.id)
def test_what_changes_nothing_is_still_there(same: Same) -> None:
    source = (ROOT / same.module).read_text(encoding="utf-8")
    assert same.id in {one.id for one in mutants_of(same.module, source)}


def _told(*tests: tuple[str, int]) -> dict[str, object]:
    """Note that each of these tests reaches the line of the limit, and so many others."""
    module = "consult/people/lists/queries.py"
    return {
        "tests": {
            address: {
                "seconds": 0.1, "passed": True, "fixtures": [],
                "lines": {module: [13, *range(100, 100 + more)]},
            }
            for address, more in tests
        },
        "fixtures": {},
    }  # fmt: skip


def test_the_tests_that_are_most_about_it_come_first_and_sweeps_last() -> None:
    reach = Reach([_told(
        ("tests/house/test_routes.py::test_all", 1),
        ("tests/people/test_pages.py::test_page", 90),
        ("tests/lists/test_queries.py::test_page", 50),
        ("tests/lists/test_queries.py::test_limit[1]", 2),
        ("tests/lists/test_queries.py::test_limit[2]", 2),
    )])  # fmt: skip
    (limit, *_) = _changes(SOURCE)["query = query.limit(MOST)"]
    assert [one.address.rpartition("/")[2] for one in reach.tests_for(limit)] == [
        "test_queries.py::test_limit[1]",
        "test_queries.py::test_page",
        "test_pages.py::test_page",
        "test_queries.py::test_limit[2]",
        "test_routes.py::test_all",
    ]


def test_a_line_that_no_test_reaches_has_no_tests() -> None:
    reach = Reach([_told(("tests/lists/test_queries.py::test_limit", 0))])
    (turned, *_) = _changes(SOURCE)["if size is None:"]
    assert reach.tests_for(turned) == []


def test_a_result_counts_until_the_function_changes(tmp_path: Path) -> None:
    (before, *_) = _changes(SOURCE)["if size is None:"]
    (after, *_) = _changes(SOURCE.replace("size > 8", "size > 9"))["if size is None:"]
    path = tmp_path / "results.jsonl"
    Results(path).add(Result(before.id, before.digest, Verdict.SURVIVED))
    known = Results(path)
    assert after.id == before.id
    assert known.of(before) == Result(before.id, before.digest, Verdict.SURVIVED)
    assert known.of(after) is None
