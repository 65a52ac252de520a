"""Headers on every answer: a strict content policy, no framing, no referrer, no stale private page.

After the ten rules of Internet.nl and OWASP ASVS 5.0 V3.4; a test reads them on every answer.
"""

from flask import Flask, Response, request, session

from consult.foundation.core.assets import KEPT_FOR_A_YEAR, cache_by_digest

CSP = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self'; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'; "
    "frame-src 'none'; "
    "object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.extend({name: value for name, value in HEADERS.items() if name not in headers})
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static":
        cache_by_digest(response)
    elif response.headers.get("Cache-Control") != KEPT_FOR_A_YEAR:  # the same for everybody
        response.vary.update(("Cookie", "Accept-Language"))
        # Not who it is: that asks the database, which may be what is away.
        if "_user_id" in session:
            response.headers["Cache-Control"] = "no-store"
        else:
            response.headers.setdefault("Cache-Control", "no-cache, private")
    return response


def init_headers(app: Flask) -> None:
    """Put the headers on every answer of the application."""
    app.after_request(_protect)
