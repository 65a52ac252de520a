"""What the roles on a plan are called, and what they are for."""

from flask_babel import lazy_gettext as _l

from consult.consultation.plans.models import Role

ROLES = {
    Role.ORGANISER: _l("Organiser"),
    Role.MODERATOR: _l("Moderator"),
    Role.APPROVER: _l("Approver"),
    Role.PARTICIPANT: _l("Participant"),
    Role.HOLDER: _l("Holder"),
}
ROLE_EXPLANATIONS = {
    Role.ORGANISER: _l("keeps the plan, opens rounds, answers and writes the commitments"),
    Role.MODERATOR: _l("decides what is published, never about their own text"),
    Role.APPROVER: _l("reads everything and approves a version"),
    Role.PARTICIPANT: _l("takes part in every round of this plan"),
    Role.HOLDER: _l("answers for a commitment"),
}
LABELS = (ROLES,)
