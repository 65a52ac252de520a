"""Preparing responses, publishing them together, and correcting one that is public."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.notices import tell_answered
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.languages import LANGUAGES, Texts
from consult.foundation.core.people import Actor
from consult.foundation.core.text import clean_text
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.outcomes.responses.labels import OUTCOMES
from consult.outcomes.responses.models import Correction, Outcome, Response
from consult.outcomes.responses.notices import tell_answer
from consult.outcomes.responses.queries import response_of, responses_to_publish, unanswered

NAMED = 5
ANSWERED = "proposal-answered"


@dataclass(frozen=True)
class ResponseText:
    """What an organiser decides about a proposal, and why: in one language or in several.

    `because` says why a public answer is changed; for a draft it is not needed.
    """

    outcome: Outcome
    reasons: Texts
    because: str = ""


def prepare_response(
    actor: Actor, proposal: Proposal, answer: ResponseText, version: int | None, now: datetime
) -> Response:
    """Write the response to a proposal, or another text of it.

    Who organises the plan does so, as long as the proposal is published or is to be read only: of
    that, nobody but its author reads the response. Until the responses of
    the round are published together it is a draft that only the team sees. In a round that was
    answered, a first response (a proposal that was admitted or shown again later) is public at
    once. A change of a public one is a correction: it needs `answer.because`, the former text and
    why it changed stay on the page and in the record, and the author is told.

    Raises InvalidInput without a reason, NotAllowed for whoever does not organise the plan and for
    what is not published, Conflict when it was changed since `version` was read.
    """
    ensure(actor, Action.RESPONSE_PREPARE, proposal, now)
    reasons = _reasons_in(answer)
    response = _present(proposal, answer, version)
    correction = _correct(actor, response, answer, now)
    response.outcome = answer.outcome
    _write(response, reasons, proposal.language)
    response.prepared_by_id, response.prepared_at = actor.actor_id, now
    if proposal.round.answered_at is not None and response.published_at is None:
        response.published_at = response.given_at = now
    db.session.flush()
    _record(actor, response, proposal.round, correction, now)
    if response.published_at is not None:
        _show_outcome(proposal.id, answer.outcome)
        _tell(proposal, response, correction, now)
        tell_answer(response, correction, now)
    return response


def _reasons_in(answer: ResponseText) -> Texts:
    said = {code: clean_text(text) for code, text in answer.reasons.items()}
    reasons = {code: text for code, text in said.items() if text}
    if not reasons:
        text = _l("Say why, in one language at least.")
        help_ = _l("Who took the trouble to write a proposal wants to know.")
        first = next(iter(answer.reasons), LANGUAGES[0])
        raise InvalidInput(text, help_, errors={f"reason_{first}": text})
    return reasons


def _write(response: Response, reasons: Texts, language_of_proposal: str) -> None:
    """Put the reason in its own language, which it keeps if it can, and the others beside it."""
    wanted = (response.language, language_of_proposal, *LANGUAGES, *reasons)
    response.language = next(code for code in wanted if code in reasons)
    response.reason = reasons[response.language]
    others = {code: text for code, text in reasons.items() if code != response.language}
    if others != response.translations:
        response.translations = others


def _present(proposal: Proposal, answer: ResponseText, version: int | None) -> Response:
    response = response_of(proposal.id)
    if response is None:
        response = Response(proposal_id=proposal.id, round_id=proposal.round_id)
        db.session.add(response)
    else:
        refuse_stale(
            version or 0,
            response.version,
            _shown(answer.outcome, answer.reasons),
            _shown(response.outcome, response.reasons),
        )
    return response


def _shown(outcome: Outcome, reasons: Texts) -> Fields:
    return [("", _l("Outcome"), str(OUTCOMES[outcome])), ("reason", _l("Reason"), reasons)]


def _correct(
    actor: Actor, response: Response, answer: ResponseText, now: datetime
) -> Correction | None:
    """Keep a public answer as it was, with why it changes; None for a draft."""
    if response.published_at is None:
        return None
    because = clean_text(answer.because)
    if not because:
        text = _l("Say why you change a public answer.")
        help_ = _l("The author and the public read it beside the new answer.")
        raise InvalidInput(text, help_, errors={"because": text})
    correction = Correction(
        response_id=response.id,
        outcome=response.outcome,
        reason=response.reason,
        language=response.language,
        translations=response.translations,
        because=because,
        corrected_at=now,
        corrected_by_id=actor.actor_id,
    )
    db.session.add(correction)
    return correction


def _record(
    actor: Actor, response: Response, round_: Round, correction: Correction | None, now: datetime
) -> None:
    first = "response.prepared" if response.published_at is None else "response.published"
    record(
        actor,
        "response.corrected" if correction else first,
        response,
        now,
        content={"outcome": response.outcome.value, "reason": response.reason}
        | ({"translations": response.translations} if response.translations else {}),
        reason=correction.because if correction else "",
        plan_id=round_.plan_id,
        round_id=round_.id,
    )


def _show_outcome(proposal_id: int, outcome: Outcome) -> None:
    # Not through the object: an answer must not make its author's revision a stale one.
    db.session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id)
        .values(outcome=outcome.value)
        .execution_options(synchronize_session=False)
    )


def _tell(
    proposal: Proposal, response: Response, correction: Correction | None, now: datetime
) -> None:
    notify(
        proposal.author,
        ANSWERED,
        now,
        proposal=proposal,
        response=response,
        correction=correction,
    )


def publish_responses(actor: Actor, round_: Round, now: datetime) -> int:
    """Publish all responses of a round together, tell each author, and return how many there are.

    Those to what is not for publication reach its author alone. Refused (InvalidInput) while a
    proposal that gets one has none, naming which: no input without an answer (OGP Participation and
    Co-creation Standards, requirement 4.1). Where a round asks for votes the summary answers it;
    only that is published to which a response was written.
    """
    ensure(actor, Action.RESPONSES_PUBLISH, round_, now)
    missing = unanswered(round_.id) if rules_of(round_).answers_each else []
    if missing:
        names = ", ".join(f"#{number}" for number in missing[:NAMED])
        more = "" if len(missing) <= NAMED else f" (+{len(missing) - NAMED})"
        raise InvalidInput(
            _l("These proposals have no response yet: %(names)s.", names=names + more),
            _l("Prepare a response to each, and publish again."),
        )
    responses = responses_to_publish(round_.id)
    for response in responses:
        response.published_at = response.given_at = now
        _show_outcome(response.proposal_id, response.outcome)
        _record(actor, response, round_, None, now)
        _tell(response.proposal, response, None, now)
    round_.answered_at = now
    record(
        actor,
        "round.answered",
        round_,
        now,
        content={"responses": len(responses)},
        plan_id=round_.plan_id,
        round_id=round_.id,
    )
    tell_answered(round_, now)
    return len(responses)
