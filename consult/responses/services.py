"""Preparing responses, and publishing them together."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from consult.core.db import db
from consult.core.errors import Conflict, InvalidInput
from consult.core.people import Actor
from consult.core.text import clean_text
from consult.notifications.services import notify
from consult.policy.actions import Action
from consult.policy.services import ensure
from consult.proposals.models import Proposal
from consult.record.services import record
from consult.responses.models import Outcome, Response
from consult.responses.queries import response_of, responses_to_publish, unanswered
from consult.rounds.models import Round

NAMED = 5


@dataclass(frozen=True)
class Answer:
    """What an organiser decides about a proposal, and why."""

    outcome: Outcome
    reason: str
    language: str


def prepare_response(
    actor: Actor, proposal: Proposal, answer: Answer, version: int | None, now: datetime
) -> Response:
    """Write the response to a proposal, or another text of it.

    Until the responses of the round are published it is a draft; after that, a change is public
    at once and stands in the record as a correction, and the author is told. Raises InvalidInput
    without a reason, Conflict when it was changed since `version` was read.
    """
    ensure(actor, Action.RESPONSE_PREPARE, proposal, now)
    reason = clean_text(answer.reason)
    if not reason:
        raise InvalidInput(
            _l("Say why."), _l("Who took the trouble to write a proposal wants to know.")
        )
    response = _present(proposal, reason, version)
    response.outcome, response.reason = answer.outcome, reason
    response.language = answer.language
    response.prepared_by_id, response.prepared_at = actor.actor_id, now
    published = response.published_at is not None or proposal.round.answered_at is not None
    if published:
        response.published_at = response.published_at or now
    db.session.flush()
    record(
        actor,
        "response.corrected" if published else "response.prepared",
        response,
        now,
        content={"outcome": answer.outcome.value},
        reason=reason,
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )
    if published:
        _show_outcome(proposal.id, answer.outcome)
        _tell(proposal, response, now)
    return response


def _present(proposal: Proposal, reason: str, version: int | None) -> Response:
    response = response_of(proposal.id)
    if response is not None and version != response.version:
        raise Conflict(
            _l("Somebody else changed this response while you were writing."),
            _l("Compare the texts, put yours together with theirs, and save again."),
            mine={str(_l("Reason")): reason},
            theirs={str(_l("Reason")): response.reason},
        )
    if response is None:
        response = Response(proposal_id=proposal.id, round_id=proposal.round_id)
        db.session.add(response)
    return response


def _show_outcome(proposal_id: int, outcome: Outcome) -> None:
    # Not through the object: an answer must not make its author's revision a stale one.
    db.session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id)
        .values(outcome=outcome.value)
        .execution_options(synchronize_session=False)
    )


def _tell(proposal: Proposal, response: Response, now: datetime) -> None:
    notify(proposal.author, "proposal-answered", now, proposal=proposal, response=response)


def publish_responses(actor: Actor, round_: Round, now: datetime) -> int:
    """Publish all responses of a round together; gives how many.

    Refused (InvalidInput) while a published proposal has none, naming which: no input without an
    answer (OGP Participation and Co-creation Standards, requirement 4.1).
    """
    ensure(actor, Action.RESPONSES_PUBLISH, round_, now)
    missing = unanswered(round_.id)
    if missing:
        names = ", ".join(f"#{number}" for number in missing[:NAMED])
        more = "" if len(missing) <= NAMED else f" (+{len(missing) - NAMED})"
        raise InvalidInput(
            _l("These proposals have no response yet: %(names)s.", names=names + more),
            _l("Prepare a response to each, and publish again."),
        )
    responses = responses_to_publish(round_.id)
    for response in responses:
        response.published_at = now
        _show_outcome(response.proposal_id, response.outcome)
        record(
            actor,
            "response.published",
            response,
            now,
            content={"outcome": response.outcome.value},
            reason=response.reason,
            plan_id=round_.plan_id,
            round_id=round_.id,
        )
        _tell(response.proposal, response, now)
    round_.answered_at = now
    record(actor, "round.answered", round_, now, plan_id=round_.plan_id, round_id=round_.id)
    return len(responses)
