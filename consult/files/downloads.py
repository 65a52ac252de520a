"""Giving a stored file to a reader: always as a download that can run nothing."""

from flask import Response, send_file

from consult.files.models import StoredFile
from consult.files.names import file_name
from consult.files.services import path_of


def as_download(stored: StoredFile) -> Response:
    """Answer with a file under its own name; whoever asks was allowed to read it."""
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
