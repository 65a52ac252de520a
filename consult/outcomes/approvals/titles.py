"""The titles of proposals in frozen versions: they go and come back with their proposals."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Decision, Ground, Verb
from consult.consultation.moderation.redacted_copies import Rewriting
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM, Actor
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.cache import drop_cached_later
from consult.foundation.record.digests import canonical
from consult.outcomes.approvals.contents import PlanContent, SourceContent
from consult.outcomes.approvals.models import Omission, PlanVersion
from consult.outcomes.approvals.omissions import active_omissions, put
from consult.outcomes.approvals.queries import document_cache_prefix
from consult.outcomes.approvals.redaction import (
    FOR_GOOD,
    FieldChange,
    leave_out,
    record_omission,
    title_to_come,
)


def _titles_of(
    version: PlanVersion, round_slug: str, number: int | None, *, for_good: bool
) -> Iterator[FieldChange]:
    """Yield what changes so that the title of a proposal stands in a version no longer.

    A title that readers do not get already changes only if it must go from the database too.
    """
    gone = {one.pointer for one in active_omissions(version) if one.whole and not for_good}
    for where, source in _sources(json.loads(version.content)):
        named = (source["round"], source["number"]) == (round_slug, number)
        if named and source["title"] and f"{where}/title" not in gone:
            yield FieldChange(f"{where}/title", "", source["title"], "")


def _sources(content: PlanContent) -> Iterator[tuple[str, SourceContent]]:
    for i, theme in enumerate(content["themes"]):
        for j, made in enumerate(theme["commitments"]):
            for k, source in enumerate(made["sources"]):
                yield f"/themes/{i}/commitments/{j}/sources/{k}", source


def _versions(plan_id: int | None = None) -> Sequence[PlanVersion]:
    """Return versions as they are stored now, locked: their content will be changed."""
    statement = select(PlanVersion).options(selectinload(PlanVersion.omissions))
    if plan_id is not None:
        statement = statement.where(PlanVersion.plan_id == plan_id)
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(fresh.order_by(PlanVersion.id)).all()


def leave_titles_out(actor: Actor, proposal: Proposal, ground: str | None, now: datetime) -> None:
    """Leave the title of a proposal that is no longer public out of every version of its plan."""
    why = Ground(ground) if ground else None
    for version in _versions(proposal.round.plan_id):
        titles = _titles_of(version, proposal.round.slug, proposal.number, for_good=why in FOR_GOOD)
        for change in list(titles):
            leave_out(actor, version, change, why, now, proposal_id=proposal.id)


def rewrite_titles(actor: Actor, rewriting: Rewriting, now: datetime) -> None:
    """Leave words out of the title of a proposal in every version that has it, for good."""
    proposal = rewriting.contribution
    if not isinstance(proposal, Proposal):
        return
    for version in _versions(proposal.round.plan_id):
        for where, source in _sources(json.loads(version.content)):
            title = source["title"] or ""
            named = (source["round"], source["number"]) == (proposal.round.slug, proposal.number)
            if named and rewriting.holds(title):
                change = FieldChange(f"{where}/title", "", title, rewriting.rewritten(title))
                leave_out(
                    actor, version, change, rewriting.ground, now,
                    proposal_id=proposal.id, for_good=True,
                )  # fmt: skip


def restore_words_in_titles(actor: Actor, rewriting: Rewriting, now: datetime) -> None:
    """Put words back into the title of a proposal, where leaving them out was a slip."""
    proposal = rewriting.contribution
    if isinstance(proposal, Proposal):
        _put_back(actor, proposal, now, in_part_only=True)


def put_titles_back(actor: Actor, proposal: Proposal, now: datetime) -> None:
    """Put the title of a proposal back where it was left out; one that went for good stays away.

    It went for good where no text of the proposal has it any more, or words were left out of it.
    """
    _put_back(actor, proposal, now)


def _put_back(
    actor: Actor, proposal: Proposal, now: datetime, *, in_part_only: bool = False
) -> None:
    for version in _versions(proposal.round.plan_id):
        for one in active_omissions(version):
            if one.proposal_id != proposal.id or (in_part_only and one.whole):
                continue
            if one.removed and not _fill_in(version, one):
                continue
            one.removed, one.ended_at = False, now
            record_omission(actor, "version.put_back", version, one, now)
            drop_cached_later(document_cache_prefix(version.plan_id), now)


def _fill_in(version: PlanVersion, omission: Omission) -> bool:
    """Put the very title back that was frozen, where it is still to come."""
    title = title_to_come(version, omission)
    if title is None:
        return False
    content = json.loads(version.content)
    put(content, omission.pointer, title)
    version.content = canonical(content).decode()
    db.session.flush()  # while the omission still says that it was removed
    return True


def leave_out_what_was_missed(_payload: Mapping[str, object], now: datetime) -> None:
    """Leave out what is not public and still stands in a version, however that came about.

    From before there were omissions, from a backup, or hidden while the plan was being frozen.
    """
    with unit_of_work():
        for proposal, ground in _not_public():
            leave_titles_out(SYSTEM, proposal, ground, now)


def _not_public() -> list[tuple[Proposal, str | None]]:
    named = {
        (source["round"], source["number"])
        for version in _versions()
        for _where, source in _sources(json.loads(version.content))
        if source["title"]
    }
    found = db.session.scalars(
        select(Proposal)
        .join(Round)
        .where(
            Proposal.state.in_((State.HIDDEN, State.WITHDRAWN, State.RETURNED)),
            Round.slug.in_({slug for slug, _number in named}),
        )
    )
    return [(one, _ground(one)) for one in found if (one.round.slug, one.number) in named]


def _ground(proposal: Proposal) -> str | None:
    if proposal.state is not State.HIDDEN:
        return None
    hidden = (Decision.proposal_id == proposal.id, Decision.verb == Verb.HIDE)
    found = db.session.scalar(
        select(Decision.ground).where(*hidden).order_by(Decision.id.desc()).limit(1)
    )
    return found or Ground.SOURCE_MODERATION
