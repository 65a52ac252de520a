"""Organisations co-sign a proposal, and a member may dissent"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = ["reaction", "question", "suggestion"]


def _allow(kinds: list[str]) -> None:
    with op.batch_alter_table("comment") as table:
        table.drop_constraint("commentkind", type_="check")
        table.create_check_constraint("commentkind", sa.column("kind").in_(kinds))


def upgrade() -> None:
    op.create_table(
        "co_signature",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_co_signature_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_co_signature_proposal_id"
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["person.id"], name="fk_co_signature_signed_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_co_signature"),
        sa.UniqueConstraint(
            "proposal_id", "organisation_id", name="uq_co_signature_proposal_id_organisation_id"
        ),
    )
    op.create_index("ix_co_signature_organisation_id", "co_signature", ["organisation_id"])
    _allow([*KINDS, "dissent"])


def downgrade() -> None:
    op.execute("UPDATE comment SET kind = 'reaction' WHERE kind = 'dissent'")
    _allow(KINDS)
    op.drop_table("co_signature")
