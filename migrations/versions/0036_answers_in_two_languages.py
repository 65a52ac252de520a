"""Answers in several languages: what an answer, and one as it was, says in others than its own"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("response", "correction")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table, sa.Column("translations", sa.JSON(), nullable=False, server_default="{}")
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "translations")
