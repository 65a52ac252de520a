"""The listing of `consult/` is the architecture; `lint-imports` holds that imports point down."""

import ast
import tomllib
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
CONSULT = HOME / "consult"
WINGS = ("foundation", "people", "consultation", "outcomes", "interfaces")
PACKAGES = sorted(
    str(path.parent.relative_to(CONSULT)).replace("/", ".")
    for wing in WINGS
    for path in (CONSULT / wing).glob("*/__init__.py")
)
MODULES = sorted(path for path in CONSULT.rglob("*.py") if "static" not in path.parts)


def test_every_package_has_its_place_in_the_contract() -> None:
    settings = tomllib.loads((HOME / "pyproject.toml").read_text())
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    assert sorted(contract["layers"]) == PACKAGES


def test_nothing_lies_beside_the_wings() -> None:
    loose = {path.name for path in CONSULT.iterdir() if path.is_dir()} - {"__pycache__"}
    assert loose == {*WINGS, "static", "translations"}
    for wing in WINGS:
        assert [path.name for path in (CONSULT / wing).glob("*.py")] == ["__init__.py"]


def test_no_import_stands_inside_a_function() -> None:
    inside = [
        f"{path.relative_to(CONSULT)} line {node.lineno}"
        for path in MODULES
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_says_its_concept(name: str) -> None:
    init = CONSULT / name.replace(".", "/") / "__init__.py"
    docstring = ast.get_docstring(ast.parse(init.read_text()))
    assert docstring
    assert len(docstring.split()) >= 8
