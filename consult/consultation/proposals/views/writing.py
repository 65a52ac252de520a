"""Writing a proposal: the form in steps, drafts that save themselves, and handing in."""

import dataclasses
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import flash, jsonify, make_response, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.consultation.proposals.drafts import change_files, delete_draft, place_of
from consult.consultation.proposals.forms import ProposalForm
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.queries import find_draft, get_draft, no_such_proposal
from consult.consultation.proposals.services import save_draft, submit_proposal
from consult.consultation.proposals.similar import SAYS_SOMETHING, similar_proposals
from consult.consultation.proposals.steps import (
    FIELDS,
    GOES_TO,
    IN_ORDER,
    Step,
    after,
    before,
    goes_on,
    step_named,
)
from consult.consultation.proposals.texts import SentForm
from consult.consultation.rounds.models import Round
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.clock import now
from consult.foundation.core.db import random_id
from consult.foundation.core.errors import Conflict, InvalidInput, Refusal, Sentence
from consult.foundation.core.form_posts import Done, do_once, is_preview
from consult.foundation.core.forms import errors_on, version_of
from consult.foundation.core.languages import other_language, reader_language
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.routing import Routes
from consult.foundation.core.templating import clock_time
from consult.foundation.core.unit_of_work import IdempotencyKey, unit_of_work
from consult.foundation.core.web import Answer, actor, arrival, form_opened_at, once, see_other
from consult.foundation.marks.fields import MarkedField
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.view_permissions import requires
from consult.people.organisations.on_behalf import (
    OnBehalf,
    asked_for,
    choice_numbers,
    choices_for,
    first_choice,
)
from consult.people.privacy.forms import agreed_in, with_consent

routes = Routes()


def _form(round_: Round, draft: Proposal | None = None) -> ProposalForm:
    form = with_consent(ProposalForm, actor()).for_round(
        round_, on_behalf(), draft, first_choice(actor())
    )
    form.draft.data = form.draft.data or random_id()
    asked = plain_number(request.args.get("asked", ""))
    if not form.is_submitted() and asked in asked_for(actor()):
        form.organisation_id.data = OnBehalf(request_id=asked).choice
    return form


def on_behalf() -> list[tuple[int, Sentence]]:
    """Return on behalf of whom one can write; a form that is sent needs the numbers only."""
    if request.method == "POST":
        return [(number, str(number)) for number in choice_numbers(actor())]
    return choices_for(actor(), asked_too=True)


@dataclass(frozen=True)
class StepPage:
    """What a page of the form shows: its step, and the steps whose fields stand on it."""

    step: Step
    shown: Collection[Step]
    unfinished: Collection[Step]
    similar: Sequence[Proposal] = ()
    """Public proposals that look like this one."""
    marked: Mapping[str, MarkedField] = dataclasses.field(default_factory=dict)
    """What was typed, with what may be personal data in it; where it is looked at once more."""
    steps: Sequence[Step] = IN_ORDER

    @property
    def after(self) -> Step:
        """The step that comes next."""
        return after(self.step)

    @property
    def before(self) -> Step | None:
        """The step that came before."""
        return before(self.step)


def _page(form: ProposalForm, round_: Round, draft: Proposal | None, status: int = 200) -> Answer:
    _ensure_may_write(round_, draft)
    if form.is_submitted():
        form.offer_organisations(choices_for(actor(), asked_too=True))
    form.keep_picked()
    step = _here(form, round_, draft)
    page = StepPage(
        step,
        _shown(form, step),
        form.unfinished(),
        _similar(form, step, round_, draft),
        form.marked() if step is Step.CHECK else {},
    )
    for hidden in FIELDS.keys() - page.shown:
        for field in form.fields_of(hidden):
            field.errors = []  # it stands where the field is seen
    html = render_template("proposals/new.html", form=form, round=round_, draft=draft, page=page)
    return html, status


def _similar(
    form: ProposalForm, step: Step, round_: Round, draft: Proposal | None
) -> Sequence[Proposal]:
    """Look for proposals like this one: where its title is typed, and where one can turn back."""
    if step is Step.NAME:
        return ()
    own = draft.id if draft is not None else None
    return similar_proposals(actor(), round_, form.title.data or "", now(), own)


def _can_save(round_: Round, draft: Proposal | None) -> bool:
    return draft is not None or can(actor(), Action.PROPOSAL_DRAFT, round_, now())


def _here(form: ProposalForm, round_: Round, draft: Proposal | None) -> Step:
    """Return the step that the address names, or else the first one that asks for something.

    Where nothing can be saved, no step can follow another: then the form is shown whole.
    """
    if not _can_save(round_, draft):
        return Step.WHOLE
    named = step_named(request.args.get("step", ""))
    if named is not None and (draft is not None or named in FIELDS or named is Step.WHOLE):
        return named
    return next(iter(form.unfinished()), Step.CHECK) if draft is not None else Step.ABOUT


