"""My data: what I agreed to, an export of everything, closing my account."""

from typing import cast

from flask import (
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import logout_user

from consult.foundation.core.clock import now
from consult.foundation.core.errors import NotFound
from consult.foundation.core.form_posts import Done, do_once, form_page
from consult.foundation.core.forms import errors_on
from consult.foundation.core.languages import reader_language
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, see_other
from consult.foundation.files.downloads import as_resumable_download
from consult.foundation.personal_data.closing import obstacles
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import public, requires
from consult.people.accounts.forms import guard
from consult.people.accounts.known_devices import owner_of
from consult.people.accounts.lockout import Secret, SecretKind
from consult.people.accounts.models import Person
from consult.people.accounts.sessions import is_fresh
from consult.people.privacy.closing import close_account
from consult.people.privacy.consents import consents_of, give_consent, has_agreed, withdraw_consent
from consult.people.privacy.exports import KEPT, ask_export, exports_of, get_export
from consult.people.privacy.forms import CloseForm
from consult.people.privacy.models import ClosedBy, ConsentKind, GivenAt
from consult.people.privacy.texts import TEXTS
from consult.people.publisher.current import contact_address

routes = Routes()


def _me() -> Person:
    return cast("Person", actor())


@routes.get("/my-data")
@requires(Action.MY_DATA_KEEP)
def my_data() -> Answer:
    """Show what a person agreed to, their exports, and the way to close the account."""
    ensure(actor(), Action.MY_DATA_KEEP, None, now())
    me = _me()
    return render_template(
        "privacy/my_data.html",
        texts=[(text, has_agreed(me, kind)) for kind, text in TEXTS.items()],
        consents=consents_of(me.id),
        exports=exports_of(me.id, now()),
        kept=KEPT,
        known=TEXTS,
    )


@routes.post("/my-data/consents")
@requires(Action.MY_DATA_KEEP)
def change_consent() -> Answer:
    """Agree to a text, or withdraw that."""
    kinds = {kind.value: kind for kind in ConsentKind}
    kind = kinds.get(request.form.get("kind", ""))
    if kind is None:
        raise NotFound(_("There is nothing here."))
    gives = request.form.get("act") == "give"
    consents = url_for("privacy.my_data", _anchor="consents")

    def act() -> Done:
        if gives:
            give_consent(_me(), kind, reader_language(), GivenAt.MY_DATA, now())
            return Done(consents, _("It is noted that you agree."))
        withdraw_consent(_me(), kind, now())
        return Done(consents, _("It is noted that you withdrew this."))

    return do_once(act)


@routes.post("/my-data/exports")
@requires(Action.MY_DATA_KEEP)
def make_export() -> Answer:
    """Ask for an export of everything."""

    def act() -> Done:
        ask_export(_me(), reader_language(), now())
        return Done(
            url_for("privacy.my_data", _anchor="export"),
            _("Your export is being made. You get a mail when it is ready."),
        )

    return do_once(act)


@routes.get("/my-data/exports/<uuid:export_id>")
@requires(Action.MY_DATA_DOWNLOAD)
def export(export_id: object) -> Answer:
    """Return an export to its owner; for everybody else there is nothing here."""
    found = get_export(str(export_id))
    ensure(actor(), Action.MY_DATA_DOWNLOAD, found, now())
    missing = NotFound(_("This export is not here, or no longer."), _("Ask for a new one."))
    name = f"my-data-{found.asked_at:%Y-%m-%d}.zip"
    answer = as_resumable_download(found.stored_as, name, "application/zip", missing)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _shows_who(form: CloseForm) -> bool:
    """Check the password, with the lock-out; who has none must have signed in just now."""
    me = _me()
    if not me.password:
        if not is_fresh(_me(), now()):
            form.form_errors = [*form.form_errors, _("Sign out, sign in again and come back.")]
        return not form.form_errors
    typed = form.password.data or ""

    def is_right() -> bool:
        return bool(typed) and bool(me.verify_and_update_password(typed))

    if guard(form, Secret(SecretKind.PASSWORD, owner_of(me)), is_right, lambda: bool(typed)):
        return True
    if not form.form_errors:
        form.password.errors = [_("This is not your password.")]
    return False


@routes.route("/my-data/close", methods=["GET", "POST"])
@requires(Action.MY_DATA_KEEP)
def close() -> Answer:
    """Say what stays and what goes, and close the account."""
    ensure(actor(), Action.MY_DATA_KEEP, None, now())
    form, me = CloseForm(), _me()
    if form.validate_on_submit() and _shows_who(form):
        # No key of the form is kept: it would be the one thing left that names the person.
        with errors_on(form), unit_of_work():
            close_account(me, me, now(), ClosedBy.SELF)
        if not form.errors:
            logout_user()
            session.clear()
            return see_other(url_for("privacy.closed"))
    in_the_way = obstacles(me.id)
    return form_page(
        "privacy/close.html",
        form,
        obstacles=in_the_way,
        ready=[one for one in exports_of(me.id, now()) if one.made_at],
        fresh=bool(me.password) or is_fresh(_me(), now()),
    )


@routes.get("/account-closed")
@public
def closed() -> Answer:
    """Say to whom it concerns that an account is closed."""
    return render_template("privacy/closed.html", contact=contact_address())
