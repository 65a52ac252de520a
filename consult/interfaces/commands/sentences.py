"""How a command says that something is refused."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask_babel import force_locale

from consult.foundation.core.errors import Refusal
from consult.foundation.settings.environment import SettingsError
from consult.foundation.storage.storage import StorageError
from consult.interfaces.backup import BackupError

Inputs = ParamSpec("Inputs")
Result = TypeVar("Result")


def in_sentences(command: Callable[Inputs, Result]) -> Callable[Inputs, Result]:
    """Say a refusal as a sentence on standard error, and leave with 1."""

    @wraps(command)
    def wrapped(*args: Inputs.args, **kwargs: Inputs.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except (Refusal, BackupError, SettingsError, StorageError) as refusal:
            with force_locale("en"):  # as everything else that a command says
                click.echo(str(refusal), err=True)
            sys.exit(1)

    return wrapped
