"""The desk pages of whoever sits at a body."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from consult.foundation.core.calendar import local_day
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.forms import EndForm
from consult.people.organisations.member_forms import (
    OrganisationMemberForm,
    PersonMemberForm,
    PlaceForm,
    RenewForm,
    seats_form,
)
from consult.people.organisations.memberships import (
    add_organisation,
    add_person,
    change_place,
    end_membership,
    renew_term,
    renewed_until,
)
from consult.people.organisations.models import Body, Membership
from consult.people.organisations.queries import (
    all_organisations,
    get_body,
    get_membership,
    members_of,
    place_requests_of,
)
from consult.people.organisations.seats import agree_on_seats, ending_soon, groups_of, seats_of

routes = Routes()

# Two forms stand on one page: the names of their fields must differ.
PERSON, ORGANISATION = "person", "organisation"


def _member(body_slug: str, membership_id: int) -> Membership:
    """Return a membership to whoever manages the body: nobody else finds out which there are."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    return get_membership(body, membership_id)


# A form that came back in the row of a member: whose, the form, and where it was sent.
MemberForm = tuple[int, FlaskForm, str]


def _members_page(
    body: Body,
    person: PersonMemberForm | None = None,
    organisation: OrganisationMemberForm | None = None,
    row: MemberForm | None = None,
) -> Answer:
    """Show the desk; a form that came back stands in its place, or in the `row` of a member."""
    today = local_day(now())
    members, groups = members_of(body.id, today), groups_of(body.id)
    forms = (
        person or PersonMemberForm.among(groups, formdata=None, prefix=PERSON),
        organisation
        or OrganisationMemberForm.among(
            all_organisations(), seats=bool(groups), formdata=None, prefix=ORGANISATION
        ),
    )
    for form in forms:
        form.from_today(today)
    page = render_template(
        "organisations/members.html",
        body=body,
        members=members,
        places=place_requests_of(body.id),
        person_form=forms[0],
        organisation_form=forms[1],
        row=row,
        today=today,
        seats=seats_of(body.id, members.on(today)),
        ending={one.id for one in ending_soon([body.id], today)},
        renewed_until=renewed_until,
        place_form=lambda one: PlaceForm.of(one, groups),
    )
    return (page, 422) if person or organisation or row else page


@routes.get("/bodies/<string:body_slug>/members")
@requires(Action.BODY_MANAGE)
def members(body_slug: str) -> Answer:
    """Show who sits at a body, by name, and who did."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    return _members_page(body)


@routes.post("/bodies/<string:body_slug>/members/people")
@requires(Action.BODY_MANAGE)
def add_person_member(body_slug: str) -> Answer:
    """Make a person a member."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    form = PersonMemberForm.among(groups_of(body.id), prefix=PERSON)

    def act() -> Done:
        period = form.starts_on.day, form.ends_on.data
        add_person(actor(), body, form.address.data, *period, now(), form.place())
        return Done(
            url_for("organisations.members", body_slug=body_slug),
            _("The person is a member of the body."),
        )

    return carry_out(form, act) or _members_page(body, person=form)


@routes.post("/bodies/<string:body_slug>/members/organisations")
@requires(Action.BODY_MANAGE)
def add_organisation_member(body_slug: str) -> Answer:
    """Make an organisation a member."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    register = {one.id: one for one in all_organisations()}
    form = OrganisationMemberForm.among(
        list(register.values()), seats=bool(groups_of(body.id)), prefix=ORGANISATION
    )

    def act() -> Done:
        period = form.starts_on.day, form.ends_on.data
        chosen = register[form.organisation_id.data]
        add_organisation(actor(), body, chosen, *period, now(), form.place_of(chosen))
        return Done(
            url_for("organisations.members", body_slug=body_slug),
            _("The organisation is a member of the body."),
        )

    return carry_out(form, act) or _members_page(body, organisation=form)


@routes.post("/bodies/<string:body_slug>/members/<int:membership_id>/place")
@requires(Action.BODY_MANAGE)
def place_member(body_slug: str, membership_id: int) -> Answer:
    """Change the seat or the function of a member."""
    membership = _member(body_slug, membership_id)
    form = PlaceForm.of(membership, groups_of(membership.body_id))

    def act() -> Done:
        change_place(actor(), membership, form.place(), now())
        return Done(
            url_for("organisations.members", body_slug=body_slug),
            _("The place of this member is changed."),
        )

    return carry_out(form, act) or _members_page(
        membership.body, row=(membership_id, form, str(request.endpoint))
    )


@routes.post("/bodies/<string:body_slug>/members/<int:membership_id>/renew")
@requires(Action.BODY_MANAGE)
def renew_member(body_slug: str, membership_id: int) -> Answer:
    """Let a next term follow the present one."""
    membership = _member(body_slug, membership_id)
    form = RenewForm()

    def act() -> Done:
        renew_term(actor(), membership, form.ends_on.day, now())
        return Done(
            url_for("organisations.members", body_slug=body_slug),
            _("A next term follows the present one."),
        )

    return carry_out(form, act) or _members_page(
        membership.body, row=(membership_id, form, str(request.endpoint))
    )


@routes.post("/bodies/<string:body_slug>/members/<int:membership_id>/end")
@requires(Action.BODY_MANAGE)
def end_member(body_slug: str, membership_id: int) -> Answer:
    """End a membership; it stays on record. What is wrong with the day stands in its row."""
    membership = _member(body_slug, membership_id)
    form = EndForm()

    def act() -> Done:
        end_membership(actor(), membership, form.ends_on.day, now())
        return Done(
            url_for("organisations.members", body_slug=body_slug),
            _("The membership has an end. It stays on record."),
        )

    return carry_out(form, act) or _members_page(
        membership.body, row=(membership_id, form, str(request.endpoint))
    )


@routes.route("/bodies/<string:body_slug>/seats", methods=["GET", "POST"])
@requires(Action.BODY_MANAGE)
def seats(body_slug: str) -> Answer:
    """Say how many seats each sector has, and for how long one is taken."""
    body = get_body(body_slug)
    ensure(actor(), Action.BODY_MANAGE, body, now())
    form = seats_form(body, groups_of(body.id))

    def act() -> Done:
        agree_on_seats(actor(), body, form.agreed(), version_of(form), now())
        return Done(
            url_for("organisations.members", body_slug=body_slug), _("The seats are saved.")
        )

    return carry_out(form, act) or form_page(
        "organisations/seats.html", form, body=body, today=local_day(now())
    )
