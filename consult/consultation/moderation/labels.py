"""What decisions and the grounds for hiding are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.moderation.log import LogPart
from consult.consultation.moderation.models import Ground, ReportKind, ReportOutcome, Verb

GROUNDS = {
    Ground.PERSONAL_DATA: _l("Personal data of somebody"),
    Ground.OFFENSIVE: _l("Offensive"),
    Ground.DISCRIMINATION: _l("Discrimination"),
    Ground.ADVERTISING: _l("Advertising"),
    Ground.OFF_TOPIC: _l("Not about this round"),
    Ground.UNLAWFUL: _l("Against the law"),
    Ground.SOURCE_MODERATION: _l("Moderated at the source"),
}
CHOSEN_HERE = {
    ground: text for ground, text in GROUNDS.items() if ground != Ground.SOURCE_MODERATION
}
"""The grounds that a moderator chooses from; the other one comes with an import."""
VERBS = {
    Verb.PUBLISH: _l("Published"),
    Verb.RETURN: _l("Returned to the author"),
    Verb.HIDE: _l("Hidden"),
    Verb.RESTORE: _l("Shown again"),
    Verb.ADMIT: _l("Admitted, though late"),
    Verb.KEEP: _l("Looked at; it stays"),
}
LOG_PARTS = {
    LogPart.ALL: _l("All decisions"),
    LogPart.EXCEPTIONS: _l("Exceptions only"),
}
ACTS = {
    Verb.PUBLISH: _l("Publish"),
    Verb.RETURN: _l("Return to the author"),
    Verb.HIDE: _l("Hide"),
    Verb.RESTORE: _l("Show again"),
    Verb.ADMIT: _l("Admit"),
    Verb.KEEP: _l("It stays"),
}
"""What the button for a decision says."""
DECIDED = {
    Verb.PUBLISH: _l("%(number)s is published, and its author is told."),
    Verb.RETURN: _l("%(number)s is returned, and its author is told."),
    Verb.HIDE: _l("%(number)s is hidden, and its author is told."),
    Verb.RESTORE: _l("%(number)s is shown again, and its author is told."),
    Verb.ADMIT: _l("%(number)s is admitted, and its author is told."),
    Verb.KEEP: _l("%(number)s stays as it is."),
}
"""What a moderator reads after a decision; the number tells about what."""
REPORT_KINDS = {
    ReportKind.PERSONAL_DATA: _l("Personal data of somebody"),
    ReportKind.OFFENSIVE: _l("Offensive"),
    ReportKind.DISCRIMINATION: _l("Discrimination"),
    ReportKind.ADVERTISING: _l("Advertising"),
    ReportKind.OFF_TOPIC: _l("Not about this round"),
    ReportKind.UNLAWFUL: _l("Against the law"),
    ReportKind.OTHER: _l("Something else"),
}
REPORT_OUTCOMES = {
    ReportOutcome.TAKEN_AWAY: _l("It is no longer public"),
    ReportOutcome.STAYS: _l("It stays"),
}
LABELS = (GROUNDS, VERBS, LOG_PARTS, REPORT_KINDS, REPORT_OUTCOMES)
