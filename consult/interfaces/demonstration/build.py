"""Building the demonstration into an empty database."""

from collections.abc import Callable
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from consult.consultation.plans.models import Plan, Role
from consult.foundation.core.calendar import ZONE
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.digests import start_digests
from consult.foundation.record.services import append_leaves
from consult.interfaces.demonstration.actions import Acts
from consult.interfaces.demonstration.content import load
from consult.interfaces.demonstration.schema import DemoPerson
from consult.interfaces.demonstration.setting_up import PASSWORD, Stage, set_up
from consult.interfaces.demonstration.timeline import plan_walk
from consult.people.accounts.models import Person
from consult.people.invitations.services import expire

BuildProgress = Callable[[int, int], None]


def is_built() -> bool:
    """Whether this database holds a plan already."""
    return db.session.scalar(select(Plan.id).limit(1)) is not None


def holds_others() -> bool:
    """Whether this database holds people, and none of the demonstration."""
    ours = [account["email"] for account in accounts("en")]
    people = select(Person.id).limit(1)
    return (
        db.session.scalar(people) is not None
        and db.session.scalar(people.where(Person.email.in_(ours))) is None
    )


def build(now: datetime, progress: BuildProgress) -> None:
    """Build the demonstration, with dates relative to the day of `now`.

    Raises Conflict when the database is in use. `progress` is told (done, all) acts.
    """
    if is_built():
        raise Conflict("This database holds a plan already. Build the demonstration in a new one.")
    stage = Stage(day=now.astimezone(ZONE).date(), content=load())
    # Links in mails need an address, as in a request.
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        with unit_of_work():
            set_up(stage)
        planned = plan_walk(Acts(stage))
        for done, (_at, act) in enumerate(planned, start=1):
            with unit_of_work():
                act()
            progress(done, len(planned))
        with unit_of_work():
            expire(now)
        run_all(now)
        # So that a digest can be seen at any hour.
        start_digests({"period": stage.day.isoformat()}, now)
        run_all(now)
    with unit_of_work():
        while append_leaves():
            db.session.flush()


def _part_of(one: DemoPerson) -> str:
    if one.administrator:
        return "administrator"
    return "team" if set(one.roles) - {Role.PARTICIPANT} else "participant"


def accounts(language: str) -> list[dict[str, str]]:
    """Return the accounts to try: the part each plays, and what it is good for, in a language."""
    return [
        {
            "name": one.display_name,
            "email": one.email,
            "password": PASSWORD,
            "about": one.about.texts[language],
            "part": _part_of(one),
        }
        for one in load().people
        if one.about is not None
    ]
