"""Co-signing: organisations that put their name under a proposal of another."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.proposals.models import CoSignature, Proposal
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record


def may_sign_for(actor: Actor, proposal: Proposal) -> frozenset[int]:
    """Return the organisations for which an actor could still sign a proposal."""
    return actor.grants.ids("organisation") - proposal.signatories


def cosign_proposal(actor: Actor, proposal: Proposal, organisation_id: int, now: datetime) -> None:
    """Put the name of an organisation under a proposal, as its text is now.

    Raises InvalidInput for an organisation that the actor does not speak for, or whose name stands
    there already.
    """
    ensure(actor, Action.PROPOSAL_COSIGN, proposal, now)
    if organisation_id not in may_sign_for(actor, proposal):
        raise InvalidInput(
            _l("You cannot sign for this organisation."),
            errors={
                "organisation_id": _l(
                    "Choose an organisation that you speak for, and that did not sign yet."
                )
            },
        )
    signature = next(
        (one for one in proposal.co_signatures if one.organisation_id == organisation_id), None
    )
    if signature is None:
        signature = CoSignature(organisation_id=organisation_id)
        proposal.co_signatures.append(signature)
    signature.signed_by_id = actor.actor_id or 0
    signature.text_version = proposal.text_version
    signature.signed_at, signature.withdrawn_at = now, None
    db.session.flush()
    _record(actor, "proposal.cosigned", proposal, signature, now)


def withdraw_signature(
    actor: Actor, proposal: Proposal, organisation_id: int, now: datetime
) -> None:
    """Take the name of an organisation away again; that it stood there stays on record.

    Raises InvalidInput when it does not stand there, or the actor does not speak for it.
    """
    ensure(actor, Action.PROPOSAL_COSIGN, proposal, now)
    signature = next(
        (one for one in proposal.signed_by if one.organisation_id == organisation_id), None
    )
    if signature is None or organisation_id not in actor.grants.ids("organisation"):
        raise InvalidInput(_l("You cannot take this signature away."))
    signature.withdrawn_at = now
    _record(actor, "proposal.signature_withdrawn", proposal, signature, now)


def _record(
    actor: Actor, verb: str, proposal: Proposal, signature: CoSignature, now: datetime
) -> None:
    record(
        actor,
        verb,
        proposal,
        now,
        content={
            "organisation": signature.organisation_id,
            "text_version": signature.text_version,
        },
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )
