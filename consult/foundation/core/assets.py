"""Static files: each has an address with its digest, which a browser keeps for a year.

A file that changes has another address, so that nobody sees an old one (RFC 8246, `immutable`).
Texts were compressed when the files were laid (tools/assets.py), under the digest of what they
hold: a text that changed since then goes out as it is.
"""

from functools import cache, lru_cache
from hashlib import sha256
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path

from flask import (
    Flask,
    Response,
    current_app,
    has_request_context,
    request,
    send_from_directory,
    url_for,
)

KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"
COMPRESSED = Path("vendor", "compressed")
CODINGS = (("br", ".br"), ("gzip", ".gz"))
"""How a text may be compressed, the smallest first, and what its file ends in."""


@lru_cache(maxsize=256)
def _digest(path: Path, changed: float) -> str:  # noqa: ARG001  (part of the cache's key)
    return sha256(path.read_bytes()).hexdigest()[:12]


def _digest_of(name: str) -> str | None:
    """Return the digest of a file in static as it is now; None if there is none."""
    path = Path(str(current_app.static_folder)) / name
    return _digest(path, path.stat().st_mtime) if path.is_file() else None


def asset(name: str) -> str:
    """Return the address of a file in static, with a digest that changes when it does.

    It is made once in a process, unless somebody works on the files (debug).
    """
    if current_app.debug or not has_request_context():
        return _address(name)
    return _address_below(request.script_root, name)


@cache
def _address_below(root: str, name: str) -> str:  # noqa: ARG001  (part of the cache's key)
    return _address(name)


def _address(name: str) -> str:
    return url_for("static", filename=name, v=_digest_of(name) or "missing")


def cache_by_digest(response: Response) -> None:
    """Let a static file be kept where its address says what it holds; others are asked anew."""
    name = (request.view_args or {}).get("filename", "")
    digest = request.args.get("v")
    if digest is not None and response.status_code == HTTPStatus.OK and digest == _digest_of(name):
        response.headers["Cache-Control"] = KEPT_FOR_A_YEAR


def _compressed(filename: str) -> tuple[str, Path] | None:
    """Return the smallest coding that the browser takes, and where the file lies in it, if any."""
    if digest := _digest_of(filename):
        for coding, ending in CODINGS:
            path = COMPRESSED / f"{digest}{ending}"
            there = Path(str(current_app.static_folder)) / path
            if request.accept_encodings.quality(coding) and there.is_file():
                return coding, path
    return None


def send_static(filename: str) -> Response:
    """Answer with a file in static, compressed where the browser takes that."""
    coding, path = _compressed(filename) or (None, Path(filename))
    answer = send_from_directory(
        str(current_app.static_folder),
        path,
        mimetype=guess_type(filename)[0],
        download_name=Path(filename).name,
    )
    if coding:
        answer.content_encoding = coding
    answer.vary.add("Accept-Encoding")
    return answer


def init_assets(app: Flask) -> None:
    """Let the route that Flask made for static files answer with ours."""
    app.view_functions["static"] = send_static
