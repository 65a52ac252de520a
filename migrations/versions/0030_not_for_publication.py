"""Contributions that their authors want read, and not published"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATES = ("draft", "pending", "published", "returned", "hidden", "withdrawn", "late")
WITH_IT = (*STATES, "not_for_publication")
KEPT_FROM_PUBLICATION = (
    "(NOT not_for_publication AND state <> 'not_for_publication') OR "
    "(not_for_publication AND published_at IS NULL AND "
    "state IN ('draft', 'late', 'withdrawn', 'not_for_publication'))"
)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _listed(states: tuple[str, ...]) -> str:
    return "CHECK (state IN ({}))".format(", ".join(f"'{one}'" for one in states))


def _say_otherwise(table: str, was: str, becomes: str) -> None:
    """Change a check of a table that SQLite knows, without making the table anew.

    https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes": every
    row that is stored keeps to the check that is written, so the text of the schema may be written.
    """
    bind = op.get_bind()
    of_table = "type = 'table' AND name = :name"
    text = bind.scalar(sa.text(f"SELECT sql FROM sqlite_schema WHERE {of_table}"), {"name": table})
    assert text.count(was) == 1, f"the states of {table} are not as they were"  # noqa: S101
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text(f"UPDATE sqlite_schema SET sql = :sql WHERE {of_table}"),
        {"sql": text.replace(was, becomes), "name": table},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")


def _know_states(table: str, before: tuple[str, ...], now: tuple[str, ...]) -> None:
    if _on_sqlite():
        _say_otherwise(table, _listed(before), _listed(now))
        return
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint("contributionstate", type_="check")
        changed.create_check_constraint("contributionstate", sa.column("state").in_(now))


def upgrade() -> None:
    for table in ("proposal", "comment"):
        _know_states(table, STATES, WITH_IT)
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN not_for_publication BOOLEAN NOT NULL DEFAULT false "
            f"CONSTRAINT ck_{table}_not_for_publication CHECK ({KEPT_FROM_PUBLICATION})"
        )
        op.add_column(
            table,
            sa.Column("not_for_publication_reason", sa.Text(), nullable=False, server_default=""),
        )
    for column in ("not_for_publication", "comments_not_for_publication"):
        op.add_column(
            "round_tally", sa.Column(column, sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    op.execute("UPDATE round_tally SET hidden = hidden + not_for_publication")
    for column in ("comments_not_for_publication", "not_for_publication"):
        op.drop_column("round_tally", column)
    for table in ("proposal", "comment"):
        op.drop_column(table, "not_for_publication_reason")
        op.drop_column(table, "not_for_publication")
        # The version before knows no other state that keeps a text from the public for good.
        op.execute(f"UPDATE {table} SET state = 'hidden' WHERE state = 'not_for_publication'")
        _know_states(table, WITH_IT, STATES)
