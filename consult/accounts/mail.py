"""The mails of signing in, through the outbox like every other mail."""

from typing import Any

from flask import current_app, request
from flask_babel import get_locale
from flask_security import MailUtil

from consult.core.clock import now
from consult.core.unit_of_work import unit_of_work
from consult.notifications.services import queue_message


class OutboxMailUtil(MailUtil):
    """Puts a mail of the library in the outbox instead of sending it at once."""

    def send_mail(  # noqa: D102  (the library's own signature and sense)
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        del sender, html
        address = recipient if isinstance(recipient, str) else recipient[1]
        # Links are made only from the address in the settings, never from the Host header.
        text = (body or "").replace(
            request.host_url.rstrip("/"), str(current_app.config["BASE_URL"])
        )
        person = kwargs.get("user")
        with unit_of_work():
            queue_message(
                address,
                f"security-{template}",
                str(subject),
                text.strip(),
                str(get_locale()),
                now(),
                person.id if person is not None else None,
            )
