"""Which mails a person gets, stopping them from a mail, and the outbox for administrators."""

from typing import cast

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import SelectField

from consult.foundation.core.clock import now
from consult.foundation.core.errors import NotFound
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.forms import choices, form_with
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor
from consult.foundation.notifications.kinds import Frequency, Topic, kind_of
from consult.foundation.notifications.labels import FREQUENCIES, TOPIC_EXPLANATIONS, TOPICS
from consult.foundation.notifications.unsubscribe import EVERYTHING, read
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import public, requires
from consult.people.accounts.models import Person
from consult.people.accounts.outbox import failed_messages, mail_state, try_again, try_now
from consult.people.accounts.preferences import choose_mails, offered, stop_mails

routes = Routes()


class MailsForm(FlaskForm):
    """How often one hears of each topic; the fields are made per topic."""


def _mails_form(present: dict[Topic, Frequency]) -> FlaskForm:
    fields = {
        topic.value: SelectField(
            TOPICS[topic],
            description=TOPIC_EXPLANATIONS[topic],
            choices=choices(FREQUENCIES.items()),
            default=frequency.value,
        )
        for topic, frequency in present.items()
    }
    return form_with(MailsForm, fields)()


@routes.route("/notifications", methods=["GET", "POST"])
@requires(Action.ACCOUNT_MANAGE_OWN)
def notifications() -> Answer:
    """Choose which mails one gets."""
    person = cast("Person", actor())
    present = offered(person, now())
    form = _mails_form(present)

    def act() -> Done:
        wanted = {topic: Frequency(form[topic.value].data) for topic in present}
        choose_mails(person, wanted, now())
        return Done(
            url_for("accounts.notifications"), _("Your choice is saved. It holds from now on.")
        )

    return carry_out(form, act) or form_page(
        "accounts/notifications.html", form, topics=list(present)
    )


def _from_mail(token: str) -> tuple[int, str]:
    found = read(token)
    if found is None:
        raise NotFound(
            _l("This address is not complete."),
            _l("Open it again from the mail, or sign in and choose which mails you get."),
        )
    return found


def _stop_page(token: str, topic: str, *, done: bool) -> str:
    name = None if topic == EVERYTHING else TOPICS[Topic(topic)]
    return render_template("accounts/unsubscribe.html", token=token, name=name, done=done)


@routes.get("/unsubscribe/<string:token>")
@public
def unsubscribe(token: str) -> Answer:
    """Ask whether the mails should stop: looking at this address changes nothing."""
    return _stop_page(token, _from_mail(token)[1], done=False)


@routes.post("/unsubscribe/<string:token>")
@public
def unsubscribe_now(token: str) -> Answer:
    """Stop the mails, for the button of that page and for mail programs (RFC 8058).

    The one view without a check of the form's own key: a mail program has none. The token says
    who and what, and is good for nothing else.
    """
    person_id, topic = _from_mail(token)
    with unit_of_work():
        stop_mails(person_id, topic, now())
    return _stop_page(token, topic, done=True)


@routes.get("/outbox")
@requires(Action.PLATFORM_ADMINISTER)
def outbox() -> Answer:
    """Show an administrator what waits and what failed."""
    ensure(actor(), Action.PLATFORM_ADMINISTER, None, now())
    page = failed_messages(request.args.get("cursor"))
    return render_template(
        "accounts/outbox.html",
        state=mail_state(now()),
        page=page,
        topic_of=lambda kind: TOPICS[kind_of(kind).topic],
    )


@routes.post("/outbox/try-again")
@requires(Action.PLATFORM_ADMINISTER)
def outbox_again() -> Answer:
    """Send what failed once more: one message (`message`), or all of them."""
    said = request.form.get("message", "")
    number = plain_number(said)
    if said and number is None:
        raise NotFound(_("There is no such mail."))

    def act() -> Done:
        again = try_again(actor(), now(), number)
        return Done(
            url_for("accounts.outbox"),
            ngettext("%(num)s message is tried again.", "%(num)s messages are tried again.", again),
        )

    return do_once(act)


@routes.post("/outbox/try-now")
@requires(Action.PLATFORM_ADMINISTER)
def outbox_now() -> Answer:
    """Try the mail server at once, instead of after the pause."""

    def act() -> Done:
        try_now(actor(), now())
        return Done(url_for("accounts.outbox"), _("The mail server is tried again now."))

    return do_once(act)
