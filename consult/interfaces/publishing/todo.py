"""What waits for a person, whatever their role: one list, the most urgent first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.meetings.meeting_frequency import MeetingFrequency
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.desk import RoundStep
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.labels import first_question, for_whom
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.phases import TAKES_INPUT
from consult.foundation.core.addresses import page_path
from consult.foundation.core.errors import Sentence
from consult.foundation.core.languages import pick
from consult.foundation.core.templating import day
from consult.foundation.core.text import excerpt
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.omissions import label_of
from consult.people.accounts.outbox import MailState
from consult.people.invitations.models import Invitation
from consult.people.organisations.models import Body, Membership
from consult.people.publisher.current import ShownPublisher


@dataclass(frozen=True)
class Wait:
    """Something to do: what it is about, why it waits, and the way to it."""

    title: Sentence
    facts: Sequence[Sentence]
    act: Sentence
    href: str
    language: str = ""
    """Of the title, where a person wrote it."""
    asks: tuple[str, str] = ("", "")
    """What is asked in one line, and its language."""


def waits_for_its_author(proposal: Proposal, now: datetime) -> bool:
    """Whether it is a draft that can be handed in, or was returned and can be revised."""
    if proposal.state is State.DRAFT:
        return proposal.round.state_at(now) in TAKES_INPUT
    return proposal.state is State.RETURNED and proposal.round.answered_at is None


def own_texts(proposals: Sequence[Proposal], now: datetime) -> Iterator[Wait]:
    """Yield the drafts that can still be handed in, and what a moderator returned."""
    for one in proposals:
        if not waits_for_its_author(one, now):
            continue
        title = one.title or _l("Without a title")
        about = pick(one.round.title)[0]
        if one.state is State.DRAFT:
            why = _l("a draft; the round closes on %(day)s", day=day(one.round.closes_at))
            href = url_for("proposals.draft", public_id=one.public_id)
            act = _l("Finish your draft")
        else:
            why = _l("returned to you by a moderator")
            href = url_for(
                rules_of(one.round).revised_at, round_slug=one.round.slug, number=one.number
            )
            act = _l("Revise it")
        yield Wait(title, (about, why), act, href, one.language if one.title else "")


@dataclass(frozen=True)
class OpenQuestion:
    """A question about somebody's proposal that they did not answer yet."""

    public_id: str
    body: str
    language: str
    about_number: int | None
    about: str
    round_slug: str


def questions_to_answer(questions: Sequence[OpenQuestion]) -> Iterator[Wait]:
    """Yield what others asked about one's own proposals."""
    for one in questions:
        yield Wait(
            excerpt(one.body, 90),
            (_l("a question about your proposal #%(number)s", number=one.about_number), one.about),
            _l("Answer it"),
            url_for(
                "proposals.comment",
                round_slug=one.round_slug,
                number=one.about_number,
                parent=one.public_id,
            ),
            one.language,
        )


def proposal_to_write(round_: Round) -> Wait:
    """Return what one can do in a round to which one did not propose anything yet."""
    return Wait(
        pick(round_.title)[0],
        (*_about(round_), _l("closes on %(day)s", day=day(round_.closes_at))),
        _l("Write a proposal"),
        url_for("proposals.new", round_slug=round_.slug),
        asks=first_question(round_),
    )


def _about(round_: Round) -> Iterator[Sentence]:
    """Yield the plan of a round, and for whom it is."""
    yield pick(round_.plan.title)[0]
    if whom := for_whom(round_):
        yield whom


def votes_to_give(round_: Round, left: int) -> Wait:
    """Return on how much one can still vote in a round, and until when."""
    about_themes = rules_of(round_).asks_about_themes
    many = (
        ngettext("%(num)s theme to judge", "%(num)s themes to judge", left)
        if about_themes
        else ngettext("%(num)s statement to vote on", "%(num)s statements to vote on", left)
    )
    return Wait(
        pick(round_.title)[0],
        (*_about(round_), many, _l("closes on %(day)s", day=day(round_.closes_at))),
        _l("Vote"),
        url_for(
            "theme_rounds.judge" if about_themes else "statements.ballot",
            round_slug=round_.slug,
        ),
        asks=first_question(round_),
    )


def notices_to_read(many: int) -> Iterator[Wait]:
    """Yield the notices that are new to somebody."""
    if many:
        new = ngettext("%(num)s new notice", "%(num)s new notices", many)
        yield Wait(_l("Notices"), (new,), _l("Read them"), url_for("accounts.notices"))


