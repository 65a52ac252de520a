"""Proposals: what somebody thinks should be done, in the fields of the OGP commitment form.

A proposal is a draft that only its author sees until it is handed in; then it gets a number and a
receipt and is pending, or published at once where the round moderates afterwards. A moderator may
return or hide it with a reason. Its author may revise it until the round closes and may withdraw
it; a withdrawn proposal leaves a tombstone. What arrives after the grace period is late and stays
apart until an organiser admits it. Every text that was handed in stays as a version. What its
author wants read and not published gets an answer like any other, and is public only once its
author agrees to that (docs/decisions/0046).
"""

from datetime import time

from flask import Flask

from consult.consultation.comments.addresses import add_finder
from consult.consultation.comments.states import add_counter
from consult.consultation.proposals import (
    attributions,
    follower_notices,
    labels,
    models,
    notices,
    personal,
    queries,
    services,
    states,
)
from consult.consultation.proposals.models import CoSignature, Proposal, ProposalVersion
from consult.consultation.rounds.notices import add_people_of_rounds
from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.core.sealed_forms import keep_forms
from consult.foundation.core.spelling import forget_words, learn_words
from consult.foundation.jobs.schedule import Interval, repeat
from consult.foundation.jobs.services import handle
from consult.foundation.notifications.broadcasts import plan_broadcasts
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.notifications.readers import check_readers
from consult.foundation.personal_data.closing import on_closing
from consult.foundation.personal_data.export_parts import name_rows, personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import followable
from consult.people.organisations.on_behalf import on_decided


def init_app(app: Flask) -> None:
    """Register what proposals count, tell, keep and show."""
    newer = [models.SINCE_0019, models.SINCE_0030, models.SINCE_0026]
    record_rows(Proposal, leaving_out=models.DERIVED, newer=newer, where=models.is_handed_in)
    for table in (ProposalVersion, CoSignature):
        record_rows(table)
    add_labels(*labels.LABELS)
    keep_forms("proposals.new", "proposals.comment", "proposals.position")
    add_counter(states.count_comments)
    add_people_of_rounds(notices.who_proposed)
    add_people_of_rounds(follower_notices.who_follows_in)
    followable(FollowedKind.PROPOSAL, queries.proposals_to_follow)
    on_decided(attributions.follow_mandate)
    add_finder(queries.address_of_comment)

    declare(Topic.REPLIES, notices.COMMENTED, notices.ANSWERED, about="comment")
    declare(Topic.CONTRIBUTION, services.RECEIVED, about="proposal", always=True)
    check_readers("proposal", follower_notices.may_read_proposal)
    check_readers(follower_notices.DISCUSSED, follower_notices.may_read_discussion)
    handle("comment-published", notices.tell_of_comment)
    declare(Topic.FOLLOWING, follower_notices.DISCUSSED, about="comment")
    declare(Topic.FOLLOWING, follower_notices.NEW, follower_notices.REVISED, about="proposal")
    declare(Topic.FOLLOWING, follower_notices.GREW, about="round")
    plan_broadcasts(follower_notices.PLANS)
    handle("proposal-shown", follower_notices.announce_shown)
    repeat("round-growth", follower_notices.announce_growth, Interval.DAY, time(7, 0))
    repeat("learn-words", learn_words, Interval.HOUR)
    repeat("forget-words", forget_words, Interval.DAY, time(4, 45))

    name_rows(*personal.NAMED)
    personal_data(*personal.PARTS)
    on_closing(personal.forget_drafts)
    register_rules(*personal.RULES)

    app.jinja_env.globals["vote_words"] = labels.vote_words
    bring_pages(app, lazy("consult.consultation.proposals.views:init_pages"))
