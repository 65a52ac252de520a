"""What the kinds and states of meetings, and presence there, are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.meetings.models import MeetingKind, MeetingState, Presence

KINDS = {
    MeetingKind.REGULAR: _l("Regular meeting"),
    MeetingKind.MONITORING: _l("Monitoring meeting"),
}
STATES = {
    MeetingState.PLANNED: _l("Planned"),
    MeetingState.HELD: _l("Held; minutes follow"),
    MeetingState.PUBLISHED: _l("Minutes published"),
    MeetingState.CANCELLED: _l("Cancelled"),
}
PRESENCES = {
    Presence.PRESENT: _l("Present"),
    Presence.REPRESENTED: _l("Represented"),
    Presence.EXCUSED: _l("Excused"),
    Presence.ABSENT: _l("Absent"),
}
LABELS = (KINDS, STATES, PRESENCES)
