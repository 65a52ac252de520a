"""For administrators: one account at a time, found by its exact address."""

from flask import render_template, url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import errors_on
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.privacy.closing import close_account
from consult.people.privacy.forms import FindForm, ReasonForm, SureForm
from consult.people.privacy.models import ClosedBy
from consult.people.privacy.queries import account_of, find_account, get_person
from consult.people.privacy.suspending import restore_account, suspend_account

routes = Routes()


@routes.route("/people", methods=["GET", "POST"])
@requires(Action.PERSON_MANAGE)
def people() -> Answer:
    """Find somebody by their address; it is posted, so it stands in no log of addresses."""
    ensure(actor(), Action.PERSON_MANAGE, None, now())
    form = FindForm()
    if form.validate_on_submit():
        with errors_on(form):
            found = find_account(form.address.data)
            return see_other(url_for("privacy.person", person_id=found.public_id))
    return form_page("privacy/people.html", form)


def _page(person_id: str, forms: dict[str, object] | None = None) -> Answer:
    person = get_person(person_id)
    shown: dict[str, object] = {
        "reason": ReasonForm(formdata=None),
        "sure": SureForm(formdata=None),
    }
    page = render_template(
        "privacy/person.html",
        account=account_of(person),
        forms=shown | (forms or {}),
        own=person.id == actor().actor_id,
    )
    return (page, 422) if forms else page


@routes.get("/people/<uuid:person_id>")
@requires(Action.PERSON_MANAGE)
def person(person_id: object) -> Answer:
    """Show an account, and what can be done with it."""
    ensure(actor(), Action.PERSON_MANAGE, None, now())
    return _page(str(person_id))


@routes.post("/people/<uuid:person_id>/suspend")
@requires(Action.PERSON_MANAGE)
def suspend(person_id: object) -> Answer:
    """Suspend an account."""
    ensure(actor(), Action.PERSON_MANAGE, None, now())
    found, form = get_person(str(person_id)), ReasonForm()

    def act() -> Done:
        suspend_account(actor(), found, form.reason.data, now())
        return Done(
            url_for("privacy.person", person_id=found.public_id),
            _("The account is suspended. The person gets a mail."),
        )

    return carry_out(form, act) or _page(str(person_id), {"reason": form})


@routes.post("/people/<uuid:person_id>/restore")
@requires(Action.PERSON_MANAGE)
def restore(person_id: object) -> Answer:
    """Let a suspended person in again."""
    ensure(actor(), Action.PERSON_MANAGE, None, now())
    found, form = get_person(str(person_id)), ReasonForm()

    def act() -> Done:
        restore_account(actor(), found, form.reason.data, now())
        return Done(
            url_for("privacy.person", person_id=found.public_id),
            _("The account can be used again. The person gets a mail."),
        )

    return carry_out(form, act) or _page(str(person_id), {"reason": form})


@routes.post("/people/<uuid:person_id>/close")
@requires(Action.PERSON_MANAGE)
def close_person(person_id: object) -> Answer:
    """Close somebody's account."""
    ensure(actor(), Action.PERSON_MANAGE, None, now())
    found, form = get_person(str(person_id)), SureForm()

    def act() -> Done:
        close_account(actor(), found, now(), ClosedBy.ADMINISTRATOR)
        return Done(
            url_for("privacy.person", person_id=found.public_id), _("The account is closed.")
        )

    return carry_out(form, act) or _page(str(person_id), {"sure": form})
