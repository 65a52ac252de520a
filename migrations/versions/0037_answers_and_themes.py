"""Answers in several languages; themes that a round adds to the plan or takes out of it"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

ANSWERS = ("response", "correction")
ROUND = "fk_theme_change_round_id_round"


def upgrade() -> None:
    for table in ANSWERS:
        op.add_column(
            table, sa.Column("translations", sa.JSON(), nullable=False, server_default="{}")
        )
    op.add_column("theme", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("theme_change", sa.Column("round_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE theme_change SET round_id = "
        "(SELECT round_id FROM proposal WHERE proposal.id = theme_change.proposal_id)"
    )
    with op.batch_alter_table("theme_change") as change:
        change.alter_column("round_id", existing_type=sa.Integer(), nullable=False)
        change.alter_column("proposal_id", existing_type=sa.Integer(), nullable=True)
        change.create_foreign_key(ROUND, "round", ["round_id"], ["id"])
        change.create_index("ix_theme_change_round_id", ["round_id"])


def downgrade() -> None:
    # The version before knows a change of what was put forward, and no theme that is gone.
    op.execute("DELETE FROM theme_change WHERE proposal_id IS NULL")
    with op.batch_alter_table("theme_change") as change:
        change.drop_index("ix_theme_change_round_id")
        change.drop_constraint(ROUND, type_="foreignkey")
        change.drop_column("round_id")
        change.alter_column("proposal_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("theme", "removed_at")
    for table in reversed(ANSWERS):
        op.drop_column(table, "translations")
