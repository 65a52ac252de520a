"""Proposals and comments are numbered from the last one there is, without counters beside them"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a batch: a table that others refer to cannot be made anew on a filled SQLite.
    op.drop_column("round_tally", "next_number")
    op.drop_column("thread", "next_number")


def downgrade() -> None:
    for table in ("round_tally", "thread"):
        op.add_column(
            table, sa.Column("next_number", sa.Integer(), nullable=False, server_default="1")
        )
    op.execute(
        "UPDATE round_tally SET next_number = 1 + COALESCE((SELECT MAX(proposal.number) "
        "FROM proposal WHERE proposal.round_id = round_tally.round_id), 0)"
    )
    op.execute(
        "UPDATE thread SET next_number = 1 + COALESCE((SELECT MAX(comment.number) "
        "FROM comment WHERE comment.thread_id = thread.id), 0)"
    )
