"""What decisions and the grounds for hiding are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.moderation.log import LogPart
from consult.consultation.moderation.models import (
    Ground,
    RedactedKind,
    ReportKind,
    ReportOutcome,
    Verb,
)
from consult.consultation.moderation.queries import QueueTab

GROUNDS = {
    Ground.PERSONAL_DATA: _l("Personal data of somebody"),
    Ground.OFFENSIVE: _l("Offensive"),
    Ground.DISCRIMINATION: _l("Discrimination"),
    Ground.ADVERTISING: _l("Advertising"),
    Ground.OFF_TOPIC: _l("Not about this round"),
    Ground.UNLAWFUL: _l("Against the law"),
    Ground.SOURCE_MODERATION: _l("Moderated at the source"),
}
REDACTED_KINDS = {
    RedactedKind.CITIZEN_NUMBER: _l("Citizen service number"),
    RedactedKind.BANK_ACCOUNT: _l("Bank account"),
    RedactedKind.TELEPHONE: _l("Telephone number"),
    RedactedKind.EMAIL: _l("E-mail address"),
    RedactedKind.ADDRESS: _l("Address of a home"),
    RedactedKind.NAME: _l("Name"),
    RedactedKind.DATE_OF_BIRTH: _l("Date of birth"),
    RedactedKind.LICENCE_PLATE: _l("Licence plate"),
    RedactedKind.DOCUMENT_NUMBER: _l("Number of a document"),
    RedactedKind.FILE: _l("File"),
    RedactedKind.OTHER: _l("Something else"),
}
MARKS = {
    RedactedKind.CITIZEN_NUMBER: _l("[left out: citizen service number]"),
    RedactedKind.BANK_ACCOUNT: _l("[left out: bank account]"),
    RedactedKind.TELEPHONE: _l("[left out: telephone number]"),
    RedactedKind.EMAIL: _l("[left out: e-mail address]"),
    RedactedKind.ADDRESS: _l("[left out: address]"),
    RedactedKind.NAME: _l("[left out: name]"),
    RedactedKind.DATE_OF_BIRTH: _l("[left out: date of birth]"),
    RedactedKind.LICENCE_PLATE: _l("[left out: licence plate]"),
    RedactedKind.DOCUMENT_NUMBER: _l("[left out: number of a document]"),
    RedactedKind.FILE: _l("[left out: file]"),
    RedactedKind.OTHER: _l("[left out]"),
}
"""What stands in a text where words were left out, in the language of the text."""
PARTS = {
    "title": _l("Title"),
    "problem": _l("The problem"),
    "action": _l("What should be done"),
    "result": _l("What will be different"),
    "openness": _l("How it opens government"),
    "possible_holder": _l("Who could do it?"),
    "on_behalf_of": _l("On behalf of"),
    "source_note": _l("Received elsewhere"),
    "body": _l("Comment"),
    "file": _l("Attachment"),
}
"""The parts of a contribution of which words can be left out."""
CHOSEN_KINDS = {kind: text for kind, text in REDACTED_KINDS.items() if kind != RedactedKind.FILE}
"""What words can be; a file is chosen by itself."""
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
    Verb.CONFIRM: _l("Hiding confirmed by a second moderator"),
    Verb.REVERSE: _l("Hiding taken back"),
    Verb.REDACT: _l("Words left out"),
    Verb.UNREDACT: _l("Words put back"),
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
    Verb.CONFIRM: _l("Confirm the hiding"),
    Verb.REVERSE: _l("Take the hiding back"),
    Verb.REDACT: _l("Leave words out"),
}
"""What the button for a decision says."""
DECIDED = {
    Verb.PUBLISH: _l("%(number)s is published, and its author is told."),
    Verb.RETURN: _l("%(number)s is returned, and its author is told."),
    Verb.HIDE: _l("%(number)s is hidden, and its author is told."),
    Verb.RESTORE: _l("%(number)s is shown again, and its author is told."),
    Verb.ADMIT: _l("%(number)s is admitted, and its author is told."),
    Verb.KEEP: _l("%(number)s stays as it is."),
    Verb.CONFIRM: _l("%(number)s stays hidden, as two moderators agree."),
    Verb.REVERSE: _l("%(number)s is no longer hidden, and its author is told."),
}
"""What a moderator reads after a decision; the number tells about what."""
KEYS = {
    Verb.PUBLISH: "p",
    Verb.RETURN: "r",
    Verb.HIDE: "h",
    Verb.RESTORE: "s",
    Verb.ADMIT: "a",
    Verb.KEEP: "b",
    Verb.CONFIRM: "y",
    Verb.REVERSE: "t",
    Verb.REDACT: "l",
}
"""The keys of the decisions at the desk."""
HELD = {
    Verb.PUBLISH: _l("%(number)s is published in %(seconds)s seconds."),
    Verb.RETURN: _l("%(number)s goes back to its author in %(seconds)s seconds."),
    Verb.HIDE: _l("%(number)s is hidden. Its author is told in %(seconds)s seconds."),
    Verb.REDACT: _l("Words are left out of %(number)s. Its author is told in %(seconds)s seconds."),
}
"""The same of a decision that can still be taken back."""
FIRST_REASONS = {
    Verb.RETURN: (
        _l("Please leave out what tells who somebody is, such as a name or an address."),
        _l("We do not understand yet what should happen. Please describe the action."),
        _l("This holds more than one action. Please hand in each action by itself."),
        _l("Please say how this belongs to the questions of this round."),
        _l("Please write about other people in a friendly way."),
        _l("Part of the text is missing. Please complete it."),
    ),
    Verb.HIDE: (
        _l("This tells who somebody is, without their consent."),
        _l("This insults somebody, or a group of people."),
        _l("This advertises something, and proposes nothing."),
        _l("This is not about the questions of this round."),
    ),
}
"""The ready reasons with which a plan begins, in plain words (level B1)."""
REASONS_FOR = {
    Verb.RETURN: _l("Reasons for returning a text"),
    Verb.HIDE: _l("Reasons for hiding a text"),
}
TABS = {
    QueueTab.TO_DO: _l("To look at"),
    QueueTab.MINE: _l("I am reading"),
    QueueTab.DISCUSS: _l("To discuss"),
    QueueTab.BACK: _l("Came back"),
    QueueTab.SECOND: _l("For a second look"),
    QueueTab.LATE: _l("Received late"),
    QueueTab.AFTER: _l("To look at afterwards"),
    QueueTab.UNPUBLISHED: _l("Not for publication"),
}
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
EMPTY = {
    QueueTab.TO_DO: (
        _l("The queue is empty"),
        _l("What people hand in stands here until somebody has looked at it."),
    ),
    QueueTab.MINE: (
        _l("You are reading nothing"),
        _l("What you open stands here for a quarter of an hour, so that nobody else takes it up."),
    ),
    QueueTab.DISCUSS: (
        _l("There is nothing to discuss"),
        _l("What a moderator wants to talk about with the others stands here."),
    ),
    QueueTab.BACK: (
        _l("Nothing came back"),
        _l("What was returned and handed in again stands here."),
    ),
    QueueTab.SECOND: (
        _l("Nothing waits for a second look"),
        _l("A hiding stands here where its ground asks for two people."),
    ),
    QueueTab.LATE: (
        _l("Nothing came late"),
        _l("What arrives after a round has closed stands here, until an organiser admits it."),
    ),
    QueueTab.AFTER: (
        _l("Everything was looked at"),
        _l("What becomes public without a look stands here, until a moderator has seen it."),
    ),
    QueueTab.UNPUBLISHED: (
        _l("Nothing is kept from publication"),
        _l("What people want read, and not published, stands here."),
    ),
}
"""What an empty part of the queue says: what will be there, and when."""
LABELS = (GROUNDS, VERBS, LOG_PARTS, REPORT_KINDS, REPORT_OUTCOMES, TABS, REDACTED_KINDS)
