"""Two indexes for the pages of a round with very many proposals"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SHOWN = sa.text("published_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_proposal_public",
        "proposal",
        ["round_id", "arrived_at", "id"],
        sqlite_where=SHOWN,
        postgresql_where=SHOWN,
    )
    op.create_index(
        "ix_proposal_shares", "proposal", ["round_id", "state", "theme_id", "comment_count"]
    )


def downgrade() -> None:
    op.drop_index("ix_proposal_shares", table_name="proposal")
    op.drop_index("ix_proposal_public", table_name="proposal")
