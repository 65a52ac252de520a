"""Statements: short sentences in a round of that kind, to agree or disagree with, or to pass.

A statement is a proposal of one sentence (docs/decisions/0044): it is handed in, moderated, hidden
and withdrawn like any other, and a vote is a position without a reason. What is new is here: who
votes gets the statements one at a time, the one first that was shown to the fewest people, and a
statement counts as shown when it is put before somebody to vote on.
"""

from flask import Flask

from consult.consultation.statements import labels, personal
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.personal_data.closing import on_closing
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Register what statements keep and show."""
    add_labels(*labels.LABELS)
    personal_data(*personal.PARTS)
    on_closing(personal.forget_views)
    register_rules(*personal.RULES)
    bring_pages(app, lazy("consult.consultation.statements.views:init_pages"))
