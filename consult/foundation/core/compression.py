"""Pages go over the wire compressed (gzip, RFC 9110 8.4).

Who compresses a secret together with words that somebody else chose tells its length, and so, in
many requests, the secret (BREACH, 2013). Where something is known of the reader, a page with words
out of its address is therefore not compressed, and of the others the length is blurred by a random
one ("Heal the BREACH", 2022, as in Django). docs/decisions/0049 says more.
"""

import gzip
import io
import secrets

from flask import Flask, Response, request, session

LEAST = 1024
"""Bytes: below this, compressing costs more than it saves."""
LEVEL = 5
"""Of 1 to 9: within a few percent of the smallest, for half the work."""
MIMETYPES = {
    "application/atom+xml",
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
    "text/calendar",
    "text/css",
    "text/csv",
    "text/html",
    "text/plain",
}
PARTS_OR_CODED = ("Content-Encoding", "Content-Range", "Accept-Ranges")
"""The headers of what is not whole, may be asked for in parts, or has a coding already."""
GZIP = "gzip"
MOST_BLUR = 100
"""Bytes: at most so many are added where something is known of the reader."""


def compressed(content: bytes, *, blurred: bool = False) -> bytes:
    """Return the bytes as gzip: the same for the same bytes, unless its length is blurred."""
    # The format has room for a name of any length, which readers pass over (RFC 1952 2.3.1).
    name = "x" * (1 + secrets.randbelow(MOST_BLUR)) if blurred else ""
    made = io.BytesIO()
    with gzip.GzipFile(name, "wb", LEVEL, made, mtime=0) as file:
        file.write(content)
    return made.getvalue()


def _knows_reader(response: Response) -> bool:
    return bool(session) or "Set-Cookie" in response.headers


def _holds_words_of_others() -> bool:
    """Whether the request, which somebody else may have made up, says what stands in the answer."""
    return bool(request.query_string) or request.method not in {"GET", "HEAD"}


def _may_be_compressed(response: Response) -> bool:
    """Whether it is a whole text that nobody compressed before, and that tells no secret so."""
    headers = response.headers
    return (
        response.mimetype in MIMETYPES
        and not (response.is_streamed or response.direct_passthrough)
        and not any(name in headers for name in PARTS_OR_CODED)
        and not (_knows_reader(response) and _holds_words_of_others())
    )


def _compress(response: Response) -> Response:
    if not _may_be_compressed(response):
        return response
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) < LEAST or not request.accept_encodings.quality(GZIP):
        return response
    response.set_data(compressed(content, blurred=_knows_reader(response)))
    response.content_encoding = GZIP
    etag, _ = response.get_etag()
    if etag is not None:  # the same text in other bytes (RFC 9110 8.8.3.3)
        response.set_etag(etag, weak=True)
    return response


def init_compression(app: Flask) -> None:
    """Compress what the application answers; the first to be bound, so that it acts last."""
    app.after_request(_compress)
