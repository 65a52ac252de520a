"""`flask consult …`: what an operator does. Each command wraps services; it decides nothing."""

from pkgutil import resolve_name
from typing import cast

import click
from flask import Flask

HERE = "consult.interfaces.commands"
COMMANDS = {
    "backup": f"{HERE}.backup:backup_command",
    "begin-log-again": f"{HERE}.platform:begin_log_again_command",
    "demo": f"{HERE}.demo:demo_command",
    "export-round": f"{HERE}.exchange:export_round",
    "import-round": f"{HERE}.exchange:import_round",
    "list-rounds": f"{HERE}.rounds:list_rounds",
    "mail": f"{HERE}.mail:mail",
    "people": f"{HERE}.people:people",
    "restore": f"{HERE}.backup:restore_command",
    "retention": f"{HERE}.platform:retention_command",
    "upgrade": f"{HERE}.backup:upgrade_command",
    "use-storage": f"{HERE}.platform:use_storage_command",
    "verify": f"{HERE}.platform:verify_command",
    "work": f"{HERE}.platform:work_command",
}
"""Each command, and where it is found when somebody asks for it (docs/decisions/0048)."""


class LazyCommands(click.Group):
    """A group whose commands are imported one by one, by whoever asks for one.

    So the documentation of click does it, under "Lazily Loading Subcommands".
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command by its name; None where there is none."""
        found = COMMANDS.get(cmd_name)
        return cast("click.Command", resolve_name(found)) if found else None


def init_app(app: Flask) -> None:
    """Add `consult` to the commands of the application."""
    app.cli.add_command(LazyCommands("consult", help="Run and look after the platform."))