def _shown(form: ProposalForm, step: Step) -> Collection[Step]:
    """Return the steps whose fields a page shows; of a form that came back, those with errors too.

    So each error stands at a field that is seen.
    """
    if step is Step.WHOLE:
        return FIELDS.keys()
    wrong = {one for one in FIELDS if any(field.errors for field in form.fields_of(one))}
    return {step} | (wrong if form.is_submitted() else set())


@routes.route("/rounds/<string:round_slug>/proposals/new", methods=["GET", "POST"])
@requires(Action.PROPOSAL_SUBMIT)
def new(round_slug: str) -> Answer:
    """Show the form; keep what is typed as a draft, or hand it in."""
    round_ = get_round(round_slug)
    return _write(round_, _begun(round_))


def _begun(round_: Round) -> Proposal | None:
    """Return the draft that saved itself while this form was being filled in; None if none did.

    The form carries the id of its draft from the start, so that nothing ever makes a second one.
    """
    known = request.form.get("draft", "")
    if not known:
        return None
    draft = find_draft(identifier(known))
    if draft is None:
        return None
    if draft.round_id != round_.id:
        raise no_such_proposal()
    return draft


def identifier(said: str | None) -> str:
    """Read the id of a draft that a form carries; NotFound for what is none."""
    try:
        return str(uuid.UUID(said or ""))
    except ValueError:
        raise no_such_proposal() from None


@routes.route("/drafts/<uuid:public_id>", methods=["GET", "POST"])
@requires(Action.PROPOSAL_EDIT_DRAFT)
def draft(public_id: object) -> Answer:
    """Go on with a draft of one's own."""
    found = get_draft(str(public_id))
    return _write(found.round, found)


def _ensure_may_write(round_: Round, draft: Proposal | None) -> None:
    """Ask the policy whether somebody may see this form, and keep files in it."""
    if draft is None:
        ensure(actor(), Action.PROPOSAL_SUBMIT, round_, arrival())
    else:
        ensure(actor(), Action.PROPOSAL_EDIT_DRAFT, draft, now())


def _write(round_: Round, draft: Proposal | None) -> Answer:
    """Show the form, or take what was sent: files first, so that no refusal loses one."""
    form = _form(round_, draft)
    if draft is not None:
        form.draft.data = draft.public_id
    _take_files(form, round_, draft)
    only_looks = is_preview() or _there() is not None
    if not form.is_submitted() or (only_looks and not _can_save(round_, draft)):
        return _page(form, round_, draft)
    handing_in = request.form.get("act") == "submit"
    if not (form.validate() if handing_in else form.fits_a_draft()):
        return _give_back(form, round_, draft)
    answer: Answer | None = None
    try:
        with errors_on(form):
            answer = _hand_in(form, round_, draft) if handing_in else _keep(form, round_, draft)
    except Conflict:
        if draft is not None:
            _file_with(draft, form)  # the page with both texts has no form to keep them in
        raise
    return answer or _give_back(form, round_, draft)


def _take_files(form: ProposalForm, round_: Round, draft: Proposal | None) -> None:
    """Store the files that were chosen, by the id of this one form.

    So what a second click left behind is offered in no other form.
    """
    there = [one.file for one in draft.attachments] if draft is not None else []
    form.files.take(
        place_of(identifier(form.draft.data)),
        belonging=there,
        permit=lambda: _ensure_may_write(round_, draft),
    )


def _give_back(form: ProposalForm, round_: Round, draft: Proposal | None) -> Answer:
    """Show the form again, with what is wrong; its files are with the draft from now on.

    There is none where none may be made: then the files wait for this form.
    """
    said = {field.name: field.errors for field in form if field.errors}
    try:
        if draft is not None:
            _file_with(draft, form)
        elif (
            form.files.kept
            and can(actor(), Action.PROPOSAL_DRAFT, round_, now())
            and form.fits_a_draft()
        ):
            draft = _save(form, round_, None)
            form.version.data = str(draft.version)
    except Refusal as refusal:
        form.form_errors = [*form.form_errors, str(refusal)]
    if request.form.get("act") == "submit":
        form.validate()
        for name, errors in said.items():  # what the service refused, the form cannot know
            form[name].errors = form[name].errors or errors
    return _page(form, round_, draft, 422)


def _file_with(draft: Proposal, form: ProposalForm) -> None:
    """Put the files that were chosen with the draft, and take away those that were unticked."""
    there = {one.file_id for one in draft.attachments}
    if form.files.unticked or any(one.id not in there for one in form.files.kept):
        with unit_of_work():
            change_files(actor(), draft, form.files.kept, form.files.unticked, now())


def _sent(form: ProposalForm) -> SentForm:
    return SentForm(
        public_id=identifier(form.draft.data),
        # A form that heard of no version made the draft; the answer to that was lost on the way.
        read_version=version_of(form) if form.version.data else 1,
        files=form.files.kept,
        removed=form.files.unticked,
        agreed_in=agreed_in(form),
    )


def _save(
    form: ProposalForm, round_: Round, draft: Proposal | None, key: IdempotencyKey | None = None
) -> Proposal:
    with unit_of_work(key) as work:
        kept = save_draft(actor(), round_, form.text(), arrival(), draft, _sent(form))
        work.leads_to = _address_of(kept)
    return kept


