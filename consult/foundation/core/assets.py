"""Static files: each has an address with its digest, which a browser keeps for a year.

A file that changes has another address, so that nobody sees an old one (RFC 8246, `immutable`).
"""

from functools import cache, lru_cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from flask import Response, current_app, has_request_context, request, url_for

KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"


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
