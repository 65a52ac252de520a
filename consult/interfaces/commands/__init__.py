"""`flask consult …`: what an operator does. Each command wraps services; it decides nothing."""

from flask import Flask

from consult.interfaces.commands import backup, mail, people, platform, rounds


def init_app(app: Flask) -> None:
    """Add `consult` to the commands of the application."""
    for command in (*rounds.COMMANDS, *backup.COMMANDS, people.people, mail.mail):
        platform.consult.add_command(command)
    app.cli.add_command(platform.consult)
