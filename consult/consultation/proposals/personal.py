"""What proposals keep about people: texts, positions, signatures. Drafts go with the account."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState
from consult.consultation.plans.models import Theme
from consult.consultation.proposals.drafts import delete_drafts
from consult.consultation.proposals.models import (
    Attachment,
    CoSignature,
    Position,
    PositionHistory,
    Proposal,
    ProposalVersion,
)
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.phases import over_by
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.files.models import StoredFile
from consult.foundation.files.pending_uploads import delete_files
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import Ids, Rule

NAMED = (Proposal.number, Theme.slug)
PARTS = (
    ExportPart(
        "proposals", _l("My proposals"), Proposal, (Proposal.author_id, Proposal.entered_by_id),
        authored=True, place=30,
        leaves_out=("thread_id", "reviewed_at", "version"),
    ),
    ExportPart(
        "proposal_texts", _l("Texts of my proposals"), ProposalVersion,
        (ProposalVersion.saved_by_id,), place=31,
    ),
    ExportPart(
        "signatures", _l("Proposals that I signed for an organisation"), CoSignature,
        (CoSignature.signed_by_id,), place=32,
    ),
    ExportPart(
        "positions", _l("My positions"), Position, (Position.person_id,), authored=True, place=33,
    ),
    ExportPart(
        "earlier_positions", _l("Every position that I took"), PositionHistory,
        (PositionHistory.person_id,), place=34,
    ),
)  # fmt: skip


def forget_drafts(_actor: Actor, person_id: int, now: datetime) -> None:
    """Delete the drafts of somebody whose account closes, and the files of forms never sent."""
    mine = select(Proposal.id).where(
        Proposal.author_id == person_id, Proposal.state == ContributionState.DRAFT
    )
    delete_drafts(db.session.scalars(mine).all(), now)
    chosen = _unclaimed().where(StoredFile.uploaded_by_id == person_id)
    delete_files(chosen, now)


def _unclaimed() -> Ids:
    """Select the files that were chosen in a form which was never taken, and are in no draft."""
    return select(StoredFile.id).where(
        StoredFile.waits_for.is_not(None), StoredFile.id.not_in(select(Attachment.file_id))
    )


def _drafts_of_rounds_over(cut_off: datetime) -> Ids:
    return (
        select(Proposal.id)
        .join(Round, Round.id == Proposal.round_id)
        .where(Proposal.state == ContributionState.DRAFT, over_by(cut_off))
    )


RULES = (
    Rule(
        kind="chosen_files",
        what=_l("Files that were chosen in a form which was not sent after all"),
        since=_l("they were chosen"),
        period=timedelta(days=30),
        effect=_l("deleted"),
        why=_l("Whoever wants to send the form after all does so within weeks."),
        select_due=lambda cut_off: _unclaimed().where(StoredFile.uploaded_at <= cut_off),
        apply=lambda ids, now: delete_files(
            select(StoredFile.id).where(StoredFile.id.in_(ids)), now
        ),
    ),
    Rule(
        kind="drafts",
        what=_l("Drafts that were never handed in"),
        since=_l("the round closed"),
        period=timedelta(days=365),
        effect=_l("deleted, with the files"),
        why=_l("After the round nothing can be done with a draft; a year leaves time to copy it."),
        select_due=_drafts_of_rounds_over,
        apply=delete_drafts,
    ),
    Rule(
        "contributions",
        _l("What was handed in, and the answers"),
        _l("it was handed in"),
        None,
        _l("stays, under a neutral name after an account closes; then goes to the archive"),
        _l("It is part of the file of a plan of the government (Archiefwet)."),
    ),
)
