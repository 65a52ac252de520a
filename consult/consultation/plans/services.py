"""Making and changing plans, and the bodies that take part in them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.plans.desk import uses_of_bodies
from consult.consultation.plans.models import Plan, PlanBody
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.languages import LANGUAGES, Texts, pick
from consult.foundation.core.money import write_money
from consult.foundation.core.people import Actor
from consult.foundation.core.series import next_number
from consult.foundation.core.slugs import new_slug
from consult.foundation.core.templating import day
from consult.foundation.core.visible import says_nothing
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.organisations.models import Body
from consult.people.organisations.services import BodyText, create_body

PROSE = ("title", "introduction", "disclaimer", "related_plan")


@dataclass(frozen=True)
class PlanText:
    """What a form says about a plan."""

    title: Texts
    starts_on: date
    ends_on: date
    languages: Sequence[str] = LANGUAGES
    introduction: Texts = field(default_factory=dict)
    disclaimer: Texts = field(default_factory=dict)
    related_plan: Texts = field(default_factory=dict)
    number: int | None = None
    grant_ceiling_cents: int | None = None


def create_plan(actor: Actor, text: PlanText, slug: str, now: datetime) -> Plan:
    """Make a plan; without a slug its address is made from its title.

    Raises InvalidInput with all errors together. It has no organiser yet: grant that role.
    """
    ensure(actor, Action.PLAN_CREATE, None, now)
    errors = _errors(text)
    slug, wrong = new_slug(Plan.slug, slug, pick(text.title)[0])
    if slug and wrong:
        errors["slug"] = wrong
    _refuse(errors)
    plan = Plan(slug=slug, created_at=now)
    _write(plan, text)
    db.session.add(plan)
    db.session.flush()
    content = {"slug": slug, **_said(text)}
    record(actor, "plan.created", plan, now, content=content, plan_id=plan.id)
    return plan


def change_plan(actor: Actor, plan: Plan, text: PlanText, version: int, now: datetime) -> None:
    """Change what is said about a plan.

    Raises Conflict when somebody changed it since `version` was read, and InvalidInput.
    """
    ensure(actor, Action.PLAN_MANAGE, plan, now)
    refuse_stale(version, plan.version, plan_fields(text), plan_fields(plan))
    _refuse(_errors(text))
    _write(plan, text)
    db.session.flush()
    record(actor, "plan.changed", plan, now, content=_said(text), plan_id=plan.id)


def plan_fields(plan: Plan | PlanText) -> Fields:
    """Return what is said about a plan, field by field."""
    cents = plan.grant_ceiling_cents
    return [
        ("title", _l("Title"), plan.title),
        ("introduction", _l("Introduction"), plan.introduction),
        ("disclaimer", _l("Disclaimer"), plan.disclaimer),
        ("related_plan", _l("Related plan"), plan.related_plan),
        ("", _l("Number"), "" if plan.number is None else str(plan.number)),
        ("", _l("First day"), day(plan.starts_on)),
        ("", _l("Last day"), day(plan.ends_on)),
        ("", _l("Languages"), ", ".join(plan.languages)),
        (
            "",
            _l("Ceiling of the grants, in whole euros"),
            "" if cents is None else write_money(cents),
        ),
    ]


def missing_texts(
    name: str, texts: Mapping[str, str], languages: Sequence[str]
) -> dict[str, object]:
    """Return an error per language in which a text that is needed is missing."""
    return {
        f"{name}_{code}": _l("Fill this in, in each language of the plan.")
        for code in languages
        if says_nothing(texts.get(code))
    }


def missing_words(title: Mapping[str, str], languages: Sequence[str]) -> dict[str, Sentence]:
    """Return the errors of a plan without a language, or without a title in one of them."""
    errors: dict[str, Sentence] = missing_texts("title", title, languages)
    if not languages or set(languages) - set(LANGUAGES):
        errors["languages"] = _l("Choose at least one language.")
    return errors


def _errors(text: PlanText) -> dict[str, Sentence]:
    errors = missing_words(text.title, text.languages)
    if text.ends_on <= text.starts_on:
        errors["ends_on"] = _l("The end lies before the start.")
    return errors


def _refuse(errors: Mapping[str, Sentence]) -> None:
    if errors:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)


def _write(plan: Plan, text: PlanText) -> None:
    for name, value in vars(text).items():
        setattr(plan, name, value)
    plan.languages = list(text.languages)


def _said(text: PlanText) -> dict[str, object]:
    return {
        **asdict(text),
        "languages": list(text.languages),
        "starts_on": text.starts_on.isoformat(),
        "ends_on": text.ends_on.isoformat(),
    }


def take_in_body(actor: Actor, plan: Plan, body: Body, now: datetime) -> None:
    """Let a body take part in a plan, as the last one in the order.

    Who does this also looks after the body from then on, so for a body of other plans one must be
    organiser there too (docs/decisions/0008). Raises InvalidInput when it takes part already.
    """
    ensure(actor, Action.PLAN_MANAGE, plan, now)
    ensure(actor, Action.BODY_MANAGE, body, now)
    if db.session.get(PlanBody, (plan.id, body.id)) is not None:
        raise InvalidInput(
            _l("Nothing was changed."), errors={"body_id": _l("This body takes part already.")}
        )
    position = next_number(PlanBody.position, within=plan)
    db.session.add(PlanBody(plan_id=plan.id, body_id=body.id, position=position))
    db.session.flush()
    record(actor, "plan.body_added", plan, now, content={"body": body.id}, plan_id=plan.id)


def create_body_of_plan(actor: Actor, plan: Plan, text: BodyText, slug: str, now: datetime) -> Body:
    """Make a body, which takes part in the plan from the start (InvalidInput)."""
    made = create_body(actor, text, slug, now)
    take_in_body(actor, plan, made, now)
    return made


def leave_out_body(actor: Actor, plan: Plan, body: Body, now: datetime) -> None:
    """Let a body no longer take part in a plan. Raises InvalidInput while a round addresses it."""
    ensure(actor, Action.PLAN_MANAGE, plan, now)
    link = db.session.get(PlanBody, (plan.id, body.id))
    if link is None:
        raise InvalidInput(_l("This body does not take part in the plan."))
    if uses := uses_of_bodies(plan.id).get(body.id):
        raise InvalidInput(
            _l(
                "This body is addressed by: %(titles)s.",
                titles=", ".join(pick(title)[0] for title in uses),
            ),
            _l("A body that a round addresses stays with the plan."),
        )
    db.session.delete(link)
    db.session.flush()
    record(actor, "plan.body_removed", plan, now, content={"body": body.id}, plan_id=plan.id)
