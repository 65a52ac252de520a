"""The chain as the public sees it: plan, round, proposal, commitment, version."""

from flask import render_template, request

from consult.consultation.comments.queries import ThreadPosition
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.pages import proposal_page
from consult.consultation.proposals.sectors import results_of
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.participation import participation
from consult.consultation.rounds.phases import CLOSED
from consult.consultation.rounds.queries import get_round_alone
from consult.consultation.statements.queries import most_agreed_with
from consult.consultation.theme_rounds.queries import changes_in_plan, changes_of, ranking_of
from consult.foundation.core.clock import now
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import public, requires
from consult.interfaces.publishing.journey import Trail
from consult.interfaces.publishing.queries import bodies_of_plan, rounds_of
from consult.interfaces.publishing.round_groups import group_rounds
from consult.interfaces.publishing.round_page import RoundPage
from consult.outcomes.approvals.omissions import content_of, label_of, omission_lines
from consult.outcomes.approvals.queries import get_version, versions_of
from consult.outcomes.commitments.queries import commitments_of, get_commitment

routes = Routes()


@routes.get("/plans/<string:plan_slug>")
@public
def plan(plan_slug: str) -> Answer:
    """Show a plan: its commitments by theme, its rounds, its bodies, its versions."""
    found = get_plan(plan_slug)
    return render_template(
        "publishing/plan.html",
        plan=found,
        commitments=commitments_of(found.id),
        rounds=group_rounds(rounds_of(found.id), actor(), now()),
        bodies=bodies_of_plan(found.id),
        changes=changes_in_plan(found.id),
        versions=[(one, label_of(one)) for one in versions_of(found.id)],
    )


@routes.get("/rounds/<string:round_slug>")
@requires(Action.ROUND_READ)
def round(round_slug: str) -> Answer:  # noqa: A001  (the page is named after its concept)
    """Show a round: its life, its questions, its numbers and the newest proposals."""
    found = get_round_alone(round_slug)
    ensure(actor(), Action.ROUND_READ, found, now())
    takes = rules_of(found)
    return render_template(
        "publishing/round.html",
        page=RoundPage(found, now()),
        round=found,
        state=found.state_at(now()),
        ranking=ranking_of(found, by_sector=False) if takes.asks_about_themes else None,
        statements=most_agreed_with(found.id) if takes.takes_statements else (),
        participation=participation(actor(), found, now()),
    )


@routes.get("/rounds/<string:round_slug>/proposals/<int:number>")
@requires(Action.PROPOSAL_READ)
def proposal(round_slug: str, number: int) -> Answer:
    """Show a proposal with everything that happened to it, and what people say about it."""
    asked = ThreadPosition(
        request.args.get("cursor"), plain_number(request.args.get("comment", ""))
    )
    page = proposal_page(actor(), round_slug, number, now(), asked)
    takes = rules_of(page.proposal.round)
    over = page.proposal.round.state_at(now()) in CLOSED
    return render_template(
        "publishing/proposal.html",
        page=page,
        proposal=page.proposal,
        round=page.proposal.round,
        participation=participation(actor(), page.proposal.round, now()),
        trail=Trail(page.proposal, now()),
        votes=results_of([page.proposal], by_sector=over)[0] if takes.takes_votes else None,
        over=over,
        changes=changes_of(page.proposal.id) if takes.asks_about_themes else (),
    )


@routes.get("/plans/<string:plan_slug>/commitments/<int:number>")
@requires(Action.COMMITMENT_READ)
def commitment(plan_slug: str, number: int) -> Answer:
    """Show a commitment and the proposals it was made from."""
    found = get_commitment(plan_slug, number)
    ensure(actor(), Action.COMMITMENT_READ, found, now())
    return render_template("publishing/commitment.html", commitment=found, plan=found.plan)


@routes.get("/plans/<string:plan_slug>/versions/<int:number>")
@public
def version(plan_slug: str, number: int) -> Answer:
    """Show a frozen version: its text, its digest, and how to check it."""
    found = get_version(plan_slug, number)
    content = content_of(found)
    return render_template(
        "publishing/version.html",
        version=found,
        plan=found.plan,
        content=content,
        omissions=omission_lines(found, content),
    )
