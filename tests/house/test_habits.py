"""The habits of the house: one place commits, short functions, labelled columns, no clock below."""

import ast
import re
from pathlib import Path

import pytest

from consult.foundation.core.db import Base, Privacy
from tests.house.test_layout import CONSULT, HOME, MODULES, trees

TEMPLATES = HOME / "templates"
LONGEST_FUNCTION = 40


def relative(path: Path) -> str:
    return str(path.relative_to(CONSULT))


def test_one_place_commits() -> None:
    commits = {relative(p) for p in MODULES if re.search(r"\.commit\(", p.read_text())}
    assert commits == {"foundation/core/unit_of_work.py"}


def test_services_know_no_request() -> None:
    forbidden = re.compile(r"\b(request|current_user|session\[|flash)\b")
    rooms = ("services.py", "models.py", "answers.py")
    guilty = []
    for path in MODULES:
        if path.name not in rooms:
            continue
        names = {node.id for node in ast.walk(trees()[path]) if isinstance(node, ast.Name)}
        guilty += [f"{relative(path)}: {name}" for name in names if forbidden.fullmatch(name)]
    assert not guilty


def test_nobody_reads_the_clock_but_the_clock() -> None:
    clock = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")
    guilty = {relative(p) for p in MODULES if clock.search(p.read_text())}
    assert guilty <= {"foundation/core/clock.py"}


def test_a_function_is_one_thought() -> None:
    too_long = [
        f"{relative(path)} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in MODULES
        for node in ast.walk(trees()[path])
        if isinstance(node, ast.FunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not too_long


def test_every_column_says_how_private_it_is() -> None:
    unlabelled = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if not isinstance(column.info.get("privacy"), Privacy)
    ]
    assert not unlabelled


@pytest.mark.parametrize("column", ["email", "password", "fs_uniquifier"])
def test_what_must_never_travel_is_labelled_so(column: str) -> None:
    label = Base.metadata.tables["person"].columns[column].info["privacy"]
    assert label in {Privacy.PRIVATE, Privacy.SECRET}


def test_no_formatted_string_becomes_sql() -> None:
    formatted = re.compile(r"\btext\(\s*f[\"']|exec_driver_sql\(\s*f[\"']")
    assert not [relative(p) for p in MODULES if formatted.search(p.read_text())]


def test_templates_ask_the_table_who_sees_what() -> None:
    """No template decides from a role, or from whether a text is public; a state may be named."""
    decides = re.compile(
        r"text_is_public|shown_versions|is_team|all_of_it|\.grants\b|\bplan_roles\b"
        r"|actor\.(roles|is_active)|\bcan\([^)]*\) (and|or) [\w.]+\.state"
    )
    guilty = [
        f"{path.relative_to(TEMPLATES)}: {found[0]}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        if (found := decides.search(path.read_text()))
    ]
    assert not guilty


def test_every_long_test_has_its_part() -> None:
    """What `make test-long` does not name never runs."""
    makefile = (HOME / "Makefile").read_text()
    parts = re.findall(r"^LONG_\w+ := (.*)$", makefile, re.MULTILINE)
    named = {folder for part in parts for folder in part.split()}
    folders = {
        f"tests/{path.relative_to(HOME / 'tests').parts[0]}"
        for path in (HOME / "tests").rglob("*.py")
        if path.parent != HOME / "tests"
        if re.search(r"mark\.long\b|SHORT_AND_LONG", path.read_text())
    }
    assert folders <= named, folders - named
