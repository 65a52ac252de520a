"""How an export writes its fields and values to who reads it, and other words of this package."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from consult.foundation.core.errors import Sentence
from consult.foundation.core.templating import day, moment
from consult.people.privacy.fields import FIELDS, VALUES
from consult.people.privacy.models import ClosedBy, GivenAt
from consult.people.privacy.retention import Rule

CLOSED_BY: dict[ClosedBy, Sentence] = {
    ClosedBy.SELF: _l("by the person"),
    ClosedBy.ADMINISTRATOR: _l("by an administrator"),
    ClosedBy.RETENTION: _l("because it was not used"),
}
GIVEN_ON: dict[GivenAt, Sentence] = {
    GivenAt.REGISTRATION: _l("when you made your account"),
    GivenAt.CONTRIBUTION: _l("when you handed something in"),
    GivenAt.MY_DATA: _l("on this page"),
}


def label_of_field(name: str, part: str = "") -> str:
    """Return what a field of an export is called; one word may mean another thing in some part."""
    return str(FIELDS.get(f"{part}.{name}") or FIELDS.get(name, name))


def value_in_words(name: str, value: object) -> str:
    """Write a value of an export as a reader does."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, str):
        return _said(name, value)
    if isinstance(value, Mapping):
        return "\n".join(f"{label_of_field(key)}: {_inner(said)}" for key, said in value.items())
    return ", ".join(map(_inner, value)) if isinstance(value, list) else str(value)


def _said(name: str, value: str) -> str:
    if name.endswith(("_at", "_datetime")) or name == "at":
        return moment(datetime.fromisoformat(value))
    if name.endswith(("_on", "_date")) and value[:1].isdigit():
        return day(date.fromisoformat(value))
    return str(VALUES.get(value, value))


def _inner(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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
