"""A guard of the product, and where it stands: found by its words, for files move."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.copies import ROOT

CODE = (ROOT / "consult", ROOT / "migrations")
TEMPLATES, TESTS = ROOT / "templates", ROOT / "tests"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Guard:
    """Something that the product keeps up, and how it is switched off."""

    guards: str
    """What is guarded, in a sentence; this is its name."""
    within: str
    """The function, class, method (`Class.method`), name of a module, or template it stands in."""
    old: str
    """The text that is replaced; it stands there once."""
    new: str
    """What stands there when the guard is off."""
    tests: Sequence[str]
    """What must turn red: names of test functions, or `folder/test_file.py::test_name`."""
    database: str = "sqlite"


class NotThere(Exception):  # noqa: N818
    """A guard, or a test of one, is not where its entry says; tells it in a sentence."""


@dataclass(frozen=True)
class Place:
    """A guard found: the file it stands in, and the whole of it with the guard switched off."""

    path: Path
    switched_off: str


def place_of(guard: Guard) -> Place:
    """Find a guard and switch it off on paper; NotThere if it is not exactly once in its place."""
    spans = list(_spans_of(guard.within))
    if not spans:
        raise NotThere(f"“{guard.guards}”: there is no {guard.within} in the product.")
    found = {
        (path, begin + at)
        for path, begin, end in spans
        for at in _occurrences(guard.old, _text(path)[begin:end])
    }
    if len(found) != 1:
        often = "not there" if not found else f"there {len(found)} times"
        raise NotThere(f"“{guard.guards}”: its text is {often} in {guard.within}.")
    ((path, at),) = found
    text = _text(path)
    off = text[:at] + guard.new + text[at + len(guard.old) :]
    if path.suffix == ".py":
        try:
            ast.parse(off)
        except SyntaxError as error:
            raise NotThere(f"“{guard.guards}”: switched off it is no Python: {error}.") from None
    return Place(path, off)


def tests_of(guard: Guard) -> list[str]:
    """Return what pytest is asked to run for a guard; NotThere for a test that is not there."""
    return [_address_of(named, guard) for named in guard.tests]


def _address_of(named: str, guard: Guard) -> str:
    if named.endswith(".py"):
        file, function = named, ""
    else:
        file, _, function = named.rpartition("::")
    found = [
        path
        for path in sorted(TESTS.rglob("test_*.py"))
        if f"/{path.relative_to(ROOT)}".endswith(f"/{file}" if file else "")
        and (not function or f"def {function.partition('[')[0]}(" in _text(path))
    ]
    if len(found) != 1:
        raise NotThere(f"“{guard.guards}”: {len(found)} files have the test {named}, not one.")
    where = str(found[0].relative_to(ROOT))
    return f"{where}::{function}" if function else where


def _occurrences(wanted: str, text: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _spans_of(name: str) -> Iterator[tuple[Path, int, int]]:
    if Path(name).suffix in {".html", ".txt"}:
        for path in sorted(TEMPLATES.rglob(Path(name).name)):
            if f"/{path.relative_to(TEMPLATES)}".endswith(f"/{name}"):
                yield path, 0, len(_text(path))
        return
    yield from _definitions().get(name, ())


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _definitions() -> dict[str, list[tuple[Path, int, int]]]:
    """Gather where everything with a name stands: by that name, and by its class and name."""
    found: dict[str, list[tuple[Path, int, int]]] = {}
    for path in sorted(path for folder in CODE for path in folder.rglob("*.py")):
        text = _text(path)
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        for names, begin, end in _named(ast.parse(text)):
            for name in names:
                found.setdefault(name, []).append((path, starts[begin - 1], starts[end]))
    return found


def _named(tree: ast.AST, within: str = "") -> Iterator[tuple[set[str], int, int]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _DEFINITIONS):
            name = f"{within}.{node.name}" if within else node.name
            begin = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield {node.name, name}, begin, node.end_lineno or node.lineno
            yield from _named(node, name if isinstance(node, ast.ClassDef) else "")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {one.id for one in targets if isinstance(one, ast.Name)}
            if names:
                yield names, node.lineno, node.end_lineno or node.lineno
        elif not isinstance(node, ast.expr):
            yield from _named(node, within)
