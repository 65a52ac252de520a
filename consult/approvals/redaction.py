"""Leaving something out of frozen versions, as the law asks, and putting it back.

A title goes and comes back by itself with its proposal; words of the plan's own text are left out
by somebody who may, with a ground and a reason. Each omission is an event of the record. Personal
data, and what is against the law, goes from the database too; the digest of the version stays.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from consult.approvals.models import Omission, PlanVersion
from consult.approvals.omissions import BLOCKED, TextField, put, standing, text_fields
from consult.approvals.queries import kept_documents
from consult.approvals.services import plan_content
from consult.comments.models import ContributionState as State
from consult.commitments.queries import commitments_of
from consult.core.db import db
from consult.core.errors import InvalidInput, Sentence
from consult.core.people import SYSTEM, Actor
from consult.core.text import clean_text
from consult.core.unit_of_work import unit_of_work
from consult.files.kept import drop_later
from consult.jobs.timetable import Every, repeats
from consult.moderation.models import Decision, Ground, Verb
from consult.plans.models import Plan
from consult.policy.actions import Action
from consult.policy.services import ensure
from consult.proposals.models import Proposal, ProposalVersion
from consult.proposals.sight import when_back_in_sight, when_out_of_sight
from consult.record.digests import canonical, commitment, new_salt
from consult.record.erasing import erase_where_said
from consult.record.services import record
from consult.rounds.models import Round

FOR_GOOD = frozenset({Ground.PERSONAL_DATA, Ground.UNLAWFUL})
"""The grounds on which a text must go from the database too."""
SHORTEST_WORDS = 3


@dataclass(frozen=True)
class Redaction:
    """What somebody wants to leave out: a field, or words in it; without a field, everywhere."""

    ground: Ground
    reason: str
    pointer: str = ""
    words: str = ""


@dataclass(frozen=True)
class Change:
    """A field before and after; nothing stands there afterwards where it is left out whole."""

    pointer: str
    label: str
    before: str
    after: str


def redactable(version: PlanVersion) -> list[TextField]:
    """Give the texts that can be left out of a version: shown, stored, or to come back to it."""
    content = json.loads(version.content)
    for pointer, title in _titles_to_come(version).items():
        put(content, pointer, title)
    return text_fields(content)


def _titles_to_come(version: PlanVersion) -> dict[str, str]:
    """Give the titles that went from the database and come back with their proposals, by field."""
    return {
        one.pointer: title
        for one in standing(version)
        if one.removed and (title := _title_to_come(version, one))
    }


def _title_to_come(version: PlanVersion, omission: Omission) -> str | None:
    """Give the very title that was frozen, if a text of its proposal still has it.

    The salted digest tells. None where words of it were left out on their own: those stay away.
    """
    own = {one.pointer for one in standing(version) if one.proposal_id is None}
    if omission.proposal_id is None or omission.pointer in own:
        return None
    texts = db.session.scalars(
        select(ProposalVersion.content).where(ProposalVersion.proposal_id == omission.proposal_id)
    )
    present = select(Proposal.title).where(Proposal.id == omission.proposal_id)
    for title in {*db.session.scalars(present), *(text.get("title", "") for text in texts)}:
        if commitment(omission.salt, title, "") == omission.digest:
            return title
    return None


def changes_of(version: PlanVersion, wanted: Redaction) -> list[Change]:
    """Give which fields a redaction changes; InvalidInput where it would change none."""
    to_come = _titles_to_come(version)
    words = clean_text(wanted.words)
    errors: dict[str, Sentence] = {}
    if not clean_text(wanted.reason):
        errors["reason"] = _l("Say why; everybody reads it.")
    if not wanted.pointer and len(words) < SHORTEST_WORDS:
        errors["words"] = _l("Write the words to leave out, or choose one field.")
    found = [
        Change(
            one.pointer, one.label, one.text,
            one.text.replace(words, BLOCKED) if words and one.pointer not in to_come else "",
        )
        for one in redactable(version)
        if wanted.pointer in {"", one.pointer} and words in one.text
    ]  # fmt: skip
    if not found and not errors:
        errors["words"] = _l("These words do not stand there. Copy them exactly.")
    if errors:
        raise InvalidInput(_l("This cannot be left out like this."), errors=errors)
    return found


def still_public(plan: Plan, wanted: Redaction) -> list[str]:
    """Give where in the plan as it is now the same words stand: those are changed there."""
    words = clean_text(wanted.words)
    living = plan_content(plan, commitments_of(plan.id))
    return [one.label for one in text_fields(living) if words and words in one.text]


def redact_version(
    actor: Actor, version: PlanVersion, wanted: Redaction, now: datetime
) -> list[Omission]:
    """Leave a field, or words of the text, out of a version for good; gives what is left out.

    What the record says about the plan's own text goes too where it is said there. Raises
    InvalidInput without a reason, and where the words do not stand there.
    """
    ensure(actor, Action.VERSION_REDACT, version.plan, now)
    # Somebody may have left something else out since it was read: that must not come back.
    db.session.refresh(version, ["content", "omissions"], with_for_update=True)
    words = clean_text(wanted.words)
    reason = clean_text(wanted.reason)
    changes = changes_of(version, wanted)
    made = [_leave_out(actor, version, one, wanted.ground, now, reason) for one in changes]
    texts = [words] if words else [one.before for one in changes]
    erase_where_said(actor, ("commitment", "plan", "theme"), version.plan_id, texts, now)
    return made


def _leave_out(
    actor: Actor, version: PlanVersion, change: Change, ground: Ground | None, now: datetime,
    reason: str = "", proposal_id: int | None = None,
) -> Omission:  # fmt: skip
    """Leave a field out, or words of it; what was left out of it before stays so."""
    removed, salt = ground in FOR_GOOD, new_salt()
    omission = Omission(
        pointer=change.pointer, proposal_id=proposal_id, ground=ground, reason=reason,
        whole=not change.after, removed=removed, salt=salt,
        digest=commitment(salt, change.before, ""), omitted_at=now, omitted_by_id=actor.actor_id,
    )  # fmt: skip
    version.omissions.append(omission)
    db.session.flush()  # the triggers let the content change only where an omission stands
    if removed:
        content = json.loads(version.content)
        put(content, change.pointer, change.after or None)
        version.content = canonical(content).decode()
    _record(actor, "version.left_out", version, omission, now)
    drop_later(kept_documents(version.plan_id), now)
    return omission


def _record(
    actor: Actor, verb: str, version: PlanVersion, omission: Omission, now: datetime
) -> None:
    said = {
        "pointer": omission.pointer,
        "ground": omission.ground.value if omission.ground else None,
        "removed": omission.removed,
        "digest": omission.digest,
    }
    plan_id = version.plan_id
    record(actor, verb, version, now, content=said, reason=omission.reason, plan_id=plan_id)


def _titles_of(
    version: PlanVersion, round_slug: str, number: int | None, *, for_good: bool
) -> Iterator[Change]:
    """Give what changes so that the title of a proposal stands in a version no longer.

    A title that readers do not get already changes only if it must go from the database too.
    """
    gone = {one.pointer for one in standing(version) if one.whole and not for_good}
    for where, source in _sources(json.loads(version.content)):
        named = (source["round"], source["number"]) == (round_slug, number)
        if named and source["title"] and f"{where}/title" not in gone:
            yield Change(f"{where}/title", "", source["title"], "")


def _sources(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for i, theme in enumerate(content["themes"]):
        for j, made in enumerate(theme["commitments"]):
            for k, source in enumerate(made["sources"]):
                yield f"/themes/{i}/commitments/{j}/sources/{k}", source


def _versions(plan_id: int | None = None) -> Sequence[PlanVersion]:
    """Give versions as they are stored now, locked: their content is read, changed and written."""
    statement = select(PlanVersion).options(selectinload(PlanVersion.omissions))
    if plan_id is not None:
        statement = statement.where(PlanVersion.plan_id == plan_id)
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(fresh.order_by(PlanVersion.id)).all()


@when_out_of_sight
def leave_titles_out(actor: Actor, proposal: Proposal, ground: str | None, now: datetime) -> None:
    """Leave the title of a proposal that is no longer public out of every version of its plan."""
    why = Ground(ground) if ground else None
    for version in _versions(proposal.round.plan_id):
        titles = _titles_of(version, proposal.round.slug, proposal.number, for_good=why in FOR_GOOD)
        for change in list(titles):
            _leave_out(actor, version, change, why, now, proposal_id=proposal.id)


@when_back_in_sight
def put_titles_back(actor: Actor, proposal: Proposal, now: datetime) -> None:
    """Put the title of a proposal back where it was left out; one that went for good stays away.

    It went for good where no text of the proposal has it any more, or words were left out of it.
    """
    for version in _versions(proposal.round.plan_id):
        for one in standing(version):
            if one.proposal_id != proposal.id:
                continue
            if one.removed and not _fill_in(version, one):
                continue
            one.removed, one.ended_at = False, now
            _record(actor, "version.put_back", version, one, now)
            drop_later(kept_documents(version.plan_id), now)


def _fill_in(version: PlanVersion, omission: Omission) -> bool:
    """Put the very title back that was frozen, where it is still to come."""
    title = _title_to_come(version, omission)
    if title is None:
        return False
    content = json.loads(version.content)
    put(content, omission.pointer, title)
    version.content = canonical(content).decode()
    db.session.flush()  # while the omission still says that it was removed
    return True


@repeats("frozen-titles", Every.DAY, time(4, 45))
def leave_out_what_was_missed(_payload: Mapping[str, Any], now: datetime) -> None:
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
            Proposal.state.in_((State.HIDDEN, State.WITHDRAWN)),
            Round.slug.in_({slug for slug, _number in named}),
        )
    )
    return [(one, _ground(one)) for one in found if (one.round.slug, one.number) in named]


def _ground(proposal: Proposal) -> str | None:
    if proposal.state is State.WITHDRAWN:
        return None
    hidden = (Decision.proposal_id == proposal.id, Decision.verb == Verb.HIDE)
    found = db.session.scalar(
        select(Decision.ground).where(*hidden).order_by(Decision.id.desc()).limit(1)
    )
    return found or Ground.SOURCE_MODERATION
