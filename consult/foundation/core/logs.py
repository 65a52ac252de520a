"""The log: one line per event on standard output, and a traceback without values.

A traceback that shows the variables of each frame would write names, mail addresses and keys into
the log, and takes a second of work for each failure.
"""

import sys

import structlog


def init_logs() -> None:
    """Write events with their level and moment (ISO 8601, UTC), the same everywhere."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )
