"""Drafts: how many one may have, the files with them, and deleting those never handed in.

Nobody but their author ever saw a draft.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from consult.consultation.comments.models import ContributionState
from consult.consultation.proposals.models import Attachment, Attribution, Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.files.models import ScanState, StoredFile
from consult.foundation.files.pending_uploads import delete_files, infected
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.rows import NOTED
from consult.people.accounts.models import Person

MOST_DRAFTS = 20
"""Of one person in one round: more than anybody works on, and no store for anything else."""
MOST_DRAFTS_A_DAY = 40
"""That one person begins within 24 hours, in all rounds together."""
MOST_ATTACHMENTS = 5


def ensure_room_for_draft(actor: Actor, round_: Round, now: datetime) -> None:
    """Refuse one more draft (InvalidInput) to whoever has as many as one may have."""
    _hold_others_off(actor)
    mine = select(func.count()).where(Proposal.author_id == actor.actor_id)
    in_round = mine.where(Proposal.round_id == round_.id, Proposal.state == ContributionState.DRAFT)
    if (db.session.scalar(in_round) or 0) >= MOST_DRAFTS:
        raise InvalidInput(
            _l("You have %(most)s drafts in this round; more cannot be kept.", most=MOST_DRAFTS),
            _where_they_are(),
        )
    today = mine.where(Proposal.created_at > now - timedelta(days=1))
    if (db.session.scalar(today) or 0) >= MOST_DRAFTS_A_DAY:
        raise InvalidInput(
            _l("You began %(most)s proposals within a day.", most=MOST_DRAFTS_A_DAY),
            _where_they_are(),
        )


def _hold_others_off(actor: Actor) -> None:
    """Let other requests of the same person that begin a draft wait for this one."""
    if isinstance(actor, Person):
        lock_rows(actor)


def begun_meanwhile(actor: Actor, public_id: str | None) -> Proposal | None:
    """Return the draft that another request of the same form made at this instant, if one did."""
    if public_id is None:
        return None
    _hold_others_off(actor)
    return db.session.scalar(select(Proposal).where(Proposal.public_id == public_id))


def _where_they_are() -> Sentence:
    return _l("Your drafts stand on the page “My proposals”. Hand one in, or delete one there.")


def change_files(
    actor: Actor,
    draft: Proposal,
    kept: Sequence[StoredFile],
    gone: Sequence[StoredFile],
    now: datetime,
) -> None:
    """Put files with a draft, and take others away and delete them.

    Raises InvalidInput for more than may be with it.
    """
    ensure(actor, Action.PROPOSAL_EDIT_DRAFT, draft, now)
    remove_files(draft, gone, now)
    attach_files(draft, kept, now)


def remove_files(draft: Proposal, gone: Sequence[StoredFile], now: datetime) -> None:
    """Take files away from a draft, and delete them."""
    if not gone:
        return
    ids = {one.id for one in gone}
    for one in draft.attachments:
        if one.file_id in ids:
            db.session.delete(one)
    db.session.flush()
    db.session.expire(draft, ["attachments"])
    delete_files(select(StoredFile.id).where(StoredFile.id.in_(ids)), now)


def attach_files(proposal: Proposal, files: Sequence[StoredFile], now: datetime) -> None:
    """Put files with a proposal; they wait no longer, unless it is a draft.

    Raises InvalidInput for more than may be with it.
    """
    there = {one.file_id for one in proposal.attachments}
    more, same = _apart([one for one in files if one.id not in there], proposal)
    _ensure_room_for_files(there | {one.id for one in more})
    if same:
        delete_files(select(StoredFile.id).where(StoredFile.id.in_(same)), now)
    proposal.attachments.extend(Attachment(file=one) for one in more)
    draft = proposal.state is ContributionState.DRAFT
    if not draft:
        _ensure_no_virus([one.file for one in proposal.attachments])
    for one in proposal.attachments:
        one.file.waits_for = place_of(proposal.public_id) if draft else None
    db.session.flush()


def _apart(files: Sequence[StoredFile], proposal: Proposal) -> tuple[list[StoredFile], list[int]]:
    """Tell new files from those that are there already, of which the ids are returned.

    Two requests of one form at the same instant send the same file, and neither knows of the other.
    """
    there = {(one.file.name, one.file.sha256) for one in proposal.attachments}
    more: list[StoredFile] = []
    same: list[int] = []
    for one in files:
        if (one.name, one.sha256) in there:
            same.append(one.id)
        else:
            there.add((one.name, one.sha256))
            more.append(one)
    return more, same


def _ensure_no_virus(files: Sequence[StoredFile]) -> None:
    """Refuse (InvalidInput) files in which the scanner found a virus after they were chosen."""
    found = [one for one in files if one.scan_state is ScanState.INFECTED]
    if found:
        raise InvalidInput(
            _l("Our virus scanner found a virus in a file. Take the tick away at it."),
            errors={"files": infected(", ".join(one.name for one in found))},
        )


def _ensure_room_for_files(ids: set[int]) -> None:
    if len(ids) > MOST_ATTACHMENTS:
        raise InvalidInput(
            _l("At most %(most)s files can be attached.", most=MOST_ATTACHMENTS),
            errors={"files": _l("Put several texts together in one file.")},
        )


def place_of(public_id: str) -> str:
    """Name the form of a proposal, begun or not, for the files that wait for it."""
    return f"proposal:{public_id}"


def delete_draft(actor: Actor, draft: Proposal, now: datetime) -> None:
    """Delete a draft of one's own, with what was attached."""
    ensure(actor, Action.PROPOSAL_EDIT_DRAFT, draft, now)
    delete_drafts([draft.id], now)


def delete_drafts(ids: Sequence[int], now: datetime) -> int:
    """Delete these proposals as far as they are drafts, with their files; return how many."""
    drafts = db.session.scalars(
        select(Proposal.id).where(Proposal.id.in_(ids), Proposal.state == ContributionState.DRAFT)
    ).all()
    attached = select(Attachment.file_id).where(Attachment.proposal_id.in_(drafts))
    files = db.session.scalars(attached).all()
    db.session.execute(delete(Attribution).where(Attribution.proposal_id.in_(drafts)))
    db.session.execute(delete(Attachment).where(Attachment.proposal_id.in_(drafts)))
    delete_files(select(StoredFile.id).where(StoredFile.id.in_(files)), now)
    gone = delete(Proposal).where(Proposal.id.in_(drafts))
    db.session.execute(gone.execution_options(**NOTED))  # no event speaks of a draft
    return len(drafts)
