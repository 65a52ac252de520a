"""The summary of a round: the public page with its numbers, and the organiser's desk."""

from collections.abc import Callable

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask_babel import gettext as _

from consult.consultation.rounds.models import Round
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.clock import now
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.languages import LANGUAGE_NAMES
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.page_cache import PublicPage, public_pages
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, once, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.view_permissions import requires
from consult.outcomes.summaries.citations import Cited, linked
from consult.outcomes.summaries.forms import sections_of, summary_form, written_in
from consult.outcomes.summaries.models import Summary
from consult.outcomes.summaries.queries import (
    ToldOf,
    find_summary,
    shares_by_body,
    shares_by_sector,
    shares_by_theme,
)
from consult.outcomes.summaries.services import save_summary

bp = Blueprint("summaries", __name__)
FIND = "find"
"""What the button asks for that looks among the proposals, and saves nothing."""

PUBLIC_PAGES = {"summaries.show": PublicPage(counts=True)}
"""The pages that are kept for everybody."""


def citation_links(round_: Round, summary: Summary | None) -> Callable[[str], str]:
    """Return the function that turns the citations of the summary's texts into links."""
    known = {
        Cited(citation.proposal.number or 0)
        for section in (summary.sections if summary else [])
        for citation in section.citations
    }

    def address(cited: Cited) -> str | None:
        if Cited(cited.proposal) not in known:
            return None
        return url_for(
            "publishing.proposal",
            round_slug=round_.slug,
            number=cited.proposal,
            comment=cited.comment,
            _anchor=f"comment-{cited.comment}" if cited.comment is not None else None,
        )

    return lambda text: linked(text, address)


@bp.get("/rounds/<string:round_slug>/summary")
@requires(Action.SUMMARY_READ)
def show(round_slug: str) -> Answer:
    """Show what was said in a round: numbers, and the organiser's text with its citations."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.ROUND_READ, round_, now())
    summary = find_summary(round_.id)
    visible = summary is not None and can(actor(), Action.SUMMARY_READ, summary, now())
    return render_template(
        "summaries/show.html",
        round=round_,
        summary=summary if visible else None,
        themes=shares_by_theme(round_.id),
        bodies=shares_by_body(round_.id),
        sectors=shares_by_sector(round_.id),
        linked=citation_links(round_, summary),
    )


@bp.route("/rounds/<string:round_slug>/summary/edit", methods=["GET", "POST"])
@requires(Action.SUMMARY_WRITE)
def edit(round_slug: str) -> Answer:
    """Write the summary beside the proposals it tells about, and publish it."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.SUMMARY_WRITE, round_, now())
    summary = find_summary(round_.id)
    form = summary_form(round_.plan, summary)
    refusal: InvalidInput | None = None
    only_looks = request.form.get("act") == FIND or "more" in request.form
    if not only_looks and form.validate_on_submit():
        version = plain_number(form.version.data)
        try:
            publishes = request.form.get("act") == "publish"
            with unit_of_work(once()) as work:
                written = written_in(form, round_.plan)
                save_summary(actor(), round_, written, version, now(), publish=publishes)
                page = "summaries.show" if publishes else "summaries.edit"
                work.leads_to = url_for(page, round_slug=round_slug)
            flash(_("The summary is public.") if publishes else _("The summary is saved."))
            return see_other(work.leads_to)
        except InvalidInput as unknown:
            refusal = unknown
    sections = sections_of(form, round_, request.form.get("more", ""))
    page = render_template(
        "summaries/edit.html",
        round=round_,
        summary=summary,
        form=form,
        refusal=refusal,
        sections=sections,
        told=sum((one.told for one in sections), ToldOf()),
        language_names=LANGUAGE_NAMES,
    )
    return (page, 422) if form.is_submitted() and not only_looks else page


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
    public_pages(app, PUBLIC_PAGES)
