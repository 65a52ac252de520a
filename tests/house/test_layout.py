"""The listing of `consult/` is the architecture; `lint-imports` holds that imports point down."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import consult.assembly

HOME = Path(__file__).parents[2]
CONSULT = HOME / "consult"
WINGS = ("foundation", "people", "consultation", "outcomes", "interfaces")
PACKAGES = sorted(
    str(path.parent.relative_to(CONSULT)).replace("/", ".")
    for wing in WINGS
    for path in (CONSULT / wing).glob("*/__init__.py")
)
MODULES = sorted(path for path in CONSULT.rglob("*.py") if "static" not in path.parts)
DEFINES = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)
WRAPS = {
    "dataclass", "contextmanager", "cache", "lru_cache", "cached", "public", "requires", "fresh",
    "in_sentences", "click", "with_appcontext",
}  # fmt: skip
"""Decorators that change what they stand on, and nothing else."""
NOT_REGISTERING = {"time", "lazy"}
"""What packages call besides, where they say what they bring."""


@cache
def trees() -> dict[Path, ast.Module]:
    """Return the syntax tree of every module."""
    return {path: ast.parse(path.read_text()) for path in MODULES}


def test_every_package_has_its_place_in_the_contract() -> None:
    assert sorted(contract()) == PACKAGES


def test_nothing_lies_beside_the_wings() -> None:
    loose = {path.name for path in CONSULT.iterdir() if path.is_dir()} - {"__pycache__"}
    assert loose == {*WINGS, "static", "translations"}
    for wing in WINGS:
        assert [path.name for path in (CONSULT / wing).glob("*.py")] == ["__init__.py"]


def test_no_import_stands_inside_a_function() -> None:
    inside = [
        f"{path.relative_to(CONSULT)} line {node.lineno}"
        for path in MODULES
        for function in ast.walk(trees()[path])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_says_its_concept(name: str) -> None:
    init = CONSULT / name.replace(".", "/") / "__init__.py"
    docstring = ast.get_docstring(trees()[init])
    assert docstring
    assert len(docstring.split()) >= 8


def contract() -> list[str]:
    """The packages from above to below."""
    settings = tomllib.loads((HOME / "pyproject.toml").read_text())
    (layers,) = settings["tool"]["importlinter"]["contracts"]
    return list(layers["layers"])


def init_of(name: str) -> ast.FunctionDef | None:
    """What a package brings, as it says itself."""
    tree = trees()[CONSULT / name.replace(".", "/") / "__init__.py"]
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    return next((one for one in found if one.name == "init_app"), None)


def test_every_package_that_brings_something_is_asked_from_below_to_above() -> None:
    bring = [f"consult.{name}" for name in reversed(contract()) if init_of(name)]
    assert [package.__name__ for package in consult.assembly.PACKAGES] == bring  # type: ignore[attr-defined]


def named_in(tree: ast.AST) -> Iterator[str]:
    """The names that are used in a module, also those in annotations that are texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                inner = ast.parse(node.value, mode="eval")
            except (SyntaxError, ValueError):
                continue
            yield from (one.id for one in ast.walk(inner) if isinstance(one, ast.Name))


def exported_by(path: Path) -> set[str]:
    """What a package gives on, by `__all__`."""
    if path.name != "__init__.py":
        return set()
    for node in trees()[path].body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def imported_by(tree: ast.Module) -> set[str]:
    """The names that a module imports."""
    return {
        (name.asname or name.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }


def test_nothing_is_imported_for_its_effect() -> None:
    unused = {
        str(path.relative_to(CONSULT)): imported_by(tree) - set(named_in(tree)) - exported_by(path)
        for path, tree in trees().items()
    }
    assert not {path: names for path, names in unused.items() if names}
    assert not [path for path in MODULES if "noqa: F401" in path.read_text()]


def root_of(node: ast.expr) -> str:
    """The name that an expression begins with: `routes` in `routes.get("/")`."""
    while not isinstance(node, ast.Name):
        node = node.func if isinstance(node, ast.Call) else node.value  # type: ignore[attr-defined]
    return node.id


def made_in(tree: ast.Module) -> set[str]:
    """The names that a module gives to what it makes itself."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def does_something(tree: ast.Module) -> Iterator[int]:
    """The lines of a module that do more than define.

    A decorator may note something in an object of its own module, and nowhere else.
    """
    harmless = WRAPS | made_in(tree)
    for node in tree.body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not docstring and not isinstance(node, DEFINES):
            yield node.lineno
        for decorator in getattr(node, "decorator_list", ()):
            if root_of(decorator) not in harmless:
                yield decorator.lineno


def test_a_module_only_defines() -> None:
    acting = {
        str(path.relative_to(CONSULT)): list(does_something(trees()[path])) for path in MODULES
    }
    assert not {path: lines for path, lines in acting.items() if lines}


def called_on_import(node: ast.AST) -> Iterator[str]:
    """The functions that are called while a module is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name):
            yield child.func.id
        yield from called_on_import(child)


def test_what_registers_is_called_by_a_package_that_says_what_it_brings() -> None:
    registering = {
        node.func.id
        for init in map(init_of, PACKAGES)
        if init
        for node in ast.walk(init)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    } - NOT_REGISTERING
    assert {"answer", "handle", "declare", "personal_data"} <= registering
    early = {str(path): set(called_on_import(tree)) & registering for path, tree in trees().items()}
    assert not {path: names for path, names in early.items() if names}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_hides_none_of_its_modules(name: str) -> None:
    """Else `from package import module` would mean another thing once the package is imported."""
    home = CONSULT / name.replace(".", "/")
    modules = {path.stem for path in home.iterdir()}
    for node in trees()[home / "__init__.py"].body:
        if isinstance(node, ast.ImportFrom) and node.module != f"consult.{name}":
            assert not {one.asname or one.name for one in node.names} & modules


STANDS_FOR_ANY = {"TypeVar", "TypeVarTuple", "ParamSpec"}


def test_no_class_name_stands_twice() -> None:
    """Nor that of a type that is made of others (`Fields = list[...]`)."""
    names = Counter(
        name
        for path in MODULES
        for name in (*_classes(trees()[path]), *_types(trees()[path]))
        if name != "Meta"
    )
    assert not [name for name, times in names.items() if times > 1]


def _classes(tree: ast.Module) -> Iterator[str]:
    yield from (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _types(tree: ast.Module) -> Iterator[str]:
    """Yield the types that a module names; what stands for any type (TypeVar) may come back."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        made = getattr(getattr(node, "value", None), "func", None)
        if isinstance(made, ast.Name) and made.id in STANDS_FOR_ANY:
            continue
        names = [one.id for one in targets if isinstance(one, ast.Name)]
        yield from (name for name in names if _is_type_name(name))


def _is_type_name(name: str) -> bool:
    return name[:1].isupper() and not name.isupper() and "_" not in name
