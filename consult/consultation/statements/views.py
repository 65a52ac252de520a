"""Pages of statements: voting one at a time, one's own votes, a new statement, the results."""

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _

from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import position_of
from consult.consultation.proposals.queries import get_proposal, no_such_proposal
from consult.consultation.proposals.texts import SentForm
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.phases import CLOSED
from consult.consultation.rounds.queries import get_round
from consult.consultation.statements.forms import StatementForm, VoteForm
from consult.consultation.statements.queries import (
    in_view,
    list_results,
    own_votes,
    progress_of,
    read_order,
)
from consult.consultation.statements.services import (
    revise_statement,
    show_statement,
    submit_statement,
    vote,
    waits_for_vote,
)
from consult.foundation.core.clock import now
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.page_cache import PublicPage, public_pages
from consult.foundation.core.web import Answer, actor, arrival, form_opened_at
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.on_behalf import OnBehalf, choices_for, first_choice
from consult.people.organisations.queries import organisations_spoken_for
from consult.people.privacy.forms import agreed_in, with_consent

bp = Blueprint("statements", __name__)

PUBLIC_PAGES = {"statements.index": PublicPage("order", "cursor")}
"""The pages that are kept for everybody."""


@bp.get("/rounds/<string:round_slug>/statements")
@requires(Action.ROUND_READ)
def index(round_slug: str) -> Answer:
    """Show what people think of each statement; by sector once the round has closed."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.ROUND_READ, round_, now())
    order = read_order(request.args.get("order") or "agreed")
    closed = round_.state_at(now()) in CLOSED
    page = list_results(round_.id, order, request.args.get("cursor"), by_sector=closed)
    return render_template(
        "statements/index.html",
        round=round_,
        page=page,
        order=order,
        closed=closed,
    )


@bp.get("/rounds/<string:round_slug>/statements/vote")
@requires(Action.VOTE_BEGIN)
def ballot(round_slug: str) -> Answer:
    """Show the statement that stands before a person, or what to do where none does."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.VOTE_BEGIN, round_, now())
    seen = in_view(round_.id, actor().actor_id)
    waits = seen is not None and waits_for_vote(actor(), seen.proposal, now())
    return render_template(
        "statements/ballot.html",
        round=round_,
        statement=seen.proposal if seen and waits else None,
        form=VoteForm.for_voter(choices_for(actor()), first_choice(actor())),
        progress=progress_of(round_, actor().actor_id),
    )


@bp.post("/rounds/<string:round_slug>/statements/begin")
@requires(Action.VOTE_BEGIN)
def begin(round_slug: str) -> Answer:
    """Put a statement before a person."""
    round_ = get_round(round_slug)

    def act() -> Done:
        show_statement(actor(), round_, now())
        return Done(_ballot(round_slug))

    return do_once(act)


def _ballot(round_slug: str) -> str:
    return url_for("statements.ballot", round_slug=round_slug)


def _statement(round_slug: str, number: int) -> Proposal:
    found = get_proposal(round_slug, number)
    if not rules_of(found.round).takes_statements:
        raise no_such_proposal()
    return found


@bp.route("/rounds/<string:round_slug>/statements/<int:number>/vote", methods=["GET", "POST"])
@requires(Action.VOTE_CAST)
def vote_on(round_slug: str, number: int) -> Answer:
    """Vote on a statement, or otherwise than before; and on to the next one."""
    statement = _statement(round_slug, number)
    form = VoteForm.for_voter(choices_for(actor()), first_choice(actor()))

    def act() -> Done:
        stance, behalf = Stance(form.stance.data), OnBehalf.of(form.on_behalf.data)
        vote(actor(), statement, stance, now(), behalf.organisation_id)
        return Done(_ballot(round_slug), _("Your vote on #%(number)s is stored.", number=number))

    if answer := carry_out(form, act):
        return answer
    ensure(actor(), Action.VOTE_CAST, statement, now())
    held = position_of(statement.id, actor().actor_id)
    return form_page(
        "statements/vote_on.html",
        form,
        statement=statement,
        held=held.stance if held else None,
    )


@bp.get("/rounds/<string:round_slug>/statements/mine")
@requires(Action.VOTE_BEGIN)
def mine(round_slug: str) -> Answer:
    """Show a person how they voted, to change it where they think otherwise."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.VOTE_BEGIN, round_, now())
    page = own_votes(round_.id, actor().actor_id, request.args.get("cursor"))
    return render_template("statements/mine.html", round=round_, page=page)


@bp.route("/rounds/<string:round_slug>/statements/new", methods=["GET", "POST"])
@requires(Action.STATEMENT_SUBMIT)
def new(round_slug: str) -> Answer:
    """Hand in a statement."""
    round_ = get_round(round_slug)
    form = with_consent(StatementForm, actor()).for_writer(organisations_spoken_for(actor()))

    def act() -> Done:
        sent = SentForm(agreed_in=agreed_in(form))
        receipt = submit_statement(actor(), round_, form.text, arrival(), form_opened_at(), sent)
        return Done(url_for("publishing.receipt", code=receipt.code))

    if answer := carry_out(form, act):
        return answer
    ensure(actor(), Action.STATEMENT_SUBMIT, round_, arrival())
    form.keep_picked()
    return form_page("statements/edit.html", form, round=round_, statement=None)


@bp.route("/rounds/<string:round_slug>/statements/<int:number>/revise", methods=["GET", "POST"])
@requires(Action.STATEMENT_REVISE)
def revise(round_slug: str, number: int) -> Answer:
    """Hand in a returned statement again, in other words."""
    statement = _statement(round_slug, number)
    spoken_for = organisations_spoken_for(actor())
    form = StatementForm.for_writer(spoken_for, statement)

    def act() -> Done:
        revise_statement(actor(), statement, form.text, version_of(form), now())
        return Done(
            url_for("publishing.proposal", round_slug=round_slug, number=number),
            _("Your new text is received."),
        )

    if answer := carry_out(form, act):
        return answer
    ensure(actor(), Action.STATEMENT_REVISE, statement, now())
    form.keep_picked()
    return form_page("statements/edit.html", form, round=statement.round, statement=statement)


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
    public_pages(app, PUBLIC_PAGES)
