"""Making commitments from proposals, changing them and putting them in the public plan."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Origin, Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.languages import Texts
from consult.foundation.core.people import Actor
from consult.foundation.core.series import next_number
from consult.foundation.core.visible import says_nothing
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.outcomes.commitments.labels import TEXTS
from consult.outcomes.commitments.models import PROSE, Commitment, CommitmentSource
from consult.outcomes.commitments.notices import (
    tell_commitment_changed,
    tell_commitment_published,
)
from consult.outcomes.commitments.queries import may_be_source

FIELDS = (
    *PROSE, "theme_id", "holder_id", "partners", "origin", "starts_on", "ends_on", "amount_cents",
)  # fmt: skip
"""What is written of a commitment, besides its sources."""


@dataclass(frozen=True)
class CommitmentText:
    """What an organiser wrote: the fields of the OGP form, and per proposal what was taken over."""

    theme_id: int | None
    title: Texts
    problem: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    results: Texts = field(default_factory=dict)
    relevance: Texts = field(default_factory=dict)
    funding: Texts = field(default_factory=dict)
    holder_id: int | None = None
    partners: str = ""
    origin: Origin = Origin.NEW
    starts_on: date | None = None
    ends_on: date | None = None
    amount_cents: int | None = None
    sources: Mapping[int, Texts] = field(default_factory=dict)


def _check(plan: Plan, written: CommitmentText, commitment: Commitment | None = None) -> None:
    errors: dict[str, Sentence] = {}
    if written.theme_id not in {None, *(theme.id for theme in plan.themes)}:
        errors["theme_id"] = _l("Choose a theme of this plan.")
    if written.starts_on and written.ends_on and written.ends_on < written.starts_on:
        errors["ends_on"] = _l("The end lies before the start.")
    for name in ("starts_on", "ends_on"):
        on = getattr(written, name)
        if on and not plan.starts_on <= on <= plan.ends_on:
            errors[name] = _l(
                "This day lies outside the term of the plan, %(start)s to %(end)s.",
                start=plan.starts_on,
                end=plan.ends_on,
            )
    if wrong := set(written.sources) - _possible_sources(plan, written.sources, commitment):
        errors["sources"] = _why_no_source(plan, wrong)
    if errors:
        raise InvalidInput(_l("This commitment is not complete yet."), errors=errors)


def _possible_sources(plan: Plan, ids: Collection[int], commitment: Commitment | None) -> set[int]:
    return set(
        db.session.scalars(
            select(Proposal.id)
            .join(Round, Round.id == Proposal.round_id)
            .where(Proposal.id.in_(ids), Round.plan_id == plan.id, may_be_source(commitment))
        )
    )


def _why_no_source(plan: Plan, ids: Collection[int]) -> Sentence:
    """Return why these proposals are no source of a commitment, which names them in public."""
    kept = (
        select(Proposal.id)
        .join(Round, Round.id == Proposal.round_id)
        .where(Proposal.id.in_(ids), Round.plan_id == plan.id, Proposal.not_for_publication)
    )
    if db.session.scalar(kept.limit(1)) is None:
        return _l("Choose published proposals of a round of this plan.")
    return _l(
        "The author of this proposal wants it read, and not published, and a commitment names its "
        "sources in public. Ask its author to let it be published first."
    )


def make_commitment(actor: Actor, plan: Plan, written: CommitmentText, now: datetime) -> Commitment:
    """Make a commitment from one or more proposals; it is a draft with the plan's next number.

    Raises InvalidInput with all errors together.
    """
    ensure(actor, Action.COMMITMENT_WRITE, plan, now)
    _check(plan, written)
    number = next_number(Commitment.number, within=plan)
    commitment = Commitment(plan_id=plan.id, number=number, created_at=now, saved_at=now)
    _write(commitment, written)
    db.session.add(commitment)
    db.session.flush()
    record(actor, "commitment.made", commitment, now, content=_said(written), plan_id=plan.id)
    return commitment


def change_commitment(
    actor: Actor,
    commitment: Commitment,
    written: CommitmentText,
    version: int,
    now: datetime,
    *,
    publish: bool = False,
) -> None:
    """Change a commitment, and put it in the public plan, if wanted.

    Raises Conflict when somebody changed it since `version` was read.
    """
    ensure(actor, Action.COMMITMENT_WRITE, commitment, now)
    refuse_stale(version, commitment.version, _prose_of(written), _prose_of(commitment))
    _check(commitment.plan, written, commitment)
    before = _public_fields(commitment)
    _write(commitment, written)
    commitment.saved_at = now
    # The version counts every save, also one that changes a source only.
    flag_modified(commitment, "saved_at")
    db.session.flush()
    record(
        actor,
        "commitment.changed",
        commitment,
        now,
        content=_said(written),
        plan_id=commitment.plan_id,
    )
    if publish:
        publish_commitment(actor, commitment, now)
    elif commitment.published_at is not None and before != _public_fields(commitment):
        tell_commitment_changed(commitment, now)


def _public_fields(commitment: Commitment) -> list[object]:
    """Return what the page of a commitment says of it."""
    sources = [(one.proposal_id, one.note) for one in commitment.sources]
    return [*(getattr(commitment, name) for name in FIELDS), sources]


def _write(commitment: Commitment, written: CommitmentText) -> None:
    for name in FIELDS:
        setattr(commitment, name, getattr(written, name))
    present = {source.proposal_id: source for source in commitment.sources}
    commitment.sources = [
        present.get(proposal_id) or CommitmentSource(proposal_id=proposal_id)
        for proposal_id in written.sources
    ]
    for source in commitment.sources:
        source.note = dict(written.sources[source.proposal_id])


def _said(written: CommitmentText) -> dict[str, object]:
    said = asdict(written)
    said["sources"] = {str(key): texts for key, texts in written.sources.items()}
    for name in ("starts_on", "ends_on"):
        said[name] = said[name].isoformat() if said[name] else None
    return said


def _prose_of(texts: CommitmentText | Commitment) -> Fields:
    return [(name, TEXTS[name], getattr(texts, name) or {}) for name in PROSE]


def publish_commitment(actor: Actor, commitment: Commitment, now: datetime) -> None:
    """Put a commitment in the public plan. Refused while its title or its source is missing."""
    ensure(actor, Action.COMMITMENT_PUBLISH, commitment, now)
    missing = [
        code for code in commitment.plan.languages if says_nothing(commitment.title.get(code))
    ]
    errors = {f"title_{code}": _l("Fill this in before you publish it.") for code in missing}
    if errors:
        raise InvalidInput(_l("The title is not there in every language."), errors=errors)
    commitment.published_at = now
    record(actor, "commitment.published", commitment, now, plan_id=commitment.plan_id)
    tell_commitment_published(commitment, now)
