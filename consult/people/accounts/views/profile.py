"""A person's own profile; the pages of signing in are the library's, in our templates."""

from typing import cast

from flask import render_template, url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
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

    def act() -> Done:
        change_profile(person, form.display_name.data, form.language.data, now())
        return Done(url_for("accounts.profile"), _("Your profile is saved."))

    return carry_out(form, act) or form_page("accounts/profile.html", form)


@routes.get("/mail-sent/<any(link, reset):letter>")
@public
def sent(letter: str) -> Answer:
    """Say that a mail was sent, if there is anybody to send it to."""
    return render_template("accounts/sent.html", letter=letter)
