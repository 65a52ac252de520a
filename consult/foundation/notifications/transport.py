"""Where mail goes: one address says it all (setting CONSULT_MAIL_URL)."""

import enum
import re
import smtplib
import ssl
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask_mailman import EmailMessage, Mail
from flask_mailman.backends.smtp import EmailBackend as Smtp

LOCAL = "local:"
SERVICE_CLOSES = 421
_HERE = {"localhost", "127.0.0.1", "::1"}
# A mail server on this machine itself may be spoken to in the clear, at its usual doors.
_CLEAR_PORTS = {25, 1025}


PATIENCE = 6
"""So many times longer than anything else, the answer to a whole message may take: a server that
takes it, and says so late, would get it twice (RFC 5321, 4.5.3.2.6)."""


def init_app(app: Flask) -> None:
    """Bind the mail library, with what the setting says."""
    for name, value in mail_settings(app.config["MAIL_URL"]).items():
        app.config.setdefault(name, value)
    Mail(app)


class DeliveryVerdict(enum.Enum):
    """What came of handing over one message."""

    TAKEN = "taken"
    LATER = "later"
    """The server does not take this message now."""
    NEVER = "never"
    """The server will not take this message."""
    AWAY = "away"
    """The server is not there, or takes no mail from us at all."""


def verdict_on(error: Exception) -> DeliveryVerdict:
    """Return what an error says about the message, or about the server."""
    code = _code_of(error)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return DeliveryVerdict.AWAY
    if isinstance(code, int):
        if code == SERVICE_CLOSES:
            return DeliveryVerdict.AWAY
        return DeliveryVerdict.LATER if 400 <= code < 500 else DeliveryVerdict.NEVER  # noqa: PLR2004
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryVerdict.NEVER
    return DeliveryVerdict.AWAY if isinstance(error, OSError) else DeliveryVerdict.NEVER


def _code_of(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _text in error.recipients.values()), None)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


# Bounded, for a server may say anything: tried at every sign, it would take the square of it.
_ADDRESS = re.compile(r"<?[^\s<>@]{1,254}@[^\s<>@]{1,254}>?")


def reason_of(error: Exception) -> str:
    """Say why it failed in the words of the server, without any address."""
    said = str(error) or type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(_words(*answer) for answer in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = _words(error.smtp_code, error.smtp_error)
    return _ADDRESS.sub("…", " ".join(said.split()))[:300]


def _words(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


class _Patient(smtplib.SMTP):
    """Waits longer for the answer to a whole message than for anything else."""

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401  (any buffer; named from 3.12 on)
        timeout = self.sock.gettimeout() if self.sock else None
        if self.sock and timeout:
            self.sock.settimeout(timeout * PATIENCE)
        answer = super().data(msg)
        if self.sock:
            self.sock.settimeout(timeout)
        return answer


class _PatientSsl(_Patient, smtplib.SMTP_SSL):
    """The same, with TLS from the start."""


class EmailBackend(Smtp):
    """SMTP that believes only a server with a valid certificate, open until it is closed.

    The library asks for TLS without checking whom it speaks to (CKAN CVE-2026-41132 is the same).
    """

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """Check the server's certificate and its name."""
        return ssl.create_default_context()

    connection: smtplib.SMTP | None = None

    def _connect(self) -> smtplib.SMTP:
        if self.use_ssl:
            return _PatientSsl(self.host, self.port, timeout=self.timeout, context=self.ssl_context)
        return _Patient(self.host, self.port, timeout=self.timeout)

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

    def _send(self, email_message: EmailMessage) -> bool:
        """Send one; after a refusal the server begins anew, as the next message needs."""
        try:
            return bool(super()._send(email_message))
        except smtplib.SMTPResponseException:
            if self.connection:
                with suppress(OSError):
                    self.connection.rset()
            raise

    def close(self) -> None:
        """Say goodbye; a server that left first, or lets us wait, is left without a word."""
        connection, self.connection = self.connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except OSError:
            connection.close()


def mail_settings(url: str) -> dict[str, object]:
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
