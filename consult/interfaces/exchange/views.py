"""Bringing a spreadsheet of one's own: the file, its columns, the check, the import."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _

from consult.consultation.plans.models import Plan
from consult.consultation.plans.queries import get_plan
from consult.foundation.core.calendar import local_day
from consult.foundation.core.clock import now
from consult.foundation.core.errors import NotFound
from consult.foundation.core.extensions import language_prefix
from consult.foundation.core.form_posts import Done, carry_out, do_once, form_page
from consult.foundation.core.forms import errors_on
from consult.foundation.core.languages import LANGUAGES, reader_language
from consult.foundation.core.numbers import plain_number
from consult.foundation.core.pages import Page
from consult.foundation.core.web import Answer, actor, see_other
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import requires
from consult.interfaces.exchange.cell_problems import cell_problem
from consult.interfaces.exchange.forms import COLUMN, DEFAULTS, ColumnsForm, SheetForm, columns_form
from consult.interfaces.exchange.models import KEPT, SheetUpload
from consult.interfaces.exchange.queries import (
    assignments_of,
    get_assignment,
    get_upload,
    uploads_of,
)
from consult.interfaces.exchange.reading.columns import ColumnField, guess, heading_row
from consult.interfaces.exchange.reading.sheet_cells import letter_of
from consult.interfaces.exchange.reading.upload_choices import choices_of, fitted, headings_in
from consult.interfaces.exchange.services import (
    Preview,
    ask_import,
    check_upload,
    delete_assignment,
    delete_upload,
    keep_assignment,
    keep_choices,
    keep_typed,
    keep_upload,
    look_at_file,
    preview_of,
)

bp = Blueprint("exchange", __name__)

LISTED = 50
"""Errors on one page."""


def _plan(plan_slug: str) -> Plan:
    plan = get_plan(plan_slug)
    ensure(actor(), Action.ROUND_CREATE, plan, now())
    return plan


def _upload(plan_slug: str, upload_id: UUID) -> SheetUpload:
    """Return a file to whoever brought it into this plan."""
    found = get_upload(str(upload_id))
    ensure(actor(), Action.SHEET_IMPORT, found, now())
    if found.plan.slug != plan_slug:
        raise NotFound(_("This file is not here, or no longer."))
    return found


def _address(endpoint: str, upload: SheetUpload) -> str:
    return url_for(endpoint, plan_slug=upload.plan.slug, upload_id=upload.public_id)


def _brought(form: SheetForm, plan: Plan, after: SheetUpload | None) -> Answer | None:
    """Keep the file of a form, once it was looked at; None where it was refused."""
    if not form.validate_on_submit():
        return None
    at, sent = now(), form.file.data
    with errors_on(form):
        looked_at = look_at_file(actor(), plan, sent.filename, sent.stream, at)
    if form.errors:
        return None

    def act() -> Done:
        return Done(
            _address("exchange.assign", keep_upload(actor(), plan, looked_at, after, at)),
            _("The file is here. Nothing is imported yet."),
        )

    return carry_out(form, act)


@bp.route("/plans/<string:plan_slug>/import", methods=["GET", "POST"])
@requires(Action.ROUND_CREATE)
def bring(plan_slug: str) -> Answer:
    """Take a spreadsheet; show the files and the assignments of columns that are kept."""
    plan = _plan(plan_slug)
    form = SheetForm()
    return _brought(form, plan, None) or form_page(
        "exchange/bring.html",
        form,
        plan=plan,
        after=None,
        uploads=uploads_of(actor(), plan.id),
        assignments=assignments_of(plan.id),
        kept=KEPT,
    )


@bp.route("/plans/<string:plan_slug>/import/<uuid:upload_id>/again", methods=["GET", "POST"])
@requires(Action.SHEET_IMPORT)
def again(plan_slug: str, upload_id: UUID) -> Answer:
    """Take the corrected file in the place of another; what was chosen stays."""
    upload = _upload(plan_slug, upload_id)
    form = SheetForm()
    return _brought(form, upload.plan, upload) or form_page(
        "exchange/bring.html",
        form,
        plan=upload.plan,
        after=upload,
        uploads=[],
        assignments=[],
        kept=KEPT,
    )


@bp.route("/plans/<string:plan_slug>/import/<uuid:upload_id>", methods=["GET", "POST"])
@requires(Action.SHEET_IMPORT)
def assign(plan_slug: str, upload_id: UUID) -> Answer:
    """Show the first rows of a sheet, and ask what its columns are and what round it becomes."""
    upload = _upload(plan_slug, upload_id)
    if upload.asked_at is not None and not upload.refusal:
        return see_other(_address("exchange.progress", upload))
    if request.method == "POST":
        act = request.form.get("act", "")
        if act or request.form.get("shown_sheet") != request.form.get("sheet"):
            return _shown_otherwise(upload, act)
        preview = _preview(upload, request.form)
        form, told = columns_form(upload.plan, preview, local_day(now())), None
        if answer := _chosen(upload, preview, form):
            return answer
    else:
        preview = _preview(upload, upload.typed)
        filled, told = _filled_in(upload, preview)
        form = columns_form(upload.plan, preview, local_day(now()), filled)
    return _assign_page(upload, preview, form, told)


def _preview(upload: SheetUpload, typed: Mapping[str, str]) -> Preview:
    """Read the beginning of the sheet that was chosen, with dates as its language writes them."""
    language = typed.get("language", "")
    return preview_of(
        actor(),
        upload,
        plain_number(typed.get("sheet")),
        language if language in LANGUAGES else LANGUAGES[0],
        now(),
    )


def _assign_page(
    upload: SheetUpload, preview: Preview, form: ColumnsForm, told: tuple[str, str] | None
) -> Answer:
    at = form.heading_row.data or 0
    headings = headings_in(preview.rows, at, preview.width)
    kept = assignments_of(upload.plan_id)
    return form_page(
        "exchange/assign.html",
        form,
        plan=upload.plan,
        upload=upload,
        preview=preview,
        headings=headings,
        rows=preview.below(at),
        letters=[letter_of(one) for one in range(preview.width)],
        told=told,
        fitting=[one for one in kept if fitted(headings, one.columns)],
    )


def _typed() -> dict[str, str]:
    """Return what was filled in, as it was typed."""
    left_out = {"csrf_token", "once", "act", "keep_as"}
    return {name: value for name, value in request.form.items() if name not in left_out}


def _shown_otherwise(upload: SheetUpload, act: str) -> Answer:
    """Keep what was typed, and show another sheet or row, or the columns as they were kept.

    `act` is "show", or the number of an assignment: what the columns were is filled in anew.
    """
    typed = {name: one for name, one in _typed().items() if not name.startswith(COLUMN)}
    if (number := plain_number(act)) is not None:
        typed["assignment"] = str(get_assignment(upload.plan_id, number).id)

    def keep() -> Done:
        keep_typed(actor(), upload, typed, now())
        return Done(f"{_address('exchange.assign', upload)}#columns")

    return do_once(keep)


def _filled_in(upload: SheetUpload, preview: Preview) -> tuple[dict[str, str], tuple[str, str]]:
    """Return what the page is filled with, and how the columns came there: (how, name).

    That is what was typed before; else an assignment that was kept and fits; else what the
    headings make us guess.
    """
    first = [[cell.text for cell in row.cells] for row in preview.rows]
    place = heading_row(first) if first else 0
    row = preview.rows[place].number if first else 0
    filled = {
        **DEFAULTS,
        "language": upload.plan.languages[0],
        "heading_row": str(row),
        **upload.typed,
        "sheet": str(preview.sheet),
        "shown_sheet": str(preview.sheet),
    }
    if upload.typed.get("sheet", filled["sheet"]) != filled["sheet"] or filled[
        "heading_row"
    ] not in {"0", *(str(one.number) for one in preview.rows)}:
        filled["heading_row"] = str(row)
    if any(name.startswith(COLUMN) for name in upload.typed):
        return filled, ("typed", "")
    headings = headings_in(preview.rows, int(filled["heading_row"]), preview.width)
    wanted = filled.pop("assignment", "")
    for one in assignments_of(upload.plan_id):
        found = fitted(headings, one.columns)
        if found is not None and wanted in {"", str(one.id)}:
            return {**filled, **_as_fields(found)}, ("kept", one.name)
    guessed = guess(headings)
    return {**filled, **_as_fields(guessed)}, ("guessed", str(sum(map(bool, guessed))))


def _as_fields(found: list[ColumnField | None]) -> dict[str, str]:
    return {f"{COLUMN}{at}": name.value if name else "" for at, name in enumerate(found)}


def _chosen(upload: SheetUpload, preview: Preview, form: ColumnsForm) -> Answer | None:
    """Keep what was chosen, and lead on to the check."""

    def act() -> Done:
        chosen = form.chosen()
        keep_choices(actor(), upload, _typed(), chosen, now())
        if form.keep_as.data:
            headings = headings_in(preview.rows, chosen.columns.heading_row, preview.width)
            keep_assignment(actor(), upload.plan, form.keep_as.data, headings, chosen, now())
        return Done(_address("exchange.check", upload))

    return carry_out(form, act)


@bp.get("/plans/<string:plan_slug>/import/<uuid:upload_id>/check")
@requires(Action.SHEET_IMPORT)
def check(plan_slug: str, upload_id: UUID) -> Answer:
    """Check the whole file, and show every error by its cell, or what will come in."""
    upload = _upload(plan_slug, upload_id)
    if upload.choices is None:
        return see_other(
            _address("exchange.progress" if upload.imported_at else "exchange.assign", upload)
        )
    chosen = choices_of(upload.choices)
    skipped = plain_number(request.args.get("cursor")) or 0
    found = check_upload(actor(), upload, chosen, skipped, LISTED, now())
    more = skipped + len(found.problems)
    return render_template(
        "exchange/check.html",
        plan=upload.plan,
        upload=upload,
        chosen=chosen,
        found=found,
        page=Page(
            [cell_problem(one, chosen.columns) for one in found.problems],
            str(more) if more < found.problem_count else None,
            is_first=not skipped,
        ),
        skipped=skipped,
        sheet=found.sheet,
    )


@bp.post("/plans/<string:plan_slug>/import/<uuid:upload_id>/import")
@requires(Action.SHEET_IMPORT)
def run(plan_slug: str, upload_id: UUID) -> Answer:
    """Ask for the import."""
    upload = _upload(plan_slug, upload_id)

    def act() -> Done:
        ask_import(actor(), upload, reader_language(), now())
        return Done(_address("exchange.progress", upload))

    return do_once(act)


@bp.get("/plans/<string:plan_slug>/import/<uuid:upload_id>/progress")
@requires(Action.SHEET_IMPORT)
def progress(plan_slug: str, upload_id: UUID) -> Answer:
    """Show how far an import is, and what came of it."""
    upload = _upload(plan_slug, upload_id)
    if upload.asked_at is None:
        return see_other(_address("exchange.assign", upload))
    return render_template(
        "exchange/progress.html", plan=upload.plan, upload=upload, round=upload.round
    )


@bp.post("/plans/<string:plan_slug>/import/<uuid:upload_id>/delete")
@requires(Action.SHEET_IMPORT)
def delete(plan_slug: str, upload_id: UUID) -> Answer:
    """Delete a file that was brought."""
    upload = _upload(plan_slug, upload_id)

    def act() -> Done:
        delete_upload(actor(), upload, now())
        return Done(url_for("exchange.bring", plan_slug=plan_slug), _("The file is deleted."))

    return do_once(act)


@bp.post("/plans/<string:plan_slug>/import/assignments/<int:assignment_id>/delete")
@requires(Action.ROUND_CREATE)
def forget(plan_slug: str, assignment_id: int) -> Answer:
    """Delete an assignment of columns that was kept."""
    plan = _plan(plan_slug)
    found = get_assignment(plan.id, assignment_id)

    def act() -> Done:
        delete_assignment(actor(), plan, found, now())
        return Done(url_for("exchange.bring", plan_slug=plan_slug), _("The assignment is deleted."))

    return do_once(act)


def init_pages(app: Flask) -> None:
    """Let the pages answer."""
    app.register_blueprint(bp, url_prefix=language_prefix())
