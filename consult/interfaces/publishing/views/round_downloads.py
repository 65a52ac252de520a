"""Downloads of a round: what is public for everyone, and for organisers everything."""

from datetime import datetime
from http import HTTPStatus

from flask import Response, current_app, make_response, render_template, request
from flask_babel import gettext as _

from consult.consultation.rounds.models import Round
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.calendar import ZONE
from consult.foundation.core.clock import now
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.languages import reader_language
from consult.foundation.core.routing import Routes
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.web import Answer, actor, as_attachment
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import public, requires
from consult.foundation.storage.storage import OpenFile
from consult.interfaces.exchange.exporting.columns import TableName, columns_of
from consult.interfaces.exchange.exporting.files import FORMATS
from consult.interfaces.publishing.complete_exports import take_complete_export, taken_exports
from consult.interfaces.publishing.document_cache import RETRY_SECONDS
from consult.interfaces.publishing.round_files import (
    KINDS,
    STREAMED,
    RoundFile,
    Stamp,
    ready_file,
    ready_files,
    wanted_file,
)
from consult.interfaces.publishing.round_writing import (
    OtherBeingMade,
    Progress,
    ask_file,
    read_along,
    read_complete,
)
from consult.interfaces.publishing.transfers import KeptFileReader, NoTransferFree, Transfer
from consult.people.accounts.views.second_factor import fresh

routes = Routes()

LIMITS = {
    "publishing.round_file": "60/minute;600/hour",
    "publishing.complete_export": "20/minute;100/hour",
}
"""How often a person, or a place, may ask for a file: enough for an office behind one address."""
MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
}
AT_ONCE = 1024 * 1024
"""A file of at most this many bytes leaves in one piece, and keeps no thread."""
JOB_SECONDS = 15
"""Seconds after which to look whether a job made a file."""


def _round_for(round_slug: str, action: Action) -> Round:
    """Return a round to whoever may do this with it."""
    round_ = get_round(round_slug)
    ensure(actor(), action, round_, now())
    return round_


@routes.get("/rounds/<string:round_slug>/downloads")
@requires(Action.ROUND_READ)
def round_downloads(round_slug: str) -> Answer:
    """Show in which formats a round can be had, what each is for, and what is left out."""
    round_ = _round_for(round_slug, Action.ROUND_READ)
    ready = ready_files(round_.id, [wanted_file(round_, kind) for kind in KINDS], now())
    return render_template(
        "publishing/round_downloads.html",
        round=round_,
        sizes={wanted.kind: found.cached.info.size for wanted, found in ready.items()},
        licence=current_app.config["LICENCE"],
    )


@routes.get("/data-dictionary")
@public
def data_dictionary() -> Answer:
    """Show what each column of an export holds."""
    tables = {table: columns_of(table) for table in TableName}
    return render_template("publishing/data_dictionary.html", tables=tables)


@routes.get(f"/rounds/<string:round_slug>/downloads/<any({', '.join(KINDS)}):kind>")
@requires(Action.ROUND_READ)
def round_file(round_slug: str, kind: str) -> Answer:
    """Return what is public of a round in one format, or say that it is being made."""
    round_ = _round_for(round_slug, Action.ROUND_READ)
    wanted = wanted_file(round_, kind)
    try:
        answer = _file(wanted)
    except OtherBeingMade:
        return _later(round_, RETRY_SECONDS, kind=kind)
    except NoTransferFree:
        return _later(round_, RETRY_SECONDS, kind=kind, crowded=True)
    if answer is None and request.method == "HEAD":
        # Whoever looks only gets nothing made.
        return _later(round_, JOB_SECONDS, kind=kind)
    if answer is None:
        return _later(round_, JOB_SECONDS, kind=kind, progress=ask_file(wanted, now()))
    answer.mimetype = MEDIA_TYPES[kind]
    return as_attachment(answer, _name(round_, wanted, answer.last_modified or now()))


