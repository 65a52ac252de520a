"""Giving a stored file to a reader: always as a download that can run nothing."""

import structlog
from flask import Response, request, send_file
from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import NotFound, OutOfReach
from consult.foundation.files.models import ScanState, StoredFile
from consult.foundation.files.names import file_name
from consult.foundation.files.scanning import is_held
from consult.foundation.files.services import storage

log = structlog.get_logger()


def as_download(stored: StoredFile) -> Response:
    """Answer with a file under its own name; whoever asks was allowed to read it.

    Raises NotFound where the storage has lost it, and OutOfReach where it does not answer, or where
    the virus scanner did not find the file clean.
    """
    if is_held(stored):
        raise _held(stored)
    missing = NotFound(
        _l("This file is missing: the platform has lost it."),
        _l("Tell the people who look after this site; they may find it in a backup."),
    )
    name = file_name(stored.name)
    answer = _answer_with(stored.storage_key, name, stored.media_type, missing)
    answer.set_etag(stored.sha256)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _held(stored: StoredFile) -> OutOfReach:
    if stored.scan_state is ScanState.INFECTED:
        return OutOfReach(
            _l("This file is given to nobody: our virus scanner found a virus in it."),
            _l("Ask who handed it in for a clean copy."),
        )
    return OutOfReach(
        _l("This file is not given out yet: our virus scanner has not looked at it."),
        _l("Try again in a few minutes."),
    )


def as_resumable_download(key: str, name: str, media_type: str, missing: NotFound) -> Response:
    """Answer with a file that no row describes, or with the part of it that a reader asks for."""
    answer = _answer_with(key, name, media_type, missing)
    size, modified = answer.content_length, answer.last_modified
    answer.set_etag(f"{modified.timestamp() if modified else 0}-{size}")
    answer.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    return answer


def _answer_with(key: str, name: str, media_type: str, missing: NotFound) -> Response:
    """Answer with a file, read bit by bit while it is sent; a file that is gone is as `missing`."""
    try:
        found = storage().open(key)
    except FileNotFoundError:
        raise missing from None
    except OSError as error:
        log.exception("storage", error=str(error))
        raise OutOfReach(
            _l(
                "The platform cannot get at this file now: it cannot reach the place where it lies."
            ),
            _l("Try again in a few minutes."),
        ) from error
    answer: Response = send_file(
        found.stream,
        mimetype=media_type,
        as_attachment=True,
        download_name=name,
        last_modified=found.info.modified,
        conditional=False,
        etag=False,
    )
    answer.content_length = found.info.size
    return answer
