"""What the people of the demonstration do, one act at a time, through the services."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from consult.consultation.comments.models import Comment
from consult.consultation.comments.services import CommentText, add_comment, withdraw_comment
from consult.consultation.moderation import services as moderation
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.elsewhere import ExternalSource, record_elsewhere
from consult.consultation.proposals.models import Proposal, Source
from consult.consultation.proposals.positions import cast_vote, take_position
from consult.consultation.proposals.services import (
    revise_proposal,
    save_draft,
    submit_proposal,
    withdraw_proposal,
)
from consult.consultation.proposals.texts import ProposalText
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Round
from consult.consultation.statements.services import (
    StatementText,
    submit_statement,
    vote,
)
from consult.consultation.theme_rounds.queries import themes_in
from consult.consultation.theme_rounds.services import put_forward
from consult.foundation.core.db import db
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.record.models import Receipt
from consult.interfaces.demonstration.schema import (
    DemoComment,
    DemoCommitment,
    DemoDecision,
    DemoPosition,
    DemoProposal,
    DemoResponse,
    DemoRevision,
    DemoRound,
    DemoStatement,
    DemoSummary,
    DemoVotes,
)
from consult.interfaces.demonstration.setting_up import Stage
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.commitments.services import (
    CommitmentText,
    make_commitment,
    publish_commitment,
)
from consult.outcomes.responses import services as responses
from consult.outcomes.responses.services import ResponseText, prepare_response
from consult.outcomes.summaries import services as summaries
from consult.outcomes.summaries.queries import find_summary
from consult.outcomes.summaries.services import SummaryText, save_summary
from consult.people.accounts.models import Person
from consult.people.organisations.on_behalf import OnBehalf, first_choice

_REFERENCE = re.compile(r"\{\{(proposal|comment):([\w-]+)\}\}")


@dataclass
class Acts:
    """Everything that can be done, on the rows of what was done before."""

    stage: Stage
    proposals: dict[str, Proposal] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    commitments: dict[str, Commitment] = field(default_factory=dict)

    def _row(self, told: DemoRound) -> Round:
        return self.stage.rounds[told.key]

    def _text(self, one: DemoProposal) -> ProposalText:
        themes, organisations = self.stage.themes, self.stage.organisations
        return ProposalText(
            title=one.title,
            problem=one.problem,
            action=one.action,
            result=one.result,
            openness=one.openness,
            theme_id=themes[one.theme].id if one.theme else None,
            organisation_id=organisations[one.organisation].id if one.organisation else None,
            origin=one.origin,
            possible_holder=one.possible_holder,
            period=one.period,
            amount_cents=one.amount_cents,
            language=one.language,
        )

    def draft(self, told: DemoRound, one: DemoProposal, at: datetime) -> None:
        """Keep a draft."""
        author = self.stage.people[one.author or ""]
        save_draft(author, self._row(told), self._text(one), at)

    def submit(self, told: DemoRound, one: DemoProposal, at: datetime) -> None:
        """Hand in a proposal, or enter one that was received elsewhere."""
        round_, text = self._row(told), self._text(one)
        if one.source is Source.PLATFORM:
            author = self.stage.people[one.author or ""]
            made = _proposal_of(submit_proposal(author, round_, text, at, at))
        else:
            recorder = self.stage.people[one.entered_by or ""]
            elsewhere = ExternalSource(
                source=one.source,
                note=one.source_note,
                on=_day(self.stage, one.source_day or 0),
                on_behalf_of=one.on_behalf_of,
            )
            made = record_elsewhere(recorder, round_, text, elsewhere, at)
        self.proposals[one.key] = made

    def state(self, told: DemoRound, one: DemoStatement, at: datetime) -> None:
        """Hand in a statement."""
        organisation = self.stage.organisations[one.organisation] if one.organisation else None
        text = StatementText(one.text, organisation.id if organisation else None, one.language)
        author = self.stage.people[one.author]
        receipt = submit_statement(author, self._row(told), text, at, at)
        self.proposals[one.key] = _proposal_of(receipt)

    def put_forward(self, told: DemoRound, at: datetime) -> None:
        """Put the themes of the plan forward; they are named by their slugs from then on."""
        round_ = self._row(told)
        put_forward(self.stage.people[told.organiser], round_, at)
        for one in themes_in(round_.id):
            if one.theme is not None:
                self.proposals[one.theme.slug] = one

    def vote(self, one: DemoVotes) -> None:
        """Let people vote on a statement or a theme."""
        at, about = one.at.on(self.stage.day), self.proposals[one.statement]
        for who, stance in one.cast:
            person = self.stage.people[who]
            if rules_of(about.round).takes_statements:
                vote(person, about, stance, at, _spoken_for(person))
            else:
                cast_vote(person, about, stance, at, _spoken_for(person))

    def decide_on_proposal(
        self, one: DemoProposal | DemoStatement, decision: DemoDecision, at: datetime
    ) -> None:
        """Decide about a proposal, as a moderator or an organiser."""
        self._decide(self.proposals[one.key], decision, at)

    def decide_on_comment(self, one: DemoComment, decision: DemoDecision, at: datetime) -> None:
        """Decide about a comment, as a moderator or an organiser."""
        self._decide(self.comments[one.key], decision, at)

    def _decide(self, row: Proposal | Comment, one: DemoDecision, at: datetime) -> None:
        judgement = moderation.Judgement(one.verb, one.reason, one.ground)
        moderation.decide(self.stage.people[one.by], row, judgement, at)

    def revise(self, one: DemoProposal, to: DemoRevision, at: datetime) -> None:
        """Hand in a new text."""
        row = self.proposals[one.key]
        changed = {name: text for name, text in vars(to).items() if name != "at" and text}
        text = ProposalText(**{**vars(self._text(one)), **changed})
        revise_proposal(self.stage.people[one.author or ""], row, text, row.version, at)

    def withdraw(self, one: DemoProposal | DemoStatement, at: datetime) -> None:
        """Withdraw a proposal."""
        withdraw_proposal(self.stage.people[one.author or ""], self.proposals[one.key], "", at)

    def say(self, one: DemoComment, at: datetime) -> None:
        """Add a comment."""
        organisation = self.stage.organisations[one.organisation] if one.organisation else None
        text = CommentText(
            one.body, one.kind, one.language, organisation.id if organisation else None
        )
        receipt = add_comment(
            self.stage.people[one.author],
            self.proposals[one.proposal],
            text,
            at,
            at,
            self.comments[one.parent] if one.parent else None,
        )
        self.comments[one.key] = db.session.get_one(Comment, receipt.event.subject_id)

    def take_back(self, one: DemoComment, at: datetime) -> None:
        """Withdraw a comment."""
        withdraw_comment(self.stage.people[one.author], self.comments[one.key], at)

    def take(self, one: DemoPosition) -> None:
        """Take a position."""
        person = self.stage.people[one.by]
        take_position(
            person,
            self.proposals[one.proposal],
            one.stance,
            one.reason,
            one.at.on(self.stage.day),
            _spoken_for(person),
        )

    def respond(self, told: DemoRound, one: DemoResponse) -> None:
        """Prepare a response."""
        row = self.proposals[one.proposal]
        other = next(code for code in LANGUAGES if code != row.language)
        prepare_response(
            self.stage.people[told.organiser],
            row,
            ResponseText(one.outcome, {row.language: one.reason, other: one.translation}),
            None,
            one.prepared.on(self.stage.day),
        )

    def publish_responses(self, told: DemoRound, at: datetime) -> None:
        """Publish the responses of a round."""
        responses.publish_responses(self.stage.people[told.organiser], self._row(told), at)

    def summarise(self, told: DemoRound, one: DemoSummary) -> None:
        """Write the summary of a round."""
        themes = self.stage.themes
        sections = {
            (themes[s.theme].id if s.theme else None): self._numbered(s.text.texts)
            for s in one.sections
        }
        save_summary(
            self.stage.people[told.organiser],
            self._row(told),
            SummaryText(self._numbered(one.introduction.texts), sections),
            None,
            one.saved.on(self.stage.day),
        )

    def _numbered(self, texts: dict[str, str]) -> dict[str, str]:
        """Put the numbers where the content names proposals and comments by their keys."""

        def number(found: re.Match[str]) -> str:
            if found[1] == "proposal":
                return f"#{self.proposals[found[2]].number}"
            comment = self.comments[found[2]]
            on = next(p for p in self.proposals.values() if p.thread_id == comment.thread_id)
            return f"#{on.number}.{comment.number}"

        return {code: _REFERENCE.sub(number, text) for code, text in texts.items()}

    def publish_summary(self, told: DemoRound, at: datetime) -> None:
        """Publish it."""
        summary = find_summary(self._row(told).id)
        if summary is None:
            raise LookupError("the summary comes before its publication")
        summaries.publish_summary(self.stage.people[told.organiser], summary, at)

    def commit(self, one: DemoCommitment) -> None:
        """Make a commitment."""
        plan = self._plan()
        self.commitments[one.key] = make_commitment(
            self.stage.people["ana"],
            plan,
            CommitmentText(
                theme_id=self.stage.themes[one.theme].id,
                title=one.title.texts,
                problem=one.problem.texts,
                description=one.description.texts,
                results=one.results.texts,
                relevance=one.relevance.texts,
                funding=one.funding.texts,
                holder_id=self.stage.organisations[one.holder].id,
                partners=one.partners,
                origin=one.origin,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                amount_cents=one.amount_cents,
                sources={self.proposals[s.proposal].id: s.note.texts for s in one.sources},
            ),
            one.saved.on(self.stage.day),
        )

    def publish(self, one: DemoCommitment, at: datetime) -> None:
        """Put a commitment in the public plan."""
        publish_commitment(self.stage.people["ana"], self.commitments[one.key], at)

    def freeze(self, at: datetime) -> None:
        """Freeze the version of the plan."""
        version = self.stage.content.version
        freeze_plan(self.stage.people[version.by], self._plan(), version.label, at)

    def _plan(self) -> Plan:
        if self.stage.plan is None:
            raise LookupError("the plan comes first")
        return self.stage.plan


def _spoken_for(person: Person) -> int | None:
    """Return on behalf of which organisation somebody speaks, as the forms offer it first."""
    return OnBehalf.of(first_choice(person)).organisation_id


def _day(stage: Stage, offset: int) -> date:
    return stage.day + timedelta(days=offset)


def _proposal_of(receipt: Receipt) -> Proposal:
    return db.session.get_one(Proposal, receipt.event.subject_id)
