"""What the demonstration begins with: people, organisations, bodies, the plan and its rounds."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_security import hash_password

from consult.consultation.plans.models import Plan, PlanBody, PlanRole, Theme
from consult.consultation.rounds.models import Round, RoundBody, TallySlot
from consult.foundation.core.calendar import months_after
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.record.services import record
from consult.interfaces.demonstration.content import FOLDER
from consult.interfaces.demonstration.schema import Content, DemoBody, DemoPlace, DemoRound
from consult.people.accounts.models import Person, PlatformRole
from consult.people.organisations.models import (
    Body,
    Mandate,
    Membership,
    Organisation,
    SeatGroup,
    Sector,
)
from consult.people.privacy.consents import note_registration
from consult.people.privacy.models import ConsentKind
from consult.people.publisher.models import PublisherText
from consult.people.publisher.services import change_logo, change_publisher

PASSWORD = "demonstratie-wachtwoord"  # noqa: S105  (printed for everyone who tries it)


@dataclass
class Stage:
    """What was built so far, by the keys of the content."""

    day: date
    content: Content
    people: dict[str, Person] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    plan: Plan | None = None

    @property
    def since(self) -> date:
        """From when members belong and mandates hold: well before the first round."""
        return self.day - timedelta(days=400)


def set_up(stage: Stage) -> None:
    """Make everybody and everything that the rounds stand in."""
    _publisher(stage)
    _organisations(stage)
    _people(stage)
    _bodies(stage)
    _plan(stage)
    for round_ in stage.content.rounds:
        _round(stage, round_)


def _publisher(stage: Stage) -> None:
    told, at = stage.content.publisher, stage.content.plan.created.on(stage.day)
    text = PublisherText(
        name=told.name.texts,
        email=told.email,
        phone=told.phone,
        address=told.address,
        about=told.about.texts,
        imprint=told.imprint.texts,
        help=told.help.texts,
    )
    change_publisher(SYSTEM, text, 0, at)
    change_logo(SYSTEM, (FOLDER / told.logo).read_bytes(), at)


def _organisations(stage: Stage) -> None:
    created = stage.content.plan.created.on(stage.day)
    for one in stage.content.organisations:
        made = Organisation(
            slug=one.key,
            name=one.name,
            sector=one.sector,
            layer=one.layer,
            tooi=one.tooi,
            created_at=created,
        )
        stage.organisations[one.key] = made
    db.session.add_all(stage.organisations.values())
    db.session.flush()


def _people(stage: Stage) -> None:
    created = stage.content.plan.created.on(stage.day)
    hashed = hash_password(PASSWORD)
    administrator = PlatformRole(name="administrator")
    for one in stage.content.people:
        made = Person(
            display_name=one.display_name,
            email=one.email,
            language=one.language,
            password=hashed,
            confirmed_at=created,
            create_datetime=created,
        )
        if one.administrator:
            made.roles.append(administrator)
        stage.people[one.key] = made
    db.session.add_all(stage.people.values())
    db.session.flush()
    agreed = {ConsentKind.TAKING_PART.value: True}
    for person in stage.people.values():
        note_registration(person, agreed, person.language, created)
    for one in stage.content.people:
        for key in one.speaks_for:
            db.session.add(
                Mandate(
                    person_id=stage.people[one.key].id,
                    organisation_id=stage.organisations[key].id,
                    starts_on=stage.since,
                )
            )


def _bodies(stage: Stage) -> None:
    created = stage.content.plan.created.on(stage.day)
    for one in stage.content.bodies:
        made = Body(
            slug=one.key,
            kind=one.kind,
            name=one.name.texts,
            description=one.description.texts,
            house_rules=one.house_rules.texts,
            half_yearly=one.half_yearly,
            rules_changed_at=created,
            seats_changed_at=created if one.seats else None,
            created_at=created,
        )
        stage.bodies[one.key] = made
        db.session.add(made)
        db.session.flush()
        db.session.add_all(SeatGroup(body_id=made.id, **vars(seats)) for seats in one.seats)
        for key in one.members:
            organisation = stage.organisations[key]
            member = Membership(organisation_id=organisation.id)
            _seat(stage, one, key, member, organisation.sector)
        for person in stage.content.people:
            if one.key in person.member_of:
                member = Membership(person_id=stage.people[person.key].id)
                _seat(stage, one, person.key, member, None)


def _seat(
    stage: Stage, told: DemoBody, key: str, member: Membership, sector: Sector | None
) -> None:
    """Seat a member: on a seat of its sector if there are any, for the term of the seat."""
    place = next((one for one in told.places if one.key == key), DemoPlace(key))
    months = {one.sector: one.term_months for one in told.seats}
    seat = place.seat or sector
    member.body_id, member.starts_on = stage.bodies[told.key].id, stage.since
    member.function = place.function
    if seat in months:
        member.seat = seat
        member.ends_on = months_after(stage.since, months[seat])
    if place.ends_in is not None:
        member.ends_on = stage.day + timedelta(days=place.ends_in)
    db.session.add(member)


def _plan(stage: Stage) -> None:
    told = stage.content.plan
    created = told.created.on(stage.day)
    plan = Plan(
        slug=told.slug,
        number=told.number,
        title=told.title.texts,
        introduction=told.introduction.texts,
        disclaimer=told.disclaimer.texts,
        related_plan=told.related_plan.texts,
        starts_on=told.starts_on,
        ends_on=told.ends_on,
        languages=list(told.languages),
        grant_ceiling_cents=told.grant_ceiling_cents,
        created_at=created,
    )
    for place, theme in enumerate(stage.content.themes, start=1):
        made = Theme(
            slug=theme.slug,
            position=place,
            title=theme.title.texts,
            description=theme.description.texts,
        )
        plan.themes.append(made)
        stage.themes[theme.slug] = made
    db.session.add(plan)
    db.session.flush()
    stage.plan = plan
    _team(stage, plan)


def _team(stage: Stage, plan: Plan) -> None:
    created = plan.created_at
    for place, body in enumerate(stage.bodies.values(), start=1):
        db.session.add(PlanBody(plan_id=plan.id, body_id=body.id, position=place))
    for person in stage.content.people:
        for role in person.roles:
            db.session.add(
                PlanRole(
                    plan_id=plan.id,
                    person_id=stage.people[person.key].id,
                    role=role,
                    granted_at=created,
                )
            )
    record(stage.people["ana"], "plan.made", plan, created, plan_id=plan.id)


def _round(stage: Stage, told: DemoRound) -> None:
    if stage.plan is None:
        raise LookupError("the plan comes before its rounds")
    organiser = stage.people[told.organiser]
    made = Round(
        plan_id=stage.plan.id,
        slug=told.slug,
        kind=told.kind,
        title=told.title.texts,
        introduction=told.introduction.texts,
        questions=told.questions.texts,
        opens_at=told.opens.on(stage.day),
        closes_at=told.closes.on(stage.day),
        grace_minutes=told.grace_minutes,
        open_to_everyone=told.open_to_everyone,
        moderation=told.moderation,
        readers=told.readers,
        published_at=told.announced.on(stage.day),
        invented=told.invented,
        created_at=told.created.on(stage.day),
    )
    made.bodies = [RoundBody(body_id=stage.bodies[key].id) for key in told.bodies]
    made.tally_slots = [TallySlot()]
    db.session.add(made)
    db.session.flush()
    stage.rounds[told.key] = made
    for verb, at in (("round.created", told.created), ("round.announced", told.announced)):
        record(
            organiser,
            verb,
            made,
            at.on(stage.day),
            plan_id=stage.plan.id,
            round_id=made.id,
        )
