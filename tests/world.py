"""The world of the tests: one plan, its bodies, its people, and a round in every state."""

from datetime import UTC, date, datetime, timedelta

from consult.consultation.plans.models import Plan, PlanBody, PlanRole, Role, Theme
from consult.consultation.rounds.models import Round, RoundBody, TallySlot
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.models import Person, PlatformRole
from consult.people.invitations.models import Invitation, InvitationState
from consult.people.organisations.models import (
    Body,
    BodyKind,
    Mandate,
    Membership,
    Organisation,
    Sector,
)
from consult.people.privacy.models import Consent, ConsentKind, GivenAt
from consult.people.privacy.texts import TEXTS
from tests.cast import CAST, PASSWORD

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SINCE = date(2026, 1, 1)
MARCH = date(2026, 3, 1)
AUTUMN = date(2026, 10, 1)


def both(nl: str, en: str) -> dict[str, str]:
    """Write a text in both languages."""
    return {"nl": nl, "en": en}


def build_world() -> None:
    """Fill an empty database."""
    with unit_of_work():
        people = _people()
        plan, forum = _plan(people)
        _invitations(people, forum)
        _rounds(plan, forum)


def _people() -> dict[str, Person]:
    people = {
        name: Person(
            display_name=full,
            email=f"{name}@consult.example",
            password=PASSWORD,
            confirmed_at=NOON,
            language="nl",
        )
        for name, full in CAST.items()
    }
    people["sacha"].active = False
    people["adi"].roles.append(PlatformRole(name="administrator"))
    db.session.add_all(people.values())
    db.session.flush()
    db.session.add_all(agreement(one) for one in people.values())
    return people


def agreement(one: Person) -> Consent:
    """Return that somebody agreed to the conditions for taking part."""
    text = TEXTS[ConsentKind.TAKING_PART]
    return Consent(
        person_id=one.id,
        kind=text.kind,
        version=text.version,
        digest=text.digest,
        language="nl",
        given_at=NOON,
        given_on=GivenAt.REGISTRATION,
    )


def _plan(people: dict[str, Person]) -> tuple[Plan, Body]:
    plan = Plan(
        slug="open-overheid",
        number=5,
        title=both("Actieplan Open Overheid", "Open Government Action Plan"),
        introduction=both("Samen maken we een plan.", "Together we make a plan."),
        starts_on=date(2023, 1, 1),
        ends_on=date(2027, 12, 31),
        languages=["nl", "en"],
        grant_ceiling_cents=20_000_000,
        created_at=NOON - 100 * DAY,
    )
    plan.themes = [
        Theme(slug=slug, position=place, title=both(nl, en))
        for place, (slug, nl, en) in enumerate(
            [
                ("toegang", "Toegankelijkheid verbeteren", "Better access"),
                ("openbaarheid", "Actieve openbaarheid", "Proactive disclosure"),
                ("dialoog", "Dialoog", "Dialogue"),
            ],
            start=1,
        )
    ]
    helder = Organisation(
        slug="helder-bestuur",
        name="Stichting Helder Bestuur",
        sector=Sector.CIVIL_SOCIETY,
        created_at=NOON,
    )
    forum = Body(
        slug="stakeholderforum",
        kind=BodyKind.FORUM,
        name=both("Stakeholderforum", "Stakeholder forum"),
        house_rules=both("Wees vriendelijk.", "Be kind."),
        created_at=NOON,
    )
    db.session.add_all([plan, helder, forum])
    db.session.flush()
    db.session.add_all(
        [
            PlanBody(plan_id=plan.id, body_id=forum.id, position=1),
            *(
                Membership(body_id=forum.id, person_id=people[name].id, starts_on=SINCE)
                for name in ("pia", "lotte")
            ),
            Membership(body_id=forum.id, organisation_id=helder.id, starts_on=SINCE),
            *(
                Mandate(
                    person_id=people[name].id,
                    organisation_id=helder.id,
                    starts_on=SINCE,
                    is_contact=name == "coen",
                )
                for name in ("pia", "kees", "coen")
            ),
            Membership(body_id=forum.id, person_id=people["sacha"].id, starts_on=SINCE),
            Membership(
                body_id=forum.id, person_id=people["faas"].id, starts_on=SINCE, ends_on=MARCH
            ),
            Mandate(
                person_id=people["faas"].id,
                organisation_id=helder.id,
                starts_on=SINCE,
                ends_on=MARCH,
            ),
            *(
                PlanRole(plan_id=plan.id, person_id=people[name].id, role=role, granted_at=NOON)
                for name, role in (
                    ("ana", Role.ORGANISER),
                    ("mo", Role.MODERATOR),
                    ("bo", Role.APPROVER),
                    ("hanna", Role.HOLDER),
                )
            ),
        ]
    )
    db.session.flush()
    return plan, forum


def _invitations(people: dict[str, Person], forum: Body) -> None:
    """Invite Inge, who has not answered; and Evert again, whose term and invitation are over."""
    db.session.add(
        Membership(
            body_id=forum.id, person_id=people["evert"].id, starts_on=SINCE, ends_on=AUTUMN
        )
    )  # fmt: skip
    for name, at, state in (
        ("inge", NOON - DAY, InvitationState.SENT),
        ("evert", NOON - 40 * DAY, InvitationState.EXPIRED),
    ):
        db.session.add(
            Invitation(
                body_id=forum.id,
                address=f"{name}@consult.example",
                name=CAST[name],
                state=state,
                starts_on=at.date(),
                invited_by_id=people["ana"].id,
                invited_at=at,
                sent_at=at,
                expires_at=at + 30 * DAY,
                closed_at=at + 30 * DAY if state is InvitationState.EXPIRED else None,
            )
        )


def _rounds(plan: Plan, forum: Body) -> None:
    """Make a round in every state, each addressed to the forum: its slug is its state."""
    windows = {
        "draft": (20, 40, False),
        "upcoming": (5, 30, True),
        "open": (-10, 20, True),
        "closed": (-40, -10, True),
        "answered": (-90, -60, True),
    }
    for slug, (opens, closes, announced) in windows.items():
        round_ = Round(
            plan_id=plan.id,
            slug=slug,
            title=both(f"Ronde {slug}", f"Round {slug}"),
            introduction=both("Denk mee.", "Think along."),
            questions=both("Wat moet er in het plan?", "What should be in the plan?"),
            opens_at=NOON + opens * DAY,
            closes_at=NOON + closes * DAY,
            published_at=NOON + (opens - 20) * DAY if announced else None,
            answered_at=NOON - 30 * DAY if slug == "answered" else None,
            created_at=NOON - 100 * DAY,
        )
        db.session.add(round_)
        db.session.flush()
        db.session.add(RoundBody(round_id=round_.id, body_id=forum.id))
        db.session.add(TallySlot(round_id=round_.id))
