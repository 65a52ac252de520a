"""Freezing a plan: the exact text, with a number and a digest that anyone can recompute."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.core.series import next_number
from consult.foundation.core.text import clean_line
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.checkpoints import latest_checkpoint
from consult.foundation.record.digests import canonical
from consult.foundation.record.services import record
from consult.outcomes.approvals.contents import (
    NO_THEME,
    CommitmentContent,
    PlanContent,
    ThemeContent,
)
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.notices import tell_frozen
from consult.outcomes.approvals.sealing import seal, version_digest
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.commitments.queries import commitments_of

FORMAT = 1


def plan_content(plan: Plan, commitments: Sequence[Commitment]) -> PlanContent:
    """Return the text of a plan as plain data, for frozen versions and documents."""
    return {
        "format": FORMAT,
        "slug": plan.slug,
        "number": plan.number,
        "languages": plan.languages,
        "title": plan.title,
        "introduction": plan.introduction,
        "disclaimer": plan.disclaimer,
        "related_plan": plan.related_plan,
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat(),
        "themes": _theme_contents(plan, commitments),
    }


def _theme_contents(plan: Plan, commitments: Sequence[Commitment]) -> list[ThemeContent]:
    """Return the themes with their commitments; those without a theme stand at the end."""
    found: list[ThemeContent] = [
        {
            "number": theme.position,
            "title": theme.title,
            "description": theme.description,
            "commitments": _contents_under(theme.id, commitments),
        }
        for theme in plan.themes
    ]
    if others := _contents_under(None, commitments):
        found.append(
            {"number": NO_THEME, "title": {}, "description": {}, "commitments": others},
        )
    return found


def _contents_under(
    theme_id: int | None, commitments: Sequence[Commitment]
) -> list[CommitmentContent]:
    return [_commitment_content(one) for one in commitments if one.theme_id == theme_id]


def _commitment_content(commitment: Commitment) -> CommitmentContent:
    return {
        "number": commitment.number,
        "title": commitment.title,
        "problem": commitment.problem,
        "description": commitment.description,
        "results": commitment.results,
        "relevance": commitment.relevance,
        "funding": commitment.funding,
        "holder": commitment.holder.name if commitment.holder else None,
        "partners": commitment.partners,
        "origin": commitment.origin.value,
        "starts_on": commitment.starts_on.isoformat() if commitment.starts_on else None,
        "ends_on": commitment.ends_on.isoformat() if commitment.ends_on else None,
        "amount_cents": commitment.amount_cents,
        "sources": [
            {
                "round": source.proposal.round.slug,
                "number": source.proposal.number,
                "title": source.proposal.title if source.proposal.text_is_public else "",
                "language": source.proposal.language,
                "note": source.note,
            }
            for source in commitment.sources
        ],
    }


def freeze_plan(actor: Actor, plan: Plan, label: str, now: datetime) -> PlanVersion:
    """Freeze the published plan as its next version; refused while it has no commitment."""
    ensure(actor, Action.VERSION_FREEZE, plan, now)
    label = clean_line(label)
    if not label:
        raise InvalidInput(
            _l("The version needs a name."), _l("For example: For decision, August 2023.")
        )
    commitments = commitments_of(plan.id)
    if not commitments:
        raise InvalidInput(
            _l("The plan has no published commitment yet."), _l("Publish one first.")
        )
    text = plan_content(plan, commitments)
    sealed, salts = seal({**text, "label": label[:120]})
    version = PlanVersion(
        plan_id=plan.id,
        number=next_number(PlanVersion.number, within=plan),
        label=label[:120],
        content=canonical(text).decode(),
        digest=version_digest(sealed),
        sealed=sealed,
        salts=salts,
        checkpoint=latest_checkpoint(),
        frozen_at=now,
        frozen_by_id=actor.actor_id,
    )
    db.session.add(version)
    db.session.flush()
    record(
        actor,
        "version.frozen",
        version,
        now,
        content={"number": version.number, "label": label, "digest": version.digest},
        plan_id=plan.id,
    )
    tell_frozen(version, now)
    return version
