"""Pages of rounds about themes: the ranking, what one thinks oneself, and changing a theme."""

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from consult.consultation.plans.models import Theme
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import get_proposal, no_such_proposal
from consult.consultation.rounds.kinds import rules_of
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.phases import CLOSED
from consult.consultation.rounds.queries import get_round
from consult.consultation.theme_rounds.forms import (
    RemovalForm,
    addition_form,
    change_form,
    change_text,
    judgements_in,
    judging_form,
)
from consult.consultation.theme_rounds.queries import (
    changes_after,
    own_views,
    ranking_of,
    themes_in,
)
from consult.consultation.theme_rounds.services import (
    add_after_round,
    change_after_round,
    judge_themes,
    remove_after_round,
)
from consult.foundation.core.clock import now
from consult.foundation.core.errors import NotFound
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.forms import version_of
from consult.foundation.core.page_cache import PublicPage, public_pages
from consult.foundation.core.web import Answer, actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.on_behalf import OnBehalf, choices_for, first_choice

bp = Blueprint("theme_rounds", __name__)

PUBLIC_PAGES = {"theme_rounds.index": PublicPage()}
"""The pages that are kept for everybody."""


def _round(round_slug: str) -> Round:
    round_ = get_round(round_slug)
    if not rules_of(round_).asks_about_themes:
        raise NotFound(_("This round does not ask about themes."))
    return round_


@bp.get("/rounds/<string:round_slug>/themes")
@requires(Action.ROUND_READ)
def index(round_slug: str) -> Answer:
    """Show how the themes of a round rank; for each sector once the round has closed."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.ROUND_READ, round_, now())
    if not rules_of(round_).asks_about_themes:
        return redirect(url_for("publishing.round", round_slug=round_slug))
    closed = round_.state_at(now()) in CLOSED
    return render_template(
        "theme_rounds/index.html",
        round=round_,
        ranking=ranking_of(round_, by_sector=closed),
        closed=closed,
        changes=changes_after(round_.id),
    )


@bp.route("/rounds/<string:round_slug>/themes/judge", methods=["GET", "POST"])
@requires(Action.VOTE_BEGIN)
def judge(round_slug: str) -> Answer:
    """Say of each theme whether it is important; all on one page, and none has to be answered."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.VOTE_BEGIN, round_, now())
    themes = themes_in(_round(round_slug).id)
    held = own_views(round_.id, actor().actor_id)
    form = judging_form(themes, held, choices_for(actor()), first_choice(actor()))

    def act() -> Done:
        given, behalf = judgements_in(form, themes), OnBehalf.of(form.on_behalf.data)
        many = judge_themes(actor(), round_, given, now(), behalf.organisation_id)
        said = ngettext(
            "What you think of %(num)s theme is stored.",
            "What you think of %(num)s themes is stored.",
            many,
        )
        return Done(url_for("theme_rounds.judge", round_slug=round_slug), said)

    if answer := carry_out(form, act):
        return answer
    return form_page("theme_rounds/judge.html", form, round=round_, themes=themes)


def _theme(round_slug: str, number: int) -> Proposal:
    found = get_proposal(round_slug, number)
    if not rules_of(found.round).asks_about_themes:
        raise no_such_proposal()
    return found


def _in_plan(proposal: Proposal) -> Theme:
    theme = proposal.theme
    if theme is None or theme.removed_at is not None:
        raise NotFound(_("This theme is no longer in the plan."))
    return theme


@bp.route("/rounds/<string:round_slug>/themes/<int:number>/change", methods=["GET", "POST"])
@requires(Action.THEME_CHANGE)
def change(round_slug: str, number: int) -> Answer:
    """Change a theme of the plan because of what was said about it."""
    proposal = _theme(round_slug, number)
    ensure(actor(), Action.THEME_CHANGE, proposal, now())
    plan = proposal.round.plan
    form = change_form(plan, _in_plan(proposal))

    def act() -> Done:
        change_after_round(
            actor(), proposal, change_text(form, plan), form.reason.data, version_of(form), now()
        )
        return Done(
            url_for("publishing.proposal", round_slug=round_slug, number=number),
            _("The theme is changed. The reason stands with it."),
        )

    return carry_out(form, act) or form_page(
        "theme_rounds/change.html", form, proposal=proposal, plan=plan
    )


@bp.route("/rounds/<string:round_slug>/themes/<int:number>/remove", methods=["GET", "POST"])
@requires(Action.THEME_CHANGE)
def remove(round_slug: str, number: int) -> Answer:
    """Take a theme out of the plan because of what was said about it."""
    proposal = _theme(round_slug, number)
    ensure(actor(), Action.THEME_CHANGE, proposal, now())
    _in_plan(proposal)
    form = RemovalForm()

    def act() -> Done:
        remove_after_round(actor(), proposal, form.reason.data, now())
        return Done(
            url_for("publishing.proposal", round_slug=round_slug, number=number),
            _("The theme is no longer in the plan. The reason stands with it."),
        )

    return carry_out(form, act) or form_page("theme_rounds/remove.html", form, proposal=proposal)


@bp.route("/rounds/<string:round_slug>/themes/add", methods=["GET", "POST"])
@requires(Action.THEME_CHANGE)
def add(round_slug: str) -> Answer:
    """Add a theme to the plan because the round missed it."""
    round_ = _round(round_slug)
    ensure(actor(), Action.THEME_CHANGE, round_, now())
    form = addition_form(round_.plan)

    def act() -> Done:
        text = change_text(form, round_.plan)
        add_after_round(actor(), round_, text, form.reason.data, now())
        return Done(
            url_for("theme_rounds.index", round_slug=round_slug, _anchor="changes"),
            _("The theme is added. The reason stands with it."),
        )

    return carry_out(form, act) or form_page("theme_rounds/add.html", form, round=round_)


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
    public_pages(app, PUBLIC_PAGES)
