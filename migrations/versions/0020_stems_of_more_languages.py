"""What texts in other languages are found by, words to suggest, organisations of a round"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from consult.foundation.core.search import words_of

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BATCH = 500
STEMMED_BEFORE = ("nl", "en")
TEXTS = {
    "proposal": ("title", "problem", "action", "result", "openness"),
    "comment": ("body",),
}

entry = sa.table(
    "search_entry", sa.column("subject_type"), sa.column("subject_id"), sa.column("words")
)


SIGNS = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
TO_LEARN = sa.text("learned_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "search_word",
        sa.Column("word", SIGNS, nullable=False),
        sa.Column("backwards", SIGNS, nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_search_word"),
    )
    op.create_index("ix_search_word_backwards", "search_word", ["backwards"])
    op.add_column(
        "search_entry", sa.Column("learned_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_search_entry_to_learn",
        "search_entry",
        ["id"],
        sqlite_where=TO_LEARN,
        postgresql_where=TO_LEARN,
    )
    op.create_index(
        "ix_proposal_organisations", "proposal", ["round_id", "organisation_id", "state"]
    )
    for subject, columns in TEXTS.items():
        _index(subject, columns)


def downgrade() -> None:
    # The words keep more terms than an older version looks for, and all of those.
    op.drop_index("ix_proposal_organisations", table_name="proposal")
    op.drop_index("ix_search_entry_to_learn", table_name="search_entry")
    op.drop_column("search_entry", "learned_at")
    op.drop_table("search_word")


def _index(subject: str, columns: tuple[str, ...]) -> None:
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
    statement = (
        sa.select(thing)
        .where(sa.func.substr(thing.c.language, 1, 2).not_in(STEMMED_BEFORE))
        .order_by(thing.c.id)
        .limit(BATCH)
    )
    last = 0
    while rows := op.get_bind().execute(statement.where(thing.c.id > last)).all():
        yield list(rows)
        last = rows[-1].id
