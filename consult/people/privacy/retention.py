"""The job that holds to how long everything is kept, and its log.

Every run that did something leaves a row in the log, per rule.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.personal_data.retention import Rule, rules
from consult.people.privacy.models import RetentionRun

log = structlog.get_logger()

BATCH = 200


def due_now(now: datetime) -> list[tuple[Rule, int]]:
    """Count what the job would do at a moment, per rule; changes nothing."""
    counted = []
    for rule in rules():
        if rule.select_due is None or rule.period is None:
            continue
        found = rule.select_due(now - rule.period).order_by(None).subquery()
        counted.append((rule, db.session.scalar(select(func.count()).select_from(found)) or 0))
    return counted


def run_rule(rule: Rule, now: datetime) -> int:
    """Apply one rule, a batch at a time, and return how many rows it dealt with.

    A batch and its line in the log are one transaction: a kill between two loses neither.
    """
    if rule.select_due is None or rule.apply is None or rule.period is None:
        return 0
    cut_off, done, last = now - rule.period, 0, 0
    while True:
        wanted = rule.select_due(cut_off)
        (key,) = wanted.selected_columns
        with unit_of_work():
            ids = db.session.scalars(
                wanted.where(key > last).order_by(None).order_by(key).limit(BATCH)
            ).all()
            number = rule.apply(ids, now) if ids else 0
            if number:
                _log(rule, now, cut_off, number)
        if not ids:
            return done
        done, last = done + number, ids[-1]


def _log(rule: Rule, now: datetime, cut_off: datetime, number: int) -> None:
    line = db.session.scalar(
        select(RetentionRun).where(RetentionRun.kind == rule.kind, RetentionRun.ran_at == now)
    )
    if line is None:
        line = RetentionRun(kind=rule.kind, ran_at=now, cut_off=cut_off, number=0)
        db.session.add(line)
    line.number += number


def run_retention(_payload: Mapping[str, object], now: datetime) -> None:
    """Apply every rule; one that was done is not due again, so a second run changes nothing.

    A rule that fails keeps no other from being held to; the job is then tried again.
    """
    failed: Exception | None = None
    for rule in rules():
        try:
            run_rule(rule, now)
        except Exception as error:  # noqa: BLE001  (whatever went wrong, the others go on)
            log.warning("retention failed", kind=rule.kind, error=type(error).__name__)
            failed = error
    if failed is not None:
        raise failed


def period_in_words(period: timedelta) -> str:
    """Write a period as a reader does: 90 days, 3 years."""
    years, rest = divmod(period.days, 365)
    if years and not rest:
        return str(ngettext("%(num)s year", "%(num)s years", years))
    return str(ngettext("%(num)s day", "%(num)s days", period.days))


def how_long(rule: Rule) -> str:
    """Write how long a kind of data is kept, and from when."""
    if rule.period is None:
        return str(_("always"))
    if rule.when:
        return str(rule.when)
    return str(
        _("%(period)s after %(since)s", period=period_in_words(rule.period), since=rule.since)
    )
