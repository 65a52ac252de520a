"""Receipts: looking one up, and what it proves."""

from flask import Response, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from consult.consultation.comments.labels import WHAT_COMES_NEXT
from consult.consultation.comments.models import ContributionState
from consult.consultation.moderation.usual_wait import usual_wait
from consult.foundation.core.errors import NotAllowed
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor, as_attachment, never_kept, see_other
from consult.foundation.policy.view_permissions import public
from consult.foundation.record.models import Receipt
from consult.foundation.record.proofs import is_covered, receipt_file
from consult.foundation.record.queries import leaf_of, log_size
from consult.foundation.record.services import entry, find_receipt
from consult.interfaces.publishing.queries import Received, contribution_of
from consult.interfaces.publishing.receipt_lines import (
    as_text,
    in_short,
    receipt_lines,
    received_in,
)

routes = Routes()


@routes.get("/receipts")
@public
def check() -> Answer:
    """Ask for the code of a receipt."""
    code = request.args.get("code", "").strip()
    if code:
        return see_other(url_for("publishing.receipt", code=find_receipt(code).code))
    return render_template("publishing/check.html")


@routes.get("/receipts/<string:code>")
@public
def receipt(code: str) -> Answer:
    """Show what a receipt proves; the text itself only to whoever handed it in."""
    found = find_receipt(code)
    event = found.event
    mine = found.person_id is not None and found.person_id == actor().actor_id
    received = contribution_of(event) if mine else None
    return render_template(
        "publishing/receipt.html",
        receipt=found,
        event=event,
        late=event.verb.endswith("received_late"),
        received=received,
        leaf=leaf_of(event),
        size=log_size(),
        covered=is_covered(event),
        entry=entry(event).decode(),
        mine=mine,
        lines=receipt_lines(received_in(event)) if mine else [],
        in_short=in_short(event.detail.content) if mine else "",
        next=WHAT_COMES_NEXT.get(received.state) if received else "",
        usual_days=_usual_days(received),
    )


def _usual_days(received: Received | None) -> int | None:
    """Return within how many days a moderator usually looks; None where that is not waited for."""
    if received is None or received.state is not ContributionState.PENDING:
        return None
    wait = usual_wait(received.round_slug)
    return wait.days + 1 if wait is not None else None


@routes.get("/receipts/<string:code>/text")
@public
def receipt_as_text(code: str) -> Answer:
    """Return a receipt as a plain text to keep, to whoever handed the text in."""
    found = _own_receipt(code)
    event = found.event
    answer: Response = make_response(as_text(found, contribution_of(event), received_in(event)))
    answer.mimetype = "text/plain"
    return as_attachment(never_kept(answer), f"{found.code}.txt")


def _own_receipt(code: str) -> Receipt:
    """Return a receipt to whoever handed the text in; NotAllowed for anybody else."""
    found = find_receipt(code)
    if found.person_id is None or found.person_id != actor().actor_id:
        raise NotAllowed(
            _l("This file holds the text, so only whoever handed it in gets it."),
            _l("Sign in as the one who handed it in."),
        )
    return found


@routes.get("/receipts/<string:code>/file")
@public
def receipt_to_keep(code: str) -> Answer:
    """Return the file of a receipt to whoever handed the text in: it holds the text."""
    found = _own_receipt(code)
    made = receipt_file(found)
    answer: Response = make_response(made.content)
    answer.mimetype = "text/plain" if made.proven else "application/json"
    return as_attachment(never_kept(answer), made.name)
