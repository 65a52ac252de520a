"""The sector of who took a position, and an index by which they are counted"""

from alembic import op

revision = "0034"
down_revision = "0026"
branch_labels = None
depends_on = None

SECTORS = ("civil_society", "government", "business", "knowledge")


def upgrade() -> None:
    listed = ", ".join(f"'{one}'" for one in SECTORS)
    op.execute(
        "ALTER TABLE position ADD COLUMN sector VARCHAR(40) "
        f"CONSTRAINT ck_position_sector CHECK (sector IN ({listed}))"
    )
    op.create_index("ix_position_sectors", "position", ["proposal_id", "sector", "stance"])


def downgrade() -> None:
    op.drop_index("ix_position_sectors", table_name="position")
    op.drop_column("position", "sector")
