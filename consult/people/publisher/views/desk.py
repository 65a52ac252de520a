"""The page on which an administrator says who speaks here, and gives it a logo."""

from flask import url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.publisher.forms import LogoForm, publisher_form
from consult.people.publisher.queries import get_publisher
from consult.people.publisher.services import change_logo, change_publisher

routes = Routes()


@routes.route("/publisher/edit", methods=["GET", "POST"])
@requires(Action.PUBLISHER_MANAGE)
def edit() -> Answer:
    """Say who speaks here, in both languages."""
    ensure(actor(), Action.PUBLISHER_MANAGE, None, now())
    form = publisher_form(get_publisher())

    def act() -> Done:
        change_publisher(actor(), form.text(), version_of(form), now())
        return Done(
            url_for("publisher.edit"), _("It is saved. Every page, mail and document shows it now.")
        )

    return carry_out(form, act) or form_page("publisher/edit.html", form)


@routes.route("/publisher/logo", methods=["GET", "POST"])
@requires(Action.PUBLISHER_MANAGE)
def logo() -> Answer:
    """Give the publisher a logo."""
    ensure(actor(), Action.PUBLISHER_MANAGE, None, now())
    form = LogoForm()

    def act() -> Done:
        change_logo(actor(), form.file.data.read(), now(), holds_name=form.holds_name.data)
        return Done(url_for("publisher.logo"), _("The logo is saved. Every page shows it now."))

    return carry_out(form, act) or form_page("publisher/logo.html", form)


@routes.post("/publisher/logo/remove")
@requires(Action.PUBLISHER_MANAGE)
def remove_logo() -> Answer:
    """Take the logo away: the name stands alone again."""

    def act() -> Done:
        change_logo(actor(), None, now())
        return Done(url_for("publisher.logo"), _("The logo is gone. The name stands alone now."))

    return do_once(act)
