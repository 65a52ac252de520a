"""The themes of a plan: adding, changing, moving and removing them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Select,
    Table,
    func,
    literal,
    select,
    union_all,
)

from consult.consultation.plans.models import Plan, Theme
from consult.consultation.plans.services import missing_texts
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.db import Base, db
from consult.foundation.core.errors import InvalidInput, NotFound, Sentence
from consult.foundation.core.languages import Texts, pick
from consult.foundation.core.people import Actor
from consult.foundation.core.series import next_number
from consult.foundation.core.slugs import new_slug
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record

# Tables of packages above that may point at a theme; another one is named by its own name.
USES = {
    "proposal": _l("proposals"),
    "commitment": _l("commitments"),
    "summary_section": _l("parts of a summary"),
    "theme_change": _l("outcomes of a round"),
}


@dataclass(frozen=True)
class ThemeText:
    """What a form says about a theme."""

    title: Texts
    description: Texts = field(default_factory=dict)


def theme_of(plan: Plan, slug: str) -> Theme:
    """Return a theme of a plan, or NotFound."""
    for theme in plan.themes:
        if theme.slug == slug:
            return theme
    raise NotFound(_l("There is no such theme."))


def add_theme(actor: Actor, plan: Plan, text: ThemeText, slug: str, now: datetime) -> Theme:
    """Add a theme at the end; without a slug its address is made from its title.

    Raises InvalidInput with all errors together.
    """
    ensure(actor, Action.PLAN_MANAGE, plan, now)
    errors: dict[str, Sentence] = missing_texts("title", text.title, plan.languages)
    slug, wrong = new_slug(Theme.slug, slug, pick(text.title)[0], Theme.plan_id == plan.id)
    if slug and wrong:
        errors["slug"] = wrong
    if errors:
        raise InvalidInput(_l("This is not complete yet."), errors=errors)
    theme = Theme(slug=slug, position=next_number(Theme.position, within=plan), **vars(text))
    plan.themes.append(theme)
    db.session.flush()
    content = {"slug": slug, **asdict(text)}
    record(actor, "theme.added", theme, now, content=content, plan_id=plan.id)
    return theme


def change_theme(actor: Actor, theme: Theme, text: ThemeText, version: int, now: datetime) -> None:
    """Change the texts of a theme; those in a language the plan no longer has are kept.

    Raises Conflict when somebody changed it since `version` was read, and InvalidInput.
    """
    plan = theme.plan
    ensure(actor, Action.PLAN_MANAGE, plan, now)
    refuse_stale(version, theme.version, theme_fields(text), theme_fields(theme))
    if errors := missing_texts("title", text.title, plan.languages):
        raise InvalidInput(_l("This is not complete yet."), errors=errors)
    for name, texts in vars(text).items():
        kept = {c: t for c, t in getattr(theme, name).items() if c not in plan.languages}
        setattr(theme, name, {**kept, **texts})
    db.session.flush()
    record(actor, "theme.changed", theme, now, content=asdict(text), plan_id=plan.id)


def theme_fields(theme: Theme | ThemeText) -> Fields:
    """Return what is said about a theme, field by field."""
    return [
        ("title", _l("Title"), theme.title),
        ("description", _l("Description"), theme.description),
    ]


def move_theme(actor: Actor, theme: Theme, places: int, now: datetime) -> None:
    """Move a theme up (-1) or down (1) in the order; at the end of the list it stays."""
    plan = theme.plan
    ensure(actor, Action.PLAN_MANAGE, plan, now)
    order = sorted(plan.themes, key=lambda one: (one.position, one.id))
    was = order.index(theme)
    becomes = min(max(was + places, 0), len(order) - 1)
    if becomes == was:
        return
    order.insert(becomes, order.pop(was))
    _number(order)
    db.session.flush()
    content = {"from": was + 1, "to": becomes + 1}
    record(actor, "theme.moved", theme, now, content=content, plan_id=plan.id)


def _number(order: list[Theme]) -> None:
    for place, theme in enumerate(order, start=1):
        theme.position = place


def remove_theme(actor: Actor, theme: Theme, now: datetime) -> None:
    """Remove a theme that nothing uses. Raises InvalidInput that names what uses it."""
    plan = theme.plan
    ensure(actor, Action.PLAN_MANAGE, plan, now)
    _refuse_used(theme)
    rest = [one for one in plan.themes if one is not theme]
    db.session.delete(theme)
    _number(rest)
    record(actor, "theme.removed", theme, now, content={"slug": theme.slug}, plan_id=plan.id)
    db.session.expire(plan, ["themes"])


def retire_theme(
    actor: Actor, theme: Theme, leaving_out: Mapping[str, Select[int]], now: datetime
) -> None:
    """Take a theme out of the plan and keep its row, for what was said about it before.

    `leaving_out` selects the rows that may go on naming it, by table; whoever calls this records
    why. Raises InvalidInput that names what else uses it, and where it is gone already.
    """
    plan = theme.plan
    ensure(actor, Action.PLAN_MANAGE, plan, now)
    if theme.removed_at is not None:
        raise InvalidInput(_l("This theme is no longer in the plan."))
    _refuse_used(theme, leaving_out)
    theme.removed_at = now
    _number([one for one in plan.themes if one is not theme])
    db.session.flush()
    db.session.expire(plan, ["themes"])


def _refuse_used(theme: Theme, leaving_out: Mapping[str, Select[int]] | None = None) -> None:
    if uses := uses_of_themes([theme], leaving_out).get(theme.id):
        raise InvalidInput(
            _l("This theme is in use (%(uses)s).", uses=", ".join(uses)),
            _l("Give them another theme first, or change the title of this one."),
        )


def uses_of_themes(
    themes: Sequence[Theme], leaving_out: Mapping[str, Select[int]] | None = None
) -> dict[int, list[str]]:
    """Say per theme what uses it: rows of any table, also of packages that we do not know.

    `leaving_out` selects rows that do not count, by the name of their table.
    """
    found: dict[int, list[str]] = {}
    ids = [theme.id for theme in themes]
    counted = [
        select(column, literal(column.table.name), func.count())
        .where(column.in_(ids), *_counting(column.table, leaving_out or {}))
        .group_by(column)
        for column in _columns_that_name_a_theme()
    ]
    for theme_id, name, number in db.session.execute(union_all(*counted)):
        found.setdefault(theme_id, []).append(f"{USES.get(name, name)}: {number}")
    return found


def _counting(
    table: FromClause, leaving_out: Mapping[str, Select[int]]
) -> Iterator[ColumnElement[bool]]:
    if isinstance(table, Table) and table.name in leaving_out:
        yield table.c.id.not_in(leaving_out[table.name])


def _columns_that_name_a_theme() -> Iterator[Column[int]]:
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == Theme.__tablename__:
                yield key.parent
