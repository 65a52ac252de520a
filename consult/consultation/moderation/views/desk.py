"""The moderators' desk: what waits, one contribution open on it, and what is done there."""

from math import ceil

from flask import flash, render_template, request
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from consult.consultation.moderation.claims import claim_of, keep_claim, needs_claim, take_over
from consult.consultation.moderation.desk import Desk, QueueFilter, desk_of, next_after
from consult.consultation.moderation.discussion import add_note, end_discussion
from consult.consultation.moderation.forms import DecisionForm, NoteForm, RedactionForm
from consult.consultation.moderation.holding import (
    decide_at_desk,
    held_here,
    redact_at_desk,
    take_back,
)
from consult.consultation.moderation.labels import (
    ACTS,
    CHOSEN_HERE,
    CHOSEN_KINDS,
    DECIDED,
    EMPTY,
    FIRST_REASONS,
    HELD,
    KEYS,
    PARTS,
)
from consult.consultation.moderation.models import HeldDecision, Verb
from consult.consultation.moderation.open_item import OpenItem, open_item
from consult.consultation.moderation.queries import (
    Opened,
    QueueTab,
    get_contribution,
    get_with_claim,
    number_of,
)
from consult.consultation.moderation.quoted_words import quotes_of
from consult.consultation.moderation.ready_reasons import rules_of
from consult.consultation.moderation.redaction import marked_passages
from consult.consultation.moderation.sealed_texts import (
    open_sealed,
    openings_of,
    rewriting_of,
    sent_before,
)
from consult.consultation.moderation.services import ACTIONS, Judgement
from consult.consultation.moderation.subjects import Moderated, keys_of, kind_of
from consult.consultation.moderation.suspected import Unconfirmed
from consult.consultation.moderation.views.naming import page_of
from consult.foundation.core.addresses import page_path
from consult.foundation.core.clock import now
from consult.foundation.core.errors import Conflict, InvalidInput, NotFound, Refusal
from consult.foundation.core.form_posts import Done, carry_out, do_once
from consult.foundation.core.languages import LANGUAGE_NAMES
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, once, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires

routes = Routes()


@routes.get("/moderation")
@requires(Action.MODERATION_VIEW_QUEUE)
def queue() -> Answer:
    """Show what waits for a look, oldest first."""
    ensure(actor(), Action.MODERATION_VIEW_QUEUE, None, now())
    wanted = QueueFilter.of(request.args)
    desk = desk_of(actor(), wanted, now())
    return _desk_page(desk=desk, item=None, taken=held_here(actor(), None, now()).taken)


def _desk_page(**context: object) -> str:
    return render_template(
        "moderation/queue.html",
        tabs=list(QueueTab),
        acts=ACTS,
        redacted_kinds=CHOSEN_KINDS,
        part_names=PARTS,
        grounds=CHOSEN_HERE,
        held_line=held_line,
        keys_of_verbs=KEYS,
        empty_tabs=EMPTY,
        language_names=LANGUAGE_NAMES,
        **context,
    )


def held_line(held: HeldDecision) -> str:
    """Return what is said about a decision that can still be taken back."""
    seconds = max(1, ceil((held.until - now()).total_seconds()))
    return str(HELD[held.verb] % {"number": held.number, "seconds": seconds})


@routes.get("/moderation/<any(proposal, comment):kind>/<uuid:public_id>")
@requires(Action.CONTRIBUTION_CURATE)
def item(kind: str, public_id: object) -> Answer:
    """Show one contribution with all that a decision needs; opening it claims it for a while."""
    wanted = get_with_claim(kind, str(public_id))
    found = wanted.contribution
    ensure(actor(), Action.CONTRIBUTION_CURATE, found, now())
    desk, opened = open_item(actor(), wanted, QueueFilter.of(request.args), now())
    page = _open_page(desk, opened)
    if needs_claim(opened.claim, actor(), found, now()):
        about_what = keys_of(found)
        with unit_of_work():
            keep_claim(actor(), about_what, now(), take_over=False)
    return page


