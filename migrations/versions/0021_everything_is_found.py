"""Plans, rounds, commitments, answers and meetings are found too"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from consult.foundation.core.findable import in_each_language
from consult.foundation.core.search import words_of

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

entry = sa.table(
    "search_entry", sa.column("subject_type"), sa.column("subject_id"), sa.column("words")
)
TextsOf = Callable[[Any], Mapping[str, str]]


def _public_meeting(row: Any) -> Mapping[str, str]:  # noqa: ANN401
    more = (row.agenda, row.minutes) if row.state == "published" else ()
    return in_each_language(row.title, *more)


# Of each table: the columns that hold a text in several languages, others, and what is found.
SOURCES: dict[str, tuple[tuple[str, ...], tuple[str, ...], TextsOf]] = {
    "plan": (
        ("title", "introduction"), (),
        lambda row: in_each_language(row.title, row.introduction),
    ),
    "round": (
        ("title", "introduction", "questions"), ("published_at", "readers"),
        lambda row: in_each_language(row.title, row.introduction, row.questions)
        if row.published_at and row.readers == "everyone"
        else {},
    ),
    "commitment": (
        ("title", "problem", "description", "results", "relevance"), ("published_at",),
        lambda row: in_each_language(
            row.title, row.problem, row.description, row.results, row.relevance
        )
        if row.published_at
        else {},
    ),
    "response": (
        (), ("reason", "language", "published_at"),
        lambda row: {row.language: row.reason} if row.published_at else {},
    ),
    "meeting": (("title", "agenda", "minutes"), ("state",), _public_meeting),
}  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind()
    # They stay where an older version had come back.
    connection.execute(entry.delete().where(entry.c.subject_type.in_(SOURCES)))
    for name, (localized, others, texts) in SOURCES.items():
        columns = [sa.column("id"), *(sa.column(one, sa.JSON()) for one in localized)]
        table = sa.table(name, *columns, *map(sa.column, others))
        for row in connection.execute(sa.select(table)).all():
            said = {code: text for code, text in texts(row).items() if text.strip()}
            if said:
                words = " ".join(words_of(text, code) for code, text in said.items())
                found = {"subject_type": name, "subject_id": row.id, "words": words}
                connection.execute(entry.insert().values(**found))


def downgrade() -> None:
    """Leave the index as it is: an older version looks for contributions only."""
