"""The second factor: at signing in, and once more before something sensitive is changed."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf import FlaskForm

from consult.foundation.core.clock import now
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.view_permissions import public, requires
from consult.people.accounts import passkeys, sessions
from consult.people.accounts.factor_forms import (
    NOT_RIGHT,
    CodeOfAppForm,
    EitherCodeForm,
    PresentPasswordForm,
    RecoveryForm,
)
from consult.people.accounts.factors import (
    codes_left,
    is_code_of_app,
    note_passkey_used,
    passkey_named,
    passkeys_of,
    use_code,
)
from consult.people.accounts.forms import guard
from consult.people.accounts.known_devices import owner_of
from consult.people.accounts.lockout import Secret, SecretKind
from consult.people.accounts.login_flow import PendingLogin, enter, half_way
from consult.people.accounts.models import Person, SecondFactor, SignInMethod
from consult.people.accounts.safe_redirects import local_path
from consult.people.accounts.views.entrance import FORM

routes = Routes()

Inputs = ParamSpec("Inputs")


def me() -> Person:
    """Return who is signed in."""
    return cast("Person", actor())


def fresh(view: Callable[Inputs, Answer]) -> Callable[Inputs, Answer]:
    """Ask for a secret once more where the last one was given a while ago."""

    @wraps(view)
    def gate(*args: Inputs.args, **kwargs: Inputs.kwargs) -> Answer:
        if sessions.is_fresh(me(), now()):
            return view(*args, **kwargs)
        # A form that is sent too late is to be sent again from its page, where it has one.
        page = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
        there = request.full_path.rstrip("?") if page else url_for("security.overview")
        return see_other(url_for("security.verify", next=there))

    return gate


def _try_code(form: FlaskForm, person: Person) -> SecondFactor | None:
    """Try a typed code, with the lock-out; the form says what is wrong."""
    found: list[SecondFactor] = []

    def check() -> bool:
        with unit_of_work():
            second = use_code(person, form.code.data, now())
        found.extend([second] if second else [])
        return bool(found)

    kind = SecretKind.APP_CODE if is_code_of_app(form.code.data) else SecretKind.RECOVERY_CODE
    if not guard(form, Secret(kind, owner_of(person)), check) and not form.form_errors:
        form.code.errors = [*form.code.errors, NOT_RIGHT]
    return found[0] if found else None


def use_passkey(person: Person | None, purpose: str) -> tuple[Person, bool] | None:
    """Read the passkey that a browser sends; return whose it is, and whether it checked who."""
    answer, question = request.form.get("credential", ""), request.form.get("question", "")
    known = passkey_named(passkeys.credential_in(answer))
    if known and person is not None and known[1].id != person.id:
        known = None
    with unit_of_work():
        used = passkeys.read_use(known[0] if known else None, purpose, question, answer, now())
        if used and known:
            note_passkey_used(known[0], used, now())
    return (known[1], used.verified) if used and known else None


def passkey_failed() -> str:
    """Say that a passkey did not do, whatever the cause."""
    return str(_("This passkey did not work here. Try once more, or use another way."))


def _say_how_many_are_left(person: Person) -> None:
    left = codes_left(person)
    flash(
        ngettext(
            "You used a recovery code. You have %(num)s left.",
            "You used a recovery code. You have %(num)s left.",
            left,
        ),
        "warning",
    )


@routes.route("/second-factor", methods=FORM)
@public
def second_factor() -> Answer:
    """Ask who gave the first factor for the second one."""
    half = half_way()
    if half is None:
        return redirect(url_for("security.login"))
    with_app = half.person.totp_secret is not None
    by_recovery = request.values.get("by") == "recovery"
    form = RecoveryForm() if by_recovery else CodeOfAppForm()
    if form.validate_on_submit() and (second := _try_code(form, half.person)):
        if second is SecondFactor.RECOVERY:
            _say_how_many_are_left(half.person)
        return enter(half, second)
    page = render_template(
        "security/second_factor.html",
        form=form, with_app=with_app, by_recovery=by_recovery, asked=_asked_passkey(half),
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


def _asked_passkey(half: PendingLogin) -> passkeys.PasskeyChallenge | None:
    """Ask for one of the person's passkeys, unless a passkey was the first factor."""
    known = passkeys_of(half.person)
    if not known or half.how is SignInMethod.PASSKEY or not passkeys.are_possible():
        return None
    return passkeys.ask_to_use(passkeys.as_second(half.person), known, now())


