"""A revision that every public change raises, so that pages can be kept in memory"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

SLOTS = 64


def upgrade() -> None:
    made = op.create_table(
        "public_revision",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name="pk_public_revision"),
    )
    rows = [{"slot": slot, "pages": 0, "counts": 0} for slot in range(SLOTS)]
    # Not a number that another database ever had, whose pages a process may have kept.
    rows[0] |= {"pages": secrets.randbits(40), "counts": secrets.randbits(40)}
    op.bulk_insert(made, rows)


def downgrade() -> None:
    op.drop_table("public_revision")
