"""Feeds of what is public (Atom, RFC 4287), in pages that lead on (RFC 5005, chapter 3).

A feed is made of the rows that the anonymous reader gets on the pages, never of others, and holds
as many entries as a page. An entry keeps its id in every language and on every page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from flask import current_app
from flask_babel import gettext as _
from lxml import etree

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.log import Logged, log_of
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.listing import ProposalFilter, list_proposals
from consult.consultation.proposals.queries import ListedProposal
from consult.consultation.rounds.models import Readers, Round
from consult.foundation.core.addresses import address_of
from consult.foundation.core.labels import label
from consult.foundation.core.languages import Texts, pick, reader_language
from consult.foundation.core.pages import Page
from consult.foundation.core.text import excerpt
from consult.interfaces.publishing.queries import rounds_of
from consult.outcomes.approvals.omissions import label_of
from consult.outcomes.approvals.queries import versions_of
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.commitments.queries import commitments_of
from consult.people.publisher.current import current_publisher

ENTRIES = 50
"""So many entries stand in one feed."""
EXCERPT = 400
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_FORBIDDEN = {code: None for code in range(32) if code not in {9, 10, 13}} | {
    0xFFFE: None, 0xFFFF: None,
}  # fmt: skip
"""What may stand in no XML, written in whatever way (XML 1.0, 2.2)."""


@dataclass(frozen=True)
class FeedEntry:
    """One thing that is new."""

    what: str
    """Its kind and number, by which its id is made."""
    title: str
    address: str
    at: datetime
    summary: str = ""
    language: str = ""
    """Of title and summary, where that is not the feed's."""
    category: str = ""
    spoken: str = ""
    """The language of the summary alone, where that is not the entry's."""


@dataclass(frozen=True)
class Feed:
    """A page of news about one thing, the newest first."""

    what: str
    title: str
    page: str
    """The address of the page that says the same to a reader."""
    address: str
    entries: Sequence[FeedEntry]
    since: datetime
    """When what it is about began: a feed with no entry was updated then."""
    next: str = ""


def is_for_everyone(round_: Round) -> bool:
    """Whether what is said in a round may stand in a feed: who reads one is not signed in."""
    return round_.published_at is not None and round_.readers is Readers.EVERYONE


def feed_of_round(round_: Round, cursor: str | None) -> Feed:
    """Return the newest proposals of a round whose text is public."""
    published = ProposalFilter(state=State.PUBLISHED.value)
    page = list_proposals(round_.id, published, cursor, size=ENTRIES)
    here = {"round_slug": round_.slug}
    return Feed(
        f"round-{round_.id}",
        pick(round_.title)[0],
        _address("publishing.round", **here),
        _address("publishing.round_feed", **here, cursor=cursor),
        [_proposal(one, round_) for one in page],
        round_.published_at or round_.created_at,
        _next("publishing.round_feed", page, **here),
    )


def _proposal(one: ListedProposal, round_: Round) -> FeedEntry:
    return FeedEntry(
        f"proposal-{one.id}",
        f"#{one.number} {one.title}",
        _address("publishing.proposal", round_slug=round_.slug, number=one.number),
        one.published_at or one.arrived_at,
        excerpt(one.action, EXCERPT),
        one.language,
        pick(one.theme)[0] if one.theme else "",
    )


def feed_of_log(round_: Round, cursor: str | None) -> Feed:
    """Return the newest decisions about what may be seen in a round, each with its reason."""
    page = log_of(round_.id, cursor)
    here = {"round_slug": round_.slug}
    return Feed(
        f"moderation-log-{round_.id}",
        _("Moderation log: %(round)s", round=pick(round_.title)[0]),
        _address("moderation.log", **here),
        _address("publishing.log_feed", **here, cursor=cursor),
        [_decision(one, round_) for one in page],
        round_.published_at or round_.created_at,
        _next("publishing.log_feed", page, **here),
    )


def _decision(one: Logged, round_: Round) -> FeedEntry:
    comment = f".{one.comment_number}" if one.comment_number else ""
    said = [label(one.ground) if one.ground else "", one.reason]
    return FeedEntry(
        f"decision-{one.id}",
        f"{label(one.verb)}: #{one.proposal_number}{comment}",
        _address("moderation.log", round_slug=round_.slug),
        one.decided_at or round_.published_at or round_.created_at,
        ". ".join(str(part) for part in said if part),
    )


