"""Who speaks here: the publisher of the installation, in one row"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "publisher",
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("imprint", sa.JSON(), nullable=False),
        sa.Column("help", sa.JSON(), nullable=False),
        sa.Column("accent", sa.String(7), nullable=False),
        sa.Column("band", sa.String(7), nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.Column("logo_holds_name", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_publisher_one_row")),
        sa.ForeignKeyConstraint(
            ["logo_id"], ["stored_file.id"], name="fk_publisher_logo_id_stored_file"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_publisher"),
    )


def downgrade() -> None:
    op.drop_table("publisher")
