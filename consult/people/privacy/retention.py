"""How long everything is kept: one table in code, and the job that holds to it.

Packages register their rules here. The table is printed as docs/retention.md and shown on the
public page about privacy; every run that did something leaves a row in the log.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, func, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import Sentence
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.privacy.models import RetentionRun

log = structlog.get_logger()

Ids = Select[int]
Due = Callable[[datetime], Ids]
Act = Callable[[Sequence[int], datetime], int]
BATCH = 200


@dataclass(frozen=True)
class Rule:
    """How long one kind of data is kept, from when, what happens then, and why.

    Without a period it is never deleted; the table says so and why.
    """

    kind: str
    what: Sentence
    since: Sentence
    period: timedelta | None
    happens: Sentence
    why: Sentence
    due: Due | None = None
    """Give a SELECT of the keys of what is due at a cut-off; what was done is no longer due."""
    act: Act | None = None
    """Do it to these rows, in the transaction of its line in the log; gives how many it did."""
    when: Sentence = ""
    """When that is, where the period and its start do not say it well."""


_rules: dict[str, Rule] = {}


def keep_to(*rules: Rule) -> None:
    """Register how long kinds of data are kept."""
    _rules.update((rule.kind, rule) for rule in rules)


def rules() -> list[Rule]:
    """List the table: what goes soonest first, what is never deleted last."""
    return sorted(_rules.values(), key=lambda rule: (rule.period or timedelta.max, rule.kind))


def due_now(now: datetime) -> list[tuple[Rule, int]]:
    """Count what the job would do at a moment, per rule; changes nothing."""
    counted = []
    for rule in rules():
        if rule.due is None or rule.period is None:
            continue
        found = rule.due(now - rule.period).order_by(None).subquery()
        counted.append((rule, db.session.scalar(select(func.count()).select_from(found)) or 0))
    return counted


def run_rule(rule: Rule, now: datetime) -> int:
    """Hold to one rule, a batch at a time and return how many it dealt with.

    A batch and its line in the log are one transaction: a kill between two loses neither.
    """
    if rule.due is None or rule.act is None or rule.period is None:
        return 0
    cut_off, done, last = now - rule.period, 0, 0
    while True:
        wanted = rule.due(cut_off)
        (key,) = wanted.selected_columns
        with unit_of_work():
            ids = db.session.scalars(
                wanted.where(key > last).order_by(None).order_by(key).limit(BATCH)
            ).all()
            number = rule.act(ids, now) if ids else 0
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
    """Hold to every rule; one that was done is not due again, so a second run changes nothing.

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
