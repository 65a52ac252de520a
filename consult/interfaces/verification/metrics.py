"""Figures for a monitor, in the form that Prometheus reads."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from consult.foundation.record.queries import log_size
from consult.interfaces.verification.queries import record_state
from consult.people.accounts.outbox import mail_state


def metrics(now: datetime) -> bytes:
    """Return the figures of this moment; they name nobody."""
    record, mail = record_state(now), mail_state(now)
    checked = record.last.began_at.timestamp() if record.last else 0
    figures = {
        "consult_log_entries": ("Entries in the public log.", log_size()),
        "consult_record_differences": (
            "Differences that the last check of the record found.",
            record.last.differences if record.last else 0,
        ),
        "consult_record_checked_seconds": ("When the record was last checked (Unix).", checked),
        "consult_receipts_unproven": ("Receipts that should be proven by now.", record.unproven),
        "consult_jobs_stalled": ("Jobs that should be done by now.", record.stalled),
        "consult_mails_waiting": ("Mails that wait to be sent.", mail.waiting),
        "consult_mails_failed": ("Mails that failed for good.", mail.failed),
    }
    registry = CollectorRegistry()
    for name, (help_, value) in figures.items():
        Gauge(name, help_, registry=registry).set(value)
    return generate_latest(registry)
