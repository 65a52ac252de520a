"""When a moderator last looked at a text, and the decision that it stays"""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import protect, release

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VERBS = ["publish", "return", "hide", "restore", "admit"]


def _allow(verbs: list[str]) -> None:
    release("decision")
    verb: sa.ColumnClause[str] = sa.column("verb")
    op.execute(sa.delete(sa.table("decision", verb)).where(verb.not_in(verbs)))
    with op.batch_alter_table("decision") as table:
        table.drop_constraint("verb", type_="check")
        table.create_check_constraint("verb", sa.column("verb").in_(verbs))
    protect("decision")


def upgrade() -> None:
    for name in ("proposal", "comment"):
        op.add_column(name, sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
        op.execute(f"UPDATE {name} SET reviewed_at = published_at WHERE published_at IS NOT NULL")
        condition = sa.text("reviewed_at IS NULL")
        op.create_index(
            f"ix_{name}_unreviewed",
            name,
            ["round_id"],
            sqlite_where=condition,
            postgresql_where=condition,
        )
    _note_what_was_public()
    _allow([*VERBS, "keep"])


def _note_what_was_public() -> None:
    """Of what was published before, only the present text is known to have been public."""
    op.add_column(
        "proposal", sa.Column("shown_versions", sa.JSON(), nullable=False, server_default="[]")
    )
    op.execute(
        "UPDATE proposal SET shown_versions = '[' || text_version || ']' "
        "WHERE state = 'published' AND text_version > 0"
        if op.get_bind().dialect.name == "sqlite"
        else "UPDATE proposal SET shown_versions = json_build_array(text_version) "
        "WHERE state = 'published' AND text_version > 0"
    )


def downgrade() -> None:
    _allow(VERBS)
    op.drop_column("proposal", "shown_versions")
    for name in ("comment", "proposal"):
        op.drop_index(f"ix_{name}_unreviewed", name)
        op.drop_column(name, "reviewed_at")
