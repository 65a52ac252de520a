"""The notices of the one who is signed in."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, do_once
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.view_permissions import requires
from consult.people.accounts.notices import (
    keep_unread,
    notices_of,
    read_all_notices,
    read_notice,
)

routes = Routes()


@routes.get("/notices")
@requires(Action.ACCOUNT_MANAGE_OWN)
def notices() -> Answer:
    """List one's notices, the newest first."""
    page = notices_of(actor(), request.args.get("cursor"), now())
    return render_template("accounts/notices.html", page=page)


@routes.post("/notices/<int:notice_id>/open")
@requires(Action.ACCOUNT_MANAGE_OWN)
def open_notice(notice_id: int) -> Answer:
    """Note that a notice was read, and lead to what it tells about."""

    def act() -> Done:
        return Done(read_notice(actor(), notice_id, now()) or url_for("accounts.notices"))

    return do_once(act)


@routes.post("/notices/<int:notice_id>/unread")
@requires(Action.ACCOUNT_MANAGE_OWN)
def unread_notice(notice_id: int) -> Answer:
    """Let a notice count as new again."""

    def act() -> Done:
        keep_unread(actor(), notice_id, now())
        return Done(url_for("accounts.notices"))

    return do_once(act)


@routes.post("/notices/<int:notice_id>/all-read")
@requires(Action.ACCOUNT_MANAGE_OWN)
def read_notices(notice_id: int) -> Answer:
    """Note that all notices up to one, the newest that was shown, were read."""

    def act() -> Done:
        read_all_notices(actor(), notice_id, now())
        return Done(url_for("accounts.notices"), _("All notices are read."))

    return do_once(act)
