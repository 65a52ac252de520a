"""The record: an append-only list of everything that was done, and the receipts people hold.

An event holds ids, verb, time and a salted digest; no name and no free text. What was said stands
in a detail row, which a lawful erasure (AVG art. 17) may empty: the digest stays, so proofs stay
valid. A job gives each event its place in the public log after the commit (its leaf). A receipt
is what a participant keeps: it names one event and verifies against the log.
"""

from flask import Flask

from consult.foundation.personal_data.export_parts import name_rows, personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.record import personal


def init_app(_app: Flask) -> None:
    """Register what the record keeps about people."""
    name_rows(*personal.NAMED)
    personal_data(*personal.PARTS)
    register_rules(*personal.RULES)
