"""The public page of a body, with its meetings."""

from flask import render_template

from consult.core.clock import now
from consult.core.web import Answer
from consult.meetings.rhythm import MONITORING_A_YEAR
from consult.meetings.words import KINDS
from consult.organisations.queries import get_body
from consult.organisations.tooi import address_of
from consult.organisations.words import BODY_KINDS, FUNCTIONS, SECTORS
from consult.policy.badges import public
from consult.publishing.bodies import body_page
from consult.publishing.views import bp


@bp.get("/bodies/<string:body_slug>")
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
        kinds=BODY_KINDS,
        meeting_kinds=KINDS,
        functions=FUNCTIONS,
        sectors=SECTORS,
        address_of=address_of,
        monitoring_a_year=MONITORING_A_YEAR,
        now=now(),
    )