def _open_page(desk: Desk, opened: OpenItem, **context: object) -> str:
    context = {
        "typed": None,
        "tried": "",
        "refusal": None,
        "note": NoteForm(),
        "unconfirmed": False,
        **context,
    }
    page = page_of(opened.contribution, opened.proposal)
    with force_locale(opened.contribution.language):
        context["reason_for_redacting"] = str(FIRST_REASONS[Verb.HIDE][0])
    return _desk_page(desk=desk, item=opened, item_page=page, taken=opened.held.taken, **context)


def _item_page(
    found: Moderated,
    form: FlaskForm | None = None,
    verb: str = "",
    refusal: Refusal | None = None,
    note: NoteForm | None = None,
) -> Answer:
    """Show one contribution; after a refusal with what was typed, so that nothing is lost."""
    wanted = QueueFilter.of(request.args)
    desk, opened = open_item(actor(), Opened(found, claim_of(found)), wanted, now())
    page = _open_page(
        desk,
        opened,
        typed=form,
        tried=verb,
        refusal=refusal,
        note=note or NoteForm(),
        unconfirmed=isinstance(refusal, Unconfirmed),
    )
    return page, refusal.status if refusal else 422 if note else 200


@routes.post("/moderation/<any(proposal, comment):kind>/<uuid:public_id>/<string:verb>")
@requires(Action.CONTRIBUTION_PUBLISH)
def act(kind: str, public_id: object, verb: str) -> Answer:
    """Decide, and go on to the next in the queue."""
    if verb not in ACTIONS.keys() - {Verb.REDACT}:
        raise NotFound(_("There is no such decision."), _("Go back to the queue."))
    form = DecisionForm()
    try:
        with unit_of_work(once()) as work:
            found = get_contribution(kind, str(public_id), lock=True)
            ensure(actor(), Action.CONTRIBUTION_CURATE, found, now())
            taken = decide_at_desk(actor(), found, judgement_in(form, verb, found), now())
            work.leads_to = _onwards(found)
    except (InvalidInput, Conflict) as refusal:
        return _item_page(get_contribution(kind, str(public_id)), form, verb, refusal)
    if not isinstance(taken, HeldDecision):
        flash(DECIDED[Verb(verb)] % {"number": number_of(found)})
    elif request.args.get("on") == "page":  # on the desk it stands with the way to take it back
        flash(held_line(taken))
    return see_other(work.leads_to)


@routes.post("/moderation/<any(proposal, comment):kind>/<uuid:public_id>/redact")
@requires(Action.CONTRIBUTION_REDACT)
def redact(kind: str, public_id: object) -> Answer:
    """Leave words out of a text, and stay with it: a decision about the rest follows."""
    form = RedactionForm()
    try:
        with unit_of_work(once()) as work:
            found = get_contribution(kind, str(public_id), lock=True)
            ensure(actor(), Action.CONTRIBUTION_CURATE, found, now())
            ensure(actor(), Action.CONTRIBUTION_REDACT, found, now())
            refuse_incomplete(form)
            marked = marked_passages(found) if form.marked.data else []
            passages = [*marked, *form.passages]
            files = form.files.data or ()
            redact_at_desk(actor(), found, passages, form.judgement, now(), files)
            work.leads_to = _here(kind, public_id)
    except (InvalidInput, Conflict) as refusal:
        return _item_page(get_contribution(kind, str(public_id)), form, Verb.REDACT, refusal)
    return see_other(work.leads_to)


@routes.post("/moderation/<any(proposal, comment):kind>/<uuid:public_id>/left-out")
@requires(Action.REDACTION_OPEN)
def sealed(kind: str, public_id: object) -> Answer:
    """Show what was left out of a text; that it was opened is on the record."""
    with unit_of_work():
        found = get_contribution(kind, str(public_id))
        texts = open_sealed(actor(), found, now())
    gone = rewriting_of(found, texts)
    return render_template(
        "moderation/sealed.html",
        contribution=found, texts=texts, number=number_of(found), back=_here(kind, public_id),
        opened=openings_of(found), part_names=PARTS, quotes=quotes_of(gone),
        mails=sent_before(gone, texts),
    )  # fmt: skip


