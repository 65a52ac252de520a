"""Giving a stored file to a reader: always as a download that can run nothing."""

from flask import Response, send_file
from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import NotFound
from consult.foundation.files.models import StoredFile
from consult.foundation.files.names import file_name
from consult.foundation.files.services import path_of


def as_download(stored: StoredFile) -> Response:
    """Answer with a file under its own name; whoever asks was allowed to read it.

    Raises NotFound where the storage has lost it.
    """
    if not path_of(stored).exists():
        raise NotFound(
            _l("This file is missing: the platform has lost it."),
            _l("Tell the people who look after this site; they may find it in a backup."),
        )
    answer: Response = send_file(
        path_of(stored),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=file_name(stored.name),
        etag=stored.sha256,
        conditional=False,
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
