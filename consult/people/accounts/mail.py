"""The mails of the sign-in library, through the outbox like every other mail."""

from flask_babel import get_locale
from flask_security import MailUtil

from consult.foundation.core.clock import now
from consult.foundation.core.mail_addresses import NO_ADDRESS, tidy_address
from consult.foundation.notifications.services import queue_message
from consult.people.accounts.models import Person


class OutboxMailUtil(MailUtil):
    """Puts a mail of the library in the outbox, and knows an address by its small letters."""

    def normalize(self, email: str) -> str:
        """Return an address as we store it; ValueError when it is none."""
        return self.validate(email)

    def validate(self, email: str) -> str:
        """Return an address as we store it; ValueError when it is none."""
        found = tidy_address(email)
        if found is None:
            raise ValueError(NO_ADDRESS)
        return found

    def send_mail(  # noqa: D102  (the library's own signature and sense)
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: object,
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
            person.language if isinstance(person, Person) else str(get_locale()),
            now(),
            person.id if isinstance(person, Person) else None,
        )
