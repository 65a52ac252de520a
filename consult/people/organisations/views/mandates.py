"""Pages of whoever speaks for an organisation: its own, and the one of a person."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from consult.foundation.core.calendar import local_day
from consult.foundation.core.clock import now
from consult.foundation.core.errors import InvalidInput, NotFound, SignInNeeded
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.accounts.models import Person
from consult.people.accounts.safe_redirects import local_path
from consult.people.organisations.forms import (
    ChooseOrganisationForm,
    DecideForm,
    EndForm,
    MandateForm,
    RequestForm,
)
from consult.people.organisations.mandates import (
    appoint_contact,
    ask_mandate,
    confirm_mandate,
    decide_request,
    end_mandate,
    place_request,
    record_mandate,
)
from consult.people.organisations.models import Mandate, Organisation
from consult.people.organisations.queries import (
    all_organisations,
    find_request,
    get_mandate,
    get_organisation,
    get_request,
    mandates_by,
    mandates_of,
    requests_for,
)

routes = Routes()


def _here(slug: str) -> str:
    return url_for("organisations.organisation", organisation_slug=slug)


def _organisation_page(found: Organisation, form: FlaskForm | None = None) -> Answer:
    today = local_day(now())
    empty = MandateForm(formdata=None)
    empty.starts_on.data = today
    page = render_template(
        "organisations/organisation.html",
        organisation=found,
        mandates=mandates_of(found.id),
        requests=requests_for([found.id]),
        form=form or empty,
        today=today,
    )
    return (page, 422) if form else page


def _mandate(organisation_slug: str, mandate_id: int) -> Mandate:
    """Return a mandate to whoever may list it or has it; nobody else finds out which exist."""
    organisation = get_organisation(organisation_slug)
    mandate = get_mandate(organisation, mandate_id)
    own = mandate.person_id == actor().actor_id
    if not own and not can(actor(), Action.MANDATE_LIST, organisation, now()):
        raise NotFound(_("There is no such mandate."))
    return mandate


@routes.get("/organisations/<string:organisation_slug>")
@requires(Action.MANDATE_LIST)
def organisation(organisation_slug: str) -> Answer:
    """Show an organisation, who speaks for it, and who asks to."""
    found = get_organisation(organisation_slug)
    ensure(actor(), Action.MANDATE_LIST, found, now())
    return _organisation_page(found)


@routes.post("/organisations/<string:organisation_slug>/mandates")
@requires(Action.MANDATE_RECORD)
def add_mandate(organisation_slug: str) -> Answer:
    """Record that a person speaks for an organisation."""
    found = get_organisation(organisation_slug)
    ensure(actor(), Action.MANDATE_RECORD, found, now())
    form = MandateForm()

    def act() -> Done:
        said = form.address.data, form.starts_on.day, form.note.data
        record_mandate(actor(), found, *said, now(), is_contact=form.is_contact.data)
        return Done(
            _here(organisation_slug),
            _("It is recorded that this person speaks for the organisation."),
        )

    return carry_out(form, act) or _organisation_page(found, form)


@routes.post("/organisations/<string:organisation_slug>/mandates/<int:mandate_id>/end")
@requires(Action.MANDATE_END)
def close_mandate(organisation_slug: str, mandate_id: int) -> Answer:
    """End a mandate; it stays on record."""
    mandate = _mandate(organisation_slug, mandate_id)
    ensure(actor(), Action.MANDATE_END, mandate, now())
    own = mandate.person_id == actor().actor_id
    form = EndForm()
    if not form.validate_on_submit():
        raise InvalidInput(_("Give the day from which it no longer holds."))

    def act() -> Done:
        end_mandate(actor(), mandate, form.ends_on.day, now(), form.reason.data or "")
        return Done(
            url_for("organisations.mine") if own else _here(organisation_slug),
            _("The mandate has an end. It stays on record."),
        )

    return do_once(act)


@routes.post("/organisations/<string:organisation_slug>/mandates/<int:mandate_id>/confirm")
@requires(Action.MANDATE_CONFIRM)
def confirm(organisation_slug: str, mandate_id: int) -> Answer:
    """Confirm, as the contact, that somebody speaks for the organisation."""
    mandate = _mandate(organisation_slug, mandate_id)
    ensure(actor(), Action.MANDATE_CONFIRM, mandate, now())

    def act() -> Done:
        confirm_mandate(actor(), mandate, now())
        return Done(
            _here(organisation_slug), _("You confirmed it. Readers see that the organisation did.")
        )

    return do_once(act)


@routes.post(
    "/organisations/<string:organisation_slug>/mandates/<int:mandate_id>"
    "/contact/<any(make, end):change>"
)
@requires(Action.MANDATE_RECORD)
def contact(organisation_slug: str, mandate_id: int, change: str) -> Answer:
    """Make who speaks for an organisation its contact, or no longer."""
    mandate = _mandate(organisation_slug, mandate_id)
    ensure(actor(), Action.MANDATE_RECORD, mandate.organisation, now())

    def act() -> Done:
        appoint_contact(actor(), mandate, now(), is_contact=change == "make")
        return Done(_here(organisation_slug), _("The contact of the organisation is changed."))

    return do_once(act)


@routes.post(
    "/organisations/<string:organisation_slug>/requests/<int:request_id>"
    "/<any(grant, refuse):decision>"
)
@requires(Action.MANDATE_DECIDE)
def decide(organisation_slug: str, request_id: int, decision: str) -> Answer:
    """Grant or refuse what somebody asked."""
    found = get_organisation(organisation_slug)
    ensure(actor(), Action.MANDATE_LIST, found, now())
    asked = get_request(found, request_id)
    ensure(actor(), Action.MANDATE_DECIDE, asked, now())
    reason = DecideForm().reason.data or ""

    def act() -> Done:
        decide_request(actor(), asked, granted=decision == "grant", reason=reason, now=now())
        return Done(_here(organisation_slug), _("It is decided, and the person is told."))

    return do_once(act)


@routes.get("/organisations/requests")
@requires(Action.ORGANISATION_MANAGE)
def requests() -> Answer:
    """Show who asks to speak for an organisation, to whoever keeps the register."""
    return _requests_page()


def _requests_page(refused: tuple[int, FlaskForm] | None = None) -> Answer:
    ensure(actor(), Action.ORGANISATION_MANAGE, None, now())
    register = all_organisations()
    page = render_template(
        "organisations/requests.html",
        requests=requests_for(None),
        meant=lambda one: ChooseOrganisationForm.among(
            register, formdata=None, prefix=f"r{one.id}"
        ),
        refused=refused,
    )
    return (page, 422) if refused else page


@routes.post("/organisations/requests/<int:request_id>/place")
@requires(Action.ORGANISATION_MANAGE)
def place(request_id: int) -> Answer:
    """Say which organisation of the register somebody meant."""
    asked = find_request(request_id)
    ensure(actor(), Action.ORGANISATION_MANAGE, None, now())
    register = {one.id: one for one in all_organisations()}
    form = ChooseOrganisationForm.among(list(register.values()), prefix=f"r{request_id}")

    def act() -> Done:
        meant = register[form.organisation_id.data]
        place_request(actor(), asked, meant, now())
        return Done(_here(meant.slug), _("Now decide whether this person speaks for it."))

    return carry_out(form, act) or _requests_page((request_id, form))


@routes.post("/organisations/requests/<int:request_id>/refuse")
@requires(Action.MANDATE_DECIDE)
def refuse(request_id: int) -> Answer:
    """Refuse what somebody asked of an organisation that is not in the register."""
    asked = find_request(request_id)
    ensure(actor(), Action.MANDATE_DECIDE, asked, now())
    reason = DecideForm().reason.data or ""

    def act() -> Done:
        decide_request(actor(), asked, granted=False, reason=reason, now=now())
        return Done(url_for("organisations.requests"), _("It is decided, and the person is told."))

    return do_once(act)


def _back_to(text: str, request_id: int) -> str:
    """Return the page of a text, for the organisation of which its writer asked a mandate."""
    return f"{text}{'&' if '?' in text else '?'}asked={request_id}" if text else ""


@routes.route("/mandates", methods=["GET", "POST"])
@requires(Action.MANDATE_ASK)
def mine() -> Answer:
    """Show a person for whom they speak; they ask to speak for another organisation here.

    Who came from a text that they were writing goes back to it.
    """
    me = actor()
    ensure(me, Action.MANDATE_ASK, None, now())
    if not isinstance(me, Person):
        raise SignInNeeded(_("You need to sign in for this."))
    register = {one.id: one for one in all_organisations()}
    form = RequestForm.among(list(register.values()))
    if not form.is_submitted():
        form.next.data = local_path(request.args.get("next"))

    def act() -> Done:
        chosen = register.get(form.organisation_id.data)
        asked = ask_mandate(me, chosen, form.note.data, now(), form.named.data or "")
        return Done(
            _back_to(form.next.data or "", asked.id) or url_for("organisations.mine"),
            _(
                "It is asked. You get a mail when it is decided. You can write already: your text "
                "stands under your own name until they say yes."
            ),
        )

    return carry_out(form, act) or form_page(
        "organisations/mine.html", form, own=mandates_by(me.id), today=local_day(now())
    )
