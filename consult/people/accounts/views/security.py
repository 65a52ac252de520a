"""The page Sign-in and security: one's factors, passkeys, linked accounts and sessions."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.errors import NotFound
from consult.foundation.core.form_posts import Done, do_once
from consult.foundation.core.forms import errors_on
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, once, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.view_permissions import requires
from consult.people.accounts import one_time_tokens, passkeys, provider, sessions
from consult.people.accounts.authenticator import address_of_seed, key_of, new_secret
from consult.people.accounts.factor_forms import CodeOfAppForm, PasskeyForm
from consult.people.accounts.factors import (
    add_passkey,
    codes_left,
    make_recovery_codes,
    passkeys_of,
    remove_passkey,
    turn_off_authenticator,
    turn_on_authenticator,
)
from consult.people.accounts.forms import guard
from consult.people.accounts.identities import identities_of, unlink_identity
from consult.people.accounts.known_devices import owner_of
from consult.people.accounts.lockout import Secret, SecretKind
from consult.people.accounts.models import SecondFactor
from consult.people.accounts.pending_recovery_codes import codes_to_show, forget_shown, keep_to_show
from consult.people.accounts.qr_codes import drawing_of
from consult.people.accounts.safe_redirects import local_path
from consult.people.accounts.services import end_other_sessions, end_session
from consult.people.accounts.views.entrance import FORM
from consult.people.accounts.views.second_factor import fresh, me, passkey_failed

routes = Routes()

_PENDING = "new_secret"


def _change(change: Callable[[], object], said: str) -> Answer:
    """Change how one signs in, and lead back to the page that shows it."""

    def act() -> Done:
        change()
        return Done(url_for("security.overview"), said)

    return do_once(act)


@routes.get("/security")
@requires(Action.ACCOUNT_MANAGE_OWN)
def overview() -> Answer:
    """Show how one signs in, and where one is signed in."""
    person, here = me(), sessions.here()
    return render_template(
        "security/overview.html",
        person=person,
        codes=codes_left(person),
        passkeys=passkeys_of(person),
        passkeys_possible=passkeys.are_possible(),
        identities=[(one, provider.home_of(one.issuer)) for one in identities_of(person)],
        provider=provider.label(),
        link=one_time_tokens.ask("link", person.public_id, now()),
        sessions=sessions.sessions_of(person.id, now()),
        here=here.id if here else None,
    )


def _after(codes: list[str]) -> Answer:
    """Go on after a factor was added: to the recovery codes if they are new, else back."""
    there = local_path(request.values.get("next"))
    if codes:
        keep_to_show(codes, now())
        return see_other(url_for("security.recovery_codes", next=there or None))
    return see_other(there or url_for("security.overview"))


@routes.route("/security/authenticator", methods=FORM)
@requires(Action.ACCOUNT_MANAGE_OWN)
@fresh
def authenticator() -> Answer:
    """Set an authenticator app up: a code shows that it works."""
    person, here = me(), sessions.here()
    waits = person.waiting_grants is not None
    if waits and person.second_factor_at is not None and here and here.second is None:
        # There is a factor already; this session began before it did.
        return redirect(url_for("security.verify", next=request.args.get("next")))
    secret = session.setdefault(_PENDING, new_secret())
    form = CodeOfAppForm()
    if form.validate_on_submit():
        codes: list[str] = []

        def check() -> bool:
            with errors_on(form), unit_of_work():
                codes.extend(turn_on_authenticator(person, secret, form.code.data or "", now()))
                sessions.prove(person, SecondFactor.AUTHENTICATOR, now())
            return not form.errors

        if guard(form, Secret(SecretKind.APP_CODE, owner_of(person)), check):
            session.pop(_PENDING, None)
            flash(_("Your authenticator app works. From now on we ask for its code."))
            return _after(codes)
    page = render_template(
        "security/authenticator.html",
        form=form, waits=waits, is_on=person.totp_secret is not None,
        drawing=drawing_of(address_of_seed(secret, person)), key=key_of(secret),
        leads_to=local_path(request.values.get("next")),
        passkeys_possible=passkeys.are_possible(),
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


@routes.post("/security/authenticator/off")
@requires(Action.ACCOUNT_MANAGE_OWN)
@fresh
def authenticator_off() -> Answer:
    """Stop asking for the codes of an app."""
    return _change(
        lambda: turn_off_authenticator(me(), now()),
        _("Your authenticator app is no longer asked for."),
    )


@routes.get("/security/recovery-codes")
@requires(Action.ACCOUNT_MANAGE_OWN)
def recovery_codes() -> Answer:
    """Show new recovery codes until their owner says that they are kept."""
    codes = codes_to_show(now())
    there = local_path(request.args.get("next"))
    if not codes:
        return redirect(there or url_for("security.overview"))
    return render_template("security/recovery_codes.html", codes=codes, leads_to=there)


@routes.post("/security/recovery-codes/kept")
@requires(Action.ACCOUNT_MANAGE_OWN)
def recovery_codes_kept() -> Answer:
    """Show the codes no more: their owner has them."""
    forget_shown()
    return see_other(local_path(request.form.get("next")) or url_for("security.overview"))


@routes.post("/security/recovery-codes/new")
@requires(Action.ACCOUNT_MANAGE_OWN)
@fresh
def new_recovery_codes() -> Answer:
    """Make new recovery codes; the old ones are dead."""
    with unit_of_work(once()) as work:
        codes = make_recovery_codes(me(), now())
        work.leads_to = url_for("security.recovery_codes")
    keep_to_show(codes, now())
    return see_other(work.leads_to)


@routes.route("/security/passkeys/new", methods=FORM)
@requires(Action.ACCOUNT_MANAGE_OWN)
@fresh
def new_passkey() -> Answer:
    """Add a passkey, under a name."""
    person, form = me(), PasskeyForm()
    if form.validate_on_submit():
        purpose, question = passkeys.to_add(person), form.question.data or ""
        with unit_of_work():
            made = passkeys.read_new(purpose, question, form.credential.data or "", now())
        if made is None:
            form.form_errors = [*form.form_errors, passkey_failed()]
        else:
            with errors_on(form), unit_of_work():
                codes = add_passkey(person, made, form.name.data, now())
                sessions.prove(person, SecondFactor.PASSKEY, now())
            if not form.errors:
                flash(_("Your passkey was added. You can sign in with it."))
                return _after(codes)
    page = render_template(
        "security/new_passkey.html",
        form=form, possible=passkeys.are_possible(),
        asked=passkeys.ask_to_make(person, passkeys_of(person), now()),
        leads_to=local_path(request.values.get("next")),
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


@routes.post("/security/passkeys/<int:passkey_id>/remove")
@requires(Action.ACCOUNT_MANAGE_OWN)
@fresh
def passkey_remove(passkey_id: int) -> Answer:
    """Remove a passkey."""
    return _change(
        lambda: remove_passkey(me(), passkey_id, now()),
        _("The passkey was removed. Remove it on your device as well."),
    )


@routes.post("/security/identities/<int:identity_id>/remove")
@requires(Action.ACCOUNT_MANAGE_OWN)
@fresh
def identity_remove(identity_id: int) -> Answer:
    """Unlink an account elsewhere."""
    return _change(
        lambda: unlink_identity(me(), identity_id, now()), _("That account is no longer linked.")
    )


@routes.post("/security/sessions/<int:session_id>/end")
@requires(Action.ACCOUNT_MANAGE_OWN)
def session_end(session_id: int) -> Answer:
    """Sign out on one device."""
    return _change(lambda: end_session(me(), session_id, now()), _("That device is signed out."))


@routes.post("/security/sessions/end-others")
@requires(Action.ACCOUNT_MANAGE_OWN)
def sessions_end_others() -> Answer:
    """Sign out on every other device."""
    here = sessions.here()
    if here is None:
        raise NotFound(_("There is no such session any more."))
    return _change(
        lambda: end_other_sessions(me(), here.id, now()),
        _("You are signed out on every other device."),
    )
