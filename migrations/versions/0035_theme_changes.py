"""Themes that were changed because of what a round said about them"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "theme_change",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("becomes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_theme_change_proposal_id_proposal"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name="fk_theme_change_theme_id_theme"),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name="fk_theme_change_changed_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_theme_change"),
    )
    op.create_index("ix_theme_change_proposal_id", "theme_change", ["proposal_id"])
    op.create_index("ix_theme_change_theme_id", "theme_change", ["theme_id"])


def downgrade() -> None:
    op.drop_index("ix_theme_change_theme_id", table_name="theme_change")
    op.drop_index("ix_theme_change_proposal_id", table_name="theme_change")
    op.drop_table("theme_change")
