"""Every kind of message is declared, once, by the package that writes it: `declare(Topic.X, …)`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from consult.foundation.notifications.kinds import (
    DEFAULTS,
    Frequency,
    Topic,
    declare,
    declared,
    kind_of,
    topics_in_use,
)
from consult.foundation.notifications.labels import BECAUSE, TOPICS
from tests.house.test_layout import HOME, MODULES, trees

EMAILS = HOME / "templates" / "emails"


def templates() -> set[str]:
    return {path.stem for path in EMAILS.glob("*.txt") if not path.name.startswith("_")}


def written(path: Path) -> Iterator[str]:
    """The kinds that stand as a text in a call of `notify`."""
    for node in ast.walk(trees()[path]):
        called = getattr(node, "func", None)
        if isinstance(node, ast.Call) and getattr(called, "id", "") == "notify":
            kind = node.args[1] if len(node.args) > 1 else None
            if isinstance(kind, ast.Constant):
                yield str(kind.value)


def test_every_mail_belongs_to_a_topic(app: Flask) -> None:
    assert app
    missing = sorted(templates() - set(declared()))
    assert not missing, "\n".join(
        f'write declare(Topic...., "{name}") in the init_app of who writes it' for name in missing
    )


def test_every_kind_that_is_written_is_declared(app: Flask) -> None:
    assert app
    used = {kind for path in MODULES for kind in written(path)}
    assert "mandate-ended" in used
    assert used <= set(declared())


def test_every_declared_kind_has_its_text(app: Flask) -> None:
    assert app
    assert not set(declared()) - templates()


def test_what_is_about_an_account_cannot_be_switched_off(app: Flask) -> None:
    assert app
    assert set(Topic) - set(DEFAULTS) == {Topic.SECURITY}
    for name, kind in declared().items():
        if name.startswith(("security-", "invitation-", "privacy-")):
            assert kind.always, name
    assert Topic.SECURITY not in topics_in_use()


def test_a_kind_that_nobody_declared_is_always_sent() -> None:
    assert kind_of("nobody-declared-this").always


def test_a_kind_is_declared_in_one_way(app: Flask) -> None:
    assert app
    declare(Topic.SECURITY, "digest")
    with pytest.raises(ValueError, match="declared twice"):
        declare(Topic.ROUNDS, "digest")


def test_every_topic_has_its_words() -> None:
    assert set(TOPICS) == set(BECAUSE) == set(Topic)
    assert set(DEFAULTS.values()) <= set(Frequency)
