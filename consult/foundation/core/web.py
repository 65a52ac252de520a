"""What views need of a request: who acts, when it arrived, its idempotency key."""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, g, redirect, request, session
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from consult.foundation.core.clock import now
from consult.foundation.core.people import Actor
from consult.foundation.core.unit_of_work import IdempotencyKey

ARRIVED = "consult.arrived_at"
DRAFT_TAKEN = "draft_taken"
_PIECE = 256 * 1024
"""Bytes of a file that are read at once."""
Answer = str | Response | BaseResponse | tuple[str, int]


def wrap_wsgi(app: Flask, layer: Callable[[WSGIApplication], WSGIApplication]) -> None:
    """Put a layer around the application, outside those that are there."""
    # Flask documents this as the way.
    app.wsgi_app = layer(app.wsgi_app)  # type: ignore[assignment, method-assign]


class ArrivalStamp:
    """The outermost layer: writes on each request when it arrived, before it waits for anything."""

    def __init__(self, app: WSGIApplication, clock: Callable[[], datetime]) -> None:
        self.app = app
        self.clock = clock

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Stamp the request and pass it on."""
        environ[ARRIVED] = self.clock()
        return self.app(environ, start_response)


def actor() -> Actor:
    """Return who acts in the present request."""
    # A proxy would ask who it is at every attribute.
    return cast("Actor", current_user._get_current_object())  # noqa: SLF001


def arrival() -> datetime:
    """Return when the present request arrived at the server."""
    at = request.environ.get(ARRIVED)
    return at if isinstance(at, datetime) else now()


def csv_download(lines: Iterable[str], name: str) -> Response:
    """Return lines of CSV (core.csv_files) as a file that is kept by no cache."""
    answer = Response("".join(lines), content_type="text/csv; charset=utf-8")
    return never_kept(as_attachment(answer, name))


def as_attachment(response: Response, name: str) -> Response:
    """Let the browser save an answer under this name instead of showing it (RFC 6266)."""
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def never_kept(response: Response) -> Response:
    """Let no cache keep a page that has an address, a code or a token in it."""
    response.headers["Cache-Control"] = "no-store"
    return response


@lru_cache(maxsize=8)
def _signer_with(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="once")


def _signer() -> URLSafeTimedSerializer:
    return _signer_with(current_app.config["SECRET_KEY"])


def new_once_key() -> str:
    """Make the key of a form: random, and signed with the moment at which it was opened."""
    return _signer().dumps([secrets.token_urlsafe(12), now().timestamp()]).__str__()


def form_opened_at() -> datetime | None:
    """Return when the form that is posted was opened; None when we did not sign it."""
    try:
        _key, opened = _signer().loads(request.form.get("once", ""))
        return datetime.fromtimestamp(opened, UTC)
    except (BadSignature, ValueError, TypeError):
        return None


def once() -> IdempotencyKey | None:
    """Return the idempotency key of the form that is posted; None when it carries none.

    Its fingerprint is that of the whole request: address, query, every field and every file.
    """
    key = request.form.get("once", "")
    if not key:
        return None
    who = actor().actor_id
    said = sorted(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"once", "csrf_token"}
    )
    whole = [request.path, request.query_string.decode("latin-1"), said, _measured_files()]
    # The random part comes first in the signed key; sixty-four signs of it are plenty.
    return IdempotencyKey.of(str(who or "anonymous"), key, json.dumps(whole))


def sent_files() -> list[tuple[str, FileStorage]]:
    """Return the files of the form that is posted, by field; a field left empty sent none."""
    return [
        (name, one) for name, one in request.files.items(multi=True) if one.filename or size_of(one)
    ]


def size_of(file: FileStorage) -> int:
    """Return the size of a file that was sent, in bytes."""
    size = file.stream.seek(0, os.SEEK_END)
    file.stream.seek(0)
    return size


def _measured_files() -> list[tuple[str, str, int, str]]:
    """Return field, name, size and SHA-256 of the files that were sent; they are read once."""
    if "measured_files" not in g:
        g.measured_files = sorted(
            (name, one.filename or "", *_measure(one)) for name, one in sent_files()
        )
    found: list[tuple[str, str, int, str]] = g.measured_files
    return found


def _measure(file: FileStorage) -> tuple[int, str]:
    """Return the size of a file that was sent, and its SHA-256."""
    size = size_of(file)
    digest = hashlib.sha256()
    for piece in iter(partial(file.stream.read, _PIECE), b""):
        digest.update(piece)
    file.stream.seek(0)
    return size, digest.hexdigest()


def see_other(address: str) -> Response:
    """Answer a form: go and look there (303).

    The page there tells the browser that the draft of the form needs no copy any more.
    """
    if draft := request.form.get("draft"):
        session[DRAFT_TAKEN] = draft[:36]
    return cast("Response", redirect(address, code=303))
