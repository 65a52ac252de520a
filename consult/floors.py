"""The house from below to above: every package's answers, work and pages, in order."""

from flask import Blueprint, Flask

from consult.accounts import answers as _accounts_answers  # noqa: F401
from consult.accounts import views as accounts
from consult.accounts.setup import SIGN_IN_LIMITS, init_accounts
from consult.approvals import views as approvals
from consult.comments import answers as _comments_answers  # noqa: F401
from consult.comments import personal as _comments_personal  # noqa: F401
from consult.comments import views as comments
from consult.commitments import answers as _commitments_answers  # noqa: F401
from consult.commitments import views as commitments
from consult.core import search as _search  # noqa: F401
from consult.exchange import models as _exchange  # noqa: F401
from consult.extensions import limit_posts
from consult.jobs import services as _jobs  # noqa: F401
from consult.moderation import personal as _moderation_personal  # noqa: F401
from consult.moderation import views as moderation
from consult.notifications import services as _notifications  # noqa: F401
from consult.organisations import answers as _organisations_answers  # noqa: F401
from consult.organisations import views as organisations
from consult.organisations.views import mandates as _mandates  # noqa: F401
from consult.organisations.views import members as _members  # noqa: F401
from consult.organisations.views import register as _register  # noqa: F401
from consult.plans import answers as _plans_answers  # noqa: F401
from consult.plans import personal as _plans_personal  # noqa: F401
from consult.plans import views as plans
from consult.plans.views import frame as _frame  # noqa: F401
from consult.plans.views import people as _people  # noqa: F401
from consult.plans.views import themes as _themes  # noqa: F401
from consult.privacy import answers as _privacy_answers  # noqa: F401
from consult.privacy import asking as _privacy_asking  # noqa: F401
from consult.privacy import own_parts as _privacy_parts  # noqa: F401
from consult.privacy import rules as _privacy_rules  # noqa: F401
from consult.privacy import unused
from consult.privacy import views as privacy
from consult.privacy.views import incidents as _incidents  # noqa: F401
from consult.privacy.views import people as _accounts  # noqa: F401
from consult.proposals import personal as _proposals_personal  # noqa: F401
from consult.proposals import views as proposals
from consult.proposals.views import after as _after  # noqa: F401
from consult.proposals.views import comments as _on_proposals  # noqa: F401
from consult.proposals.views import cosigning as _cosigning  # noqa: F401
from consult.proposals.views import writing as _writing  # noqa: F401
from consult.publishing import views as publishing
from consult.publishing.views import chain as _chain  # noqa: F401
from consult.publishing.views import downloads as _downloads  # noqa: F401
from consult.publishing.views import receipts as _receipts  # noqa: F401
from consult.publishing.views import site as _site  # noqa: F401
from consult.record import services as _record  # noqa: F401
from consult.responses import personal as _responses_personal  # noqa: F401
from consult.responses import views as responses
from consult.rounds import answers as _rounds_answers  # noqa: F401
from consult.rounds import views as rounds
from consult.summaries import answers as _summaries_answers  # noqa: F401
from consult.summaries import views as summaries

BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts.bp,
    organisations.bp,
    privacy.bp,
    plans.bp,
    rounds.bp,
    comments.bp,
    proposals.bp,
    moderation.bp,
    responses.bp,
    summaries.bp,
    commitments.bp,
    approvals.bp,
    publishing.bp,
)


def init_app(app: Flask) -> None:
    """Start what a floor must start with the application."""
    init_accounts(app)
    limit_posts(app, SIGN_IN_LIMITS)
    unused.init_app(app)
    app.register_blueprint(publishing.root)