@routes.post("/second-factor/passkey")
@public
def second_factor_passkey() -> Answer:
    """Take a passkey as the second factor."""
    half = half_way()
    if half is None:
        return see_other(url_for("security.login"))
    if half.how is not SignInMethod.PASSKEY and use_passkey(
        half.person, passkeys.as_second(half.person)
    ):
        return enter(half, SecondFactor.PASSKEY)
    flash(passkey_failed(), "error")
    return see_other(url_for("security.second_factor"))


def _back() -> str:
    return local_path(request.values.get("next")) or url_for("security.overview")


@routes.route("/security/verify", methods=FORM)
@requires(Action.ACCOUNT_MANAGE_OWN)
def verify() -> Answer:
    """Ask for a secret once more; it holds for a quarter of an hour."""
    person = me()
    enrolled = person.second_factor_at is not None
    form = EitherCodeForm() if enrolled else PresentPasswordForm()
    if form.validate_on_submit() and (_proves(form, person) if enrolled else _knows(form, person)):
        return see_other(_back())
    known = passkeys_of(person) if enrolled and passkeys.are_possible() else []
    page = render_template(
        "security/verify.html",
        form=form, enrolled=enrolled, leads_to=_back(),
        asked=passkeys.ask_to_use(passkeys.as_second(person), known, now()) if known else None,
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


def _proves(form: FlaskForm, person: Person) -> bool:
    second = _try_code(form, person)
    if second is None:
        return False
    if second is SecondFactor.RECOVERY:
        _say_how_many_are_left(person)
    with unit_of_work():
        sessions.prove(person, second, now())
    return True


def _knows(form: FlaskForm, person: Person) -> bool:
    check = person.verify_and_update_password
    right = bool(person.password) and guard(
        form,
        Secret(SecretKind.PASSWORD, owner_of(person)),
        lambda: bool(check(form.password.data)),
    )
    if not right:
        wrong = current_app.config["SECURITY_MSG_INVALID_PASSWORD"][0]
        form.password.errors = [*form.password.errors, *([] if form.form_errors else [wrong])]
        return False
    with unit_of_work():
        sessions.prove(person, None, now())
    return True


@routes.post("/security/verify/passkey")
@requires(Action.ACCOUNT_MANAGE_OWN)
def verify_passkey() -> Answer:
    """Take a passkey as the secret that is asked once more."""
    person = me()
    if not use_passkey(person, passkeys.as_second(person)):
        flash(passkey_failed(), "error")
        return see_other(url_for("security.verify", next=_back()))
    with unit_of_work():
        sessions.prove(person, SecondFactor.PASSKEY, now())
    return see_other(_back())


@routes.post("/passkey")
@public
def passkey_sign_in() -> Answer:
    """Sign in with a passkey alone: two factors, if the device checked who was there."""
    there = local_path(request.form.get("next"))
    if current_user.is_authenticated:
        return see_other(there or url_for("publishing.home"))
    found = use_passkey(None, passkeys.SIGN_IN)
    if found is None:
        flash(passkey_failed(), "error")
        return see_other(url_for("security.login", next=there or None))
    person, verified = found
    half = PendingLogin(
        person, SignInMethod.PASSKEY, keep=bool(request.form.get("keep")), leads_to=there
    )
    if verified:
        return enter(half, SecondFactor.PASSKEY)
    flash(
        _(
            "This passkey did not check who you are. Sign in with your password or a link first, "
            "and use it then."
        ),
        "error",
    )
    return see_other(url_for("security.login", next=there or None))
