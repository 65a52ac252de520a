"""Continuing an earlier proposal: which one is meant, who may read it, and the way there and back.

The link is shown to who may read both: what a moderator hid later is named on no other page.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import public_proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can

NO_SUCH_PROPOSAL = _l(
    "There is no public proposal with this number. Give the number in this round, such as #12, or "
    "the address of the page of the proposal."
)
NOT_EARLIER = _l("A proposal continues an earlier one, and not itself or a later one.")
MOST_SHOWN = 20
_NUMBER = re.compile(r"(?:([\w-]{1,80}) ?#|#)?(\d{1,9})")
_PAGE = re.compile(r"/rounds/([\w-]{1,80})/proposals/(\d{1,9})/?")


def read_reference(typed: str, round_: Round) -> tuple[str, int] | None:
    """Read which proposal is meant, as (slug of its round, number); None where that is not said.

    `12` and `#12` are in this round, `other-round#12` and the address of a page in another one.
    """
    said = typed.strip()
    found = _NUMBER.fullmatch(said)
    if found is None:
        _, mark, path = said.partition("/rounds/")
        found = _PAGE.fullmatch(mark + path)
    return (found[1] or round_.slug, int(found[2])) if found else None


def write_reference(continued: Proposal, round_: Round) -> str:
    """Write which proposal is meant, as `read_reference` reads it."""
    here = continued.round_id == round_.id
    return f"#{continued.number}" if here else f"{continued.round.slug}#{continued.number}"


def find_continued(actor: Actor, typed: str, round_: Round, now: datetime) -> Proposal | None:
    """Return the public proposal of this plan that is meant, where its text may be read."""
    meant = read_reference(typed, round_)
    if meant is None:
        return None
    slug, number = meant
    found: Proposal | None = db.session.scalar(
        _with_round().where(
            Round.slug == slug, Round.plan_id == round_.plan_id, Proposal.number == number
        )
    )
    return found if found and can(actor, Action.PROPOSAL_READ_TEXT, found, now) else None


def fault_of_continued(
    actor: Actor,
    round_: Round,
    continues_id: int | None,
    proposal: Proposal | None,
    now: datetime,
) -> Sentence | None:
    """Return why a proposal cannot be continued: it is not public to the writer, or not earlier.

    What was linked before stays, whatever became of it.
    """
    linked = proposal.continues_id if proposal is not None else None
    if continues_id in {None, linked}:
        return None
    found: Proposal | None = db.session.scalar(_with_round().where(Proposal.id == continues_id))
    if (
        found is None
        or found.round.plan_id != round_.plan_id
        or not can(actor, Action.PROPOSAL_READ_TEXT, found, now)
    ):
        return NO_SUCH_PROPOSAL
    if proposal is not None and proposal.arrived_at and not is_earlier(found, proposal):
        return NOT_EARLIER
    return None


def is_earlier(one: Proposal, other: Proposal) -> bool:
    """Whether a proposal was handed in before another one, so that no two continue each other."""
    return bool(
        one.arrived_at
        and other.arrived_at
        and (one.arrived_at, one.id) < (other.arrived_at, other.id)
    )


def continued_by(actor: Actor, proposal: Proposal, now: datetime) -> Sequence[Proposal]:
    """Return the public proposals that continue one, as far as the reader may read them."""
    found = db.session.scalars(
        _with_round()
        .where(Proposal.continues_id == proposal.id)
        .order_by(Proposal.arrived_at, Proposal.id)
        .limit(MOST_SHOWN)
    )
    return [one for one in found if can(actor, Action.PROPOSAL_READ_TEXT, one, now)]


def continued_of(actor: Actor, proposal: Proposal, now: datetime) -> Proposal | None:
    """Return the proposal that another one continues, if it is public and may be read."""
    if proposal.continues_id is None:
        return None
    found: Proposal | None = db.session.scalar(
        _with_round().where(Proposal.id == proposal.continues_id)
    )
    return found if found and can(actor, Action.PROPOSAL_READ_TEXT, found, now) else None


def _with_round() -> Select[Proposal]:
    return (
        select(Proposal)
        .join(Proposal.round)
        .options(contains_eager(Proposal.round))
        .where(public_proposal())
    )
