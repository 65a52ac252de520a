"""All guards, subject by subject."""

from tests.guards import (
    accounts,
    backups,
    bodies,
    contributions,
    core,
    exchange,
    following,
    plans,
    privacy,
    publisher,
    record,
    rights,
)
from tests.guards.guard import Guard

GUARDS: tuple[Guard, ...] = (
    *rights.GUARDS,
    *contributions.GUARDS,
    *core.GUARDS,
    *accounts.GUARDS,
    *bodies.GUARDS,
    *plans.GUARDS,
    *privacy.GUARDS,
    *publisher.GUARDS,
    *exchange.GUARDS,
    *following.GUARDS,
    *record.GUARDS,
    *backups.GUARDS,
)
