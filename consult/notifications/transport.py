"""Where mail goes: one address says it all (setting CONSULT_MAIL_URL)."""

import smtplib
import ssl
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from flask_mailman import EmailMessage
from flask_mailman.backends.smtp import EmailBackend as Smtp

LOCAL = "local:"
_HERE = {"localhost", "127.0.0.1", "::1"}
# A mail server on this machine itself may be spoken to in the clear, at its usual doors.
_CLEAR_PORTS = {25, 1025}


class EmailBackend(Smtp):
    """SMTP that believes only a server with a valid certificate.

    The library asks for TLS without checking whom it speaks to (CKAN CVE-2026-41132 is the same).
    """

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """Check the server's certificate and its name."""
        return ssl.create_default_context()

    connection: smtplib.SMTP | None = None

    def _connect(self) -> smtplib.SMTP:
        if self.use_ssl:
            return smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=self.ssl_context
            )
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)

    def open(self) -> bool:
        """Connect, with TLS unless the settings say otherwise.

        Raises OSError (SMTPException and SSLError are such): then nothing was sent.
        """
        if self.connection:
            return False
        connection = self._connect()
        try:
            if self.use_tls:
                connection.starttls(context=self.ssl_context)
            if self.username:
                connection.login(self.username, self.password or "")
        except BaseException:
            connection.close()
            raise
        self.connection = connection
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send, and leave no connection behind where the server refuses."""
        try:
            return int(super().send_messages(email_messages))
        finally:
            self.close()


def mail_settings(url: str) -> dict[str, Any]:
    """Turn the address of a mail server into the settings of Flask-Mailman.

    `local:` keeps mail in the house, `smtp://user:password@host:587` uses STARTTLS, `smtps://`
    uses TLS from the start. Raises ValueError with a sentence for anything else.
    """
    if url == LOCAL:
        return {"MAIL_BACKEND": "dummy"}
    parts = urlsplit(url)
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError:
        port = 0
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not port:
        raise ValueError(
            "CONSULT_MAIL_URL must be local:, smtp://user:password@host:587 or smtps://..."
        )
    clear = parts.hostname in _HERE and port in _CLEAR_PORTS
    return {
        "MAIL_BACKEND": f"{__name__}.EmailBackend",
        "MAIL_SERVER": parts.hostname,
        "MAIL_PORT": port,
        "MAIL_USERNAME": unquote(parts.username) if parts.username else None,
        "MAIL_PASSWORD": unquote(parts.password) if parts.password else None,
        "MAIL_USE_SSL": parts.scheme == "smtps",
        "MAIL_USE_TLS": parts.scheme == "smtp" and not clear,
        "MAIL_TIMEOUT": 20,
    }
