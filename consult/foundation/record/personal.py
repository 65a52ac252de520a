"""What the record keeps about people: receipts. It names nobody, and stays."""

from flask_babel import lazy_gettext as _l

from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import Rule
from consult.foundation.record.models import Event, Receipt

NAMED = (Event.public_id,)
PARTS = (ExportPart("receipts", _l("My receipts"), Receipt, (Receipt.person_id,), place=81),)
RULES = (
    Rule(
        "record", _l("The public log and the receipts"), _l("the act"), None,
        _l("stays: it holds no name and no text"),
        _l("With it anybody can check that nothing was lost. A receipt does not expire."),
    ),
)  # fmt: skip
