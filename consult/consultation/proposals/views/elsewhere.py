"""Entering what came in at a meeting, by letter or by e-mail."""

from flask import url_for
from flask_babel import gettext as _

from consult.consultation.proposals.drafts import place_of
from consult.consultation.proposals.elsewhere import record_elsewhere
from consult.consultation.proposals.forms import ElsewhereForm
from consult.consultation.proposals.views.writing import identifier
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.clock import now
from consult.foundation.core.db import random_id
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.on_behalf import MYSELF

routes = Routes()


@routes.route("/rounds/<string:round_slug>/proposals/elsewhere", methods=["GET", "POST"])
@requires(Action.PROPOSAL_RECORD)
def elsewhere(round_slug: str) -> Answer:
    """Enter what came in at a meeting, by letter or by e-mail, and perhaps the next one."""
    round_ = get_round(round_slug)
    form = ElsewhereForm.for_round(round_, [(MYSELF, "")])
    form.draft.data = form.draft.data or random_id()

    def ensure_may_record() -> None:
        ensure(actor(), Action.PROPOSAL_RECORD, round_, now())

    form.files.take(place_of(identifier(form.draft.data)), permit=ensure_may_record)

    def act() -> Done:
        made = record_elsewhere(
            actor(), round_, form.text(), form.elsewhere, now(), form.files.kept
        )
        return Done(
            url_for("proposals.elsewhere", round_slug=round_slug),
            _("It is recorded as #%(number)s. Is there another one?", number=made.number),
        )

    if answer := carry_out(form, act):
        return answer
    ensure_may_record()
    form.keep_picked()
    return form_page("proposals/elsewhere.html", form, round=round_)
