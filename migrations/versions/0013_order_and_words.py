"""The order of the names of organisations; what texts are found by, made anew"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from consult.foundation.core.search import words_of
from consult.foundation.core.sorting import NameOrder, name_order

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BATCH = 500

organisation = sa.table("organisation", sa.column("id"), sa.column("name"), sa.column("name_order"))
entry = sa.table(
    "search_entry", sa.column("subject_type"), sa.column("subject_id"), sa.column("words")
)
TEXTS = {
    "proposal": ("title", "problem", "action", "result", "openness"),
    "comment": ("body",),
}


def upgrade() -> None:
    with op.batch_alter_table("organisation", schema=None) as batch:
        batch.add_column(sa.Column("name_order", NameOrder, nullable=True))
    _order_names()
    with op.batch_alter_table("organisation", schema=None) as batch:
        batch.alter_column("name_order", existing_type=NameOrder, nullable=False)
    for subject, columns in TEXTS.items():
        _index(subject, columns)


def downgrade() -> None:
    # The index keeps more terms than an older version looks for, and all of those.
    with op.batch_alter_table("organisation", schema=None) as batch:
        batch.drop_column("name_order")


def _order_names() -> None:
    connection = op.get_bind()
    for id_, name in connection.execute(sa.select(organisation.c.id, organisation.c.name)).all():
        connection.execute(
            organisation.update()
            .where(organisation.c.id == id_)
            .values(name_order=name_order(name))
        )


def _index(subject: str, columns: tuple[str, ...]) -> None:
    """Make the words anew of what is in the index; what is not stays out of it."""
    connection = op.get_bind()
    wanted: sa.BindParameter[int] = sa.bindparam("subject")
    change = (
        entry.update()
        .where(entry.c.subject_type == subject, entry.c.subject_id == wanted)
        .values(words=sa.bindparam("found"))
    )
    for rows in _in_batches(subject, columns):
        found = [{"subject": row[0], "found": words_of(" ".join(row[2:]), row[1])} for row in rows]
        connection.execute(change, found)


def _in_batches(subject: str, columns: tuple[str, ...]) -> Iterator[list[Any]]:
    thing = sa.table(subject, *map(sa.column, ("id", "language", *columns)))
    statement = sa.select(thing).order_by(thing.c.id).limit(BATCH)
    last = 0
    while rows := op.get_bind().execute(statement.where(thing.c.id > last)).all():
        yield list(rows)
        last = rows[-1].id
