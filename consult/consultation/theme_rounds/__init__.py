"""Rounds about the themes of a plan: which ones matter to whom, and what is missing.

The themes are put forward by the organiser when the round is announced, each as a proposal that
names it (docs/decisions/0044). A participant says of each whether it is important to them, and may
say what is missing in it or belongs elsewhere: comments of those kinds. The organiser answers each
theme, and may change it, take it out of the plan or add another because of what was said: the
reason stands with the theme, in the round and in the record.
"""

from flask import Flask

from consult.consultation.rounds.dates import add_announcing
from consult.consultation.theme_rounds import labels, services
from consult.consultation.theme_rounds.models import ThemeChange
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Register what rounds about themes do, keep and show."""
    add_labels(*labels.LABELS)
    record_rows(ThemeChange, newer=[(ThemeChange.round_id,)])
    add_announcing(services.put_forward)
    bring_pages(app, lazy("consult.consultation.theme_rounds.views:init_pages"))
