"""From a first factor to a session: who has a second factor is asked for it in between.

Meanwhile the cookie says who is half way, and nothing else counts as signed in.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict, cast

from flask import Response, redirect, request, session, url_for
from flask_security import login_user
from sqlalchemy import select

from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.people.accounts.models import Person, SecondFactor, SignInMethod
from consult.people.accounts.safe_redirects import local_path

WAIT = timedelta(minutes=10)
_HALF = "half"


@dataclass(frozen=True)
class PendingLogin:
    """Somebody who gave the first factor, and where they wanted to go."""

    person: Person
    how: SignInMethod
    keep: bool
    leads_to: str


class _Half(TypedDict):
    """What a browser keeps of whoever gave the first factor."""

    who: str
    how: str
    keep: bool
    next: str
    at: float


class SecondFactorPlugin:
    """Stands where the library asks for second factors: every door of it leads through here."""

    def tf_enter(
        self, user: Person, _remember: bool | None, via: str, next_loc: str | None
    ) -> Response:
        """Admit who gave a password, or the code of a mail."""
        del next_loc  # read from the request, where only our own addresses are left
        return admit(user, SignInMethod.LINK if via == "email" else SignInMethod(via))


def _wanted() -> str:
    return local_path(request.values.get("next"))


def admit(
    person: Person,
    how: SignInMethod,
    second: SecondFactor | None = None,
    leads_to: str | None = None,
) -> Response:
    """Let somebody in who gave a first factor, or ask for the second where there is one."""
    leads_to = _wanted() if leads_to is None else leads_to
    half = PendingLogin(person, how, bool(request.form.get("keep")), leads_to)
    if second is not None or person.second_factor_at is None:
        return enter(half, second)
    session[_HALF] = {
        "who": person.fs_uniquifier,
        "how": how.value,
        "keep": half.keep,
        "next": leads_to,
        "at": now().timestamp(),
    }
    return cast("Response", redirect(url_for("security.second_factor")))


def half_way() -> PendingLogin | None:
    """Return who is half way in this browser; None if nobody is, or it took too long."""
    said: _Half | None = session.get(_HALF)
    if said is None or now().timestamp() - said["at"] > WAIT.total_seconds():
        session.pop(_HALF, None)
        return None
    found = select(Person).where(
        Person.fs_uniquifier == said["who"], Person.active, Person.second_factor_at.is_not(None)
    )
    person = db.session.scalar(found)
    return (
        PendingLogin(person, SignInMethod(said["how"]), said["keep"], said["next"])
        if person
        else None
    )


def enter(half: PendingLogin, second: SecondFactor | None) -> Response:
    """Begin the session, and lead on: who must have a second factor first sets one up."""
    person = half.person
    session.pop(_HALF, None)
    login_user(person, authn_via=[half.how.value, *([second.value] if second else [])])
    session.permanent = half.keep
    if person.waiting_grants is not None:
        there = url_for("security.authenticator", next=half.leads_to or None)
        return cast("Response", redirect(there))
    if second is SecondFactor.RECOVERY:
        return cast("Response", redirect(url_for("security.overview")))
    return cast("Response", redirect(half.leads_to or url_for("publishing.home")))
