"""The one clock. Decisions take their time from here; tests put their own in its place."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app


def system_time() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the present moment by the application's clock (setting `CLOCK`), in UTC."""
    clock: Callable[[], datetime] = current_app.config["CLOCK"]
    return clock()
