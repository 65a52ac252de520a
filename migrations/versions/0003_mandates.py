"""Mandates are asked for, confirmed by the organisation's contact, and revoked"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("is_contact", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("mandate", column)
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
    for name in ("person_id", "organisation_id"):
        op.create_index(f"ix_mandate_request_{name}", "mandate_request", [name])


def downgrade() -> None:
    op.drop_table("mandate_request")
    for added in ("is_contact", "confirmed_at", "end_reason"):
        op.drop_column("mandate", added)
