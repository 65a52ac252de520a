"""Writing a proposal: the form, drafts that save themselves, and handing in."""

from typing import IO

from flask import abort, flash, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _

from consult.core.clock import now
from consult.core.conflicts import refuse_stale
from consult.core.errors import InvalidInput, NotFound, TooLarge
from consult.core.forms import errors_on, version_of
from consult.core.languages import reader_language
from consult.core.templating import clock_time
from consult.core.unit_of_work import unit_of_work
from consult.core.web import Answer, actor, arrival, form_opened_at, once, see_other
from consult.organisations.queries import organisations_spoken_for
from consult.policy.actions import Action
from consult.policy.badges import requires
from consult.policy.services import ensure
from consult.privacy.consents import agree_on_contributing
from consult.privacy.forms import agreed_now, with_consent
from consult.proposals.forms import ElsewhereForm, ProposalForm
from consult.proposals.models import Proposal
from consult.proposals.queries import get_draft
from consult.proposals.services import (
    attach_files,
    prose_of,
    record_elsewhere,
    save_draft,
    submit_proposal,
)
from consult.proposals.views import bp
from consult.rounds.models import Round
from consult.rounds.queries import get_round


def uploads() -> list[tuple[str, IO[bytes]]]:
    """Give the files that were sent with the form."""
    return [(f.filename, f.stream) for f in request.files.getlist("files") if f.filename]


def _form(round_: Round, draft: Proposal | None = None) -> ProposalForm:
    return with_consent(ProposalForm, actor()).for_round(round_, spoken_for(), draft)


def spoken_for() -> list[tuple[int, str]]:
    """Give the organisations to choose from; a form that is sent needs their numbers only."""
    if request.method == "POST":
        return [(id_, str(id_)) for id_ in sorted(actor().standing.ids("organisation"))]
    return organisations_spoken_for(actor())


def _page(form: ProposalForm, round_: Round, draft: Proposal | None, status: int = 200) -> Answer:
    if form.is_submitted():
        form.offer_organisations(organisations_spoken_for(actor()))
    page = render_template("proposals/new.html", form=form, round=round_, draft=draft)
    return page, status


def _refused(form: ProposalForm, refusal: InvalidInput | TooLarge) -> None:
    form.files.errors = [*form.files.errors, str(refusal)]


@bp.route("/rounds/<string:round_slug>/proposals/new", methods=["GET", "POST"])
@requires(Action.PROPOSAL_SUBMIT)
def new(round_slug: str) -> Answer:
    """Show the form; keep what is typed as a draft, or hand it in."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.PROPOSAL_SUBMIT, round_, arrival())
    draft = _begun(round_)
    return _write(_form(round_, draft), round_, draft)


def _begun(round_: Round) -> Proposal | None:
    """Give the draft that saved itself while this form was being filled in."""
    known = request.form.get("draft", "")
    if not known:
        return None
    draft = get_draft(known)
    ensure(actor(), Action.PROPOSAL_EDIT_DRAFT, draft, now())
    if draft.round_id != round_.id:
        raise NotFound(_("There is no such proposal."), _("The list shows all that are public."))
    return draft


@bp.route("/drafts/<uuid:public_id>", methods=["GET", "POST"])
@requires(Action.PROPOSAL_EDIT_DRAFT)
def draft(public_id: object) -> Answer:
    """Go on with a draft of one's own."""
    found = get_draft(str(public_id))
    ensure(actor(), Action.PROPOSAL_EDIT_DRAFT, found, now())
    return _write(_form(found.round, found), found.round, found)


def _write(form: ProposalForm, round_: Round, draft: Proposal | None) -> Answer:
    if not form.is_submitted():
        return _page(form, round_, draft)
    handing_in = request.form.get("act") == "submit"
    valid = form.validate() if handing_in else form.fits_a_draft()
    if not valid:
        return _page(form, round_, draft, 422)
    _refuse_stale(form, draft)
    try:
        return _hand_in(form, round_, draft) if handing_in else _keep(form, round_, draft)
    except (InvalidInput, TooLarge) as refusal:
        _refused(form, refusal)
        return _page(form, round_, draft, refusal.status)


def _refuse_stale(form: ProposalForm, draft: Proposal | None) -> None:
    if draft is not None and form.version.data:
        refuse_stale(version_of(form), draft.version, prose_of(form.text), prose_of(draft))


def _keep(form: ProposalForm, round_: Round, draft: Proposal | None) -> Answer:
    with unit_of_work(once()) as work:
        kept = save_draft(actor(), round_, form.text, arrival(), draft)
        attach_files(actor(), kept, uploads(), arrival())
        work.leads_to = url_for("proposals.draft", public_id=kept.public_id)
    flash(_("Your draft is saved. Only you see it."))
    return see_other(work.leads_to)


def _hand_in(form: ProposalForm, round_: Round, draft: Proposal | None) -> Answer:
    files = uploads()
    with unit_of_work(once()) as work:
        if files:
            draft = save_draft(actor(), round_, form.text, arrival(), draft)
            attach_files(actor(), draft, files, arrival())
        if agreed_now(form):
            agree_on_contributing(actor(), reader_language(), now())
        receipt = submit_proposal(actor(), round_, form.text, arrival(), form_opened_at(), draft)
        work.leads_to = url_for("publishing.receipt", code=receipt.code)
    return see_other(work.leads_to)


@bp.post("/rounds/<string:round_slug>/drafts")
@requires(Action.PROPOSAL_DRAFT)
def autosave(round_slug: str) -> Answer:
    """Keep what is being typed; answers with the moment, the version and the draft's address."""
    round_ = get_round(round_slug)
    draft = _begun(round_)
    form = _form(round_)
    if not form.fits_a_draft():
        abort(422)
    _refuse_stale(form, draft)
    with unit_of_work():
        kept = save_draft(actor(), round_, form.text, now(), draft)
    answer = make_response(
        jsonify(saved_at=clock_time(kept.saved_at), version=kept.version, draft=kept.public_id)
    )
    answer.headers["Location"] = url_for("proposals.draft", public_id=kept.public_id)
    answer.status_code = 200 if draft else 201
    return answer


@bp.route("/rounds/<string:round_slug>/proposals/elsewhere", methods=["GET", "POST"])
@requires(Action.PROPOSAL_RECORD)
def elsewhere(round_slug: str) -> Answer:
    """Enter what came in at a meeting, by letter or by e-mail, and perhaps the next one."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.PROPOSAL_RECORD, round_, now())
    form = ElsewhereForm.for_round(round_, [])
    if form.validate_on_submit():
        with errors_on(form), unit_of_work(once()) as work:
            made = record_elsewhere(actor(), round_, form.text, form.elsewhere, now())
            work.leads_to = url_for("proposals.elsewhere", round_slug=round_slug)
        if not form.errors:
            flash(_("It is recorded as #%(number)s. Is there another one?", number=made.number))
            return see_other(work.leads_to)
    page = render_template("proposals/elsewhere.html", form=form, round=round_)
    return (page, 422) if form.is_submitted() else page
