"""What the members of an enum are called is said once, in `labels.py` of its package."""

import ast
import enum
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from consult.foundation.core.labels import labelled_enums
from tests.house.test_layout import HOME, trees

pytestmark = pytest.mark.one_engine

SHOWN_TO_NOBODY = {
    "AccountMail": "names a template of a mail",
    "Action": "a name in the policy table",
    "DecisionVerb": "a word of the interchange format",
    "DeliveryVerdict": "what the queue of mails decides by",
    "Difference": "taken out and put in are said beside the words themselves",
    "Facet": "its word stands with each list of a filter",
    "Interval": "a word of the schedule",
    "WayToTakePart": "a sentence with its action stands for each (partials/participation.html)",
    "OpenDocumentKind": "which kind of OpenDocument file",
    "Openness": "how much of a row the public gets",
    "Privacy": "a label of a column",
    "Shown": "a label of a table",
    "Question": "carries the sentence of its own refusal",
    "SecretKind": "a name in the table of tries",
    "SubjectType": "a word of the interchange format",
    "TableName": "which table of an export",
}
"""Enums without labels, and why."""
TEMPLATES = sorted(
    path for path in (HOME / "templates").rglob("*") if path.suffix in {".html", ".txt"}
)


def enums() -> dict[str, type[enum.Enum]]:
    """The enums of the code, by their name."""
    found: dict[str, type[enum.Enum]] = {}
    kinds = [enum.Enum]
    for kind in kinds:
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("consult."):
            found[kind.__name__] = kind
    return found


def test_every_enum_that_is_shown_has_its_labels(app: Flask) -> None:
    labelled = labelled_enums()
    assert {kind.__name__ for kind in labelled} == set(enums()) - set(SHOWN_TO_NOBODY)
    for kind, labels in labelled.items():
        assert set(labels) == set(kind), kind
        with app.test_request_context():
            texts = [str(text) for text in labels.values()]
        assert len(set(texts)) == len(texts), f"two members of {kind} have one label"


def says_a_text(node: ast.AST) -> bool:
    """Whether an expression is, or begins with, a text for a reader."""
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Name)
        and one.func.id in {"_", "_l", "ngettext"}
        for one in ast.walk(node)
    )


def member_of(node: ast.AST | None, names: set[str]) -> bool:
    """Whether an expression is a member of an enum, or the value of one."""
    if isinstance(node, ast.Attribute) and node.attr == "value":
        node = node.value
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
    )


def tables(tree: ast.Module, names: set[str]) -> Iterator[int]:
    """Yield the lines on which a table says texts by the members of an enum."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            pairs = [(node.elts[0], node.elts[1])]
        else:
            continue
        yield from (
            key.lineno for key, said in pairs if key and member_of(key, names) and says_a_text(said)
        )


def test_only_labels_say_texts_by_members(app: Flask) -> None:
    del app
    names = {kind.__name__ for kind in labelled_enums()}
    elsewhere = {
        str(path): lines
        for path, tree in trees().items()
        if path.name != "labels.py" and (lines := list(tables(tree, names)))
    }
    assert not elsewhere


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOME)))
def test_no_template_says_a_label_again(app: Flask, path: Path) -> None:
    """No table of texts by value: `"open": _("Open")`, `("open", _("Open"))`."""
    del app
    values = {str(member.value) for kind in labelled_enums() for member in kind}
    written = path.read_text()
    # A call of a macro, section("members", _("Members")), is none.
    by_value = re.findall(r"""["']([\w-]+)["']\s*:\s*\(?_\(""", written)
    in_pairs = re.findall(r"""(?<!\w)\(\s*["']([\w-]+)["'],\s*\(?_\(""", written)
    assert not {*by_value, *in_pairs} & values
