"""Making and changing organisations and bodies."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.languages import pick
from consult.foundation.core.names import LONGEST_OF_ORGANISATION, name_fault, tidy_name
from consult.foundation.core.people import Actor
from consult.foundation.core.slugs import new_slug
from consult.foundation.core.visible import says_nothing
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.organisations.labels import BODY_KINDS, LAYERS, SECTORS
from consult.people.organisations.models import Body, BodyKind, Layer, Organisation, Sector
from consult.people.organisations.queries import organisation_by_tooi
from consult.people.organisations.tooi import KINDS, code_error, kind_of


@dataclass(frozen=True)
class BodyText:
    """What a form says about a body."""

    kind: BodyKind
    name: dict[str, str]
    description: dict[str, str] = field(default_factory=dict)
    house_rules: dict[str, str] = field(default_factory=dict)
    half_yearly: bool = False


@dataclass(frozen=True)
class OrganisationFacts:
    """What a form says about an organisation; `tooi` is the code of a Dutch public body."""

    name: str
    sector: Sector
    layer: Layer | None = None
    tooi: str | None = None


def create_body(actor: Actor, text: BodyText, slug: str, now: datetime) -> Body:
    """Make a body; without a slug its address is made from its name.

    Raises InvalidInput with all errors together. The caller takes it into a plan.
    """
    ensure(actor, Action.BODY_MANAGE, None, now)
    errors = _body_errors(text)
    slug, wrong = new_slug(Body.slug, slug, pick(text.name)[0])
    if wrong:
        errors["slug"] = wrong
    _refuse(errors)
    body = Body(slug=slug, created_at=now, **vars(text))
    body.rules_changed_at = now if text.house_rules else None
    db.session.add(body)
    db.session.flush()
    record(actor, "body.created", body, now, content={"slug": slug, **asdict(text)})
    return body


def change_body(actor: Actor, body: Body, text: BodyText, version: int, now: datetime) -> None:
    """Change what stands on the page of a body.

    Raises Conflict when somebody changed it since `version` was read, and InvalidInput.
    """
    ensure(actor, Action.BODY_MANAGE, body, now)
    refuse_stale(version, body.version, body_fields(text), body_fields(body))
    _refuse(_body_errors(text))
    if body.house_rules != text.house_rules:
        body.rules_changed_at = now
    for name, value in vars(text).items():
        setattr(body, name, value)
    db.session.flush()
    record(actor, "body.changed", body, now, content=asdict(text))


def body_fields(body: Body | BodyText) -> Fields:
    """Return what is said about a body, field by field."""
    return [
        ("", _l("Kind"), str(BODY_KINDS[body.kind])),
        ("name", _l("Name"), body.name),
        ("description", _l("Description"), body.description),
        ("house_rules", _l("House rules"), body.house_rules),
        ("", _l("Meets every six months"), str(_l("Yes") if body.half_yearly else _l("No"))),
    ]


def _body_errors(text: BodyText) -> dict[str, Sentence]:
    if all(map(says_nothing, text.name.values())):
        return {"name_nl": _l("Give the body a name.")}
    return {}


def _refuse(errors: Mapping[str, Sentence]) -> None:
    if errors:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)


def create_organisation(
    actor: Actor, facts: OrganisationFacts, slug: str, now: datetime
) -> Organisation:
    """Put an organisation in the register; without a slug its address is made from its name.

    Raises InvalidInput with all errors together.
    """
    ensure(actor, Action.ORGANISATION_MANAGE, None, now)
    errors = _organisation_errors(facts)
    facts = replace(facts, name=tidy_name(facts.name))
    slug, wrong = new_slug(Organisation.slug, slug, facts.name)
    if wrong:
        errors["slug"] = wrong
    _refuse(errors)
    made = Organisation(slug=slug, created_at=now, **vars(facts))
    db.session.add(made)
    db.session.flush()
    record(actor, "organisation.created", made, now, content={"slug": slug, **asdict(facts)})
    return made


def change_organisation(
    actor: Actor, organisation: Organisation, facts: OrganisationFacts, version: int, now: datetime
) -> None:
    """Change what is said about an organisation. Raises Conflict (stale) and InvalidInput."""
    ensure(actor, Action.ORGANISATION_MANAGE, organisation, now)
    refuse_stale(
        version,
        organisation.version,
        organisation_fields(facts),
        organisation_fields(organisation),
    )
    _refuse(_organisation_errors(facts, organisation))
    facts = replace(facts, name=tidy_name(facts.name))
    for name, value in vars(facts).items():
        setattr(organisation, name, value)
    db.session.flush()
    record(actor, "organisation.changed", organisation, now, content=asdict(facts))


def organisation_fields(organisation: Organisation | OrganisationFacts) -> Fields:
    """Return what is said about an organisation, field by field."""
    layer = str(LAYERS[organisation.layer]) if organisation.layer else ""
    return [
        ("name", _l("Name"), organisation.name),
        ("", _l("Sector"), str(SECTORS[organisation.sector])),
        ("", _l("Layer of government"), layer),
        ("", _l("TOOI code"), organisation.tooi or ""),
    ]


def _organisation_errors(
    facts: OrganisationFacts, known: Organisation | None = None
) -> dict[str, Sentence]:
    errors = _layer_errors(facts)
    if fault := name_fault(facts.name, LONGEST_OF_ORGANISATION):
        errors["name"] = fault
    if facts.tooi is None:
        return errors
    if wrong := code_error(facts.tooi):
        errors["tooi"] = wrong
    elif not errors and KINDS[kind_of(facts.tooi)].layer is not facts.layer:
        errors["layer"] = _l("This code belongs to another layer of government.")
    holder = organisation_by_tooi(facts.tooi)
    if holder is not None and holder is not known:
        errors["tooi"] = _l(
            "An organisation in the register has this code: %(name)s.", name=holder.name
        )
    return errors


def _layer_errors(facts: OrganisationFacts) -> dict[str, Sentence]:
    is_government = facts.sector is Sector.GOVERNMENT
    if is_government and facts.layer is None:
        return {"layer": _l("Choose the layer of government.")}
    if facts.layer is not None and not is_government:
        return {"layer": _l("Only a government organisation belongs to a layer of government.")}
    return {}
