"""Leaving fields of frozen versions out, or words of them, as the law asks.

Somebody who may does it, with a ground and a reason. Each omission is an event of the record.
Personal data, and what is against the law, goes from the database too; the digest of the version
stays. Titles go and come back by themselves with their proposals (approvals/titles).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.moderation.models import Ground
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal, ProposalVersion
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.text import clean_text
from consult.foundation.files.cache import drop_cached_later
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.digests import canonical, new_salt
from consult.foundation.record.erasing import erase_where_said
from consult.foundation.record.services import record
from consult.outcomes.approvals.models import Omission, PlanVersion
from consult.outcomes.approvals.omissions import (
    BLOCKED,
    TextField,
    active_omissions,
    put,
    stored_text,
    text_fields,
)
from consult.outcomes.approvals.queries import document_cache_prefix, versions_of
from consult.outcomes.approvals.services import plan_content
from consult.outcomes.commitments.queries import commitments_of

FOR_GOOD = frozenset({Ground.PERSONAL_DATA, Ground.UNLAWFUL})
"""The grounds on which a text must go from the database too."""
SAID_ABOUT = ("commitment", "plan", "theme", "plan_version")
SHORTEST_WORDS = 3


@dataclass(frozen=True)
class VersionRedaction:
    """What somebody wants to leave out: a field, or words in it; without a field, everywhere."""

    ground: Ground
    reason: str
    pointer: str = ""
    words: str = ""


@dataclass(frozen=True)
class FieldChange:
    """A field before and after; nothing stands there afterwards where it is left out whole."""

    pointer: str
    label: str
    before: str
    after: str


def redactable(version: PlanVersion) -> list[TextField]:
    """Return the texts that can be left out of a version: shown, stored, or to come back to it."""
    content = stored_text(version)
    for pointer, title in _titles_to_come(version).items():
        put(content, pointer, title)
    return text_fields(content)


def _titles_to_come(version: PlanVersion) -> dict[str, str]:
    """Return the titles that were removed and come back with their proposals, by field."""
    return {
        one.pointer: title
        for one in active_omissions(version)
        if one.removed and (title := title_to_come(version, one))
    }


def title_to_come(version: PlanVersion, omission: Omission) -> str | None:
    """Return the very title that was frozen, if a text of its proposal still has it.

    The salted digest tells. None where words of it were left out on their own: those stay away.
    """
    own = {one.pointer for one in active_omissions(version) if one.proposal_id is None}
    if omission.proposal_id is None or omission.pointer in own:
        return None
    texts = db.session.scalars(
        select(ProposalVersion.content).where(ProposalVersion.proposal_id == omission.proposal_id)
    )
    present = select(Proposal.title).where(Proposal.id == omission.proposal_id)
    title: str
    for title in {*db.session.scalars(present), *(text.get("title", "") for text in texts)}:
        if _digest(omission.salt, title) == omission.digest:
            return title
    return None


def _digest(salt: str, text: object) -> str:
    """Return the salted digest of what is left out, in hex."""
    body = canonical({"content": text, "reason": ""})
    return sha256(bytes.fromhex(salt) + body).hexdigest()


def changes_of(version: PlanVersion, wanted: VersionRedaction) -> list[FieldChange]:
    """Return which fields a redaction changes; InvalidInput where it would change none."""
    to_come = _titles_to_come(version)
    words = clean_text(wanted.words)
    errors: dict[str, Sentence] = {}
    if not clean_text(wanted.reason):
        errors["reason"] = _l("Say why; everybody reads it.")
    if not wanted.pointer and len(words) < SHORTEST_WORDS:
        errors["words"] = _l("Write the words to leave out, or choose one field.")
    found = [
        FieldChange(
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


def still_public(plan: Plan, wanted: VersionRedaction, changes: Sequence[FieldChange]) -> list[str]:
    """Return where in the plan as it is now the same texts stand: those are changed there."""
    living = plan_content(plan, commitments_of(plan.id))
    return [one.label for one in text_fields(living) if _stands_in(one, wanted, changes)]


def versions_with(
    version: PlanVersion, wanted: VersionRedaction, changes: Sequence[FieldChange]
) -> list[PlanVersion]:
    """Return the versions of the plan where the same texts stand and these changes leave them."""
    changed = {one.pointer for one in changes}
    return [
        other
        for other in versions_of(version.plan_id)
        if any(
            _stands_in(one, wanted, changes)
            for one in redactable(other)
            if other.id != version.id or one.pointer not in changed
        )
    ]


def _stands_in(field: TextField, wanted: VersionRedaction, changes: Sequence[FieldChange]) -> bool:
    return any(text in field.text for text in _texts(wanted, changes))


def _texts(wanted: VersionRedaction, changes: Sequence[FieldChange]) -> list[str]:
    """Return what is left out: the words, or without words the whole fields."""
    words = clean_text(wanted.words)
    return [words] if words else [one.before for one in changes]


def redact_version(
    actor: Actor, version: PlanVersion, wanted: VersionRedaction, now: datetime
) -> list[PlanVersion]:
    """Leave a field, or words of the text, out of a version for good.

    Gives the versions where the same texts still stand. What the record says about the plan's own
    text goes too where it is said there. Raises InvalidInput without a reason, and where the words
    do not stand there.
    """
    ensure(actor, Action.VERSION_REDACT, version.plan, now)
    # Somebody may have left something else out since it was read: that must not come back.
    db.session.refresh(version, ["content", "label", "omissions"], with_for_update=True)
    changes = changes_of(version, wanted)
    others = versions_with(version, wanted, changes)
    for one in changes:
        leave_out(actor, version, one, wanted.ground, now, clean_text(wanted.reason))
    erase_where_said(actor, SAID_ABOUT, version.plan_id, _texts(wanted, changes), now)
    return others


def leave_out(
    actor: Actor, version: PlanVersion, change: FieldChange, ground: Ground | None, now: datetime,
    reason: str = "", proposal_id: int | None = None, *, for_good: bool = False,
) -> Omission:  # fmt: skip
    """Leave a field out, or words of it; what was left out of it before stays so.

    On some grounds it goes from the database too; on each of them where it is `for_good`.
    """
    removed, salt = for_good or ground in FOR_GOOD, new_salt()
    omission = Omission(
        pointer=change.pointer, proposal_id=proposal_id, ground=ground, reason=reason,
        whole=not change.after, removed=removed, salt=salt,
        digest=_digest(salt, change.before), omitted_at=now, omitted_by_id=actor.actor_id,
    )  # fmt: skip
    version.omissions.append(omission)
    db.session.flush()  # the triggers let the content change only where an omission stands
    if removed:
        content = stored_text(version)
        put(content, change.pointer, change.after or None)
        version.label = content.pop("label") or ""
        version.content = canonical(content).decode()
        version.salts = {at: salt for at, salt in version.salts.items() if at != change.pointer}
    record_omission(actor, "version.left_out", version, omission, now)
    drop_cached_later(document_cache_prefix(version.plan_id), now)
    return omission


def record_omission(
    actor: Actor, verb: str, version: PlanVersion, omission: Omission, now: datetime
) -> None:
    """Say in the record that a field was left out, or put back."""
    said = {
        "pointer": omission.pointer,
        "ground": omission.ground.value if omission.ground else None,
        "removed": omission.removed,
        "digest": omission.digest,
    }
    plan_id = version.plan_id
    record(actor, verb, version, now, content=said, reason=omission.reason, plan_id=plan_id)
