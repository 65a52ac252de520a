"""What a person does with statements: hand one in, mend a returned one, get the next one, vote."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import null, update

from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import cast_vote, position_of
from consult.consultation.proposals.services import (
    hand_in,
    hand_in_again,
    note_sector_and_body,
    start_proposal,
)
from consult.consultation.proposals.texts import (
    TEXT_ALONE,
    ProposalText,
    SentForm,
    ensure_takeable,
    write_text,
)
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.services import lock_for_input
from consult.consultation.statements.models import LONGEST_STATEMENT, StatementInView
from consult.consultation.statements.queries import in_view, next_statement
from consult.foundation.core.conflicts import refuse_stale
from consult.foundation.core.db import Shown, db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.visible import says_nothing
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.record.models import Receipt
from consult.people.accounts.models import Person
from consult.people.privacy.consents import ensure_agreed

_NOT_ASKED = cast("None", null())  # not the default: nobody says whether a statement is new


@dataclass(frozen=True)
class StatementText:
    """What somebody wrote in the form of a statement."""

    sentence: str
    organisation_id: int | None = None
    language: str = "nl"


def submit_statement(
    actor: Actor,
    round_: Round,
    text: StatementText,
    arrived: datetime,
    opened_at: datetime | None,
    sent: SentForm = TEXT_ALONE,
) -> Receipt:
    """Hand in a statement and return the receipt; it is moderated like any contribution.

    Raises NotAllowed and InvalidInput as `submit_proposal` does, and InvalidInput for a statement
    that is empty or longer than one reads at a glance. What comes late is kept as late.
    """
    lock_rows(round_, shared=True)
    ensure(actor, Action.STATEMENT_SUBMIT, round_, arrived)
    ensure_agreed(actor, sent.agreed_in, arrived)
    written = _as_proposal(actor, round_, text, arrived)
    lock_for_input(round_)
    statement = start_proposal(actor, round_, arrived, sent.public_id)
    write_text(statement, written, arrived)
    statement.origin = _NOT_ASKED
    note_sector_and_body(actor, round_, statement)
    late = round_.is_late(arrived, opened_at)
    return hand_in(actor, statement, arrived, (), late=late)


def revise_statement(
    actor: Actor, statement: Proposal, text: StatementText, version: int, now: datetime
) -> None:
    """Hand in a returned statement again, in other words.

    One that is public is never changed: people voted on what it says. Raises Conflict when it was
    changed since `version` was read.
    """
    ensure(actor, Action.STATEMENT_REVISE, statement, now)
    label = _l("Statement")
    refuse_stale(
        version,
        statement.version,
        [("sentence", label, text.sentence)],
        [("sentence", label, statement.title)],
    )
    write_text(statement, _as_proposal(actor, statement.round, text, now), now)
    statement.origin = None
    hand_in_again(actor, statement, now)


def _as_proposal(actor: Actor, round_: Round, text: StatementText, now: datetime) -> ProposalText:
    sentence = " ".join(text.sentence.split())
    if says_nothing(sentence):
        wrong = _l("Write what you think, in one sentence.")
        raise InvalidInput(_l("This is not complete yet."), errors={"sentence": wrong})
    if len(sentence) > LONGEST_STATEMENT:
        wrong = _l(
            "This is %(length)s characters long; a statement has at most %(most)s. Say one thing, "
            "and make a second statement of the rest.",
            length=len(sentence),
            most=LONGEST_STATEMENT,
        )
        raise InvalidInput(_l("This statement is too long."), errors={"sentence": wrong})
    written = ProposalText(
        title=sentence, organisation_id=text.organisation_id, language=text.language
    )
    ensure_takeable(actor, round_, written, now, draft=False)
    return written


def show_statement(actor: Actor, round_: Round, now: datetime) -> Proposal | None:
    """Put a statement before a person to vote on, and return it; None if none is left.

    The same one again where it still waits for their vote; otherwise the one that was shown to the
    fewest people, which is counted as shown once more.
    """
    ensure(actor, Action.VOTE_BEGIN, round_, now)
    lock_rows(cast("Person", actor))  # two clicks at once are one
    seen = in_view(round_.id, actor.actor_id)
    if seen is not None and waits_for_vote(actor, seen.proposal, now):
        return seen.proposal
    following = next_statement(round_.id, actor.actor_id)
    _put_in_view(actor, round_, seen, following, now)
    return following


def waits_for_vote(actor: Actor, statement: Proposal, now: datetime) -> bool:
    """Whether a person can vote on a statement, and did not do so yet."""
    return (
        can(actor, Action.VOTE_CAST, statement, now)
        and position_of(statement.id, actor.actor_id) is None
    )


def vote(
    actor: Actor,
    statement: Proposal,
    stance: Stance,
    now: datetime,
    organisation_id: int | None = None,
) -> Proposal | None:
    """Store a vote, or another one than before, and return the statement that comes next.

    It is given for oneself, or on behalf of an organisation (`cast_vote`).

    None if no statement is left. Whoever changes an earlier vote goes on where they were.
    """
    round_ = statement.round
    ensure(actor, Action.VOTE_CAST, statement, now)
    lock_rows(cast("Person", actor))
    seen = in_view(round_.id, actor.actor_id)
    goes_on = seen is None or seen.proposal_id == statement.id
    following = next_statement(round_.id, actor.actor_id, [statement.id]) if goes_on else None
    # Both at once, in the order of their numbers: two who vote never wait for each other.
    lock_rows(statement, *([following] if following else []))
    if position_of(statement.id, actor.actor_id) is None and (
        seen is None or seen.proposal_id != statement.id
    ):
        _count_shown(statement)  # on a page of its own
    cast_vote(actor, statement, stance, now, organisation_id)
    if goes_on:
        _put_in_view(actor, round_, seen, following, now)
    return following if goes_on or seen is None else seen.proposal


def _put_in_view(
    actor: Actor,
    round_: Round,
    seen: StatementInView | None,
    following: Proposal | None,
    now: datetime,
) -> None:
    """Put a statement before a person in the place of the one they saw, and count that."""
    if following is None:
        return
    if seen is None:
        seen = StatementInView(round_id=round_.id, person_id=actor.actor_id)
        db.session.add(seen)
    seen.proposal_id, seen.shown_at = following.id, now
    _count_shown(following)


def _count_shown(statement: Proposal) -> None:
    db.session.execute(
        update(Proposal)
        .where(Proposal.id == statement.id)
        .values(shown_count=Proposal.shown_count + 1)
        .execution_options(shown_on=Shown.NOWHERE)
        .execution_options(synchronize_session=False)
    )
