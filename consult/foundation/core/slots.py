"""Counts that many change at once: kept in slots, so that no writer waits for another.

A count stands in several rows, and its value is their sum. On PostgreSQL each connection changes a
row of its own, the same for as long as a transaction lasts, so that two who change several counts
never wait for each other crosswise. SQLite has one writer at a time, and one slot.
"""

from sqlalchemy import ColumnElement, func, literal


def slot_of_connection(dialect: str, slots: int) -> ColumnElement[int]:
    """Return the slot that the present connection changes, of so many: 0 and on."""
    return func.pg_backend_pid() % slots if dialect == "postgresql" else literal(0)
