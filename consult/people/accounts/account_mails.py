"""The mails that a stranger can ask for: a link that signs in or makes an account, a new password.

Whoever asks gets the same answer in the same time, whether the address has an account or not:
who is behind it is looked up afterwards, by the worker.

At most five an hour reach an address, whoever asks. Each of them holds a way in, so a stranger who
asks for many closes none; and who asks from a device that the account knows gets five more.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from consult.foundation.core.addresses import address_of
from consult.foundation.core.db import db
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue, was_asked
from consult.foundation.notifications.queries import moments_of_messages
from consult.foundation.notifications.services import notify
from consult.people.accounts.codes import linked_code, new_code
from consult.people.accounts.lockout import hidden
from consult.people.accounts.models import Person
from consult.people.accounts.newcomer_links import newcomer_token

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_AN_HOUR = 5
MOST_FOR_KNOWN = 10
# Two clicks on one button are one wish.
ONE_WISH = timedelta(seconds=20)


class AccountMail(enum.StrEnum):
    """What a stranger can ask for."""

    LINK = "link"
    RESET = "reset"
    WELCOME = "welcome"
    """A link was asked for an address that has no account: it makes one."""
    TRIED = "tried"
    """Somebody typed a wrong password or code too often."""


KINDS = tuple(f"security-{letter}" for letter in AccountMail)
"""The kinds of these mails."""
_BRING_NOTHING = {AccountMail.TRIED: DAY}
"""What holds no way in, and how long it is before the next: it does not use up what does."""


@dataclass(frozen=True)
class Newcomer:
    """Whoever reads a mail at an address that has no account."""

    email: str
    language: str
    display_name: str = ""
    id: int | None = None


def ask_letter(
    letter: AccountMail,
    email: str,
    now: datetime,
    leads_to: str = "",
    *,
    known: bool = False,
    language: str = LANGUAGES[0],
) -> None:
    """Ask for a mail to an address; the worker finds out whether there is anybody to write to.

    `leads_to` is the page of ours that the reader wanted to go to; `known` says that the account
    knows the device from which it is asked; `language` is for whoever has no account yet.
    """
    payload = {
        "letter": letter, "email": email, "leads_to": leads_to, "known": known,
        "language": language,
    }  # fmt: skip
    enqueue("account-letter", payload, now)


def warn_of_tries(owner: str, now: datetime) -> None:
    """Ask, once a day, for a mail that tells the owner of an account that somebody tries it."""
    key = f"account-letter:{hidden(owner)}:{now.date()}"
    if not was_asked(key):
        payload = {"letter": AccountMail.TRIED, "email": owner, "leads_to": ""}
        enqueue("account-letter", payload, now, key=key)


class LetterPayload(TypedDict):
    """Which mail somebody asked for, and for which address."""

    letter: str
    email: str
    leads_to: str
    known: NotRequired[bool]
    language: NotRequired[str]


def write_letter(payload: LetterPayload, now: datetime) -> None:
    """Write the mail, if it is for somebody and the address did not get too many already.

    To an address without an account goes the link that makes one, and no other mail. An account
    that nobody ever confirmed is none. Who is suspended gets nothing.
    """
    letter, email = AccountMail(payload["letter"]), payload["email"]
    person = db.session.scalar(select(Person).where(Person.email == email))
    if person is not None and not person.active:
        return
    if letter is AccountMail.LINK and (person is None or person.confirmed_at is None):
        letter, person = AccountMail.WELCOME, None
    if (person is None) != (letter is AccountMail.WELCOME) or _got_too_many(letter, payload, now):
        return
    with unit_of_work():
        if person is None:
            language = payload.get("language", LANGUAGES[0])
            facts = _welcome(email, language, payload["leads_to"], now)
            notify(Newcomer(email, language), f"security-{letter}", now, **facts)
        else:
            notify(person, f"security-{letter}", now, **_facts(letter, person, payload["leads_to"]))


def _got_too_many(letter: AccountMail, payload: LetterPayload, now: datetime) -> bool:
    written = moments_of_messages(payload["email"], "security-", now - DAY)
    again = min((now - at for kind, at in written if kind == f"security-{letter}"), default=DAY)
    if letter in _BRING_NOTHING:
        return again < _BRING_NOTHING[letter]
    counted = {f"security-{one}" for one in AccountMail if one not in _BRING_NOTHING}
    recent = [at for kind, at in written if kind in counted and at > now - HOUR]
    most = MOST_FOR_KNOWN if payload.get("known") else MOST_AN_HOUR
    return len(recent) >= most or again < ONE_WISH


def _welcome(email: str, language: str, leads_to: str, now: datetime) -> dict[str, object]:
    following = {"next": leads_to} if leads_to else {}
    token = newcomer_token(email, now)
    return {"link": address_of("security.register", language, token=token, **following)}


def _facts(letter: AccountMail, person: Person, leads_to: str) -> dict[str, object]:
    following = {"next": leads_to} if leads_to else {}
    if letter is AccountMail.LINK:
        code = new_code(person)
        # Not the address: what stands in a link stands in the logs of servers too.
        who = {"who": person.public_id, "code": linked_code(person, code), **following}
        return {"code": code, "link": address_of("security.us_signin", person.language, **who)}
    if letter is AccountMail.RESET:
        token = generate_reset_password_token(person)
        return {"link": address_of("security.reset_password", person.language, token=token)}
    return {
        "login": address_of("security.login", person.language),
        "forgot": address_of("security.forgot_password", person.language),
        "by_link": address_of("security.us_signin_send_code", person.language),
        "overview": address_of("security.overview", person.language),
    }
