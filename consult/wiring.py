"""The house from below to above: every package's answers, work and pages, in order."""

from consult.consultation.comments import personal as _comments_personal  # noqa: F401
from consult.consultation.meetings import personal as _meetings_personal  # noqa: F401
from consult.consultation.moderation import personal as _moderation_personal  # noqa: F401
from consult.consultation.plans import personal as _plans_personal  # noqa: F401
from consult.consultation.proposals import personal as _proposals_personal  # noqa: F401
from consult.foundation.core import search as _search  # noqa: F401
from consult.interfaces.exchange import models as _exchange  # noqa: F401
from consult.outcomes.responses import personal as _responses_personal  # noqa: F401
from consult.people.organisations import provider as _organisations_provider  # noqa: F401
from consult.people.privacy import asking as _privacy_asking  # noqa: F401
from consult.people.privacy import own_parts as _privacy_parts  # noqa: F401
from consult.people.privacy import rules as _privacy_rules  # noqa: F401
