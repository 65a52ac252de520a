"""Where mail goes: one address says it all (setting CONSULT_MAIL_URL)."""

from typing import Any
from urllib.parse import unquote, urlsplit

LOCAL = "local:"


def mail_settings(url: str) -> dict[str, Any]:
    """Turn the address of a mail server into the settings of Flask-Mailman.

    `local:` keeps mail in the house, `smtp://user:password@host:587` uses STARTTLS, `smtps://`
    uses TLS from the start. Raises ValueError with a sentence for anything else.
    """
    if url == LOCAL:
        return {"MAIL_BACKEND": "dummy"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError(
            "CONSULT_MAIL_URL must be local:, smtp://user:password@host:587 or smtps://..."
        )
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return {
        "MAIL_BACKEND": "smtp",
        "MAIL_SERVER": parts.hostname,
        "MAIL_PORT": port,
        "MAIL_USERNAME": unquote(parts.username) if parts.username else None,
        "MAIL_PASSWORD": unquote(parts.password) if parts.password else None,
        "MAIL_USE_SSL": parts.scheme == "smtps",
        "MAIL_USE_TLS": parts.scheme == "smtp" and not (here and parts.port is not None),
        "MAIL_TIMEOUT": 20,
    }
