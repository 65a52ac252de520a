"""What accounts keep about people: who they are, how they sign in, and what they are here."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.templating import day
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import DAY, YEAR, Ids, Rule, before, deletes
from consult.people.accounts.lockout import DEVICE
from consult.people.accounts.models import (
    KeptForm,
    LinkedIdentity,
    Passkey,
    Person,
    PlatformRole,
    SignInFailure,
    SignInSession,
    SpentToken,
    person_platform_role,
)
from consult.people.accounts.services import hold_administrators

PARTS = (
    ExportPart("account", _l("My account"), Person, where=lambda me: Person.id == me, place=10),
    ExportPart(
        "sessions", _l("Where I am signed in"), SignInSession, (SignInSession.person_id,), place=14
    ),
    ExportPart("passkeys", _l("My passkeys"), Passkey, (Passkey.person_id,), place=15),
    ExportPart(
        "identities",
        _l("Through whom I sign in too"),
        LinkedIdentity,
        (LinkedIdentity.person_id,),
        place=16,
    ),
)


def platform_roles(person_id: int) -> list[str]:
    """Return the roles of a person on the whole platform."""
    return list(
        db.session.scalars(
            select(PlatformRole.name)
            .join(person_platform_role)
            .where(person_platform_role.c.person_id == person_id)
        )
    )


def second_factor(person_id: int) -> tuple[Sentence, Sentence]:
    """Return since when somebody has a second factor, for an administrator."""
    since = db.session.get_one(Person, person_id).second_factor_at
    return _l("Second factor"), _l("since %(day)s", day=day(since)) if since else _l("none")


def last_administrator(person_id: int, lock: bool) -> Sentence | None:
    """Return why who alone looks after the platform cannot go."""
    if "administrator" not in platform_roles(person_id):
        return None
    if lock:
        hold_administrators()
    others = (
        select(Person.id)
        .join(person_platform_role, person_platform_role.c.person_id == Person.id)
        .join(PlatformRole, PlatformRole.id == person_platform_role.c.platform_role_id)
        .where(PlatformRole.name == "administrator", Person.id != person_id, Person.active)
    )
    if db.session.scalar(others.limit(1)) is not None:
        return None
    return _l(
        "You are the last administrator of the platform. First make somebody else administrator."
    )


def _places_of_tries(cut_off: datetime) -> Ids:
    of_place = SignInFailure.source.not_like(f"{DEVICE}%")
    filled = SignInFailure.source != ""
    return select(SignInFailure.id).where(SignInFailure.at <= cut_off, filled, of_place)


def _empty_places(ids: Sequence[int], _now: datetime) -> int:
    db.session.execute(update(SignInFailure).where(SignInFailure.id.in_(ids)).values(source=""))
    return len(ids)


RULES = (
    Rule(
        "sign_in_places", _l("From where a failed try to sign in came, unreadable"),
        _l("the try"), DAY, _l("emptied"),
        _l("It slows down who guesses; after fifteen minutes it has no use."),
        _places_of_tries, _empty_places,
    ),
    Rule(
        "sign_in_failures", _l("Failed tries to sign in, without address or place"),
        _l("the try"), YEAR, _l("deleted"),
        _l("They are counted until you sign in: after a hundred in a row no stranger may go on."),
        before(SignInFailure.at), deletes(SignInFailure),
    ),
    Rule(
        "sessions", _l("Where you are signed in"), _l("you were last there"), 15 * DAY,
        _l("deleted; sooner when you sign out"),
        _l("Fourteen days after you were last there a session is worth nothing."),
        before(SignInSession.seen_at), deletes(SignInSession),
    ),
    Rule(
        "kept_forms", _l("What somebody typed before signing in, with the address they gave"),
        _l("it was typed"), DAY, _l("deleted"),
        _l("It stands in the form again once they have signed in."),
        before(KeptForm.kept_at), deletes(KeptForm),
    ),
    Rule(
        "spent_tokens", _l("Marks of answers that a browser or a provider gave"), _l("the answer"),
        DAY, _l("deleted"), _l("They keep an answer from being taken twice."),
        before(SpentToken.spent_at), deletes(SpentToken),
    ),
)  # fmt: skip
