"""What is needed seldom is named, and found when it is called: a process starts without it.

`lazy("consult.interfaces.exchange.services:import_upload")` is called like the function that it
names. Pages, jobs and commands are left out of a start in this way, with the libraries behind them;
everywhere else imports stand at the head of a file. See docs/decisions/0048. A test finds every
name that is written so.
"""

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any


def lazy(name: str) -> Callable[..., Any]:
    """Return what acts as the function `module:function`; its module is imported at the call."""

    def found_when_called(*args: object, **kwargs: object) -> Any:  # noqa: ANN401  (as it returns)
        return resolve_name(name)(*args, **kwargs)

    return found_when_called
