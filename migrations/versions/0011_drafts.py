"""Files that wait for their form, and what could not be read in a draft, as it was typed"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stored_file") as table:
        table.add_column(sa.Column("waits_for", sa.String(200), nullable=True))
        table.create_index("ix_stored_file_uploaded_by_id", ["uploaded_by_id"])
    with op.batch_alter_table("proposal") as table:
        table.add_column(sa.Column("as_typed", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("proposal") as table:
        table.alter_column("as_typed", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("proposal") as table:
        table.drop_column("as_typed")
    with op.batch_alter_table("stored_file") as table:
        table.drop_index("ix_stored_file_uploaded_by_id")
        table.drop_column("waits_for")
