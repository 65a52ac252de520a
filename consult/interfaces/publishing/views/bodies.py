"""The public page of a body, with its meetings."""

from flask import render_template

from consult.consultation.meetings.meeting_frequency import MONITORING_A_YEAR
from consult.foundation.core.clock import now
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer
from consult.foundation.policy.view_permissions import public
from consult.interfaces.publishing.bodies import body_page
from consult.people.organisations.queries import get_body
from consult.people.organisations.tooi import address_of

routes = Routes()


@routes.get("/bodies/<string:body_slug>")
@public
def body(body_slug: str) -> Answer:
    """Show a body: what it does, its rules, its seats, its member organisations, its meetings.

    Who sits there as a person is for organisers: only their number is public.
    """
    found = get_body(body_slug)
    return render_template(
        "publishing/body.html",
        body=found,
        page=body_page(found, now()),
        address_of=address_of,
        monitoring_a_year=MONITORING_A_YEAR,
    )
