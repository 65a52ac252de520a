"""Making a round and changing what it says, by its organiser."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.attributes import flag_modified

from consult.consultation.plans.models import Plan
from consult.consultation.plans.queries import bodies_in
from consult.consultation.plans.services import missing_texts
from consult.consultation.rounds.labels import KINDS, MODERATION, READERS
from consult.consultation.rounds.models import (
    Moderation,
    Readers,
    Round,
    RoundBody,
    RoundKind,
    RoundState,
    TallySlot,
)
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.languages import Texts, pick
from consult.foundation.core.people import Actor
from consult.foundation.core.slugs import new_slug
from consult.foundation.core.templating import moment
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record

PROSE = ("title", "introduction", "questions")
DATES = ("opens_at", "closes_at")
TERMS = ("kind", "open_to_everyone", "body_ids", "moderation", "readers", "grace_minutes")
LONGEST_GRACE = 120


@dataclass(frozen=True)
class RoundText:
    """What a form says about a round."""

    title: Texts
    opens_at: datetime
    closes_at: datetime
    kind: RoundKind = RoundKind.PROPOSALS
    introduction: Texts = field(default_factory=dict)
    questions: Texts = field(default_factory=dict)
    body_ids: Sequence[int] = ()
    open_to_everyone: bool = False
    moderation: Moderation | None = Moderation.PRE
    readers: Readers = Readers.EVERYONE
    grace_minutes: int = 15


def text_of(round_: Round) -> RoundText:
    """Return what is said about a round now."""
    values = {
        name: getattr(round_, name) for name in (*PROSE, *DATES, *TERMS) if name != "body_ids"
    }
    return RoundText(**values, body_ids=sorted(link.body_id for link in round_.bodies))


def fixed_fields(round_: Round, now: datetime) -> frozenset[str]:
    """Return what of a round can no longer be changed in its form.

    Once it is announced its dates are moved with a reason; once it is open, who takes part and on
    what terms stays as it was.
    """
    state = round_.state_at(now)
    if state is RoundState.DRAFT:
        # One that was held elsewhere is over: when, and on what terms, its source says.
        return frozenset((*DATES, *TERMS)) if round_.was_imported else frozenset()
    return frozenset(DATES if state is RoundState.UPCOMING else (*DATES, *TERMS))


def create_round(actor: Actor, plan: Plan, text: RoundText, slug: str, now: datetime) -> Round:
    """Make a round of a plan; it is a draft until it is announced.

    Without a slug its address is made from its title. Raises InvalidInput with all errors.
    """
    ensure(actor, Action.ROUND_CREATE, plan, now)
    errors = _errors(plan, text)
    slug, wrong = new_slug(Round.slug, slug, pick(text.title)[0])
    if slug and wrong:
        errors["slug"] = wrong
    _refuse(errors)
    round_ = Round(plan_id=plan.id, plan=plan, slug=slug, created_at=now)
    _write(round_, text)
    round_.tally_slots = [TallySlot()]
    db.session.add(round_)
    db.session.flush()
    _record(actor, "round.created", round_, {"slug": slug, **_said(text)}, now)
    return round_


def change_round(actor: Actor, round_: Round, text: RoundText, version: int, now: datetime) -> None:
    """Change what is said about a round.

    Raises Conflict when somebody changed it since `version` was read, and InvalidInput, also for
    what can no longer be changed (`fixed_fields`).
    """
    ensure(actor, Action.ROUND_MANAGE, round_, now)
    refuse_stale(version, round_.version, round_fields(text), round_fields(text_of(round_)))
    errors = _errors(round_.plan, text)
    stored, written = asdict(text_of(round_)), asdict(text)
    for name in fixed_fields(round_, now):
        # What stands and cannot be changed needs no mending: an import may say less than a form.
        errors.pop(FORM_FIELD.get(name, name), None)
        same = written[name] == stored[name]
        if name == "body_ids":
            same = set(written[name]) == set(stored[name])
        if not same:
            errors[FORM_FIELD.get(name, name)] = _l("This can no longer be changed.")
    _refuse(errors)
    _write(round_, text)
    # The version counts every save, also one that changes the bodies only.
    flag_modified(round_, "title")
    db.session.flush()
    _record(actor, "round.changed", round_, _said(text), now)


FORM_FIELD = {"opens_at": "opens_on", "closes_at": "closes_on", "body_ids": "bodies"}
"""Under which field of the form an error about a value stands."""


def round_fields(text: RoundText) -> Fields:
    """Return what is said about a round, field by field."""
    return [
        ("title", _l("Title"), text.title),
        ("introduction", _l("Introduction"), text.introduction),
        ("questions", _l("Questions"), text.questions),
        ("", _l("Opens"), moment(text.opens_at)),
        ("", _l("Closes"), moment(text.closes_at)),
        ("", _l("What it asks for"), str(KINDS[text.kind])),
        ("", _l("Moderation"), str(MODERATION[text.moderation]) if text.moderation else ""),
        ("", _l("Who can read it"), str(READERS[text.readers])),
    ]


def _errors(plan: Plan, text: RoundText) -> dict[str, Sentence]:
    errors: dict[str, Sentence] = missing_texts("title", text.title, plan.languages)
    if text.closes_at <= text.opens_at:
        errors["closes_on"] = _l("The round closes before it opens.")
    if set(text.body_ids) - {body.id for body in bodies_in(plan.id)}:
        errors["bodies"] = _l("Choose bodies that take part in this plan.")
    errors |= missing_participants(text.body_ids, open_to_everyone=text.open_to_everyone)
    if not 0 <= text.grace_minutes <= LONGEST_GRACE:
        errors["grace_minutes"] = _l("Choose at most %(minutes)s minutes.", minutes=LONGEST_GRACE)
    return errors


def missing_participants(
    body_ids: Collection[int], *, open_to_everyone: bool
) -> dict[str, Sentence]:
    """Return the error of a round in which nobody takes part."""
    if body_ids or open_to_everyone:
        return {}
    return {"bodies": _l("Choose who takes part: at least one body, or everyone.")}


def _refuse(errors: Mapping[str, Sentence]) -> None:
    if errors:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)


def _write(round_: Round, text: RoundText) -> None:
    for name in (*PROSE, *DATES, *TERMS):
        if name != "body_ids":
            setattr(round_, name, getattr(text, name))
    present = {link.body_id: link for link in round_.bodies}
    round_.bodies = [present.get(id_) or RoundBody(body_id=id_) for id_ in sorted(text.body_ids)]


def _said(text: RoundText) -> dict[str, object]:
    return {
        **asdict(text),
        "body_ids": list(text.body_ids),
        "opens_at": text.opens_at.isoformat(),
        "closes_at": text.closes_at.isoformat(),
    }


def _record(
    actor: Actor, verb: str, round_: Round, content: Mapping[str, object], now: datetime
) -> None:
    record(actor, verb, round_, now, content=content, plan_id=round_.plan_id, round_id=round_.id)
