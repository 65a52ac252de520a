"""The mails of the sign-in library, through the outbox like every other mail."""

from typing import Any

from flask import current_app
from flask_babel import get_locale
from flask_security import MailUtil

from consult.core.clock import now
from consult.notifications.services import queue_message

LONGEST_ADDRESS = 254


def tidy_address(typed: str) -> str | None:
    """Give an address as we store it; None when it is no e-mail address."""
    if len(typed) > LONGEST_ADDRESS:
        return None
    try:
        return str(current_app.extensions["security"].mail_util.validate(typed.strip()))
    except ValueError:
        return None


def _bounded(email: str) -> str:
    """Give what was typed, unless no address is that long (ValueError): reading it takes time."""
    if len(email) > LONGEST_ADDRESS:
        raise ValueError
    return email


class OutboxMailUtil(MailUtil):
    """Puts a mail of the library in the outbox, and knows an address by its small letters."""

    def normalize(self, email: str) -> str:
        """Give an address as we store it; ValueError when it is none."""
        return str(super().normalize(_bounded(email))).lower()

    def validate(self, email: str) -> str:
        """Give an address as we store it; ValueError when it is none."""
        return str(super().validate(_bounded(email))).lower()

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
        # We ask the library for no mail (setup.py); one that it sends yet goes out like ours, in
        # the transaction of the change that it is about.
        del sender, html
        address = recipient if isinstance(recipient, str) else recipient[1]
        person = kwargs.get("user")
        queue_message(
            address,
            f"security-{template.rpartition('/')[2]}",
            str(subject),
            (body or "").strip(),
            person.language if person else str(get_locale()),
            now(),
            person.id if person else None,
        )
