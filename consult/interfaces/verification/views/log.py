"""The public log as files (C2SP tlog-tiles), what is opened beside it, and what witnesses send."""

import re
from http import HTTPStatus

from flask import Response, current_app, make_response, request
from flask_babel import lazy_gettext as _l
from prometheus_client import CONTENT_TYPE_LATEST

from consult.foundation.core.clock import now
from consult.foundation.core.errors import InvalidInput, NotAllowed, NotFound
from consult.foundation.core.routing import Routes
from consult.foundation.core.web import Answer
from consult.foundation.policy.view_permissions import public
from consult.foundation.record.notes import NoteError, read_note
from consult.foundation.record.published_log import published_log
from consult.foundation.record.queries import get_log
from consult.foundation.record.witnesses import (
    UnknownCheckpointError,
    UnknownWitnessError,
    take_cosignatures,
)
from consult.interfaces.verification.metrics import metrics
from consult.interfaces.verification.opening import opened_bundle
from consult.interfaces.verification.queries import witnesses

root = Routes()
"""Its addresses have no language in front."""

_NUMBER = r"(x[0-9]{3}/){0,6}[0-9]{3}"
_LASTING = re.compile(rf"tile/([0-9]|[1-5][0-9]|6[0-3]|entries)/{_NUMBER}(\.p/[1-9][0-9]{{0,2}})?")
_GROWING = re.compile(r"checkpoint|cosigned|keys|checkpoints/[0-9]{12}")
_OPENED = re.compile(_NUMBER)
_MOST_BYTES = 64 * 1024


@root.get("/log/<int:number>/<path:name>")
@public
def log_file(number: int, name: str) -> Answer:
    """Return a file of the published log; NotFound where it has no such file."""
    lasting = bool(_LASTING.fullmatch(name))
    known = lasting or _GROWING.fullmatch(name)
    content = published_log(number).read(name) if known else None
    if content is None:
        raise _no_file()
    if not lasting:
        return _text(content)
    answer: Response = make_response(content)
    answer.mimetype = "application/octet-stream"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@root.get("/log/<int:number>/opened/<path:name>")
@public
def opened(number: int, name: str) -> Answer:
    """Return what is public now of the entries of a bundle; it may be nothing."""
    log = get_log(number) if _OPENED.fullmatch(name) else None
    content = opened_bundle(log, int(re.sub(r"\D", "", name)), now()) if log else None
    if content is None:
        raise _no_file()
    return _text(content)


@root.post("/log/<int:number>/cosignatures")
@public
def cosignatures(number: int) -> Answer:
    """Take the cosignature of a witness: a note with a checkpoint of ours and the signature.

    Whoever sends it has no form of ours; the signature says whose it is.
    """
    if get_log(number) is None:
        raise _no_file()
    try:
        note = read_note(request.stream.read(_MOST_BYTES + 1).decode())
        take_cosignatures(published_log(number), note, witnesses())
    except UnknownCheckpointError as error:
        raise NotFound(
            _l("This log never signed this checkpoint."), _l("Cosign the one at `checkpoint`.")
        ) from error
    except UnknownWitnessError as error:
        raise NotAllowed(
            _l("No witness that this platform knows signed this checkpoint."),
            _l("Ask the operator to add your key to the witnesses."),
        ) from error
    except (NoteError, UnicodeDecodeError) as error:
        raise InvalidInput(
            _l("This is no cosigned checkpoint: %(why)s.", why=str(error)),
            _l("docs/record-format.md says what is taken."),
        ) from error
    return Response(status=HTTPStatus.NO_CONTENT)


@root.get("/metrics")
@public
def figures() -> Answer:
    """Return figures for a monitor (Prometheus); NotFound unless the operator opened them."""
    if not current_app.config["METRICS"]:
        raise NotFound(
            _l("There is nothing here."), _l("An operator opens the figures by CONSULT_METRICS.")
        )
    answer = _text(metrics(now()))
    answer.headers["Content-Type"] = CONTENT_TYPE_LATEST
    return answer


def _no_file() -> NotFound:
    return NotFound(
        _l("The log has no such file."), _l("docs/record-format.md says which there are.")
    )


def _text(content: bytes) -> Response:
    answer: Response = make_response(content)
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
