"""Indexes of the public proposals of a theme, and of those without one, in the order of a list"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_proposal_public_theme": (
        ["round_id", "theme_id", "arrived_at", "id"],
        "published_at IS NOT NULL",
    ),
    "ix_proposal_public_no_theme": (
        ["round_id", "arrived_at", "id"],
        "published_at IS NOT NULL AND theme_id IS NULL",
    ),
}


def upgrade() -> None:
    for name, (columns, where) in INDEXES.items():
        condition = sa.text(where)
        op.create_index(
            name, "proposal", columns, sqlite_where=condition, postgresql_where=condition
        )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "proposal")
