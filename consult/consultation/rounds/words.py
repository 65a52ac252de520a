"""What the choices about a round are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.rounds.models import Moderation, MovedDate, Readers

MODERATION = {
    Moderation.PRE: _l("A moderator looks before something is published"),
    Moderation.POST: _l("Published at once; a moderator looks afterwards"),
}
READERS = {
    Readers.EVERYONE: _l("Everyone, also without an account"),
    Readers.PARTICIPANTS: _l("Only who takes part, and who works on the plan"),
}
MOVED = {
    MovedDate.OPENS: _l("The opening was moved"),
    MovedDate.CLOSES: _l("The closing was moved"),
}
