"""Consult: where a government and its stakeholders make an action plan together."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from flask import Flask

from consult.lazy import lazy


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Look for no garbage: nothing that a start makes is any, and looking is a fifth of the work.

    What is there afterwards stays, and is never looked through (as the module `gc` advises).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """Assemble the application (consult.assembly); `settings` go over those of the environment."""
    with _nothing_collected():
        return cast("Flask", lazy("consult.assembly:create_app")(settings))


def create_served_app() -> Flask:
    """Assemble the application for a web server, which needs a secret key of its own."""
    with _nothing_collected():
        return cast("Flask", lazy("consult.assembly:create_served_app")())
