"""Signing in through a provider: there, and back again."""

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from consult.foundation.core.addresses import address_of
from consult.foundation.core.clock import now
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.languages import reader_language
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, see_other
from consult.foundation.policy.view_permissions import public
from consult.people.accounts import one_time_tokens, passkeys, provider, sessions
from consult.people.accounts.identities import come_in, link_identity
from consult.people.accounts.login_flow import admit
from consult.people.accounts.models import SecondFactor, SignInMethod
from consult.people.accounts.provider import Claims, Wish
from consult.people.accounts.safe_redirects import local_path
from consult.people.accounts.views.second_factor import me

routes = Routes()


def ways_in() -> dict[str, object]:
    """Return the page of signing in what there is besides a password."""
    return {
        "provider_label": provider.label(),
        "passkeys_possible": passkeys.are_possible,
        "ask_passkey": lambda: passkeys.ask_to_use(passkeys.SIGN_IN, (), now()),
        "second_factor_required": current_app.config["SECOND_FACTOR"] == "required",
    }


def _wished_link() -> str:
    """Return who wants to link an account; a page of ours must have asked, a short while ago."""
    token = request.args.get("link", "")
    if not token:
        return ""
    asked = (
        one_time_tokens.answered("link", token, now()) if current_user.is_authenticated else None
    )
    if asked is None or asked != me().public_id:
        raise InvalidInput(provider.NOT_RIGHT)
    return asked


@routes.get("/sso")
@public
def provider_leave() -> Answer:
    """Go to the provider, to sign in or to link an account."""
    try:
        wish = Wish(local_path(request.args.get("next")), _wished_link())
        if wish.link and not sessions.is_fresh(me(), now()):
            return redirect(url_for("security.verify"))
        back = address_of("security.provider_return", reader_language())
        return redirect(provider.address_to_leave_for(wish, back))
    except InvalidInput as refusal:
        return _refused(refusal)


@routes.get("/sso/callback")
@public
def provider_return() -> Answer:
    """Come back from the provider."""
    try:
        claims, wish = provider.read_answer(now())
        if wish.link:
            return _link(claims, wish)
        with unit_of_work():
            person = come_in(claims, reader_language(), now())
    except InvalidInput as refusal:
        return _refused(refusal)
    second = SecondFactor.PROVIDER if claims.second_factor else None
    return admit(person, SignInMethod.PROVIDER, second, wish.leads_to)


def _link(claims: Claims, wish: Wish) -> Answer:
    is_same = current_user.is_authenticated and me().public_id == wish.link
    if not is_same or not sessions.is_fresh(me(), now()):
        raise InvalidInput(provider.NOT_RIGHT)
    with unit_of_work():
        link_identity(me(), claims, now())
    flash(_("Your account there is linked. You can sign in with it."))
    return see_other(url_for("security.overview"))


def _refused(refusal: InvalidInput) -> Answer:
    flash(str(refusal), "error")
    known = current_user.is_authenticated
    return see_other(url_for("security.overview" if known else "security.login"))
