"""What the states of a round and the choices about it are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.rounds.models import Moderation, MovedDate, Readers, RoundState

STATES = {
    RoundState.DRAFT: _l("Draft"),
    RoundState.UPCOMING: _l("Opens soon"),
    RoundState.OPEN: _l("Open"),
    RoundState.GRACE: _l("In its last minutes"),
    RoundState.CLOSED: _l("Closed"),
    RoundState.ANSWERED: _l("Answered"),
    RoundState.CANCELLED: _l("Cancelled"),
}
MODERATION = {
    Moderation.PRE: _l("A moderator looks before something is published"),
    Moderation.POST: _l("Published at once; a moderator looks afterwards"),
}
READERS = {
    Readers.EVERYONE: _l("Everyone, also without an account"),
    Readers.PARTICIPANTS: _l("Only who takes part, and who works on the plan"),
}
MOVED = {
    MovedDate.CLOSES: _l("Closing"),
    MovedDate.OPENS: _l("Opening"),
}
LABELS = (STATES, MODERATION, READERS, MOVED)
