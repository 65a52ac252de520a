"""The house from below to above: every package's models, answers and blueprint, in order."""

from flask import Blueprint, Flask

from consult.accounts import answers as _accounts_answers  # noqa: F401
from consult.accounts.setup import init_accounts
from consult.approvals import models as _approvals  # noqa: F401
from consult.comments import answers as _comments_answers  # noqa: F401
from consult.commitments import answers as _commitments_answers  # noqa: F401
from consult.commitments import models as _commitments  # noqa: F401
from consult.core import search as _search  # noqa: F401
from consult.exchange import models as _exchange  # noqa: F401
from consult.jobs import services as _jobs  # noqa: F401
from consult.moderation import models as _moderation  # noqa: F401
from consult.notifications import services as _notifications  # noqa: F401
from consult.plans import answers as _plans_answers  # noqa: F401
from consult.record import services as _record  # noqa: F401
from consult.responses import models as _responses  # noqa: F401
from consult.rounds import answers as _rounds_answers  # noqa: F401
from consult.summaries import answers as _summaries_answers  # noqa: F401
from consult.summaries import models as _summaries  # noqa: F401

BLUEPRINTS: tuple[Blueprint, ...] = ()


def init_app(app: Flask) -> None:
    """Start what a floor must start with the application."""
    init_accounts(app)