def undelivered(mail: MailState | None) -> Iterator[Wait]:
    """Yield an administrator the mail that does not go out."""
    if mail is None or mail.word == "ok":
        return
    number = ngettext(
        "%(num)s message was not delivered", "%(num)s messages were not delivered", mail.failed
    )
    waiting = ngettext("%(num)s message waits", "%(num)s messages wait", mail.waiting)
    facts = [fact for fact, many in ((number, mail.failed), (waiting, mail.waiting)) if many]
    yield Wait(_l("Outgoing mail"), facts, _l("Look at it"), url_for("accounts.outbox"))


def queue(proposals: int, comments: int) -> Iterator[Wait]:
    """Yield the queue of a moderator, if there is anything in it."""
    parts = [
        ngettext("%(num)s proposal", "%(num)s proposals", proposals) if proposals else "",
        ngettext("%(num)s comment", "%(num)s comments", comments) if comments else "",
    ]
    if proposals or comments:
        facts = [part for part in parts if part]
        yield Wait(_l("Texts to look at"), facts, _l("To the queue"), url_for("moderation.queue"))


def steps_of(round_: Round, steps: Sequence[RoundStep], *, moderates: bool) -> Iterator[Wait]:
    """Yield what the organiser of a round has to do; a moderator sees the queue as one thing."""
    for step in steps:
        in_queue = step.endpoint == "moderation.queue" and "tab" not in step.arguments
        if step.waits and not (in_queue and moderates):
            href = page_path(step.endpoint, step.arguments)
            yield Wait(pick(round_.title)[0], (step.why,), step.label, href)


def invitations_to_answer(invitations: Sequence[Invitation]) -> Iterator[Wait]:
    """Yield the invitations that somebody did not answer yet."""
    for one in invitations:
        until = _l("answer until %(day)s", day=day(one.expires_at))
        yield Wait(
            _l("Invitation: %(body)s", body=pick(one.body.name)[0]),
            (until,),
            _l("Answer it"),
            url_for("invitations.mine"),
        )


def versions_to_read(versions: Sequence[PlanVersion]) -> Iterator[Wait]:
    """Yield the newest version of each plan to whoever approves it."""
    for one in versions:
        title = _l("Version %(number)s: %(label)s", number=one.number, label=label_of(one))
        facts = (pick(one.plan.title)[0], _l("frozen on %(day)s", day=day(one.frozen_at)))
        href = url_for("publishing.version", plan_slug=one.plan.slug, number=one.number)
        yield Wait(title, facts, _l("Read this version"), href)


def bodies_to_convene(late: Sequence[MeetingFrequency]) -> Iterator[Wait]:
    """Yield the bodies that have not met for five months, to whoever organises them."""
    for one in late:
        if not one.warns:
            continue
        met = _l("last met on %(day)s", day=day(one.since))
        must = (
            _l("it should have met on %(day)s at the latest", day=day(one.limit))
            if one.over
            else _l("it must meet on %(day)s at the latest", day=day(one.limit))
        )
        plans = (_l("the next one is planned for %(day)s", day=day(one.next_on)),)
        facts = (
            _l("no meeting yet") if one.never_met else met,
            must,
            *(plans if one.next_on else ()),
        )
        href = url_for("publishing.body", body_slug=one.body.slug, _anchor="meetings")
        yield Wait(pick(one.body.name)[0], facts, _l("To its meetings"), href)


def terms_to_renew(bodies: Sequence[Body], ending: Sequence[Membership]) -> Iterator[Wait]:
    """Yield the bodies in which terms end soon."""
    for body in bodies:
        first = [one for one in ending if one.body_id == body.id]
        if first:
            many = ngettext("%(num)s term ends", "%(num)s terms end", len(first))
            soon = _l("the first on %(day)s", day=day(first[0].ends_on))
            href = url_for("organisations.members", body_slug=body.slug)
            yield Wait(pick(body.name)[0], (many, soon), _l("Renew or end them"), href)


def publisher_to_fill_in(shown: ShownPublisher) -> Iterator[Wait]:
    """Yield an administrator what nobody said yet of who speaks here."""
    if shown.missing:
        yield Wait(
            _l("Say who speaks here"),
            [
                _l(
                    "still to fill in: %(what)s",
                    what=", ".join(str(one) for one in shown.missing),
                )
            ],
            _l("Fill it in"),
            url_for("publisher.edit"),
        )
