"""Signing in and out, and the pages around it; the endpoints have the names the library knows.

Checking secrets is the library's work. What a stranger can ask for (a link, a new password, an
account) is asked of our own services, so that the answer never depends on who has an account.
"""

from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import views
from flask_security.confirmable import confirm_email_token_status
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict

from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.view_permissions import public, requires
from consult.people.accounts import sessions
from consult.people.accounts.account_mails import AccountMail, ask_letter
from consult.people.accounts.forms import AskForm, ConfirmForm, RegisterForm, guard
from consult.people.accounts.known_devices import client_for, owner_of
from consult.people.accounts.lockout import Secret, SecretKind
from consult.people.accounts.login_flow import admit
from consult.people.accounts.models import Person, SignInMethod
from consult.people.accounts.passwords import hashed
from consult.people.accounts.registering import with_boxes
from consult.people.accounts.safe_redirects import local_path
from consult.people.accounts.services import Registration, confirm_address, register_person

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


def _destination() -> str:
    return request.values.get("next") or url_for("publishing.home")


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
        ask_letter(letter, form.email.data, now(), form.next.data or "", known=known)
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


@routes.route("/confirm", methods=FORM)
@public
def send_confirmation() -> Answer:
    """Ask for the link that confirms an address once more."""
    return _ask(AccountMail.CONFIRM, "security/send_confirmation.html")


@routes.route("/register", methods=FORM)
@public
def register() -> Answer:
    """Make an account."""
    kind, boxes = with_boxes(RegisterForm)
    form: FlaskForm = kind()
    if current_user.is_authenticated:
        return redirect(_destination(), 303)
    if not form.validate_on_submit():
        if request.method == "GET":
            form.next.data = local_path(request.args.get("next"))
        page = render_template("security/register.html", form=form, boxes=boxes)
        return (page, 422) if form.is_submitted() else page
    password = hashed(form.password.data)
    wanted = Registration(
        form.email.data,
        form.display_name.data,
        password,
        form.language.data,
        {name: form[name].data for name in boxes},
    )
    with unit_of_work():
        register_person(wanted, now(), form.next.data)
    return see_other(url_for("accounts.sent", letter=AccountMail.CONFIRM.value))


@routes.route("/confirm/<string:token>", methods=FORM)
@public
def confirm_email(token: str) -> Answer:
    """Confirm an address with its link and the password, and sign in."""
    expired, invalid, person = confirm_email_token_status(token)
    if expired or invalid or person is None or person.confirmed_at is not None:
        return cast("Answer", views.confirm_email(token))
    form = ConfirmForm()
    if form.validate_on_submit() and _confirms(person, form):
        with unit_of_work():
            confirm_address(person, now())
        flash(_("Thank you. Your e-mail address is confirmed."))
        answer = admit(person, SignInMethod.CONFIRM)
        answer.status_code = 303
        return answer
    return form_page("security/confirm_email.html", form, token=token)


def _confirms(person: Person, form: ConfirmForm) -> bool:
    secret = Secret(SecretKind.PASSWORD, owner_of(person))
    return guard(form, secret, lambda: _knows(person, form))


def _knows(person: Person, form: ConfirmForm) -> bool:
    if person.active and person.verify_and_update_password(form.password.data):
        return True
    form.password.errors = [_("This is not the password that you chose for this account.")]
    return False


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
