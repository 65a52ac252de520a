"""The moderators' desk, and the public log."""

from collections.abc import Sequence

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from consult.consultation.moderation.counts import past_decisions
from consult.consultation.moderation.desk import (
    QueueFilter,
    desk_of,
    next_after,
    plans_at_hand,
    verbs_for,
)
from consult.consultation.moderation.forms import DecisionForm, DismissForm, ReportForm
from consult.consultation.moderation.labels import ACTS, CHOSEN_HERE, DECIDED
from consult.consultation.moderation.log import LogPart, log_of, read_part, totals_of
from consult.consultation.moderation.models import Report, ReportKind, Verb
from consult.consultation.moderation.queries import (
    decisions_of,
    discussed,
    get_contribution,
)
from consult.consultation.moderation.reasons import sentences_in
from consult.consultation.moderation.reports import (
    count_reports,
    dismiss_reports,
    open_reports,
    report_contribution,
    reported_texts,
)
from consult.consultation.moderation.services import Judgement, Moderated, decide
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.addresses import page_path
from consult.foundation.core.clock import now
from consult.foundation.core.errors import Conflict, InvalidInput, NotFound, Refusal
from consult.foundation.core.extensions import language_prefix, limit_posts
from consult.foundation.core.form_posts import Done, carry_out, form_page
from consult.foundation.core.page_cache import PublicPage, public_pages
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, once, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.view_permissions import requires

bp = Blueprint("moderation", __name__)
LIMITS = {"moderation.report": "10/hour;30/day"}
"""How often a person, or a place, may report."""

PUBLIC_PAGES = {"moderation.log": PublicPage("show", "cursor")}
"""The pages that are kept for everybody."""


@bp.get("/moderation")
@requires(Action.MODERATION_VIEW_QUEUE)
def queue() -> Answer:
    """Show everything that waits for a look, oldest first."""
    ensure(actor(), Action.MODERATION_VIEW_QUEUE, None, now())
    return render_template(
        "moderation/queue.html",
        desk=desk_of(actor(), QueueFilter.of(request.args), now()),
        acts=ACTS,
        grounds=CHOSEN_HERE,
        sentences_in=sentences_in,
        reports=count_reports(plans_at_hand(actor())),
    )


@bp.get("/moderation/<any(proposal, comment):kind>/<uuid:public_id>")
@requires(Action.CONTRIBUTION_CURATE)
def item(kind: str, public_id: object) -> Answer:
    """Show one contribution with all decisions about it, and the ways on."""
    found = get_contribution(kind, str(public_id))
    ensure(actor(), Action.CONTRIBUTION_CURATE, found, now())
    return _item_page(found)


def _item_page(
    found: Moderated,
    form: FlaskForm | None = None,
    verb: str = "",
    refusal: Refusal | None = None,
) -> Answer:
    """Show one contribution; after a refusal with what was typed, so that nothing is lost."""
    wanted = QueueFilter.of(request.args)
    author = found.author_id
    past = past_decisions({author}, plans_at_hand(actor())) if author else {}
    page = render_template(
        "moderation/item.html",
        contribution=found,
        proposal=found if isinstance(found, Proposal) else discussed(found),
        kind="proposal" if isinstance(found, Proposal) else "comment",
        decisions=decisions_of(found),
        past=past.get(author or 0, {}),
        verbs=verbs_for(actor(), found, now()),
        wanted=wanted,
        next=next_after(actor(), found, wanted),
        reports=_reports_for_reader(found),
        typed=form,
        tried=verb,
        refusal=refusal,
        acts=ACTS,
        grounds=CHOSEN_HERE,
        sentences_in=sentences_in,
    )
    return page, refusal.status if refusal else 200


def _reports_for_reader(found: Moderated) -> Sequence[Report]:
    """Return the open reports to who answers them: nobody else learns who reported.

    The author of the text does not either, where they are a moderator themselves.
    """
    answers = can(actor(), Action.REPORTS_DISMISS, found, now())
    return open_reports(found) if answers else []


@bp.post("/moderation/<any(proposal, comment):kind>/<uuid:public_id>/<string:verb>")
@requires(Action.CONTRIBUTION_PUBLISH)
def act(kind: str, public_id: object, verb: str) -> Answer:
    """Decide, and go on to the next in the queue."""
    if verb not in set(Verb):
        raise NotFound(_("There is no such decision."), _("Go back to the queue."))
    form = DecisionForm()
    try:
        with unit_of_work(once()) as work:
            found = get_contribution(kind, str(public_id), lock=True)
            ensure(actor(), Action.CONTRIBUTION_CURATE, found, now())
            decide(actor(), found, _judgement(form, verb, found), now())
            work.leads_to = _onwards(found)
    except (InvalidInput, Conflict) as refusal:
        return _item_page(get_contribution(kind, str(public_id)), form, verb, refusal)
    flash(DECIDED[Verb(verb)] % {"number": number_of(found)})
    return see_other(work.leads_to)


