"""The house from below to above: every package's answers, work and pages, in order."""

from flask import Blueprint, Flask

from consult.consultation.comments import answers as _comments_answers  # noqa: F401
from consult.consultation.comments import personal as _comments_personal  # noqa: F401
from consult.consultation.comments import views as comments
from consult.consultation.meetings import answers as _meetings_answers  # noqa: F401
from consult.consultation.meetings import gaps as _gaps  # noqa: F401
from consult.consultation.meetings import personal as _meetings_personal  # noqa: F401
from consult.consultation.meetings import views as meetings
from consult.consultation.meetings.views import desk as _meetings_desk  # noqa: F401
from consult.consultation.meetings.views import reading as _meetings_reading  # noqa: F401
from consult.consultation.moderation import notices as _moderation_notices  # noqa: F401
from consult.consultation.moderation import personal as _moderation_personal  # noqa: F401
from consult.consultation.moderation import views as moderation
from consult.consultation.plans import answers as _plans_answers  # noqa: F401
from consult.consultation.plans import personal as _plans_personal  # noqa: F401
from consult.consultation.plans import views as plans
from consult.consultation.plans.views import frame as _frame  # noqa: F401
from consult.consultation.plans.views import people as _people  # noqa: F401
from consult.consultation.plans.views import themes as _themes  # noqa: F401
from consult.consultation.proposals import notices as _proposals_notices  # noqa: F401
from consult.consultation.proposals import personal as _proposals_personal  # noqa: F401
from consult.consultation.proposals import views as proposals
from consult.consultation.proposals.views import after as _after  # noqa: F401
from consult.consultation.proposals.views import comments as _on_proposals  # noqa: F401
from consult.consultation.proposals.views import cosigning as _cosigning  # noqa: F401
from consult.consultation.proposals.views import elsewhere as _elsewhere  # noqa: F401
from consult.consultation.proposals.views import writing as _writing  # noqa: F401
from consult.consultation.rounds import answers as _rounds_answers  # noqa: F401
from consult.consultation.rounds import views as rounds
from consult.foundation.core import search as _search  # noqa: F401
from consult.foundation.core.extensions import csrf, limit_all, limit_posts
from consult.foundation.files import cache as _cache  # noqa: F401
from consult.foundation.jobs import services as _jobs  # noqa: F401
from consult.foundation.notifications import broadcasts as _broadcasts  # noqa: F401
from consult.foundation.notifications import delivery as _delivery  # noqa: F401
from consult.foundation.record import services as _record  # noqa: F401
from consult.interfaces.exchange import models as _exchange  # noqa: F401
from consult.interfaces.publishing import views as publishing
from consult.interfaces.publishing.views import bodies as _bodies  # noqa: F401
from consult.interfaces.publishing.views import chain as _chain  # noqa: F401
from consult.interfaces.publishing.views import downloads as _downloads  # noqa: F401
from consult.interfaces.publishing.views import mails as _mails  # noqa: F401
from consult.interfaces.publishing.views import receipts as _receipts  # noqa: F401
from consult.interfaces.publishing.views import site as _site  # noqa: F401
from consult.outcomes.approvals import titles as _titles  # noqa: F401
from consult.outcomes.approvals import views as approvals
from consult.outcomes.commitments import answers as _commitments_answers  # noqa: F401
from consult.outcomes.commitments import views as commitments
from consult.outcomes.responses import personal as _responses_personal  # noqa: F401
from consult.outcomes.responses import views as responses
from consult.outcomes.summaries import answers as _summaries_answers  # noqa: F401
from consult.outcomes.summaries import views as summaries
from consult.people.accounts import answers as _accounts_answers  # noqa: F401
from consult.people.accounts import recipients as _recipients  # noqa: F401
from consult.people.accounts import views as accounts
from consult.people.accounts.setup import SIGN_IN_LIMITS, init_accounts
from consult.people.accounts.views import mail as _mail
from consult.people.invitations import answers as _invitations_answers  # noqa: F401
from consult.people.invitations import daily as _invitations_daily  # noqa: F401
from consult.people.invitations import views as invitations
from consult.people.invitations.views import desk as _invitations_desk  # noqa: F401
from consult.people.invitations.views import files as _invitations_files  # noqa: F401
from consult.people.organisations import answers as _organisations_answers  # noqa: F401
from consult.people.organisations import provider as _organisations_provider  # noqa: F401
from consult.people.organisations import views as organisations
from consult.people.organisations.views import mandates as _mandates  # noqa: F401
from consult.people.organisations.views import members as _members  # noqa: F401
from consult.people.organisations.views import register as _register  # noqa: F401
from consult.people.privacy import answers as _privacy_answers  # noqa: F401
from consult.people.privacy import asking as _privacy_asking  # noqa: F401
from consult.people.privacy import own_parts as _privacy_parts  # noqa: F401
from consult.people.privacy import rules as _privacy_rules  # noqa: F401
from consult.people.privacy import unused
from consult.people.privacy import views as privacy
from consult.people.privacy.views import incidents as _incidents  # noqa: F401
from consult.people.privacy.views import people as _accounts  # noqa: F401

BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts.bp,
    organisations.bp,
    meetings.bp,
    invitations.bp,
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
    # A mail program that stops mails with one click has no form of ours (RFC 8058).
    csrf.exempt(_mail.unsubscribe_now)
    unused.init_app(app)
    app.register_blueprint(publishing.root)


def limit_pages(app: Flask) -> None:
    """Limit how often the pages that a key opens are asked for, once they are registered."""
    limit_all(app, invitations.TOKEN_LIMITS)
