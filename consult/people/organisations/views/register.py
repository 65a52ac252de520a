"""The public lists of bodies and organisations, and the desk on which organisers keep them.

The page of one body shows its meetings as well: it stands with the public pages (publishing).
"""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from consult.foundation.core.calendar import local_day
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import public, requires
from consult.people.organisations.forms import OrganisationForm, body_form, body_text
from consult.people.organisations.mandates import place_request
from consult.people.organisations.models import MandateRequest, Sector
from consult.people.organisations.queries import (
    all_bodies,
    find_request,
    get_body,
    get_organisation,
    sizes_of_bodies,
)
from consult.people.organisations.register import register_page
from consult.people.organisations.services import (
    change_body,
    change_organisation,
    create_organisation,
)
from consult.people.organisations.tooi import address_of, find_public_bodies, public_bodies

routes = Routes()


@routes.get("/bodies")
@public
def bodies() -> Answer:
    """List the bodies with how many sit there."""
    return render_template(
        "organisations/bodies.html",
        bodies=all_bodies(),
        sizes=sizes_of_bodies(local_day(now())),
    )


@routes.route("/bodies/<string:body_slug>/edit", methods=["GET", "POST"])
@requires(Action.BODY_MANAGE)
def edit_body(body_slug: str) -> Answer:
    """Change what stands on the page of a body."""
    found = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, found, now())
    form = body_form(found)

    def act() -> Done:
        change_body(actor(), found, body_text(form), version_of(form), now())
        return Done(url_for("organisations.members", body_slug=body_slug), _("The body is saved."))

    return carry_out(form, act) or form_page("organisations/edit_body.html", form, body=found)


@routes.get("/organisations")
@public
def index() -> Answer:
    """Show the register: which organisations take part, per sector, and where they sit.

    Who speaks for them is for organisers: the page leads them to their desk.
    """
    said = request.args.get("q", "").strip()[:200]
    asked = request.args.get("sector", "")
    sector = Sector(asked) if asked in set(Sector) else None
    return render_template(
        "organisations/index.html",
        page=register_page(said, sector, request.args.get("cursor"), local_day(now())),
        said=said,
        sector=sector,
        address_of=address_of,
    )


@routes.route("/organisations/new", methods=["GET", "POST"])
@requires(Action.ORGANISATION_MANAGE)
def new() -> Answer:
    """Put an organisation in the register; a Dutch public body can be looked up first."""
    ensure(actor(), Action.ORGANISATION_MANAGE, None, now())
    asked = _asked_by_name()
    form = OrganisationForm.of(
        chosen=public_bodies().get(request.args.get("tooi", "")), named=asked.named if asked else ""
    )

    def act() -> Done:
        made = create_organisation(actor(), form.facts(), form.slug.data or "", now())
        if asked is not None:
            place_request(actor(), asked, made, now())
        return Done(
            url_for("organisations.organisation", organisation_slug=made.slug),
            _("The organisation is in the register. Now say who speaks for it."),
        )

    if answer := carry_out(form, act):
        return answer
    said = request.args.get("q", "").strip()[:200]
    return form_page(
        "organisations/edit.html",
        form,
        organisation=None,
        asked=asked,
        said=said,
        found=find_public_bodies(said),
    )


def _asked_by_name() -> MandateRequest | None:
    """Return the request of somebody who did not find their organisation, if one leads here."""
    number = plain_number(request.args.get("request", ""))
    found = find_request(number) if number is not None else None
    return found if found is not None and found.organisation_id is None else None


@routes.route("/organisations/<string:organisation_slug>/edit", methods=["GET", "POST"])
@requires(Action.ORGANISATION_MANAGE)
def edit(organisation_slug: str) -> Answer:
    """Change what is said about an organisation."""
    found = get_organisation(organisation_slug)
    ensure(actor(), Action.ORGANISATION_MANAGE, found, now())
    form = OrganisationForm.of(found)

    def act() -> Done:
        change_organisation(actor(), found, form.facts(), version_of(form), now())
        return Done(
            url_for("organisations.organisation", organisation_slug=found.slug),
            _("The organisation is saved."),
        )

    return carry_out(form, act) or form_page("organisations/edit.html", form, organisation=found)
