"""Templates: no line is too long, no macro is dead, and chains of class names are components."""

import re
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

from tests.house.test_layout import HOME

TEMPLATES = HOME / "templates"
LONGEST_LINE = 120
EVERY = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
JINJA = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)

COMPONENTS = {
    r"utrecht-button-link": "link_button",
    r"nl-heading--level-1": "page_heading",
    r'<section class="consult-section" aria-labelledby="[^>]*>\s*<h2': "section",
    r"consult-box__title": "box",
    r"utrecht-table--html-table": "data_table",
    r'class="consult-facts': "facts and fact",
    r"consult-badge": "badge",
    r"utrecht-link\b": "text_link",
    r'class="consult-key"': "shortcut",
    r"utrecht-textbox--html-input": "text_input",
    r"utrecht-select--html-select": "select",
}
"""What stands in one macro only, and the name of the macro that writes it."""

HOMES = {"partials/components.html", "partials/forms.html", "partials/charts.html"}


def said(path: Path) -> str:
    """Return a template without its comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


@cache
def parsed(path: Path) -> nodes.Template:
    """Return the syntax tree of a template."""
    return JINJA.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def test_no_line_of_a_template_is_too_long() -> None:
    too_long = [
        f"{name(path)}:{number}: {len(line)} signs, at most {LONGEST_LINE}"
        for path in EVERY
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not too_long, (
        "break these lines by hand (arguments on lines of their own; a long text in pieces "
        'beside each other, _("one " "two"), stays one text):\n' + "\n".join(too_long)
    )


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_a_template_can_be_read(path: Path) -> None:
    parsed(path)


def test_no_template_writes_what_a_component_writes() -> None:
    guilty = [
        f"{name(path)}: use {macro} in the place of {chain}"
        for path in EVERY
        if name(path) not in HOMES
        for chain, macro in COMPONENTS.items()
        if re.search(chain, said(path))
    ]
    assert not guilty, "\n".join(guilty)


def test_no_macro_is_dead() -> None:
    called: set[str] = set()
    defined: list[tuple[str, str]] = []
    for path in EVERY:
        tree = parsed(path)
        defined += [(name(path), macro.name) for macro in tree.find_all(nodes.Macro)]
        called |= {used.name for used in tree.find_all(nodes.Name) if used.ctx == "load"}
        for brought in tree.find_all(nodes.FromImport):
            called |= {one[0] if isinstance(one, tuple) else one for one in brought.names}
    assert not [f"{where}: {macro}" for where, macro in defined if macro not in called]


def has(tree: nodes.Template) -> set[str]:
    """Return the macros that a template defines or imports."""
    brought = {
        one[1] if isinstance(one, tuple) else one
        for each in tree.find_all(nodes.FromImport)
        for one in each.names
    }
    return brought | {macro.name for macro in tree.find_all(nodes.Macro)}


def test_every_macro_of_the_partials_is_imported_where_it_is_called() -> None:
    trees = {name(path): parsed(path) for path in EVERY}
    shared = {
        macro.name
        for where, tree in trees.items()
        if where.startswith("partials/")
        for macro in tree.find_all(nodes.Macro)
    }
    missing = [
        f"{where}: {call.node.name}"
        for where, tree in trees.items()
        for lacks in [shared - has(tree)]
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in lacks
    ]
    assert not missing


def test_no_name_stands_for_a_macro_and_for_a_value() -> None:
    clashes = []
    for path in EVERY:
        tree = parsed(path)
        values = {one.name for one in tree.find_all(nodes.Name) if one.ctx != "load"}
        clashes += [f"{name(path)}: {one}" for one in sorted(values & has(tree))]
    assert not clashes


def used_in(tree: nodes.Template) -> set[str]:
    """Return the names that a template uses, and what it includes."""
    names = {one.name for one in tree.find_all(nodes.Name)}
    for each in tree.find_all(nodes.Include):
        if isinstance(each.template, nodes.Const):
            names |= used_in(parsed(TEMPLATES / each.template.value))
    return names


def test_a_macro_that_is_imported_alone_reads_nothing_of_its_page(app: Flask) -> None:
    """What the application hands to each page is not there for a macro imported without context."""
    with app.test_request_context():
        context: dict[str, object] = {}
        app.update_template_context(context)
    of_pages = set(context) - set(app.jinja_env.globals)
    wrong = []
    for name in sorted(_imported_alone()):
        tree = app.jinja_env.parse((TEMPLATES / name).read_text(encoding="utf-8"))
        wrong += [f"{name}: {one}" for one in meta.find_undeclared_variables(tree) & of_pages]
    assert not wrong


def _imported_alone() -> set[str]:
    """Name the templates whose macros are imported without the context of a page."""
    found = set()
    for path in EVERY:
        for one in parsed(path).find_all((nodes.FromImport, nodes.Import)):
            assert isinstance(one, nodes.FromImport | nodes.Import)
            if not one.with_context and isinstance(one.template, nodes.Const):
                found.add(one.template.value)
    return found


def test_nothing_is_imported_for_nothing() -> None:
    idle = []
    for path in EVERY:
        tree = parsed(path)
        brought = {
            one[1] if isinstance(one, tuple) else one
            for each in tree.find_all(nodes.FromImport)
            for one in each.names
        }
        idle += [f"{name(path)}: {one}" for one in sorted(brought - used_in(tree))]
    assert not idle
