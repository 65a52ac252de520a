"""The public log of the decisions of a round."""

from flask import render_template, request

from consult.consultation.moderation.log import LogPart, log_of, read_part, totals_of
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.clock import now
from consult.foundation.core.page_cache import PublicPage
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.view_permissions import requires

routes = Routes()
PUBLIC_PAGES = {"moderation.log": PublicPage("show", "cursor")}
"""The pages that are kept for everybody."""


@routes.get("/rounds/<string:round_slug>/moderation-log")
@requires(Action.MODERATION_READ_LOG)
def log(round_slug: str) -> Answer:
    """Show every decision of a round, with its reason."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.MODERATION_READ_LOG, round_, now())
    part = read_part(request.args.get("show") or LogPart.ALL)
    return render_template(
        "moderation/log.html",
        round=round_,
        part=part,
        page=log_of(round_.id, request.args.get("cursor"), part),
        totals=totals_of(round_.id),
        team=can(actor(), Action.MODERATION_VIEW_QUEUE, round_, now()),
    )
