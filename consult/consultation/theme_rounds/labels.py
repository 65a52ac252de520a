"""What is done to a theme after a round is called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.theme_rounds.models import ChangeKind

CHANGES = {
    ChangeKind.CHANGED: _l("Changed"),
    ChangeKind.ADDED: _l("Added"),
    ChangeKind.REMOVED: _l("Taken out of the plan"),
}
LABELS = (CHANGES,)
