"""A real server on this machine: one message arrives, whole and private, or waits."""

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Queue
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.services import queue_message
from consult.foundation.notifications.transport import LOCAL, mail_settings
from tests.conftest import Clock

TO = "pia@consult.example"


class Postbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(  # noqa: N802  (the name that the server calls)
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return "250 OK"

    def mail(self) -> Any:
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        return message_from_bytes(envelope.content, policy=policy.default)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


Serve = Callable[..., Postbox]


@pytest.fixture
def serve(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start a mail server and point the application to it: `serve("smtp://...", ...)`."""
    started: list[Controller] = []

    def start(
        url: str = "smtp://127.0.0.1:1025", port: int | None = None, **options: Any
    ) -> Postbox:
        box = Postbox()
        server = Controller(box, hostname="127.0.0.1", port=port or free_port(), **options)
        server.start()
        started.append(server)
        point(app, monkeypatch, url, server.port)
        return box

    yield start
    for server in started:
        server.stop()


def point(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str, port: int) -> None:
    """Send the application's mail to this address, at a port that is free here."""
    settings = mail_settings(url)
    mailman = app.extensions["mailman"]
    monkeypatch.setitem(app.config, "MAIL_URL", url)
    for setting, name in (
        ("MAIL_BACKEND", "backend"), ("MAIL_SERVER", "server"), ("MAIL_USERNAME", "username"),
        ("MAIL_PASSWORD", "password"), ("MAIL_USE_TLS", "use_tls"), ("MAIL_USE_SSL", "use_ssl"),
    ):  # fmt: skip
        monkeypatch.setattr(mailman, name, settings[setting])
    monkeypatch.setattr(mailman, "port", port)
    monkeypatch.setattr(mailman, "timeout", 5)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate for this machine, which nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=3))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """What the server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def write(now: dt.datetime) -> str:
    with unit_of_work():
        return queue_message(
            TO, "test", "Eén plek", "Dag Pia,\n\n€ 5.\n.\nGroet", "nl", now
        ).public_id


def is_sent() -> bool:
    db.session.rollback()
    found = select(Message.sent_at).execution_options(populate_existing=True)
    return db.session.scalars(found).one() is not None


def last_error() -> str:
    """What the server said about the message, or of itself."""
    db.session.rollback()
    return (
        db.session.scalars(select(Message.failure)).one()
        or db.session.scalars(select(Queue.last_error)).one()
    )


def test_a_message_arrives_whole_with_one_recipient(serve: Serve, clock: Clock) -> None:
    box = serve()
    public_id = write(clock.time)
    run_all(clock.time)
    assert [envelope.rcpt_tos for envelope in box.envelopes] == [[TO]]
    mail = box.mail()
    assert mail["Subject"] == "Eén plek"
    assert mail["To"] == TO
    assert mail["Message-ID"] == f"<{public_id}@localhost>"
    text, html = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().replace("\r\n", "\n").startswith("Dag Pia,\n\n€ 5.\n.\nGroet\n\n-- ")
    assert html.get_content_type() == "text/html"
    assert "€ 5.<br>\n.<br>\nGroet" in html.get_content().replace("\r\n", "\n")
    assert is_sent()


def test_a_server_that_is_down_keeps_it_waiting(
    app: Flask, serve: Serve, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    point(app, monkeypatch, "smtp://127.0.0.1:1025", port)
    public_id = write(clock.time)
    run_all(clock.time)
    assert not is_sent()
    assert "refused" in last_error()
    box = serve(port=port)
    run_all(clock.forward(minutes=1))
    assert box.mail()["Message-ID"] == f"<{public_id}@localhost>"
    assert is_sent()


def test_a_second_try_carries_the_same_name(
    app: Flask, serve: Serve, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server took it, but we were gone before we could note that."""
    box = serve()
    write(clock.time)

    def gone(*_: Any, **__: Any) -> Any:
        raise RuntimeError("gone")

    with monkeypatch.context() as crash:
        crash.setattr("consult.foundation.notifications.delivery._mark_sent", gone)
        run_all(clock.time)
    run_all(clock.forward(minutes=11))
    assert app
    names = {
        message_from_bytes(envelope.content, policy=policy.default)["Message-ID"]
        for envelope in box.envelopes
        if isinstance(envelope.content, bytes)
    }
    assert len(box.envelopes) == 2
    assert len(names) == 1


