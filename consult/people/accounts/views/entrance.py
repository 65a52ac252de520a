"""Signing in and out, and the pages around it; the endpoints have the names the library knows.

Checking secrets is the library's work. What a stranger can ask for (a link, a new password, an
account) is asked of our own services, so that the answer never depends on who has an account.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import views
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict

from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import form_page
from consult.foundation.core.forms import errors_on
from consult.foundation.core.languages import reader_language
from consult.foundation.core.routing import Routes
from consult.foundation.core.sealed_forms import open_sealed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.view_permissions import public, requires
from consult.people.accounts import sessions
from consult.people.accounts.account_mails import AccountMail, ask_letter
from consult.people.accounts.forms import AskForm, RegisterForm
from consult.people.accounts.kept_forms import keep_form
from consult.people.accounts.known_devices import client_for
from consult.people.accounts.login_flow import admit
from consult.people.accounts.models import Person, SignInMethod
from consult.people.accounts.newcomer_links import newcomer_address
from consult.people.accounts.one_time_tokens import spend
from consult.people.accounts.registering import with_boxes
from consult.people.accounts.safe_redirects import local_path
from consult.people.accounts.services import Registration, welcome_person

routes = Routes()
FORM = ["GET", "POST"]


def only_local() -> None:
    """Take a `next` that leads elsewhere out of the request, before anything reads it."""
    for part in ("args", "form"):
        said = getattr(request, part)
        if not all(local_path(value) for value in said.getlist("next")):
            rest = [(name, value) for name, value in said.items(multi=True) if name != "next"]
            setattr(request, part, ImmutableMultiDict(rest))


def _answer(answered: Answer) -> Answer:
    """Pass on what the library answers; a page after a post says that it was refused."""
    if isinstance(answered, str) and request.method == "POST":
        return answered, 422
    return answered


@routes.route("/login", methods=FORM)
@public
def login() -> Answer:
    """Sign in with a password."""
    return _answer(views.login())


@routes.post("/logout")
@public
def logout() -> Answer:
    """Sign out; the session is dead on the server from here on."""
    if current_user.is_authenticated:
        sessions.end()
        flash(_("You are signed out."))
    return redirect(url_for("publishing.start"), 303)


@routes.route("/us-signin", methods=FORM)
@public
def us_signin() -> Answer:
    """Sign in with a code, typed or brought by a link: opening the link alone changes nothing."""
    return _answer(views.us_signin())


def _ask(letter: AccountMail, template: str) -> Answer:
    """Let somebody ask for a mail; the answer is the same for every address."""
    form = AskForm()
    if not form.validate_on_submit():
        if request.method == "GET":
            form.next.data = local_path(request.args.get("next"))
        page = render_template(template, form=form)
        return (page, 422) if form.is_submitted() else page
    with unit_of_work():
        known = bool(client_for(form.email.data).device)
        ask_letter(
            letter, form.email.data, now(), form.next.data or "", known=known,
            language=reader_language(),
        )  # fmt: skip
    return see_other(url_for("accounts.sent", letter=letter.value))


@routes.route("/us-signin/send-code", methods=FORM)
@public
def us_signin_send_code() -> Answer:
    """Ask for a link to sign in."""
    return _ask(AccountMail.LINK, "security/us_signin_send_code.html")


@routes.route("/reset", methods=FORM)
@public
def forgot_password() -> Answer:
    """Ask for a link to choose a new password."""
    return _ask(AccountMail.RESET, "security/forgot_password.html")


@routes.post("/keep")
@public
def keep() -> Answer:
    """Keep what was typed before signing in, and ask for a link, or for another way in."""
    form, found = AskForm(), open_sealed(request.form.get("sealed", ""))
    if found is None:
        return see_other(url_for("security.login"))
    otherwise = request.form.get("by") == "other"
    if not otherwise and not form.validate_on_submit():
        return form_page("security/keep.html", form, sealed=request.form["sealed"])
    address = "" if otherwise else form.email.data
    with unit_of_work():
        there = keep_form(*found, address, now())
        if not otherwise:
            known = bool(client_for(address).device)
            ask_letter(
                AccountMail.LINK, address, now(), there, known=known, language=reader_language()
            )
    if otherwise:
        return see_other(url_for("security.login", next=there))
    return see_other(url_for("accounts.sent", letter=AccountMail.LINK.value))


@routes.route("/register/<string:token>", methods=FORM)
@public
def register(token: str) -> Answer:
    """Make an account with the link of a mail, and sign in: opening the link alone does nothing."""
    kind, boxes = with_boxes(RegisterForm)
    form: FlaskForm = kind()
    if not form.is_submitted():
        form.next.data = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return see_other(form.next.data or url_for("publishing.home"))
    address = newcomer_address(token, now())
    if address is None:
        return _link_is_over(form)
    if not form.validate_on_submit():
        return form_page("security/register.html", form, boxes=boxes, token=token)
    ticked = {name: form[name].data for name in boxes}
    wanted = Registration(address, form.display_name.data, form.language.data, ticked=ticked)
    person: Person | None = None
    with errors_on(form), unit_of_work():
        person = welcome_person(wanted, now()) if spend(token, now()) else None
    if form.errors:
        return form_page("security/register.html", form, boxes=boxes, token=token)
    if person is None:
        return _link_is_over(form)
    answer = admit(person, SignInMethod.LINK, leads_to=form.next.data)
    answer.status_code = 303
    flash(_("Welcome. Your account is made, and you are signed in."))
    return answer


def _link_is_over(form: FlaskForm) -> Answer:
    flash(_("This link is too old, or it was used before. Ask for a new one."), "error")
    return see_other(url_for("security.login", next=form.next.data or None))


@routes.route("/reset/<string:token>", methods=FORM)
@public
def reset_password(token: str) -> Answer:
    """Choose a new password with the link that came by e-mail."""
    return _answer(views.reset_password(token))


@routes.route("/change", methods=FORM)
@requires(Action.ACCOUNT_MANAGE_OWN)
def change_password() -> Answer:
    """Change one's password; every other session ends."""
    if not current_user.password:
        return redirect(url_for("security.forgot_password"), 303)
    if current_user.second_factor_at and not sessions.is_fresh(current_user, now()):
        # Who knows the password only must not change it for whoever has a second factor.
        return see_other(url_for("security.verify", next=url_for("security.change_password")))
    return _answer(views.change_password())
