"""A person's own profile; the pages of signing in are the library's, in our templates."""

from typing import cast

from flask import flash, render_template, url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, once, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.view_permissions import public, requires
from consult.people.accounts.forms import ProfileForm
from consult.people.accounts.models import Person
from consult.people.accounts.services import change_profile

routes = Routes()


@routes.route("/profile", methods=["GET", "POST"])
@requires(Action.ACCOUNT_MANAGE_OWN)
def profile() -> Answer:
    """Change one's name and language."""
    person = cast("Person", actor())
    form = ProfileForm(obj=person)
    if form.validate_on_submit():
        with unit_of_work(once()) as work:
            change_profile(person, form.display_name.data, form.language.data, now())
            work.leads_to = url_for("accounts.profile")
        flash(_("Your profile is saved."))
        return see_other(work.leads_to)
    return form_page("accounts/profile.html", form)


@routes.get("/mail-sent/<any(link, reset, confirm):letter>")
@public
def sent(letter: str) -> Answer:
    """Say that a mail was sent, if there is anybody to send it to."""
    return render_template("accounts/sent.html", letter=letter)
