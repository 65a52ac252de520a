"""The house stands: imports point down, and none hides in a function."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "consult"

# From below to above. Within one floor, what stands right may import what stands left of it.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("analysis", "core"),
    (
        "record",
        "jobs",
        "notifications",
        "files",
        "policy",
        "accounts",
        "organisations",
        "meetings",
        "invitations",
        "privacy",
    ),
    ("plans", "rounds"),
    ("comments", "proposals", "moderation"),
    ("responses", "summaries", "commitments", "approvals", "exchange"),
    ("publishing",),
)  # fmt: skip
ROOF = {
    "__init__",
    "backup",
    "cli",
    "cli_backup",
    "cli_mail",
    "cli_people",
    "config",
    "demonstration",
    "extensions",
    "floors",
    "settings",
    "upgrade",
}
# Core takes its settings from nobody; the roof's settings module takes its clock from core.
PLACE = {name: (f, i) for f, floor in enumerate(FLOORS) for i, name in enumerate(floor)}


def files() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if "static" not in p.parts)


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("consult"):
            parts = node.module.split(".")
            if len(parts) > 1:
                yield node.lineno, parts[1]
            else:
                yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("consult."):
                    yield node.lineno, alias.name.split(".")[1]


def is_allowed(importer: str, target: str) -> bool:
    if importer in ROOF or importer == target:
        return True
    if target not in PLACE or importer not in PLACE:
        return False
    return PLACE[target] < PLACE[importer]


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    importer = package_of(path)
    wrong = [
        f"line {line}: {importer} must not import {target}"
        for line, target in imported(ast.parse(path.read_text()))
        if not is_allowed(importer, target)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rule_itself_catches_what_it_must() -> None:
    assert not is_allowed("core", "plans")
    assert not is_allowed("plans", "rounds")
    assert not is_allowed("record", "policy")
    assert not is_allowed("publishing", "cli")
    assert is_allowed("rounds", "plans")
    assert is_allowed("publishing", "core")


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_import_stands_inside_a_function(path: Path) -> None:
    inside = [
        f"line {node.lineno}"
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside


def test_every_package_has_its_place() -> None:
    packages = {package_of(path) for path in files()}
    assert not packages - ROOF - set(PLACE)
    assert set(PLACE) <= packages


@pytest.mark.parametrize("name", sorted(PLACE))
def test_every_package_says_its_concept(name: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / name / "__init__.py").read_text()))
    assert docstring
    assert len(docstring.split()) >= 8
