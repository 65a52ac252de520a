"""Every address wears a badge, speaks kebab-case and has typed arguments."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from consult.foundation.policy.actions import Action
from consult.foundation.policy.questions import unanswered
from consult.foundation.policy.table import TABLE
from consult.foundation.policy.view_permissions import LIBRARY_ROUTES, PUBLIC

pytestmark = pytest.mark.one_engine


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def test_every_view_wears_a_badge(app: Flask) -> None:
    bare = [
        rule.endpoint
        for rule in rules(app)
        if not hasattr(app.view_functions[rule.endpoint], "badge")
        and rule.endpoint not in LIBRARY_ROUTES
    ]
    assert not bare


def test_every_badge_is_an_action_of_the_table_or_public(app: Flask) -> None:
    for rule in rules(app):
        badge = getattr(
            app.view_functions[rule.endpoint], "badge", LIBRARY_ROUTES.get(rule.endpoint)
        )
        assert badge == PUBLIC or Action(str(badge)) in TABLE, rule.endpoint


def test_the_library_table_names_no_route_that_is_gone(app: Flask) -> None:
    assert set(LIBRARY_ROUTES) <= {rule.endpoint for rule in rules(app)}


def test_every_action_has_a_row() -> None:
    assert set(TABLE) == set(Action)


def test_every_question_has_an_answer(app: Flask) -> None:
    assert app
    assert not unanswered()


def test_addresses_are_kebab_case_and_start_with_the_language(app: Flask) -> None:
    bare = {
        "static",
        "root.index",
        "root.health",
        "root.security_txt",
        "log.log_file",
        "log.opened",
        "log.cosignatures",
        "log.figures",
        "publisher_files.logo",
        "publisher_files.colours",
        "publisher_files.icon",
        "publisher_files.threads",
    }
    for rule in rules(app):
        if rule.endpoint in bare:
            continue
        assert rule.rule.startswith("/<any(nl, en):language>"), rule.rule
        path = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", path), rule.rule


def test_arguments_are_typed(app: Flask) -> None:
    for rule in rules(app):
        if rule.endpoint in LIBRARY_ROUTES:
            continue
        for argument in re.findall(r"<([^>]+)>", rule.rule):
            assert ":" in argument, rule.rule


@pytest.mark.parametrize("method", ["POST"])
def test_what_changes_something_is_never_a_get(app: Flask, method: str) -> None:
    """A view that takes POST and is named for an act takes nothing else, or is a form page."""
    for rule in rules(app):
        assert rule.methods is not None
        assert "PUT" not in rule.methods
        assert "DELETE" not in rule.methods
        if method in rule.methods and "GET" not in rule.methods:
            assert rule.methods <= {"POST", "OPTIONS"}, rule.endpoint
