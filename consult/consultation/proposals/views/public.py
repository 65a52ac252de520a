"""After handing in: the list, one's own, revising, withdrawing, taking a position, downloads."""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from consult.consultation.comments.labels import WHAT_COMES_NEXT
from consult.consultation.proposals.drafts import MOST_ATTACHMENTS, place_of
from consult.consultation.proposals.forms import PositionForm, ProposalForm, WithdrawForm
from consult.consultation.proposals.list_page import ListPage
from consult.consultation.proposals.listing import ProposalFilter
from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import position_of, take_position
from consult.consultation.proposals.queries import (
    get_attachment,
    get_proposal,
    proposals_by,
    texts_of,
)
from consult.consultation.proposals.services import (
    agree_to_publish,
    revise_proposal,
    withdraw_proposal,
)
from consult.consultation.rounds.queries import get_round_alone
from consult.foundation.core.clock import now
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer, actor, arrival
from consult.foundation.files.downloads import as_download
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.on_behalf import OnBehalf, choices_for, first_choice

routes = Routes()
IN_COMMENTS = "comments"


def _wanted() -> ProposalFilter:
    asked = request.args
    return ProposalFilter(
        query=asked.get("q", "").strip(),
        theme=asked.get("theme", ""),
        body=asked.get("body", ""),
        sector=asked.get("sector", ""),
        organisation=asked.get("organisation", ""),
        state=asked.get("state", ""),
        outcome=asked.get("outcome", ""),
        order=asked.get("order") or "newest",
    )


@routes.get("/rounds/<string:round_slug>/proposals")
@requires(Action.ROUND_READ)
def index(round_slug: str) -> Answer:
    """List the proposals of a round, with search and filters."""
    round_ = get_round_alone(round_slug)
    ensure(actor(), Action.ROUND_READ, round_, now())
    team = can(actor(), Action.PROPOSAL_LIST_ALL, round_, now())
    wanted = _wanted()
    listing = ListPage(
        round_.id,
        wanted,
        request.args.get("cursor"),
        team=team,
        in_comments=wanted.query != "" and request.args.get("kind") == IN_COMMENTS,
    )
    return render_template("proposals/index.html", round=round_, listing=listing)


@routes.get("/proposals/mine")
@requires(Action.PROPOSAL_LIST_OWN)
def mine() -> Answer:
    """Show a person their proposals and what became of them."""
    ensure(actor(), Action.PROPOSAL_LIST_OWN, None, now())
    page = proposals_by(actor().actor_id, request.args.get("cursor"))
    return render_template("proposals/mine.html", page=page)


@routes.get("/rounds/<string:round_slug>/proposals/<int:number>/history")
@requires(Action.PROPOSAL_READ_TEXT)
def history(round_slug: str, number: int) -> Answer:
    """Show the texts of a proposal that were handed in; to outsiders only what was public."""
    proposal = get_proposal(round_slug, number)
    ensure(actor(), Action.PROPOSAL_READ_TEXT, proposal, now())
    everything = can(actor(), Action.PROPOSAL_READ_VERSIONS, proposal, now())
    return render_template(
        "proposals/history.html",
        proposal=proposal,
        versions=texts_of(proposal, everything=everything),
    )


def _ensure_may_revise(proposal: Proposal) -> None:
    ensure(actor(), Action.PROPOSAL_REVISE, proposal, arrival())


@routes.route("/rounds/<string:round_slug>/proposals/<int:number>/revise", methods=["GET", "POST"])
@requires(Action.PROPOSAL_REVISE)
def revise(round_slug: str, number: int) -> Answer:
    """Hand in a new text."""
    proposal = get_proposal(round_slug, number)
    form = ProposalForm.for_round(proposal.round, choices_for(actor(), asked_too=True), proposal)
    form.files.most = MOST_ATTACHMENTS - len(proposal.attachments)
    form.files.take(place_of(proposal.public_id), permit=lambda: _ensure_may_revise(proposal))

    def act() -> Done:
        revise_proposal(
            actor(), proposal, form.text(), version_of(form), arrival(), form.files.kept
        )
        return Done(
            url_for("publishing.proposal", round_slug=round_slug, number=number),
            _("Your new text is received."),
            WHAT_COMES_NEXT[proposal.state],
        )

    if answer := carry_out(form, act):
        return answer
    _ensure_may_revise(proposal)
    form.keep_picked()
    return form_page("proposals/revise.html", form, proposal=proposal)


@routes.route(
    "/rounds/<string:round_slug>/proposals/<int:number>/withdraw", methods=["GET", "POST"]
)
@requires(Action.PROPOSAL_WITHDRAW)
def withdraw(round_slug: str, number: int) -> Answer:
    """Withdraw a proposal, after asking once more."""
    proposal = get_proposal(round_slug, number)
    form = WithdrawForm()

    def act() -> Done:
        withdraw_proposal(actor(), proposal, form.reason.data or "", now())
        return Done(
            url_for("publishing.proposal", round_slug=round_slug, number=number),
            _("Your proposal is withdrawn."),
            WHAT_COMES_NEXT[proposal.state],
        )

    if answer := carry_out(form, act):
        return answer
    ensure(actor(), Action.PROPOSAL_WITHDRAW, proposal, now())
    return form_page("proposals/withdraw.html", form, proposal=proposal)


@routes.post("/rounds/<string:round_slug>/proposals/<int:number>/agree")
@requires(Action.PROPOSAL_AGREE_TO_PUBLISH)
def agree(round_slug: str, number: int) -> Answer:
    """Let a proposal be published after all."""
    proposal = get_proposal(round_slug, number)

    def act() -> Done:
        agree_to_publish(actor(), proposal, now())
        return Done(
            url_for("publishing.proposal", round_slug=round_slug, number=number),
            _("Your proposal may be published."),
            WHAT_COMES_NEXT[proposal.state],
        )

    return do_once(act)


@routes.route(
    "/rounds/<string:round_slug>/proposals/<int:number>/position", methods=["GET", "POST"]
)
@requires(Action.POSITION_TAKE)
def position(round_slug: str, number: int) -> Answer:
    """Say what one thinks of a proposal; what is not complete is asked again on its own page."""
    proposal = get_proposal(round_slug, number)
    form = PositionForm.for_reader(choices_for(actor()), first_choice(actor()))
    if not form.is_submitted():
        held = position_of(proposal.id, actor().actor_id)
        form = PositionForm.showing(held, choices_for(actor()), first_choice(actor()))

    def act() -> Done:
        stance, behalf = Stance(form.stance.data), OnBehalf.of(form.on_behalf.data)
        take_position(
            actor(), proposal, stance, form.reason.data or "", now(), behalf.organisation_id
        )
        return Done(
            url_for(
                "publishing.proposal",
                round_slug=round_slug,
                number=number,
                _anchor="positions",
            ),
            _("Your position is stored."),
            _("You can change it until the round closes."),
        )

    if answer := carry_out(form, act):
        return answer
    ensure(actor(), Action.POSITION_TAKE, proposal, now())
    return form_page("proposals/position.html", form, proposal=proposal)


@routes.get("/attachments/<uuid:public_id>")
@requires(Action.PROPOSAL_READ_TEXT)
def attachment(public_id: object) -> Answer:
    """Return an attached file, always as a download that can run nothing."""
    stored, proposal = get_attachment(str(public_id))
    ensure(actor(), Action.PROPOSAL_READ_TEXT, proposal, now())
    if stored.withheld_at is not None:
        ensure(actor(), Action.REDACTION_OPEN, proposal, now())
    return as_download(stored)
