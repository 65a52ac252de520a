"""What the states of invitations are called."""

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.people.invitations.models import InvitationState

STATES: dict[InvitationState, Sentence] = {
    InvitationState.WAITING: _l("Mail not sent yet"),
    InvitationState.SENT: _l("No answer yet"),
    InvitationState.ACCEPTED: _l("Accepted"),
    InvitationState.DECLINED: _l("Declined"),
    InvitationState.EXPIRED: _l("Expired"),
    InvitationState.REVOKED: _l("Revoked"),
}
LABELS = (STATES,)
