"""What the kinds of meetings and of presence are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.meetings.models import MeetingKind, Presence

KINDS = {
    MeetingKind.REGULAR: _l("Regular meeting"),
    MeetingKind.MONITORING: _l("Monitoring meeting"),
}
PRESENCES = {
    Presence.PRESENT: _l("Present"),
    Presence.REPRESENTED: _l("Represented"),
    Presence.EXCUSED: _l("Excused"),
    Presence.ABSENT: _l("Absent"),
}