def feed_of_commitments(plan: Plan) -> Feed:
    """Return the commitments that stand in a plan, what was published last first."""
    return Feed(
        f"commitments-{plan.id}",
        _("Commitments: %(plan)s", plan=pick(plan.title)[0]),
        _address("publishing.plan", plan_slug=plan.slug),
        _address("publishing.commitments_feed", plan_slug=plan.slug),
        _newest(_commitment(one, plan) for one in commitments_of(plan.id)),
        plan.created_at,
    )


def _commitment(one: Commitment, plan: Plan) -> FeedEntry:
    return FeedEntry(
        f"commitment-{one.id}",
        _("Commitment %(number)s", number=one.number) + ": " + pick(one.title)[0],
        _address("publishing.commitment", plan_slug=plan.slug, number=one.number),
        one.published_at or one.saved_at,
        **_told(one.results if pick(one.results)[0] else one.description),
    )


def _told(texts: Texts) -> dict[str, str]:
    """Return the beginning of a text as the summary of an entry, with its language."""
    text, spoken = pick(texts)
    own = spoken == reader_language()
    return {"summary": excerpt(text, EXCERPT), "spoken": "" if own else spoken}


def feed_of_plan(plan: Plan) -> Feed:
    """Return the news of a plan: rounds announced, commitments published, versions frozen."""
    rounds = (
        FeedEntry(
            f"round-{one.id}",
            _("Round announced: %(title)s", title=pick(one.title)[0]),
            _address("publishing.round", round_slug=one.slug),
            one.published_at or one.created_at,
            **_told(one.introduction),
        )
        for one in rounds_of(plan.id)
        if is_for_everyone(one)
    )
    versions = (
        FeedEntry(
            f"version-{one.id}",
            _("Version %(number)s: %(label)s", number=one.number, label=label_of(one)),
            _address("publishing.version", plan_slug=plan.slug, number=one.number),
            one.frozen_at,
        )
        for one in versions_of(plan.id)
    )
    commitments = (_commitment(one, plan) for one in commitments_of(plan.id))
    return Feed(
        f"plan-{plan.id}",
        pick(plan.title)[0],
        _address("publishing.plan", plan_slug=plan.slug),
        _address("publishing.plan_feed", plan_slug=plan.slug),
        _newest([*rounds, *versions, *commitments]),
        plan.created_at,
    )


def _newest(entries: Iterable[FeedEntry]) -> list[FeedEntry]:
    return sorted(entries, key=lambda one: one.at, reverse=True)[:ENTRIES]


def _address(endpoint: str, **values: object) -> str:
    given = {name: value for name, value in values.items() if value is not None}
    return address_of(endpoint, reader_language(), "", **given)


def _next(endpoint: str, page: Page[Logged] | Page[ListedProposal], **here: object) -> str:
    return _address(endpoint, **here, cursor=page.next_cursor) if page.next_cursor else ""


def write_feed(feed: Feed) -> bytes:
    """Write a feed as Atom (RFC 4287)."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    root.set(f"{{{_XML}}}lang", reader_language())
    _add(root, "id", _id(feed.what))
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(max([one.at for one in feed.entries] or [feed.since])))
    _add(_add(root, "author"), "name", current_publisher().title)
    _link(root, "self", feed.address, "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    if feed.next:
        _link(root, "next", feed.next, "application/atom+xml")
    for one in feed.entries:
        _write_entry(root, one)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written


def _write_entry(root: etree._Element, one: FeedEntry) -> None:
    entry = _add(root, "entry")
    if one.language:
        entry.set(f"{{{_XML}}}lang", one.language)
    _add(entry, "id", _id(one.what))
    _add(entry, "title", one.title)
    _add(entry, "updated", _moment(one.at))
    _add(entry, "published", _moment(one.at))
    _link(entry, "alternate", one.address, "text/html")
    if one.category:
        _add(entry, "category").set("term", one.category.translate(_FORBIDDEN))
    if one.summary:
        summary = _add(entry, "summary", one.summary)
        if one.spoken:
            summary.set(f"{{{_XML}}}lang", one.spoken)


def _add(parent: etree._Element, name: str, said: str | None = None) -> etree._Element:
    made = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    if said is not None:
        made.text = said.translate(_FORBIDDEN)
    return made


def _link(parent: etree._Element, rel: str, address: str, kind: str) -> None:
    link = _add(parent, "link")
    link.set("rel", rel)
    link.set("type", kind)
    link.set("href", address)


def _id(what: str) -> str:
    """Return the id of a thing: the same in each language, and another one on another site."""
    return uuid5(NAMESPACE_URL, f"{current_app.config['BASE_URL']}/{what}").urn


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
