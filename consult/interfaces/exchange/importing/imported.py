"""What is stored already of rounds that were imported before."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.plans.models import Plan
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.interfaces.exchange.models import ImportedId

ROUND = "round"


def imported_round(source_id: str) -> Round | None:
    """Find the round that was imported under the source's id."""
    return db.session.scalar(
        select(Round)
        .join(ImportedId, (ImportedId.local_id == Round.id) & (ImportedId.kind == ROUND))
        .where(ImportedId.external_id == source_id)
    )


def known_lines(round_: Round) -> Iterator[tuple[str, str, int, str]]:
    """Yield (type, key, local id, fingerprint) of every line of a round that is stored."""
    rows = db.session.execute(
        select(ImportedId.kind, ImportedId.external_id, ImportedId.local_id, ImportedId.fingerprint)
        .where(ImportedId.round_id == round_.id)
        .execution_options(yield_per=1000)
    )
    yield from ((kind, key, local, digest) for kind, key, local, digest in rows)


def imported_themes(round_: Round) -> dict[str, int]:
    """Return the themes that came with a round, by their ids in its file."""
    rows = db.session.execute(
        select(ImportedId.external_id, ImportedId.local_id).where(
            ImportedId.round_id == round_.id, ImportedId.kind == "theme"
        )
    )
    return {row[0]: row[1] for row in rows}


def theme_names(plan: Plan) -> dict[str, int]:
    """Return the themes of a plan by their slugs, and by their titles in every language."""
    named = {title: theme.id for theme in plan.themes for title in theme.title.values()}
    return {**named, **{theme.slug: theme.id for theme in plan.themes}}


def find_plan(slug: str) -> Plan:
    """Find a plan by its slug; NotFound if there is none."""
    plan = db.session.scalar(select(Plan).where(Plan.slug == slug))
    if plan is None:
        raise NotFound(
            _l('There is no plan "%(slug)s".', slug=slug), _l("Name a plan by its address.")
        )
    return plan
