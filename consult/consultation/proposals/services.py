"""What a person does with a proposal: draft, hand in, revise, withdraw, record for somebody."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.notices import tell_arrived
from consult.consultation.comments.publication import refuse_if_once_public
from consult.consultation.proposals import states
from consult.consultation.proposals.drafts import (
    attach_files,
    begun_meanwhile,
    ensure_room_for_draft,
    remove_files,
)
from consult.consultation.proposals.follower_notices import tell_shown
from consult.consultation.proposals.models import TEXT_FIELDS, Proposal, ProposalVersion
from consult.consultation.proposals.public_copies import remove_public_copies
from consult.consultation.proposals.texts import (
    TEXT_ALONE,
    ProposalText,
    SentForm,
    ensure_takeable,
    prose_of,
    refuse_older,
    write_text,
)
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.services import lock_for_input
from consult.foundation.core.conflicts import refuse_stale
from consult.foundation.core.db import db, random_id
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.files.models import StoredFile
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.models import Receipt
from consult.foundation.record.proofs import mailed_receipt
from consult.foundation.record.services import record, record_with_receipt
from consult.people.accounts.models import Person
from consult.people.organisations.models import Organisation
from consult.people.organisations.on_behalf import remember_choice
from consult.people.privacy.consents import ensure_agreed

RECEIVED = "proposal-received"


def save_draft(
    actor: Actor,
    round_: Round,
    text: ProposalText,
    now: datetime,
    draft: Proposal | None = None,
    sent: SentForm = TEXT_ALONE,
) -> Proposal:
    """Keep a draft, a new one or the one given; only its author ever sees it.

    Raises InvalidInput where somebody has as many drafts as one may have, and Conflict with both
    texts where the draft was changed since it was read.
    """
    kept = draft or begun_meanwhile(actor, sent.public_id)
    if kept is None:
        ensure(actor, Action.PROPOSAL_DRAFT, round_, now)
        ensure_room_for_draft(actor, round_, now)
        kept = start_proposal(actor, round_, now, sent.public_id)
    else:
        ensure(actor, Action.PROPOSAL_EDIT_DRAFT, kept, now)
    if draft is not None:
        refuse_older(draft, text, sent.read_version)
    ensure_takeable(actor, round_, text, now, draft=True, proposal=kept)
    write_text(kept, text, now)
    db.session.flush()
    remove_files(kept, sent.removed, now)
    attach_files(kept, sent.files, now)
    return kept


def start_proposal(
    actor: Actor, round_: Round, now: datetime, public_id: str | None = None
) -> Proposal:
    """Begin a proposal in a round, with nothing in it."""
    proposal = Proposal(
        public_id=public_id or random_id(),
        round=round_,
        author_id=actor.actor_id,
        state=State.DRAFT,
        attachments=[],
        created_at=now,
        saved_at=now,
        language="nl",
    )
    db.session.add(proposal)
    return proposal


def submit_proposal(
    actor: Actor,
    round_: Round,
    text: ProposalText,
    arrived: datetime,
    opened_at: datetime | None,
    draft: Proposal | None = None,
    sent: SentForm = TEXT_ALONE,
) -> Receipt:
    """Hand in a proposal and return the receipt. What comes late is kept as late.

    `arrived` is when the request reached the server, `opened_at` when its form was opened (None
    if unknown). Raises NotAllowed before the round has opened and for whoever may not take part,
    InvalidInput for whoever did not agree to the conditions, and Conflict with both texts where the
    draft was changed since it was read.
    """
    # Always before its draft, so that two acts never wait for each other.
    lock_rows(round_, shared=True)
    if draft is None:
        ensure(actor, Action.PROPOSAL_SUBMIT, round_, arrived)
    else:
        ensure(actor, Action.PROPOSAL_SUBMIT_DRAFT, draft, arrived)
        refuse_older(draft, text, sent.read_version)
    ensure_agreed(actor, sent.agreed_in, arrived)
    ensure_takeable(actor, round_, text, arrived, draft=False, proposal=draft)
    lock_for_input(round_)
    proposal = draft or start_proposal(actor, round_, arrived, sent.public_id)
    write_text(proposal, text, arrived)
    remove_files(proposal, sent.removed, arrived)
    note_sector_and_body(actor, round_, proposal)
    late = round_.is_late(arrived, opened_at)
    receipt = hand_in(actor, proposal, arrived, sent.files, late=late)
    remember_choice(actor, text.organisation_id, arrived)
    return receipt


def note_sector_and_body(actor: Actor, round_: Round, proposal: Proposal) -> None:
    """Note through which body its author takes part, and the sector of the organisation."""
    bodies = actor.grants.ids("body") & {link.body_id for link in round_.bodies}
    proposal.body_id = min(bodies, default=None)
    if proposal.organisation_id is not None:
        # Read by the database while it stores the row: no statement of its own.
        proposal.sector = (
            select(Organisation.sector)
            .where(Organisation.id == proposal.organisation_id)
            .scalar_subquery()
        )


def hand_in(
    actor: Actor, proposal: Proposal, at: datetime, files: Sequence[StoredFile], *, late: bool
) -> Receipt:
    """Take in a proposal whose text was written, with its files, and return the receipt."""
    with db.session.no_autoflush:
        states.arrive(proposal, proposal.round, at, late=late)
    proposal.text_version = 1
    db.session.flush()
    attach_files(proposal, files, at)
    states.make_findable(proposal)
    receipt = record_with_receipt(
        actor,
        "proposal.received_late" if late else "proposal.submitted",
        proposal,
        at,
        content=keep_version(actor, proposal, at),
        plan_id=proposal.round.plan_id,
        round_id=proposal.round.id,
    )
    tell_arrived("proposal", proposal.id, proposal.text_version, at)
    tell_shown(proposal, at)
    if proposal.author_id is not None and isinstance(actor, Person):
        mailed = mailed_receipt(receipt)
        notify(actor, RECEIVED, at, proposal=proposal, receipt=receipt, late=late, mailed=mailed)
    states.count_arrival(proposal)
    return receipt


def keep_version(actor: Actor, proposal: Proposal, now: datetime) -> dict[str, object]:
    """Keep the present text under its version number and return it as plain data."""
    content = {name: getattr(proposal, name) for name in TEXT_FIELDS}
    db.session.add(
        ProposalVersion(
            proposal_id=proposal.id,
            number=proposal.text_version,
            content=content,
            saved_at=now,
            saved_by_id=actor.actor_id,
        )
    )
    files = [
        {"name": one.file.name, "size": one.file.size, "sha256": one.file.sha256}
        for one in proposal.attachments
    ]
    more = {
        "organisation": proposal.organisation_id,
        "theme": proposal.theme_id,
        "not_for_publication": proposal.not_for_publication_reason,
        "files": files,
    }
    kept = {name: said for name, said in more.items() if said}
    return {**content, "version": proposal.text_version, **kept}


def revise_proposal(
    actor: Actor,
    proposal: Proposal,
    text: ProposalText,
    version: int,
    now: datetime,
    files: Sequence[StoredFile] = (),
) -> None:
    """Hand in a new text, perhaps with more files. A returned proposal goes back to the queue.

    What its author now wants read only goes out of it; what they want published after all comes
    into it. Raises InvalidInput for a text that was public and is to be kept from that now, and
    Conflict with both texts when it was changed since `version` was read.
    """
    ensure(actor, Action.PROPOSAL_REVISE, proposal, now)
    refuse_stale(version, proposal.version, prose_of(text), prose_of(proposal))
    refuse_if_once_public(proposal, text)
    ensure_takeable(actor, proposal.round, text, now, draft=False, proposal=proposal)
    write_text(proposal, text, now)
    hand_in_again(actor, proposal, now, files)


def hand_in_again(
    actor: Actor, proposal: Proposal, now: datetime, files: Sequence[StoredFile] = ()
) -> None:
    """Take in the new text that was written into a proposal, perhaps with more files."""
    proposal.text_version += 1
    states.resubmit(proposal, now)
    attach_files(proposal, files, now)
    states.make_findable(proposal)
    tell_arrived("proposal", proposal.id, proposal.text_version, now)
    tell_shown(proposal, now)
    record(
        actor,
        "proposal.revised",
        proposal,
        now,
        content=keep_version(actor, proposal, now),
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )


def withdraw_proposal(actor: Actor, proposal: Proposal, reason: str, now: datetime) -> None:
    """Withdraw a proposal; its number, its place and the comments stay."""
    ensure(actor, Action.PROPOSAL_WITHDRAW, proposal, now)
    states.withdraw(proposal)
    record(
        actor,
        "proposal.withdrawn",
        proposal,
        now,
        reason=reason,
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )
    remove_public_copies(actor, proposal, None, now)


def agree_to_publish(actor: Actor, proposal: Proposal, now: datetime) -> None:
    """Let a proposal be published that was not for publication; it goes to the queue.

    Nobody but its author does so, and a moderator looks at it first. A response that its author has
    already becomes public with it.
    """
    ensure(actor, Action.PROPOSAL_AGREE_TO_PUBLISH, proposal, now)
    proposal.not_for_publication, proposal.not_for_publication_reason = False, ""
    states.resubmit(proposal, now)
    tell_arrived("proposal", proposal.id, proposal.text_version, now)
    record(
        actor,
        "proposal.agreed_to_publish",
        proposal,
        now,
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )
