"""The desk pages of who sits at a body."""

from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from consult.core.calendar import local_day
from consult.core.clock import now
from consult.core.forms import errors_on
from consult.core.unit_of_work import unit_of_work
from consult.core.web import Answer, actor, once, see_other
from consult.organisations.forms import (
    EndForm,
    OrganisationMemberForm,
    PersonMemberForm,
)
from consult.organisations.memberships import (
    add_organisation,
    add_person,
    end_membership,
)
from consult.organisations.models import Body
from consult.organisations.queries import (
    all_organisations,
    get_body,
    get_membership,
    members_of,
)
from consult.organisations.views import bp
from consult.policy.actions import Action
from consult.policy.badges import requires
from consult.policy.services import ensure

# Two forms stand on one page: the names of their fields must differ.
PERSON, ORGANISATION = "person", "organisation"


def _members_page(
    body: Body, person: Any = None, organisation: Any = None, ending: tuple[int, Any] | None = None
) -> Answer:
    today = local_day(now())
    forms = (
        person or PersonMemberForm(formdata=None, prefix=PERSON),
        organisation
        or OrganisationMemberForm.among(all_organisations(), formdata=None, prefix=ORGANISATION),
    )
    for form in forms:
        form.from_today(today)
    page = render_template(
        "organisations/members.html",
        body=body,
        members=members_of(body.id, today),
        person_form=forms[0],
        organisation_form=forms[1],
        ending=ending,
        today=today,
    )
    return (page, 422) if person or organisation or ending else page


@bp.get("/bodies/<string:body_slug>/members")
@requires(Action.BODY_MANAGE)
def members(body_slug: str) -> Answer:
    """Show who sits at a body, by name, and who did."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    return _members_page(body)


@bp.post("/bodies/<string:body_slug>/members/people")
@requires(Action.BODY_MANAGE)
def add_person_member(body_slug: str) -> Answer:
    """Make a person a member."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    form = PersonMemberForm(prefix=PERSON)
    if form.validate_on_submit():
        period = form.starts_on.data, form.ends_on.data
        with errors_on(form), unit_of_work(once()) as work:
            add_person(actor(), body, form.address.data, *period, now())
            work.leads_to = url_for("organisations.members", body_slug=body_slug)
        if not form.errors:
            flash(_("The person is a member of the body."))
            return see_other(work.leads_to)
    return _members_page(body, person=form)


@bp.post("/bodies/<string:body_slug>/members/organisations")
@requires(Action.BODY_MANAGE)
def add_organisation_member(body_slug: str) -> Answer:
    """Make an organisation a member."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    register = {one.id: one for one in all_organisations()}
    form = OrganisationMemberForm.among(list(register.values()), prefix=ORGANISATION)
    if form.validate_on_submit():
        period = form.starts_on.data, form.ends_on.data
        with errors_on(form), unit_of_work(once()) as work:
            chosen = register[form.organisation_id.data]
            add_organisation(actor(), body, chosen, *period, now())
            work.leads_to = url_for("organisations.members", body_slug=body_slug)
        if not form.errors:
            flash(_("The organisation is a member of the body."))
            return see_other(work.leads_to)
    return _members_page(body, organisation=form)


@bp.post("/bodies/<string:body_slug>/members/<int:membership_id>/end")
@requires(Action.BODY_MANAGE)
def end_member(body_slug: str, membership_id: int) -> Answer:
    """End a membership; it stays on record. What is wrong with the day stands in its row."""
    membership = get_membership(get_body(body_slug), membership_id)
    ensure(actor(), Action.BODY_MANAGE, membership.body, now())
    form = EndForm()
    if form.validate_on_submit():
        with errors_on(form), unit_of_work(once()) as work:
            end_membership(actor(), membership, form.ends_on.data, now())
            work.leads_to = url_for("organisations.members", body_slug=body_slug)
        if not form.errors:
            flash(_("The membership has an end. It stays on record."))
            return see_other(work.leads_to)
    return _members_page(membership.body, ending=(membership_id, form))
