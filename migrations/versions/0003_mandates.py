"""Mandates are asked for, confirmed by the organisation's contact, and revoked"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mandate") as table:
        table.add_column(
            sa.Column("is_contact", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("end_reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("mandate") as table:
        table.alter_column("is_contact", server_default=None)
        table.alter_column("end_reason", server_default=None)
    op.create_table(
        "mandate_request",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_mandate_request_organisation_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_mandate_request_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mandate_request"),
    )
    for column in ("person_id", "organisation_id"):
        op.create_index(f"ix_mandate_request_{column}", "mandate_request", [column])


def downgrade() -> None:
    op.drop_table("mandate_request")
    with op.batch_alter_table("mandate") as table:
        for column in ("is_contact", "confirmed_at", "end_reason"):
            table.drop_column(column)
