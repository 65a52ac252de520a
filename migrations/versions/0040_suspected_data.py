"""Where contributions and files may hold personal data"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suspected_data",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(proposal_id IS NULL) <> (comment_id IS NULL)", name="ck_suspected_data_one_subject"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_suspected_data_round_id"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_suspected_data_proposal_id"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name="fk_suspected_data_comment_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_suspected_data"),
        sa.UniqueConstraint("proposal_id", name="uq_suspected_data_proposal_id"),
        sa.UniqueConstraint("comment_id", name="uq_suspected_data_comment_id"),
    )

    op.create_index("ix_suspected_data_proposal_id", "suspected_data", ["proposal_id"])
    op.create_index("ix_suspected_data_comment_id", "suspected_data", ["comment_id"])
    op.execute(
        "ALTER TABLE stored_file ADD COLUMN text_read VARCHAR(40) "
        "CONSTRAINT ck_stored_file_textread CHECK (text_read IN ('whole', 'part', 'unreadable'))"
    )
    op.add_column("stored_file", sa.Column("suspected", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("stored_file", "suspected")
    op.drop_column("stored_file", "text_read")
    op.drop_table("suspected_data")