def _judgement(form: DecisionForm, verb: str, found: Moderated) -> Judgement:
    if form.validate():
        return form.judgement(Verb(verb), found.language)
    errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}
    raise InvalidInput(_("This decision is not complete."), errors=errors)


def _onwards(decided: Moderated) -> str:
    """Return where to go after a decision: the next one, on the page where this one stood."""
    wanted = QueueFilter.of(request.args)
    if request.args.get("on") == "page":
        return page_of(decided)
    following = next_after(actor(), decided, wanted)
    if request.args.get("on") == "item" and following is not None:
        here = {"kind": following.kind, "public_id": following.public_id}
        return page_path("moderation.item", {**wanted.carried, **here})
    anchor = f"item-{following.public_id}" if following else None
    return page_path("moderation.queue", wanted.address(), anchor)


def number_of(contribution: Moderated) -> str:
    """Return the number by which a contribution is cited: #12, or #12.3 for a comment."""
    if isinstance(contribution, Proposal):
        return f"#{contribution.number}"
    return f"#{discussed(contribution).number}.{contribution.number}"


def page_of(contribution: Moderated) -> str:
    """Return the address of the page on which the public reads a contribution."""
    if isinstance(contribution, Proposal):
        proposal, comment = contribution, None
    else:
        proposal, comment = discussed(contribution), contribution.number
    return url_for(
        "publishing.proposal",
        round_slug=proposal.round.slug,
        number=proposal.number,
        comment=comment,
        _anchor=f"comment-{comment}" if comment else None,
    )


@bp.route("/report/<any(proposal, comment):kind>/<uuid:public_id>", methods=["GET", "POST"])
@requires(Action.CONTRIBUTION_REPORT)
def report(kind: str, public_id: object) -> Answer:
    """Tell the moderators that a public text does not belong here."""
    found = get_contribution(kind, str(public_id))
    ensure(actor(), Action.CONTRIBUTION_REPORT, found, now())
    form = ReportForm()

    def act() -> Done:
        chosen = ReportKind(form.kind.data)
        report_contribution(actor(), found, chosen, form.sentence.data, now())
        told = _("Thank you. A moderator looks at it, and you hear what becomes of it.")
        return Done(page_of(found), told)

    return carry_out(form, act) or form_page(
        "moderation/report.html", form, contribution=found, number=number_of(found),
        back=page_of(found),
    )  # fmt: skip


@bp.get("/moderation/reports")
@requires(Action.MODERATION_VIEW_QUEUE)
def reports() -> Answer:
    """List what was reported and not answered, the oldest first."""
    ensure(actor(), Action.MODERATION_VIEW_QUEUE, None, now())
    page = reported_texts(plans_at_hand(actor()), request.args.get("cursor"))
    return render_template("moderation/reports.html", page=page)


@bp.route(
    "/moderation/<any(proposal, comment):kind>/<uuid:public_id>/reports", methods=["GET", "POST"]
)
@requires(Action.REPORTS_DISMISS)
def dismiss(kind: str, public_id: object) -> Answer:
    """Answer the reports of a text that stays."""
    found = get_contribution(kind, str(public_id))
    ensure(actor(), Action.REPORTS_DISMISS, found, now())
    form = DismissForm()

    def act() -> Done:
        told = dismiss_reports(actor(), found, form.answer.data, now())
        said = ngettext(
            "It stays, and the %(num)s person who reported it is told.",
            "It stays, and the %(num)s people who reported it are told.",
            told,
        )
        return Done(url_for("moderation.reports"), said)

    return carry_out(form, act) or form_page(
        "moderation/dismiss.html", form, contribution=found, number=number_of(found), kind=kind,
        reports=open_reports(found),
    )  # fmt: skip


@bp.get("/rounds/<string:round_slug>/moderation-log")
@requires(Action.MODERATION_READ_LOG)
def log(round_slug: str) -> Answer:
    """Show every decision of a round, with its reason."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.MODERATION_READ_LOG, round_, now())
    part = read_part(request.args.get("show") or LogPart.ALL)
    return render_template(
        "moderation/log.html",
        round=round_,
        part=part,
        page=log_of(round_.id, request.args.get("cursor"), part),
        totals=totals_of(round_.id),
        team=can(actor(), Action.MODERATION_VIEW_QUEUE, round_, now()),
    )


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
    limit_posts(app, LIMITS)
    public_pages(app, PUBLIC_PAGES)
