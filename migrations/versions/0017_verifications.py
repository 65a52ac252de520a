"""What the nightly check of the record found"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBERS = ("events", "entries", "rows", "receipts", "checkpoints", "size", "differences")


def upgrade() -> None:
    op.create_table(
        "verification",
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("losses", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index(op.f("ix_verification_began_at"), "verification", ["began_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_verification_began_at"), table_name="verification")
    op.drop_table("verification")
