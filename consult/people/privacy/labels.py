"""What consents, closed accounts and the limit of an incident are called."""

from flask_babel import lazy_gettext as _l

from consult.people.privacy.models import (
    AccountState,
    ClosedBy,
    ConsentKind,
    DeadlineState,
    GivenAt,
)

CONSENT_KINDS = {
    ConsentKind.TAKING_PART: _l("conditions for taking part"),
    ConsentKind.CONTACT_LATER: _l("a question later on"),
}
GIVEN_AT = {
    GivenAt.REGISTRATION: _l("when you made your account"),
    GivenAt.CONTRIBUTION: _l("when you handed something in"),
    GivenAt.MY_DATA: _l("on My data"),
}
CLOSED_BY = {
    ClosedBy.SELF: _l("by the person"),
    ClosedBy.ADMINISTRATOR: _l("by an administrator"),
    ClosedBy.RETENTION: _l("because it was not used"),
}
ACCOUNT_STATES = {
    AccountState.IN_USE: _l("In use"),
    AccountState.UNCONFIRMED: _l("Address not confirmed"),
    AccountState.SUSPENDED: _l("Suspended"),
    AccountState.CLOSED: _l("Account closed"),
}
DEADLINES = {
    DeadlineState.RUNNING: _l("To report, or to say why not"),
    DeadlineState.OVER: _l("The time limit is over"),
    DeadlineState.REPORTED: _l("Reported in time"),
    DeadlineState.REPORTED_LATE: _l("Reported late"),
    DeadlineState.NOT_NEEDED: _l("Need not be reported"),
}
LABELS = (CONSENT_KINDS, GIVEN_AT, CLOSED_BY, ACCOUNT_STATES, DEADLINES)
