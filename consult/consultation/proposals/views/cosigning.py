"""Co-signing a proposal, and taking the signature away."""

from flask import url_for
from flask_babel import gettext as _

from consult.consultation.proposals.cosigning import (
    cosign_proposal,
    may_sign_for,
    withdraw_signature,
)
from consult.consultation.proposals.forms import CosignForm
from consult.consultation.proposals.queries import get_proposal
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.queries import organisations_spoken_for

routes = Routes()


@routes.route("/rounds/<string:round_slug>/proposals/<int:number>/cosign", methods=["GET", "POST"])
@requires(Action.PROPOSAL_COSIGN)
def cosign(round_slug: str, number: int) -> Answer:
    """Sign a proposal of another for an organisation that one speaks for."""
    proposal = get_proposal(round_slug, number)
    left = may_sign_for(actor(), proposal)
    form = CosignForm.among([one for one in organisations_spoken_for(actor()) if one[0] in left])

    def act() -> Done:
        cosign_proposal(actor(), proposal, form.organisation_id.data, now())
        return Done(
            url_for("publishing.proposal", round_slug=round_slug, number=number, _anchor="signed"),
            _("Your organisation stands under this proposal."),
        )

    if answer := carry_out(form, act):
        return answer
    ensure(actor(), Action.PROPOSAL_COSIGN, proposal, now())
    return form_page("proposals/cosign.html", form, proposal=proposal)


@routes.post(
    "/rounds/<string:round_slug>/proposals/<int:number>/cosign/<int:organisation_id>/withdraw"
)
@requires(Action.PROPOSAL_COSIGN)
def unsign(round_slug: str, number: int, organisation_id: int) -> Answer:
    """Take the name of an organisation away again."""
    proposal = get_proposal(round_slug, number)

    def act() -> Done:
        withdraw_signature(actor(), proposal, organisation_id, now())
        return Done(
            url_for("publishing.proposal", round_slug=round_slug, number=number, _anchor="signed"),
            _("Your organisation no longer stands under this proposal."),
        )

    return do_once(act)
