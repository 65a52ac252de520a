"""Deciding the same about what was ticked on the desk."""

from collections.abc import Sequence

from flask import flash, render_template, request
from flask_babel import gettext as _

from consult.consultation.moderation.batches import Undecided, decide_batch, read_ticked
from consult.consultation.moderation.desk import QueueFilter
from consult.consultation.moderation.forms import DecisionForm
from consult.consultation.moderation.labels import ACTS
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.queries import number_of
from consult.consultation.moderation.ready_reasons import rules_of
from consult.consultation.moderation.views.desk import judgement_in
from consult.consultation.moderation.views.naming import title_of
from consult.foundation.core.addresses import page_path
from consult.foundation.core.clock import now
from consult.foundation.core.errors import InvalidInput, NotFound
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, once, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires

routes = Routes()
IN_BATCHES = (Verb.PUBLISH, Verb.RETURN)


@routes.post("/moderation/batch")
@requires(Action.MODERATION_VIEW_QUEUE)
def batch() -> Answer:
    """Decide the same about what was ticked: first its titles are shown, then it is done."""
    ensure(actor(), Action.MODERATION_VIEW_QUEUE, None, now())
    verb, keys = request.form.get("verb", ""), request.form.getlist("ticked")
    if verb not in IN_BATCHES:
        raise NotFound(_("There is no such decision."), _("Go back to the queue."))
    form, wanted, refusal = DecisionForm(), QueueFilter.of(request.args), None
    if request.form.get("sure"):
        try:
            with unit_of_work(once()) as work:
                ticked = read_ticked(keys, lock=True)
                judgement = judgement_in(form, verb, ticked[0].contribution)
                left = decide_batch(actor(), ticked, judgement, now())
                work.leads_to = page_path("moderation.queue", wanted.address(cursor=None))
            _tell_left(left)
            return see_other(work.leads_to)
        except InvalidInput as wrong:
            refusal = wrong
    chosen = [one.contribution for one in read_ticked(keys)]
    for one in chosen:
        ensure(actor(), Action.CONTRIBUTION_CURATE, one, now())
    page = render_template(
        "moderation/batch.html",
        chosen=chosen,
        keys=keys,
        verb=verb,
        acts=ACTS,
        wanted=wanted,
        typed=form if refusal else None,
        refusal=refusal,
        ready=rules_of(chosen[0].round.plan_id).in_language(chosen[0].language),
        number_of=number_of,
        title_of=title_of,
    )
    return page, refusal.status if refusal else 200


def _tell_left(left: Sequence[Undecided]) -> None:
    for one in left:
        flash(
            _(
                "%(number)s stays as it was: %(why)s",
                number=number_of(one.contribution),
                why=one.why,
            ),
            "warning",
        )
