"""What Lotte wants read, and not published: one of each kind, with a planted word in every text."""

import io
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.services import (
    CommentText,
    add_comment,
    withdraw_comment,
)
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import (
    revise_proposal,
    submit_proposal,
    withdraw_proposal,
)
from consult.consultation.proposals.texts import ProposalText, SentForm
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.services import store_file
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.queries import unanswered
from consult.outcomes.responses.services import ResponseText, prepare_response, publish_responses
from tests.cast import person
from tests.factories import find_round
from tests.privacy.planted import SIGN
from tests.proposals.test_services import PDF


class Signs:
    """Makes planted words, each once."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def new(self) -> str:
        """Return a word that stands nowhere else."""
        self.made.append(f"zq{len(self.made) + 500_000:06}qz")
        assert SIGN.fullmatch(self.made[-1])
        return self.made[-1]

    def text(self) -> ProposalText:
        """Return a proposal that is not for publication, with a word in each of its texts."""
        said = [f"Over {self.new()}" for _ in range(7)]
        title, problem, action, result, openness, possible_holder, period = said
        return ProposalText(
            title=title,
            problem=problem,
            action=action,
            result=result,
            openness=openness,
            possible_holder=possible_holder,
            period=period,
            not_for_publication=True,
            not_for_publication_reason=f"Mijn werkgever {self.new()}",
        )

    def said(self) -> CommentText:
        """Return a comment that is not for publication."""
        return CommentText(
            f"Ik zeg {self.new()}",
            not_for_publication=True,
            not_for_publication_reason=f"Want {self.new()}",
        )


def _hand_in(signs: Signs, slug: str, now: datetime, *, file: bool = False) -> Proposal:
    lotte = person("lotte")
    files = [store_file(lotte, f"{signs.new()}.pdf", io.BytesIO(PDF), now)] if file else []
    sent = SentForm(files=files)
    receipt = submit_proposal(lotte, find_round(slug), signs.text(), now, None, sent=sent)
    return db.session.get_one(Proposal, receipt.event.subject_id)


def hand_in_one_of_each(signs: Signs, discussed: Proposal, now: datetime) -> list[Proposal]:
    """Let Lotte hand in proposals and comments that are not for publication, in every state."""
    lotte, mo, ana = person("lotte"), person("mo"), person("ana")
    with unit_of_work():
        plain = _hand_in(signs, "open", now, file=True)
        revised, withdrawn = _hand_in(signs, "open", now), _hand_in(signs, "open", now)
        revise_proposal(lotte, revised, signs.text(), revised.version, now)
        withdraw_proposal(lotte, withdrawn, "Bij nader inzien.", now)
        late, admitted = _hand_in(signs, "closed", now), _hand_in(signs, "closed", now)
        decide(ana, admitted, Judgement(Verb.ADMIT, "Kon niet eerder."), now)
        returned = _hand_in(signs, "open", now)
        text = replace(signs.text(), not_for_publication=False)
        revise_proposal(lotte, returned, text, returned.version, now)
        decide(mo, returned, Judgement(Verb.RETURN, "Noem geen namen."), now)
        revise_proposal(lotte, returned, signs.text(), returned.version, now)
        for _ in range(2):
            add_comment(lotte, discussed, signs.said(), now, now)
        gone = db.session.scalars(
            select(Comment).where(Comment.state == State.NOT_FOR_PUBLICATION)
        ).first()
        assert gone is not None
        withdraw_comment(lotte, gone, now)
    states = [plain, revised, withdrawn, late, admitted, returned]
    unpublished = State.NOT_FOR_PUBLICATION
    assert [one.state for one in states] == [
        unpublished, unpublished, State.WITHDRAWN, State.LATE, unpublished, unpublished,
    ]  # fmt: skip
    return states


def answer_the_closed_round(signs: Signs, now: datetime) -> None:
    """Let Ana answer all of it; what she says about what is not for publication is planted too."""
    round_ = find_round("closed")
    with unit_of_work():
        for number in unanswered(round_.id):
            proposal = db.session.scalars(
                select(Proposal).where(Proposal.round_id == round_.id, Proposal.number == number)
            ).one()
            kept = proposal.state is State.NOT_FOR_PUBLICATION
            why = f"Je schreef over {signs.new()}." if kept else "Goed plan."
            answer = ResponseText(Outcome.ADOPTED, {"nl": why})
            prepare_response(person("ana"), proposal, answer, None, now)
        publish_responses(person("ana"), round_, now)