def _file(wanted: RoundFile) -> Response | None:
    """Return a file as it lies ready or is written; None where a job is to make it."""
    found = ready_file(wanted, now())
    if found and request.if_none_match.contains_weak(found.stamp.digest):
        return _stamped(Response(status=HTTPStatus.NOT_MODIFIED), found.stamp)
    opened = found.cached.open() if found else None
    if found and opened:
        return _stamped(_handed_over(opened), found.stamp)
    if wanted.kind not in STREAMED:
        return None
    if request.method == "HEAD":
        return Response(iter(()))
    stamp, reading = read_along(wanted, now())
    return _stamped(Response(Transfer(reading)), stamp)


def _stamped(answer: Response, stamp: Stamp) -> Response:
    # Weak: what is made again from the same may name another checkpoint of the record.
    answer.set_etag(stamp.digest, weak=True)
    answer.last_modified = stamp.at
    return answer


def _handed_over(opened: OpenFile) -> Response:
    """Answer with a file that is kept: a small one whole, a large one bit by bit."""
    size = opened.info.size
    if size <= AT_ONCE or request.method == "HEAD":
        with opened.stream as stream:
            answer = Response(stream.read() if request.method != "HEAD" else b"")
    else:
        answer = Response(Transfer(KeptFileReader(opened)))
    answer.content_length = size
    return answer


def _name(round_: Round, wanted: RoundFile, at: datetime) -> str:
    day = at.astimezone(ZONE).date().isoformat()
    return f"{round_.slug}-{wanted.language}-{day}.{wanted.kind}"


def _later(
    round_: Round,
    seconds: int,
    *,
    kind: str,
    progress: Progress | None = None,
    crowded: bool = False,
) -> Response:
    """Say that a file is not there yet, and when to come back."""
    page = render_template(
        "publishing/round_file_later.html",
        round=round_,
        kind=kind,
        progress=progress,
        crowded=crowded,
        streamed=kind in STREAMED,
    )
    answer: Response = make_response(page, HTTPStatus.SERVICE_UNAVAILABLE)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@routes.route("/rounds/<string:round_slug>/downloads/complete", methods=["GET", "POST"])
@requires(Action.ROUND_EXPORT_COMPLETE)
def complete_export(round_slug: str) -> Answer:
    """Give an organiser everything that was handed in, after signing in afresh."""
    return _complete_export(_round_for(round_slug, Action.ROUND_EXPORT_COMPLETE))


@fresh
def _complete_export(round_: Round) -> Answer:
    if request.method != "POST":
        return make_response(_complete_page(round_))
    kind = request.form.get("format", "")
    wanted = RoundFile(round_.id, kind, reader_language())
    transfer: Transfer | None = None
    try:
        with unit_of_work():
            take_complete_export(actor(), round_, kind, now())
            # Inside: nothing is recorded of a file that is not given.
            transfer = Transfer(read_complete(wanted, now()))
    except (OtherBeingMade, NoTransferFree):
        busy = _("Somebody else is downloading now. Try it again in a minute.")
        told = _complete_refused(round_, busy, HTTPStatus.SERVICE_UNAVAILABLE)
        told.headers["Retry-After"] = "60"
        return told
    except InvalidInput as refusal:
        return _complete_refused(round_, str(refusal), refusal.status)
    except BaseException:
        if transfer is not None:
            transfer.close()
        raise
    answer = Response(transfer, mimetype=MEDIA_TYPES[kind])
    # No cache keeps it: nothing is kept of what somebody gets who is signed in (core/headers).
    return as_attachment(answer, f"complete-{_name(round_, wanted, now())}")


def _complete_refused(round_: Round, error: str, status: int) -> Response:
    refused: Response = make_response(_complete_page(round_, error), status)
    return refused


def _complete_page(round_: Round, error: str = "") -> str:
    return render_template(
        "publishing/complete_export.html",
        round=round_,
        formats=tuple(FORMATS),
        taken=taken_exports(round_.id),
        error=error,
    )