def _address_of(draft: Proposal) -> str:
    """Return the page of a draft: the step that a button leads to, or else the present one.

    In the other language for whoever asked for it with a button.
    """
    step = _there() or step_named(request.args.get("step", ""))
    return url_for(
        "proposals.draft", public_id=draft.public_id, language=_language_after(), step=step
    )


def _there() -> Step | None:
    """Return the step to which the button leads that was pressed."""
    act = request.form.get("act", "")
    return step_named(act.removeprefix(GOES_TO)) if act.startswith(GOES_TO) else None


def _language_after() -> str:
    return other_language() if request.form.get("act") == "language" else reader_language()


def _keep(form: ProposalForm, round_: Round, draft: Proposal | None) -> Answer:
    """Keep the draft, and go where the button leads; on to the next step once this one is done."""
    here, there = _here(form, round_, draft), _there()
    kept = _save(form, round_, draft, once())
    if is_preview() or (there and goes_on(here, there) and not form.is_complete(here)):
        form.version.data = str(kept.version)
        return _page(form, round_, kept, 200 if is_preview() else 422)
    with force_locale(_language_after()):
        if there is None:
            flash(_("Your draft is saved. Only you see it."))
        for said in form.files.errors:
            flash(str(said), "warning")
        if kept.as_typed:
            flash(_not_readable(form, kept), "warning")
    leads_to = _address_of(kept)
    if request.form.get("act") == "mandate":
        return see_other(url_for("organisations.mine", next=leads_to))
    return see_other(leads_to)


def _not_readable(form: ProposalForm, kept: Proposal) -> str:
    names = ", ".join(f"“{form[name].label.text}”" for name in kept.as_typed)
    return str(_("We cannot read %(fields)s yet. It is kept as you typed it.", fields=names))


def _hand_in(form: ProposalForm, round_: Round, draft: Proposal | None) -> Answer:
    def act() -> Done:
        receipt = submit_proposal(
            actor(), round_, form.text(), arrival(), form_opened_at(), draft, _sent(form)
        )
        return Done(url_for("publishing.receipt", code=receipt.code))

    return do_once(act)


@routes.post("/rounds/<string:round_slug>/drafts")
@requires(Action.PROPOSAL_DRAFT)
def autosave(round_slug: str) -> Answer:
    """Keep what is being typed, and a file as soon as it is chosen.

    Answers with the moment, the version and the draft's address, and with the files that are kept.
    """
    round_ = get_round(round_slug)
    draft = _begun(round_)
    form = _form(round_)
    form.draft.data = identifier(form.draft.data)
    _take_files(form, round_, draft)
    if not form.fits_a_draft():
        return _said(form, " ".join(said for one in form for said in one.errors))
    try:
        kept = _save(form, round_, draft)
    except InvalidInput as refusal:
        return _said(form, str(refusal))
    unread = [_not_readable(form, kept)] if kept.as_typed else []
    answer = make_response(
        jsonify(
            saved_at=clock_time(kept.saved_at),
            version=kept.version,
            draft=kept.public_id,
            address=url_for("proposals.draft", public_id=kept.public_id),
            other_address=url_for(
                "proposals.draft", public_id=kept.public_id, language=other_language()
            ),
            said=" ".join([*unread, *map(str, form.files.errors)]),
            files=_kept_files(form),
        )
    )
    answer.headers["Location"] = url_for("proposals.draft", public_id=kept.public_id)
    answer.status_code = 200 if draft else 201
    return answer


def _kept_files(form: ProposalForm) -> str:
    """Write the files that are kept, as they stand in the form."""
    return render_template("proposals/kept_files.html", field=form.files)


@routes.get("/rounds/<string:round_slug>/proposals/similar")
@requires(Action.PROPOSAL_SUBMIT)
def similar(round_slug: str) -> Answer:
    """Return the proposals that look like a title, as a part of a page: the form asks for it."""
    round_ = get_round(round_slug)
    ensure(actor(), Action.PROPOSAL_SUBMIT, round_, arrival())
    title = request.args.get("title", "").strip()
    asked = len(title) >= SAYS_SOMETHING
    found = similar_proposals(actor(), round_, title, now()) if asked else ()
    return render_template("proposals/similar.html", similar=found, round=round_, asked=asked)


def _said(form: ProposalForm, refusal: str) -> Answer:
    answer = make_response(jsonify(said=refusal, files=_kept_files(form)))
    answer.status_code = InvalidInput.status
    return answer


@routes.post("/drafts/<uuid:public_id>/delete")
@requires(Action.PROPOSAL_EDIT_DRAFT)
def delete(public_id: object) -> Answer:
    """Delete a draft of one's own."""
    found = get_draft(str(public_id))

    def act() -> Done:
        delete_draft(actor(), found, now())
        return Done(url_for("proposals.mine"), _("The draft is deleted, with its files."))

    return do_once(act)
