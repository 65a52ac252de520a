"""A round in and out of the platform, in files that anyone can read.

A round travels as JSON Lines (interchange format, `docs/import-format.md`), and leaves as CSV, XLSX
and ODS too; a Polis export folder is read as it is. Importing goes in two steps: `reading` checks
everything outside the database and lists every problem with its line, and only then does
`importing` store the round. Importing the same file twice changes nothing; the same id with other
content is refused.

An organiser brings a spreadsheet of their own on a page: says what its columns are, sees every
error by its cell, and imports it; it goes through the same two steps. The file lies in the storage
until it is imported, at most seven days, and is there for whoever brought it alone.
"""

from flask import Flask

from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.foundation.personal_data.closing import on_closing
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.policy.questions import answer
from consult.interfaces.exchange import answers, labels, models, personal
from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Register what exchange answers, keeps, does and shows."""
    answer(answers.ANSWERS)
    add_labels(*labels.LABELS)
    handle(models.IMPORT, lazy("consult.interfaces.exchange.services:import_upload"))
    drop = lazy("consult.interfaces.exchange.services:drop_unnamed_files")
    repeat("drop-unnamed-sheets", drop, Interval.DAY)
    personal_data(*personal.PARTS)
    register_rules(*personal.RULES)
    on_closing(personal.discard_uploads)
    bring_pages(app, lazy("consult.interfaces.exchange.views:init_pages"))
