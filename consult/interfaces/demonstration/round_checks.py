"""Whether a round and what was handed in fit together, in the order of time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Verb
from consult.consultation.plans.models import Role
from consult.consultation.proposals.models import Source, Stance
from consult.consultation.rounds.models import RoundKind
from consult.consultation.statements.models import LONGEST_STATEMENT
from consult.interfaces.demonstration.events import final_state, is_late, public_since, walk
from consult.interfaces.demonstration.relative_time import When
from consult.interfaces.demonstration.schema import (
    DemoBody,
    DemoComment,
    DemoContribution,
    DemoOrganisation,
    DemoPerson,
    DemoProposal,
    DemoRound,
    DemoStatement,
)

NOTICE_DAYS = 14
"""OGP standard 3.1: how to take part is known two weeks before."""

_CITED = re.compile(r"\{\{(\w+):([\w-]+)\}\}")
_LIMITS = {"title": 200, "possible_holder": 200, "period": 120, "source_note": 300}


@dataclass(frozen=True)
class Names:
    """What a round may name."""

    people: Mapping[str, DemoPerson]
    organisations: Mapping[str, DemoOrganisation]
    bodies: Mapping[str, DemoBody]
    themes: set[str]


def faults(round_: DemoRound, names: Names) -> list[str]:
    """List everything that is wrong with a round; a fault early on hides what follows from it."""
    where = f"The round {round_.key!r}"
    proposals = [(f"The proposal {each.key!r}", each) for each in round_.proposals]
    statements = [(f"The statement {each.key!r}", each) for each in round_.statements]
    comments = [(f"The comment {each.key!r}", each) for each in round_.comments]
    found = [f"{where} {text}" for text in _frame(round_, names)]
    for which, proposal in proposals:
        found += [f"{which} {text}" for text in _contribution(round_, proposal, names)]
    for which, statement in statements:
        found += [f"{which} {text}" for text in _contribution(round_, statement, names)]
    for which, comment in comments:
        found += [f"{which} {text}" for text in _contribution(round_, comment, names)]
    if found:
        return found
    for which, proposal in proposals:
        found += [f"{which} {text}" for text in _proposal(proposal, names)]
    for which, comment in comments:
        found += [f"{which} {text}" for text in _comment(round_, comment, names)]
    for which, statement in statements:
        found += [f"{which} {text}" for text in _statement(statement)]
    found += [f"{where} {text}" for text in _votes(round_, names)]
    found += [f"{where} {text}" for text in _positions(round_, names)]
    found += [f"{where} {text}" for text in _responses(round_)]
    found += [f"{where} {text}" for text in _summary(round_, names)]
    return found


def _contribution(round_: DemoRound, said: DemoContribution, names: Names) -> Iterator[str]:
    yield from _author(round_, said, names)
    yield from _walk(round_, said)
    yield from _decisions(said, names)


def _frame(round_: DemoRound, names: Names) -> Iterator[str]:
    moments = [round_.created, round_.announced, round_.opens, round_.closes]
    moments += [round_.answered] if round_.answered else []
    if moments != sorted(moments):
        yield "has moments that are not in order."
    if round_.opens.day - round_.announced.day < NOTICE_DAYS:
        yield f"is announced less than {NOTICE_DAYS} days before it opens."
    if not round_.invented:
        yield "does not say that its contributions are invented."
    if unknown := set(round_.bodies) - names.bodies.keys():
        yield f"addresses {min(unknown)!r}, which is no body here."
    for key, role in ((round_.organiser, Role.ORGANISER), (round_.moderator, Role.MODERATOR)):
        if key not in names.people or role not in names.people[key].roles:
            yield f"names {key!r}, who is no {role.value}."


def _takes_part(round_: DemoRound, person: DemoPerson, names: Names) -> bool:
    sits = {
        body.key
        for body in names.bodies.values()
        if body.key in person.member_of or set(body.members) & set(person.speaks_for)
    }
    named = round_.open_to_everyone or Role.PARTICIPANT in person.roles
    return named or bool(sits & set(round_.bodies))


def _author(round_: DemoRound, said: DemoContribution, names: Names) -> Iterator[str]:
    if said.author is None:
        return
    person = names.people.get(said.author)
    if person is None:
        yield f"has the author {said.author!r}, who is nobody here."
        return
    if not _takes_part(round_, person, names):
        yield f"is by {said.author!r}, who does not take part in the round."
    if said.organisation is not None and said.organisation not in person.speaks_for:
        yield f"is by {said.author!r}, who does not speak for {said.organisation!r}."


def _walk(round_: DemoRound, said: DemoContribution) -> Iterator[str]:
    """Follow what was done to it: possible, in order, and before the day of building."""
    try:
        path = walk(round_, said)
    except ValueError as error:
        yield f"cannot be: {error}"
        return
    if any(at.day >= 0 for at, _ in path):
        yield "happens on the day of building or later."
    if path and path[0][0] < round_.opens:
        yield "was handed in before the round opened."


def _decisions(said: DemoContribution, names: Names) -> Iterator[str]:
    for decision in said.decisions:
        role = Role.ORGANISER if decision.verb is Verb.ADMIT else Role.MODERATOR
        person = names.people.get(decision.by)
        if person is None or role not in person.roles or decision.by == said.author:
            yield f"has a decision by {decision.by!r}, who may not decide that."
        if decision.verb is not Verb.PUBLISH and not decision.reason:
            yield f"has a decision to {decision.verb.value} it without a reason."
        if (decision.verb is Verb.HIDE) is not (decision.ground is not None):
            yield "needs a ground where it is hidden, and only there."


def _proposal(proposal: DemoProposal, names: Names) -> Iterator[str]:
    if proposal.theme is not None and proposal.theme not in names.themes:
        yield f"has the theme {proposal.theme!r}, which the plan has not."
    if (proposal.submitted is None) is not (proposal.saved is not None):
        yield "needs 'submitted' or, for a draft, 'saved'; one of the two."
    elsewhere = (proposal.source_note, proposal.source_day, proposal.on_behalf_of)
    if proposal.source is Source.PLATFORM:
        complete = proposal.author is not None and not any(elsewhere)
    else:
        complete = proposal.author is None and all(elsewhere) and proposal.entered_by is not None
    if not complete:
        yield "needs an author, or all that says how it was received elsewhere."
    if proposal.submitted is not None and not (proposal.result and proposal.openness):
        yield "was handed in with an empty field."
    for name, limit in _LIMITS.items():
        if len(getattr(proposal, name)) > limit:
            yield f"is longer than {limit} characters in {name!r}."


def _statement(statement: DemoStatement) -> Iterator[str]:
    if len(statement.text) > LONGEST_STATEMENT:
        yield f"is longer than {LONGEST_STATEMENT} characters."


def _votes(round_: DemoRound, names: Names) -> Iterator[str]:
    statements = {each.key: each for each in round_.statements}
    for votes in round_.votes:
        which = f"has votes on {votes.statement!r}"
        public = _public_at(round_, statements.get(votes.statement), votes.at)
        if not (public or _is_theme(round_, votes.statement, names)):
            yield f"{which}, which was not public then."
        if is_late(round_, votes.at) or votes.at.day >= 0:
            yield f"{which} at a moment when nobody can vote."
        for who, _stance in votes.cast:
            person = names.people.get(who)
            if person is None or not _takes_part(round_, person, names):
                yield f"{which} of {who!r}, who does not take part."


def _is_theme(round_: DemoRound, key: str, names: Names) -> bool:
    """Whether something names a theme, in a round about them: those are public from the start."""
    return round_.kind is RoundKind.THEMES and key in names.themes


def _public_at(round_: DemoRound, proposal: DemoProposal | DemoStatement | None, at: When) -> bool:
    since = public_since(round_, proposal) if proposal else None
    return since is not None and since < at


def _comment(round_: DemoRound, comment: DemoComment, names: Names) -> Iterator[str]:
    proposals = {proposal.key: proposal for proposal in round_.proposals}
    public = _public_at(round_, proposals.get(comment.proposal), comment.at)
    if not (public or _is_theme(round_, comment.proposal, names)):
        yield f"is on {comment.proposal!r}, which was not public then."
    if comment.parent is None:
        return
    parent = next((each for each in round_.comments if each.key == comment.parent), None)
    if parent is None or parent.proposal != comment.proposal:
        yield f"answers {comment.parent!r}, which is no comment on that proposal."
    elif not (since := public_since(round_, parent)) or since >= comment.at:
        yield f"answers {comment.parent!r}, which was not public then."


def _positions(round_: DemoRound, names: Names) -> Iterator[str]:
    proposals = {proposal.key: proposal for proposal in round_.proposals}
    for position in round_.positions:
        which = f"has a position of {position.by!r} on {position.proposal!r}"
        proposal = proposals.get(position.proposal)
        person = names.people.get(position.by)
        if person is None or not _takes_part(round_, person, names):
            yield f"{which}, who does not take part."
        if not _public_at(round_, proposal, position.at):
            yield f"{which}, which was not public then."
        elif proposal is not None and proposal.author == position.by:
            yield f"{which}, who wrote it."
        if is_late(round_, position.at) or position.at.day >= 0:
            yield f"{which} at a moment when none can be taken."
        if position.stance is Stance.OBJECT and not position.reason:
            yield f"{which} against it without a reason."


def _responses(round_: DemoRound) -> Iterator[str]:
    answered = [response.proposal for response in round_.responses]
    states = {each.key: final_state(round_, each) for each in round_.proposals}
    public = {key for key, state in states.items() if state is State.PUBLISHED}
    if round_.answered is None:
        if answered:
            yield "is not answered, but holds responses."
        return
    for key in sorted(public ^ set(answered)):
        yield f"needs one response for each published proposal, and no other: see {key!r}."
    if len(answered) != len(set(answered)):
        yield "answers a proposal twice."
    if State.PENDING in states.values():
        yield "is answered while a proposal still waits."
    for response in round_.responses:
        if not round_.closes < response.prepared < round_.answered:
            yield f"has a response to {response.proposal!r} from before closing or after answering."


def _summary(round_: DemoRound, names: Names) -> Iterator[str]:
    if round_.summary is None:
        return
    said: dict[tuple[str, str], DemoProposal | DemoComment] = {}
    said |= {("proposal", each.key): each for each in round_.proposals}
    said |= {("comment", each.key): each for each in round_.comments}
    for section in round_.summary.sections:
        which = f"has a summary whose section on {section.theme or 'no theme'!r}"
        if section.theme is not None and section.theme not in names.themes:
            yield f"{which} has no theme of the plan."
        cited = {language: _CITED.findall(text) for language, text in section.text.texts.items()}
        if sorted(cited["nl"]) != sorted(cited["en"]):
            yield f"{which} cites other things in Dutch than in English."
        for kind, key in cited["nl"]:
            found = said.get((kind, key))
            if found is None or final_state(round_, found) is not State.PUBLISHED:
                yield f"{which} cites the {kind} {key!r}, which is not public."
