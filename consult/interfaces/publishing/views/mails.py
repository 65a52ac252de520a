"""The mails of the demonstration, which stay in the house."""

from flask import Response, make_response, render_template, request

from consult.foundation.core.clock import now
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.notifications.email import letter_of
from consult.foundation.notifications.queries import get_message, kinds_written, written_messages
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires

routes = Routes()

# The look of a mail stands in the mail itself; nothing else of it may do anything.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@routes.get("/mails")
@requires(Action.MAILS_READ)
def mails() -> Answer:
    """Show the mails that the demonstration would have sent."""
    ensure(actor(), Action.MAILS_READ, None, now())
    search, kind = request.args.get("q", ""), request.args.get("kind", "")
    page = written_messages(request.args.get("cursor"), search=search, kind=kind)
    return render_template(
        "publishing/mails.html",
        page=page,
        letters={one.id: letter_of(one) for one in page},
        search=search,
        kind=kind,
        kinds=kinds_written(),
    )


@routes.get("/mails/<uuid:public_id>")
@requires(Action.MAILS_READ)
def mail(public_id: object) -> Answer:
    """Show one mail as a mail program shows it."""
    ensure(actor(), Action.MAILS_READ, None, now())
    answer: Response = make_response(letter_of(get_message(str(public_id))).html)
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer
