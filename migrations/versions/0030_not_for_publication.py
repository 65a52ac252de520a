"""Contributions that their authors want read, and not published"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0024"
branch_labels = None
depends_on = None

STATES = ("draft", "pending", "published", "returned", "hidden", "withdrawn", "late")
KEPT_FROM_PUBLICATION = (
    "(NOT not_for_publication AND state <> 'not_for_publication') OR "
    "(not_for_publication AND published_at IS NULL AND "
    "state IN ('draft', 'late', 'withdrawn', 'not_for_publication'))"
)


def upgrade() -> None:
    for name in ("proposal", "comment"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint("contributionstate", type_="check")
            table.create_check_constraint(
                "contributionstate", sa.column("state").in_((*STATES, "not_for_publication"))
            )
            table.add_column(
                sa.Column(
                    "not_for_publication", sa.Boolean(), nullable=False, server_default=sa.false()
                )
            )
            table.add_column(
                sa.Column(
                    "not_for_publication_reason", sa.Text(), nullable=False, server_default=""
                )
            )
            table.create_check_constraint("not_for_publication", sa.text(KEPT_FROM_PUBLICATION))
    for column in ("not_for_publication", "comments_not_for_publication"):
        op.add_column(
            "round_tally", sa.Column(column, sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    op.execute("UPDATE round_tally SET hidden = hidden + not_for_publication")
    for column in ("comments_not_for_publication", "not_for_publication"):
        op.drop_column("round_tally", column)
    for name in ("proposal", "comment"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint("not_for_publication", type_="check")
        # The version before knows no other state that keeps a text from the public for good.
        op.execute(f"UPDATE {name} SET state = 'hidden' WHERE state = 'not_for_publication'")
        with op.batch_alter_table(name) as table:
            table.drop_constraint("contributionstate", type_="check")
            table.create_check_constraint("contributionstate", sa.column("state").in_(STATES))
            table.drop_column("not_for_publication_reason")
            table.drop_column("not_for_publication")
