"""A process starts with what it uses: pages, documents and imports are found when asked for.

No time is measured here: which modules a command brings along decides it (docs/decisions/0048).
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pkgutil import resolve_name

import click
import pytest
from flask import Flask

from consult.foundation.core.db import db
from consult.interfaces.commands import COMMANDS
from tests.conftest import make_app

CONSULT = Path(__file__).parents[2] / "consult"
PROGRAM = """
import sys
from consult import create_app
app = create_app()
with app.app_context():
    done = app.test_cli_runner().invoke(args=["consult", "list-rounds"])
assert done.exit_code == 0, done.output
print(*sys.modules)
"""
LEFT_OUT = {
    "PIL", "bs4", "docx", "icalendar", "lxml", "markdownify", "prometheus_client", "qrcode",
    "typst", "xlsxwriter",
}  # fmt: skip
"""Libraries of pages, documents and files in other formats."""
PASSWORD = "een-lange-zin-als-wachtwoord"
WINGS = ("consult.people.", "consult.consultation.", "consult.outcomes.", "consult.interfaces.")
ROOMS_LEFT_OUT = {"forms", "views", "documents", "importing", "exporting"}


def names_found_later() -> Iterator[str]:
    """Every `lazy("module:function")` in the product."""
    for path in CONSULT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy":
                yield ast.literal_eval(node.args[0])


def test_what_is_found_later_is_there() -> None:
    names = set(names_found_later())
    assert len(names) > 20
    for name in names:
        assert callable(resolve_name(name)), name


def test_each_command_is_found_by_the_name_it_has() -> None:
    for name, place in COMMANDS.items():
        command = resolve_name(place)
        assert isinstance(command, click.Command)
        assert command.name == name


def test_a_command_brings_no_pages_and_no_libraries_of_others(app: Flask) -> None:
    names = {"DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "INSTANCE": app.instance_path}
    here = {**os.environ, **{f"CONSULT_{name}": str(value) for name, value in names.items()}}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    brought = done.stdout.split()
    assert "consult.consultation.rounds.models" in brought
    assert not {name.partition(".")[0] for name in brought} & LEFT_OUT
    rooms = {name: set(name.split(".")[3:]) for name in brought if name.startswith(WINGS)}
    assert not [name for name in rooms if rooms[name] & ROOMS_LEFT_OUT]


@pytest.fixture
def fresh(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An application that showed no page yet, on the same database."""
    made = make_app(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"])
    made.config["CLOCK"] = app.config["CLOCK"]
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    "commands",
    [
        [f"people create --email nia@consult.example --name Nia --password {PASSWORD}"],
        [f"people set-password pia@consult.example --password {PASSWORD}"],
        ["people suspend pia@consult.example --reason Reclame", "work --once"],
        ["retention", "mail", "verify"],
        ["export-round closed --format csv"],
    ],
    ids=lambda commands: commands[0].partition(" --")[0],
)
def test_a_command_does_its_work_in_a_process_that_showed_no_page(
    fresh: Flask, commands: list[str]
) -> None:
    db.session.remove()
    for command in commands:
        done = fresh.test_cli_runner().invoke(args=["consult", *command.split()])
        assert done.exit_code == 0, (done.output, done.exception)
        assert not done.output.startswith("0 jobs")


def test_who_comes_while_pages_are_added_gets_the_page(fresh: Flask) -> None:
    def ask(path: str) -> int:
        return fresh.test_client().get(path).status_code

    paths = ["/nl/", "/nl/plans", "/nl/login", "/nl/search"] * 3
    with ThreadPoolExecutor(len(paths)) as readers:
        assert set(readers.map(ask, paths)) == {200}
