"""What a feed reader and a calendar follow: news and dates of what everybody may read."""

from flask import Response, make_response, request
from flask_babel import lazy_gettext as _l

from consult.consultation.plans.queries import get_plan
from consult.consultation.rounds.calendar_file import calendar_of_rounds
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.clock import now
from consult.foundation.core.errors import NotFound
from consult.foundation.core.languages import pick
from consult.foundation.core.people import Anonymous
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, as_attachment
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import public
from consult.interfaces.publishing.feeds import (
    Feed,
    feed_of_commitments,
    feed_of_log,
    feed_of_plan,
    feed_of_round,
    is_for_everyone,
    write_feed,
)
from consult.interfaces.publishing.queries import rounds_of

routes = Routes()

ATOM = "application/atom+xml; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"


def _public_round(round_slug: str) -> Round:
    """Return a round that everybody may read, whoever asks: a feed is passed on."""
    found = get_round(round_slug)
    if not is_for_everyone(found):
        raise NotFound(_l("There is nothing here."), _l("Check the address, or search."))
    ensure(Anonymous(), Action.ROUND_READ, found, now())
    return found


def _answer(content: bytes, kind: str) -> Response:
    """Answer with a file, or say that it did not change since it was fetched last."""
    answer: Response = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _feed(feed: Feed) -> Response:
    return _answer(write_feed(feed), ATOM)


@routes.get("/plans/<string:plan_slug>/feed.atom")
@public
def plan_feed(plan_slug: str) -> Answer:
    """Return the news of a plan."""
    return _feed(feed_of_plan(get_plan(plan_slug)))


@routes.get("/plans/<string:plan_slug>/commitments/feed.atom")
@public
def commitments_feed(plan_slug: str) -> Answer:
    """Return the commitments of a plan as they are published."""
    return _feed(feed_of_commitments(get_plan(plan_slug)))


@routes.get("/rounds/<string:round_slug>/feed.atom")
@public
def round_feed(round_slug: str) -> Answer:
    """Return the newest proposals of a round."""
    return _feed(feed_of_round(_public_round(round_slug), request.args.get("cursor")))


@routes.get("/rounds/<string:round_slug>/moderation-log/feed.atom")
@public
def log_feed(round_slug: str) -> Answer:
    """Return the newest decisions of the moderators of a round."""
    return _feed(feed_of_log(_public_round(round_slug), request.args.get("cursor")))


@routes.get("/plans/<string:plan_slug>/calendar.ics")
@public
def plan_calendar(plan_slug: str) -> Answer:
    """Return when the rounds of a plan open and close."""
    plan = get_plan(plan_slug)
    rounds = [one for one in rounds_of(plan.id) if is_for_everyone(one)]
    content = calendar_of_rounds(rounds, pick(plan.title)[0], now())
    return as_attachment(_answer(content, CALENDAR), f"{plan_slug}.ics")


@routes.get("/rounds/<string:round_slug>/calendar.ics")
@public
def round_calendar(round_slug: str) -> Answer:
    """Return when a round opens and closes."""
    found = _public_round(round_slug)
    content = calendar_of_rounds([found], pick(found.title)[0], now())
    return as_attachment(_answer(content, CALENDAR), f"{round_slug}.ics")