def test_a_refused_recipient_is_noted(
    serve: Serve, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> str:
        return "550 no such box"

    monkeypatch.setattr(Postbox, "handle_RCPT", refuse, raising=False)
    serve()
    write(clock.time)
    run_all(clock.time)
    assert not is_sent()
    assert "550" in last_error()


# A server is believed only with its certificate (T34)

CLEAR = "smtp://127.0.0.1:587"


def test_without_starttls_nothing_is_sent(serve: Serve, clock: Clock) -> None:
    box = serve(CLEAR)
    write(clock.time)
    run_all(clock.time)
    assert box.envelopes == []
    assert not is_sent()
    assert "STARTTLS" in last_error()


def test_a_certificate_of_nobody_is_not_believed(
    serve: Serve, clock: Clock, tls: ssl.SSLContext
) -> None:
    box = serve(CLEAR, tls_context=tls, require_starttls=True)
    write(clock.time)
    run_all(clock.time)
    assert box.envelopes == []
    assert not is_sent()
    assert "certificate verify failed" in last_error()


def test_nor_by_a_server_that_speaks_tls_from_the_start(
    serve: Serve, clock: Clock, tls: ssl.SSLContext
) -> None:
    # The server cannot greet without TLS, so the test does not wait for its greeting.
    box = serve_tls(serve, tls, "smtps://127.0.0.1:465")
    write(clock.time)
    run_all(clock.time)
    assert box.envelopes == []
    assert not is_sent()
    assert "certificate verify failed" in last_error()


def serve_tls(serve: Serve, context: ssl.SSLContext, url: str) -> Postbox:
    context.check_hostname = False
    return serve(url, ssl_context=context)


@pytest.mark.parametrize("url", ["smtp://mo:geheim%40x@127.0.0.1:587"])
def test_with_a_certificate_that_is_known_it_arrives(
    serve: Serve,
    clock: Clock,
    tls: ssl.SSLContext,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
) -> None:
    seen: list[Any] = []

    def authenticate(_server: Any, _session: Any, _envelope: Any, _kind: str, data: Any) -> Any:
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    box = serve(
        url, tls_context=tls, require_starttls=True, authenticator=authenticate, auth_required=True
    )
    write(clock.time)
    run_all(clock.time)
    assert box.mail()["To"] == TO
    assert seen == [(b"mo", b"geheim@x")]


def test_a_name_the_certificate_does_not_carry_is_not_believed(
    app: Flask, serve: Serve, clock: Clock, tls: ssl.SSLContext, certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    box = serve("smtp://localhost:587", tls_context=tls, require_starttls=True)
    assert app.extensions["mailman"].server == "localhost"
    write(clock.time)
    run_all(clock.time)
    assert box.envelopes == []
    assert "certificate verify failed" in last_error()


# The one address that says it all


def test_local_mail_stays_in_the_house() -> None:
    assert mail_settings(LOCAL) == {"MAIL_BACKEND": "dummy"}


@pytest.mark.parametrize(
    ("url", "server", "port", "starttls", "tls"),
    [
        ("smtp://mail.example", "mail.example", 587, True, False),
        ("smtp://mail.example:25", "mail.example", 25, True, False),
        ("smtp://mail.example:1025", "mail.example", 1025, True, False),
        ("smtp://localhost:25", "localhost", 25, False, False),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, False, False),
        ("smtp://[::1]:25", "::1", 25, False, False),
        ("smtp://localhost:587", "localhost", 587, True, False),
        ("smtp://localhost", "localhost", 587, True, False),
        ("smtp://localhost.evil.example:25", "localhost.evil.example", 25, True, False),
        ("smtps://mail.example", "mail.example", 465, False, True),
        ("smtps://localhost:25", "localhost", 25, False, True),
    ],
)
def test_an_address_becomes_settings(
    url: str, server: str, port: int, starttls: bool, tls: bool
) -> None:
    found = mail_settings(url)
    assert (found["MAIL_SERVER"], found["MAIL_PORT"]) == (server, port)
    assert (found["MAIL_USE_TLS"], found["MAIL_USE_SSL"]) == (starttls, tls)


def test_name_and_password_may_hold_any_sign() -> None:
    found = mail_settings("smtp://a%40b:p%2F%3A%40q@mail.example")
    assert (found["MAIL_USERNAME"], found["MAIL_PASSWORD"]) == ("a@b", "p/:@q")


@pytest.mark.parametrize(
    "url",
    ["", "mail.example", "http://mail.example", "smtp://", "smtp:mail", "smtp://x:port", "file:x"],
)
def test_what_is_no_address_is_refused_as_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"CONSULT_MAIL_URL must be"):
        mail_settings(url)
