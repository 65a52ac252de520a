"""What a service refuses stands under the field it is about: errors name fields of forms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.test_layout import trees

ROOT = Path(__file__).parents[2] / "consult"
_LANGUAGE = re.compile(r"_(nl|en)$")


def _is_errors(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"errors", "missing"}


def _names_in(node: ast.AST) -> Iterator[str]:
    """Yield the names for which a piece of code writes an error."""
    match node:
        case ast.Subscript(value=ast.Name(id="errors"), slice=key):
            yield from _text(key)
        case ast.keyword(arg="errors", value=ast.Dict(keys=keys)):
            yield from (name for key in keys if key for name in _text(key))
        case ast.Assign(targets=[target], value=ast.Dict(keys=keys)) if _is_errors(target):
            yield from (name for key in keys if key for name in _text(key))
        case ast.AnnAssign(target=target, value=ast.Dict(keys=keys)) if _is_errors(target):
            yield from (name for key in keys if key for name in _text(key))


def _text(key: ast.expr) -> Iterator[str]:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield key.value
    elif isinstance(key, ast.JoinedStr):
        parts = [part.value for part in key.values if isinstance(part, ast.Constant)]
        yield "*".join(map(str, parts))


def _package(path: Path) -> str:
    return "/".join(path.relative_to(ROOT).parts[:2])


def _errors() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        if "forms" in path.stem:
            continue
        for node in ast.walk(trees()[path]):
            for name in _names_in(node):
                yield str(path.relative_to(ROOT)), name


def _fields() -> dict[str, str]:
    """Return the text of the forms of each package: class attributes and names that are made."""
    texts: dict[str, str] = {}
    for path in sorted(ROOT.rglob("*forms*.py")):
        texts[_package(path)] = texts.get(_package(path), "") + path.read_text("utf-8")
    return texts


def test_every_error_of_a_service_names_a_field_of_a_form_of_its_package() -> None:
    fields, named = _fields(), list(_errors())
    lost = []
    for where, name in named:
        bare = _LANGUAGE.sub("", name).strip("_*")
        of_package = fields.get("/".join(where.split("/")[:2]), "")
        if not re.search(rf"\b{re.escape(bare)}\b|[\"_]{re.escape(bare)}[_\"]", of_package):
            lost.append(f"{where}: {name}")
    assert lost == []
    assert len(named) > 40


def test_no_view_chooses_the_field_for_a_refusal() -> None:
    chosen = re.compile(r"\.(?!files\b)\w+\.errors = \[[^\n]*str\(refusal\)")
    found = [
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.rglob("*.py"))
        if chosen.search(path.read_text("utf-8"))
    ]
    assert found == []
