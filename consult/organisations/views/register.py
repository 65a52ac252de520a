"""Public pages of bodies, and the desk on which organisers keep bodies and organisations."""

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from consult.core.calendar import local_day
from consult.core.clock import now
from consult.core.forms import errors_on, version_of
from consult.core.unit_of_work import unit_of_work
from consult.core.web import Answer, actor, once, see_other
from consult.organisations.forms import OrganisationForm, body_form, body_text
from consult.organisations.queries import (
    all_bodies,
    all_organisations,
    get_body,
    get_organisation,
    members_of,
    sizes_of_bodies,
)
from consult.organisations.services import change_body, change_organisation, create_organisation
from consult.organisations.views import bp
from consult.organisations.words import BODY_KINDS, LAYERS, SECTORS
from consult.policy.actions import Action
from consult.policy.badges import public, requires
from consult.policy.services import ensure


@bp.get("/bodies")
@public
def bodies() -> Answer:
    """List the bodies with how many sit there."""
    return render_template(
        "organisations/bodies.html",
        bodies=all_bodies(),
        sizes=sizes_of_bodies(local_day(now())),
        kinds=BODY_KINDS,
    )


@bp.get("/bodies/<string:body_slug>")
@public
def body(body_slug: str) -> Answer:
    """Show a body: what it does, its rules, its member organisations, and how many people.

    Who sits there as a person is for organisers: only their number is public.
    """
    found = get_body(body_slug)
    return render_template(
        "organisations/body.html",
        body=found,
        members=members_of(found.id, local_day(now())),
        kinds=BODY_KINDS,
        sectors=SECTORS,
    )


@bp.route("/bodies/<string:body_slug>/edit", methods=["GET", "POST"])
@requires(Action.BODY_MANAGE)
def edit_body(body_slug: str) -> Answer:
    """Change what stands on the page of a body."""
    found = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, found, now())
    form = body_form(found)
    if form.validate_on_submit():
        with errors_on(form), unit_of_work(once()) as work:
            change_body(actor(), found, body_text(form), version_of(form), now())
            work.leads_to = url_for("organisations.members", body_slug=body_slug)
        if not form.errors:
            flash(_("The body is saved."))
            return see_other(work.leads_to)
    page = render_template("organisations/edit_body.html", form=form, body=found)
    return (page, 422) if form.is_submitted() else page


@bp.get("/organisations")
@requires(Action.ORGANISATION_MANAGE)
def index() -> Answer:
    """List the organisations of the register."""
    ensure(actor(), Action.ORGANISATION_MANAGE, None, now())
    return render_template(
        "organisations/index.html",
        organisations=all_organisations(),
        sectors=SECTORS,
        layers=LAYERS,
    )


@bp.route("/organisations/new", methods=["GET", "POST"])
@requires(Action.ORGANISATION_MANAGE)
def new() -> Answer:
    """Put an organisation in the register."""
    ensure(actor(), Action.ORGANISATION_MANAGE, None, now())
    form = OrganisationForm.of()
    if form.validate_on_submit():
        with errors_on(form), unit_of_work(once()) as work:
            made = create_organisation(actor(), form.facts(), form.slug.data or "", now())
            work.leads_to = url_for("organisations.organisation", organisation_slug=made.slug)
        if not form.errors:
            flash(_("The organisation is in the register. Now say who speaks for it."))
            return see_other(work.leads_to)
    page = render_template("organisations/edit.html", form=form, organisation=None)
    return (page, 422) if form.is_submitted() else page


@bp.route("/organisations/<string:organisation_slug>/edit", methods=["GET", "POST"])
@requires(Action.ORGANISATION_MANAGE)
def edit(organisation_slug: str) -> Answer:
    """Change what is said about an organisation."""
    found = get_organisation(organisation_slug)
    ensure(actor(), Action.ORGANISATION_MANAGE, found, now())
    form = OrganisationForm.of(found)
    if form.validate_on_submit():
        with errors_on(form), unit_of_work(once()) as work:
            change_organisation(actor(), found, form.facts(), version_of(form), now())
            work.leads_to = url_for("organisations.organisation", organisation_slug=found.slug)
        if not form.errors:
            flash(_("The organisation is saved."))
            return see_other(work.leads_to)
    page = render_template("organisations/edit.html", form=form, organisation=found)
    return (page, 422) if form.is_submitted() else page
