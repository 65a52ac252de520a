"""The record: an append-only list of everything that was done, and the receipts people hold.

An event holds ids, verb, time and salted digests; no name and no free text. Each field has a digest
of its own: who acted, what was said, the reason, and what the rows say that were changed with it.
What opens them stands in a detail row, which a lawful erasure (AVG art. 17) may empty: the digests
stay, so proofs stay valid. A job gives each event its place in the public log after the commit
(its leaf). A receipt is what a participant keeps: it names one event and verifies against the log.
docs/record-format.md says how all of it is written.
"""

from flask import Flask
from sqlalchemy.orm import Session

from consult.foundation.core.registries import listen_once
from consult.foundation.personal_data.export_parts import name_rows, personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.record import personal
from consult.foundation.record.rows import listen_to_changes
from consult.foundation.record.services import record_rest


def init_app(_app: Flask) -> None:
    """Listen to changes of recorded rows, and register what the record keeps about people."""
    listen_to_changes()
    listen_once(Session, "before_commit", record_rest)
    name_rows(*personal.NAMED)
    personal_data(*personal.PARTS)
    register_rules(*personal.RULES)
