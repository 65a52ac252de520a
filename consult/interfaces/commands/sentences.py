"""How a command says that something is refused."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from flask_babel import force_locale

from consult.foundation.core.errors import Refusal
from consult.foundation.settings.environment import SettingsError
from consult.interfaces.backup import BackupError

Command = TypeVar("Command", bound=Callable[..., Any])


def in_sentences(command: Command) -> Command:
    """Say a refusal as a sentence on standard error, and leave with 1."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (Refusal, BackupError, SettingsError) as refusal:
            with force_locale("en"):  # as everything else that a command says
                click.echo(str(refusal), err=True)
            sys.exit(1)

    return wrapped  # type: ignore[return-value]
