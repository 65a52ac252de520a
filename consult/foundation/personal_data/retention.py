"""How long everything is kept: one table in code, of which every package brings its rules.

The table is printed as docs/retention.md and shown on the public page about privacy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from consult.foundation.core.db import Row, db
from consult.foundation.core.errors import Sentence

DAY, YEAR = timedelta(days=1), timedelta(days=365)
Ids = Select[int]
FindDue = Callable[[datetime], Ids]
Disposal = Callable[[Sequence[int], datetime], int]


@dataclass(frozen=True)
class Rule:
    """How long one kind of data is kept, from when, what happens then, and why.

    Without a period it is never deleted; the table says so and why.
    """

    kind: str
    what: Sentence
    since: Sentence
    period: timedelta | None
    effect: Sentence
    why: Sentence
    select_due: FindDue | None = None
    """Return a SELECT of the keys of what is due at a cut-off; what was done is no longer due."""
    apply: Disposal | None = None
    """Do it to these rows, in the transaction of its line in the log; gives how many it did."""
    when: Sentence = ""
    """When that is, where the period and its start do not say it well."""


_rules: dict[str, Rule] = {}


def register_rules(*rules: Rule) -> None:
    """Register how long kinds of data are kept."""
    _rules.update((rule.kind, rule) for rule in rules)


def rules() -> list[Rule]:
    """List the table: what goes soonest first, what is never deleted last."""
    return sorted(_rules.values(), key=lambda rule: (rule.period or timedelta.max, rule.kind))


def deletes(model: type[Row]) -> Disposal:
    """Return an act that deletes rows of a table by their keys."""

    def act(ids: Sequence[int], _now: datetime) -> int:
        db.session.execute(delete(model).where(model.id.in_(ids)))
        return len(ids)

    return act


def before(column: InstrumentedAttribute[datetime | None]) -> FindDue:
    """Return the question which rows of a table had their moment before the cut-off."""

    def due(cut_off: datetime) -> Ids:
        return select(column.class_.id).where(column <= cut_off)

    return due