def judgement_in(form: DecisionForm, verb: str, found: Moderated) -> Judgement:
    """Read a decision from a form, or refuse it (InvalidInput) with what is wrong, by field."""
    refuse_incomplete(form)
    ready = rules_of(found.round.plan_id).in_language(found.language)
    return form.judgement(Verb(verb), ready.get(Verb(verb), ()))


def refuse_incomplete(form: FlaskForm) -> None:
    """Refuse (InvalidInput) a form in which something is missing or wrong, by field."""
    if not form.validate():
        errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}
        raise InvalidInput(_("This decision is not complete."), errors=errors)


def _onwards(decided: Moderated) -> str:
    """Return where to go after a decision: to the next one, or back to the page it began on."""
    wanted = QueueFilter.of(request.args)
    if request.args.get("on") == "page":
        return page_of(decided)
    following = next_after(actor(), decided, wanted, now())
    if following is None:
        return page_path("moderation.queue", wanted.address(cursor=None))
    here = {"kind": following.kind, "public_id": following.public_id}
    return page_path("moderation.item", {**wanted.carried, **here})


@routes.post("/moderation/take-back/<uuid:act_id>")
@requires(Action.DECISION_TAKE_BACK)
def undo(act_id: object) -> Answer:
    """Take back what was decided with one press, and open it again."""

    def act() -> Done:
        back = take_back(actor(), str(act_id), now())
        said = ngettext(
            "Taken back. %(num)s waits again.", "Taken back. All %(num)s wait again.", len(back)
        )
        first = back[0].proposal or back[0].comment
        wanted = QueueFilter.of(request.args)
        if first is None or len(back) > 1:
            return Done(page_path("moderation.queue", wanted.address()), said)
        here = {"kind": kind_of(first), "public_id": first.public_id}
        return Done(page_path("moderation.item", {**wanted.carried, **here}), said)

    return do_once(act)


@routes.post("/moderation/<any(proposal, comment):kind>/<uuid:public_id>/claim")
@requires(Action.CONTRIBUTION_CLAIM)
def claim(kind: str, public_id: object) -> Answer:
    """Take over what another moderator is reading."""

    def act() -> Done:
        found = get_contribution(kind, str(public_id))
        take_over(actor(), found, now())
        return Done(_here(kind, public_id), _("You are reading this now."))

    return do_once(act)


def _here(kind: str, public_id: object) -> str:
    wanted = QueueFilter.of(request.args)
    here = {"kind": kind, "public_id": str(public_id)}
    return page_path("moderation.item", {**wanted.carried, **here})


@routes.post("/moderation/<any(proposal, comment):kind>/<uuid:public_id>/notes")
@requires(Action.CONTRIBUTION_DISCUSS)
def note(kind: str, public_id: object) -> Answer:
    """Keep a note for the other moderators, or ask them what they think."""
    found = get_contribution(kind, str(public_id))
    ensure(actor(), Action.CONTRIBUTION_DISCUSS, found, now())
    form = NoteForm()

    def act() -> Done:
        add_note(actor(), found, form.text.data, now(), to_discuss=form.to_discuss.data)
        return Done(_here(kind, public_id) + "#notes", _("Your note is kept."))

    return carry_out(form, act) or _item_page(found, note=form)


@routes.post("/moderation/<any(proposal, comment):kind>/<uuid:public_id>/discussed")
@requires(Action.CONTRIBUTION_DISCUSS)
def settle(kind: str, public_id: object) -> Answer:
    """Say that something needs no discussion any more."""

    def act() -> Done:
        end_discussion(actor(), get_contribution(kind, str(public_id)), now())
        return Done(_here(kind, public_id) + "#notes", _("This no longer stands under To discuss."))

    return do_once(act)
