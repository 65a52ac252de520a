"""Spreadsheets that are brought, how their columns are read, and rounds whose dates nobody knows"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "round",
        sa.Column("dates_known", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.create_table(
        "sheet_upload",
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(80), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_sheet_upload_plan_id_plan"),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name="fk_sheet_upload_uploaded_by_id_person"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_sheet_upload_round_id_round"),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_upload"),
        sa.UniqueConstraint("public_id", name="uq_sheet_upload_public_id"),
    )
    op.create_index("ix_sheet_upload_mine", "sheet_upload", ["uploaded_by_id", "plan_id"])
    op.create_table(
        "column_assignment",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_column_assignment_plan_id_plan"),
        sa.ForeignKeyConstraint(
            ["kept_by_id"], ["person.id"], name="fk_column_assignment_kept_by_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_column_assignment"),
        sa.UniqueConstraint("plan_id", "name", name="uq_column_assignment_plan_id_name"),
    )


def downgrade() -> None:
    op.drop_table("column_assignment")
    op.drop_index("ix_sheet_upload_mine", table_name="sheet_upload")
    op.drop_table("sheet_upload")
    op.drop_column("round", "dates_known")
